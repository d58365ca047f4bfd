//! What a snapshot costs a node, and its publisher: `cargo bench --bench revocation`.
//!
//! Up to 3,500,000 sessions, which is nearly all that fits: 10,000,000 at 24 probes would be 43 MB and about 2,650 pages, and a snapshot has at most 1,024. Sizes and rates are
//! printed by `cargo run --release --example revocation_sizes`.

#[allow(dead_code)]
#[path = "../examples/revocation_sizes/office.rs"]
mod office;

use divan::{Bencher, black_box};
use office::{NOW, Office, ids};
use safeconduct::{Answer, Revocations as _, Scope, SessionId, Snapshot};

const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 3_500_000];
const MEMBERS: u64 = 1;
const STRANGERS: u64 = 2;

fn main() {
    divan::main();
}

/// A snapshot with so many sessions.
fn snapshot(entries: usize) -> (Office, Vec<u8>) {
    let office = Office::new().unwrap();
    let bytes = office.snapshot(&office.log(ids(entries, MEMBERS)).unwrap()).unwrap();
    (office, bytes)
}

/// What a node does when it has fetched a new version.
#[divan::bench(args = SIZES)]
fn open(bencher: Bencher, entries: usize) {
    let (office, bytes) = snapshot(entries);
    assert_eq!(office.open(&bytes).unwrap().version(), 1);
    bencher.bench_local(|| office.open(black_box(&bytes)).is_ok());
}

/// All pages hashed at once, for those who do not want the first requests to pay.
#[divan::bench(args = SIZES)]
fn open_and_check_pages(bencher: Bencher, entries: usize) {
    let (office, bytes) = snapshot(entries);
    let all = |bytes: &[u8]| office.open(bytes).unwrap().check_pages().is_ok();
    assert!(all(&bytes));
    bencher.bench_local(|| all(black_box(&bytes)));
}

/// Asks about one session after the other, so that what is measured is not always in the nearest cache.
fn asks(
    bencher: Bencher,
    office: &Office,
    snapshot: &Snapshot<&[u8]>,
    asked: impl Iterator<Item = SessionId>,
    expected: fn(&Answer) -> bool,
) {
    snapshot.check_pages().unwrap();
    let all: Vec<SessionId> = asked.collect();
    let facts: Vec<_> = all.iter().map(|id| office.facts(*id)).collect();
    assert!(facts.iter().all(|facts| expected(&snapshot.check(facts, NOW))));
    let mut next = facts.iter().cycle();
    bencher.bench_local(|| snapshot.check(black_box(next.next().unwrap()), NOW));
}

/// Somebody who is not out: what nearly every request asks.
#[divan::bench(args = SIZES)]
fn miss(bencher: Bencher, entries: usize) {
    let (office, bytes) = snapshot(entries);
    let snapshot = office.open(&bytes).unwrap();
    asks(bencher, &office, &snapshot, ids(10_000, STRANGERS), |answer| matches!(answer, Answer::Clear(_)));
}

/// Somebody who is out.
#[divan::bench(args = SIZES)]
fn hit(bencher: Bencher, entries: usize) {
    let (office, bytes) = snapshot(entries);
    let snapshot = office.open(&bytes).unwrap();
    asks(bencher, &office, &snapshot, ids(1_000, MEMBERS), |answer| {
        *answer == Answer::Revoked(Scope::Session)
    });
}

/// Somebody who is not out, where there is something to look at for each scope: 1,000 subjects, 1,000 tokens and 10 keys besides.
#[divan::bench(args = SIZES)]
fn miss_at_all_scopes(bencher: Bencher, entries: usize) {
    let office = Office::new().unwrap();
    let journal = office.log(ids(entries, MEMBERS)).unwrap();
    let bytes = office.snapshot(&office.with_every_scope(journal).unwrap()).unwrap();
    let snapshot = office.open(&bytes).unwrap();
    asks(bencher, &office, &snapshot, ids(10_000, STRANGERS), |answer| matches!(answer, Answer::Clear(_)));
}

/// What a publisher does for a new version.
#[divan::bench(args = SIZES, sample_count = 10)]
fn build(bencher: Bencher, entries: usize) {
    let office = Office::new().unwrap();
    let journal = office.log(ids(entries, MEMBERS)).unwrap();
    assert!(office.snapshot(&journal).unwrap().len() > 4 * entries);
    bencher.bench_local(|| office.snapshot(black_box(&journal)).map(|bytes| bytes.len()).unwrap());
}
