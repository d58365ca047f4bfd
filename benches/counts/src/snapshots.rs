//! Asking a snapshot, and opening it: the realm, its publisher and the ids are those of `cargo bench --bench revocation`.

#[allow(dead_code)]
#[path = "../../../examples/revocation_sizes/office.rs"]
mod office;

use std::hint::black_box;

use office::{NOW, Office, ids};
use safeconduct::{Answer, Revocations as _, Scope};
use safeconduct_counts::measured;

use crate::TIMES;

/// Sessions that are out. A filter is asked in the same way whatever its size, and Valgrind builds this one in a second.
const ENTRIES: usize = 10_000;
const MEMBERS: u64 = 1;
const STRANGERS: u64 = 2;

/// A snapshot of sessions alone, or with rows at every scope.
fn published(every_scope: bool) -> (Office, Vec<u8>) {
    let office = Office::new().expect("an office");
    let mut journal = office.log(ids(ENTRIES, MEMBERS)).expect("a log");
    if every_scope {
        journal = office.with_every_scope(journal).expect("a log");
    }
    let bytes = office.snapshot(&journal).expect("a snapshot");
    (office, bytes)
}

/// What a node does when it has fetched a new version: rows at every scope, no page looked at.
pub fn open() {
    let (office, bytes) = published(true);
    measured(TIMES, || assert!(office.open(black_box(&bytes)).is_ok()));
}

/// One session after the other, so that the mean is counted of how early the filter decides.
pub fn look_up(every_scope: bool, seed: u64, expected: impl Fn(&Answer) -> bool) {
    let (office, bytes) = published(every_scope);
    let snapshot = office.open(&bytes).expect("a snapshot");
    snapshot.check_pages().expect("good pages");
    let asked: Vec<_> = ids(TIMES, seed).collect();
    let mut facts = asked.iter().map(|id| office.facts(*id));
    measured(TIMES, || {
        let facts = facts.next().expect("as many as are counted");
        assert!(expected(&snapshot.check(black_box(&facts), NOW)));
    });
}

pub fn hit() {
    look_up(false, MEMBERS, |answer| *answer == Answer::Revoked(Scope::Session));
}

pub fn miss(every_scope: bool) {
    look_up(every_scope, STRANGERS, |answer| matches!(answer, Answer::Clear(_)));
}
