// expect E0616: field `answers` of struct `Commit` is private
use safeconduct::{Commit, LogAnswer};

pub fn release(commit: Commit) -> Vec<LogAnswer> {
    commit.answers // WRONG
    commit.stored().1 // RIGHT
}

fn main() {}
