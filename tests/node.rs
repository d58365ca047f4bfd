//! The pair of ring and snapshots that a node holds: replaced as one, never by anything older or worse.
#![cfg(feature = "std")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use common::realm::Desk;
use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    AuthLevel, Floors, Grant, Issuer, Issuing, IssuingKey, Kind, Node, NodeError, Policy, Realm, Reason,
    Revocation, Ring, Scope, Seconds, Session, SessionId, SnapshotError, Timestamp, Update, Verifier, Window,
};

const POLICY: Policy = Policy::AAL1;

fn copy(ring: &Ring<Issuing>) -> Ring<Issuing> {
    ring.to_text().as_str().parse().unwrap()
}

fn node(ring: &Ring<Issuing>, version: u64) -> Node<Issuing, Issuer> {
    let make = |ring: &Ring<Issuing>| {
        let verifier = Verifier::new(ring, CONTEXT, &POLICY, Kind::Encrypted);
        (verifier, Issuer::new(ring, CONTEXT, &POLICY, Kind::Encrypted))
    };
    Node::new(copy(ring), version, Floors::new(), make).unwrap()
}

fn issue(node: &Node<Issuing, Issuer>, now: Timestamp, seed: u64) -> String {
    let current = node.current();
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let token =
        current.beside().issue_beside(current.snapshots(), &grant, now, &mut Repeatable(seed)).unwrap();
    token.into_string()
}

fn reason(node: &Node<Issuing, Issuer>, token: &str, now: Timestamp) -> Option<Reason> {
    node.current().verifier().verify_owned::<()>(token, now).err().map(|refused| refused.reason())
}

/// A desk, a snapshot of it, and the delta of a session that was revoked after that.
fn with_delta() -> (Desk, Vec<u8>, Vec<u8>) {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let base = desk.read();
    let snapshot = desk.snapshot();
    desk.end(&Revocation::operator_session(SessionId::from_bytes([1; 12]), at(28_800)), at(3));
    let delta = desk.read().delta_since(&base, &desk.signer).unwrap();
    (desk, snapshot, delta)
}

#[test]
fn without_a_snapshot_everybody_is_refused() {
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let node = node(&desk.ring, 0);
    let token = issue(&node, at(0), 1);
    assert_eq!(reason(&node, &token, at(1)), Some(Reason::SnapshotStale));
    assert!(node.update(Update::new().snapshot(desk.snapshot()), at(1)).unwrap());
    assert_eq!(reason(&node, &token, at(1)), None);
    assert!(!node.update(Update::new().snapshot(desk.snapshot()), at(1)).unwrap(), "the same once more");
}

#[test]
fn a_ring_without_a_realm_makes_no_node() {
    let ring = common::ring(&[Kind::Encrypted], 7);
    let make = |ring: &Ring<Issuing>| (Verifier::new(ring, CONTEXT, &POLICY, Kind::Encrypted), ());
    assert_eq!(Node::new(ring, 0, Floors::new(), make).err(), Some(NodeError::NoRealm));
}

#[test]
fn bad_candidates_leave_the_pair_as_it_is() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let first = desk.snapshot();
    let node = node(&desk.ring, 5);
    node.update(Update::new().snapshot(first.clone()), at(0)).unwrap();
    let token = issue(&node, at(0), 1);
    let session: Session<()> = node.current().verifier().verify_owned(&token, at(1)).unwrap();
    let before = desk.read();
    desk.end(&session.revocation(), at(10));
    let second = desk.snapshot();
    let delta = desk.read().delta_since(&before, &desk.signer).unwrap();
    node.update(Update::new().snapshot(second.clone()), at(10)).unwrap();
    let out = Some(Reason::Revoked(Scope::Session));
    let mut flipped = second.clone();
    flipped[260] ^= 1; // in the list of page hashes
    let mut other_ring = common::ring(&[Kind::Encrypted], 8);
    let other_realm = Realm::generate(&[desk.signer.public()], &mut Repeatable(4)).unwrap();
    other_ring.add_realm(&other_realm).unwrap();
    let older = || Update::new().ring(copy(&desk.ring), 4);
    let unknown = || Update::new().ring(copy(&other_ring), 6);
    let without_realm = || Update::new().ring(common::ring(&[Kind::Encrypted], 9), 6);
    let cases: [(&str, Update<Issuing>, NodeError); 8] = [
        ("rolled back", Update::new().snapshot(first.clone()), SnapshotError::Older.into()),
        ("cut off", Update::new().snapshot(&second[..280]), SnapshotError::Length.into()),
        ("altered", Update::new().snapshot(flipped), SnapshotError::Damaged.into()),
        ("empty", Update::new().snapshot(&[][..]), SnapshotError::NotASnapshot.into()),
        ("a ring without a realm", without_realm(), NodeError::NoRealm),
        ("an older ring", older(), NodeError::OlderRing { found: 4, had: 5 }),
        ("a ring whose realm has no snapshot", unknown(), NodeError::NoSnapshot { realm: other_realm.id() }),
        (
            "a good ring with a bad snapshot",
            Update::new().ring(copy(&desk.ring), 6).snapshot(first.clone()),
            SnapshotError::Older.into(),
        ),
    ];
    for (name, update, why) in cases {
        assert_eq!(node.update(update, at(11)).err(), Some(why), "{name}");
        assert_eq!(node.current().ring_version(), 5, "{name}");
        assert_eq!(reason(&node, &token, at(11)), out, "{name}");
    }
    // What brings nothing new is no error.
    assert!(!node.update(Update::new().delta(delta), at(11)).unwrap());
    assert!(!node.update(Update::new(), at(11)).unwrap());
}

#[test]
fn a_snapshot_that_demands_a_newer_ring_waits_for_it() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let node = node(&desk.ring, 5);
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();
    let mut journal = desk.read();
    journal.demand_ring(6);
    assert!(journal.has_news());
    desk.stored = journal.commit(at(5), &desk.signer).unwrap().bytes().to_vec();
    let demanding = desk.snapshot();
    let too_old = NodeError::Snapshot(SnapshotError::RingTooOld { had: 5, least: 6 });
    assert_eq!(node.update(Update::new().snapshot(demanding.clone()), at(6)).err(), Some(too_old));
    assert_eq!(node.current().snapshot_versions().next().unwrap().1, 1);
    assert!(node.update(Update::new().ring(copy(&desk.ring), 6).snapshot(demanding), at(6)).unwrap());
    assert_eq!(node.current().snapshot_versions().next().unwrap().1, 2);
}

#[test]
fn a_delta_needs_its_snapshot() {
    let (desk, snapshot, delta) = with_delta();
    let node = node(&desk.ring, 0);
    let realm = desk.realm.id();
    assert_eq!(
        node.update(Update::new().delta(delta.clone()), at(4)).err(),
        Some(NodeError::NoBase { realm })
    );
    assert!(node.update(Update::new().snapshot(snapshot).delta(delta), at(4)).unwrap());
    assert_eq!(node.current().snapshot_versions().next(), Some((realm, 2)));
}

/// REV-01 in its order, by a node as well: it looks at the header before the document is opened, for the realm.
#[test]
fn what_is_too_short_is_no_snapshot_whatever_its_times_are() {
    let (desk, snapshot, delta) = with_delta();
    let node = node(&desk.ring, 0);
    node.update(Update::new().snapshot(snapshot.clone()), at(0)).unwrap();
    for (length, why) in [(251, SnapshotError::NotASnapshot), (252, SnapshotError::Header)] {
        let short = |document: &[u8]| {
            let mut bytes = document[..length].to_vec();
            bytes[44..52].fill(0xFF); // `issued_at`, beyond the last of all times
            bytes
        };
        let why = Some(NodeError::Snapshot(why));
        assert_eq!(node.update(Update::new().snapshot(short(&snapshot)), at(4)).err(), why, "{length}");
        assert_eq!(node.update(Update::new().delta(short(&delta)), at(4)).err(), why, "{length}");
    }
}

/// Readers verify while ring and snapshot are replaced. Every version of the snapshot demands the version of the ring that was put in force with it, so a torn pair would
/// show; and the session of version `n` is revoked by every snapshot after `n`.
#[test]
fn readers_never_see_a_torn_pair() {
    const SWAPS: u64 = 2_000;
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let node = Arc::new(node(&desk.ring, 1));
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let looks = Arc::new(AtomicU64::new(0));
    let victim = issue(&node, at(0), 1);
    let session: Session<()> = node.current().verifier().verify_owned(&victim, at(0)).unwrap();
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (node, done, looks, victim) = (node.clone(), done.clone(), looks.clone(), victim.clone());
            std::thread::spawn(move || {
                let (mut last, mut was_out) = (0, false);
                while !done.load(Ordering::Relaxed) {
                    let current = node.current();
                    let (_, version) = current.snapshot_versions().next().unwrap();
                    assert_eq!(current.ring_version(), version, "ring and snapshot of one update");
                    assert!(version >= last, "versions never go down");
                    last = version;
                    let out = current.verifier().verify_owned::<()>(&victim, at(1)).is_err();
                    assert_eq!(out, version >= SWAPS / 2, "version {version}");
                    assert!(out || !was_out, "who is out stays out");
                    was_out = out;
                    looks.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for version in 2..=SWAPS {
        let mut journal = desk.read();
        journal.demand_ring(version);
        if version == SWAPS / 2 {
            journal.record(&session.revocation());
        }
        desk.stored = journal.commit(at(0), &desk.signer).unwrap().bytes().to_vec();
        let update = Update::new().ring(copy(&desk.ring), version).snapshot(desk.snapshot());
        assert!(node.update(update, at(0)).unwrap());
        // One that is behind never gets in between.
        if version % 97 == 0 {
            assert!(node.update(Update::new().ring(copy(&desk.ring), version - 1), at(0)).is_err());
        }
    }
    done.store(true, Ordering::Relaxed);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    assert!(looks.load(Ordering::Relaxed) > SWAPS, "the readers were at work");
}

#[test]
fn another_key_is_in_force_with_the_ring_that_has_it() {
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let node = node(&desk.ring, 1);
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();
    let old = issue(&node, at(0), 1);
    let mut ring = copy(&desk.ring);
    let window = Window::new(at(10), Seconds::days(30), Seconds::days(1)).unwrap();
    ring.add(IssuingKey::generate(Kind::Encrypted, &mut Repeatable(55)).unwrap(), window).unwrap();
    assert!(node.update(Update::new().ring(ring, 2), at(10)).unwrap());
    let new = issue(&node, at(10), 2);
    assert_ne!(old[4..9], new[4..9], "minted under the new key");
    assert_eq!((reason(&node, &old, at(11)), reason(&node, &new, at(11))), (None, None));
}

#[test]
fn a_ring_that_drops_a_signer_drops_what_he_has_signed() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let successor = safeconduct::SnapshotSigner::generate(&mut Repeatable(91)).unwrap();
    let node = node(&desk.ring, 1);
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();
    let moved = desk.realm.with_signers(&[successor.public()]).unwrap();
    let mut ring = copy(&desk.ring);
    assert!(ring.remove_realm(moved.id()));
    ring.add_realm(&moved).unwrap();
    // Without a snapshot of the new signer the pair stays as it is, rather than refusing everybody.
    let realm = moved.id();
    let alone = Update::new().ring(copy(&ring), 2);
    assert_eq!(node.update(alone, at(5)).err(), Some(NodeError::NoSnapshot { realm }));
    assert_eq!(node.current().ring_version(), 1);
    // The new signer goes on with the log: its realm knows both for the time of the change.
    let both = desk.realm.with_signers(&[desk.signer.public(), successor.public()]).unwrap();
    let journal = safeconduct::Journal::read(&desk.stored, &both, desk.settings).unwrap();
    let (journal, _) = journal.commit(at(5), &successor).unwrap().stored();
    let update = Update::new().ring(ring, 2).snapshot(journal.snapshot(&successor).unwrap());
    assert!(node.update(update, at(5)).unwrap());
    desk.stored.clear();
    let current = node.current();
    assert_eq!((current.ring_version(), current.snapshot_versions().next()), (2, Some((realm, 2))));
}

#[test]
fn a_ring_from_a_secret_store_has_no_version() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let mut journal = desk.read();
    journal.demand_ring(6);
    desk.stored = journal.commit(at(1), &desk.signer).unwrap().bytes().to_vec();
    let node = node(&desk.ring, 0);
    // What is demanded of published rings does not concern it (REV-14).
    assert!(node.update(Update::new().snapshot(desk.snapshot()), at(1)).unwrap());
    let mut ring = copy(&desk.ring);
    let window = Window::new(at(10), Seconds::days(30), Seconds::days(1)).unwrap();
    ring.add(IssuingKey::generate(Kind::Encrypted, &mut Repeatable(56)).unwrap(), window).unwrap();
    assert!(node.update(Update::new().ring(copy(&ring), 0), at(10)).unwrap(), "another one of version 0");
    assert_eq!(node.current().ring().count(), 2);
    // A published one takes over, and is not replaced by one without a version.
    assert!(node.update(Update::new().ring(copy(&ring), 6), at(11)).unwrap());
    let back = Update::new().ring(ring, 0);
    assert_eq!(node.update(back, at(12)).err(), Some(NodeError::OlderRing { found: 0, had: 6 }));
}

#[test]
fn another_ring_of_the_version_in_force_is_not_taken() {
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let node = node(&desk.ring, 3);
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();
    let mut ring = copy(&desk.ring);
    let window = Window::new(at(10), Seconds::days(30), Seconds::days(1)).unwrap();
    ring.add(IssuingKey::generate(Kind::Encrypted, &mut Repeatable(57)).unwrap(), window).unwrap();
    assert!(!node.update(Update::new().ring(copy(&ring), 3), at(10)).unwrap());
    assert_eq!(node.current().ring().count(), 1);
    assert!(node.update(Update::new().ring(ring, 4), at(10)).unwrap());
}

#[test]
fn whoever_was_logged_out_everywhere_logs_in_again_on_a_node() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let node = node(&desk.ring, 1);
    desk.end(&Revocation::operator_subject(subject(), at(31)), at(1));
    node.update(Update::new().snapshot(desk.snapshot()), at(1)).unwrap();
    let token = issue(&node, at(2), 1);
    let session: Session<()> = node.current().verifier().verify_owned(&token, at(3)).unwrap();
    assert_eq!(session.started_at(), at(31), "it begins at the cut-off");
}

#[test]
fn of_two_realms_the_one_that_refuses_gives_the_grounds() {
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let mut rng = Repeatable(6);
    let signer = safeconduct::SnapshotSigner::generate(&mut rng).unwrap();
    let realm = Realm::generate(&[signer.public()], &mut rng).unwrap();
    let mut ring = copy(&desk.ring);
    ring.add_realm(&realm).unwrap();
    let node = node(&ring, 1);
    let journal = safeconduct::Journal::start(&realm, desk.settings, &mut rng).unwrap();
    let (mut journal, _) = journal.commit(at(0), &signer).unwrap().stored();
    journal.record(&Revocation::operator_everyone(at(5)));
    let (journal, _) = journal.commit(at(1), &signer).unwrap().stored();
    let update = Update::new().snapshot(desk.snapshot()).snapshot(journal.snapshot(&signer).unwrap());
    assert!(node.update(update, at(1)).unwrap());
    let current = node.current();
    let issuer = Issuer::new(&ring, CONTEXT, &POLICY, Kind::Encrypted);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut rng).unwrap();
    let report = safeconduct::inspect::explain(token.as_str(), at(2), current.verifier());
    let data = report.revocation.unwrap();
    assert_eq!((report.reason, data.version), (Some("Revoked(everyone)"), Some(2)));
    assert_eq!(data.realm_id, Some(realm.id().to_string()));
}
