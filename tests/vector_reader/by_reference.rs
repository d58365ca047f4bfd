//! What the reference reader makes of a vector.

use super::{Claims, Vector, hex, unhex};
use crate::reference::{self, App, Input, Revoked, RingContents};

/// The claims of an accepted token, or the reason why it is not.
pub fn verify_token(vector: &Vector) -> Result<Claims, String> {
    verify(vector, revoked(vector)).map(described)
}

/// The same with this revocation data.
pub(super) fn verify(vector: &Vector, revoked: Revoked) -> Result<reference::Claims, String> {
    let (ring, token, context) = (vector.unescaped("ring"), vector.unescaped("token"), vector.context());
    let parts: Vec<&str> = context.iter().map(String::as_str).collect();
    let input = Input {
        token: &token,
        now: vector.number("now"),
        ring: &ring,
        context: &parts,
        kinds: vector.one("kinds"),
        longest_token: vector.number("longest-token"),
        longest_session: vector.number("longest-session"),
        skew: vector.number("skew"),
        schema: u32::try_from(vector.number("schema")).expect("a schema number"),
        app: if vector.one("app") == "text" { App::Text } else { App::Nothing },
        proven: vector.proven(),
        revoked,
    };
    reference::verify(&input)
}

fn revoked(vector: &Vector) -> Revoked {
    let number = |key| vector.optional(key).map(|_| vector.number(key));
    Revoked {
        complete_to: number("complete-to").unwrap_or(0),
        everyone_before: number("revoked-everyone-before"),
        keys: vector.all("revoked-key").map(unhex).collect(),
        subjects: vector.subjects_out().collect(),
        sessions: vector.all("revoked-session").map(unhex).collect(),
        tokens: vector.tokens_out().collect(),
    }
}

/// The keys and realms of a ring as vectors list them.
pub fn read_ring(vector: &Vector) -> Result<Vec<String>, String> {
    reference::read_ring(&vector.unescaped("ring"), vector.one("role")).map(described_ring)
}

/// Version, keys and realms of a published ring, or the name of the error.
pub fn read_published(vector: &Vector) -> Result<(u64, Vec<String>), String> {
    let (kek, root) = (unhex(vector.one("kek")), unhex(vector.one("root")));
    let opened = reference::read_published(&vector.unescaped("document"), vector.one("role"), &kek, &root);
    opened.map(|(version, ring)| (version, described_ring(ring)))
}

fn described_ring(ring: RingContents) -> Vec<String> {
    let keys = ring.keys.into_iter().map(|(kind, id, from, until, accept, revoked)| {
        let revoked = if revoked { " revoked" } else { "" };
        format!("{kind} {} {from} {until} {accept}{revoked}", hex(id))
    });
    let realms = ring.realms.into_iter().map(|(id, version, has_filter_key, signers)| {
        let filter_key = if has_filter_key { "filter-key" } else { "no-filter-key" };
        let front = format!("{} {version} {filter_key}", hex(id));
        signers.iter().fold(front, |line, signer| format!("{line} {}", hex(signer)))
    });
    keys.chain(realms).collect()
}

fn described(claims: reference::Claims) -> Claims {
    let none = || "none".to_owned();
    let elevation = claims
        .elevation
        .map(|(level, until, since)| format!("level {level} until {until} authenticated-at {since}"));
    let app_text = claims.app.map(|text| serde_json::Value::from(text).to_string());
    Claims::from([
        ("claims-kind", claims.kind.to_string()),
        ("claims-key-id", hex(claims.key_id)),
        ("claims-session-id", hex(claims.session_id)),
        ("claims-token-id", hex(claims.token_id)),
        ("claims-schema", claims.schema.to_string()),
        ("claims-subject", hex(claims.subject)),
        ("claims-started-at", claims.started_at.to_string()),
        ("claims-issued-at", claims.issued_at.to_string()),
        ("claims-expires-at", claims.expires_at.to_string()),
        ("claims-ends-at", claims.ends_at.to_string()),
        ("claims-rotation", claims.rotation.to_string()),
        ("claims-level", claims.level.to_string()),
        ("claims-authenticated-at", claims.authenticated_at.to_string()),
        ("claims-elevation", elevation.unwrap_or_else(none)),
        ("claims-bound-to", claims.bound_to.map_or_else(none, hex)),
        ("claims-app-text", app_text.unwrap_or_else(none)),
    ])
}
