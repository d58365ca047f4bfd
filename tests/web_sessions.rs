//! Logging in, stepping up and logging out over cookies: which slot, whose session, and what the log has to take first.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::web::{Headers, Web, bearer, cookie, cookies, grant, headers, session, user};
use common::{SharedList, at};
use safeconduct::http::{Carrier, ChangeError, ClearSiteData, SessionHandle, Slot, Transport};
use safeconduct::{
    Answer, AuthLevel, Facts, Freshness, LogAnswer, MintError, Policy, Reason, Revocation, RevocationLog,
    Revocations, Seconds, Timestamp,
};

/// A browser's jar after a response: what it sets, over what it had.
fn jar(before: &str, sent: &Headers) -> String {
    let mut jar: Vec<(String, String)> = before
        .split("; ")
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in cookies(sent) {
        jar.retain(|(other, _)| *other != name);
        jar.push((name, value));
    }
    jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn slot_of(sent: &Headers) -> String {
    let token = cookies(sent).into_iter().find(|(_, value)| value.starts_with("sc1")).unwrap();
    token.0
}

#[test]
fn a_new_session_takes_the_other_slot() {
    let web = Web::new();
    let first = web.log_in("usr_1", "");
    assert_eq!(slot_of(&first), "__Host-sid-a");
    let mut browser = jar("", &first);
    for (user_name, slot) in [("usr_2", "__Host-sid-b"), ("usr_3", "__Host-sid-a"), ("usr_4", "__Host-sid-b")]
    {
        web.sleep(1);
        let sent = web.log_in(user_name, &browser);
        assert_eq!(slot_of(&sent), slot);
        let marks = cookies(&sent).into_iter().filter(|(_, value)| value.starts_with("left.")).count();
        assert_eq!((marks, sent.len()), (1, 3), "the token that was there goes: {sent:?}");
        browser = jar(&browser, &sent);
        assert_eq!(user(&web.get(&browser)).as_deref(), Some(user_name));
    }
}

#[test]
fn the_late_answer_of_an_old_session_does_not_end_a_new_one() {
    let web = Web::new();
    let mut browser = jar("", &web.log_in("usr_1", ""));
    web.sleep(1_000);
    // A tab renews, and its answer is slow.
    let mut slow = web.get(&browser);
    let late = headers(&slow.finish(200));
    // Meanwhile: log out, log in as somebody else.
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    browser = jar(&browser, &headers(&exchange.finish(303)));
    web.sleep(1);
    browser = jar(&browser, &web.log_in("usr_2", &browser));
    // Now the old answer arrives.
    browser = jar(&browser, &late);
    assert_eq!(user(&web.get(&browser)).as_deref(), Some("usr_2"));
    // And after logging out, nobody is there: the old one does not come back.
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    browser = jar(&browser, &headers(&exchange.finish(303)));
    assert_eq!(user(&web.get(&browser)), None);
    assert_eq!(user(&web.get(&jar(&browser, &late))), None);
}

#[test]
fn of_two_live_sessions_the_newer_is_meant_and_logging_out_ends_both() {
    let web = Web::new();
    let one = bearer(&web.log_in("usr_1", "")).replace("Bearer ", "");
    web.sleep(5);
    let two = bearer(&web.log_in("usr_2", "")).replace("Bearer ", "");
    for (both, newer) in [
        (format!("__Host-sid-a={one}.0001; __Host-sid-b={two}.0002"), "usr_2"),
        (format!("__Host-sid-b={one}.0001; __Host-sid-a={two}.0002"), "usr_2"),
        (format!("__Host-sid-a={one}.0003; __Host-sid-b={two}.0002"), "usr_1"),
        (format!("__Host-sid-a={one}.9999; __Host-sid-b={two}.9999"), "usr_2"),
    ] {
        assert_eq!(user(&web.get(&both)).as_deref(), Some(newer), "{both}");
    }
    let both = format!("__Host-sid-a={one}.0001; __Host-sid-b={two}.0002");
    let mut exchange = web.begin("POST", &[("cookie", &both)]);
    assert_eq!(exchange.carrier(), Some(Carrier::Cookie(Slot::B)));
    exchange.log_out(&mut web.list.clone()).unwrap();
    let sent = cookies(&headers(&exchange.finish(303)));
    assert_eq!(
        sent,
        [("__Host-sid-b".to_owned(), "left.0002".to_owned())],
        "only the slot of the session that left is written"
    );
    assert_eq!(user(&web.get(&both)), None);
}

#[test]
fn logging_out_empties_the_slot_of_the_session_that_is_live() {
    let web = Web::new();
    let token = bearer(&web.log_in("usr_1", "")).replace("Bearer ", "");
    // The other slot is the later one, and nobody is in it any more.
    let mut exchange = web.get(&format!("__Host-sid-a={token}.0003; __Host-sid-b=left.0004"));
    exchange.log_out(&mut web.list.clone()).unwrap();
    let sent = cookies(&headers(&exchange.finish(303)));
    assert_eq!(sent, [("__Host-sid-a".to_owned(), "left.0003".to_owned())]);
}

#[test]
fn which_slot_is_free_shows_in_generations() {
    let web = Web::new();
    let token = bearer(&web.log_in("usr_1", "")).replace("Bearer ", "");
    let next = |cookies: &str| {
        let sent = web.log_in("usr_9", cookies);
        let (name, value) =
            common::web::cookies(&sent).into_iter().find(|(_, value)| value.starts_with("sc1")).unwrap();
        (name.chars().next_back().unwrap(), value.rsplit_once('.').unwrap().1.to_owned())
    };
    let expect = |cookies: &str, slot: char, generation: &str| {
        assert_eq!(next(cookies), (slot, generation.to_owned()), "{cookies}");
    };
    let other = bearer(&web.log_in("usr_1", "")).replace("Bearer ", "");
    expect(&format!("__Host-sid-b={other}.9999; __Host-sid-a=left.9999"), 'a', "9999");
    for idle in [0, 2_000] {
        web.sleep(idle);
        expect("", 'a', "0001");
        expect(&format!("__Host-sid-a={token}.0001"), 'b', "0002");
        expect(&format!("__Host-sid-b={token}.0007"), 'a', "0008");
        expect(&format!("__Host-sid-a={token}.0003; __Host-sid-b=left.0004"), 'a', "0005");
        expect(&format!("__Host-sid-a={token}.0005; __Host-sid-b=left.0004"), 'b', "0006");
        expect(&format!("__Host-sid-a={token}.9999; __Host-sid-b=left.9998"), 'b', "9999");
        expect(&format!("__Host-sid-b={token}.9999; __Host-sid-a=left.9999"), 'b', "9999");
    }
    expect("__Host-sid-a=left.0001", 'b', "0002");
    expect("__Host-sid-a=left.0002; __Host-sid-b=left.0001", 'b', "0003");
    // What has no generation does not count and is written over.
    expect("__Host-sid-a=nonsense", 'a', "0001");
    expect("__Host-sid-a=nonsense; __Host-sid-b=left.0001", 'a', "0002");
    assert_eq!(user(&web.get("__Host-sid-a=left.0001")), None, "a mark is no token");
}

#[test]
fn a_refusal_touches_no_cookie() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let refused = |cookies: &str| {
        let mut exchange = web.get(cookies);
        assert_eq!(user(&exchange), None);
        [200, 401, 403, 500].iter().all(|status| exchange.finish(*status).is_empty())
    };
    assert!(refused("__Host-sid-a=nonsense"));
    assert!(refused(&browser.replace("sc1e", "sc1n")));
    web.sleep(1_800);
    assert!(refused(&browser), "idle");
    web.sleep(80_000);
    assert!(refused(&browser), "over");
    let other = cookie(&web.log_in("usr_1", ""));
    let mut exchange = web.begin("POST", &[("cookie", &other)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    assert!(refused(&other), "revoked");
}

#[test]
fn an_idle_session_is_ended_by_logging_out_and_by_logging_in() {
    let web = Web::new();
    let old = cookie(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let copy = cookie(&headers(&web.get(&old).finish(200))); // a thief's, renewed
    web.sleep(1_000);
    assert_eq!(user(&web.get(&old)), None, "idle");
    assert!(user(&web.get(&copy)).is_some());
    let mut exchange = web.begin("POST", &[("cookie", &old)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    assert_eq!(user(&web.get(&copy)), None);

    let old = cookie(&web.log_in("usr_1", ""));
    web.log_in("usr_1", &old);
    assert_eq!(user(&web.get(&old)), None, "a login ends what the browser had (ASVS 7.2.4)");
}

#[test]
fn an_elevation_takes_the_other_slot_and_ends_the_old_session() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    let before = session(&exchange).session_id();
    let raised = exchange.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut web.list.clone()).unwrap();
    assert_ne!(raised.session_id(), before);
    assert_eq!(session(&exchange).level(), AuthLevel::Aal2, "downstream sees it");
    let sent = headers(&exchange.finish(200));
    assert_eq!(slot_of(&sent), "__Host-sid-b");
    assert_eq!(user(&web.get(&browser)), None, "the old token is out");
    let after = jar(&browser, &sent);
    assert_eq!(session(&web.get(&after)).level(), AuthLevel::Aal2);
    web.sleep(300);
    assert_eq!(session(&web.get(&after)).level(), AuthLevel::Aal1, "it drops back by itself");
    // A tab that raced against it.
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    let none = exchange.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut web.list.clone());
    assert_eq!(none.unwrap_err().status(), 401);
    // Bearers get theirs in the header, if there is one.
    let bearer = bearer(&web.log_in("usr_2", ""));
    let by_bearer = [("authorization", bearer.as_str())];
    let elevate = |web: &Web| {
        let mut exchange = web.begin("POST", &by_bearer);
        let answer = exchange.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut web.list.clone());
        answer.map(|_| headers(&exchange.finish(200)))
    };
    assert_eq!(elevate(&web).unwrap_err(), ChangeError::NoWay);
    let web = Web { transport: Transport::new().renewed_bearer("session-token"), ..web };
    let sent = elevate(&web).unwrap();
    assert!(sent[0].0 == "session-token" && sent.iter().all(|(name, _)| name != "set-cookie"));
}

#[test]
fn a_change_of_password_ends_all_other_sessions() {
    let web = Web::new();
    let (here, there) = (cookie(&web.log_in("usr_1", "")), cookie(&web.log_in("usr_1", "")));
    let other = cookie(&web.log_in("usr_2", ""));
    web.sleep(10);
    let mut exchange = web.begin("POST", &[("cookie", &here)]);
    let known = web.list.read().unwrap().cut_off(session(&exchange).subject());
    let before = Policy::AAL2.cut_off(exchange.now(), known);
    let goes_on = exchange.end_others(before, &mut web.list.clone()).unwrap();
    assert_eq!(goes_on.started_at(), before);
    let sent = headers(&exchange.finish(303));
    assert_eq!(slot_of(&sent), "__Host-sid-b");
    assert_eq!(user(&web.get(&jar(&here, &sent))).as_deref(), Some("usr_1"));
    assert_eq!((user(&web.get(&here)), user(&web.get(&there))), (None, None));
    assert_eq!(user(&web.get(&other)).as_deref(), Some("usr_2"));
    // Logging in again works at once, without being told of the cut-off.
    assert_eq!(user(&web.get(&cookie(&web.log_in("usr_1", "")))).as_deref(), Some("usr_1"));
}

struct Refusing;

impl RevocationLog for Refusing {
    fn record(&mut self, revocation: &Revocation, _: Timestamp) -> LogAnswer {
        LogAnswer::refused(revocation)
    }
}

#[test]
fn nothing_begins_before_the_log_has_what_ends() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let not_logged = ChangeError::Mint(MintError::NotLogged);
    assert_eq!(not_logged.status(), 503);

    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    assert_eq!(exchange.log_in(&grant("usr_2"), &mut Refusing).unwrap_err(), not_logged);
    assert_eq!(
        exchange.elevate(AuthLevel::Aal2, Seconds::minutes(1), &mut Refusing).unwrap_err(),
        not_logged
    );
    assert_eq!(user(&exchange).as_deref(), Some("usr_1"), "the old session goes on");
    assert!(exchange.finish(503).is_empty());

    // Who wants to leave leaves this browser all the same, and is told.
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    assert_eq!(exchange.log_out(&mut Refusing).unwrap_err(), not_logged);
    assert_eq!(cookies(&headers(&exchange.finish(503)))[0].1, "left.0001");

    // An answer about something else is none; neither is no answer.
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    let change = exchange.entering(&grant("usr_2")).unwrap();
    assert_eq!(change.revocations().count(), 1);
    let other = Revocation::operator_everyone(at(0));
    assert_eq!(exchange.commit(change, [LogAnswer::accepted(&other)]).unwrap_err(), not_logged);
    let change = exchange.entering(&grant("usr_2")).unwrap();
    assert_eq!(exchange.commit(change, []).unwrap_err(), not_logged);
    let change = exchange.elevating(AuthLevel::Aal2, Seconds::minutes(1)).unwrap();
    assert_eq!(exchange.commit(change, []).unwrap_err(), not_logged);

    // An awaited log, and a visitor of whom there is nothing to end.
    let change = exchange.entering(&grant("usr_2")).unwrap();
    let answers: Vec<_> = change.revocations().map(LogAnswer::accepted).collect();
    exchange.commit(change, answers).unwrap();
    assert_eq!(user(&exchange).as_deref(), Some("usr_2"));
    let mut exchange = web.get("");
    assert!(exchange.log_in(&grant("usr_3"), &mut Refusing).is_ok());
}

#[test]
fn acts_of_a_handler_go_out_whatever_the_status_and_in_the_place_of_a_renewal() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    let sent = headers(&exchange.finish(500));
    assert_eq!(cookies(&sent).len(), 1);
    assert!(cookies(&sent)[0].1.starts_with("left."), "no renewal beside it: {sent:?}");
    // Twice in one request: out, and in again.
    let browser = cookie(&web.log_in("usr_1", ""));
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    exchange.log_in(&grant("usr_2"), &mut web.list.clone()).unwrap();
    let sent = headers(&exchange.finish(303));
    assert_eq!(slot_of(&sent), "__Host-sid-b");
    assert_eq!(user(&web.get(&jar(&browser, &sent))).as_deref(), Some("usr_2"));
    // And after the response has gone out, nothing.
    let late = exchange.log_out(&mut web.list.clone()).unwrap_err();
    assert_eq!((late, late.status()), (ChangeError::TooLate, 500));
    assert_eq!(user(&web.get(&jar(&browser, &sent))).as_deref(), Some("usr_2"));
}

/// A list that can go stale.
struct Failing(SharedList, Arc<AtomicBool>);

impl Revocations for Failing {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        if self.1.load(Ordering::Relaxed) { Answer::Stale } else { self.0.check(facts, now) }
    }
}

#[test]
fn stale_revocation_data_is_503_and_logging_out_still_works() {
    let (list, stale) = (SharedList::default(), Arc::new(AtomicBool::new(false)));
    let web = Web::with(Failing(list.clone(), stale.clone()), list.clone(), &Policy::AAL2);
    let browser = cookie(&web.log_in("usr_1", ""));
    stale.store(true, Ordering::Relaxed);
    assert_eq!(web.get(&browser).session().unwrap_err().status(), 503);
    assert!(web.get("").session().unwrap().is_none(), "visitors are no problem");
    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    let why = exchange.log_in(&grant("usr_2"), &mut list.clone()).unwrap_err();
    assert_eq!((why, why.status()), (ChangeError::Refused(Reason::SnapshotStale), 503));
    exchange.log_out(&mut list.clone()).unwrap();
    assert!(exchange.finish(303).iter().any(|header| header.name == "set-cookie"));
    stale.store(false, Ordering::Relaxed);
    assert_eq!(user(&web.get(&browser)), None);
}

/// Answers, but is too old to mint on.
struct TooOld;

impl Revocations for TooOld {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        Answer::Clear(Freshness::new(at(-10_000), Seconds::minutes(1)))
    }
}

#[test]
fn a_renewal_that_fails_leaves_the_session_as_it_is() {
    let web = Web::with(TooOld, SharedList::default(), &Policy::AAL2);
    let browser = cookie(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let mut exchange = web.get(&browser);
    assert_eq!(session(&exchange).rotation(), 0);
    assert!(exchange.finish(200).is_empty());
}

#[test]
fn the_operators_log_learns_why_and_of_two_refusals_what_proves_more() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    assert_eq!(web.get("").reason(), None, "no token, no refusal");
    assert_eq!(web.get(&browser).reason(), None);
    assert_eq!(web.get(&format!("{browser}; __Host-sid-b=garbage")).reason(), None, "one of them is good");
    assert_eq!(web.get("__Host-sid-b=garbage").reason(), Some(Reason::Malformed));
    web.sleep(100_000);
    assert_eq!(web.get(&browser).reason(), Some(Reason::Expired));
    for both in [
        format!("{browser}; __Host-sid-b=garbage"),
        browser.replace("sid-a", "sid-b") + "; __Host-sid-a=garbage",
    ] {
        assert_eq!(web.get(&both).reason(), Some(Reason::Expired), "garbage does not hide it");
    }
}

#[test]
fn a_handle_does_what_the_exchange_does() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let handle = SessionHandle::new(web.begin("POST", &[("cookie", &browser)]));
    assert_eq!(handle.carrier(), Some(Carrier::Cookie(Slot::A)));
    let change = handle.leaving().unwrap();
    assert!(handle.commit(change, []).is_err(), "the log did not take it");
    handle.clear_site_data(ClearSiteData::CacheAndStorage);
    assert!(headers(&handle.finish(200)).iter().any(|(name, _)| name == "clear-site-data"));
}
