//! Snapshots between a publisher and a node: scopes, freshness, deltas, and what is refused.

mod common;

use common::realm::Desk;
use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    AuthLevel, CoarseSnapshot, Floors, Freshness, Grant, Issuer, JournalSettings, Kind, MintError, Policy,
    Realm, Reason, Revocation, Revocations, Scope, Seconds, Session, SessionId, Snapshot, SnapshotError,
    SnapshotKeys, Subject, Timestamp, Verifier,
};

const POLICY: Policy = Policy::AAL1;

struct Node {
    desk: Desk,
    issuer: Issuer,
    rng: Repeatable,
}

impl Node {
    fn new() -> Self {
        let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
        let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        Self { desk, issuer, rng: Repeatable(3) }
    }

    fn log_in(&mut self, who: &str, now: Timestamp) -> String {
        let grant = Grant::new(Subject::new(who).unwrap(), AuthLevel::Aal1);
        self.issuer.issue(&grant, now, &mut self.rng).unwrap().into_string()
    }

    fn verifier<V: Revocations>(&self, revocations: V) -> Verifier<V> {
        Verifier::new(&self.desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted).revocations(revocations)
    }

    /// Verifies with a fresh copy of the published snapshot.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Session<()>, Reason> {
        let snapshot = self.desk.open(self.desk.snapshot(), now);
        self.verifier(snapshot).verify_owned(token, now).map_err(|rejected| rejected.reason())
    }
}

#[test]
fn each_scope_is_found() {
    let mut node = Node::new();
    let tokens: Vec<String> = ["a", "b", "c", "d"].map(|who| node.log_in(who, at(0))).into();
    let sessions: Vec<Session<()>> = tokens.iter().map(|token| node.verify(token, at(1)).unwrap()).collect();
    let token = Revocation::operator_token(sessions[0].session_id(), sessions[0].token_id(), at(3_600));
    assert!(node.desk.revoke(&token, at(2)).is_recorded());
    assert!(node.desk.revoke(&sessions[1].revocation(), at(3)).is_recorded());
    let cut = POLICY.cut_off(at(4), None);
    assert!(
        node.desk.revoke(&Revocation::operator_subject(*sessions[2].subject(), cut), at(4)).is_recorded()
    );
    let why = |node: &Node, index: usize| node.verify(&tokens[index], at(5)).map(|_| ());
    assert_eq!(why(&node, 0), Err(Reason::Revoked(Scope::Token)));
    assert_eq!(why(&node, 1), Err(Reason::Revoked(Scope::Session)));
    assert_eq!(why(&node, 2), Err(Reason::Revoked(Scope::Subject)));
    assert_eq!(why(&node, 3), Ok(()));
    let key = sessions[3].key_id();
    assert!(node.desk.revoke(&Revocation::operator_key(key), at(6)).is_recorded());
    assert_eq!(why(&node, 3), Err(Reason::Revoked(Scope::Key)));
    assert!(node.desk.revoke(&Revocation::operator_everyone(cut), at(6)).is_recorded());
    assert_eq!(why(&node, 3), Err(Reason::Revoked(Scope::Everyone)));
}

#[test]
fn a_delta_brings_what_the_next_snapshot_has() {
    let mut node = Node::new();
    let tokens: Vec<String> = (0..20).map(|who| node.log_in(&format!("user {who}"), at(0))).collect();
    let sessions: Vec<Session<()>> = tokens.iter().map(|token| node.verify(token, at(1)).unwrap()).collect();
    node.desk.revoke_all(&sessions[..5].iter().map(Session::revocation).collect::<Vec<_>>(), at(2));
    let (base, base_journal) = (node.desk.snapshot(), node.desk.read());
    let mut all: Vec<Revocation> = sessions[5..10].iter().map(Session::revocation).collect();
    let token = &sessions[10];
    all.push(Revocation::operator_token(token.session_id(), token.token_id(), at(3_600)));
    all.push(Revocation::operator_subject(*sessions[11].subject(), at(40)));
    node.desk.revoke_all(&all, at(10));
    let middle = node.desk.read();
    let first = middle.delta_since(&base_journal, &node.desk.signer).unwrap();
    node.desk.end(&sessions[12].revocation(), at(20));
    let second = node.desk.read().delta_since(&middle, &node.desk.signer).unwrap();
    let both = node.desk.read().delta_since(&base_journal, &node.desk.signer).unwrap();
    let later = node.desk.snapshot();
    assert_eq!(second.len(), 252 + 8, "a header and one fingerprint");

    let (keys, floors) = (&node.desk.keys, Floors::new());
    let open = |bytes: &[u8]| Snapshot::open(bytes.to_vec(), keys, at(30), &floors).unwrap();
    let verdicts = |snapshot: Snapshot<Vec<u8>>| -> Vec<Option<Reason>> {
        let verifier = node.verifier(snapshot);
        let reason = |token| verifier.verify_owned::<()>(token, at(30)).err().map(|why| why.reason());
        tokens.iter().map(|token| reason(token)).collect()
    };
    let expected = verdicts(open(&later));
    assert_eq!(expected.iter().filter(|verdict| verdict.is_none()).count(), 7);
    // One after the other, each twice; or both at once.
    let mut step_by_step = open(&base);
    for delta in [&first, &first, &second, &second, &first, &both] {
        step_by_step.apply(delta, keys, at(30), &floors).unwrap();
    }
    assert_eq!((step_by_step.version(), step_by_step.complete_to()), (4, at(20)));
    assert_eq!(verdicts(step_by_step), expected);
    let mut at_once = open(&base);
    at_once.apply(&both, keys, at(30), &floors).unwrap();
    assert_eq!(verdicts(at_once), expected);
    // A gap is an error and leaves everything as it was.
    let mut gap = open(&base);
    assert_eq!(gap.apply(&second, keys, at(30), &floors), Err(SnapshotError::Gap { base: 3, had: 2 }));
    assert_eq!(gap.version(), 2);
}

#[test]
fn stale_data_refuse_and_by_name_go_on() {
    let mut node = Node::new();
    let (out, live) = (node.log_in("out", at(0)), node.log_in("live", at(0)));
    let session = node.verify(&out, at(1)).unwrap();
    node.desk.end(&session.revocation(), at(2));
    let open = |node: &Node| node.desk.open(node.desk.snapshot(), at(3));
    // The snapshot of second 2 is good for an hour, the tokens for half of that; so a token of the last minute.
    let late = node.log_in("late", at(3_550));
    let closed = node.verifier(open(&node));
    let reason = |verifier: &Verifier<Snapshot<Vec<u8>>>, token: &str, now| {
        verifier.verify_owned::<()>(token, now).err().map(|why| why.reason())
    };
    assert_eq!(reason(&closed, &late, at(3_601)), None);
    assert_eq!(reason(&closed, &late, at(3_602)), Some(Reason::SnapshotStale));
    let opened = node.verifier(open(&node)).dangerous_fail_open();
    assert_eq!(reason(&opened, &late, at(3_602)), None);
    assert_eq!(reason(&opened, &out, at(4)), Some(Reason::Revoked(Scope::Session)));
    assert_eq!(reason(&opened, &live, at(4)), None);
    // Old data still know what they know, and nothing is renewed on their word.
    let renewable = opened.verify_owned::<()>(&late, at(3_602)).unwrap();
    assert_eq!(node.issuer.rotate(&renewable, &mut node.rng).err(), Some(MintError::Stale));
    // No data at all: stale, whatever was said.
    let none = node.verifier(None::<Snapshot<Vec<u8>>>).dangerous_fail_open();
    assert_eq!(none.verify_owned::<()>(&live, at(4)).unwrap_err().reason(), Reason::SnapshotStale);
}

#[test]
fn nothing_is_minted_on_a_snapshot_that_is_too_old() {
    let policy = Policy::AAL1;
    let settings =
        JournalSettings::new(&policy).staleness_bound(Seconds::minutes(5)).validity(Seconds::hours(1));
    let desk = Desk::with(Kind::Encrypted, settings, at(0));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &policy, Kind::Encrypted);
    let mut rng = Repeatable(9);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut rng).unwrap();
    let verifier = Verifier::new(&desk.ring.verifying(), CONTEXT, &policy, Kind::Encrypted)
        .revocations(desk.open(desk.snapshot(), at(0)));
    let rotate = |now| {
        let session: Session<()> = verifier.verify_owned(token.as_str(), now).unwrap();
        issuer.rotate(&session, &mut Repeatable(1)).err()
    };
    assert_eq!(rotate(at(300)), None);
    assert_eq!(rotate(at(301)), Some(MintError::Stale));
}

#[test]
fn successors_live_no_longer_than_deaths_are_counted_with() {
    let policy = Policy::builder(AuthLevel::Aal1).idle(Seconds::hours(2)).build().unwrap();
    // The publisher reckons with an hour, by mistake.
    let settings = JournalSettings::new(&policy).longest_token(Seconds::hours(1));
    let desk = Desk::with(Kind::Encrypted, settings, at(0));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &policy, Kind::Encrypted);
    let verifier = Verifier::new(&desk.ring.verifying(), CONTEXT, &policy, Kind::Encrypted)
        .revocations(desk.open(desk.snapshot(), at(0)));
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let mut rng = Repeatable(9);
    let unaware = issuer.issue(&grant, at(0), &mut rng).unwrap();
    let refused = verifier.verify_owned::<()>(unaware.as_str(), at(1)).unwrap_err();
    assert_eq!(refused.reason(), Reason::CeilingExceeded);
    let aware = issuer.issue_beside(verifier.revocation_data(), &grant, at(0), &mut rng).unwrap();
    assert_eq!(aware.expires_at(), at(3_600));
    let session: Session<()> = verifier.verify_owned(aware.as_str(), at(1_800)).unwrap();
    assert_eq!(issuer.rotate(&session, &mut rng).unwrap().expires_at(), at(1_800 + 3_600));
}

#[test]
fn logging_in_again_right_after_everywhere() {
    let mut node = Node::new();
    let cut = POLICY.cut_off(at(100), None);
    node.desk.end(&Revocation::operator_subject(subject(), cut), at(100));
    let data = node.desk.open(node.desk.snapshot(), at(101));
    assert_eq!(data.cut_off(&subject()), Some(cut));
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let token = node.issuer.issue_beside(&data, &grant, at(101), &mut node.rng).unwrap();
    let session = node.verify(token.as_str(), at(102)).unwrap();
    assert_eq!(session.started_at(), cut);
}

#[test]
fn ids_that_the_filter_hits_are_drawn_again() {
    // Eight probes: one id in 256 is taken for revoked that is not. Of 2,000 logins about eight draw such a one first.
    let settings = JournalSettings::new(&POLICY).probes(8);
    let mut desk = Desk::with(Kind::Encrypted, settings, at(0));
    let mut rng = Repeatable(17);
    let mut id = || {
        let mut bytes = [0; SessionId::SIZE];
        safeconduct::rand_core::TryRng::try_fill_bytes(&mut rng, &mut bytes).unwrap();
        SessionId::from_bytes(bytes)
    };
    let all: Vec<Revocation> = (0..5_000).map(|_| Revocation::operator_session(id(), at(28_800))).collect();
    desk.revoke_all(&all, at(1));
    let data = desk.open(desk.snapshot(), at(2));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
    let verifier =
        Verifier::new(&desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted).revocations(&data);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let refused = |token: safeconduct::Token| verifier.verify_owned::<()>(token.as_str(), at(3)).is_err();
    let mut rng = Repeatable(23);
    let unaware = (0..2_000).filter(|_| refused(issuer.issue(&grant, at(2), &mut rng).unwrap())).count();
    assert!((1..40).contains(&unaware), "{unaware} of 2,000");
    let aware =
        (0..2_000).filter(|_| refused(issuer.issue_beside(&data, &grant, at(2), &mut rng).unwrap())).count();
    assert_eq!(aware, 0);
}

#[test]
fn old_rotations_are_superseded_and_the_family_ends() {
    let mut node = Node::new();
    let first = node.log_in("strict", at(0));
    let session = node.verify(&first, at(900)).unwrap();
    let second = node.issuer.rotate_strictly(&session, &mut node.rng).unwrap();
    assert!(second.retired.is_none(), "the first token has nothing before it");
    let session = node.verify(second.token.as_str(), at(1_000)).unwrap();
    let third = node.issuer.rotate_strictly(&session, &mut node.rng).unwrap();
    assert!(node.desk.revoke(third.retired.as_ref().unwrap(), at(1_000)).is_recorded());
    // The response with the third may be lost: the second is good for as long as the third was not shown.
    assert!(node.verify(second.token.as_str(), at(1_001)).is_ok());
    assert!(node.verify(third.token.as_str(), at(1_001)).is_ok());
    assert_eq!(node.verify(&first, at(1_001)).err(), Some(Reason::Superseded));
    let verifier = node.verifier(node.desk.open(node.desk.snapshot(), at(1_002)));
    assert!(verifier.superseded(third.token.as_str(), at(1_002)).is_none());
    let family = verifier.superseded(&first, at(1_002)).unwrap();
    assert!(node.desk.revoke(family.revocation(), at(1_002)).is_recorded());
    assert_eq!(node.verify(third.token.as_str(), at(1_003)).err(), Some(Reason::Revoked(Scope::Session)));
}

#[test]
fn ending_the_others_spares_this_one() {
    let mut node = Node::new();
    let (mine, other) = (node.log_in("me", at(0)), node.log_in("me", at(0)));
    let session = node.verify(&mine, at(10)).unwrap();
    let cut = POLICY.cut_off(at(10), None);
    let pending = node.issuer.end_others(&session, cut, &mut node.rng).unwrap();
    let late = node.issuer.end_others(&session, cut, &mut node.rng).unwrap();
    let answer = node.desk.revoke(pending.revocation(), at(10));
    let token = pending.release(answer).unwrap();
    assert_eq!(node.verify(&mine, at(11)).err(), Some(Reason::Revoked(Scope::Subject)));
    assert_eq!(node.verify(&other, at(11)).err(), Some(Reason::Revoked(Scope::Subject)));
    let successor = node.verify(token.as_str(), at(11)).unwrap();
    assert_eq!((successor.started_at(), successor.ends_at()), (cut, session.ends_at()));
    assert_ne!(successor.session_id(), session.session_id());
    // A second one, or one after a log-out elsewhere, gets nothing.
    let answer = node.desk.revoke(late.revocation(), at(12));
    assert_eq!(late.release(answer).err(), Some(MintError::AlreadyOut));
    assert_eq!(
        node.issuer.end_others(&successor, cut, &mut node.rng).err(),
        Some(MintError::Times),
        "a cut-off that is not after the beginning"
    );
}

#[test]
fn logging_out_with_the_token_from_before_means_the_session_after_it() {
    for exact in [false, true] {
        let mut node = Node::new();
        let mut list = safeconduct::ExactList::new();
        let mine = node.log_in("me", at(0));
        let session = node.verify(&mine, at(10)).unwrap();
        let pending = node.issuer.end_others(&session, POLICY.cut_off(at(10), None), &mut node.rng).unwrap();
        let answer = match exact {
            true => safeconduct::RevocationLog::record(&mut list, pending.revocation(), at(10)),
            false => node.desk.revoke(pending.revocation(), at(10)),
        };
        let token = pending.release(answer).unwrap();
        // Another tab still has the old token, and logs out with it.
        let old = node.verifier(safeconduct::ExactList::new()).departing(&mine, at(20)).unwrap();
        let refused = if exact {
            assert!(
                safeconduct::RevocationLog::record(&mut list, old.revocation(), at(20)).was_already_out()
            );
            node.verifier(list).verify_owned::<()>(token.as_str(), at(21)).map_err(|why| why.reason())
        } else {
            assert!(node.desk.revoke(old.revocation(), at(20)).was_already_out());
            node.verify(token.as_str(), at(21))
        };
        assert_eq!(refused.err(), Some(Reason::Revoked(Scope::Session)), "exact list: {exact}");
    }
}

#[test]
fn a_log_out_elsewhere_keeps_the_others_from_being_ended() {
    let mut node = Node::new();
    let mine = node.log_in("me", at(0));
    let session = node.verify(&mine, at(10)).unwrap();
    let pending = node.issuer.end_others(&session, POLICY.cut_off(at(10), None), &mut node.rng).unwrap();
    node.desk.end(&session.revocation(), at(10));
    let answer = node.desk.revoke(pending.revocation(), at(11));
    assert!(answer.was_already_out());
    assert_eq!(pending.release(answer).err(), Some(MintError::AlreadyOut));
}

#[test]
fn a_public_ring_sees_keys_and_everyone_and_with_the_filter_key_all() {
    let mut desk = Desk::new(Kind::Signed, &POLICY, at(0));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Signed);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut Repeatable(1)).unwrap();
    let public = desk.ring.public();
    let verifier = || Verifier::new(&public, CONTEXT, &POLICY, Kind::Signed);
    let session: Session<()> =
        verifier().dangerous_without_revocation().verify_owned(token.as_str(), at(1)).unwrap();
    desk.end(&session.revocation(), at(2));
    let coarse = || CoarseSnapshot::open(desk.snapshot(), &public, at(3), &Floors::new()).unwrap();
    assert!(verifier().revocations(coarse()).verify_owned::<()>(token.as_str(), at(3)).is_ok());
    let filter_key = desk.realm.to_secret_filter_key().unwrap();
    let keys = SnapshotKeys::with_filter_keys(&public, &[*filter_key]).unwrap();
    let full = Snapshot::open(desk.snapshot(), &keys, at(3), &Floors::new()).unwrap();
    let refused = verifier().revocations(full).verify_owned::<()>(token.as_str(), at(3)).unwrap_err();
    assert_eq!(refused.reason(), Reason::Revoked(Scope::Session));
    desk.end(&Revocation::operator_everyone(at(40)), at(4));
    let coarse = CoarseSnapshot::open(desk.snapshot(), &public, at(5), &Floors::new()).unwrap();
    let refused = verifier().revocations(coarse).verify_owned::<()>(token.as_str(), at(5)).unwrap_err();
    assert_eq!(refused.reason(), Reason::Revoked(Scope::Everyone));
    assert!(SnapshotKeys::with_filter_keys(&public, &[[7; 16]]).is_err());
    // Of a second realm whose filter key nobody gave nothing can be read.
    let second = Realm::generate(&[desk.signer.public()], &mut Repeatable(78)).unwrap();
    desk.ring.add_realm(&second).unwrap();
    let keys = SnapshotKeys::with_filter_keys(&desk.ring.public(), &[*filter_key]).unwrap();
    assert_eq!(keys.realms().collect::<Vec<_>>(), [desk.realm.id()]);
}

#[test]
fn two_realms_are_both_asked() {
    let mut old = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let mut rng = Repeatable(77);
    let fresh = Realm::generate(&[old.signer.public()], &mut rng).unwrap();
    old.ring.add_realm(&fresh).unwrap();
    let keys = SnapshotKeys::of(&old.ring);
    assert_eq!(keys.realms().count(), 2);
    let settings = old.settings;
    let mut journal = safeconduct::Journal::start(&fresh, settings, &mut rng).unwrap();
    let issuer = Issuer::new(&old.ring, CONTEXT, &POLICY, Kind::Encrypted);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let tokens: Vec<String> =
        (0..3).map(|_| issuer.issue(&grant, at(0), &mut rng).unwrap().into_string()).collect();
    let bare = Verifier::new(&old.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted)
        .dangerous_without_revocation();
    let revocation = |index: usize| bare.verify_owned::<()>(&tokens[index], at(1)).unwrap().revocation();
    old.end(&revocation(0), at(2));
    journal.record(&revocation(1));
    let (journal, _) = journal.commit(at(20), &old.signer).unwrap().stored();
    let open = |bytes: Vec<u8>| Snapshot::open(bytes, &keys, at(21), &Floors::new()).unwrap();
    let pair = (open(old.snapshot()), open(journal.snapshot(&old.signer).unwrap()));
    let verifier = Verifier::new(&old.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted).revocations(pair);
    let reason =
        |index: usize| verifier.verify_owned::<()>(&tokens[index], at(21)).err().map(|why| why.reason());
    assert_eq!(reason(0), Some(Reason::Revoked(Scope::Session)));
    assert_eq!(reason(1), Some(Reason::Revoked(Scope::Session)));
    let session = verifier.verify_owned::<()>(&tokens[2], at(21)).unwrap();
    // The later moment for deadlines, the earlier for minting.
    let freshness: Freshness = session.freshness().unwrap();
    assert_eq!(freshness.complete_to(), at(20));
    assert!(freshness.allows_minting(at(2 + 3_600)) && !freshness.allows_minting(at(2 + 3_601)));
}

#[test]
fn the_latest_cut_off_that_concerns_a_subject_is_known() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let cut_off = |desk: &Desk| desk.open(desk.snapshot(), at(9)).cut_off(&subject());
    assert_eq!(cut_off(&desk), None);
    desk.end(&Revocation::operator_everyone(at(20)), at(1));
    assert_eq!(cut_off(&desk), Some(at(20)), "everybody's");
    desk.end(&Revocation::operator_subject(subject(), at(31)), at(2));
    assert_eq!(cut_off(&desk), Some(at(31)), "his own, which is later");
    desk.end(&Revocation::operator_everyone(at(40)), at(12));
    assert_eq!(desk.open(desk.snapshot(), at(12)).cut_off(&subject()), Some(at(40)));
}
