//! A ring with revocation realms on its way to a vector, right or wrong.

use ed25519_dalek::SigningKey;

use super::draft::main_key;
use super::keys::{Entry, entry_list, sorted, text_of};
use super::primitives::{hex, hkdf, seeded};

/// A realm of a ring as it stands in the text.
#[derive(Clone)]
pub struct Realm {
    pub id: [u8; 4],
    pub min_snapshot_version: u64,
    pub filter_key: Option<[u8; 16]>,
    /// The number of signers that is written, if not theirs.
    pub count: Option<u8>,
    pub signers: Vec<[u8; 32]>,
}

/// The name of the realm with this filter key.
pub fn realm_id(filter_key: &[u8; 16]) -> [u8; 4] {
    hkdf(filter_key, b"safeconduct/v1/realm")
}

impl Realm {
    /// A realm for this role, with so many signers.
    pub fn new(label: &str, role: &str, signers: usize) -> Self {
        let filter_key = filter_key(label);
        Self {
            id: realm_id(&filter_key),
            min_snapshot_version: 258,
            filter_key: (role != "public").then_some(filter_key),
            count: None,
            signers: some_signers(label, signers),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let version = self.min_snapshot_version.to_be_bytes();
        let filter_key = self.filter_key.map_or_else(Vec::new, Vec::from);
        let count = self.count.unwrap_or(self.signers.len() as u8);
        [&self.id, &version[2..], &filter_key, &[count], &self.signers.concat()].concat()
    }

    /// How a vector says what a reader finds: id, lowest version, whether there is a filter key, signers.
    fn described(&self) -> String {
        let filter_key = if self.filter_key.is_some() { "filter-key" } else { "no-filter-key" };
        let front = format!("{} {} {filter_key}", hex(&self.id), self.min_snapshot_version);
        self.signers.iter().fold(front, |line, signer| format!("{line} {}", hex(signer)))
    }
}

/// The key of the realm of this label.
pub fn filter_key(label: &str) -> [u8; 16] {
    *seeded(&format!("filter key, {label}")).first_chunk().expect("32 bytes")
}

/// The secret half of a signer.
pub fn signing_key(label: &str, number: usize) -> SigningKey {
    SigningKey::from_bytes(&seeded(&format!("signer {number} of realm {label}")))
}

/// Public keys of so many signers, ascending.
pub fn some_signers(label: &str, count: usize) -> Vec<[u8; 32]> {
    let mut signers: Vec<[u8; 32]> =
        (0..count).map(|n| signing_key(label, n).verifying_key().to_bytes()).collect();
    signers.sort_unstable();
    signers
}

/// What a ring holds, written in the order given.
#[derive(Clone)]
pub struct RingDraft {
    pub role: &'static str,
    pub entries: Vec<Entry>,
    pub realms: Vec<Realm>,
}

impl RingDraft {
    /// A ring of these entries, in order, without realms.
    pub fn new(role: &'static str, entries: Vec<Entry>) -> Self {
        Self { role, entries: sorted(entries), realms: Vec::new() }
    }

    /// A ring with a key of each kind that the role holds.
    pub fn usual(role: &'static str) -> Self {
        let letters: &[char] = if role == "public" { &['s'] } else { &['e', 'n', 's'] };
        Self::new(role, letters.iter().map(|letter| Entry::new(&main_key(*letter), role)).collect())
    }

    /// The same with these realms, in order.
    pub fn with_realms(mut self, mut realms: Vec<Realm>) -> Self {
        realms.sort_by_key(|realm| realm.id);
        self.realms = realms;
        self
    }

    /// The same with a change.
    pub fn but(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn payload(&self) -> Vec<u8> {
        let mut bytes = entry_list(&self.entries);
        bytes.push(self.realms.len() as u8);
        bytes.extend(self.realms.iter().flat_map(Realm::bytes));
        bytes
    }

    pub fn text(&self) -> String {
        text_of(self.role, &self.payload())
    }

    /// The lines of a vector that say what a reader finds.
    pub fn described(&self) -> Vec<(&'static str, String)> {
        let keys = self.entries.iter().map(|entry| ("key", entry.described()));
        keys.chain(self.realms.iter().map(|realm| ("realm", realm.described()))).collect()
    }
}
