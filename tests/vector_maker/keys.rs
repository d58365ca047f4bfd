//! Keys made from labels, and the text of rings, right or wrong.

use ed25519_dalek::SigningKey;

use super::primitives::{base64url, hkdf, seeded, sha256};

/// The time around which the vectors lie: 2027-01-15T08:00:00Z.
pub const NOW: u64 = 1_800_000_000;
pub const LAST_TIME: u64 = 253_402_300_799;
pub const DAY: u32 = 86_400;
/// Window of a key unless a vector needs another one.
pub const ISSUE_FROM: u64 = NOW - DAY as u64;
pub const ACCEPT_UNTIL: u64 = ISSUE_FROM + 31 * DAY as u64;

/// A key with every secret.
#[derive(Clone)]
pub struct Key {
    pub letter: u8,
    pub aead: [u8; 32],
    pub seed: [u8; 32],
}

impl Key {
    pub fn new(letter: char, label: &str) -> Self {
        let aead = seeded(&format!("{letter} key, AEAD key, {label}"));
        let seed = seeded(&format!("{letter} key, seed, {label}"));
        Self { letter: letter as u8, aead, seed }
    }

    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.seed)
    }

    pub fn public(&self) -> [u8; 32] {
        self.signing().verifying_key().to_bytes()
    }

    pub fn commitment(&self) -> [u8; 32] {
        hkdf(&self.aead, b"safeconduct/v1/commitment")
    }

    pub fn identity(&self) -> [u8; 32] {
        identity_of(self.letter, &self.aead, &self.public())
    }

    pub fn id(&self) -> [u8; 4] {
        first(self.identity())
    }

    fn has_aead(&self) -> bool {
        self.letter != b's'
    }

    fn has_seed(&self) -> bool {
        self.letter != b'e'
    }

    fn material(&self, role: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.has_aead() {
            bytes.extend(self.aead);
        }
        if self.has_seed() {
            bytes.extend(if role == "issuer" { self.seed } else { self.public() });
        }
        bytes
    }
}

/// Identity of a key of which the public half is given as bytes, good or not.
pub fn identity_of(letter: u8, aead: &[u8; 32], public: &[u8; 32]) -> [u8; 32] {
    let commitment: [u8; 32] = hkdf(aead, b"safeconduct/v1/commitment");
    let name: [&[u8]; 2] = [b"safeconduct/v1/key", &[letter]];
    match letter {
        b'e' => sha256(&[name[0], name[1], &commitment]),
        b's' => sha256(&[name[0], name[1], public]),
        _ => sha256(&[name[0], name[1], &commitment, public]),
    }
}

/// The first bytes of a hash.
pub fn first<const N: usize>(hash: [u8; 32]) -> [u8; N] {
    *hash.first_chunk().expect("32 bytes are enough")
}

/// An entry of a ring as it stands in the text.
#[derive(Clone)]
pub struct Entry {
    pub letter: u8,
    pub identity: [u8; 32],
    pub issue_from: u64,
    pub minting: u32,
    pub tail: u32,
    pub material: Vec<u8>,
}

impl Entry {
    /// This key for this role, in the usual window.
    pub fn new(key: &Key, role: &str) -> Self {
        Self {
            letter: key.letter,
            identity: key.identity(),
            issue_from: ISSUE_FROM,
            minting: 30 * DAY,
            tail: DAY,
            material: key.material(role),
        }
    }

    pub fn window(mut self, issue_from: u64, minting: u32, tail: u32) -> Self {
        (self.issue_from, self.minting, self.tail) = (issue_from, minting, tail);
        self
    }

    /// The tombstone of this key: its letter in upper case, and the identity in the place of the material.
    pub fn revoked(self) -> Self {
        let letter = self.letter.to_ascii_uppercase();
        Self { letter, material: self.identity.to_vec(), ..self }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let from = self.issue_from.to_be_bytes();
        let durations = [self.minting.to_be_bytes(), self.tail.to_be_bytes()].concat();
        [&[self.letter], &from[3..], &durations, &self.material].concat()
    }

    /// How a vector says what a reader finds: kind, key id, issue_from, issue_until, accept_until, and whether it is revoked.
    pub fn described(&self) -> String {
        let id = super::primitives::hex(&self.identity[..4]);
        let until = self.issue_from + u64::from(self.minting);
        let accept = until + u64::from(self.tail);
        let letter = char::from(self.letter.to_ascii_lowercase());
        let revoked = if self.letter.is_ascii_uppercase() { " revoked" } else { "" };
        format!("{letter} {id} {} {until} {accept}{revoked}", self.issue_from)
    }
}

/// Number of entries and entries, in the order given: a payload as far as the realms.
pub fn entry_list(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = vec![entries.len() as u8];
    bytes.extend(entries.iter().flat_map(Entry::bytes));
    bytes
}

/// Payload of a ring of these entries, in the order given, and no realms.
pub fn payload(entries: &[Entry]) -> Vec<u8> {
    [&entry_list(entries)[..], &[0]].concat()
}

pub fn checksum(role: &str, payload: &[u8]) -> [u8; 4] {
    first(sha256(&[b"safeconduct/v1/ring/", role.as_bytes(), &[0], payload]))
}

/// Text of a ring with this payload and the right checksum.
pub fn text_of(role: &str, payload: &[u8]) -> String {
    let check = checksum(role, payload);
    format!("sc-ring.v1.{role}.{}", base64url(&[payload, &check[..]].concat()))
}

/// The entries in the order that RING-02 asks for.
pub fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| (entry.letter.to_ascii_lowercase(), entry.identity));
    entries
}

/// Text of a good ring of these entries.
pub fn ring_of(role: &str, entries: &[Entry]) -> String {
    text_of(role, &payload(&sorted(entries.to_vec())))
}

/// Text of a good verifier's ring of these keys, each in the usual window.
pub fn ring_of_keys(keys: &[&Key]) -> String {
    let entries: Vec<Entry> = keys.iter().map(|key| Entry::new(key, "verifier")).collect();
    ring_of("verifier", &entries)
}
