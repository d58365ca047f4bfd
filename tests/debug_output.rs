//! Debug output names things without showing secrets, subjects or the application's claims.
#![cfg(feature = "std")]

mod common;

use std::fmt::Debug;

use common::realm::Desk;
use common::web::Web;
use common::{CONTEXT, Repeatable, Service, at, subject};
use safeconduct::http::{Csrf, SessionHandle, WebSessions};
use safeconduct::{
    AuthLevel, Context, FileStore, Floors, Grant, Issuer, KeyEncryptionKey, Kind, MemStore, Node, Policy,
    Published, Publisher, RootKey, Schedule, Seconds, SessionId, StoreVersion, Thumbprint, Verifier,
    Verifying,
};

/// Debug output begins like this, holds that, and shows neither the subject nor what stands in the list.
#[track_caller]
fn shows(value: &impl Debug, front: &str, within: &[&str], never: &[&str]) {
    let shown = format!("{value:?}");
    assert!(shown.starts_with(front), "{shown}");
    for part in within {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    for secret in never.iter().chain(&["usr_8f14e45fceea167a"]) {
        assert!(!shown.contains(secret), "{secret} stands in {shown}");
    }
}

#[test]
fn debug_output_of_sessions_and_who_makes_them() {
    let mut service = Service::new(Kind::Nested, &Policy::AAL1);
    let grant = Grant::new(subject(), AuthLevel::Aal1).claims("a claim");
    shows(&grant, "Grant", &["Aal1"], &["a claim"]);
    let token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
    shows(&token, "Token(of session ", &["characters"], &[token.as_str()]);
    let session = service.verifier.verify_owned::<String>(token.as_str(), at(0)).unwrap();
    shows(&session, "Session", &[&session.session_id().to_string(), "Aal1"], &["a claim"]);
    shows(&service.issuer, "Issuer", &["shop.example", "keys: 1"], &[]);
    shows(&service.verifier, "Verifier", &["shop.example", "keys: 1"], &[]);
    let challenge = session.require(AuthLevel::Aal2, Seconds::minutes(5)).unwrap_err();
    assert_eq!((challenge.level(), challenge.max_age()), (AuthLevel::Aal2, Some(Seconds::minutes(5))));
    let rejected = service.verifier.verify_owned::<()>("", at(0)).unwrap_err();
    assert_eq!(format!("{rejected:?}"), "Rejected(Malformed)");
    let scratch = safeconduct::Scratch::new();
    assert_eq!(format!("{scratch:?}"), "Scratch");
    assert_eq!(format!("{:?}", subject()), "Subject(20 bytes)");
    assert_eq!(format!("{:?}", at(0)), "Timestamp(1800000000 = 2027-01-15T08:00:00Z)");
    assert_eq!(format!("{CONTEXT:?}"), "Context(shop.example / session)");
    assert_eq!(Context::new(&["a", "bc"]).unwrap().to_string(), "a / bc");
    assert_eq!(format!("{:?}", SessionId::from_bytes([7; 12])), "SessionId(070707070707070707070707)");
    let thumbprint = Thumbprint::from_bytes([0x5A; 32]);
    assert_eq!(format!("{thumbprint:?}"), format!("Thumbprint({})", "5a".repeat(32)));
}

#[test]
fn debug_output_of_rings_and_realms() {
    let desk = Desk::new(Kind::Encrypted, &Policy::AAL1, at(0));
    let (ring, mut rng) = (common::ring(&[Kind::Encrypted], 7), Repeatable(3));
    let id = ring.keys(at(0)).next().unwrap().id.to_string();
    shows(&ring, "Ring(issuer) ", &[&id], &[]);
    shows(&desk.realm, "Realm", &["signers: 1", &desk.realm.id().to_string()], &[]);
    shows(&desk.keys, "SnapshotKeys ", &[&desk.realm.id().to_string()], &[]);
    shows(&desk.signer, "SnapshotSigner(of ", &["…)"], &[]);
    let text = ring.to_text();
    assert_eq!(format!("{text:?}"), "RingText(…)");
    let (kek, root) = (KeyEncryptionKey::generate(&mut rng).unwrap(), RootKey::generate(&mut rng).unwrap());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(format!("{kek:?}"), format!("KeyEncryptionKey({})", hex(&kek.id())));
    let public = format!("RootPublicKey({}…)", hex(&root.public().to_bytes()[..4]));
    assert_eq!(format!("{:?}", root.public()), public);
    assert_eq!(format!("{root:?}"), format!("RootKey(of {public})"));
    let published = ring.verifying().publish(6, &root, &kek, &mut rng).unwrap();
    let published = Published::<Verifying>::open(&published, &kek, &root.public()).unwrap();
    let pinned = safeconduct::Pinned::<Verifying>::default();
    assert_eq!(format!("{pinned:?}"), "Pinned(verifier version 0)");
    let state = ring.keys(at(0)).next().unwrap().state;
    assert_eq!((state.name(), state.to_string().as_str()), ("active", "active"));
    shows(&published, "Published(version 6, Ring(verifier) ", &[&id], &[]);
    let schedule =
        Schedule::new(&Policy::AAL1, Seconds::hours(1), Seconds::days(30), Seconds::days(1)).unwrap();
    let advanced = ring.advance(at(0), &schedule, &mut rng).unwrap();
    shows(&advanced.into_ring(), "Unpublished(Ring(issuer) ", &[&id], &[]);
}

#[test]
fn debug_output_of_revocation_and_publication() {
    let desk = Desk::new(Kind::Encrypted, &Policy::AAL1, at(0));
    shows(&desk.read(), "Journal", &["version: 1", "sessions: 0"], &[]);
    shows(&desk.read().commit(at(1), &desk.signer).unwrap(), "Commit(Journal", &[", 0 answers)"], &[]);
    shows(&desk.open(desk.snapshot(), at(0)), "Snapshot", &["version: 1", "not_after"], &[]);
    let settings = desk.settings.to_string();
    assert!(settings.contains("longest token") && settings.lines().count() == 7, "{settings}");
    for (asked, probes) in [(0, 8), (9, 8), (10, 12), (24, 24), (33, 32), (u8::MAX, 32)] {
        let settings = desk.settings.probes(asked).to_string();
        assert!(settings.contains(&format!("1 in 2^{probes} looks")), "{asked}: {settings}");
    }
    let (log, snapshots) = (MemStore::new(), MemStore::new());
    let signer = safeconduct::SnapshotSigner::generate(&mut Repeatable(5)).unwrap();
    let publisher = Publisher::create(
        log,
        snapshots,
        desk.realm.clone(),
        desk.settings,
        signer,
        at(0),
        &mut Repeatable(8),
    )
    .unwrap();
    shows(&publisher, "Publisher", &[], &[]);
    let publication = publisher.publish(at(0)).unwrap().to_string();
    assert!(publication.starts_with("snapshot published: version 1, good until 2027-"), "{publication}");
    let version = StoreVersion::new(b"\"etag\"");
    assert_eq!(
        (format!("{version:?}").as_str(), version.as_bytes()),
        (r#"StoreVersion(\"etag\")"#, &b"\"etag\""[..])
    );
    shows(&MemStore::new(), "MemStore", &["revision: 0", "length: None"], &[]);
    shows(&FileStore::new("/var/log.scl"), "FileStore", &["/var/log.scl"], &[]);
}

#[test]
fn debug_output_on_the_web() {
    let desk = Desk::new(Kind::Encrypted, &Policy::AAL1, at(0));
    let make = |ring: &safeconduct::Ring<safeconduct::Issuing>| {
        (Verifier::new(ring, CONTEXT, &Policy::AAL1, Kind::Encrypted), ())
    };
    let copy = desk.ring.to_text().as_str().parse().unwrap();
    let node = Node::new(copy, 4, Floors::new(), make).unwrap();
    shows(&node, "Node(Current", &["ring_version: 4"], &[]);
    shows(&*node.current(), "Current", &["ring_version: 4", "Ring(issuer)"], &[]);
    let ring = common::ring(&[Kind::Encrypted], 7);
    let csrf = Csrf::new(&ring, CONTEXT, &Policy::AAL2).unwrap();
    shows(&csrf, "Csrf", &["keys: 1"], &[]);
    let token = csrf.token(SessionId::from_bytes([9; 12]), at(0), &mut Repeatable(1)).unwrap();
    assert_eq!(format!("{token:?}"), "CsrfToken(…)");
    let web = Web::new();
    let set = web.log_in("alice", "");
    let mut exchange = web.get(&common::web::cookie(&set));
    shows(&exchange, "Exchange", &["session", "carrier"], &["alice"]);
    shows(&exchange.leaving().unwrap(), "Change", &["leaving: 1"], &[]);
    let headers = exchange.finish(200);
    shows(&headers, "[", &[], &["alice"]);
    let mut exchange = web.begin("POST", &[]);
    exchange.log_in(&common::web::grant("alice"), &mut web.list.clone()).unwrap();
    let login = exchange.finish(303);
    assert!(format!("{login:?}").contains("\"set-cookie\""), "{login:?}");
    let header = login.iter().find(|header| header.name == "set-cookie").unwrap();
    assert_eq!(format!("{header:?}"), "ResponseHeader(set-cookie)");
    shows(&SessionHandle::new(web.get("")), "SessionHandle", &[], &[]);
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL2, Kind::Encrypted);
    let verifier =
        Verifier::new(&ring, CONTEXT, &Policy::AAL2, Kind::Encrypted).dangerous_without_revocation();
    let sessions = WebSessions::new(issuer, verifier, || at(0), || Repeatable(1));
    shows(&sessions, "WebSessions", &["Verifier", "Issuer"], &[]);
}
