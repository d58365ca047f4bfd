//! The list in memory: what it says of each scope, what it forgets and when, and copies of it.
#![cfg(feature = "std")]

mod common;

use common::{Service, at, session, subject};
use safeconduct::{
    Answer, ExactList, Freshness, Kind, Policy, Revocation, RevocationLog, Revocations, Scope, Seconds,
    SessionId, Subject, TokenId,
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
    let grounds = copy.grounds(&facts, at(6)).unwrap();
    assert_eq!((grounds.complete_to, grounds.not_after), (Some(at(5)), Some(at(600))));
    assert_eq!((grounds.everyone_before, grounds.subject_before), (None, Some(at(31))));
    let grounds = list.grounds(&facts, at(6)).unwrap();
    assert_eq!((grounds.everyone_before, grounds.subject_before), (Some(at(40)), Some(at(31))));
    assert_eq!(copy.check(&facts, at(599)), Answer::Revoked(Scope::Subject));
    assert_eq!(copy.check(&facts, at(600)), Answer::Stale);
}
