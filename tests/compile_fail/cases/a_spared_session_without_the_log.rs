// expect E0061: this method takes 1 argument but 0 arguments were supplied
use safeconduct::{MintError, PendingReissue, RevocationLog, Timestamp, Token};

pub fn finish(pending: PendingReissue, _log: &mut impl RevocationLog, now: Timestamp) -> Result<Token, MintError> {
    pending.release() // WRONG
    let answer = _log.record(pending.revocation(), now); // RIGHT
    pending.release(answer) // RIGHT
}

fn main() {}
