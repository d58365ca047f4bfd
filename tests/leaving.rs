//! Stepping up and logging out: what ends a session, and what must not.

mod common;

use common::{Service, at, reason, session, subject};
use safeconduct::{
    AuthLevel, ExactList, Grant, Kind, LogAnswer, MintError, Policy, Reason, Revocation, RevocationLog,
    Scope, Seconds,
};

#[test]
fn an_elevation_drops_back_by_itself() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(100));
    let challenge = parent.require(AuthLevel::Aal2, Seconds::minutes(5)).unwrap_err();
    assert_eq!(
        challenge.to_string(),
        "Bearer error=\"insufficient_user_authentication\", \
         error_description=\"a stronger or more recent authentication is required\", \
         acr_values=\"aal2\", max_age=\"300\""
    );
    let pending =
        service.issuer.elevate(&parent, AuthLevel::Aal2, Seconds::minutes(5), &mut service.rng).unwrap();
    let answer = service.list.write().unwrap().record(pending.revocation(), at(0));
    let raised = pending.release(answer).unwrap();
    assert_eq!(reason(&service, &token, at(101)), Reason::Revoked(Scope::Session));

    let before = session(&service, raised.as_str(), at(399));
    assert_ne!(before.session_id(), parent.session_id());
    assert_eq!((before.started_at(), before.ends_at()), (parent.started_at(), parent.ends_at()));
    assert_eq!(
        (before.level(), before.base_level(), before.rotation()),
        (AuthLevel::Aal2, AuthLevel::Aal1, 0)
    );
    assert!(before.require(AuthLevel::Aal2, Seconds::new(299)).is_ok());
    assert!(before.require(AuthLevel::Aal2, Seconds::new(298)).is_err());
    assert!(before.require_level(AuthLevel::Aal2).is_ok());
    assert!(before.require(AuthLevel::Aal3, Seconds::new(299)).is_err());

    let after = session(&service, raised.as_str(), at(400));
    assert_eq!((after.level(), after.elevation()), (AuthLevel::Aal1, None));
    assert!(after.require_level(AuthLevel::Aal2).is_err());
    assert!(after.require_level(AuthLevel::Aal1).is_ok());

    // A rotation carries what is left of it, and drops it when it is over.
    let rotated = service.issuer.rotate(&before, &mut service.rng).unwrap();
    assert_eq!(session(&service, rotated.as_str(), at(399)).elevation().unwrap().until(), at(400));
    let rotated = service.issuer.rotate(&after, &mut service.rng).unwrap();
    assert_eq!(session(&service, rotated.as_str(), at(400)).level(), AuthLevel::Aal1);
}

#[test]
fn an_elevation_is_bounded() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL2);
    let grant = Grant::new(subject(), AuthLevel::Aal2).ends_by(at(200));
    let token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
    let parent = session(&service, token.as_str(), at(150));
    let mut elevate =
        |to, lasting| service.issuer.elevate(&parent, to, lasting, &mut service.rng).map(|_| ());
    assert_eq!(elevate(AuthLevel::Aal1, Seconds::new(60)), Err(MintError::LevelTooLow));
    assert_eq!(elevate(AuthLevel::Aal2, Seconds::new(60)), Ok(()), "the same level, freshly authenticated");
    assert_eq!(elevate(AuthLevel::Aal3, Seconds::ZERO), Err(MintError::ElevationLife));
    assert_eq!(elevate(AuthLevel::Aal3, Seconds::new(901)), Err(MintError::ElevationLife));
    let pending =
        service.issuer.elevate(&parent, AuthLevel::Aal3, Seconds::new(900), &mut service.rng).unwrap();
    let answer = service.list.write().unwrap().record(pending.revocation(), at(0));
    let raised = pending.release(answer).unwrap();
    let raised = session(&service, raised.as_str(), at(150));
    assert_eq!(raised.elevation().unwrap().until(), at(200), "never later than the session's end");
}

#[test]
fn an_elevated_token_waits_for_the_log() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(1));
    let other = Revocation::operator_key(parent.key_id());
    let mut elevate =
        || service.issuer.elevate(&parent, AuthLevel::Aal2, Seconds::minutes(5), &mut service.rng).unwrap();
    let refused = LogAnswer::refused(elevate().revocation());
    assert_eq!(elevate().release(refused).unwrap_err(), MintError::NotLogged);
    assert_eq!(elevate().release(LogAnswer::accepted(&other)).unwrap_err(), MintError::NotLogged);
    // Logged out on another node in the meantime, at any scope: no token.
    let outs = [
        parent.revocation(),
        Revocation::operator_token(parent.session_id(), parent.token_id(), parent.expires_at()),
        Revocation::operator_subject(subject(), at(1)),
        Revocation::operator_key(parent.key_id()),
        Revocation::operator_everyone(at(1)),
    ];
    for out in outs {
        let mut list = ExactList::new();
        assert!(!list.record(&out, at(0)).was_already_out());
        let pending = elevate();
        let answer = list.record(pending.revocation(), at(0));
        assert!(answer.was_already_out() && answer.is_recorded());
        assert_eq!(pending.release(answer).unwrap_err(), MintError::AlreadyOut);
    }
}

#[test]
fn a_cut_off_that_ends_nothing_or_lies_far_ahead_is_refused() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let session = session(&service, &token, at(100));
    let mut attempt = |before| service.issuer.end_others(&session, before, &mut service.rng).map(|_| ());
    assert_eq!(attempt(at(0)), Err(MintError::Times), "the session itself would go on");
    assert_eq!(attempt(at(1)), Ok(()));
    assert_eq!(attempt(at(86_400)), Err(MintError::Times), "it would begin after its end");
}

#[test]
fn a_session_that_takes_over_counts_its_rotations_anew() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(900));
    let rotated = service.issuer.rotate(&parent, &mut service.rng).unwrap();
    let parent = session(&service, rotated.as_str(), at(901));
    assert_eq!(parent.rotation(), 1);
    let raised =
        service.issuer.elevate(&parent, AuthLevel::Aal2, Seconds::minutes(5), &mut service.rng).unwrap();
    let answer = service.list.write().unwrap().record(raised.revocation(), at(901));
    let raised = session(&service, raised.release(answer).unwrap().as_str(), at(901));
    assert_eq!(raised.rotation(), 0);
    let rotated = service.issuer.rotate(&raised, &mut service.rng).unwrap();
    let raised = session(&service, rotated.as_str(), at(902));
    let others =
        service.issuer.end_others(&raised, Policy::AAL1.cut_off(at(902), None), &mut service.rng).unwrap();
    let answer = service.list.write().unwrap().record(others.revocation(), at(902));
    assert_eq!(session(&service, others.release(answer).unwrap().as_str(), at(902)).rotation(), 0);
}

#[test]
fn at_the_end_of_a_session_nothing_is_renewed_that_gains_nothing() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let mut token = service.log_in(at(0));
    let end = 8 * 3_600;
    let mut now = 0;
    while now < end - 1_800 {
        now += 900;
        let parent = session(&service, &token, at(now));
        token = service.issuer.renew(&parent, &mut service.rng).unwrap().unwrap().into_string();
    }
    // This one is good to the end of the session, and half of its idle time is over.
    let last = session(&service, &token, at(end - 1));
    assert_eq!((last.issued_at(), last.expires_at()), (at(end - 1_800), at(end)));
    assert!(service.issuer.renew(&last, &mut service.rng).unwrap().is_none());
}

#[test]
fn logging_out_ends_every_copy() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(1_000));
    let copy = service.issuer.rotate(&parent, &mut service.rng).unwrap();
    // The owner comes back with an idle token; a thief has the rotated copy.
    assert_eq!(reason(&service, &token, at(2_000)), Reason::Idle);
    let departing = service.verifier.departing(&token, at(2_000)).unwrap();
    let answer = service.list.write().unwrap().record(departing.revocation(), at(0));
    assert!(answer.is_recorded());
    assert_eq!(reason(&service, copy.as_str(), at(2_000)), Reason::Revoked(Scope::Session));
    // Twice is no harm.
    assert!(service.verifier.departing(copy.as_str(), at(2_000)).is_ok());
    let end = at(8 * 3_600);
    assert!(service.verifier.departing(&token, at(8 * 3_600 - 1)).is_ok());
    assert_eq!(service.verifier.departing(&token, end).unwrap_err().reason(), Reason::Expired);
    assert_eq!(service.verifier.departing("sc1e", at(0)).unwrap_err().reason(), Reason::Malformed);
    let mut list = service.list.write().unwrap();
    list.forget_ended(at(8 * 3_600 - 1), &Policy::AAL1);
    assert_eq!(list.count(), 1);
    list.forget_ended(end, &Policy::AAL1);
    assert_eq!(list.count(), 0);
}

#[test]
fn logging_out_everywhere_lets_the_user_in_again_at_once() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    // One session began on a clock that is ahead by the whole skew.
    let sessions = [service.log_in(at(0)), service.log_in(at(100)), service.log_in(at(130))];
    let cut_off = Policy::AAL1.cut_off(at(100), None);
    assert_eq!(cut_off, at(131));
    let revocation = Revocation::operator_subject(subject(), cut_off);
    assert!(service.list.write().unwrap().record(&revocation, at(0)).is_recorded());
    for token in &sessions {
        assert_eq!(reason(&service, token, at(101)), Reason::Revoked(Scope::Subject));
    }
    let known = service.list.read().unwrap().cut_off(&subject());
    let grant = Grant::new(subject(), AuthLevel::Aal1).after_cut_off(known);
    let again = service.issuer.issue(&grant, at(101), &mut service.rng).unwrap();
    let session = session(&service, again.as_str(), at(101));
    assert_eq!((session.started_at(), session.issued_at()), (at(131), at(101)));
    // An issuer does not believe a cut-off in the far future.
    let grant = Grant::new(subject(), AuthLevel::Aal1).after_cut_off(Some(at(343)));
    assert_eq!(service.issuer.issue(&grant, at(101), &mut service.rng).unwrap_err(), MintError::Times);
    let grant = Grant::new(subject(), AuthLevel::Aal1).after_cut_off(Some(at(342)));
    assert!(service.issuer.issue(&grant, at(101), &mut service.rng).is_ok());
}

#[test]
fn a_second_log_out_everywhere_catches_what_began_at_the_first() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let log_out_everywhere = |service: &mut Service, now| {
        let known = service.list.read().unwrap().cut_off(&subject());
        let before = Policy::AAL1.cut_off(now, known);
        let answer = service.list.record(&Revocation::operator_subject(subject(), before), at(0));
        assert!(answer.is_recorded() && !answer.was_already_out());
    };
    let log_in = |service: &mut Service, now| {
        let known = service.list.read().unwrap().cut_off(&subject());
        let grant = Grant::new(subject(), AuthLevel::Aal1).after_cut_off(known);
        service.issuer.issue(&grant, now, &mut service.rng).unwrap().into_string()
    };
    // The first node's clock is 25 seconds ahead, and everything happens within a few seconds.
    log_out_everywhere(&mut service, at(125));
    let again = log_in(&mut service, at(105));
    session(&service, &again, at(106));
    log_out_everywhere(&mut service, at(110));
    assert_eq!(reason(&service, &again, at(111)), Reason::Revoked(Scope::Subject));
    assert_eq!(reason(&service, &again, at(700)), Reason::Revoked(Scope::Subject));
    let last = log_in(&mut service, at(111));
    session(&service, &last, at(112));
}

#[test]
fn logging_out_with_the_old_token_ends_what_an_elevation_put_in_its_place() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let elevate = |service: &mut Service, token: &str| {
        let parent = session(service, token, at(10));
        let pending =
            service.issuer.elevate(&parent, AuthLevel::Aal2, Seconds::minutes(5), &mut service.rng).unwrap();
        let answer = service.list.record(pending.revocation(), at(0));
        pending.release(answer).unwrap().into_string()
    };
    // Stepped up twice, both answers still on their way to the browser; another tab logs out with the token it has.
    let raised = elevate(&mut service, &token);
    let again = elevate(&mut service, &raised);
    session(&service, &again, at(11));
    let departing = service.verifier.departing(&token, at(11)).unwrap();
    assert!(service.list.record(departing.revocation(), at(0)).is_recorded());
    for token in [&token, &raised, &again] {
        assert_eq!(reason(&service, token, at(12)), Reason::Revoked(Scope::Session));
    }
}

#[test]
fn a_clock_that_is_behind_does_not_bring_back_what_was_forgotten() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let mut token = service.log_in(at(0));
    let end = 8 * 3_600;
    for minutes in (15..480).step_by(15) {
        let parent = session(&service, &token, at(minutes * 60));
        token = service.issuer.rotate(&parent, &mut service.rng).unwrap().into_string();
    }
    let parent = session(&service, &token, at(end - 60));
    assert!(service.list.record(&parent.revocation(), at(0)).is_recorded());
    service.list.write().unwrap().forget_ended(at(end), &Policy::AAL1);
    assert_eq!(service.list.read().unwrap().count(), 0);
    assert_eq!(reason(&service, &token, at(end - 20)), Reason::Expired);
}

#[test]
fn an_answer_of_the_log_releases_one_elevation() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(1));
    let mut elevate =
        || service.issuer.elevate(&parent, AuthLevel::Aal2, Seconds::minutes(5), &mut service.rng).unwrap();
    let (first, second) = (elevate(), elevate());
    let answer = LogAnswer::accepted(first.revocation());
    assert_eq!(second.release(answer).unwrap_err(), MintError::NotLogged);
    // The answer to a plain log-out is no answer to an elevation either.
    let answer = LogAnswer::accepted(&parent.revocation());
    assert_eq!(first.release(answer).unwrap_err(), MintError::NotLogged);
}
