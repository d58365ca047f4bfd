//! Anti-forgery tokens: whose they are, how long they last, what is refused.

mod common;

use common::web::{Web, bearer, cookie, headers, session};
use common::{Broken, CONTEXT, Repeatable, at, ring};
use safeconduct::http::{Csrf, CsrfError, NoSharedKey};
use safeconduct::{AuthLevel, Issuing, IssuingKey, Kind, Policy, Ring, Seconds, SessionId, Window, context};

const ID: SessionId = SessionId::from_bytes(*b"twelve bytes");

fn csrf(kinds: &[Kind], seed: u64) -> Csrf {
    Csrf::new(&ring(kinds, seed), CONTEXT, &Policy::AAL1).unwrap()
}

#[test]
fn a_token_survives_renewal_and_dies_with_the_login() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let token = web.get(&browser).csrf_token().unwrap();
    web.sleep(1_000);
    let renewed = cookie(&headers(&web.get(&browser).finish(200)));
    assert_eq!(session(&web.get(&renewed)).rotation(), 1);
    assert!(web.get(&renewed).check_csrf(Some(token.as_str())).is_ok());
    // Another login of the same user, and a step-up.
    let again = cookie(&web.log_in("usr_1", ""));
    assert!(web.get(&again).check_csrf(Some(token.as_str())).is_err());
    let mut exchange = web.begin("POST", &[("cookie", &renewed)]);
    exchange.elevate(AuthLevel::Aal2, Seconds::minutes(1), &mut web.list.clone()).unwrap();
    assert!(exchange.check_csrf(Some(token.as_str())).is_err());
    let raised = exchange.csrf_token().unwrap();
    let jar = cookie(&headers(&exchange.finish(200)));
    assert!(web.get(&jar).check_csrf(Some(raised.as_str())).is_ok());
    assert!(web.get("").check_csrf(Some(raised.as_str())).is_err(), "no session, nothing to compare with");
    assert_eq!(web.get("").csrf_token().unwrap_err(), CsrfError::NoSession);
    // Without a field, the header counts; the field goes first.
    let by_header = [("cookie", &*jar), ("x-csrf-token", raised.as_str())];
    assert!(web.begin("POST", &by_header).check_csrf(None).is_ok());
    assert!(web.begin("POST", &by_header).check_csrf(Some("")).is_err());
    let long = "A".repeat(100_000);
    assert!(web.begin("POST", &[("cookie", &*jar), ("x-csrf-token", &*long)]).check_csrf(None).is_err());
    // Bearers need none: a browser does not send them on its own.
    let bearer = bearer(&web.log_in("usr_1", ""));
    assert!(web.begin("POST", &[("authorization", &*bearer)]).check_csrf(None).is_ok());
}

#[test]
fn nothing_but_the_token_itself_is_accepted() {
    for kind in [Kind::Encrypted, Kind::Nested] {
        let csrf = csrf(&[kind], 7);
        let token = csrf.token(ID, at(0), &mut Repeatable(1)).unwrap();
        let text = token.as_str();
        assert_eq!(text.len(), 44);
        assert!(csrf.check(ID, text, at(0)).is_ok());
        for index in 0..text.len() {
            for other in ["A", "b", "7", "_", "=", "é", ""] {
                let edited = format!("{}{other}{}", &text[..index], &text[index + 1..]);
                assert!(edited == text || csrf.check(ID, &edited, at(0)).is_err(), "{edited}");
            }
        }
        for wrong in ["", "A", &text[..43], &format!("{text}A"), &format!("{text}AAAA"), &text.repeat(100)] {
            assert!(csrf.check(ID, wrong, at(0)).is_err());
        }
        let other = SessionId::from_bytes(*b"twelve bytez");
        assert!(csrf.check(other, text, at(0)).is_err());
        let again = csrf.token(ID, at(0), &mut Repeatable(2)).unwrap();
        assert_ne!(again.as_str()[7..], text[7..], "every token looks different");
        assert_eq!(format!("{token:?}"), "CsrfToken(…)");
    }
}

#[test]
fn keys_contexts_and_windows_hold() {
    let keys = ring(&[Kind::Encrypted, Kind::Nested], 7);
    let one = Csrf::new(&keys, CONTEXT, &Policy::AAL1).unwrap();
    let text = one.token(ID, at(0), &mut Repeatable(1)).unwrap();
    let accepts = |csrf: &Csrf, seconds| csrf.check(ID, text.as_str(), at(seconds)).is_ok();
    assert!(
        accepts(&Csrf::new(&keys.verifying(), CONTEXT, &Policy::AAL1).unwrap(), 0),
        "verifiers share the key"
    );
    assert!(!accepts(&Csrf::new(&keys, context!("shop.example", "other"), &Policy::AAL1).unwrap(), 0));
    assert!(!accepts(&csrf(&[Kind::Encrypted], 8), 0));
    let over = 31 * 86_400;
    assert!(accepts(&one, over - 1) && !accepts(&one, over), "accepted as long as its key");
    assert!(one.token(ID, at(over), &mut Repeatable(1)).is_err());
    assert_eq!(one.token(ID, at(0), &mut Broken).unwrap_err(), CsrfError::Random);
}

#[test]
fn kind_s_has_no_secret_to_share() {
    let signed = ring(&[Kind::Signed], 7);
    assert_eq!(Csrf::new(&signed, CONTEXT, &Policy::AAL1).unwrap_err(), NoSharedKey);
    assert_eq!(Csrf::new(&Ring::<Issuing>::new(), CONTEXT, &Policy::AAL1).unwrap_err(), NoSharedKey);
    // A key of kind `e` beside it is the way out.
    let mut both = ring(&[Kind::Signed], 7);
    let window = Window::new(at(0), Seconds::days(30), Seconds::days(1)).unwrap();
    both.add(IssuingKey::generate(Kind::Encrypted, &mut Repeatable(9)).unwrap(), window).unwrap();
    let csrf = Csrf::new(&both, CONTEXT, &Policy::AAL1).unwrap();
    let token = csrf.token(ID, at(0), &mut Repeatable(1)).unwrap();
    assert!(csrf.check(ID, token.as_str(), at(0)).is_ok());
}

/// Computed by another program, from SPEC section 12.4 and RFC 5869 and 2104 alone.
#[test]
fn golden_token() {
    let ring: Ring<Issuing> = GOLDEN_RING.parse().unwrap();
    let csrf = Csrf::new(&ring, CONTEXT, &Policy::AAL1).unwrap();
    assert!(csrf.check(ID, GOLDEN_TOKEN, at(0)).is_ok());
    assert!(csrf.check(SessionId::from_bytes([0; 12]), GOLDEN_TOKEN, at(0)).is_err());
}

const GOLDEN_RING: &str =
    "sc-ring.v1.issuer.AWUAa0nSAAAnjQAAAVGAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgOoynw";
const GOLDEN_TOKEN: &str = "ZXnhMOJkZWZnaGlqa2xtbm_stuKk_tIPFcgDqEXnFBt4";
