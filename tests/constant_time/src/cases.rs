//! What is watched: each case makes its secrets, lets the library work on them, and says where they have arrived.

mod documents;
mod keys;
mod tokens;
mod web;

use safeconduct::{
    AuthLevel, Context, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring, Seconds, Subject, Timestamp,
    Verifier, Window, context,
};

use crate::secret::{self, Source};

/// A case: its name, and what it does.
pub type Case = (&'static str, fn());

pub const CASES: &[Case] = &[
    ("keys", keys::generated),
    ("ring-bytes", keys::ring_as_bytes),
    ("ring-text", keys::ring_as_text),
    ("merge", keys::merged),
    ("issue-e", || tokens::issued(Kind::Encrypted)),
    ("issue-s", || tokens::issued(Kind::Signed)),
    ("issue-n", || tokens::issued(Kind::Nested)),
    ("rotate-e", || tokens::rotated(Kind::Encrypted)),
    ("rotate-n", || tokens::rotated(Kind::Nested)),
    ("refuse-e", || tokens::refused(Kind::Encrypted)),
    ("refuse-n", || tokens::refused(Kind::Nested)),
    ("verify-e", || tokens::verified(Kind::Encrypted)),
    ("verify-n", || tokens::verified(Kind::Nested)),
    ("thumbprint", tokens::bound),
    ("csrf", web::anti_forgery),
    ("publish-ring", documents::published),
    ("open-ring", documents::opened),
    ("refuse-ring", documents::refused),
    ("sign-snapshot", documents::snapshot_signed),
    ("ask-snapshot", documents::snapshot_asked),
];

/// Deliberate leaks: each has to be found.
pub const CONTROLS: &[Case] = &[("compare", keys::leak_by_comparing), ("index", keys::leak_by_index)];

const CONTEXT: Context = context!("shop.example", "session");

fn now() -> Timestamp {
    Timestamp::from_unix(1_800_000_000).expect("a time")
}

fn window() -> Window {
    Window::new(now(), Seconds::days(30), Seconds::days(1)).expect("a window")
}

fn grant() -> Grant {
    Grant::new(Subject::new("usr_8f14e45fceea167a").expect("a subject"), AuthLevel::Aal1)
}

/// A key whose secrets are secret from the moment that they are drawn. What is derived from them on the way is public: the key's id, and its public key.
fn secret_key(kind: Kind) -> IssuingKey {
    let mut source = Source::secret();
    let both: [u8; 64] = source.peek();
    let (first, second) = both.split_at(32);
    let mut key = IssuingKey::generate(kind, &mut source).expect("a key");
    match kind {
        Kind::Nested => secret::reveal_all_but(&mut key, &[first, second]),
        _ => secret::reveal_all_but(&mut key, &[first]),
    }
    key
}

fn ring_of(key: IssuingKey) -> Ring<Issuing> {
    let mut ring = Ring::new();
    ring.add(key, window()).expect("room");
    ring
}

/// A ring with one key, which is secret.
fn secret_ring(kind: Kind) -> Ring<Issuing> {
    ring_of(secret_key(kind))
}

/// The same ring, known to everybody.
fn public_ring(kind: Kind) -> Ring<Issuing> {
    ring_of(IssuingKey::generate(kind, &mut Source::public()).expect("a key"))
}

fn issuer(ring: &Ring<Issuing>, kind: Kind) -> Issuer {
    Issuer::new(ring, CONTEXT, &Policy::AAL1, kind)
}

fn verifier(ring: &Ring<Issuing>, kind: Kind) -> Verifier<safeconduct::Unrevocable> {
    Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, kind).dangerous_without_revocation()
}

/// A token under the same key, made where nothing is secret.
fn public_token(kind: Kind) -> String {
    let ring = public_ring(kind);
    issuer(&ring, kind).issue(&grant(), now(), &mut Source::public()).expect("a token").into_string()
}

/// With one character changed, in the body.
fn forged(text: &str) -> String {
    let middle = text.len() / 2;
    let (front, back) = text.split_at(middle);
    let other = if back.starts_with('A') { "B" } else { "A" };
    format!("{front}{other}{}", &back[1..])
}
