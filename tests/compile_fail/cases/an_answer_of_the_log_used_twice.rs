// expect E0382: use of moved value: `answer`
use safeconduct::{LogAnswer, PendingElevation};

pub fn finish([one, other]: [PendingElevation; 2], answer: LogAnswer) -> bool {
    let first = one.release(answer);
    let second = other.release(answer).is_ok(); // WRONG
    let second = other.revocation().scope() == safeconduct::Scope::Session; // RIGHT
    first.is_ok() && second
}

fn main() {}
