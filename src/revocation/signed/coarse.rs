//! A snapshot seen by a node that has no filter key.

use super::{Answer, Facts, Floors, Grounds, Revocations, Snapshot, SnapshotError, SnapshotKeys};
use crate::ring::{Public, Ring};
use crate::values::{Subject, Timestamp};

/// A snapshot of which only two scopes can be read: everyone and key. **Log-outs of a session, a subject or a token are not seen.**
///
/// It is for nodes with a public ring, which holds no filter key and so cannot tell whose fingerprints a snapshot has. Where that is not enough, hand the filter key
/// to the node besides its ring ([`SnapshotKeys::with_filter_keys`]) and open a [`Snapshot`].
///
/// Nothing is minted on its word, and the [`Snapshot`] inside answers [`Answer::Damaged`] about tokens: neither can be taken for one that sees everything (REV-18).
#[derive(Clone, Debug)]
pub struct CoarseSnapshot<B>(Snapshot<B>);

impl<B: AsRef<[u8]>> CoarseSnapshot<B> {
    /// Opens a snapshot of one of the realms of a public ring.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], as [`Snapshot::open`].
    pub fn open(
        bytes: B,
        ring: &Ring<Public>,
        now: Timestamp,
        floors: &Floors,
    ) -> Result<Self, SnapshotError> {
        Snapshot::open(bytes, &SnapshotKeys::all(ring), now, floors).map(Self)
    }

    /// The snapshot, for its version and times.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot<B> {
        &self.0
    }
}

impl<B: AsRef<[u8]>> Revocations for CoarseSnapshot<B> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        if self.0.is_stale(now) { Answer::Stale } else { self.check_however_old(facts, now) }
    }

    fn check_however_old(&self, facts: &Facts<'_>, _: Timestamp) -> Answer {
        let clear = Answer::Clear(self.0.freshness().without_minting());
        self.0.coarsely_against(facts).unwrap_or(clear)
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.0.cut_off(subject)
    }

    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        self.0.grounds(facts, now)
    }
}
