//! `inspect::explain` beside revocation data: which row refuses, and which moment it goes by.

use safeconduct::inspect::{self, Report, Verdict};
use safeconduct::{
    AuthLevel, ExactList, Floors, Freshness, Grant, Issuer, JournalSettings, Kind, Node, Policy, Realm,
    Revocation, RevocationLog, Revocations, Ring, Seconds, Session, Snapshot, SnapshotKeys, Timestamp,
    Update, Verifier, Verifying,
};

use crate::common::realm::Desk;
use crate::common::{CONTEXT, Repeatable, at, subject};

const POLICY: Policy = Policy::AAL1;

struct Place {
    desk: Desk,
    issuer: Issuer,
    rng: Repeatable,
}

impl Place {
    fn new() -> Self {
        Self::with(JournalSettings::new(&POLICY))
    }

    fn with(settings: JournalSettings) -> Self {
        let desk = Desk::with(Kind::Encrypted, settings, at(0));
        let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        Self { desk, issuer, rng: Repeatable(3) }
    }

    fn log_in(&mut self, now: Timestamp) -> String {
        self.issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), now, &mut self.rng).unwrap().into_string()
    }

    fn verifier<V: Revocations>(&self, data: V) -> Verifier<V> {
        Verifier::new(&self.desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted).revocations(data)
    }

    fn snapshot(&self, now: Timestamp) -> Snapshot<Vec<u8>> {
        self.desk.open(self.desk.snapshot(), now)
    }

    fn session(&self, token: &str, now: Timestamp) -> Session<()> {
        self.verifier(self.snapshot(now)).verify_owned(token, now).unwrap()
    }

    /// The report of a node that has loaded the latest.
    fn explain(&self, token: &str, now: Timestamp) -> Report {
        let verifier = self.verifier(self.snapshot(now));
        let report = inspect::explain(token, now, &verifier);
        let verdict = verifier.verify_owned::<()>(token, now).map_err(|why| why.reason().name());
        assert_eq!(report.reason, verdict.err(), "the verdict is the verifier's own");
        report
    }
}

#[test]
fn each_scope_names_its_row_and_moment() {
    let mut place = Place::new();
    let token = place.log_in(at(0));
    let session = place.session(&token, at(1));
    let clear = place.explain(&token, at(1));
    assert_eq!(clear.verdict, Verdict::Accepted);
    assert!(clear.meaning.contains("not revoked, as of 2027-01-15T08:00:00Z (1 s ago)"), "{}", clear.meaning);
    let data = clear.revocation.unwrap();
    assert_eq!((data.answer, data.version), ("clear", Some(1)));
    assert_eq!(data.realm_id, Some(place.desk.realm.id().to_string()));
    assert_eq!(data.renews_until.unwrap().0, at(3_600));

    let alone = Revocation::operator_token(session.session_id(), session.token_id(), at(1_800));
    place.desk.end(&alone, at(2));
    let report = place.explain(&token, at(3));
    assert_eq!(
        (report.reason, report.meaning.as_str()),
        (Some("Revoked(token)"), "this one token was revoked")
    );
    place.desk.end(&Revocation::operator_session(session.session_id(), at(28_800)), at(4));
    let report = place.explain(&token, at(5));
    assert_eq!(report.meaning, "its session was logged out");
    assert!(report.advice.contains("one in 2^24"), "{}", report.advice);
    place.desk.end(&Revocation::operator_subject(*session.subject(), at(40)), at(6));
    let report = place.explain(&token, at(7));
    assert_eq!(
        report.meaning,
        "its subject was logged out everywhere: the subject's sessions begun before 2027-01-15T08:00:40Z are over, \
         and this one began at 2027-01-15T08:00:00Z"
    );
    place.desk.end(&Revocation::operator_key(session.key_id()), at(8));
    assert_eq!(place.explain(&token, at(9)).meaning, "everything under its key was revoked");
    place.desk.end(&Revocation::operator_everyone(at(41)), at(10));
    let report = place.explain(&token, at(11));
    assert!(report.meaning.contains("everybody was logged out: sessions begun before 2027-01-15T08:00:41Z"));
    let data = report.revocation.unwrap();
    assert_eq!((data.everyone_before.unwrap().0, data.subject_before.unwrap().0), (at(41), at(40)));
    // Idle is found first, and what the data hold is shown beside it.
    let report = place.explain(&token, at(1_800));
    assert_eq!((report.reason, report.revocation.unwrap().answer), (Some("Idle"), "Revoked(everyone)"));
}

#[test]
fn a_list_in_memory_is_explained_too() {
    let mut place = Place::new();
    let token = place.log_in(at(0));
    let mut list = ExactList::new();
    assert!(list.record(&Revocation::operator_subject(subject(), at(31)), at(1)).is_recorded());
    let report = inspect::explain(&token, at(2), &place.verifier(&list));
    assert!(report.meaning.contains("begun before 2027-01-15T08:00:31Z"), "{}", report.meaning);
    assert_eq!(report.revocation.unwrap().version, None);
    let copy = list.copy(Freshness::new(at(5), Seconds::minutes(5)), at(600));
    let report = inspect::explain(&token, at(600), &place.verifier(copy));
    assert_eq!(report.reason, Some("SnapshotStale"));
    assert!(report.meaning.contains("ended at 2027-01-15T08:10:00Z (now)"), "{}", report.meaning);
    // Without any data there is nothing to tell, and it is said that nobody asked.
    let bare = Verifier::new(&place.desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted)
        .dangerous_without_revocation();
    let report = inspect::explain(&token, at(2), &bare);
    assert!(report.revocation.is_none() && report.not_judged.contains(&"revocation"));
}

#[test]
fn an_old_rotation_is_told_which_one_retired_it() {
    let mut place = Place::new();
    let first = place.log_in(at(0));
    let session = place.session(&first, at(900));
    let second = place.issuer.rotate_strictly(&session, &mut place.rng).unwrap();
    let session = place.session(second.token.as_str(), at(1_000));
    let third = place.issuer.rotate_strictly(&session, &mut place.rng).unwrap();
    assert!(place.desk.revoke(third.retired.as_ref().unwrap(), at(1_000)).is_recorded());
    let report = place.explain(&first, at(1_001));
    assert_eq!(report.reason, Some("Superseded"));
    assert!(report.meaning.contains("rotations below 1 are, and this is 0"), "{}", report.meaning);
}

#[test]
fn stale_data_say_since_when_and_what_they_hold() {
    let mut place = Place::new();
    let (out, live) = (place.log_in(at(3_000)), place.log_in(at(3_000)));
    let session = place.session(&out, at(3_001));
    place.desk.end(&session.revocation(), at(3_002));
    let data = place.snapshot(at(3_003));
    // Good until 6,602; what is minted at 6,000 is not idle then.
    let late = place.log_in(at(6_000));
    let verifier = place.verifier(&data);
    let report = inspect::explain(&late, at(6_602), &verifier);
    assert_eq!(report.reason, Some("SnapshotStale"));
    assert_eq!(
        report.meaning,
        "the revocation data ended at 2027-01-15T09:50:02Z (now); they hold nothing against it"
    );
    assert_eq!(report.revocation.unwrap().answer, "clear");
    let open = place.verifier(&data).dangerous_fail_open();
    let report = inspect::explain(&late, at(6_700), &open);
    assert_eq!(report.verdict, Verdict::Accepted);
    assert!(report.meaning.contains("this verifier was told to go on"), "{}", report.meaning);
    assert_eq!(inspect::explain(&out, at(4_000), &open).reason, Some("Revoked(session)"));
    assert_eq!(inspect::explain(&live, at(4_000), &open).verdict, Verdict::Accepted);
    // No data at all.
    let none = place.verifier(None::<Snapshot<Vec<u8>>>);
    let report = inspect::explain(&live, at(4_000), &none);
    assert_eq!((report.reason, report.revocation.is_none()), (Some("SnapshotStale"), true));
}

#[test]
fn renewing_that_has_stopped_is_said() {
    let settings = JournalSettings::new(&POLICY).staleness_bound(Seconds::minutes(5));
    let mut place = Place::with(settings);
    let token = place.log_in(at(0));
    assert!(!place.explain(&token, at(300)).meaning.contains("not renewed"));
    assert!(
        place.explain(&token, at(301)).meaning.contains("it is not renewed, because that is too long ago")
    );
}

#[test]
fn a_token_longer_than_the_data_reckon_with_is_not_blamed_on_the_policy() {
    let mut place = Place::with(JournalSettings::new(&POLICY).longest_token(Seconds::minutes(10)));
    let token = place.log_in(at(0));
    let report = place.explain(&token, at(1));
    assert_eq!(report.reason, Some("CeilingExceeded"));
    assert!(report.meaning.contains("1800 s") && report.meaning.contains("600 s"), "{}", report.meaning);
    assert!(report.advice.contains("longest_token"));
    // The policy's own ceiling is another matter.
    let strict = Policy::builder(AuthLevel::Aal1).idle(Seconds::minutes(5)).build().unwrap();
    let verifier = Verifier::new(&place.desk.ring.verifying(), CONTEXT, &strict, Kind::Encrypted)
        .revocations(place.snapshot(at(1)));
    let report = inspect::explain(&token, at(1), &verifier);
    assert_eq!(report.reason, Some("CeilingExceeded"));
    assert!(report.meaning.contains("policy"), "{}", report.meaning);
}

#[test]
fn damage_and_a_clock_that_is_behind_are_named() {
    let mut place = Place::new();
    let token = place.log_in(at(0));
    place
        .desk
        .end(&Revocation::operator_session("0102030405060708090a0b0c".parse().unwrap(), at(28_800)), at(1));
    let mut bytes = place.desk.snapshot();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = place.desk.open(bytes, at(2));
    let report = inspect::explain(&token, at(2), &place.verifier(damaged));
    assert_eq!(report.reason, Some("SnapshotDamaged"));
    assert_eq!(report.revocation.unwrap().answer, "SnapshotDamaged");
    // The publisher's clock is 25 s ahead: the token is over in its time.
    place.desk.heartbeat(at(1_810));
    let floors = Floors::new();
    let ahead = Snapshot::open(place.desk.snapshot(), &place.desk.keys, at(1_790), &floors).unwrap();
    let report = inspect::explain(&token, at(1_790), &place.verifier(ahead));
    assert_eq!(report.reason, Some("Idle"));
    assert!(report.meaning.contains("complete to 2027-01-15T08:30:10Z"), "{}", report.meaning);
    assert!(report.advice.contains("clock is behind"));
}

#[test]
fn of_two_realms_the_one_that_refuses_is_named() {
    let mut place = Place::new();
    let fresh = Realm::generate(&[place.desk.signer.public()], &mut Repeatable(77)).unwrap();
    place.desk.ring.add_realm(&fresh).unwrap();
    let keys = SnapshotKeys::of(&place.desk.ring);
    let token = place.log_in(at(0));
    let session = place.session(&token, at(1));
    let mut journal = safeconduct::Journal::start(&fresh, place.desk.settings, &mut Repeatable(5)).unwrap();
    journal.record(&session.revocation());
    let (journal, _) = journal.commit(at(2), &place.desk.signer).unwrap().stored();
    let open = |bytes: Vec<u8>| Snapshot::open(bytes, &keys, at(3), &Floors::new()).unwrap();
    let newer = || open(journal.snapshot(&place.desk.signer).unwrap());
    for refused in [true, false] {
        let older = open(place.desk.snapshot());
        let data: (Option<Snapshot<Vec<u8>>>, _) = (refused.then(newer), Some(older));
        let report = inspect::explain(&token, at(3), &place.verifier(data));
        let data = report.revocation.unwrap();
        if refused {
            assert_eq!(
                (report.reason, data.realm_id),
                (Some("Revoked(session)"), Some(fresh.id().to_string()))
            );
        } else {
            assert_eq!(report.reason, Some("SnapshotStale"));
            assert!(report.meaning.contains("two realms"), "{}", report.meaning);
        }
    }
}

#[test]
fn a_nodes_own_snapshots_are_explained() {
    let mut place = Place::new();
    let token = place.log_in(at(0));
    place.desk.end(&Revocation::operator_everyone(at(31)), at(1));
    let make = |ring: &Ring<Verifying>| (Verifier::new(ring, CONTEXT, &POLICY, Kind::Encrypted), ());
    let node = Node::new(place.desk.ring.verifying(), 0, Floors::new(), make).unwrap();
    let report = |node: &Node<Verifying>| inspect::explain(&token, at(2), node.current().verifier());
    assert_eq!((report(&node).reason, report(&node).revocation.is_none()), (Some("SnapshotStale"), true));
    assert!(node.update(Update::new().snapshot(place.desk.snapshot()), at(2)).unwrap());
    let found = report(&node);
    assert_eq!(found.reason, Some("Revoked(everyone)"));
    assert!(found.meaning.contains("begun before 2027-01-15T08:00:31Z"), "{}", found.meaning);
}

#[test]
fn whose_time_it_is_that_a_deadline_is_over_in() {
    let mut place = Place::new();
    let token = place.log_in(at(0));
    let theirs = |report: &Report| report.meaning.contains("in the time of the revocation data");
    assert!(!theirs(&place.explain(&token, at(1_800))), "idle here, and the data are of the beginning");
    place.desk.revoke_all(&[], at(1_800));
    let ahead = place.explain(&token, at(1_790));
    assert_eq!((ahead.reason, theirs(&ahead)), (Some("Idle"), true));
    let both = place.explain(&token, at(1_800));
    assert_eq!((both.reason, theirs(&both)), (Some("Idle"), false));
}
