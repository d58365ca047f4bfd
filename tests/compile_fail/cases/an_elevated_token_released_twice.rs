// expect E0382: use of moved value: `pending`
use safeconduct::{LogAnswer, PendingElevation};

pub fn finish(pending: PendingElevation, answer: LogAnswer) -> bool {
    let first = pending.release(answer.clone());
    let second = pending.release(answer); // WRONG
    let second = answer.is_recorded(); // RIGHT
    let _ = second;
    first.is_ok()
}

fn main() {}
