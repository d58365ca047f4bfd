//! The revocation log against those who may write to it: everybody who has a session.

mod common;

use common::realm::Desk;
use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    Answer, AuthLevel, CoarseSnapshot, ExactList, Floors, Freshness, Grant, Issuer, JournalSettings, Kind,
    LogAnswer, MintError, Policy, Reason, Revocation, RevocationLog, Revocations, Scope, Seconds, Session,
    SessionId, Subject, Timestamp, TokenId, Verifier,
};

const POLICY: Policy = Policy::AAL1;

struct Clients {
    desk: Desk,
    issuer: Issuer,
    rng: Repeatable,
}

impl Clients {
    fn new(settings: JournalSettings) -> Self {
        let desk = Desk::with(Kind::Encrypted, settings, at(0));
        let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        Self { desk, issuer, rng: Repeatable(3) }
    }

    fn log_in(&mut self, who: &str, now: Timestamp) -> Session<()> {
        let grant = Grant::new(Subject::new(who).unwrap(), AuthLevel::Aal1);
        let token = self.issuer.issue(&grant, now, &mut self.rng).unwrap();
        self.verify(token.as_str(), now).unwrap()
    }

    /// With a fresh copy of the published snapshot.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Session<()>, Reason> {
        let snapshot = self.desk.open(self.desk.snapshot(), now);
        let verifier = Verifier::new(&self.desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        verifier.revocations(snapshot).verify_owned(token, now).map_err(|why| why.reason())
    }
}

fn settings() -> JournalSettings {
    JournalSettings::new(&POLICY)
}

#[test]
fn sessions_that_are_out_cannot_fill_the_log() {
    let mut clients = Clients::new(settings().most_entries(10).sessions_per_subject(5));
    let sessions: Vec<Session<()>> = (0..60).map(|_| clients.log_in("mallory", at(0))).collect();
    let logouts: Vec<Revocation> = sessions.iter().map(Session::revocation).collect();
    let cut = Revocation::operator_subject(*sessions[0].subject(), POLICY.cut_off(at(1), None));
    clients.desk.end(&cut, at(1));
    let answers = clients.desk.revoke_all(&logouts, at(2));
    assert!(answers.iter().all(LogAnswer::was_already_out), "all were out already");
    assert_eq!(clients.desk.read().count(), 1, "one cut-off holds them all");
}

#[test]
fn a_revoked_key_is_no_way_around_the_limits() {
    let mut clients = Clients::new(settings().most_entries(10).sessions_per_subject(5));
    let sessions: Vec<Session<()>> = (0..60).map(|_| clients.log_in("mallory", at(0))).collect();
    let users: Vec<Session<()>> = (0..60).map(|who| clients.log_in(&format!("user {who}"), at(0))).collect();
    clients.desk.end(&Revocation::operator_key(sessions[0].key_id()), at(1));
    // What was rotated to another key is not out, so the log has to hold these.
    let logouts: Vec<Revocation> = sessions.iter().map(Session::revocation).collect();
    let answers = clients.desk.revoke_all(&logouts, at(2));
    assert_eq!(answers.iter().filter(|answer| answer.was_already_out()).count(), 5);
    assert_eq!(answers.iter().filter(|answer| answer.is_quota_reached()).count(), 55);
    let others: Vec<Revocation> = (0..60).map(|who| users[who].revocation()).collect();
    let answers = clients.desk.revoke_all(&others, at(3));
    assert_eq!(answers.iter().filter(|answer| answer.is_recorded()).count(), 5, "10 entries in all");
    assert_eq!(clients.desk.read().count(), 10);
    // Once more is no more.
    let answers = clients.desk.revoke_all(&logouts[..5], at(4));
    assert!(answers.iter().all(LogAnswer::was_already_out));
    // And there is room for whoever runs the place.
    assert!(clients.desk.revoke(&Revocation::operator_everyone(at(50)), at(5)).is_recorded());
}

#[test]
fn retiring_rotations_of_a_session_that_is_out_takes_no_room() {
    let mut clients = Clients::new(settings().most_retired(1));
    let retiring: Vec<(Revocation, Revocation)> = ["a", "b"]
        .map(|who| {
            let first = clients.log_in(who, at(0));
            let token = clients.issuer.rotate(&first, &mut clients.rng).unwrap();
            let second = clients.verify(token.as_str(), at(1)).unwrap();
            let rotated = clients.issuer.rotate_strictly(&second, &mut clients.rng).unwrap();
            (second.revocation(), rotated.retired.unwrap())
        })
        .into();
    clients.desk.end(&retiring[0].0, at(2));
    assert!(clients.desk.revoke(&retiring[0].1, at(3)).was_already_out());
    clients.desk.end(&retiring[1].1, at(3));
}

#[test]
fn a_token_that_was_replaced_does_not_get_elevated() {
    fn attempt(log: &mut impl RevocationLog, clients: &mut Clients) {
        let first = clients.log_in("victim", at(0));
        let token = clients.issuer.rotate(&first, &mut clients.rng).unwrap();
        let second = clients.verify(token.as_str(), at(1)).unwrap();
        let third = clients.issuer.rotate_strictly(&second, &mut clients.rng).unwrap();
        let answer = log.record(&third.retired.unwrap(), at(1));
        assert!(answer.is_recorded() && !answer.was_already_out());
        // A thief with the first token, on a node that has not heard of the retirement.
        let steal = |to: &mut Clients| {
            to.issuer.elevate(&first, AuthLevel::Aal1, Seconds::minutes(5), &mut to.rng).unwrap()
        };
        let pending = steal(clients);
        let answer = log.record(pending.revocation(), at(2));
        assert_eq!(pending.release(answer).err(), Some(MintError::AlreadyOut));
        let others =
            clients.issuer.end_others(&first, POLICY.cut_off(at(2), None), &mut clients.rng).unwrap();
        let answer = log.record(others.revocation(), at(2));
        assert_eq!(others.release(answer).err(), Some(MintError::AlreadyOut));
    }
    let mut clients = Clients::new(settings());
    attempt(&mut ExactList::new(), &mut clients);
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    attempt(&mut Direct(&mut desk), &mut clients);
}

/// A log that is committed and stored at each revocation.
struct Direct<'d>(&'d mut Desk);

impl RevocationLog for Direct<'_> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        self.0.revoke(revocation, now)
    }
}

#[test]
fn logging_out_at_the_end_of_many_elevations_adds_one_entry() {
    let mut clients = Clients::new(settings().sessions_per_subject(100));
    let mut session = clients.log_in("often", at(0));
    let oldest = session.revocation();
    for step in 1..=40 {
        let pending =
            clients.issuer.elevate(&session, AuthLevel::Aal1, Seconds::minutes(5), &mut clients.rng).unwrap();
        let answer = clients.desk.revoke(pending.revocation(), at(step));
        let token = pending.release(answer).unwrap();
        session = clients.verify(token.as_str(), at(step)).unwrap();
    }
    // An hour and three quarters later the 40 entries are dead, and the last session has been renewed.
    let mut token = clients.issuer.rotate(&session, &mut clients.rng).unwrap();
    for minutes in (20..=100).step_by(20) {
        let now = at(60 * minutes);
        clients.desk.heartbeat(now);
        session = clients.verify(token.as_str(), now).unwrap();
        token = clients.issuer.rotate(&session, &mut clients.rng).unwrap();
    }
    assert_eq!(clients.desk.read().count(), 0);
    assert!(!clients.desk.revoke(&oldest, at(6_010)).was_already_out());
    assert_eq!(clients.verify(token.as_str(), at(6_011)).err(), Some(Reason::Revoked(Scope::Session)));
    assert_eq!(clients.desk.read().count(), 2, "the oldest and the newest");
}

#[test]
fn without_room_for_what_follows_an_elevation_goes_on() {
    let mut clients = Clients::new(settings().most_entries(3));
    for step in 1..=3 {
        let session = clients.log_in(&format!("user {step}"), at(0));
        let pending =
            clients.issuer.elevate(&session, AuthLevel::Aal1, Seconds::minutes(5), &mut clients.rng).unwrap();
        let answer = clients.desk.revoke(pending.revocation(), at(step));
        assert!(pending.release(answer).is_ok());
    }
    // The entries die, what elevation has put in whose place does not.
    let now = at(3 * 3_600);
    clients.desk.heartbeat(now);
    assert_eq!(clients.desk.read().count(), 0);
    let session = clients.log_in("one more", now);
    let pending =
        clients.issuer.elevate(&session, AuthLevel::Aal1, Seconds::minutes(5), &mut clients.rng).unwrap();
    let answer = clients.desk.revoke(pending.revocation(), now);
    assert!(pending.release(answer).is_ok());
}

/// Whether the next version is the same document after the one and after the other.
fn is_as_if(
    clients: &mut Clients,
    revocation: &Revocation,
    plain: Option<&Revocation>,
    now: Timestamp,
) -> bool {
    let before = clients.desk.stored.clone();
    let documents = [Some(revocation), plain].map(|revocation| {
        clients.desk.stored.clone_from(&before);
        let revocations: Vec<Revocation> = revocation.cloned().into_iter().collect();
        assert!(clients.desk.revoke_all(&revocations, now).iter().all(LogAnswer::is_recorded));
        clients.desk.stored.clone()
    });
    clients.desk.stored = before;
    documents[0] == documents[1]
}

#[test]
fn what_goes_on_is_remembered_only_for_the_first_and_while_there_is_room() {
    let mut clients = Clients::new(settings().most_entries(1));
    // Both ways in which a session goes on under a new id, and what ends as much without one that goes on.
    let elevate = |clients: &mut Clients, session: &Session<()>| {
        let (issuer, rng) = (&clients.issuer, &mut clients.rng);
        let pending = issuer.elevate(session, AuthLevel::Aal1, Seconds::minutes(5), rng).unwrap();
        pending.revocation().clone()
    };
    let end_others = |clients: &mut Clients, session: &Session<()>, now| {
        let cut_off = POLICY.cut_off(now, None);
        let pending = clients.issuer.end_others(session, cut_off, &mut clients.rng).unwrap();
        (pending.revocation().clone(), Revocation::operator_subject(*session.subject(), cut_off))
    };
    let first = clients.log_in("first", at(0));
    let elevation = elevate(&mut clients, &first);
    let (others, all) = end_others(&mut clients, &first, at(1));
    assert!(!is_as_if(&mut clients, &elevation, Some(&first.revocation()), at(1)), "there is room for one");
    assert!(!is_as_if(&mut clients, &others, Some(&all), at(1)));
    clients.desk.end(&elevation, at(1));
    // The entry dies, and what follows the first session is remembered until that would have ended by itself.
    let later = at(3 * 3_600);
    clients.desk.heartbeat(later);
    let second = clients.log_in("second", later);
    let elevation = elevate(&mut clients, &second);
    let (others, all) = end_others(&mut clients, &second, later);
    assert!(is_as_if(&mut clients, &elevation, Some(&second.revocation()), later), "there is no room");
    assert!(is_as_if(&mut clients, &others, Some(&all), later));
    // With room, of two elevations of one session the first is remembered, whose token is handed out.
    clients.desk.settings = settings();
    clients.desk.end(&elevation, later);
    let again = elevate(&mut clients, &second);
    assert!(is_as_if(&mut clients, &again, None, later), "it went on as another already");
    assert!(is_as_if(&mut clients, &others, Some(&all), later));
}

#[test]
fn a_full_log_takes_what_only_goes_further() {
    let mut clients = Clients::new(settings().most_entries(2).most_retired(1));
    let id = |number| SessionId::from_bytes([number; SessionId::SIZE]);
    let of_token =
        |number, until| Revocation::operator_token(id(1), TokenId::from_bytes([number; 12]), until);
    let of_session = |number, until| Revocation::operator_session(id(number), until);
    // Of two sessions, what their second and their third strict rotation retire.
    let [mut one, mut other] = ["one", "other"].map(|who| {
        let mut session = clients.log_in(who, at(0));
        let mut retired = Vec::new();
        for _ in 0..3 {
            let rotated = clients.issuer.rotate_strictly(&session, &mut clients.rng).unwrap();
            retired.extend(rotated.retired);
            session = clients.verify(rotated.token.as_str(), at(0)).unwrap();
        }
        retired.into_iter()
    });
    for held in [of_token(1, at(300)), of_session(2, at(300)), one.next().unwrap()] {
        clients.desk.end(&held, at(1));
    }
    for new in [of_token(3, at(300)), of_session(4, at(300)), other.next().unwrap()] {
        assert!(!clients.desk.revoke(&new, at(2)).is_recorded(), "{new:?}");
    }
    for further in [of_token(1, at(600)), of_session(2, at(600)), one.next().unwrap()] {
        assert!(clients.desk.revoke(&further, at(3)).is_recorded(), "{further:?}");
    }
    clients.desk.heartbeat(at(500));
    assert_eq!(clients.desk.read().count(), 2, "kept for as long as the second time said");
}

#[test]
fn a_session_that_counts_already_is_not_counted_again() {
    let mut clients = Clients::new(settings().sessions_per_subject(1));
    let sessions = [0, 1].map(|_| clients.log_in("one", at(0)));
    // An operator ends the second by its id for ten minutes; then its owner logs out of it for good.
    clients.desk.end(&sessions[0].revocation(), at(1));
    clients.desk.end(&Revocation::operator_session(sessions[1].session_id(), at(600)), at(1));
    let answer = clients.desk.revoke(&sessions[1].revocation(), at(2));
    assert!(answer.was_already_out() && !answer.is_quota_reached(), "{answer:?}");
    clients.desk.heartbeat(at(900));
    assert_eq!(clients.desk.read().count(), 2);
}

#[test]
fn retired_rotations_are_those_before_and_are_out_once() {
    let mut clients = Clients::new(settings());
    let mut session = clients.log_in("one", at(0));
    let mut retired = Vec::new();
    for _ in 0..3 {
        let rotated = clients.issuer.rotate_strictly(&session, &mut clients.rng).unwrap();
        if let Some(before) = rotated.retired {
            clients.desk.end(&before, at(1));
            assert!(clients.desk.revoke(&before, at(1)).was_already_out());
            // The parent itself stays good until its successor is shown.
            let answer = {
                let mut journal = clients.desk.read();
                journal.record(&session.revocation());
                journal.commit(at(2), &clients.desk.signer).unwrap().stored().1.pop().unwrap()
            };
            assert!(!answer.was_already_out(), "rotation {}", session.rotation());
            retired.push(before);
        }
        session = clients.verify(rotated.token.as_str(), at(1)).unwrap();
    }
    assert_eq!(retired.len(), 2);
    assert!(clients.desk.revoke(&retired[0], at(3)).was_already_out(), "the later one covers the earlier");
}

#[test]
fn nothing_is_minted_on_a_view_without_the_filter_key() {
    let desk = Desk::new(Kind::Signed, &POLICY, at(0));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Signed);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut Repeatable(1)).unwrap();
    let coarse = CoarseSnapshot::open(desk.snapshot(), &desk.ring.public(), at(1), &Floors::new()).unwrap();
    let verifier = Verifier::new(&desk.ring, CONTEXT, &POLICY, Kind::Signed).revocations(&coarse);
    let session: Session<()> = verifier.verify_owned(token.as_str(), at(0)).unwrap();
    assert_eq!(issuer.rotate(&session, &mut Repeatable(1)).err(), Some(MintError::Stale));
    assert_eq!(coarse.cut_off(&subject()), None);
    assert_eq!(coarse.grounds(&session.facts(), at(1)).unwrap().everyone_before, None);
    let mut desk = Desk::new(Kind::Signed, &POLICY, at(0));
    desk.end(&Revocation::operator_everyone(at(31)), at(1));
    let told = CoarseSnapshot::open(desk.snapshot(), &desk.ring.public(), at(1), &Floors::new()).unwrap();
    assert_eq!(told.cut_off(&subject()), Some(at(31)), "everybody's is all that it can see");
    let grounds = told.grounds(&session.facts(), at(1)).unwrap();
    assert_eq!((grounds.version, grounds.everyone_before), (Some(2), Some(at(31))));
    // The snapshot inside cannot be asked in its place.
    assert_eq!(coarse.snapshot().check(&session.facts(), at(1)), Answer::Damaged);
}

#[test]
fn nothing_is_minted_on_old_data_by_a_clock_that_is_behind_them() {
    let list = ExactList::new();
    let copy = list.copy(Freshness::new(at(100), Seconds::hours(1)), at(50));
    let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(60), &mut Repeatable(1)).unwrap();
    let verifier = Verifier::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
    let verifier = verifier.revocations(copy).dangerous_fail_open();
    let session: Session<()> = verifier.verify_owned(token.as_str(), at(60)).unwrap();
    assert_eq!(issuer.rotate(&session, &mut Repeatable(1)).err(), Some(MintError::Stale));
}

#[test]
fn a_first_token_suits_two_realms_of_which_each_shortens_it() {
    let hours = |longest| JournalSettings::new(&POLICY).longest_token(Seconds::hours(longest));
    let policy = Policy::builder(AuthLevel::Aal1).idle(Seconds::hours(4)).build().unwrap();
    let desk = Desk::with(Kind::Encrypted, hours(2), at(0));
    // The other one mints for an hour, and reckons with longer tokens from before.
    let mut other = Desk::with(Kind::Encrypted, hours(8), at(0));
    other.settings = hours(1);
    let pair = (desk.open(desk.snapshot(), at(1)), {
        let bytes = other.heartbeat(at(1));
        other.open(bytes, at(1))
    });
    let issuer = Issuer::new(&desk.ring, CONTEXT, &policy, Kind::Encrypted);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let token = issuer.issue_beside(&pair, &grant, at(1), &mut Repeatable(1)).unwrap();
    assert_eq!(token.expires_at(), at(1 + 3_600));
}
