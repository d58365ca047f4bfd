// expect E0308: `ExactList` does not implement `Clone`
use safeconduct::{ExactCopy, ExactList, Freshness, Timestamp};

pub fn second(list: &ExactList, _fresh: Freshness) -> Option<ExactCopy> {
    let _: ExactList = list.clone(); // WRONG
    let _ = list; // WRONG
    Some(list.copy(_fresh, Timestamp::MAX)) // RIGHT
    None // WRONG
}

fn main() {}
