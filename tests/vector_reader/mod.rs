//! Reads vector files and puts what they say to the crate and to the reference reader.

pub mod by_crate;
#[cfg(feature = "signatures")]
pub mod by_reference;
#[cfg(feature = "signatures")]
pub mod published_by_crate;
#[cfg(feature = "signatures")]
pub mod snapshots_by_crate;
#[cfg(feature = "signatures")]
pub mod snapshots_by_reference;

use std::collections::BTreeMap;
use std::path::Path;

use safeconduct::Seconds;

const TOKEN_KEYS: &[&str] = &[
    "comment",
    "spec",
    "type",
    "expect",
    "now",
    "context",
    "kinds",
    "longest-token",
    "longest-session",
    "skew",
    "schema",
    "app",
    "ring",
    "token",
];
const TOKEN_OPTIONS: &[&str] = &["proven", "complete-to", "revoked-everyone-before"];
const TOKEN_LISTS: &[&str] = &["revoked-key", "revoked-subject", "revoked-session", "revoked-token"];
const RING_KEYS: &[&str] = &["comment", "spec", "type", "expect", "role", "ring"];
const PUBLISHED_KEYS: &[&str] = &["comment", "spec", "type", "expect", "role", "kek", "root", "document"];
const SNAPSHOT_KEYS: &[&str] = &[
    "comment",
    "spec",
    "type",
    "expect",
    "now",
    "skew",
    "longest-validity",
    "least-version",
    "ring",
    "read-as",
    "document",
];
const SNAPSHOT_OPTIONS: &[&str] = &["ring-version"];
const SNAPSHOT_RESULTS: &[&str] =
    &["version", "complete-to", "good-until", "min-ring-version", "token-life", "staleness-bound"];
/// A token that is asked about has the keys of a token without revocation data, and these.
const ASKED_KEYS: &[&str] = &["longest-validity", "least-version", "fail-open"];
const ASKED_RESULTS: &[&str] = &["complete-to", "minting", "new-token-at-most"];
const TAKEN: &[&str] = &["taken", "filter-key"];
const RING_CONTENTS: &[&str] = &["key", "realm"];
const CLAIMS: &[&str] = &[
    "claims-kind",
    "claims-key-id",
    "claims-session-id",
    "claims-token-id",
    "claims-schema",
    "claims-subject",
    "claims-started-at",
    "claims-issued-at",
    "claims-expires-at",
    "claims-ends-at",
    "claims-rotation",
    "claims-level",
    "claims-authenticated-at",
    "claims-elevation",
    "claims-bound-to",
    "claims-app-text",
];

/// Claims, and what else accepted vectors list once each.
pub type Claims = BTreeMap<&'static str, String>;

/// One file: its lines in order, each a key and a value.
pub struct Vector {
    pub name: String,
    lines: Vec<(String, String)>,
}

impl Vector {
    pub fn read(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        Self::parse(name, &std::fs::read_to_string(path).expect("a readable file"))
    }

    pub fn parse(name: String, text: &str) -> Self {
        let lines = text
            .lines()
            .map(|line| line.split_once(": ").or_else(|| Some((line.strip_suffix(':')?, ""))))
            .map(|pair| pair.unwrap_or_else(|| panic!("{name}: a line is not `key: value`")))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let vector = Self { name, lines };
        vector.check_keys();
        vector
    }

    /// Every needed key is there once, and there is none that this test does not look at.
    fn check_keys(&self) {
        let accepted = self.one("expect") == "accepted";
        let asked = [TOKEN_KEYS, ASKED_KEYS].concat();
        let (needed, optional, lists): (&[&str], &[&str], &[&str]) = match self.one("type") {
            "token" => (TOKEN_KEYS, TOKEN_OPTIONS, TOKEN_LISTS),
            "snapshot" => (SNAPSHOT_KEYS, SNAPSHOT_OPTIONS, TAKEN),
            "asked" => (&asked, &[], TAKEN),
            "ring" => (RING_KEYS, &[], if accepted { RING_CONTENTS } else { &[] }),
            "published" => (PUBLISHED_KEYS, &[], if accepted { RING_CONTENTS } else { &[] }),
            other => panic!("{}: unknown type {other}", self.name),
        };
        let results: &[&str] = match self.one("type") {
            "token" if accepted => CLAIMS,
            "published" if accepted => &["version"],
            "snapshot" if accepted => SNAPSHOT_RESULTS,
            "asked" if accepted => ASKED_RESULTS,
            _ => &[],
        };
        for key in needed.iter().chain(results) {
            self.one(key);
        }
        for (key, _) in &self.lines {
            let key = key.as_str();
            let once = needed.contains(&key) || results.contains(&key) || optional.contains(&key);
            assert!(once || lists.contains(&key), "{}: unknown key {key}", self.name);
            assert!(!once || self.all(key).count() == 1, "{}: {key} stands twice", self.name);
        }
        let rule = format!("{}-", self.one("spec").to_lowercase());
        assert!(self.name.starts_with(&rule), "{}: the name does not begin with {rule}", self.name);
    }

    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub fn optional(&self, key: &str) -> Option<&str> {
        self.lines.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub fn one(&self, key: &str) -> &str {
        self.optional(key).unwrap_or_else(|| panic!("{}: no {key}", self.name))
    }

    pub fn number(&self, key: &str) -> u64 {
        self.one(key).parse().unwrap_or_else(|_| panic!("{}: {key} is not a number", self.name))
    }

    pub fn seconds(&self, key: &str) -> Seconds {
        Seconds::new(u32::try_from(self.number(key)).expect("a duration of 32 bits"))
    }

    pub fn is_token(&self) -> bool {
        self.one("type") == "token"
    }

    pub fn is_ring(&self) -> bool {
        self.one("type") == "ring"
    }

    pub fn is_published(&self) -> bool {
        self.one("type") == "published"
    }

    pub fn is_snapshot(&self) -> bool {
        self.one("type") == "snapshot"
    }

    pub fn is_asked(&self) -> bool {
        self.one("type") == "asked"
    }

    /// The lines `taken: <form> <when> <document>`.
    pub fn taken(&self) -> impl Iterator<Item = (&str, u64, Vec<u8>)> {
        self.all("taken").map(|line| {
            let mut parts = line.split(' ');
            let mut part = || parts.next().expect("a form, a time and a document");
            let (form, when, document) = (part(), part(), part());
            (form, when.parse().expect("a time"), unhex_all(document))
        })
    }

    pub fn filter_keys(&self) -> Vec<[u8; 16]> {
        self.all("filter-key").map(unhex).collect()
    }

    /// What follows from a snapshot that is taken, or from a token that is accepted beside it.
    pub fn results(&self) -> Claims {
        let keys = if self.is_asked() { ASKED_RESULTS } else { SNAPSHOT_RESULTS };
        keys.iter().map(|key| (*key, self.one(key).to_owned())).collect()
    }

    /// What an accepted ring holds: its `key:` lines, then its `realm:` lines.
    pub fn contents(&self) -> Vec<String> {
        self.all("key").chain(self.all("realm")).map(str::to_owned).collect()
    }

    pub fn context(&self) -> Vec<String> {
        serde_json::from_str(self.one("context")).expect("a JSON array of strings")
    }

    /// The value with every `\u{…}` turned into the character it stands for.
    pub fn unescaped(&self, key: &str) -> String {
        let mut pieces = self.one(key).split("\\u{");
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (number, rest) = piece.split_once('}').expect("an escape ends with }");
            let number = u32::from_str_radix(number, 16).expect("a hexadecimal number");
            text.push(char::from_u32(number).expect("a character"));
            text.push_str(rest);
        }
        text
    }

    pub fn proven(&self) -> Option<[u8; 32]> {
        self.optional("proven").map(unhex)
    }

    /// The lines `revoked-subject: <hex> before <time>`.
    pub fn subjects_out(&self) -> impl Iterator<Item = (Vec<u8>, u64)> {
        self.all("revoked-subject").map(|line| {
            let (subject, before) = line.split_once(" before ").expect("a subject and a time");
            (unhex_all(subject), before.parse().expect("a time"))
        })
    }

    /// The lines `revoked-token: <session id> <token id>`.
    pub fn tokens_out(&self) -> impl Iterator<Item = ([u8; 12], [u8; 12])> {
        self.all("revoked-token").map(|line| {
            let (session, token) = line.split_once(' ').expect("two ids");
            (unhex(session), unhex(token))
        })
    }

    pub fn claims(&self) -> Claims {
        CLAIMS.iter().map(|key| (*key, self.one(key).to_owned())).collect()
    }
}

pub fn unhex_all(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "{text} is not hexadecimal");
    let byte = |n| u8::from_str_radix(&text[n..n + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(byte).collect()
}

pub fn unhex<const N: usize>(text: &str) -> [u8; N] {
    unhex_all(text).try_into().expect("the right number of bytes")
}

pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
