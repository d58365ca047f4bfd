//! At most sixteen keys with their names and windows, and the two ways to choose one.

use super::state::KeyState;
use super::{RingError, Window};
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
    /// `None`: revoked. The names and the window stay as a tombstone.
    pub(crate) key: Option<K>,
}

impl<K> Entry<K> {
    /// Entries are kept in this order, so that one ring has one text (RING-02).
    pub(super) fn order(&self) -> (u8, &KeyIdentity) {
        (self.kind.byte(), &self.identity)
    }

    /// Whether the key may mint at `now`, as far as it alone can say (RING-09).
    pub(super) fn may_mint(&self, now: Timestamp) -> bool {
        self.key.is_some() && self.window.mints(now)
    }
}

/// The entries of a ring, in order, without gaps.
pub(crate) struct Entries<K>([Option<Entry<K>>; MAX_KEYS]);

impl<K> Entries<K> {
    pub(crate) const fn empty() -> Self {
        Self([const { None }; MAX_KEYS])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<K>> {
        // Entries have no gaps, so the first empty place is the end.
        self.0.iter().map_while(Option::as_ref)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry<K>> {
        self.0.iter_mut().flatten()
    }

    pub(crate) fn count(&self) -> usize {
        self.iter().count()
    }

    /// Adds an entry at its place.
    pub(super) fn insert(&mut self, entry: Entry<K>) -> Result<(), RingError> {
        if self.named(entry.kind, entry.id).is_some() {
            return Err(RingError::DuplicateId);
        }
        let free = self.0.iter_mut().find(|slot| slot.is_none()).ok_or(RingError::Full)?;
        *free = Some(entry);
        self.sort();
        Ok(())
    }

    /// In order, empty places last. All orders are different, so that this is the only arrangement.
    fn sort(&mut self) {
        self.0.sort_unstable_by(|one, other| match (one, other) {
            (Some(one), Some(other)) => one.order().cmp(&other.order()),
            _ => one.is_none().cmp(&other.is_none()),
        });
    }

    /// Keeps the entries that `keep` says, without gaps.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Entry<K>) -> bool) {
        for slot in &mut self.0 {
            if slot.as_ref().is_some_and(|entry| !keep(entry)) {
                *slot = None;
            }
        }
        self.sort();
    }

    /// The same names and windows around other keys.
    pub(crate) fn map<T>(&self, mut turn: impl FnMut(&K) -> T) -> Entries<T> {
        self.filter_map(|key| Some(turn(key)))
    }

    /// The same, where a key that turns into nothing is held as if it were revoked: it does nothing any more.
    pub(crate) fn filter_map<T>(&self, mut turn: impl FnMut(&K) -> Option<T>) -> Entries<T> {
        let mut mapped = Entries::empty();
        for (target, source) in mapped.0.iter_mut().zip(self.iter()) {
            *target = Some(Entry {
                kind: source.kind,
                id: source.id,
                identity: source.identity,
                window: source.window,
                key: source.key.as_ref().and_then(&mut turn),
            });
        }
        mapped
    }

    /// The entry of this kind and id: at most one (RING-03).
    pub(crate) fn named(&self, kind: Kind, id: KeyId) -> Option<&Entry<K>> {
        self.iter().find(|entry| entry.id == id && entry.kind == kind)
    }

    /// The one key that a token names, if it is not revoked and inside its window: TOK-31, RING-08, TOK-32.
    pub(crate) fn accepting(
        &self,
        kind: Kind,
        id: KeyId,
        now: Timestamp,
        skew: Seconds,
    ) -> Result<&K, Reason> {
        let entry = self.named(kind, id).ok_or(Reason::UnknownKey)?;
        let key = entry.key.as_ref().ok_or(Reason::KeyRevoked)?;
        if entry.window.issue_from().saturating_sub(skew) > now {
            return Err(Reason::KeyNotYetValid);
        }
        if now >= entry.window.accept_until() {
            return Err(Reason::KeyExpired);
        }
        Ok(key)
    }

    /// The one entry of this kind that mints at `now` (SPEC section 8.3, RING-10): every node with the same ring chooses the same.
    pub(crate) fn minting(&self, kind: Kind, now: Timestamp) -> Option<&Entry<K>> {
        self.iter().filter(|entry| entry.kind == kind && entry.may_mint(now)).min_by(|one, other| {
            let latest = other.window.issue_from().cmp(&one.window.issue_from());
            latest.then_with(|| one.identity.cmp(&other.identity))
        })
    }

    /// The state of one of the entries at `now` (SPEC section 8.2).
    pub(crate) fn state(&self, entry: &Entry<K>, now: Timestamp) -> KeyState {
        if entry.key.is_none() {
            KeyState::Revoked
        } else if now < entry.window.issue_from() {
            KeyState::Staged
        } else if now >= entry.window.accept_until() {
            KeyState::Expired
        } else if self.minting(entry.kind, now).is_some_and(|minting| minting.identity == entry.identity) {
            KeyState::Active
        } else {
            KeyState::AcceptOnly
        }
    }
}
