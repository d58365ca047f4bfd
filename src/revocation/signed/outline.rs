//! What a published document says of itself, whatever its age: for publishers, who replace it.

use super::header::{Form, Header};
use super::opened::open;
use super::snapshot_keys::RealmKeys;
use super::{Floors, Snapshot, SnapshotError, SnapshotKeys};
use crate::ring::Realm;
use crate::values::{Seconds, Timestamp};

/// The outline of a snapshot or delta of a realm that is whole and signed, every page of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Outline {
    pub(crate) lineage: [u8; 8],
    /// The beginning of the signer's public key.
    pub(crate) signer: [u8; 8],
    pub(crate) version: u64,
    pub(crate) issued_at: Timestamp,
    pub(crate) not_after: Timestamp,
}

impl Outline {
    pub(crate) fn of_snapshot(bytes: &[u8], realm: &Realm) -> Result<Self, SnapshotError> {
        let keys = keys(realm);
        let header = open(bytes, &keys, Form::Snapshot)?.header;
        // At the moment of its issue it is neither over nor from the future.
        let floors = Floors::new().longest_validity(Seconds::MAX);
        Snapshot::open(bytes, &keys, header.issued_at, &floors)?.check_pages()?;
        Ok(header.into())
    }

    pub(crate) fn of_delta(bytes: &[u8], realm: &Realm) -> Result<Self, SnapshotError> {
        Ok(open(bytes, &keys(realm), Form::Delta)?.header.into())
    }
}

/// Of this realm alone. What is below the realm's floor is no outline: nodes refuse it, and no publisher goes as far down.
fn keys(realm: &Realm) -> SnapshotKeys {
    SnapshotKeys { realms: [Some(RealmKeys::of(realm)), None] }
}

impl From<Header> for Outline {
    fn from(header: Header) -> Self {
        Self {
            lineage: header.line.lineage,
            signer: header.line.signer,
            version: header.version,
            issued_at: header.issued_at,
            not_after: header.not_after,
        }
    }
}
