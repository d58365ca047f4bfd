//! Snapshots that are refused, each for its own reason and with its own advice; and numbers that somebody made up.

use safeconduct::inspect::{self, Check, SnapshotVerdict, snapshot_advice};
use safeconduct::{Floors, RealmId, Seconds, Snapshot, SnapshotError, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::common::at;
use crate::snapshot_report::{desk, report, signed_again};

#[test]
fn every_refusal_is_the_readers_own() {
    let desk = desk();
    let bytes = desk.snapshot();
    let flip = |place: usize| {
        let mut bytes = bytes.clone();
        bytes[place] ^= 1;
        bytes
    };
    let list = 252;
    let tables = list + 32;
    let swapped = {
        // The two key rows the other way round, under a hash and a signature that are good.
        let mut swapped = bytes.clone();
        let (first, second) = swapped[tables..tables + 8].split_at_mut(4);
        first.swap_with_slice(second);
        let pages = tables + 2 * 4 + 3 * 16;
        let hash: [u8; 32] = Sha256::digest(&swapped[tables..pages]).into();
        signed_again(&desk, &swapped, &[(124, &hash)])
    };
    let cases: Vec<(Vec<u8>, Timestamp, &str)> = vec![
        (b"scr".to_vec(), at(70), "NotASnapshot"),
        (bytes[..251].to_vec(), at(70), "NotASnapshot"),
        (flip(0), at(70), "NotASnapshot"),
        (flip(8), at(70), "ForeignRealm"),
        (flip(12), at(70), "UnknownSigner"),
        (flip(35), at(70), "BadSignature"),
        (flip(200), at(70), "BadSignature"),
        (signed_again(&desk, &bytes, &[(5, &[23])]), at(70), "Header"),
        (signed_again(&desk, &bytes, &[(104, &[0xFF; 4])]), at(70), "Header"),
        (signed_again(&desk, &bytes, &[(96, &[0xFF; 4])]), at(70), "Header"),
        (signed_again(&desk, &bytes, &[(116, &[0xFF; 4])]), at(70), "Length"),
        (bytes[..bytes.len() - 1].to_vec(), at(70), "Length"),
        ([bytes.as_slice(), &[0]].concat(), at(70), "Length"),
        (flip(list), at(70), "Damaged"),
        (flip(tables), at(70), "Damaged"),
        (flip(bytes.len() - 1), at(70), "Damaged"),
        (swapped, at(70), "Order"),
        (bytes.clone(), at(-21), "FromTheFuture"),
        (bytes.clone(), at(3_610), "Expired"),
    ];
    for (bytes, now, name) in &cases {
        let found = report(&desk, bytes, *now);
        assert_eq!((found.verdict, found.reason), (Some(SnapshotVerdict::Refused), Some(*name)));
        // The verdict is that of the reader; pages are looked at besides.
        let read = Snapshot::open(bytes.as_slice(), &desk.keys, *now, &Floors::new());
        let why = read.and_then(|snapshot| snapshot.check_pages()).unwrap_err();
        assert_eq!(why.name(), *name);
        assert_eq!(found.advice, snapshot_advice(&why));
        assert!(found.meaning.len() > 10);
        let is_signed = !matches!(*name, "NotASnapshot" | "ForeignRealm" | "UnknownSigner" | "BadSignature");
        assert_eq!(found.checks.signature == Check::Good, is_signed, "{name}");
    }
    // With a memory and rules of the node.
    let floors = Floors::new().least_version(3);
    let found = inspect::snapshot(&bytes, Some(&desk.keys), at(70), &floors);
    assert_eq!(found.reason, Some("BelowFloor"));
    assert!(found.meaning.contains("version 2") && found.meaning.contains('3'), "{}", found.meaning);
    let mut later = crate::snapshot_report::desk();
    later.heartbeat(at(20));
    let mut floors = Floors::new();
    later.open(later.snapshot(), at(21)).remember(&mut floors);
    let found = inspect::snapshot(&bytes, Some(&desk.keys), at(70), &floors);
    assert_eq!(found.reason, Some("Older"));
    let mut floors = Floors::new();
    desk.open(bytes.clone(), at(70)).remember(&mut floors);
    let twin = signed_again(&desk, &bytes, &[(44, &at(11).as_unix().to_be_bytes())]);
    let found = inspect::snapshot(&twin, Some(&desk.keys), at(70), &floors);
    assert_eq!(found.reason, Some("Equivocation"));
    // A node may grant less than the signer does.
    let found = inspect::snapshot(
        &bytes,
        Some(&desk.keys),
        at(70),
        &Floors::new().longest_validity(Seconds::minutes(2)),
    );
    assert_eq!(found.header.unwrap().valid_until.0, at(130));
}

#[test]
fn every_error_has_a_name_and_advice_of_its_own() {
    let all = [
        SnapshotError::NotASnapshot,
        SnapshotError::OtherForm,
        SnapshotError::ForeignRealm { found: RealmId::from_bytes([0; 4]) },
        SnapshotError::UnknownSigner,
        SnapshotError::BadSignature,
        SnapshotError::Header,
        SnapshotError::Length,
        SnapshotError::Damaged,
        SnapshotError::Order,
        SnapshotError::FromTheFuture,
        SnapshotError::Expired { not_after: at(0) },
        SnapshotError::BelowFloor { found: 1, least: 2 },
        SnapshotError::Older,
        SnapshotError::Equivocation { version: 3 },
        SnapshotError::Gap { base: 4, had: 3 },
        SnapshotError::OtherLine,
        SnapshotError::RingTooOld { had: 1, least: 2 },
    ];
    let names: std::collections::BTreeSet<_> = all.iter().map(SnapshotError::name).collect();
    assert_eq!(names.len(), all.len());
    for why in &all {
        assert!(format!("{why:?}").starts_with(why.name()));
        assert!(snapshot_advice(why).len() > 30, "{why}");
        assert_ne!(snapshot_advice(why), why.to_string());
    }
    // The same cure for both: what was cut off and what was mixed up is fetched again.
    let advice: std::collections::BTreeSet<_> = all.iter().map(snapshot_advice).collect();
    assert_eq!(advice.len(), all.len() - 1);
}

#[test]
fn hostile_numbers_cost_nothing() {
    let desk = desk();
    let bytes = desk.snapshot();
    // Whatever a header says, only bytes that are there are looked at; the longest claims are made of all ones.
    for place in 0..188 {
        for with in [[0xFF; 4], [0; 4], [0x7F, 0xFF, 0xFF, 0xFF]] {
            let end = (place + 4).min(188);
            let mut changed = bytes.clone();
            changed[place..end].copy_from_slice(&with[..end - place]);
            for keys in [None, Some(&desk.keys)] {
                let found = inspect::snapshot(&changed, keys, at(70), &Floors::new());
                let pages =
                    found.contents.and_then(|contents| contents.filter).map(|filter| filter.page_fill.len());
                assert!(pages.unwrap_or(0) <= 1);
            }
            let signed = signed_again(&desk, &changed, &[]);
            let _ = report(&desk, &signed, at(70));
        }
    }
    for length in 0..bytes.len() {
        let found = report(&desk, &bytes[..length], at(70));
        assert_eq!(found.verdict, Some(SnapshotVerdict::Refused));
        assert!(found.contents.is_none());
    }
}

#[test]
fn a_node_that_has_another_one_refuses_more() {
    let mut line = desk();
    let (first, first_log) = (line.snapshot(), line.read());
    let second = line.heartbeat(at(20));
    let second_log = line.read();
    let third = line.heartbeat(at(30));
    let delta = |to: &safeconduct::Journal, from| to.delta_since(from, &line.signer).unwrap();
    let (one_two, two_three) = (delta(&second_log, &first_log), delta(&line.read(), &second_log));
    let verdict = |had: &[u8], bytes: &[u8]| {
        let report = inspect::snapshot_after(had, bytes, &line.keys, at(70), &Floors::new()).unwrap();
        if let Some(reason) = report.reason {
            assert!(report.advice.len() > 30, "{reason}");
        }
        report.reason.unwrap_or("taken")
    };
    assert_eq!(verdict(&first, &second), "taken");
    assert_eq!(verdict(&second, &second), "taken");
    assert_eq!(verdict(&third, &second), "Older");
    assert_eq!(verdict(&first, &one_two), "taken");
    assert_eq!(verdict(&first, &two_three), "Gap");
    assert_eq!(verdict(&third, &one_two), "taken", "and brings nothing");
    let twin = signed_again(&line, &second, &[(44, &at(21).as_unix().to_be_bytes())]);
    assert_eq!(verdict(&second, &twin), "Equivocation");
    // Another log of the same realm.
    let other =
        safeconduct::Journal::start(&line.realm, line.settings, &mut crate::common::Repeatable(3)).unwrap();
    let (other, _) = other.commit(at(40), &line.signer).unwrap().stored();
    let other = other.snapshot(&line.signer).unwrap();
    assert_eq!(verdict(&other, &two_three), "OtherLine");
    assert_eq!(verdict(&second, &other), "taken");
    // What the node has may be over; anything else wrong with it is said.
    let late = inspect::snapshot_after(&first, &third, &line.keys, at(3_615), &Floors::new()).unwrap();
    assert_eq!(late.reason, None);
    let wrong = inspect::snapshot_after(&first[..280], &third, &line.keys, at(70), &Floors::new());
    assert_eq!(wrong.unwrap_err(), SnapshotError::Length);
    let wrong = inspect::snapshot_after(&one_two, &third, &line.keys, at(70), &Floors::new());
    assert_eq!(wrong.unwrap_err(), SnapshotError::OtherForm);
}
