//! Where sessions of web requests come from: fixed keys, keys that change, nodes with snapshots, nodes that only verify.

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use common::realm::Desk;
use common::web::{Web, cookie, grant, headers, user};
use common::{CONTEXT, NOW, SharedList, at, ring};
use safeconduct::http::{
    ChangeError, Csrf, Exchange, Incoming, NodeSessions, SessionSource, Transport, WebIssuer, WebSessions,
};
use safeconduct::{
    AuthLevel, Floors, Grant, Issuer, Issuing, Kind, MintError, Node, Policy, Reason, Ring, Seconds,
    Timestamp, Update, Verifier,
};

#[test]
fn a_node_that_only_verifies_renews_nothing_and_logs_out() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let keys = ring(&[Kind::Encrypted], 7).verifying();
    let verifier =
        Verifier::new(&keys, CONTEXT, &Policy::AAL2, Kind::Encrypted).revocations(web.list.clone());
    let edge = Arc::new(WebSessions::verifying(verifier, || at(1_000), || common::Repeatable(1)));
    let headers = [("cookie", browser.as_str())];
    let mut exchange: Exchange<()> =
        Exchange::begin(edge.clone(), &Incoming::new(Transport::new(), "POST", headers));
    assert_eq!(user(&exchange).as_deref(), Some("usr_1"));
    let why = exchange.log_in(&grant("usr_2"), &mut web.list.clone()).unwrap_err();
    assert_eq!((why, why.status()), (ChangeError::Mint(MintError::NoMintingKey), 500));
    assert!(exchange.csrf_token().is_err());
    assert!(exchange.finish(200).is_empty());
    let mut exchange: Exchange<()> = Exchange::begin(edge, &Incoming::new(Transport::new(), "POST", headers));
    exchange.log_out(&mut web.list.clone()).unwrap();
    assert_eq!(user(&web.get(&browser)), None);
}

#[test]
fn keys_can_be_exchanged_while_the_program_runs() {
    let list = SharedList::default();
    let clock = Arc::new(AtomicU64::new(0));
    let make = |seed| {
        let clock = clock.clone();
        let ring = ring(&[Kind::Encrypted], seed);
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
        let verifier =
            Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(list.clone());
        let now = move || at(clock.load(Ordering::Relaxed).cast_signed());
        WebSessions::new(issuer, verifier, now, || getrandom::SysRng)
    };
    let source = Arc::new(RwLock::new(make(1)));
    let begin = |cookie: &str| -> Exchange<()> {
        Exchange::begin(source.clone(), &Incoming::new(Transport::new(), "GET", [("cookie", cookie)]))
    };
    let mut exchange = begin("");
    exchange.log_in(&grant("usr_1"), &mut list.clone()).unwrap();
    let browser = cookie(&headers(&exchange.finish(303)));
    assert!(user(&begin(&browser)).is_some());
    assert!(begin(&browser).csrf_token().is_err(), "these keys are for no anti-forgery tokens");
    assert!(begin(&browser).check_csrf(Some("")).is_err());
    clock.store(1_000, Ordering::Relaxed);
    let renewed = cookie(&headers(&begin(&browser).finish(200)));
    assert!(user(&begin(&renewed)).is_some() && renewed != browser, "renewed through the lock");
    *source.write().unwrap() = make(2);
    assert!(user(&begin(&browser)).is_none(), "another ring");
}

/// Steps up, ends the user's other sessions, and logs out with a token that is idle.
fn goes_all_the_way(source: Arc<dyn SessionSource<()>>, clock: &AtomicU64) {
    let begin = |cookie: &str| {
        Exchange::begin(source.clone(), &Incoming::new(Transport::new(), "POST", [("cookie", cookie)]))
    };
    let mut log = SharedList::default();
    let mut exchange = begin("");
    exchange.log_in(&grant("usr_1"), &mut log).unwrap();
    let browser = cookie(&headers(&exchange.finish(303)));

    let mut exchange = begin(&browser);
    exchange.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut log).unwrap();
    let raised = cookie(&headers(&exchange.finish(200)));
    assert_eq!(common::web::session(&begin(&raised)).level(), AuthLevel::Aal2);

    let cut_off = Policy::AAL1.cut_off(at(0), None);
    let mut exchange = begin(&raised);
    exchange.end_others(cut_off, &mut log).unwrap();
    let alone = cookie(&headers(&exchange.finish(200)));
    assert_eq!(common::web::session(&begin(&alone)).started_at(), cut_off);

    let id = common::web::session(&begin(&alone)).session_id();
    clock.store(NOW + 1_800, Ordering::Relaxed);
    let idle = begin(&alone);
    assert_eq!((idle.session().unwrap().is_none(), idle.reason()), (true, Some(Reason::Idle)));
    let change = idle.leaving().unwrap();
    let targets: Vec<_> =
        change.revocations().map(|revocation| format!("{:?}", revocation.target())).collect();
    assert!(targets.len() == 1 && targets[0].contains(&format!("{id:?}")), "{targets:?}");
}

#[test]
fn every_source_steps_up_ends_others_and_lets_idle_sessions_leave() {
    let clock = Arc::new(AtomicU64::new(NOW));
    let now = |clock: Arc<AtomicU64>| move || Timestamp::from_unix(clock.load(Ordering::Relaxed)).unwrap();
    let ring = ring(&[Kind::Encrypted], 7);
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let verifier =
        Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(SharedList::default());
    let fixed = WebSessions::new(issuer, verifier, now(clock.clone()), || getrandom::SysRng);
    goes_all_the_way(Arc::new(RwLock::new(fixed)), &clock);

    clock.store(NOW, Ordering::Relaxed);
    let desk = Desk::new(Kind::Encrypted, &Policy::AAL1, at(0));
    let ring = desk.ring.to_text().as_str().parse().unwrap();
    let node = Arc::new(Node::new(ring, 1, Floors::new(), make).unwrap());
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();
    goes_all_the_way(Arc::new(NodeSessions::new(node, now(clock.clone()), || getrandom::SysRng)), &clock);
}

#[test]
fn a_token_that_our_own_verifier_refuses_is_not_given_out() {
    let list = SharedList::default();
    let (one, two) = (ring(&[Kind::Encrypted], 1), ring(&[Kind::Encrypted], 2));
    let issuer = Issuer::new(&one, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let verifier = Verifier::new(&two, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(list.clone());
    let source = Arc::new(WebSessions::new(issuer, verifier, || at(0), || getrandom::SysRng));
    let mut exchange: Exchange<()> =
        Exchange::begin(source, &Incoming::new(Transport::new(), "POST", [("cookie", "")]));
    let why = exchange.log_in(&grant("usr_1"), &mut list.clone()).unwrap_err();
    assert_eq!((why, why.status()), (ChangeError::Refused(Reason::UnknownKey), 500));
    assert!(exchange.finish(500).is_empty());
}

#[test]
fn claims_that_are_too_long_for_a_cookie_log_nobody_in() {
    let (list, ring) = (SharedList::default(), ring(&[Kind::Encrypted], 1));
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(list.clone());
    let source = Arc::new(WebSessions::new(issuer, verifier, || at(0), || getrandom::SysRng));
    let mut exchange: Exchange<String> =
        Exchange::begin(source, &Incoming::new(Transport::new(), "POST", [("cookie", "")]));
    // The token would be within its own limit.
    let grant = Grant::new(common::subject(), AuthLevel::Aal1).claims("x".repeat(2_960));
    let why = exchange.log_in(&grant, &mut list.clone()).unwrap_err();
    assert!(matches!(why, ChangeError::TooLarge(_)) && why.status() == 500, "{why:?}");
    assert!(why.to_string().starts_with("the cookie would have 4120 bytes, "), "{why}");
    assert!(exchange.finish(500).is_empty());
}

/// Issuer, verifier and anti-forgery keys of whatever ring is in force.
fn make(ring: &Ring<Issuing>) -> (Verifier, WebIssuer) {
    let verifier = Verifier::new(ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let issuer = WebIssuer::new(Issuer::new(ring, CONTEXT, &Policy::AAL1, Kind::Encrypted));
    (verifier, issuer.csrf(Csrf::new(ring, CONTEXT, &Policy::AAL1).unwrap()))
}

#[test]
fn a_node_changes_ring_and_snapshots_while_it_serves() {
    let mut desk = Desk::new(Kind::Encrypted, &Policy::AAL1, at(0));
    let node =
        Arc::new(Node::new(desk.ring.to_text().as_str().parse().unwrap(), 1, Floors::new(), make).unwrap());
    let clock = Arc::new(AtomicU64::new(NOW));
    let time = clock.clone();
    let now = move || Timestamp::from_unix(time.load(Ordering::Relaxed)).unwrap();
    let sessions = NodeSessions::new(node.clone(), now, || getrandom::SysRng);
    assert!(format!("{sessions:?}").starts_with("NodeSessions { node: Node(Current"));
    let source: Arc<dyn SessionSource<()>> = Arc::new(sessions);
    let begin = |cookie: &str| {
        Exchange::begin(source.clone(), &Incoming::new(Transport::new(), "POST", [("cookie", cookie)]))
    };
    let mut log = SharedList::default(); // of a visitor nothing has to be revoked
    let why = begin("").log_in(&grant("usr_1"), &mut log).unwrap_err();
    assert_eq!((why, why.status()), (ChangeError::Refused(Reason::SnapshotStale), 503), "no snapshot yet");
    node.update(Update::new().snapshot(desk.snapshot()), at(0)).unwrap();

    let mut exchange = begin("");
    exchange.log_in(&grant("usr_1"), &mut log).unwrap();
    let form = exchange.csrf_token().unwrap();
    let browser = cookie(&headers(&exchange.finish(303)));
    assert_eq!(user(&begin(&browser)).as_deref(), Some("usr_1"));
    assert!(begin(&browser).check_csrf(Some(form.as_str())).is_ok());
    assert!(begin(&browser).check_csrf(Some(&form.as_str().to_lowercase())).is_err());
    clock.store(NOW + 1_000, Ordering::Relaxed);
    let renewed = cookie(&headers(&begin(&browser).finish(200)));
    assert_eq!(user(&begin(&renewed)).as_deref(), Some("usr_1"));
    assert_ne!(renewed, browser, "nodes renew");
    clock.store(NOW, Ordering::Relaxed);

    // The log is awaited; the answers come from what was stored.
    let mut exchange = begin(&browser);
    let change = exchange.leaving().unwrap();
    let revocations: Vec<_> = change.revocations().cloned().collect();
    let answers = desk.revoke_all(&revocations, at(5));
    exchange.commit(change, answers).unwrap();
    assert_eq!(user(&begin(&browser)).as_deref(), Some("usr_1"), "the node has not heard yet");
    node.update(Update::new().snapshot(desk.snapshot()), at(5)).unwrap();
    assert_eq!(user(&begin(&browser)), None);
    clock.fetch_add(86_400, Ordering::Relaxed);
    let late = begin(&browser);
    assert!(late.session().unwrap().is_none(), "over, whatever the snapshot");
}
