//! Rings and published rings: verdicts, and what was read, in the words of `tests/vectors/README.md`.

use safeconduct::{
    Issuing, KeyEncryptionKey, KeyState, Public, Published, PublishedError, Ring, Role, RootPublicKey,
    Timestamp, Verifying,
};
use serde_json::{Value, json};

use crate::request::{Problem, Request, to_hex};

pub fn ring(request: &Request) -> Result<Value, Problem> {
    match request.text("role")? {
        "issuer" => one::<Issuing>(request),
        "verifier" => one::<Verifying>(request),
        "public" => one::<Public>(request),
        other => Err(Problem(format!("{other} is no role"))),
    }
}

fn one<R: Role>(request: &Request) -> Result<Value, Problem> {
    Ok(match request.text("ring")?.parse::<Ring<R>>() {
        Ok(ring) => json!({ "verdict": "accepted", "text": ring.to_text().as_str(), "lines": lines(&ring) }),
        Err(_) => json!({ "verdict": "ring-refused" }),
    })
}

pub fn published(request: &Request) -> Result<Value, Problem> {
    match request.text("role")? {
        "issuer" => document::<Issuing>(request),
        "verifier" => document::<Verifying>(request),
        "public" => document::<Public>(request),
        other => Err(Problem(format!("{other} is no role"))),
    }
}

fn document<R: Role>(request: &Request) -> Result<Value, Problem> {
    let kek = KeyEncryptionKey::from_bytes(request.array("kek")?);
    let root = RootPublicKey::from_bytes(&request.array("root")?)?;
    Ok(match Published::<R>::open(request.text("document")?, &kek, &root) {
        Ok(document) => {
            let text = document.ring().to_text();
            json!({ "verdict": "accepted", "version": document.version(), "text": text.as_str(), "lines": lines(document.ring()) })
        }
        Err(why) => json!({ "verdict": document_reason(&why)? }),
    })
}

fn document_reason(why: &PublishedError) -> Result<&'static str, Problem> {
    Ok(match why {
        PublishedError::NotADocument => "NotADocument",
        PublishedError::OtherRole => "OtherRole",
        PublishedError::OtherKeyEncryptionKey { .. } => "OtherKeyEncryptionKey",
        PublishedError::DoesNotOpen => "DoesNotOpen",
        PublishedError::BadSignature => "BadSignature",
        PublishedError::Version => "Version",
        PublishedError::Ring(_) => "Ring",
        other => return Err(Problem(format!("{other:?} should not occur here"))),
    })
}

/// The keys and realms of a ring, as vectors list them.
fn lines<R: Role>(ring: &Ring<R>) -> Vec<String> {
    let keys = ring.keys(Timestamp::MIN).map(|key| {
        let window = key.window;
        let revoked = if key.state == KeyState::Revoked { " revoked" } else { "" };
        let (from, until, accept) =
            (window.issue_from().as_unix(), window.issue_until().as_unix(), window.accept_until().as_unix());
        format!("{} {} {from} {until} {accept}{revoked}", key.kind.letter(), to_hex(key.id.to_bytes()))
    });
    let realms = ring.realms().map(|realm| {
        let has = if realm.has_filter_key() { "filter-key" } else { "no-filter-key" };
        let signers: String = realm.signers().map(|signer| format!(" {}", to_hex(signer))).collect();
        format!("{} {} {has}{signers}", to_hex(realm.id().to_bytes()), realm.min_snapshot_version())
    });
    keys.chain(realms).collect()
}
