//! What a node remembers of snapshots: an attacker who shows it older ones, the same ones for ever, or ones from the future.

mod common;

use common::forge::{self, field};
use common::realm::Desk;
use common::{CONTEXT, Repeatable, at, subject};
use proptest::prelude::*;
use safeconduct::{
    Answer, AuthLevel, Floors, Grant, Issuer, Journal, Kind, Policy, Realm, Revocations as _, Seconds,
    Session, Snapshot, SnapshotError, SnapshotKeys, SnapshotSigner, Timestamp, Verifier,
};

const POLICY: Policy = Policy::AAL1;
const LAST_VERSION: u64 = (1 << 48) - 1;

fn long(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

/// Versions 1 to `count`, the first at second 0 and one each ten seconds.
fn versions(desk: &mut Desk, count: i64) -> Vec<Vec<u8>> {
    let mut all = vec![desk.snapshot()];
    all.extend((1..count).map(|version| desk.heartbeat(at(10 * version))));
    all
}

fn error(bytes: &[u8], keys: &SnapshotKeys, now: Timestamp, floors: &Floors) -> Option<SnapshotError> {
    Snapshot::open(bytes, keys, now, floors).err()
}

fn remember(bytes: &[u8], keys: &SnapshotKeys, now: Timestamp, floors: &mut Floors) {
    Snapshot::open(bytes, keys, now, floors).unwrap().remember(floors);
}

fn session(desk: &Desk) -> Session<()> {
    let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut Repeatable(2)).unwrap();
    let verifier = Verifier::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
    verifier.dangerous_without_revocation().verify_owned(token.as_str(), at(1)).unwrap()
}

#[test]
fn nothing_goes_back() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let all = versions(&mut desk, 5);
    let (keys, mut floors) = (desk.keys.clone(), Floors::new());
    remember(&all[3], &keys, at(50), &mut floors);
    for old in &all[..3] {
        assert_eq!(error(old, &keys, at(50), &floors), Some(SnapshotError::Older));
    }
    assert_eq!(error(&all[3], &keys, at(50), &floors), None, "the same again is no error");
    let other = forge::forged(&all[3], &[(field::MIN_RING_VERSION, long(1))], &desk.signer);
    assert_eq!(error(&other, &keys, at(50), &floors), Some(SnapshotError::Equivocation { version: 4 }));
    // A higher version with an older beginning would bring back what was dropped.
    let back = forge::forged(&all[4], &[(field::COMPLETE_TO, long(at(29).as_unix()))], &desk.signer);
    assert_eq!(error(&back, &keys, at(50), &floors), Some(SnapshotError::Older));
    assert_eq!(error(&all[4], &keys, at(50), &floors), None);
    // Two threads that finish in the wrong order: what was opened first is remembered last.
    let slow = Snapshot::open(all[0].as_slice(), &keys, at(50), &Floors::new()).unwrap();
    let before = floors;
    slow.remember(&mut floors);
    assert_eq!(floors, before);
    assert_eq!(error(&all[2], &keys, at(50), &floors), Some(SnapshotError::Older));
}

#[test]
fn what_a_delta_led_to_is_remembered_too() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let (first, journal) = (desk.snapshot(), desk.read());
    let last = desk.heartbeat(at(10));
    let delta = desk.read().delta_since(&journal, &desk.signer).unwrap();
    let (keys, mut floors) = (desk.keys.clone(), Floors::new());
    let mut snapshot = Snapshot::open(first.as_slice(), &keys, at(20), &floors).unwrap();
    snapshot.apply(&delta, &keys, at(20), &floors).unwrap();
    snapshot.remember(&mut floors);
    assert_eq!(error(&first, &keys, at(20), &floors), Some(SnapshotError::Older));
    // The snapshot of that version is no second one, and afterwards it is known.
    remember(&last, &keys, at(20), &mut floors);
    snapshot.remember(&mut floors);
    let other = forge::forged(&last, &[(field::MIN_RING_VERSION, long(1))], &desk.signer);
    assert_eq!(error(&other, &keys, at(20), &floors), Some(SnapshotError::Equivocation { version: 2 }));
}

#[test]
fn a_node_without_memory_has_the_ring_and_its_rules() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let all = versions(&mut desk, 3);
    assert_eq!(error(&all[0], &desk.keys, at(50), &Floors::new()), None);
    let below = Some(SnapshotError::BelowFloor { found: 2, least: 3 });
    assert_eq!(error(&all[1], &desk.keys, at(50), &Floors::new().least_version(3)), below);
    let id = desk.realm.id();
    desk.ring.realm_mut(id).unwrap().raise_min_snapshot_version(3).unwrap();
    let raised = SnapshotKeys::of(&desk.ring);
    assert_eq!(error(&all[1], &raised, at(50), &Floors::new()), below);
    assert_eq!(error(&all[2], &raised, at(50), &Floors::new()), None);
    // A delta does not get around it.
    let mut snapshot = Snapshot::open(all[2].as_slice(), &desk.keys, at(50), &Floors::new()).unwrap();
    let journal = desk.read();
    desk.heartbeat(at(40));
    let delta = desk.read().delta_since(&journal, &desk.signer).unwrap();
    let five = Floors::new().least_version(5);
    let below = SnapshotError::BelowFloor { found: 4, least: 5 };
    assert_eq!(snapshot.apply(&delta, &desk.keys, at(50), &five), Err(below));
    assert_eq!((snapshot.version(), snapshot.complete_to()), (3, at(20)), "as it was");
}

#[test]
fn who_shows_the_same_for_ever_is_noticed() {
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let (bytes, session) = (desk.snapshot(), session(&desk));
    let answer = |floors: &Floors, now| {
        let snapshot = Snapshot::open(bytes.as_slice(), &desk.keys, at(0), floors).unwrap();
        snapshot.check(&session.facts(), now)
    };
    let usual = Floors::new();
    assert!(matches!(answer(&usual, at(3_599)), Answer::Clear(_)));
    assert_eq!(answer(&usual, at(3_600)), Answer::Stale);
    assert_eq!(answer(&usual, Timestamp::MAX), Answer::Stale);
    let expired = SnapshotError::Expired { not_after: at(3_600) };
    assert_eq!(error(&bytes, &desk.keys, at(3_599), &usual), None);
    assert_eq!(error(&bytes, &desk.keys, at(3_600), &usual), Some(expired));
    // However long the publisher, or a thief of its key, says that it is good.
    let end = long(Timestamp::MAX.as_unix());
    let eternal = forge::forged(&bytes, &[(field::NOT_AFTER, end)], &desk.signer);
    let hour = Floors::new().longest_validity(Seconds::hours(1));
    let snapshot = Snapshot::open(eternal.as_slice(), &desk.keys, at(0), &hour).unwrap();
    assert_eq!(snapshot.not_after(), at(3_600));
    assert_eq!(snapshot.check(&session.facts(), at(3_600)), Answer::Stale);
    assert_eq!(
        error(&eternal, &desk.keys, at(86_400), &usual).unwrap(),
        SnapshotError::Expired { not_after: at(86_400) }
    );
}

#[test]
fn the_future_is_refused_beyond_the_skew() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let bytes = desk.heartbeat(at(100));
    let skew = |seconds| Floors::new().skew(Seconds::new(seconds));
    assert_eq!(error(&bytes, &desk.keys, at(70), &skew(30)), None);
    assert_eq!(error(&bytes, &desk.keys, at(69), &skew(30)), Some(SnapshotError::FromTheFuture));
    assert_eq!(error(&bytes, &desk.keys, at(99), &skew(0)), Some(SnapshotError::FromTheFuture));
}

/// A realm with two signers; the first was used until now, and is stolen.
#[test]
fn a_thief_who_names_the_last_version_loses_it_with_the_key() {
    let mut rng = Repeatable(21);
    let [stolen, kept] = [(); 2].map(|()| SnapshotSigner::generate(&mut rng).unwrap());
    let realm = Realm::generate(&[stolen.public(), kept.public()], &mut rng).unwrap();
    let mut ring = common::ring(&[Kind::Encrypted], 7);
    ring.add_realm(&realm).unwrap();
    let keys = SnapshotKeys::of(&ring);
    let settings = safeconduct::JournalSettings::new(&POLICY);
    let (journal, _) =
        Journal::start(&realm, settings, &mut rng).unwrap().commit(at(0), &stolen).unwrap().stored();
    let mut floors = Floors::new();
    remember(&journal.snapshot(&stolen).unwrap(), &keys, at(0), &mut floors);

    // The last version, as far in the future as anybody believes, good for ever.
    let changes = [
        (field::VERSION, long(LAST_VERSION)),
        (field::ISSUED_AT, long(at(30).as_unix())),
        (field::COMPLETE_TO, long(at(30).as_unix())),
        (field::NOT_AFTER, long(Timestamp::MAX.as_unix())),
    ];
    let seized = forge::forged(&journal.snapshot(&stolen).unwrap(), &changes, &stolen);
    remember(&seized, &keys, at(0), &mut floors);
    let (journal, _) = journal.commit(at(40), &stolen).unwrap().stored();
    let honest = journal.snapshot(&stolen).unwrap();
    assert_eq!(error(&honest, &keys, at(40), &floors), Some(SnapshotError::Older), "the line is lost");

    // The other signer goes on from the same log, in a line of its own, without a new version number.
    let honest = journal.snapshot(&kept).unwrap();
    assert_eq!(error(&honest, &keys, at(40), &floors), None);
    remember(&honest, &keys, at(40), &mut floors);
    // And the thief is out when the ring has dropped his key; the filter key and the log stay.
    ring.remove_realm(realm.id());
    let reduced = realm.with_signers(&[kept.public()]).unwrap();
    ring.add_realm(&reduced).unwrap();
    let keys = SnapshotKeys::of(&ring);
    let later = [(field::ISSUED_AT, long(at(60).as_unix())), (field::COMPLETE_TO, long(at(60).as_unix()))];
    let again = forge::forged(&seized, &later, &stolen);
    assert_eq!(error(&again, &keys, at(60), &floors), Some(SnapshotError::UnknownSigner));
    assert_eq!(error(&honest, &keys, at(60), &floors), None);
}

#[test]
fn a_thief_keeps_an_honest_line_out_for_the_skew_and_no_longer() {
    let mut rng = Repeatable(22);
    let [stolen, kept] = [(); 2].map(|()| SnapshotSigner::generate(&mut rng).unwrap());
    let realm = Realm::generate(&[stolen.public(), kept.public()], &mut rng).unwrap();
    let mut ring = common::ring(&[Kind::Encrypted], 7);
    ring.add_realm(&realm).unwrap();
    let keys = SnapshotKeys::of(&ring);
    let settings = safeconduct::JournalSettings::new(&POLICY);
    let start = Journal::start(&realm, settings, &mut rng).unwrap();
    let (mut journal, _) = start.commit(at(0), &kept).unwrap().stored();
    let ahead = [(field::ISSUED_AT, long(at(30).as_unix())), (field::COMPLETE_TO, long(at(30).as_unix()))];
    let ahead = forge::forged(&journal.snapshot(&stolen).unwrap(), &ahead, &stolen);
    let mut floors = Floors::new();
    remember(&ahead, &keys, at(0), &mut floors);
    for second in 1..35 {
        journal = journal.commit(at(second), &kept).unwrap().stored().0;
        let expected = (second < 30).then_some(SnapshotError::Older);
        assert_eq!(error(&journal.snapshot(&kept).unwrap(), &keys, at(second), &floors), expected);
    }
}

#[test]
fn the_fifth_line_makes_the_oldest_forgotten_and_nothing_older_gets_in() {
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let bytes = desk.snapshot();
    let document = |lineage: u8, version: u64, complete_to: i64| {
        let moment = long(at(complete_to).as_unix());
        let changes = [
            (field::LINEAGE, vec![lineage; 8]),
            (field::VERSION, long(version)),
            (field::ISSUED_AT, moment.clone()),
            (field::COMPLETE_TO, moment),
        ];
        forge::forged(&bytes, &changes, &desk.signer)
    };
    let mut floors = Floors::new();
    let refused = |floors: &Floors, lineage, version, complete_to| {
        error(&document(lineage, version, complete_to), &desk.keys, at(20), floors)
    };
    for lineage in 1..=4 {
        remember(&document(lineage, 100, lineage.into()), &desk.keys, at(20), &mut floors);
    }
    // All four are remembered.
    for lineage in 1..=4 {
        assert_eq!(refused(&floors, lineage, 99, 5), Some(SnapshotError::Older));
    }
    remember(&document(5, 100, 5), &desk.keys, at(20), &mut floors);
    assert_eq!(refused(&floors, 1, 99, 5), None, "the first is forgotten");
    for lineage in 2..=5 {
        assert_eq!(refused(&floors, lineage, 99, 5), Some(SnapshotError::Older));
    }
    // What was complete to an earlier moment stays out, remembered or not.
    for lineage in 1..=9 {
        assert_eq!(refused(&floors, lineage, 1_000, 4), Some(SnapshotError::Older));
    }
}

#[derive(Clone, Copy, Debug)]
struct Step {
    signer: bool,
    lineage: bool,
    version: u64,
    complete_to: i64,
    /// Makes another document of the same version.
    salt: u64,
    remembered: bool,
}

/// What was taken, and nothing cleverer.
#[derive(Default)]
struct Model(Vec<(Step, Vec<u8>)>);

impl Model {
    fn expected(&self, step: &Step, bytes: &[u8]) -> Option<SnapshotError> {
        let same_line =
            self.0.iter().filter(|(taken, _)| (taken.signer, taken.lineage) == (step.signer, step.lineage));
        let last = same_line.max_by_key(|(taken, _)| taken.version);
        match last {
            Some((taken, _)) if step.version < taken.version => return Some(SnapshotError::Older),
            Some((taken, document)) if step.version == taken.version && document != bytes => {
                return Some(SnapshotError::Equivocation { version: step.version });
            }
            _ => {}
        }
        let older = self.0.iter().any(|(taken, _)| step.complete_to < taken.complete_to);
        older.then_some(SnapshotError::Older)
    }
}

fn step() -> impl Strategy<Value = Step> {
    (any::<bool>(), any::<bool>(), 1..6_u64, 0..4_i64, 0..2_u64, any::<bool>()).prop_map(
        |(signer, lineage, version, complete_to, salt, remembered)| Step {
            signer,
            lineage,
            version,
            complete_to,
            salt,
            remembered,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_is_that_of_a_list_of_everything(steps in proptest::collection::vec(step(), 1..16)) {
        let mut rng = Repeatable(23);
        let signers = [(); 2].map(|()| SnapshotSigner::generate(&mut rng).unwrap());
        let realm = Realm::generate(&signers.each_ref().map(SnapshotSigner::public), &mut rng).unwrap();
        let mut ring = common::ring(&[Kind::Encrypted], 7);
        ring.add_realm(&realm).unwrap();
        let keys = SnapshotKeys::of(&ring);
        let start = Journal::start(&realm, safeconduct::JournalSettings::new(&POLICY), &mut rng).unwrap();
        let bytes = start.commit(at(0), &signers[0]).unwrap().stored().0.snapshot(&signers[0]).unwrap();
        let (mut floors, mut model) = (Floors::new(), Model::default());
        for step in steps {
            let moment = long(at(step.complete_to).as_unix());
            let changes = [
                (field::LINEAGE, vec![u8::from(step.lineage); 8]),
                (field::VERSION, long(step.version)),
                (field::ISSUED_AT, moment.clone()),
                (field::COMPLETE_TO, moment),
                (field::MIN_RING_VERSION, long(step.salt)),
            ];
            let document = forge::forged(&bytes, &changes, &signers[usize::from(step.signer)]);
            let opened = Snapshot::open(document.clone(), &keys, at(5), &floors);
            prop_assert_eq!(opened.as_ref().err().copied(), model.expected(&step, &document));
            if let (Ok(snapshot), true) = (opened, step.remembered) {
                snapshot.remember(&mut floors);
                model.0.push((step, document));
            }
        }
    }
}
