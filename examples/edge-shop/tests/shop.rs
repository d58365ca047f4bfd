//! What can be shown without a platform.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use edge_shop::{Answer, Asked, Bindings, Fetched, Next, Reply, Settings, Shop};
use getrandom::SysRng;
use safeconduct::{
    Issuing, IssuingKey, Journal, JournalSettings, KeyEncryptionKey, Kind, Policy, Realm, Ring,
    RingTextError, RootKey, Seconds, SnapshotSigner, Timestamp, Verifying, Window,
};

const WORD: &str = "a word of the operators";

struct World {
    ring: Ring<Issuing>,
    snapshot: Vec<u8>,
    clock: Arc<AtomicU64>,
    kek: KeyEncryptionKey,
    root: RootKey,
}

impl World {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    fn sleep(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Of keys that begin in the same second, nothing says which one mints.
    fn another_key(&mut self, kind: Kind) {
        self.sleep(1);
        let window = Window::new(self.now(), Seconds::days(30), Seconds::days(1)).unwrap();
        self.ring.add(IssuingKey::generate(kind, &mut SysRng).unwrap(), window).unwrap();
    }

    fn document(&self, version: u64) -> Option<String> {
        Some(self.ring.publish(version, &self.root, &self.kek, &mut SysRng).unwrap())
    }

    fn shop(&self, ring: &str, settings: Settings) -> Shop {
        let clock = self.clock.clone();
        let now = move || Timestamp::from_unix(clock.load(Ordering::Relaxed)).unwrap();
        Shop::open(Some(ring), settings, now, || SysRng).unwrap()
    }
}

fn world(kind: Kind) -> World {
    let signer = SnapshotSigner::generate(&mut SysRng).unwrap();
    let realm = Realm::generate(&[signer.public()], &mut SysRng).unwrap();
    let journal = Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut SysRng).unwrap();
    let mut world = World {
        ring: Ring::new(),
        snapshot: Vec::new(),
        clock: Arc::new(AtomicU64::new(1_800_000_000)),
        kek: KeyEncryptionKey::generate(&mut SysRng).unwrap(),
        root: RootKey::generate(&mut SysRng).unwrap(),
    };
    world.another_key(kind);
    world.ring.add_realm(&realm).unwrap();
    let (journal, _) = journal.commit(world.now(), &signer).unwrap().stored();
    world.snapshot = journal.snapshot(&signer).unwrap();
    world
}

fn bindings(kind: &str) -> Bindings<'_> {
    Bindings { kind: Some(kind), operator: Some(WORD), ..Bindings::default() }
}

fn settings(kind: &str) -> Settings {
    Settings::read(&bindings(kind)).unwrap()
}

fn open(text: &str, kind: &str, world: &World) -> Shop {
    let shop = world.shop(text, settings(kind));
    let fetched = Fetched { snapshot: Some(world.snapshot.clone()), ..Fetched::default() };
    assert_eq!(shop.take(fetched), Ok(true));
    shop
}

fn next(shop: &Shop, method: &str, path: &str, cookies: &str, body: &str, others: &[(&str, &str)]) -> Next {
    let mut headers: Vec<(&str, &[u8])> =
        others.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    headers.push(("Cookie", cookies.as_bytes()));
    shop.answer(&Asked { method, path, headers: &headers, body })
}

fn ask(shop: &Shop, method: &str, path: &str, cookies: &str, body: &str) -> Answer {
    match next(shop, method, path, cookies, body, &[]) {
        Next::Send(answer) => answer,
        Next::Ask(errand) => panic!("an errand to {}", errand.path),
    }
}

fn as_operator(shop: &Shop, cookies: &str, word: &str) -> Answer {
    match next(shop, "GET", "/", cookies, "", &[("Safeconduct-Operator", word)]) {
        Next::Send(answer) => answer,
        Next::Ask(errand) => panic!("an errand to {}", errand.path),
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}

fn state(shop: &Shop) -> String {
    header(&as_operator(shop, "", WORD), "safeconduct-state").unwrap().to_owned()
}

/// What a browser sends back after a login.
fn log_in(shop: &Shop) -> String {
    let answer = ask(shop, "POST", "/login", "", "user=ada");
    assert_eq!(answer.status, 200, "{}", answer.body);
    header(&answer, "set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn a_verifiers_ring_cannot_mint() {
    let world = world(Kind::Nested);
    let text = world.ring.verifying().to_text();
    // There is no issuer without a `Ring<Issuing>`, and no `Ring<Issuing>` in this text.
    assert!(matches!(text.as_str().parse::<Ring<Issuing>>(), Err(RingTextError::OtherRole { .. })));
    assert!(text.as_str().parse::<Ring<Verifying>>().is_ok());
    let edge = open(text.as_str(), "n", &world);
    // Who wants in is passed on.
    let Next::Ask(errand) = next(&edge, "POST", "/login", "", "user=ada", &[]) else { panic!("an answer") };
    assert_eq!((errand.path.as_str(), errand.body.as_str()), ("/n/login", "user=ada"));
    assert_eq!(edge.back_from(None).status, 502);
    // What the issuer's shop makes, it reads, and does not renew.
    let shop = open(world.ring.to_text().as_str(), "n", &world);
    let cookie = log_in(&shop);
    assert!(cookie.starts_with("__Host-sid-a=sc1n"), "{cookie}");
    world.sleep(20 * 60);
    let home = ask(&edge, "GET", "/", &cookie, "");
    assert_eq!((home.status, header(&home, "set-cookie")), (200, None));
    assert!(header(&ask(&shop, "GET", "/", &cookie, ""), "set-cookie").is_some());
}

#[test]
fn what_needs_the_log_goes_to_the_desk_and_nothing_else() {
    let world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    let cookie = log_in(&shop);
    for (path, body) in [("/logout", ""), ("/login", "user=grace"), ("/step-up", "code=1")] {
        let sent = next(&shop, "POST", path, &cookie, body, &[("Sec-Fetch-Site", "same-origin")]);
        let Next::Ask(errand) = sent else { panic!("an answer to {path}") };
        assert_eq!((errand.path, errand.body.as_str()), (format!("/e{path}"), body));
        let expected = [("cookie", cookie.clone()), ("sec-fetch-site", "same-origin".to_owned())];
        assert_eq!(errand.headers, expected);
    }
    // Without a session there is nothing to write down: garbage does not get to the desk.
    for cookie in ["", "__Host-sid-a=garbage.0001", "__Host-sid-a=left.0001", "__Host-sid=sc1eAAAA"] {
        assert_eq!(ask(&shop, "POST", "/logout", cookie, "").status, 200);
        assert_eq!(ask(&shop, "POST", "/step-up", cookie, "code=1").status, 401);
        assert_eq!(ask(&shop, "POST", "/login", cookie, "user=mallory").status, 401);
        assert_eq!(ask(&shop, "POST", "/login", cookie, "user=ada").status, 200);
    }
    // An idle session is one still: its token would be good for a log-out.
    world.sleep(40 * 60);
    assert_eq!(ask(&shop, "GET", "/", &cookie, "").status, 401);
    assert!(matches!(next(&shop, "POST", "/logout", &cookie, "", &[]), Next::Ask(_)));
    // The desk's cookies go back as they are; its refusal looks like ours.
    let set_cookies = vec!["a=1".to_owned(), "b=2".to_owned()];
    let answer = shop.back_from(Some(Reply { status: 200, set_cookies, body: "in\n".to_owned() }));
    let lines: Vec<_> = answer.headers.iter().filter(|(name, _)| *name == "set-cookie").collect();
    assert_eq!((answer.status, lines.len(), header(&answer, "cache-control")), (200, 2, Some("no-store")));
    let refused = shop.back_from(Some(Reply { status: 401, ..Reply::default() }));
    assert_eq!(refused, ask(&shop, "GET", "/", "", ""));
    assert_eq!(shop.back_from(Some(Reply { status: 418, ..Reply::default() })).status, 502);
}

#[test]
fn what_is_wrong_with_a_binding_is_said_and_no_secret() {
    let world = world(Kind::Encrypted);
    let ring = world.ring.to_text();
    let why = |ring: Option<&str>, kind: &str| {
        Shop::open(ring, settings(kind), || Timestamp::MIN, || SysRng).err().unwrap().to_string()
    };
    assert_eq!(why(None, "e"), "the binding RING is missing");
    assert_eq!(why(Some(ring.as_str()), "n"), "the binding RING has no key of kind n");
    for cut in (0..ring.as_str().len()).step_by(7) {
        let text = &ring.as_str()[..cut];
        let said = why(Some(text), "e");
        assert!(said.starts_with("the binding RING "), "{said}");
        assert!(cut < 30 || !said.contains(&text[20..28]), "{said}");
    }
    let mut bare = Ring::new();
    let window = Window::new(world.now(), Seconds::days(1), Seconds::days(1)).unwrap();
    bare.add(IssuingKey::generate(Kind::Encrypted, &mut SysRng).unwrap(), window).unwrap();
    assert_eq!(
        why(Some(bare.to_text().as_str()), "e"),
        "the binding RING does not do: the ring has no revocation realm"
    );
    let read = |bindings: Bindings<'_>| Settings::read(&bindings).err().unwrap().to_string();
    let bindings = Bindings::default();
    assert_eq!(read(Bindings { kind: Some("x"), ..bindings }), "the binding KIND is neither e nor n");
    assert_eq!(
        read(Bindings { stale: Some("maybe"), ..bindings }),
        "the binding STALE is neither refuse nor go-on"
    );
    assert!(read(Bindings { refresh: Some("soon"), ..bindings }).starts_with("the binding REFRESH"));
    assert!(read(Bindings { lifetimes: Some("1/2"), ..bindings }).starts_with("the binding LIFETIMES"));
    let short = read(Bindings { operator: Some("hunter2"), ..bindings });
    assert!(short.starts_with("the binding OPERATOR") && !short.contains("hunter2"));
    let key = format!("sc-kek.v1.{}", "5a".repeat(32));
    let keys = |key, root| read(Bindings { ring_key: key, ring_root: root, ..bindings });
    assert_eq!(keys(Some(&key), None), "the binding RING_ROOT is missing, and RING_KEY is there");
    assert_eq!(keys(None, Some("5a")), "the binding RING_KEY is missing, and RING_ROOT is there");
    assert!(!keys(Some(&key[..40]), Some("5a")).contains("5a5a"));
    assert!(keys(Some(&key), Some("5a")).starts_with("the binding RING_ROOT"));
    assert!(keys(Some(&key), Some(&"00".repeat(32))).starts_with("the binding RING_ROOT"), "a weak key");
}

#[test]
fn operators_see_the_state_and_nobody_else() {
    let world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    let answer = as_operator(&shop, "__Host-sid-a=sc1eAAAA.0001", WORD);
    assert_eq!(header(&answer, "safeconduct-why"), Some("Malformed"));
    assert_eq!(state(&shop), "mints; ring=0; snapshot=1 age=0; stale=refuse");
    let garbage = Fetched { snapshot: Some(vec![7; 300]), ..Fetched::default() };
    assert!(shop.take(garbage).is_err());
    assert!(state(&shop).contains("trouble=the revocation snapshot: not a revocation snapshot"));
    for said in ["", "a word of the operator", "A word of the operators"] {
        let answer = as_operator(&shop, "", said);
        assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("safeconduct-")), "{said:?}");
    }
}

#[test]
fn a_new_secret_is_taken_together_with_its_snapshot_or_not_at_all() {
    let mut world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    world.another_key(Kind::Encrypted);
    let ring = Some(world.ring.to_text().as_str().to_owned());
    let key = |shop: &Shop| log_in(shop)[17..22].to_owned();
    let before = key(&shop);
    let bad = Fetched { ring: ring.clone(), snapshot: Some(vec![0; 10]), ..Fetched::default() };
    assert!(shop.take(bad).is_err());
    assert_eq!(key(&shop), before);
    let text = Some("sc-ring.v1.nonsense".to_owned());
    assert!(shop.take(Fetched { ring: text, ..Fetched::default() }).is_err());
    let other = self::world(Kind::Nested).ring.to_text().as_str().to_owned();
    let why = shop.take(Fetched { ring: Some(other), ..Fetched::default() }).unwrap_err();
    assert_eq!(why, "the new ring has no key of kind e");
    assert_eq!(key(&shop), before);
    // Where rings are not published, documents are not looked at: there is nothing to check them by.
    let document = world.document(1);
    assert_eq!(shop.take(Fetched { document, ..Fetched::default() }), Ok(false));
    assert_eq!(shop.take(Fetched { ring: ring.clone(), ..Fetched::default() }), Ok(true));
    assert_ne!(key(&shop), before);
    assert_eq!(shop.take(Fetched { ring, ..Fetched::default() }), Ok(false));
}

#[test]
fn published_rings_come_from_a_store_that_is_not_trusted() {
    let mut world = world(Kind::Encrypted);
    let key = format!("sc-kek.v1.{}", hex::encode(*world.kek.to_secret_bytes()));
    let root = hex::encode(world.root.public().to_bytes());
    let published = Bindings { ring_key: Some(&key), ring_root: Some(&root), ..bindings("e") };
    let shop = world.shop(world.ring.to_text().as_str(), Settings::read(&published).unwrap());
    let take = |world: &World, document| {
        shop.take(Fetched { document, snapshot: Some(world.snapshot.clone()), ..Fetched::default() })
    };
    assert!(shop.wants_documents());
    // A store that is not there yet: the ring of the binding does it.
    assert_eq!(take(&world, None), Ok(true));
    assert!(state(&shop).starts_with("mints; ring=0; snapshot=1"));
    let old = world.document(1);
    assert_eq!(take(&world, old.clone()), Ok(true));
    world.another_key(Kind::Encrypted);
    let new = world.document(2);
    assert_eq!(take(&world, new.clone()), Ok(true));
    assert_eq!(take(&world, new.clone()), Ok(false));
    assert!(state(&shop).starts_with("mints; ring=2; snapshot=1"));
    let cookie = log_in(&shop);
    // Whoever writes to the store can take nothing back and put nothing in, and what he does is seen.
    let mut altered = new.clone().unwrap();
    altered.replace_range(100..101, if &altered[100..101] == "A" { "B" } else { "A" });
    let forged = world.ring.publish(3, &RootKey::generate(&mut SysRng).unwrap(), &world.kek, &mut SysRng);
    let unwrapped = world.ring.to_text().as_str().to_owned();
    world.another_key(Kind::Encrypted);
    let twice = world.document(2);
    let nested = self::world(Kind::Nested).ring;
    let other_kind = nested.publish(4, &world.root, &world.kek, &mut SysRng).unwrap();
    for bad in
        [old, Some(altered), forged.ok(), Some(unwrapped), Some(String::new()), twice, Some(other_kind)]
    {
        assert!(take(&world, bad).is_err());
        assert!(state(&shop).starts_with("mints; ring=2; snapshot=1"));
        assert!(state(&shop).contains("trouble="), "{}", state(&shop));
        assert_eq!(ask(&shop, "GET", "/", &cookie, "").status, 200);
    }
    // A version that was refused for its contents is not used up.
    assert_eq!(take(&world, world.document(4)), Ok(true));
    assert!(!state(&shop).contains("trouble="));
}

#[test]
fn a_damaged_ring_does_not_keep_a_snapshot_out() {
    let world = world(Kind::Encrypted);
    let shop = world.shop(world.ring.to_text().as_str(), settings("e"));
    let ring = Some("sc-ring.v1.nonsense".to_owned());
    let snapshot = Some(world.snapshot.clone());
    assert!(shop.take(Fetched { ring, snapshot, ..Fetched::default() }).is_err());
    assert!(state(&shop).contains("snapshot=1") && state(&shop).contains("trouble=the new ring"));
}

#[test]
fn other_sites_cannot_post() {
    let world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    let cookie = log_in(&shop);
    for (site, status) in [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)] {
        for (path, cookie) in [("/login", ""), ("/logout", &cookie), ("/step-up", &cookie)] {
            match next(&shop, "POST", path, cookie, "user=ada", &[("sec-fetch-site", site)]) {
                Next::Send(answer) => assert_eq!(answer.status, status, "{site} {path}"),
                Next::Ask(_) => assert_eq!(status, 200, "{site} {path}"),
            }
        }
    }
}

#[test]
fn news_are_wanted_when_the_interval_is_over() {
    let world = world(Kind::Encrypted);
    let shop = world.shop(world.ring.to_text().as_str(), settings("e"));
    assert!(shop.wants_news());
    assert!(shop.take(Fetched { failure: Some("no".into()), ..Fetched::default() }).is_err());
    world.sleep(29);
    assert!(!shop.wants_news());
    world.sleep(1);
    assert!(shop.wants_news());
    let before = Fetched { snapshot: Some(world.snapshot.clone()), ..Fetched::default() };
    assert_eq!(shop.take(before), Ok(true));
    world.clock.fetch_sub(1, Ordering::Relaxed);
    assert!(shop.wants_news(), "the clock was set back");
}
