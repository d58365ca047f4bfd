// expect E0382: use of moved value: `pending`
use safeconduct::{LogAnswer, PendingElevation};

pub fn finish(pending: PendingElevation, [one, other]: [LogAnswer; 2]) -> bool {
    let first = pending.release(one);
    let second = pending.release(other).is_ok(); // WRONG
    let second = other.is_recorded(); // RIGHT
    first.is_ok() && second
}

fn main() {}
