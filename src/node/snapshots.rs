//! The snapshots of all realms of a ring, asked as one.

use alloc::sync::Arc;

use crate::revocation::{Answer, Facts, Floors, Grounds, Revocations, Snapshot, SnapshotKeys};
use crate::values::{RealmId, Subject, Timestamp};

pub(super) type Bytes = Arc<[u8]>;

/// A snapshot for each realm of a ring. All are asked; a realm of which there is none yet makes the answer stale (REV-16).
#[derive(Clone, Debug)]
pub struct Snapshots([Option<Slot>; 2]);

#[derive(Clone, Debug)]
struct Slot {
    realm: RealmId,
    snapshot: Option<Arc<Snapshot<Bytes>>>,
}

/// What is remembered of a realm's snapshots, also while there is none.
#[derive(Clone, Copy)]
pub(super) struct RealmMemory {
    pub(super) realm: RealmId,
    pub(super) floors: Floors,
}

impl Snapshots {
    pub(super) fn none(keys: &SnapshotKeys) -> Self {
        let mut realms = keys.realms().map(|realm| Slot { realm, snapshot: None });
        Self([realms.next(), realms.next()])
    }

    /// The snapshots of these realms, as far as there are any here that these keys would take.
    pub(super) fn keep(&self, keys: &SnapshotKeys) -> Self {
        let mut kept = Self::none(keys);
        for slot in kept.0.iter_mut().flatten() {
            slot.snapshot = self.get(slot.realm).filter(|snapshot| snapshot.is_trusted_by(keys)).cloned();
        }
        kept
    }

    pub(super) fn get(&self, realm: RealmId) -> Option<&Arc<Snapshot<Bytes>>> {
        self.0.iter().flatten().find(|slot| slot.realm == realm)?.snapshot.as_ref()
    }

    pub(super) fn put(&mut self, snapshot: Snapshot<Bytes>) {
        if let Some(slot) = self.0.iter_mut().flatten().find(|slot| slot.realm == snapshot.realm()) {
            slot.snapshot = Some(Arc::new(snapshot));
        }
    }

    /// The first realm of which there is no snapshot.
    pub(super) fn missing(&self) -> Option<RealmId> {
        self.0.iter().flatten().find(|slot| slot.snapshot.is_none()).map(|slot| slot.realm)
    }

    /// Those that there are.
    pub fn iter(&self) -> impl Iterator<Item = &Snapshot<Arc<[u8]>>> {
        self.0.iter().flatten().filter_map(|slot| slot.snapshot.as_deref())
    }

    pub(super) fn versions(&self) -> impl Iterator<Item = (RealmId, u64)> {
        let version = |slot: &Slot| slot.snapshot.as_ref().map_or(0, |snapshot| snapshot.version());
        self.0.iter().flatten().map(move |slot| (slot.realm, version(slot)))
    }

    fn all(&self, ask: impl Fn(&Snapshot<Bytes>) -> Answer) -> Answer {
        let mut answers =
            self.0.iter().flatten().map(|slot| slot.snapshot.as_deref().map_or(Answer::Stale, &ask));
        // A ring without a realm does not get here; if it did, nothing would be known.
        let first = answers.next().unwrap_or(Answer::Stale);
        answers.fold(first, Answer::and)
    }
}

impl Revocations for Snapshots {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.all(|snapshot| snapshot.check(facts, now))
    }

    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.all(|snapshot| snapshot.check_however_old(facts, now))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.iter().filter_map(|snapshot| snapshot.cut_off(subject)).max()
    }

    /// Those of the snapshot that decides; where none does alone, of the one that reaches less far.
    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        let decided = self.check(facts, now);
        let deciding = self.iter().find(|snapshot| snapshot.check(facts, now) == decided);
        let of = |snapshot: &Snapshot<Bytes>| snapshot.grounds(facts, now);
        deciding.and_then(of).or_else(|| self.iter().filter_map(of).min_by_key(|grounds| grounds.complete_to))
    }
}
