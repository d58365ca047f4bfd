// expect E0382: use of moved value: `journal`
use safeconduct::{Commit, Journal, JournalError, SnapshotSigner, Timestamp};

pub fn twice(journal: Journal, now: Timestamp, signer: &SnapshotSigner) -> Result<Commit, JournalError> {
    let _ = journal.commit(now, signer)?; // WRONG
    journal.commit(now, signer)
    // RIGHT
}

fn main() {}
