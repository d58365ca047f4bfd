//! Snapshots and deltas as only a thief of the signing key could make them: any header, well signed.
#![allow(dead_code)] // each test uses a part of it

use ed25519_dalek::{Signer as _, SigningKey};
use safeconduct::SnapshotSigner;
use sha2::{Digest as _, Sha256};

pub const HEADER: usize = 188;
/// Header and signature.
pub const FRONT: usize = HEADER + 64;

/// Offsets of fields in the header (SPEC section 9.4).
pub mod field {
    pub const FORM: usize = 4;
    pub const PROBES: usize = 5;
    pub const REALM: usize = 8;
    pub const SIGNER: usize = 12;
    pub const LINEAGE: usize = 20;
    pub const VERSION: usize = 28;
    pub const BASE: usize = 36;
    pub const ISSUED_AT: usize = 44;
    pub const COMPLETE_TO: usize = 52;
    pub const NOT_AFTER: usize = 60;
    pub const EVERYONE_BEFORE: usize = 68;
    pub const MIN_RING_VERSION: usize = 76;
    pub const TOKEN_LIFE: usize = 84;
    pub const LONGEST_TOKEN: usize = 88;
    pub const ENTRIES: usize = 96;
    pub const TOKENS: usize = 100;
    pub const PAGES: usize = 104;
    pub const PAGE_BITS: usize = 108;
    pub const KEYS: usize = 112;
    pub const SUBJECTS: usize = 116;
    pub const RETIRED: usize = 120;
    pub const TABLES_HASH: usize = 124;
    pub const LIST_HASH: usize = 156;
}

/// Writes a field of a document.
pub fn put(document: &mut [u8], offset: usize, bytes: &[u8]) {
    document[offset..offset + bytes.len()].copy_from_slice(bytes);
}

pub fn word(document: &[u8], offset: usize) -> usize {
    u32::from_be_bytes(document[offset..offset + 4].try_into().unwrap()) as usize
}

/// Signs the header anew, in the name of this signer.
pub fn sign(document: &mut [u8], signer: &SnapshotSigner) {
    put(document, field::SIGNER, &signer.public()[..8]);
    let message = [b"safeconduct/v1/revocation-snapshot".as_slice(), &document[..HEADER]].concat();
    let signature = SigningKey::from_bytes(&signer.to_secret_seed()).sign(&message);
    put(document, HEADER, &signature.to_bytes());
}

/// Changes fields and signs.
pub fn forged(document: &[u8], changes: &[(usize, Vec<u8>)], signer: &SnapshotSigner) -> Vec<u8> {
    let mut document = document.to_vec();
    for (offset, bytes) in changes {
        put(&mut document, *offset, bytes);
    }
    sign(&mut document, signer);
    document
}

/// Hashes list and tables anew, and pages too where there are any, and signs: for documents whose rows were changed.
pub fn rehashed(document: &[u8], signer: &SnapshotSigner) -> Vec<u8> {
    let mut document = document.to_vec();
    let parts = Parts::of(&document);
    let page_bytes = word(&document, field::PAGE_BITS) / 8;
    for page in 0..word(&document, field::PAGES) {
        let start = parts.pages + page * page_bytes;
        let hash = Sha256::digest(&document[start..start + page_bytes]);
        put(&mut document, FRONT + 32 * page, &hash);
    }
    let list = Sha256::digest(&document[FRONT..parts.tables]);
    let tables = Sha256::digest(&document[parts.tables..parts.pages]);
    put(&mut document, field::LIST_HASH, &list);
    put(&mut document, field::TABLES_HASH, &tables);
    sign(&mut document, signer);
    document
}

/// Where tables and pages begin.
#[derive(Clone, Copy)]
pub struct Parts {
    pub tables: usize,
    pub pages: usize,
}

impl Parts {
    pub fn of(document: &[u8]) -> Self {
        let count = |offset| word(document, offset);
        let is_delta = document[field::FORM] == 2;
        let list = if is_delta { 8 * count(field::ENTRIES) } else { 32 * count(field::PAGES) };
        let tables = FRONT + list;
        let rows = 4 * count(field::KEYS) + 16 * count(field::SUBJECTS) + 12 * count(field::RETIRED);
        Self { tables, pages: tables + rows }
    }
}
