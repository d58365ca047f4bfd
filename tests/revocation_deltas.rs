//! Deltas in any order, with gaps and repeated, end in the verdicts of the snapshot that they lead to.

mod common;

use common::realm::Desk;
use common::{CONTEXT, Repeatable, at};
use proptest::prelude::*;
use safeconduct::{
    AuthLevel, Floors, Grant, Issuer, Journal, JournalError, Kind, Policy, Revocation, Revocations, Session,
    Snapshot, Subject, Verifier,
};

const POLICY: Policy = Policy::AAL1;

#[test]
fn a_delta_leads_from_an_earlier_version_of_the_same_log() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let first = desk.read();
    desk.revoke_all(&[Revocation::operator_everyone(at(1))], at(1));
    let second = desk.read();
    assert!(second.delta_since(&first, &desk.signer).is_ok());
    for earlier in [&first, &second] {
        assert_eq!(first.delta_since(earlier, &desk.signer), Err(JournalError::Version));
    }
    let other = Journal::start(&desk.realm, desk.settings, &mut Repeatable(77)).unwrap();
    assert_eq!(second.delta_since(&other, &desk.signer), Err(JournalError::OtherRealm), "another line");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deltas_in_any_order_end_in_the_verdicts_of_the_snapshot(
        batches in prop::collection::vec(prop::collection::vec(0..60_usize, 0..4), 2..7),
        arrivals in prop::collection::vec((0..7_usize, 0..7_usize), 0..20),
    ) {
        let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
        let sessions = sessions(&desk);
        let mut versions = vec![desk.stored.clone()];
        for (moment, batch) in (1..).zip(&batches) {
            let batch: Vec<Revocation> = batch.iter().map(|number| against(&sessions, *number)).collect();
            desk.revoke_all(&batch, at(moment));
            versions.push(desk.stored.clone());
        }
        let floors = Floors::new();
        let read = |version: usize| Journal::read(&versions[version], &desk.realm, desk.settings).unwrap();
        let open = |version: usize| {
            Snapshot::open(read(version).snapshot(&desk.signer).unwrap(), &desk.keys, at(20), &floors).unwrap()
        };
        let mut node = open(0);
        let take = |node: &mut Snapshot<Vec<u8>>, base: usize, version: usize| {
            let delta = read(version).delta_since(&read(base), &desk.signer).unwrap();
            node.apply(&delta, &desk.keys, at(20), &floors)
        };
        for (one, other) in arrivals {
            let (base, version) = (one % versions.len(), other % versions.len());
            if base < version {
                let had = node.version();
                let taken = take(&mut node, base, version);
                // Versions count from 1. A gap is refused and changes nothing.
                prop_assert_eq!(taken.is_ok(), (base as u64) < had);
                prop_assert_eq!(node.version(), if taken.is_ok() { had.max(version as u64 + 1) } else { had });
            }
        }
        let last = versions.len() - 1;
        take(&mut node, 0, last).unwrap();
        let expected = open(last);
        for session in &sessions {
            let verdict = |data: &Snapshot<Vec<u8>>| data.check(&session.facts(), at(20));
            prop_assert_eq!(verdict(&node), verdict(&expected));
        }
    }
}

/// A revocation of one of these sessions, of one of its tokens, of its subject, or of its first rotations.
fn against(sessions: &[Session<()>], number: usize) -> Revocation {
    let session = &sessions[number % sessions.len()];
    match number / sessions.len() {
        0 => session.revocation(),
        1 => Revocation::operator_token(session.session_id(), session.token_id(), session.expires_at()),
        2 => Revocation::operator_subject(*session.subject(), at(1)),
        _ => Revocation::operator_everyone(at(-1)),
    }
}

/// 20 sessions, each of a subject of its own.
fn sessions(desk: &Desk) -> Vec<Session<()>> {
    let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
    let verifier = Verifier::new(&desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted)
        .dangerous_without_revocation();
    let mut rng = Repeatable(11);
    let session = |number| {
        let grant = Grant::new(Subject::new(format!("user {number}")).unwrap(), AuthLevel::Aal1);
        let token = issuer.issue(&grant, at(0), &mut rng).unwrap();
        verifier.verify_owned(token.as_str(), at(0)).unwrap()
    };
    (0..20).map(session).collect()
}
