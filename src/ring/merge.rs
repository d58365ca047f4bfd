//! Two states of a ring become one (SPEC section 8.5).

use super::{Entry, Ring, RingError, Role};
use crate::keys::RingKey;

impl<R: Role> Ring<R> {
    /// The union of two states of a ring (RING-14): what either has, and revoked if either says so.
    ///
    /// Commutative, associative and idempotent, so that any number of nodes can advance, revoke and merge in any order and end with the same ring.
    ///
    /// # Errors
    ///
    /// [`RingError`]: the two contradict each other, or do not fit into one ring. Neither is changed.
    pub fn merge(&self, other: &Self) -> Result<Self, RingError> {
        let mut merged = self.duplicate();
        for entry in other.entries.iter() {
            merged.merge_entry(entry)?;
        }
        for realm in other.realms.iter() {
            merged.realms.merge(realm)?;
        }
        Ok(merged)
    }

    fn merge_entry(&mut self, entry: &Entry<R::Key>) -> Result<(), RingError> {
        if let Some(here) = self.entries.iter_mut().find(|here| here.order() == entry.order()) {
            if here.window != entry.window {
                return Err(RingError::WindowConflict);
            }
            if entry.key.is_none() {
                // The secret of the revoked key is wiped here, in place.
                here.key = None;
            }
            return Ok(());
        }
        let Entry { kind, id, identity, window, key } = entry;
        let key = key.as_ref().map(RingKey::duplicate);
        self.entries.insert(Entry { kind: *kind, id: *id, identity: *identity, window: *window, key })
    }

    /// Whether everything in `other` is in this ring: each key with its window, revoked here if it is there, and each realm.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let entries = other.entries.iter().all(|theirs| {
            self.entries.iter().any(|ours| {
                ours.order() == theirs.order()
                    && ours.window == theirs.window
                    && (theirs.key.is_some() || ours.key.is_none())
            })
        });
        let realms = other.realms.iter().all(|theirs| {
            self.realms.iter().any(|ours| {
                ours.same_but_for_version(theirs)
                    && ours.min_snapshot_version() >= theirs.min_snapshot_version()
            })
        });
        entries && realms
    }
}
