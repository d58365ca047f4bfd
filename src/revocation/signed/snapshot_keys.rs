//! What a ring says about snapshots: whose signature counts, and under which key fingerprints are made.

use core::fmt;

use crate::keys::{FilterKey, PublicKey};
use crate::ring::{HoldsFilterKeys, Public, Realm, RealmError, Ring, Role};
use crate::values::RealmId;

/// The revocation realms of a ring: what [`Snapshot::open`](crate::Snapshot::open) checks against. At most two, while the filter key is rotated.
#[derive(Clone)]
pub struct SnapshotKeys {
    pub(super) realms: [Option<RealmKeys>; 2],
}

/// One realm of them.
#[derive(Clone)]
pub(super) struct RealmKeys {
    pub(super) id: RealmId,
    pub(super) least_version: u64,
    pub(super) signers: [Option<PublicKey>; 2],
    /// Absent only in a [`CoarseSnapshot`](crate::CoarseSnapshot).
    pub(super) filter_key: Option<FilterKey>,
}

impl RealmKeys {
    pub(super) fn of(realm: &Realm) -> Self {
        let [first, second] = realm.signer_keys();
        Self {
            id: realm.id(),
            least_version: realm.min_snapshot_version(),
            signers: [first.cloned(), second.cloned()],
            filter_key: realm.filter_key().cloned(),
        }
    }

    /// The signer whose public key begins with these bytes (REV-03).
    pub(super) fn signer(&self, start: [u8; 8]) -> Option<&PublicKey> {
        self.signers.iter().flatten().find(|signer| signer.as_bytes().first_chunk() == Some(&start))
    }
}

impl SnapshotKeys {
    /// The realms of an issuer's or a verifier's ring.
    #[must_use]
    pub fn of<R: HoldsFilterKeys>(ring: &Ring<R>) -> Self {
        Self::all(ring)
    }

    pub(crate) fn all<R: Role>(ring: &Ring<R>) -> Self {
        let mut realms = ring.realms().map(RealmKeys::of);
        Self { realms: [realms.next(), realms.next()] }
    }

    /// The realms of a public ring for which a filter key is given here: a node that checks signatures only, and is trusted with the filter key, but with no key of tokens.
    ///
    /// # Errors
    ///
    /// [`RealmError::WrongId`] for a filter key that belongs to no realm of the ring.
    pub fn with_filter_keys(ring: &Ring<Public>, filter_keys: &[[u8; 16]]) -> Result<Self, RealmError> {
        let mut keys = Self::all(ring);
        for bytes in filter_keys {
            let key = FilterKey::from_bytes(*bytes);
            let realm = keys.realms.iter_mut().flatten().find(|realm| realm.id == key.realm_id());
            realm.ok_or(RealmError::WrongId)?.filter_key = Some(key);
        }
        for slot in &mut keys.realms {
            if slot.as_ref().is_some_and(|realm| realm.filter_key.is_none()) {
                *slot = None;
            }
        }
        Ok(keys)
    }

    /// The ids of the realms: a node needs a snapshot of each.
    pub fn realms(&self) -> impl Iterator<Item = RealmId> {
        self.realms.iter().flatten().map(|realm| realm.id)
    }

    pub(super) fn realm(&self, id: RealmId) -> Option<&RealmKeys> {
        self.realms.iter().flatten().find(|realm| realm.id == id)
    }
}

impl fmt::Debug for SnapshotKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnapshotKeys ")?;
        f.debug_list().entries(self.realms()).finish()
    }
}
