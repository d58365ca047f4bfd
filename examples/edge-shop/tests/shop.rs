//! What can be shown without a platform.

use edge_shop::{Answer, Asked, Bindings, COOKIE, Fetched, Next, Settings, Shop, token_in};
use getrandom::SysRng;
use safeconduct::{
    Issuing, IssuingKey, Journal, JournalSettings, Kind, Policy, Realm, Ring, RingTextError, Seconds,
    SnapshotSigner, Timestamp, Verifying, Window,
};

const WORD: &str = "a word of the operators";

struct World {
    ring: Ring<Issuing>,
    snapshot: Vec<u8>,
    now: Timestamp,
}

fn world(kind: Kind) -> World {
    let now = Timestamp::from_unix(1_800_000_000).unwrap();
    let signer = SnapshotSigner::generate(&mut SysRng).unwrap();
    let realm = Realm::generate(&[signer.public()], &mut SysRng).unwrap();
    let mut ring = Ring::new();
    let window = Window::new(now, Seconds::days(30), Seconds::days(1)).unwrap();
    ring.add(IssuingKey::generate(kind, &mut SysRng).unwrap(), window).unwrap();
    ring.add_realm(&realm).unwrap();
    let journal = Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut SysRng).unwrap();
    let (journal, _) = journal.commit(now, &signer).unwrap().stored();
    World { ring, snapshot: journal.snapshot(&signer).unwrap(), now }
}

fn settings(kind: &str) -> Settings {
    Settings::read(&Bindings { kind: Some(kind), operator: Some(WORD), ..Bindings::default() }).unwrap()
}

fn open(text: &str, kind: &str, world: &World) -> Shop {
    let shop = Shop::open(Some(text), settings(kind)).unwrap();
    let fetched = Fetched { snapshot: Some(world.snapshot.clone()), ..Fetched::default() };
    assert_eq!(shop.take(fetched, world.now), Ok(true));
    shop
}

fn ask(
    shop: &Shop,
    now: Timestamp,
    method: &str,
    path: &str,
    cookies: Option<&str>,
    body: &str,
    operator: Option<&str>,
) -> Answer {
    match shop.answer(&Asked { method, path, cookies, site: None, operator, body }, now, &mut SysRng) {
        Next::Send(answer) => answer,
        Next::Ask(errand) => panic!("an errand to {}", errand.path),
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_verifiers_ring_cannot_mint() {
    let world = world(Kind::Nested);
    let text = world.ring.verifying().to_text();
    // There is no issuer without a `Ring<Issuing>`, and no `Ring<Issuing>` in this text.
    assert!(matches!(text.as_str().parse::<Ring<Issuing>>(), Err(RingTextError::OtherRole { .. })));
    assert!(text.as_str().parse::<Ring<Verifying>>().is_ok());
    let edge = open(text.as_str(), "n", &world);
    assert_eq!(ask(&edge, world.now, "POST", "/login", None, "user=ada", None).status, 404);
    // What the issuer's shop makes, it reads.
    let shop = open(world.ring.to_text().as_str(), "n", &world);
    let cookie = header(&ask(&shop, world.now, "POST", "/login", None, "user=ada", None), "set-cookie")
        .unwrap()
        .to_owned();
    let cookie = cookie.split(';').next().unwrap();
    assert!(cookie.starts_with(&format!("{COOKIE}=sc1n")));
    let later = world.now.saturating_add(Seconds::minutes(20));
    let home = ask(&edge, later, "GET", "/", Some(cookie), "", None);
    assert_eq!((home.status, header(&home, "set-cookie")), (200, None));
    assert!(header(&ask(&shop, later, "GET", "/", Some(cookie), "", None), "set-cookie").is_some());
}

#[test]
fn what_is_wrong_with_a_binding_is_said_and_no_secret() {
    let world = world(Kind::Encrypted);
    let ring = world.ring.to_text();
    let why = |ring: Option<&str>, kind: &str| Shop::open(ring, settings(kind)).err().unwrap().to_string();
    assert_eq!(why(None, "e"), "the binding RING is missing");
    assert_eq!(why(Some(ring.as_str()), "n"), "the binding RING has no key of kind n");
    for cut in (0..ring.as_str().len()).step_by(7) {
        let text = &ring.as_str()[..cut];
        let said = why(Some(text), "e");
        assert!(said.starts_with("the binding RING "), "{said}");
        assert!(cut < 30 || !said.contains(&text[20..28]), "{said}");
    }
    let mut bare = Ring::new();
    let window = Window::new(world.now, Seconds::days(1), Seconds::days(1)).unwrap();
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
}

#[test]
fn operators_see_the_state_and_nobody_else() {
    let world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    let answer = ask(&shop, world.now, "GET", "/", Some("__Host-sid=sc1eAAAA"), "", Some(WORD));
    assert_eq!(header(&answer, "safeconduct-why"), Some("Malformed"));
    assert_eq!(header(&answer, "safeconduct-state"), Some("mints; ring=0; snapshot=1 age=0; stale=refuse"));
    let garbage = Fetched { snapshot: Some(vec![7; 300]), ..Fetched::default() };
    assert!(shop.take(garbage, world.now).is_err());
    let answer = ask(&shop, world.now, "GET", "/", None, "", Some(WORD));
    assert!(
        header(&answer, "safeconduct-state")
            .unwrap()
            .contains("trouble=the revocation snapshot: not a revocation snapshot")
    );
    for said in [None, Some(""), Some("a word of the operator"), Some("A word of the operators")] {
        let answer = ask(&shop, world.now, "GET", "/", None, "", said);
        assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("safeconduct-")), "{said:?}");
    }
}

#[test]
fn a_new_ring_is_taken_together_with_its_snapshot_or_not_at_all() {
    let mut world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    let window = Window::new(world.now, Seconds::days(30), Seconds::days(1)).unwrap();
    world.ring.add(IssuingKey::generate(Kind::Encrypted, &mut SysRng).unwrap(), window).unwrap();
    let ring = Some(world.ring.to_text().as_str().to_owned());
    let state = |shop: &Shop| {
        let answer = ask(shop, world.now, "GET", "/", None, "", Some(WORD));
        header(&answer, "safeconduct-state").unwrap().split("; trouble").next().unwrap().to_owned()
    };
    let bad = Fetched { ring: ring.clone(), snapshot: Some(vec![0; 10]), failure: None };
    assert!(shop.take(bad, world.now).is_err());
    assert!(state(&shop).starts_with("mints; ring=0;"));
    let text = Some("sc-ring.v1.nonsense".to_owned());
    assert!(shop.take(Fetched { ring: text, ..Fetched::default() }, world.now).is_err());
    assert!(state(&shop).starts_with("mints; ring=0;"));
    assert_eq!(shop.take(Fetched { ring: ring.clone(), ..Fetched::default() }, world.now), Ok(true));
    assert!(state(&shop).starts_with("mints; ring=1;"));
    assert_eq!(shop.take(Fetched { ring, ..Fetched::default() }, world.now), Ok(false));
    assert!(state(&shop).starts_with("mints; ring=1;"));
}

#[test]
fn other_sites_cannot_post() {
    let world = world(Kind::Encrypted);
    let shop = open(world.ring.to_text().as_str(), "e", &world);
    for (site, status) in [
        (None, 200),
        (Some("same-origin"), 200),
        (Some("none"), 200),
        (Some("same-site"), 403),
        (Some("cross-site"), 403),
    ] {
        let asked =
            Asked { method: "POST", path: "/login", cookies: None, site, operator: None, body: "user=ada" };
        let Next::Send(answer) = shop.answer(&asked, world.now, &mut SysRng) else { panic!("an errand") };
        assert_eq!(answer.status, status, "{site:?}");
    }
}

#[test]
fn news_are_wanted_when_the_interval_is_over() {
    let world = world(Kind::Encrypted);
    let shop = Shop::open(Some(world.ring.to_text().as_str()), settings("e")).unwrap();
    assert!(shop.wants_news(world.now));
    assert!(shop.take(Fetched { failure: Some("no".into()), ..Fetched::default() }, world.now).is_err());
    let after = |seconds| world.now.saturating_add(Seconds::new(seconds));
    assert!(!shop.wants_news(after(29)));
    assert!(shop.wants_news(after(30)));
    assert!(shop.wants_news(world.now.saturating_sub(Seconds::new(1))), "the clock was set back");
}

#[test]
fn cookies_are_read_as_browsers_write_them() {
    for (header, found) in [
        ("__Host-sid=abc", Some("abc")),
        ("a=b; __Host-sid=abc; c=d", Some("abc")),
        ("a=b;\t__Host-sid=abc\t;c=d", Some("abc")),
        ("__Host-sid=", Some("")),
        ("__Host-sid=a=b", Some("a=b")),
        ("__Host-sid=one; __Host-sid=two", None),
        ("__host-sid=abc", None),
        ("x__Host-sid=abc", None),
        ("__Host-sid", None),
        ("", None),
        (";;;===;;", None),
    ] {
        assert_eq!(token_in(header), found, "{header}");
    }
}
