//! `inspect::snapshot`: what it reads, what it believes, and what it advises.

use ed25519_dalek::Signer as _;
use safeconduct::inspect::{self, Check, SnapshotReport, SnapshotVerdict};
use safeconduct::{
    Floors, JournalSettings, Kind, Policy, Revocation, Seconds, SessionId, Subject, Timestamp,
};
use sha2::{Digest as _, Sha256};

use crate::common::realm::Desk;
use crate::common::{at, subject};

const POLICY: Policy = Policy::AAL1;

pub fn session(number: u32) -> Revocation {
    let mut id = [0; SessionId::SIZE];
    id[..4].copy_from_slice(&number.to_be_bytes());
    Revocation::operator_session(SessionId::from_bytes(id), at(28_800))
}

/// A log with something of every scope in it.
pub fn desk() -> Desk {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let mut all: Vec<Revocation> = (0..40).map(session).collect();
    all.push(Revocation::operator_token(
        SessionId::from_bytes([7; 12]),
        "0a0a0a0a0a0a0a0a0a0a0a0a".parse().unwrap(),
        at(1_800),
    ));
    for who in ["a", "b", "c"] {
        all.push(Revocation::operator_subject(Subject::new(who).unwrap(), at(31)));
    }
    all.push(Revocation::operator_key("01020304".parse().unwrap()));
    all.push(Revocation::operator_key("05060708".parse().unwrap()));
    all.push(Revocation::operator_everyone(at(20)));
    assert!(desk.revoke_all(&all, at(10)).iter().all(safeconduct::LogAnswer::is_recorded));
    desk
}

pub fn report(desk: &Desk, bytes: &[u8], now: Timestamp) -> SnapshotReport {
    inspect::snapshot(bytes, Some(&desk.keys), now, &Floors::new())
}

/// The header with these bytes at a place, signed again by whoever signs in this realm.
pub fn signed_again(desk: &Desk, bytes: &[u8], changes: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (place, with) in changes {
        bytes[*place..*place + with.len()].copy_from_slice(with);
    }
    let key = ed25519_dalek::SigningKey::from_bytes(&desk.signer.to_secret_seed());
    let message = [b"safeconduct/v1/revocation-snapshot".as_slice(), &bytes[..188]].concat();
    bytes[188..252].copy_from_slice(&key.sign(&message).to_bytes());
    bytes
}

#[test]
fn everything_in_it_is_told() {
    let desk = desk();
    let bytes = desk.snapshot();
    let found = report(&desk, &bytes, at(70));
    assert_eq!((found.verdict, found.reason), (Some(SnapshotVerdict::Taken), None));
    assert_eq!((found.meaning.as_str(), found.advice.as_str()), ("a node takes it", "nothing"));
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    let header = found.header.unwrap();
    assert_eq!((header.form, header.version, header.base), ("snapshot", 2, None));
    assert_eq!(header.realm_id, desk.realm.id().to_string());
    assert_eq!(
        header.signer.to_string(),
        desk.signer.public()[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    );
    assert_eq!((header.issued_at.0, header.complete_to.0, header.not_after.0), (at(10), at(10), at(3_610)));
    assert_eq!((header.valid_until.0, header.renews_until.0), (at(3_610), at(3_610)));
    assert_eq!((header.age, header.valid_for, header.renews_for), (60, 3_540, 3_540));
    assert_eq!((header.token_life, header.longest_token, header.staleness_bound), (1_800, 1_800, 3_600));
    let revoked = &header.revoked;
    assert_eq!(revoked.everyone_before.unwrap().0, at(20));
    assert_eq!(
        (revoked.keys, revoked.subjects, revoked.sessions, revoked.retired, revoked.tokens),
        (2, 3, 40, 0, 1)
    );
    assert_eq!((header.expected_bytes, found.bytes), (bytes.len() as u64, bytes.len()));
    let checks = found.checks;
    assert!(
        [checks.signature, checks.list, checks.tables, checks.pages]
            .iter()
            .all(|check| *check == Check::Good)
    );
    let contents = found.contents.unwrap();
    let mut offset = 0;
    for part in &contents.parts {
        assert_eq!(part.offset, offset);
        offset += part.size;
    }
    assert_eq!(offset, bytes.len());
    // The tables are altered, and no page: so none is counted.
    let tables = contents.parts.iter().find(|part| part.name == "tables").unwrap();
    let mut altered = bytes.clone();
    altered[tables.offset] ^= 1;
    let refused = report(&desk, &altered, at(70));
    assert_eq!((refused.reason, refused.checks.tables), (Some("Damaged"), Check::Bad));
    assert_eq!(refused.meaning, safeconduct::SnapshotError::Damaged.to_string());
    assert_eq!(contents.bytes_per_revocation, Some((bytes.len() * 100 / 47) as f64 / 100.0));
    let filter = contents.filter.unwrap();
    assert_eq!((filter.probes, filter.pages, filter.least_one_in), (24, 1, 1 << 24));
    assert!(filter.one_in >= 1 << 24);
    let pages = &bytes[bytes.len() - filter.page_bits as usize / 8..];
    assert_eq!(filter.ones, pages.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>());
    assert_eq!(filter.page_fill, [filter.fill]);
    assert!(
        (filter.fill - filter.ones as f64 / f64::from(filter.page_bits)).abs() < 0.0001,
        "{}",
        filter.fill
    );
    // The rate is that of the bits as they are: (ones / bits)^k.
    let rate = (filter.ones as f64 / f64::from(filter.page_bits)).powi(24);
    assert!((rate * filter.one_in as f64 - 1.0).abs() < 0.001, "{rate} and 1 in {}", filter.one_in);
}

#[test]
fn many_pages_make_a_histogram() {
    let mut desk = Desk::with(Kind::Encrypted, JournalSettings::new(&POLICY).probes(8), at(0));
    let all: Vec<Revocation> = (0..100_000).map(session).collect();
    desk.revoke_all(&all, at(1));
    let mut bytes = desk.snapshot();
    let found = report(&desk, &bytes, at(2));
    assert_eq!(found.verdict, Some(SnapshotVerdict::Taken));
    let filter = found.contents.unwrap().filter.unwrap();
    assert!(filter.pages > 8, "{}", filter.pages);
    assert_eq!(filter.page_fill.len(), filter.pages as usize);
    assert_eq!(filter.histogram.iter().map(|row| row.pages).sum::<usize>(), filter.pages as usize);
    assert!(filter.histogram.len() <= 12 && filter.histogram.iter().all(|row| row.from < row.below));
    let of_row =
        |fill: f64| filter.histogram.iter().filter(|row| row.from <= fill && fill < row.below).count();
    assert!(filter.page_fill.iter().all(|fill| of_row(*fill) == 1));
    let mean = filter.page_fill.iter().sum::<f64>() / f64::from(filter.pages);
    assert!((mean - filter.fill).abs() < 0.001);
    // One page is altered: it is named, and the rest of the report goes on.
    let place = bytes.len() - 1 - filter.page_bits as usize / 8;
    bytes[place] ^= 1;
    let found = report(&desk, &bytes, at(2));
    assert_eq!((found.verdict, found.reason), (Some(SnapshotVerdict::Refused), Some("Damaged")));
    assert_eq!(found.checks.damaged_pages, [filter.pages as usize - 2]);
    assert_eq!((found.checks.signature, found.checks.list), (Check::Good, Check::Good));
    assert!(found.meaning.starts_with("1 of its pages"), "{}", found.meaning);
}

#[test]
fn without_keys_nothing_is_believed() {
    let desk = desk();
    let bytes = desk.snapshot();
    let found = inspect::snapshot(&bytes, None, at(70), &Floors::new());
    assert_eq!((found.verdict, found.reason), (None, None));
    assert_eq!(found.checks.signature, Check::Unchecked);
    assert!(found.meaning.contains("nobody can tell"));
    assert_eq!(found.header.unwrap().version, 2);
    // Keys of another realm do not help.
    let other = Desk::with(Kind::Signed, JournalSettings::new(&POLICY), at(0));
    let other =
        safeconduct::Realm::generate(&[other.signer.public()], &mut crate::common::Repeatable(77)).unwrap();
    let mut ring = crate::common::ring(&[Kind::Signed], 9);
    ring.add_realm(&other).unwrap();
    let keys = safeconduct::SnapshotKeys::of(&ring);
    let found = inspect::snapshot(&bytes, Some(&keys), at(70), &Floors::new());
    assert_eq!(found.reason, Some("ForeignRealm"));
    assert_eq!(found.checks.signature, Check::Unchecked);
    // A public ring names the signers, and that is enough.
    let found = inspect::snapshot_by_public_ring(&bytes, &desk_with_signed(&desk), at(70), &Floors::new());
    assert_eq!((found.verdict, found.checks.signature), (Some(SnapshotVerdict::Taken), Check::Good));
}

fn desk_with_signed(desk: &Desk) -> safeconduct::Ring<safeconduct::Public> {
    let mut ring = crate::common::ring(&[Kind::Signed], 9);
    ring.add_realm(&desk.realm).unwrap();
    ring.public()
}

#[test]
fn deltas_are_read_too() {
    let mut desk = desk();
    let base = desk.read();
    desk.revoke_all(
        &[session(99), session(98), Revocation::operator_key("0a0b0c0d".parse().unwrap())],
        at(60),
    );
    let bytes = desk.read().delta_since(&base, &desk.signer).unwrap();
    let found = report(&desk, &bytes, at(70));
    assert_eq!(found.verdict, Some(SnapshotVerdict::Taken));
    assert!(found.meaning.contains("goes on from"), "{}", found.meaning);
    let header = found.header.unwrap();
    assert_eq!((header.form, header.version, header.base, header.probes), ("delta", 3, Some(2), None));
    assert_eq!((header.revoked.sessions, header.revoked.keys), (2, 1));
    let contents = found.contents.unwrap();
    assert!(contents.filter.is_none());
    assert_eq!(
        contents.parts.iter().map(|part| part.name).collect::<Vec<_>>(),
        ["header", "signature", "fingerprints", "tables"]
    );
    // Fingerprints that do not ascend, under a good signature.
    let mut swapped = bytes.clone();
    let (first, second) = swapped[252..268].split_at_mut(8);
    first.swap_with_slice(second);
    let hash: [u8; 32] = Sha256::digest(&swapped[252..268]).into();
    let found = report(&desk, &signed_again(&desk, &swapped, &[(156, &hash)]), at(70));
    assert_eq!((found.reason, found.checks.list), (Some("Order"), Check::Bad));
    // Nor may one stand there twice.
    swapped.copy_within(252..260, 260);
    let hash: [u8; 32] = Sha256::digest(&swapped[252..268]).into();
    let found = report(&desk, &signed_again(&desk, &swapped, &[(156, &hash)]), at(70));
    assert_eq!((found.reason, found.checks.list), (Some("Order"), Check::Bad));
    assert_eq!(report(&desk, &bytes, at(3_660)).reason, Some("Expired"));
    assert_eq!(report(&desk, &bytes[..260], at(70)).reason, Some("Length"));
}

#[test]
fn warnings_come_before_it_hurts() {
    let settings = JournalSettings::new(&POLICY).staleness_bound(Seconds::minutes(40));
    let mut desk = Desk::with(Kind::Encrypted, settings, at(0));
    let bytes = desk.snapshot();
    let codes = |bytes: &[u8], now| {
        report(&desk, bytes, now).warnings.iter().map(|warning| warning.code).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes(&bytes, at(1_800)), "");
    assert_eq!(codes(&bytes, at(1_801)), "publisher-late");
    assert_eq!(codes(&bytes, at(2_400)), "publisher-late");
    assert_eq!(codes(&bytes, at(2_401)), "renewing-stopped publisher-late");
    let late = report(&desk, &bytes, at(2_401));
    assert_eq!((late.verdict, late.header.unwrap().renews_for), (Some(SnapshotVerdict::Taken), 0));
    assert!(late.advice.contains("publisher"));
    assert_eq!(codes(&bytes, at(3_600)), "", "refused, and that is told instead");
    let unsigned = inspect::snapshot(&bytes, None, at(3_600), &Floors::new());
    assert_eq!(unsigned.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["over"]);
    // Another region was not heard of for long.
    let other =
        safeconduct::Journal::start(&desk.realm, settings, &mut crate::common::Repeatable(3)).unwrap();
    let (other, _) = other.commit(at(5), &desk.signer).unwrap().stored();
    let before = desk.stored.clone();
    for (now, warned) in [(605, false), (606, true), (900, true)] {
        desk.stored.clone_from(&before);
        let mut journal = desk.read();
        journal.merge(&other).unwrap();
        desk.stored = journal.commit(at(now), &desk.signer).unwrap().bytes().to_vec();
        let found = report(&desk, &desk.snapshot(), at(now));
        assert_eq!(found.warnings.iter().any(|warning| warning.code == "behind"), warned, "{now}");
    }
    assert_eq!(
        report(&desk, &desk.snapshot(), at(901))
            .warnings
            .iter()
            .map(|warning| warning.code)
            .collect::<Vec<_>>(),
        ["behind"]
    );
    // A filter that is fuller than the rule allows, though signed.
    desk.end(&Revocation::operator_subject(subject(), at(1_000)), at(950));
    desk.revoke_all(&(0..40).map(session).collect::<Vec<_>>(), at(950));
    let mut full = desk.snapshot();
    let bits = report(&desk, &full, at(951)).contents.unwrap().filter.unwrap().page_bits as usize;
    let pages = full.len() - bits / 8;
    // Three quarters, which a reader does not take for damage yet.
    let mut filled = |with: u8| {
        full[pages..].fill(with);
        let hash: [u8; 32] = Sha256::digest(&full[pages..]).into();
        full[252..284].copy_from_slice(&hash);
        let of_list: [u8; 32] = Sha256::digest(hash).into();
        report(&desk, &signed_again(&desk, &full, &[(156, &of_list)]), at(951))
    };
    let half = filled(0x55);
    assert!(half.warnings.iter().all(|warning| warning.code != "rate"), "just as full as the rule allows");
    let found = filled(0x3F);
    assert_eq!(found.verdict, Some(SnapshotVerdict::Taken));
    assert_eq!(found.warnings.last().unwrap().code, "rate");
    assert!((900..1_000).contains(&found.contents.unwrap().filter.unwrap().one_in));
}

#[test]
fn the_json_form_is_stable() {
    let desk = desk();
    let report = serde_json::to_value(report(&desk, &desk.snapshot(), at(1_900))).unwrap();
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(report["report"], "safeconduct-snapshot/1");
    assert_eq!(
        keys(&report),
        "advice at bytes checks contents header meaning reason report verdict warnings"
    );
    assert_eq!(keys(&report["checks"]), "damaged_pages list pages signature tables");
    assert_eq!(
        keys(&report["header"]),
        "age base complete_to expected_bytes form issued_at lineage longest_token min_ring_version not_after probes \
         realm_id renews_for renews_until revoked signer staleness_bound token_life valid_for valid_until version"
    );
    assert_eq!(keys(&report["header"]["revoked"]), "everyone_before keys retired sessions subjects tokens");
    assert_eq!(keys(&report["contents"]), "bytes_per_revocation filter parts");
    assert_eq!(keys(&report["contents"]["parts"][0]), "name offset size");
    assert_eq!(
        keys(&report["contents"]["filter"]),
        "fill histogram least_one_in one_in ones page_bits page_fill pages probes"
    );
    assert_eq!(keys(&report["contents"]["filter"]["histogram"][0]), "below from pages");
    assert_eq!(keys(&report["warnings"][0]), "code message");
    assert_eq!((&report["verdict"], &report["checks"]["pages"]), (&"taken".into(), &"good".into()));
    assert_eq!(report["header"]["not_after"]["utc"], "2027-01-15T09:00:10Z");
}
