//! The log as bytes: signed like a snapshot, because whoever may write where it is kept must not be able to revoke, or to forget (SPEC section 9.6).

use alloc::vec::Vec;

use super::envelope::{Digest, Envelope};
use super::rows::Rows;
use super::snapshot_keys::RealmKeys;
use super::{JournalError, SnapshotSigner};
use crate::proof::document::{self, SIGNATURE};
use crate::ring::Realm;
use crate::values::RealmId;

const DOMAIN: &[u8] = b"safeconduct/v1/revocation-log";
const FORMAT: [u8; 4] = *b"scl1";
/// Format, realm, signer, SHA-256 of what follows the signature.
const FRONT: usize = 4 + RealmId::SIZE + 8 + 32;

pub(super) fn read(bytes: &[u8], realm: &Realm) -> Result<(Envelope, Rows, Digest), JournalError> {
    let (front, rest) = bytes.split_first_chunk::<FRONT>().ok_or(JournalError::NotAJournal)?;
    let (signature, body) = rest.split_first_chunk::<SIGNATURE>().ok_or(JournalError::NotAJournal)?;
    let (format, named) = front.split_first_chunk::<4>().ok_or(JournalError::NotAJournal)?;
    let (found, named) = named.split_first_chunk().ok_or(JournalError::NotAJournal)?;
    let (signer, hash) = named.split_first_chunk().ok_or(JournalError::NotAJournal)?;
    if *format != FORMAT {
        return Err(JournalError::NotAJournal);
    }
    if RealmId::from_bytes(*found) != realm.id() {
        return Err(JournalError::OtherRealm);
    }
    let keys = RealmKeys::of(realm);
    let signer = keys.signer(*signer).ok_or(JournalError::NotASigner)?;
    let digest = document::verify(signer, &[DOMAIN], front, signature).ok_or(JournalError::BadSignature)?;
    if document::digest(body) != hash {
        return Err(JournalError::Damaged);
    }
    // Only what we have signed gets here, so lengths in it are no stranger's.
    let (envelope, rows) = postcard::from_bytes(body).map_err(|_| JournalError::Damaged)?;
    Ok((envelope, rows, short(digest)))
}

pub(super) fn write(
    realm: RealmId,
    envelope: &Envelope,
    rows: &Rows,
    signer: &SnapshotSigner,
) -> Option<(Vec<u8>, Digest)> {
    let body = postcard::to_allocvec(&(envelope, rows)).ok()?;
    let hash = document::digest(&body);
    let mut bytes = Vec::with_capacity(body.len().saturating_add(FRONT).saturating_add(SIGNATURE));
    for part in [FORMAT.as_slice(), &realm.to_bytes(), &signer.start(), &hash] {
        bytes.extend_from_slice(part);
    }
    let digest = short(document::digest(&bytes));
    let signature = document::sign(&signer.0, &[DOMAIN], &bytes)?;
    bytes.extend_from_slice(&signature);
    bytes.extend_from_slice(&body);
    Some((bytes, digest))
}

fn short(digest: [u8; 32]) -> Digest {
    digest.first_chunk().copied().unwrap_or_default()
}
