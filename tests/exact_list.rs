//! The list in memory: what it says of each scope, what it forgets and when, and copies of it.
#![cfg(feature = "std")]

mod common;

use common::{Service, at, session, subject};
use std::sync::RwLock;

use safeconduct::{
    Answer, ExactList, Facts, Freshness, Grounds, Kind, Policy, Revocation, RevocationLog, Revocations,
    Scope, Seconds, SessionId, Subject, Timestamp, TokenId,
};

const ID: SessionId = SessionId::from_bytes([1; 12]);

fn record(list: &mut ExactList, revocation: &Revocation) -> bool {
    let answer = list.record(revocation, at(0));
    assert!(answer.is_recorded());
    answer.was_already_out()
}

#[test]
fn what_is_out_is_out_already() {
    let token = |number| Revocation::operator_token(ID, TokenId::from_bytes([number; 12]), at(1_800));
    let mut list = ExactList::new();
    assert!(!record(&mut list, &token(1)));
    assert!(record(&mut list, &token(1)), "the same token");
    assert!(!record(&mut list, &token(2)), "another one");
    assert!(!record(&mut list, &Revocation::operator_session(ID, at(28_800))));
    assert!(record(&mut list, &token(3)), "its whole session is out");
    assert!(!record(&mut list, &Revocation::operator_everyone(at(9))));
    assert!(record(&mut list, &Revocation::operator_everyone(at(9))));
    assert!(!record(&mut list, &Revocation::operator_everyone(at(10))));
}

/// A session three rotations on, and what retires those before.
fn retiring() -> (Service, safeconduct::Session<()>, safeconduct::Session<()>, Revocation, Revocation) {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let first = session(&service, &token, at(900));
    let second = service.issuer.rotate_strictly(&first, &mut service.rng).unwrap();
    let second = session(&service, second.token.as_str(), at(901));
    let third = service.issuer.rotate_strictly(&second, &mut service.rng).unwrap();
    let retired = third.retired.unwrap();
    let third = session(&service, third.token.as_str(), at(902));
    let fourth = service.issuer.rotate_strictly(&third, &mut service.rng).unwrap();
    (service, first, second, retired, fourth.retired.unwrap())
}

#[test]
fn rotations_that_are_retired_are_superseded() {
    let (_, first, second, one, two) = retiring();
    let mut list = ExactList::new();
    assert!(!record(&mut list, &one));
    assert!(record(&mut list, &one));
    assert_eq!(list.check(&first.facts(), at(903)), Answer::Superseded);
    assert!(matches!(list.check(&second.facts(), at(903)), Answer::Clear(_)));
    assert_eq!(list.grounds(&first.facts(), at(903)).unwrap().least_rotation, Some(1));
    assert!(!record(&mut list, &two), "one more");
    assert_eq!(list.check(&second.facts(), at(903)), Answer::Superseded);
    // Between the session and the token (TOK-37).
    let alone = Revocation::operator_token(first.session_id(), first.token_id(), at(1_800));
    assert!(!record(&mut list, &alone));
    assert_eq!(list.check(&first.facts(), at(903)), Answer::Superseded);
    record(&mut list, &Revocation::operator_session(first.session_id(), at(28_800)));
    assert_eq!(list.check(&first.facts(), at(903)), Answer::Revoked(Scope::Session));
    let mut ended = ExactList::new();
    record(&mut ended, &Revocation::operator_session(first.session_id(), at(28_800)));
    assert!(record(&mut ended, &one), "the whole session is out");
}

#[test]
fn a_row_is_forgotten_at_the_second_in_which_its_last_token_is_over() {
    let (_, first, _, retired, _) = retiring();
    let end = 28_800; // of the session that is retired in part
    let policy =
        Policy::builder(safeconduct::AuthLevel::Aal1).longest_session(Seconds::hours(9)).build().unwrap();
    let longest = i64::from(policy.longest_session().get());
    let token = Revocation::operator_token(ID, TokenId::from_bytes([1; 12]), at(1_800));
    let user = Revocation::operator_subject(Subject::new("a").unwrap(), at(31));
    for (revocation, over) in
        [(token, 1_800), (Revocation::operator_session(ID, at(500)), 500), (user, 31 + longest)]
    {
        let mut list = ExactList::new();
        record(&mut list, &revocation);
        list.forget_ended(at(over - 1), &policy);
        assert_eq!(list.count(), 1, "{revocation:?}");
        list.forget_ended(at(over), &policy);
        assert_eq!(list.count(), 0, "{revocation:?}");
    }
    let mut list = ExactList::new();
    record(&mut list, &retired);
    let least = |list: &ExactList| list.grounds(&first.facts(), at(0)).unwrap().least_rotation;
    list.forget_ended(at(1_700), &policy);
    assert_eq!(least(&list), Some(1));
    list.forget_ended(at(end), &policy);
    assert_eq!(least(&list), None);
}

#[test]
fn a_copy_says_what_the_list_said() {
    let mut list = ExactList::new();
    record(&mut list, &Revocation::operator_subject(subject(), at(31)));
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let session = session(&service, &token, at(1));
    let facts = session.facts();
    let copy = list.copy(Freshness::new(at(5), Seconds::minutes(5)), at(600));
    assert_eq!(copy.cut_off(&subject()), Some(at(31)));
    assert_eq!(copy.cut_off(&Subject::new("somebody else").unwrap()), None);
    record(&mut list, &Revocation::operator_everyone(at(40)));
    assert_eq!((list.cut_off(&subject()), copy.cut_off(&subject())), (Some(at(40)), Some(at(31))));
    assert_eq!(Revocations::cut_off(&list, &subject()), Some(at(40)));
    let grounds = copy.grounds(&facts, at(6)).unwrap();
    assert_eq!((grounds.complete_to, grounds.not_after), (Some(at(5)), Some(at(600))));
    assert_eq!((grounds.everyone_before, grounds.subject_before), (None, Some(at(31))));
    let grounds = list.grounds(&facts, at(6)).unwrap();
    assert_eq!((grounds.everyone_before, grounds.subject_before), (Some(at(40)), Some(at(31))));
    assert_eq!(copy.check(&facts, at(599)), Answer::Revoked(Scope::Subject));
    assert_eq!(copy.check(&facts, at(600)), Answer::Stale);
}

#[test]
fn a_revocation_says_how_much_it_covers() {
    let (_, first, _, retired, _) = retiring();
    for (revocation, scope) in [
        (Revocation::operator_token(ID, TokenId::from_bytes([1; 12]), at(1_800)), Scope::Token),
        (Revocation::operator_session(ID, at(1)), Scope::Session),
        (first.revocation(), Scope::Session),
        (retired, Scope::Session),
        (Revocation::operator_subject(subject(), at(1)), Scope::Subject),
        (Revocation::operator_key(first.key_id()), Scope::Key),
        (Revocation::operator_everyone(at(1)), Scope::Everyone),
    ] {
        assert_eq!(revocation.scope(), scope, "{revocation:?}");
    }
}

#[test]
fn behind_a_poisoned_lock_nothing_is_recorded_and_everybody_is_refused() {
    let (service, first, ..) = retiring();
    let list = service.list.clone();
    let panicked = std::thread::spawn(move || {
        let _held = list.write();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    let answer = service.list.clone().record(&first.revocation(), at(903));
    assert!(!answer.is_recorded());
    assert_eq!(service.list.check(&first.facts(), at(903)), Answer::Damaged);
}

#[test]
fn of_two_data_that_both_shorten_a_token_the_shorter_life_counts() {
    let (short, long) = (Answer::TooLong(Seconds::new(30)), Answer::TooLong(Seconds::new(60)));
    assert_eq!((short.and(long), long.and(short)), (short, short));
}

/// Answers as it is told to, and knows nothing else.
struct Says(Answer);

impl Revocations for Says {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        self.0
    }
}

/// The same, with grounds of a version.
struct Grounded(Answer, u64);

impl Revocations for Grounded {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        self.0
    }

    fn grounds(&self, _: &Facts<'_>, _: Timestamp) -> Option<Grounds> {
        let seconds = i64::try_from(self.1).unwrap();
        let mut grounds = Grounds::default();
        (grounds.version, grounds.complete_to) = (Some(self.1), Some(at(seconds)));
        Some(grounds)
    }
}

/// The same grounds with another version.
struct Rewritten(Grounded, u64);

impl Revocations for Rewritten {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.check(facts, now)
    }

    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        let mut grounds = self.0.grounds(facts, now)?;
        grounds.version = Some(self.1);
        Some(grounds)
    }
}

#[test]
fn data_behind_a_lock_that_are_there_or_not_and_in_pairs_say_what_they_say() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let session = session(&service, &token, at(1));
    let facts = session.facts();
    let mut list = ExactList::new();
    record(&mut list, &Revocation::operator_subject(subject(), at(31)));
    let of_list = list.grounds(&facts, at(2));
    let mut later = ExactList::new();
    record(&mut later, &Revocation::operator_subject(subject(), at(32)));
    let pair = (&list, &later);
    assert_eq!(pair.cut_off(&subject()), Some(at(32)));
    assert_eq!((&later, &list).cut_off(&subject()), Some(at(32)));
    let there = Some(&list);
    assert_eq!((there.cut_off(&subject()), there.grounds(&facts, at(2))), (Some(at(31)), of_list));
    let absent: Option<ExactList> = None;
    assert_eq!((absent.cut_off(&subject()), absent.grounds(&facts, at(2))), (None, None));
    let locked = RwLock::new(list);
    assert_eq!((locked.cut_off(&subject()), locked.grounds(&facts, at(2))), (Some(at(31)), of_list));
    let clear = Answer::Clear(Freshness::new(at(9), Seconds::minutes(1)));
    let says = Says(clear);
    assert_eq!((says.cut_off(&subject()), says.grounds(&facts, at(2))), (None, None));
}

#[test]
fn the_grounds_of_a_pair_are_those_of_the_one_that_decides() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let session = session(&service, &token, at(1));
    let version =
        |pair: &dyn Revocations| pair.grounds(&session.facts(), at(2)).and_then(|grounds| grounds.version);
    let clear = Answer::Clear(Freshness::new(at(9), Seconds::minutes(1)));
    let (one, other) = (|answer| Grounded(answer, 7), |answer| Grounded(answer, 8));
    // Neither alone: the one that reaches less far.
    assert_eq!(version(&(one(clear), other(clear))), Some(7));
    assert_eq!(version(&(other(clear), one(clear))), Some(7));
    assert_eq!(version(&(Grounded(clear, 7), Grounded(clear, 7))), Some(7));
    assert_eq!(version(&(Says(clear), other(clear))), Some(8));
    assert_eq!(version(&(one(clear), Says(clear))), Some(7));
    // Just as far: the first.
    let as_far = |answer| Rewritten(Grounded(answer, 7), 9);
    assert_eq!(version(&(one(clear), as_far(clear))), Some(7));
    // Whoever refuses; both, the first.
    let out = Answer::Revoked(Scope::Session);
    assert_eq!(version(&(one(clear), other(out))), Some(8));
    assert_eq!(version(&(one(out), other(clear))), Some(7));
    assert_eq!(version(&(one(out), other(out))), Some(7));
    assert_eq!(version(&(one(Answer::Revoked(Scope::Token)), other(Answer::Revoked(Scope::Key)))), Some(8));
    // Of data that are stale there is something to tell only if they are there.
    assert_eq!(version(&(one(Answer::Stale), other(clear))), Some(7));
    assert_eq!(version(&(one(clear), other(Answer::Stale))), Some(8));
    assert_eq!(version(&(Says(Answer::Stale), other(clear))), Some(8));
    assert_eq!(version(&(one(clear), Says(Answer::Stale))), Some(7));
    assert_eq!(version(&(one(Answer::Stale), other(Answer::Stale))), Some(7));
}
