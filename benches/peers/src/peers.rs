//! The peers, each at its best: keys loaded once, claims borrowed where the library lets them be.
//!
//! Their session id is given and not drawn, so that minting costs them no more randomness than their own format needs.

use std::sync::Arc;

use biscuit_auth::AuthorizerLimits;
use biscuit_auth::macros::{authorizer, biscuit};
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, MemoryStore, Session};

use crate::{Peer, SUBJECT, Sort, now, random};

/// What all of them carry.
#[derive(Clone, Serialize, Deserialize)]
struct Claims<'a> {
    sid: &'a str,
    sub: &'a str,
    iat: u64,
    exp: u64,
    rot: u32,
    lvl: u8,
}

/// The same for libraries that insist on claims of their own.
#[derive(Clone, Serialize, Deserialize)]
struct Owned {
    sid: String,
    sub: String,
    iat: u64,
    exp: u64,
    rot: u32,
    lvl: u8,
}

/// And for one that adds subject and times itself.
#[derive(Clone, Serialize, Deserialize)]
struct Rest {
    sid: String,
    rot: u32,
    lvl: u8,
}

/// 16 bytes.
const ID: &str = "N2iUq3m9T1eZ0aXcVb5kLw";

fn claims() -> Claims<'static> {
    Claims { sid: ID, sub: SUBJECT, iat: now(), exp: now() + 1_800, rot: 0, lvl: 1 }
}

fn owned() -> Owned {
    let Claims { sid, sub, iat, exp, rot, lvl } = claims();
    Owned { sid: sid.into(), sub: sub.into(), iat, exp, rot, lvl }
}

fn good(json: &[u8]) -> bool {
    serde_json::from_slice::<Claims>(json).is_ok_and(|claims| claims.sub == SUBJECT && claims.exp > now())
}

fn peer(
    name: &'static str,
    package: &'static str,
    sort: Sort,
    mint: impl FnMut() -> String + 'static,
    verify: impl FnMut(&str) -> bool + 'static,
) -> Peer {
    Peer { name, package, sort, mint: Box::new(mint), verify: Box::new(verify) }
}

pub fn all() -> Vec<Peer> {
    let mut all = jsonwebtoken();
    all.extend(jwt_simple());
    all.extend(pasetors());
    all.extend([rusty_paseto(), branca(), fernet(), biscuit(), cookie(), tower_sessions()]);
    all
}

fn jsonwebtoken() -> Vec<Peer> {
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
    let one = |name, algorithm, encoding: EncodingKey, decoding: DecodingKey| {
        let (header, claims, validation) = (Header::new(algorithm), claims(), Validation::new(algorithm));
        peer(
            name,
            "jsonwebtoken",
            Sort::Readable,
            move || encode(&header, &claims, &encoding).expect("a token"),
            move |text| {
                decode::<Owned>(text, &decoding, &validation).is_ok_and(|token| token.claims.sub == SUBJECT)
            },
        )
    };
    let secret: [u8; 32] = random();
    let pair = aws_lc_rs::signature::Ed25519KeyPair::generate().expect("a key");
    let public = aws_lc_rs::signature::KeyPair::public_key(&pair).as_ref().to_vec();
    let document = pair.to_pkcs8().expect("a document");
    vec![
        one(
            "jsonwebtoken HS256",
            Algorithm::HS256,
            EncodingKey::from_secret(&secret),
            DecodingKey::from_secret(&secret),
        ),
        one(
            "jsonwebtoken EdDSA",
            Algorithm::EdDSA,
            EncodingKey::from_ed_der(document.as_ref()),
            DecodingKey::from_ed_der(&public),
        ),
    ]
}

fn jwt_simple() -> Vec<Peer> {
    use jwt_simple::prelude::{
        Claims, Duration, Ed25519KeyPair, EdDSAKeyPairLike as _, EdDSAPublicKeyLike as _, HS256Key,
        JWTClaims, MACLike as _,
    };
    let claims = || {
        let rest = Rest { sid: ID.into(), rot: 0, lvl: 1 };
        Claims::with_custom_claims(rest, Duration::from_mins(30)).with_subject(SUBJECT)
    };
    let good = |claims: JWTClaims<Rest>| claims.subject.as_deref() == Some(SUBJECT);
    let (key, pair) = (HS256Key::generate(), Ed25519KeyPair::generate());
    let (verifying, public) = (key.clone(), pair.public_key());
    vec![
        peer(
            "jwt-simple HS256",
            "jwt-simple",
            Sort::Readable,
            move || key.authenticate(claims()).expect("a token"),
            move |text| verifying.verify_token::<Rest>(text, None).is_ok_and(good),
        ),
        peer(
            "jwt-simple EdDSA",
            "jwt-simple",
            Sort::Readable,
            move || pair.sign(claims()).expect("a token"),
            move |text| public.verify_token::<Rest>(text, None).is_ok_and(good),
        ),
    ]
}

fn pasetors() -> Vec<Peer> {
    use pasetors::claims::{Claims, ClaimsValidationRules};
    use pasetors::keys::{AsymmetricKeyPair, Generate as _, SymmetricKey};
    use pasetors::token::{TrustedToken, UntrustedToken};
    use pasetors::{Local, Public, local, public, version4::V4};
    let claims = || {
        let mut claims = Claims::new_expires_in(&std::time::Duration::from_secs(1_800)).expect("claims");
        claims.subject(SUBJECT).expect("a subject");
        claims.token_identifier(ID).expect("an id");
        claims.add_additional("rot", 0).expect("a number");
        claims.add_additional("lvl", 1).expect("a number");
        claims
    };
    let good = |token: TrustedToken| {
        let subject = token.payload_claims().and_then(|claims| claims.get_claim("sub")?.as_str());
        subject == Some(SUBJECT)
    };
    let key = SymmetricKey::<V4>::generate().expect("a key");
    let opening = key.clone();
    let pair = AsymmetricKeyPair::<V4>::generate().expect("a key");
    let (rules, same_rules) = (ClaimsValidationRules::new(), ClaimsValidationRules::new());
    let (secret, public_key) = (pair.secret, pair.public);
    vec![
        peer(
            "pasetors v4.local",
            "pasetors",
            Sort::Encrypted,
            move || local::encrypt(&key, &claims(), None, None).expect("a token"),
            move |text| {
                let Ok(token) = UntrustedToken::<Local, V4>::try_from(text) else { return false };
                local::decrypt(&opening, &token, &rules, None, None).is_ok_and(good)
            },
        ),
        peer(
            "pasetors v4.public",
            "pasetors",
            Sort::Readable,
            move || public::sign(&secret, &claims(), None, None).expect("a token"),
            move |text| {
                let Ok(token) = UntrustedToken::<Public, V4>::try_from(text) else { return false };
                public::verify(&public_key, &token, &same_rules, None, None).is_ok_and(good)
            },
        ),
    ]
}

fn rusty_paseto() -> Peer {
    use rusty_paseto::prelude::{
        CustomClaim, Key, Local, PasetoBuilder, PasetoParser, PasetoSymmetricKey, SubjectClaim,
        TokenIdentifierClaim, V4,
    };
    let bytes: [u8; 32] = random();
    let key = || PasetoSymmetricKey::<V4, Local>::from(Key::from(bytes));
    let (sealing, opening) = (key(), key());
    peer(
        "rusty_paseto v4.local",
        "rusty_paseto",
        Sort::Encrypted,
        move || {
            PasetoBuilder::<V4, Local>::default()
                .set_claim(SubjectClaim::from(SUBJECT))
                .set_claim(TokenIdentifierClaim::from(ID))
                .set_claim(CustomClaim::try_from(("rot", 0)).expect("a claim"))
                .set_claim(CustomClaim::try_from(("lvl", 1)).expect("a claim"))
                .build(&sealing)
                .expect("a token")
        },
        move |text| {
            PasetoParser::<V4, Local>::default()
                .parse(text, &opening)
                .is_ok_and(|claims| claims["sub"] == SUBJECT)
        },
    )
}

fn branca() -> Peer {
    let key: [u8; 32] = random();
    let claims = claims();
    peer(
        "branca",
        "branca",
        Sort::Encrypted,
        move || {
            let json = serde_json::to_vec(&claims).expect("JSON");
            branca::encode(&json, &key, now() as u32).expect("a token")
        },
        move |text| branca::decode(text, &key, 0).is_ok_and(|json| good(&json)),
    )
}

fn fernet() -> Peer {
    let fernet = fernet::Fernet::new(&fernet::Fernet::generate_key()).expect("a key");
    let opening = fernet.clone();
    let claims = claims();
    peer(
        "fernet",
        "fernet",
        Sort::Encrypted,
        move || fernet.encrypt(&serde_json::to_vec(&claims).expect("JSON")),
        move |text| opening.decrypt_with_ttl(text, 1_800).is_ok_and(|json| good(&json)),
    )
}

fn biscuit() -> Peer {
    let pair = biscuit_auth::KeyPair::new();
    let public = pair.public();
    let claims = claims();
    peer(
        "biscuit",
        "biscuit-auth",
        Sort::Readable,
        move || {
            let expiry = std::time::UNIX_EPOCH + std::time::Duration::from_secs(claims.exp);
            let builder = biscuit!(
                r#"user({sub}); session({sid}); issued({iat}); rotation({rot}); level({lvl}); check if time($time), $time < {expiry};"#,
                sub = claims.sub,
                sid = claims.sid,
                iat = claims.iat as i64,
                rot = i64::from(claims.rot),
                lvl = i64::from(claims.lvl),
                expiry = expiry,
            );
            builder.build(&pair).expect("a token").to_base64().expect("text")
        },
        move |text| {
            let Ok(token) = biscuit_auth::Biscuit::from_base64(text, public) else { return false };
            // Its own limit of a millisecond is too short for a machine that is doing something else, too.
            let limits =
                AuthorizerLimits { max_time: std::time::Duration::from_secs(10), ..Default::default() };
            let authorizer =
                authorizer!(r#"allow if user({subject});"#, subject = SUBJECT).time().set_limits(limits);
            authorizer.build(&token).and_then(|mut built| built.authorize()).is_ok()
        },
    )
}

fn cookie() -> Peer {
    use cookie::{Cookie, CookieJar, Key};
    let key = Key::generate();
    let opening = key.clone();
    let claims = claims();
    peer(
        "cookie-rs private jar",
        "cookie",
        Sort::Encrypted,
        move || {
            let mut jar = CookieJar::new();
            jar.private_mut(&key).add(Cookie::new("s", serde_json::to_string(&claims).expect("JSON")));
            jar.get("s").expect("the cookie").value().to_owned()
        },
        move |text| {
            let jar = CookieJar::new();
            let opened = jar.private(&opening).decrypt(Cookie::new("s", text.to_owned()));
            opened.is_some_and(|cookie| good(cookie.value().as_bytes()))
        },
    )
}

/// Not a token: a round trip to a store in the same process, which is as near as a store can be.
fn tower_sessions() -> Peer {
    let store = Arc::new(MemoryStore::default());
    let reading = store.clone();
    let expiry = || Some(Expiry::OnInactivity(Duration::minutes(30)));
    peer(
        "tower-sessions, memory store",
        "tower-sessions",
        Sort::Store,
        move || {
            let session = Session::new(None, store.clone(), expiry());
            pollster::block_on(async {
                session.insert("claims", owned()).await.expect("claims");
                session.save().await.expect("a store");
            });
            session.id().expect("an id").to_string()
        },
        move |text| {
            let Ok(id) = text.parse() else { return false };
            let session = Session::new(Some(id), reading.clone(), expiry());
            let claims = pollster::block_on(session.get::<Owned>("claims"));
            claims.is_ok_and(|claims| claims.is_some_and(|claims| claims.sub == SUBJECT))
        },
    )
}
