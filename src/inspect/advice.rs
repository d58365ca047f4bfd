//! What a reason means to an operator, and what to do about it.

use alloc::format;
use alloc::string::{String, ToString};

use crate::error::{Reason, Scope};
use crate::wire::MAX_TEXT;

/// What is wrong with text that is not a token, and where.
pub(super) fn text_fault(token: &str, reason: Reason) -> String {
    if token.len() > MAX_TEXT {
        return format!("{} characters; a token has at most {MAX_TEXT}", token.len());
    }
    if reason == Reason::UnsupportedFormat {
        return "it begins with sc, but version and kind are none that this library knows".to_string();
    }
    // A whole header or cookie is the usual slip.
    let front = token.find("sc1").and_then(|place| token.get(..place)).unwrap_or_default();
    if front.ends_with([' ', '=']) && !front.starts_with(['"', '\'', ' ']) {
        return "it looks like a header or a cookie: give the token alone".to_string();
    }
    let foreign = |c: &char| !(c.is_ascii_alphanumeric() || *c == '-' || *c == '_');
    match token.chars().enumerate().find(|(_, c)| foreign(c)) {
        Some((0, '"' | '\'')) => return "it is in quotes".to_string(),
        Some((place, '=')) => return format!("padding (=) at character {}", place.saturating_add(1)),
        Some((place, found)) => {
            return format!("{found:?} at character {} is not base64url", place.saturating_add(1));
        }
        None => {}
    }
    if !token.starts_with("sc") {
        return "it does not begin with sc".to_string();
    }
    match token.len() & 3 {
        1 => "its length is impossible: a character is missing or too many".to_string(),
        _ if token.len() < 63 => {
            format!("{} characters are too few: it is cut off", token.len())
        }
        _ => "it is cut off, or its last character was changed".to_string(),
    }
}

/// What the verdict means.
pub(super) const fn meaning(reason: Option<Reason>, revocation_asked: bool) -> &'static str {
    let Some(reason) = reason else {
        return if revocation_asked {
            "authentic, inside its deadlines and not revoked"
        } else {
            "authentic and inside its deadlines"
        };
    };
    match reason {
        Reason::KindNotAccepted => "its kind is not among those that the verifier was told to accept",
        Reason::SignaturesNotBuilt => {
            "it is of a kind with a signature, and this program was built without the feature `signatures`"
        }
        Reason::UnknownKey => "no key of the ring has its key id and kind",
        Reason::KeyNotYetValid => "the window of its key has not begun",
        Reason::KeyExpired => "the window of its key is over",
        Reason::KeyRevoked => "its key was revoked",
        Reason::Forged => {
            "the tag or signature is wrong: altered, made for another context, or made without the key"
        }
        Reason::BadClaims => "authentic, but its claims break the rules of the format",
        Reason::CeilingExceeded => "the token or its session lives longer than the policy allows",
        Reason::IssuedInFuture => "it was issued later than now, by more than the skew",
        Reason::Expired => "the session has reached its absolute end",
        Reason::Idle => "the token was not renewed before its idle deadline",
        Reason::Revoked(Scope::Everyone) => "everybody was logged out after this session began",
        Reason::Revoked(Scope::Key) => "everything under its key was revoked",
        Reason::Revoked(Scope::Subject) => "its subject was logged out everywhere after this session began",
        Reason::Revoked(Scope::Session) => "its session was logged out",
        Reason::Revoked(Scope::Token) => "this one token was revoked",
        Reason::Superseded => "a later rotation of its session has retired it",
        Reason::SnapshotStale => "the revocation data is too old to say",
        Reason::SnapshotDamaged => "the revocation data is damaged",
        // Of text that is no token the fault is told, and proofs and the application's claims are not judged here.
        Reason::Malformed
        | Reason::UnsupportedFormat
        | Reason::BindingRequired
        | Reason::BindingMismatch
        | Reason::NotBound
        | Reason::SchemaMismatch
        | Reason::BadAppClaims => reason.name(),
    }
}

/// What to do about it.
pub(super) const fn advice(reason: Option<Reason>) -> &'static str {
    let Some(reason) = reason else { return "nothing" };
    match reason {
        Reason::Malformed => {
            "look at how the token reached you: cut off, quoted, or decoded and encoded again"
        }
        Reason::UnsupportedFormat => "update this library, or look for who issues such tokens",
        Reason::KindNotAccepted => {
            "if this verifier is meant to take the kind, name it with `also_accepts`; else the client has the wrong token"
        }
        Reason::SignaturesNotBuilt => {
            "build this program with the feature `signatures`, or do not tell its verifier to accept the kind"
        }
        Reason::UnknownKey => {
            "compare the key ids: the ring may be older than the issuer's, belong to another environment, or have dropped the key"
        }
        Reason::KeyNotYetValid => {
            "compare clocks: the issuer mints with a key that does not begin yet on this clock"
        }
        Reason::KeyExpired => {
            "log in again; if sessions end too early by this, the key's tail is shorter than the longest token"
        }
        Reason::KeyRevoked => "log in again; the ring says which key minted before and which mints now",
        Reason::Forged => {
            "check that the context is the issuer's, part by part; if it is, somebody altered the token"
        }
        Reason::BadClaims => "an issuer is broken or a key is out: find out who minted it and revoke the key",
        Reason::CeilingExceeded => {
            "is this the policy of the service? If it was shortened, keep `longest_token` and `longest_session` at the old values for a while; if neither, a key may be out"
        }
        Reason::IssuedInFuture => "compare the clocks of issuer and verifier",
        Reason::Expired | Reason::Idle => "log in again",
        Reason::Revoked(_) | Reason::Superseded => "log in again",
        Reason::SnapshotStale | Reason::SnapshotDamaged => {
            "see why this node does not get fresh revocation data; tokens are not to blame"
        }
        Reason::BindingRequired
        | Reason::BindingMismatch
        | Reason::NotBound
        | Reason::SchemaMismatch
        | Reason::BadAppClaims => "nothing: this is not judged here",
    }
}
