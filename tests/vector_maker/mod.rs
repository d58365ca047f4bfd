//! Makes every test vector: the same files in every run, without a clock or a random source.
//!
//! `tests/vectors/README.md` describes the files. The code here seals and signs on its own, so that it can put wrong things into
//! authentic tokens, and so that a mistake in the crate does not repeat itself in the vectors.

mod binding;
mod body;
mod claims;
mod claims_rules;
mod curve;
mod draft;
mod framing;
mod keys;
mod kinds;
mod order;
mod primitives;
mod public_keys;
mod public_rings;
mod published;
mod published_faults;
mod published_text;
mod reading;
mod realms;
mod revocation;
mod ring_draft;
mod rings;
mod sealing;
mod signing;
mod snapshot_asked;
mod snapshot_built;
mod snapshot_corners;
mod snapshot_deltas;
mod snapshot_draft;
mod snapshot_faults;
mod snapshot_headers;
mod snapshot_nodes;
mod snapshot_times;
mod times;
mod tombstones;

use std::collections::BTreeMap;

use draft::Draft;
use keys::Entry;
use primitives::hex;
use published::Document;
use ring_draft::RingDraft;
pub use snapshot_built::{Built, all_built};

/// Every vector: file name and content.
pub fn all() -> BTreeMap<String, String> {
    let mut vectors = Vectors::default();
    framing::add(&mut vectors);
    kinds::add(&mut vectors);
    sealing::add(&mut vectors);
    signing::add(&mut vectors);
    claims::add(&mut vectors);
    claims_rules::add(&mut vectors);
    times::add(&mut vectors);
    binding::add(&mut vectors);
    revocation::add(&mut vectors);
    order::add(&mut vectors);
    rings::add(&mut vectors);
    public_keys::add(&mut vectors);
    tombstones::add(&mut vectors);
    public_rings::add(&mut vectors);
    realms::add(&mut vectors);
    published::add(&mut vectors);
    published_text::add(&mut vectors);
    published_faults::add(&mut vectors);
    snapshot_faults::add(&mut vectors);
    snapshot_headers::add(&mut vectors);
    snapshot_times::add(&mut vectors);
    snapshot_deltas::add(&mut vectors);
    snapshot_asked::add(&mut vectors);
    snapshot_nodes::add(&mut vectors);
    snapshot_built::add(&mut vectors);
    snapshot_corners::add(&mut vectors);
    vectors.files
}

/// The files made so far.
#[derive(Default)]
pub struct Vectors {
    files: BTreeMap<String, String>,
}

impl Vectors {
    /// A token that is accepted, with the claims of its body.
    pub fn accepted(&mut self, spec: &str, name: &str, comment: &str, draft: &Draft) {
        let mut lines = token_lines(draft);
        lines.push(("claims-kind", char::from(draft.key.letter).to_string()));
        lines.push(("claims-key-id", hex(&draft.key.id())));
        lines.push(("claims-session-id", hex(&draft.session_id)));
        lines.push(("claims-token-id", hex(&draft.token_id)));
        lines.extend(draft.body.described());
        self.add(spec, &format!("accepted-{name}"), comment, "token", "accepted", lines);
    }

    /// A token that is refused for this reason.
    pub fn refused(&mut self, spec: &str, name: &str, reason: &str, comment: &str, draft: &Draft) {
        self.add(spec, name, comment, "token", reason, token_lines(draft));
    }

    /// A ring that can be read in this role, and what it holds.
    pub fn ring_accepted(&mut self, spec: &str, name: &str, comment: &str, ring: (&str, &str, &[Entry])) {
        let (role, text, entries) = ring;
        let mut lines = vec![("role", role.to_owned())];
        lines.extend(entries.iter().map(|entry| ("key", entry.described())));
        lines.push(("ring", escaped(text)));
        self.add(spec, &format!("accepted-{name}"), comment, "ring", "accepted", lines);
    }

    /// A ring, in its only text, that can be read in its role.
    pub fn ring_drafted(&mut self, spec: &str, name: &str, comment: &str, ring: &RingDraft) {
        let mut lines = vec![("role", ring.role.to_owned())];
        lines.extend(ring.described());
        lines.push(("ring", escaped(&ring.text())));
        self.add(spec, &format!("accepted-{name}"), comment, "ring", "accepted", lines);
    }

    /// A published ring that can be read, and what it holds.
    pub fn document_accepted(&mut self, spec: &str, name: &str, comment: &str, document: &Document) {
        let mut lines = document_lines(document);
        lines.push(("version", document.version.to_string()));
        lines.extend(document.ring.described());
        self.add(spec, &format!("accepted-{name}"), comment, "published", "accepted", lines);
    }

    /// A published ring that is refused for this reason.
    pub fn document_refused(
        &mut self,
        spec: &str,
        name: &str,
        reason: &str,
        comment: &str,
        document: &Document,
    ) {
        self.add(spec, name, comment, "published", reason, document_lines(document));
    }

    /// A ring that is refused by readers of this role.
    pub fn ring_refused(&mut self, spec: &str, name: &str, comment: &str, role: &str, text: &str) {
        let lines = vec![("role", role.to_owned()), ("ring", escaped(text))];
        self.add(spec, name, comment, "ring", "ring-refused", lines);
    }

    fn add(
        &mut self,
        spec: &str,
        name: &str,
        comment: &str,
        kind: &str,
        expect: &str,
        lines: Vec<(&'static str, String)>,
    ) {
        let front = [("comment", comment), ("spec", spec), ("type", kind), ("expect", expect)];
        let front = front.map(|(key, value)| (key, value.to_owned()));
        let content =
            front.into_iter().chain(lines).map(|(key, value)| format!("{key}: {value}\n")).collect();
        let file = format!("{}-{name}.txt", spec.to_lowercase());
        let before = self.files.insert(file.clone(), content);
        assert!(before.is_none(), "{file} is made twice");
    }
}

fn token_lines(draft: &Draft) -> Vec<(&'static str, String)> {
    let settings = &draft.settings;
    let mut lines = vec![
        ("now", settings.now.to_string()),
        ("context", serde_json::Value::from(settings.context.clone()).to_string()),
        ("kinds", settings.kinds.clone()),
        ("longest-token", settings.longest_token.to_string()),
        ("longest-session", settings.longest_session.to_string()),
        ("skew", settings.skew.to_string()),
        ("schema", settings.schema.to_string()),
        ("app", settings.app.to_owned()),
    ];
    lines.extend(settings.proven.map(|proven| ("proven", hex(&proven))));
    lines.extend(settings.revocation.iter().cloned());
    lines.push(("ring", escaped(&settings.ring)));
    lines.push(("token", escaped(&draft.token())));
    lines
}

fn document_lines(document: &Document) -> Vec<(&'static str, String)> {
    vec![
        ("role", document.wanted.to_owned()),
        ("kek", hex(&document.readers_kek)),
        ("root", hex(&document.readers_root)),
        ("document", escaped(&document.text())),
    ]
}

/// Everything but visible ASCII is written as `\u{…}`, and so is the backslash.
fn escaped(text: &str) -> String {
    let spell = |character: char| match character {
        '\\' => "\\u{5c}".to_owned(),
        '!'..='~' => character.to_string(),
        _ => format!("\\u{{{:x}}}", u32::from(character)),
    };
    text.chars().map(spell).collect()
}
