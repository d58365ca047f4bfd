//! What stands in headers, byte for byte, and what is read from them.

mod common;

use common::web::{Web, bearer, cookie, cookies, grant, headers, session, user};
use common::{Service, at, subject};
use safeconduct::http::{
    ClearSiteData, Exchange, Generation, Incoming, Provenance, SessionCookie, Slot, Transport,
};
use safeconduct::{AuthLevel, Grant, Kind, Policy};

const ATTRIBUTES: &str = "; Secure; HttpOnly; SameSite=Lax; Path=/";

#[test]
fn a_login_sets_one_cookie_and_forbids_caching() {
    let web = Web::new();
    let sent = web.log_in("usr_1", "");
    let (name, token) = cookies(&sent).remove(0);
    assert!(token.starts_with("sc1e") && token.ends_with(".0001") && name == "__Host-sid-a");
    let golden = [
        ("set-cookie".to_owned(), format!("__Host-sid-a={token}{ATTRIBUTES}")),
        ("cache-control".to_owned(), "no-store".to_owned()),
    ];
    assert_eq!(sent, golden);
}

#[test]
fn attributes_follow_the_settings() {
    let mut web = Web::new();
    web.transport =
        Transport::new().cookie(SessionCookie::named("__Host-shop").unwrap().strict().persistent());
    let sent = web.log_in("usr_1", "");
    let value = &cookies(&sent)[0].1;
    let attributes = "; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=28800";
    assert_eq!(sent[0].1, format!("__Host-shop-a={value}{attributes}"));
    // What remains of the session, and not the same again.
    web.sleep(1_000);
    let renewed = headers(&web.get(&cookie(&sent)).finish(200));
    assert!(renewed[0].1.ends_with("Path=/; Max-Age=27800"), "{renewed:?}");
    // Browsers cut lives at 400 days, so nothing longer is written.
    assert_eq!(SessionCookie::LONGEST_LIFE, 34_560_000);
}

#[test]
fn cookies_are_deleted_with_the_attributes_they_were_set_with() {
    let deleted = headers(&SessionCookie::new().delete(Slot::B));
    assert_eq!(deleted[0].1, format!("__Host-sid-b={ATTRIBUTES}; Max-Age=0"));
    assert_eq!(deleted[1], ("cache-control".to_owned(), "no-store".to_owned()));
}

#[test]
fn logging_out_vacates_the_slot_and_offers_to_clear_more() {
    let web = Web::new();
    let jar = cookie(&web.log_in("usr_1", ""));
    for (what, value) in [
        (ClearSiteData::CacheAndStorage, "\"cache\", \"storage\""),
        (ClearSiteData::CacheCookiesAndStorage, "\"cache\", \"cookies\", \"storage\""),
    ] {
        let mut exchange = web.begin("POST", &[("cookie", &jar)]);
        exchange.log_out(&mut web.list.clone()).unwrap();
        exchange.clear_site_data(what);
        let golden = [
            ("set-cookie", format!("__Host-sid-a=left.0001{ATTRIBUTES}; Max-Age=600")),
            ("clear-site-data", value.to_owned()),
            ("cache-control", "no-store".to_owned()),
        ];
        assert_eq!(headers(&exchange.finish(303)), golden.map(|(name, value)| (name.to_owned(), value)));
    }
    assert_eq!(user(&web.get(&jar)), None, "the session is out, not only the cookie");
}

#[test]
fn names_without_the_host_prefix_are_refused() {
    for name in ["sid", "__host-sid", "__Secure-sid", "__Host-", "__Host-a b", "__Host-a=b", "__Host-ä", ""]
    {
        assert!(SessionCookie::named(name).is_err(), "{name}");
    }
    let longest: &'static str = "__Host-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_eq!(longest.len(), 64);
    assert!(SessionCookie::named(longest).is_ok());
    assert!(SessionCookie::named(format!("{longest}a").leak()).is_err());
    assert_eq!(SessionCookie::named("__Host-Http-sid").unwrap().name(), "__Host-Http-sid");
}

#[test]
fn a_cookie_of_4096_bytes_is_set_and_one_of_4097_is_not() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let mut met = Vec::new();
    // Lengths of base64url skip every fourth number; names of several lengths reach them all.
    for extra in 1..5 {
        let name: &'static str = format!("__Host-{}", "n".repeat(extra)).leak();
        let cookie = SessionCookie::named(name).unwrap();
        for padding in 2_900..2_960 {
            let grant = Grant::new(subject(), AuthLevel::Aal1).claims("x".repeat(padding));
            let token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
            let length = name.len() + "-a=".len() + token.as_str().len() + ".0001".len() + ATTRIBUTES.len();
            match cookie.set(Slot::A, Generation::NONE.next(), &token, at(0)) {
                Ok(sent) => {
                    assert_eq!(headers(&sent)[0].1.len(), length);
                    assert!(length <= 4_096 && token.as_str().len() <= cookie.longest_token());
                }
                Err(too_large) => {
                    assert_eq!(too_large.bytes(), length);
                    assert!(
                        too_large.to_string().starts_with(&format!("the cookie would have {length} bytes"))
                    );
                    assert!(length > 4_096 && token.as_str().len() > cookie.longest_token());
                }
            }
            met.push(length);
        }
    }
    for length in 4_093..=4_099 {
        assert!(met.contains(&length), "no cookie had {length} bytes");
    }
}

#[test]
fn headers_of_a_bundle_cannot_be_told_apart_from_their_cache_control() {
    let web = Web::new();
    let jar = cookie(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let bundles = [
        web.get(&jar).finish(200),
        SessionCookie::new().vacate(Slot::A, Generation::NONE),
        session_csrf(&web, &jar).cookie(),
    ];
    for bundle in bundles {
        let last = bundle.iter().last().unwrap();
        assert_eq!((last.name, last.value, last.replaces), ("cache-control", "no-store", true));
        assert!(bundle.iter().filter(|header| header.name == "set-cookie").all(|header| !header.replaces));
        assert!(!format!("{bundle:?}").contains("sc1e"), "no token in Debug");
    }
    assert!(web.get("").finish(200).is_empty(), "and nothing at all where there is nothing to say");
}

fn session_csrf(web: &Web, jar: &str) -> safeconduct::http::CsrfToken {
    web.get(jar).csrf_token().unwrap()
}

#[test]
fn only_the_session_cookie_is_looked_at() {
    let web = Web::new();
    let token = cookies(&web.log_in("usr_1", "")).remove(0).1;
    let long = format!("{}; __Host-sid-a={token}", "x=y; ".repeat(20_000));
    for (header, expected) in [
        (format!("__Host-sid-a={token}"), true),
        (format!("a=b;__Host-sid-a={token} ;c"), true),
        (format!("__Host-sid-b={token}"), true),
        (long, true),
        // The same cookie twice: nobody is asked which.
        (format!("__Host-sid-a={token}; __Host-sid-a={token}"), false),
        (format!("__Host-sid-a=; __Host-sid-a={token}"), false),
        // Tossed from a sibling domain under names that look alike.
        (format!("__HOST-sid-a={token}"), false),
        (format!("__Host-sid={token}"), false),
        (format!("__Host-sid-aa={token}"), false),
        (format!("__Host-sid-a.1={token}"), false),
        (format!("__Host-sid-a=\"{token}\""), false),
        (format!("__Host-sid-a={token}é"), false),
        (format!("__Host-sid-a={token}A"), false),
        (format!("__Host-sid-a {token}"), false),
        // Without a generation, or with another spelling of it.
        (format!("__Host-sid-a={}", token.trim_end_matches(".0001")), false),
        (format!("__Host-sid-a={token}.0001"), false),
        (format!("__Host-sid-a={}", token.replace(".0001", ".1")), false),
        (format!("__Host-sid-a={}", token.replace(".0001", ".+001")), false),
        (format!("__Host-sid-a={}", token.replace(".0001", ".0000")), false),
        (format!("__Host-sid-a={}", token.replace(".0001", ".9999")), true),
        (format!("__Host-sid-a=x{}", "y".repeat(100_000)), false),
        (String::new(), false),
    ] {
        let mut exchange = web.get(&header);
        assert_eq!(user(&exchange).is_some(), expected, "{}", &header[..header.len().min(60)]);
        assert!(exchange.finish(200).is_empty(), "and no cookie is touched");
    }
    // Beside a doubled slot, the other one still counts.
    let header = format!("__Host-sid-a=x; __Host-sid-a=y; __Host-sid-b={token}");
    assert!(user(&web.get(&header)).is_some());
    // Several header lines are one list.
    let lines = [("cookie", "a=b"), ("Cookie", &*format!("__Host-sid-a={token}"))];
    assert!(user(&web.begin("GET", &lines)).is_some());
    // Bytes that are no text.
    let bytes = [b"__Host-sid-a=".as_slice(), token.as_bytes(), b"\xff"].concat();
    let incoming = Incoming::new(web.transport, "GET", [("cookie", &bytes)]);
    assert_eq!(user(&Exchange::begin(web.source.clone(), &incoming)), None);
}

#[test]
fn bearer_tokens_come_alone() {
    let web = Web::new();
    let sent = web.log_in("usr_1", "");
    let (bearer, jar) = (bearer(&sent), cookie(&sent));
    let token = bearer.trim_start_matches("Bearer ");
    let good = |headers: &[(&str, &str)]| user(&web.begin("GET", headers)).is_some();
    assert!(good(&[("authorization", &bearer)]));
    assert!(good(&[("Authorization", &bearer.replace("Bearer", "bEARER"))]));
    assert!(!good(&[("authorization", token)]));
    assert!(!good(&[("authorization", &format!("Basic {token}"))]));
    assert!(good(&[("authorization", "Basic dTpw"), ("cookie", &jar)]), "another scheme is somebody else's");
    assert!(
        !good(&[("authorization", "Bearer x"), ("cookie", &jar)]),
        "a refused bearer token is not replaced"
    );
    assert!(!good(&[("authorization", &bearer), ("authorization", &bearer)]));
    assert!(!good(&[("authorization", "Basic dTpw"), ("authorization", &bearer), ("cookie", &jar)]));
    // Never from anywhere else, and not where it is switched off.
    assert!(!good(&[
        ("x-authorization", &bearer),
        ("referer", &format!("https://shop.example/?token={token}"))
    ]));
    let off = Incoming::new(Transport::new().without_bearer(), "GET", [("authorization", &*bearer)]);
    assert!(!off.brings_token());
    let off = Incoming::new(Transport::new().without_cookie(), "GET", [("cookie", &*jar)]);
    assert!(!off.brings_token());
}

#[test]
fn renewal_goes_where_the_token_came_from_and_only_when_all_is_well() {
    let mut web = Web::new();
    let sent = web.log_in("usr_1", "");
    let (jar, bearer) = (cookie(&sent), bearer(&sent));
    let by_bearer = [("authorization", &*bearer)];
    web.sleep(899);
    assert!(web.get(&jar).finish(200).is_empty(), "not before half the idle time");
    web.sleep(1);
    for (status, renews) in [
        (200, true),
        (204, true),
        (302, true),
        (404, true),
        (304, false),
        (101, false),
        (500, false),
        (503, false),
    ] {
        let sent = headers(&web.get(&jar).finish(status));
        assert_eq!(!sent.is_empty(), renews, "{status}");
        assert!(!renews || sent[0].1.starts_with("__Host-sid-a=sc1e"), "{sent:?}");
    }
    assert!(web.begin("GET", &by_bearer).finish(200).is_empty(), "off unless asked for");
    web.transport = Transport::new().renewed_bearer("session-token");
    let sent = headers(&web.begin("GET", &by_bearer).finish(200));
    assert_eq!((sent[0].0.as_str(), sent[1].0.as_str()), ("session-token", "cache-control"));
    assert!(sent[0].1.starts_with("sc1e") && sent.len() == 2, "a bearer token sets no cookie");
    // The handler sees the successor in the same request.
    let mut exchange = web.get(&jar);
    assert_eq!((session(&exchange).rotation(), session(&exchange).issued_at()), (1, at(900)));
    let sent = cookie(&headers(&exchange.finish(200)));
    assert_eq!(session(&web.get(&sent)).token_id(), session(&exchange).token_id());
}

#[test]
fn other_sites_cannot_make_a_browser_act() {
    let transport = Transport::new().trusted_origins(&["https://pay.example"]);
    let of = |method, headers: &[(&str, &str)]| {
        Incoming::new(transport, method, headers.iter().copied()).provenance()
    };
    let site = |site| of("POST", &[("sec-fetch-site", site), ("origin", "https://evil.example")]);
    assert_eq!(site("same-origin"), Provenance::Ours);
    assert_eq!(site("none"), Provenance::Ours);
    for foreign in ["cross-site", "same-site", "", "SAME-ORIGIN"] {
        assert_eq!(site(foreign), Provenance::Foreign, "{foreign}");
    }
    let origin = |origin| of("POST", &[("origin", origin), ("host", "shop.example:8443")]);
    assert_eq!(origin("https://SHOP.example:8443"), Provenance::Ours);
    let others = ["https://shop.example", "https://a.shop.example:8443", "null", "", "shop.example:8443"];
    let schemes = ["a:https://shop.example:8443", "//shop.example:8443", "https:shop.example:8443"];
    for foreign in others.into_iter().chain(schemes) {
        assert_eq!(origin(foreign), Provenance::Foreign, "{foreign}");
    }
    // Twice is never once, and a trusted origin may.
    let twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")];
    assert_eq!(of("POST", &twice), Provenance::Foreign);
    let trusted = [("sec-fetch-site", "cross-site"), ("origin", "https://pay.example")];
    assert_eq!(of("POST", &trusted), Provenance::Ours);
    let h2 = Incoming::new(transport, "PUT", [("origin", "https://shop.example")]);
    assert_eq!(h2.authority(Some("shop.example")).provenance(), Provenance::Ours);
    assert_eq!(of("DELETE", &[]), Provenance::Unsaid);
    for safe in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        assert_eq!(of(safe, &[("sec-fetch-site", "cross-site")]), Provenance::Ours, "{safe}");
    }
    for unsafe_one in ["POST", "PUT", "PATCH", "DELETE", "get", "QUERY"] {
        assert_eq!(of(unsafe_one, &[("sec-fetch-site", "cross-site")]), Provenance::Foreign, "{unsafe_one}");
    }
}

#[test]
fn a_request_of_another_site_is_answered_with_403_whoever_is_there() {
    let web = Web::new();
    let sent = web.log_in("usr_1", "");
    let (jar, bearer) = (cookie(&sent), bearer(&sent));
    web.sleep(1_000);
    for cookies in [jar.as_str(), ""] {
        let mut exchange = web.begin("POST", &[("cookie", cookies), ("sec-fetch-site", "cross-site")]);
        assert_eq!(exchange.session().unwrap_err().status(), 403);
        assert!(exchange.check_csrf(None).is_err());
        let mut list = web.list.clone();
        assert_eq!(exchange.log_in(&grant("usr_2"), &mut list).unwrap_err().status(), 403);
        assert_eq!(exchange.log_out(&mut list).unwrap_err().status(), 403);
        assert!(exchange.finish(403).is_empty(), "not even a renewal");
    }
    assert!(user(&web.get(&jar)).is_some(), "nobody was logged out by it");
    // A bearer token is not sent by a browser on its own.
    let headers = [("authorization", bearer.as_str()), ("sec-fetch-site", "cross-site")];
    assert!(user(&web.begin("POST", &headers)).is_some());
}
