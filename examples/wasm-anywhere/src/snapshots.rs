//! Who is out: the latest snapshot that the host has brought.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;

use safeconduct::{
    Answer, Facts, Floors, Revocations, Ring, Snapshot, SnapshotError, SnapshotKeys, Subject, Timestamp,
    Verifier, Verifying,
};

/// What opens snapshots, and the one in force.
pub(crate) struct Snapshots {
    keys: SnapshotKeys,
    floors: Floors,
    latest: Latest,
}

impl Snapshots {
    /// Of the realms of a ring, of which there must be one.
    pub(crate) fn of(ring: &Ring<Verifying>) -> Result<Self, &'static str> {
        if ring.realms().next().is_none() {
            return Err("the ring has no revocation realm");
        }
        let latest = Latest(Rc::new(RefCell::new(None)));
        Ok(Self { keys: SnapshotKeys::of(ring), floors: Floors::new(), latest })
    }

    /// Answers the verifier's revocation question.
    pub(crate) fn answer(&self, verifier: Verifier) -> Verifier<Latest> {
        verifier.revocations(self.latest.clone())
    }

    /// Takes a snapshot. If it is refused, the one before stays in force.
    pub(crate) fn take(&mut self, bytes: Vec<u8>, now: Timestamp) -> Result<(), SnapshotError> {
        let snapshot = Snapshot::open(bytes, &self.keys, now, &self.floors)?;
        snapshot.remember(&mut self.floors);
        *self.latest.0.borrow_mut() = Some(snapshot);
        Ok(())
    }

    #[cfg(feature = "mint")]
    pub(crate) const fn latest(&self) -> &Latest {
        &self.latest
    }
}

/// The snapshot in force. The verifier looks at it, and [`Snapshots::take`] replaces it.
#[derive(Clone)]
pub(crate) struct Latest(Rc<RefCell<Option<Snapshot<Vec<u8>>>>>);

impl Revocations for Latest {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.try_borrow().map_or(Answer::Damaged, |snapshot| snapshot.check(facts, now))
    }

    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.try_borrow().map_or(Answer::Damaged, |snapshot| snapshot.check_however_old(facts, now))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.0.try_borrow().ok()?.cut_off(subject)
    }
}
