//! Snapshots of more and more revoked sessions: asking them, verifying with them, their bytes, building them.

#[allow(dead_code)]
#[path = "../../../examples/revocation_sizes/office.rs"]
mod office;

use std::hint::black_box;
use std::time::Instant;

use office::{NOW, Office, ids};
use safeconduct::{Answer, Revocations as _, Scratch, Snapshot};

use crate::{Point, measure};

/// The last is nearly all that the 1,024 pages of a snapshot hold at 24 probes.
const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 3_500_000];
/// So many sessions are asked about in turn: always the same ones, whatever the size.
const ASKED: usize = 64;
const MEMBERS: u64 = 1;
const STRANGERS: u64 = 2;
/// The fastest of so many is printed: building takes up to seconds, and whatever disturbs it makes it slower.
const BUILDS: usize = 3;

/// Everything that grows with the number of revoked sessions.
pub struct Grown {
    pub asking: Vec<Point>,
    pub verifying: Vec<Point>,
    pub bytes: Vec<Point>,
    /// In milliseconds.
    pub building: Vec<Point>,
}

struct Published {
    entries: usize,
    office: Office,
    bytes: Vec<u8>,
    milliseconds: f64,
}

fn publish(entries: usize) -> Published {
    let office = Office::new().expect("an office");
    let journal = office.log(ids(entries, MEMBERS)).expect("a log");
    let mut milliseconds = f64::MAX;
    let mut bytes = Vec::new();
    for _ in 0..BUILDS {
        let start = Instant::now();
        bytes = office.snapshot(black_box(&journal)).expect("a snapshot");
        milliseconds = milliseconds.min(start.elapsed().as_secs_f64() * 1_000.0);
    }
    Published { entries, office, bytes, milliseconds }
}

fn open(published: &Published) -> Snapshot<&[u8]> {
    let snapshot = published.office.open(&published.bytes).expect("a snapshot");
    snapshot.check_pages().expect("good pages");
    snapshot
}

fn asking(published: &Published) -> impl FnMut() + '_ {
    let snapshot = open(published);
    let asked: Vec<_> = ids(ASKED, STRANGERS).collect();
    let mut next = 0;
    move || {
        next = (next + 1) % ASKED;
        let facts = published.office.facts(asked[next]);
        assert!(matches!(snapshot.check(black_box(&facts), NOW), Answer::Clear(_)));
    }
}

fn verifying(published: &Published) -> impl FnMut() + '_ {
    let (token, verifier) = published.office.verification(open(published));
    let mut scratch = Scratch::new();
    move || assert!(verifier.verify::<()>(black_box(token), NOW, &mut scratch).is_ok())
}

pub fn measured() -> Grown {
    let all: Vec<Published> = SIZES.into_iter().map(publish).collect();
    let sized = |value: fn(&Published) -> f64| {
        all.iter().map(|published| Point { size: published.entries, value: value(published) }).collect()
    };
    let of = |size: usize| all.iter().find(|published| published.entries == size).expect("a size");
    Grown {
        asking: measure(&SIZES, |size| Box::new(asking(of(size)))),
        verifying: measure(&SIZES, |size| Box::new(verifying(of(size)))),
        bytes: sized(|published| published.bytes.len() as f64),
        building: sized(|published| published.milliseconds),
    }
}
