//! The filter of a snapshot: it never misses what is revoked, and its rate of mistakes is the one that it claims.
//!
//! What takes minutes without optimisation: `cargo test --release --test filter -- --ignored`.

#[path = "../examples/revocation_sizes/filter.rs"]
mod filter;
#[allow(dead_code)] // each user has a part of it
#[path = "../examples/revocation_sizes/office.rs"]
mod office;

use filter::Filter;
use office::{Office, ids};

/// Some of them at the edge of a page of 24 probes and less.
const SIZES: [usize; 14] = [0, 1, 2, 3, 7, 63, 64, 65, 1_000, 4_541, 4_542, 4_543, 20_000, 50_000];

/// Builds a snapshot for each number of probes and asks it about every id in it.
fn misses_nothing(office: &Office, size: usize, probes: &[u8]) -> u64 {
    let seed = size as u64;
    let stored = office.stored(office.log(ids(size, seed)).unwrap()).unwrap();
    let mut asked = 0;
    for probes in probes {
        let journal = office.with_probes(&stored, *probes).unwrap();
        let bytes = office.snapshot(&journal).unwrap();
        let filter = Filter::of(&bytes);
        assert!(filter.rate_holds(), "{size} entries of {probes} probes: {}", filter.rate());
        assert_eq!((filter.probes, filter.pages() > 0), (u32::from(*probes), size > 0));
        let snapshot = office.open(&bytes).unwrap();
        snapshot.check_pages().unwrap();
        let out = office.count_out(&snapshot, ids(size, seed)).unwrap();
        assert_eq!(out, size as u64, "{size} entries of {probes} probes");
        asked += out;
    }
    asked
}

/// Asks about so many sessions that are not revoked.
fn is_as_good_as_its_bits(office: &Office, size: usize, probes: u8, looks: usize) {
    let stored = office.stored(office.log(ids(size, 1)).unwrap()).unwrap();
    let bytes = office.snapshot(&office.with_probes(&stored, probes).unwrap()).unwrap();
    let (filter, snapshot) = (Filter::of(&bytes), office.open(&bytes).unwrap());
    let target = 0.5_f64.powi(probes.into());
    // Not far below it either: a filter that is larger than it has to be.
    assert!(filter.rate() <= target && filter.rate() > 0.8 * target, "{}", filter.rate());
    let hits = office.count_out(&snapshot, ids(looks, 2)).unwrap();
    assert!(filter.explains(hits, looks), "{hits} hits, {} expected", filter.rate() * looks as f64);
}

#[test]
fn nothing_that_is_revoked_is_missed() {
    let office = Office::new().unwrap();
    let asked: u64 = SIZES.iter().map(|size| misses_nothing(&office, *size, &[8, 20, 24, 32])).sum();
    assert!(asked >= 300_000, "{asked}");
}

#[test]
fn every_number_of_probes_builds_what_it_claims() {
    let office = Office::new().unwrap();
    for probes in (8..=32).step_by(4) {
        misses_nothing(&office, 3_000, &[probes]);
    }
}

#[test]
fn the_rate_is_that_of_the_bits() {
    let office = Office::new().unwrap();
    for (probes, looks) in [(8, 200_000), (12, 200_000), (16, 400_000)] {
        is_as_good_as_its_bits(&office, 10_000, probes, looks);
    }
}

#[test]
#[ignore = "ten million entries: minutes without optimisation"]
fn nothing_of_ten_million_is_missed() {
    let office = Office::new().unwrap();
    let mut asked = 0;
    // In one filter there is room for 3.8 million of 24 probes.
    for part in 0..5 {
        asked += misses_nothing(&office, 2_000_000 + part, &[24]);
    }
    asked += misses_nothing(&office, 200_000, &[8, 20, 24, 32]);
    assert!(asked >= 10_000_000, "{asked}");
}

#[test]
#[ignore = "sixty million looks: minutes without optimisation"]
fn the_rate_is_that_of_the_bits_in_twenty_million_looks() {
    let office = Office::new().unwrap();
    for probes in [8, 12, 16] {
        is_as_good_as_its_bits(&office, 100_000, probes, 20_000_000);
    }
}
