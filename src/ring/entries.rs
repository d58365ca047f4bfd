//! At most sixteen keys with their names and windows, and the two ways to choose one.

use super::Window;
use super::role::RingError;
use crate::error::Reason;
use crate::keys::KeyIdentity;
use crate::values::{KeyId, Kind, Seconds, Timestamp};

/// Most keys of a ring.
pub(crate) const MAX_KEYS: usize = 16;

/// A key under its names, inside its window. `K` is what the holder needs of it: ring material, or what it was turned into.
pub(crate) struct Entry<K> {
    pub(crate) kind: Kind,
    pub(crate) id: KeyId,
    pub(crate) identity: KeyIdentity,
    pub(crate) window: Window,
    pub(crate) key: K,
}

impl<K> Entry<K> {
    /// Entries are kept in this order, so that one set of keys has one text (RING-02).
    fn order(&self) -> (u8, &KeyIdentity) {
        (self.kind.byte(), &self.identity)
    }
}

/// The entries of a ring, in order, without gaps.
pub(crate) struct Entries<K>([Option<Entry<K>>; MAX_KEYS]);

impl<K> Entries<K> {
    pub(crate) const fn empty() -> Self {
        Self([const { None }; MAX_KEYS])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<K>> {
        self.0.iter().flatten()
    }

    pub(crate) fn count(&self) -> usize {
        self.iter().count()
    }

    /// Adds an entry at its place.
    pub(crate) fn insert(&mut self, entry: Entry<K>) -> Result<(), RingError> {
        if self.named(entry.kind, entry.id).is_some() {
            return Err(RingError::DuplicateId);
        }
        if self.count() >= MAX_KEYS {
            return Err(RingError::Full);
        }
        let mut carried = Some(entry);
        for slot in &mut self.0 {
            match (slot.as_ref(), carried.as_ref()) {
                (Some(here), Some(next)) if here.order() > next.order() => {
                    core::mem::swap(slot, &mut carried)
                }
                (None, _) => core::mem::swap(slot, &mut carried),
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes an entry out and closes the gap. The key is dropped, and so wiped, where it stands: moved out, its bytes would stay behind.
    pub(crate) fn remove(&mut self, kind: Kind, id: KeyId) -> bool {
        let place = self.iter().position(|entry| entry.kind == kind && entry.id == id);
        let Some(tail) = place.and_then(|place| self.0.get_mut(place..)) else { return false };
        if let Some(slot) = tail.first_mut() {
            *slot = None;
        }
        tail.rotate_left(1);
        true
    }

    /// The same names and windows around other keys.
    pub(crate) fn map<T>(&self, mut turn: impl FnMut(&Entry<K>) -> T) -> Entries<T> {
        let mut mapped = Entries::empty();
        for (target, source) in mapped.0.iter_mut().zip(self.iter()) {
            *target = Some(Entry {
                kind: source.kind,
                id: source.id,
                identity: source.identity,
                window: source.window,
                key: turn(source),
            });
        }
        mapped
    }

    /// The key of this kind and id: at most one (RING-03).
    pub(crate) fn named(&self, kind: Kind, id: KeyId) -> Option<&Entry<K>> {
        self.iter().find(|entry| entry.id == id && entry.kind == kind)
    }

    /// The one key that a token names, if it is inside its window: TOK-31, TOK-32.
    pub(crate) fn accepting(
        &self,
        kind: Kind,
        id: KeyId,
        now: Timestamp,
        skew: Seconds,
    ) -> Result<&Entry<K>, Reason> {
        let entry = self.named(kind, id).ok_or(Reason::UnknownKey)?;
        if entry.window.issue_from().saturating_sub(skew) > now {
            return Err(Reason::KeyNotYetValid);
        }
        if now >= entry.window.accept_until() {
            return Err(Reason::KeyExpired);
        }
        Ok(entry)
    }

    /// The one key of this kind that mints at `now` (SPEC section 8.3): every node with the same ring chooses the same.
    #[cfg(feature = "alloc")]
    pub(crate) fn minting(&self, kind: Kind, now: Timestamp) -> Option<&Entry<K>> {
        self.iter()
            .filter(|entry| entry.kind == kind && entry.window.mints(now))
            .min_by_key(|entry| (core::cmp::Reverse(entry.window.issue_from()), entry.identity))
    }
}
