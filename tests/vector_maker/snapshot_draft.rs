//! A revocation snapshot or delta on its way to a vector, right or wrong (SPEC sections 9.2 to 9.4).

use ed25519_dalek::{Signer as _, SigningKey};
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

use super::keys::{NOW, first};
use super::primitives::{seeded, sha256};
use super::ring_draft::{filter_key, realm_id, signing_key};

pub const DOMAIN: &[u8] = b"safeconduct/v1/revocation-snapshot";
pub const SNAPSHOT: u8 = 1;
pub const DELTA: u8 = 2;

/// A document, written field by field.
#[derive(Clone)]
pub struct Snapshot {
    pub form: u8,
    pub k: u8,
    pub filter_key: [u8; 16],
    pub signer: SigningKey,
    pub lineage: [u8; 8],
    pub version: u64,
    pub base: u64,
    pub issued_at: u64,
    pub complete_to: u64,
    pub not_after: u64,
    pub everyone_before: u64,
    pub min_ring_version: u64,
    pub token_life: u32,
    pub longest_token: u32,
    pub staleness_bound: u32,
    pub sessions: Vec<u64>,
    pub tokens: Vec<u64>,
    pub key_rows: Vec<[u8; 4]>,
    pub subjects: Vec<(u64, u64)>,
    pub retired: Vec<(u64, u32)>,
    /// Pages and bits of a page, if not those that a publisher chooses.
    pub size: Option<(u32, u32)>,
    /// Whether rows and fingerprints are put in order.
    pub sorted: bool,
    /// Bytes written over the header before it is signed.
    pub patches: Vec<(usize, Vec<u8>)>,
    pub signature: Option<[u8; 64]>,
}

/// The number that SipHash-2-4 gives for these pieces.
fn fingerprint(filter_key: &[u8; 16], pieces: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher24::new_with_key(filter_key);
    hasher.write(&pieces.concat());
    hasher.finish()
}

/// A fingerprint of nobody who occurs elsewhere.
pub fn stranger(label: &str) -> u64 {
    u64::from_be_bytes(first(seeded(&format!("fingerprint of {label}"))))
}

impl Snapshot {
    /// The first document of the usual log, with nobody in it.
    pub fn empty() -> Self {
        Self {
            form: SNAPSHOT,
            k: 24,
            filter_key: filter_key("main"),
            signer: signing_key("main", 0),
            lineage: first(seeded("lineage")),
            version: 300,
            base: 0,
            issued_at: NOW - 10,
            complete_to: NOW - 20,
            not_after: NOW + 3_590,
            everyone_before: 0,
            min_ring_version: 0,
            token_life: 1_800,
            longest_token: 1_800,
            staleness_bound: 3_600,
            sessions: Vec::new(),
            tokens: Vec::new(),
            key_rows: Vec::new(),
            subjects: Vec::new(),
            retired: Vec::new(),
            size: None,
            sorted: true,
            patches: Vec::new(),
            signature: None,
        }
    }

    /// Strangers at every scope, so that no part of the document is missing.
    pub fn usual() -> Self {
        Self {
            sessions: vec![stranger("a session"), stranger("another session")],
            tokens: vec![stranger("a token")],
            key_rows: vec![first(seeded("a key row")), first(seeded("another key row"))],
            subjects: vec![(stranger("a subject"), NOW - 5), (stranger("another subject"), NOW - 6)],
            retired: vec![(stranger("a rotated session"), 3), (stranger("another rotated session"), 4)],
            ..Self::empty()
        }
    }

    /// A delta that goes on from `base` to the version after it, with strangers at every scope.
    pub fn delta(base: u64) -> Self {
        let later = Self { form: DELTA, k: 0, base, version: base + 1, ..Self::usual() };
        Self { issued_at: NOW - 4, complete_to: NOW - 5, not_after: NOW + 3_596, ..later }
    }

    /// The same with a change.
    pub fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    /// The same with these bytes in the signed header.
    pub fn patched(&self, offset: usize, bytes: &[u8]) -> Self {
        self.but(|snapshot| snapshot.patches.push((offset, bytes.to_vec())))
    }

    pub fn session(&self, id: &[u8; 12]) -> u64 {
        fingerprint(&self.filter_key, &[&[1], id])
    }

    pub fn token(&self, session_id: &[u8; 12], token_id: &[u8; 12]) -> u64 {
        fingerprint(&self.filter_key, &[&[2], session_id, token_id])
    }

    pub fn subject(&self, name: &[u8]) -> u64 {
        fingerprint(&self.filter_key, &[&[3], name])
    }

    /// What the filter holds, or a delta lists.
    pub fn entries(&self) -> Vec<u64> {
        let mut entries = [&self.sessions[..], &self.tokens].concat();
        if self.sorted {
            entries.sort_unstable();
        }
        entries
    }

    pub fn pages(&self) -> Vec<Vec<u8>> {
        match (self.form, self.size) {
            (DELTA, _) => Vec::new(),
            (_, Some((pages, bits))) => filter(&self.entries(), self.k, pages, bits),
            (_, None) => built(&self.entries(), self.k),
        }
    }

    pub fn list(&self) -> Vec<u8> {
        match self.form {
            DELTA => self.entries().iter().flat_map(|entry| entry.to_be_bytes()).collect(),
            _ => self.pages().iter().flat_map(|page| sha256(&[page])).collect(),
        }
    }

    pub fn tables(&self) -> Vec<u8> {
        let (mut keys, mut subjects, mut retired) =
            (self.key_rows.clone(), self.subjects.clone(), self.retired.clone());
        if self.sorted {
            keys.sort_unstable();
            subjects.sort_unstable();
            retired.sort_unstable();
        }
        let mut bytes = keys.concat();
        bytes.extend(subjects.iter().flat_map(|(subject, _)| subject.to_be_bytes()));
        bytes.extend(subjects.iter().flat_map(|(_, before)| before.to_be_bytes()));
        bytes.extend(retired.iter().flat_map(|(session, _)| session.to_be_bytes()));
        bytes.extend(retired.iter().flat_map(|(_, rotation)| rotation.to_be_bytes()));
        bytes
    }

    pub fn header(&self) -> Vec<u8> {
        let pages = self.pages();
        let page_bits = pages.first().map_or(0, |page| 8 * page.len() as u32);
        let mut header = [&b"scr1"[..], &[self.form, self.k, 0, 0], &realm_id(&self.filter_key)].concat();
        header.extend(&self.signer.verifying_key().to_bytes()[..8]);
        header.extend(self.lineage);
        let times = [self.issued_at, self.complete_to, self.not_after, self.everyone_before];
        for field in [&[self.version, self.base][..], &times, &[self.min_ring_version]].concat() {
            header.extend(field.to_be_bytes());
        }
        let durations = [self.token_life, self.longest_token, self.staleness_bound];
        let entries = [self.entries().len() as u32, self.tokens.len() as u32];
        let rows = [self.key_rows.len(), self.subjects.len(), self.retired.len()].map(|count| count as u32);
        for field in [&durations[..], &entries, &[pages.len() as u32, page_bits], &rows].concat() {
            header.extend(field.to_be_bytes());
        }
        header.extend(sha256(&[&self.tables()]));
        header.extend(sha256(&[&self.list()]));
        for (offset, bytes) in &self.patches {
            header[*offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        header
    }

    pub fn signed(&self) -> Vec<u8> {
        [DOMAIN, &self.header()].concat()
    }

    /// The same, with a signature over something else than it should cover.
    pub fn signed_over(&self, message: &[u8]) -> Self {
        self.but(|snapshot| snapshot.signature = Some(snapshot.signer.sign(message).to_bytes()))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let signature = self.signature.unwrap_or_else(|| self.signer.sign(&self.signed()).to_bytes());
        let front = [self.header(), signature.to_vec(), self.list(), self.tables()].concat();
        [front, self.pages().concat()].concat()
    }

    /// The bytes with one bit of one byte turned over; negative offsets count from the end.
    pub fn flipped(&self, offset: isize) -> Vec<u8> {
        let mut bytes = self.bytes();
        let start = if offset < 0 { bytes.len() } else { 0 };
        let position = start.checked_add_signed(offset).expect("inside the document");
        bytes[position] ^= 1;
        bytes
    }
}

/// The number below `n` that the upper half of `h` points to.
fn reduced(h: u64, n: u32) -> usize {
    (((h >> 32) * u64::from(n)) >> 32) as usize
}

/// The pages of a filter of this size.
fn filter(entries: &[u64], k: u8, pages: u32, bits: u32) -> Vec<Vec<u8>> {
    let mut filter = vec![vec![0; bits as usize / 8]; pages as usize];
    for entry in entries {
        let page = &mut filter[reduced(*entry, pages)];
        let mut h = entry.wrapping_mul(0xD134_2543_DE82_EF95);
        for _ in 0..k {
            let bit = reduced(h, bits);
            page[bit / 8] |= 1 << (bit % 8);
            h = h.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(0x9E37_79B9_7F4A_7C15);
        }
    }
    filter
}

/// The filter that a publisher builds: the smallest growth for which the rate holds (section 9.3, REV-15).
fn built(entries: &[u64], k: u8) -> Vec<Vec<u8>> {
    if entries.is_empty() {
        return Vec::new();
    }
    let bits_for = |growth: u64| {
        let bits = (entries.len() as u64 * u64::from(k) * 1_481).div_ceil(1_024);
        64.max(bits * (128 + growth) / 128)
    };
    let sized = |growth: u64| {
        let bits = bits_for(growth);
        let pages = 1.max(bits.div_ceil(131_072));
        filter(entries, k, pages as u32, 64 * bits.div_ceil(pages).div_ceil(64) as u32)
    };
    (0..).map(sized).find(|pages| rate_holds(pages, k)).expect("some growth is enough")
}

fn rate_holds(pages: &[Vec<u8>], k: u8) -> bool {
    const UNIT: u128 = 1 << 62;
    let rate = |page: &Vec<u8>| {
        let ones: u128 = page.iter().map(|byte| u128::from(byte.count_ones())).sum();
        let x = (ones * UNIT).div_ceil(8 * page.len() as u128);
        (1..k).fold(x, |rate, _| (rate * x).div_ceil(UNIT))
    };
    pages.iter().map(rate).sum::<u128>() <= (pages.len() as u128 * UNIT) >> k
}
