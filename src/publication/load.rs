//! A node gets its snapshot.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::Store;
use crate::revocation::{Floors, Snapshot, SnapshotError, SnapshotKeys};
use crate::values::Timestamp;

impl Snapshot<Vec<u8>> {
    /// Opens the snapshot in a store, a file for example.
    ///
    /// ```no_run
    /// # use safeconduct::*;
    /// # fn example(ring: &Ring<Verifying>, now: Timestamp) -> Result<(), LoadError> {
    /// let floors = Floors::new();
    /// let snapshot = Snapshot::load(&FileStore::new("/var/lib/shop/revocations"), &SnapshotKeys::of(ring), now, &floors)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoadError`]. Go on with the snapshot before it, as long as that is valid.
    pub fn load<S: Store + ?Sized>(
        store: &S,
        keys: &SnapshotKeys,
        now: Timestamp,
        floors: &Floors,
    ) -> Result<Self, LoadError> {
        let (bytes, _) =
            store.get().map_err(|why| LoadError::Store(Box::new(why)))?.ok_or(LoadError::Nothing)?;
        Self::open(bytes, keys, now, floors).map_err(LoadError::Snapshot)
    }
}

/// Why a store gave no snapshot.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The store failed.
    Store(Box<dyn core::error::Error + Send + Sync>),
    /// The store holds nothing: nothing was published yet, or this is the wrong place.
    Nothing,
    /// What it holds is refused.
    Snapshot(SnapshotError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(why) => write!(f, "the snapshot's store failed: {why}"),
            Self::Nothing => f.write_str("no snapshot was published here yet"),
            Self::Snapshot(why) => write!(f, "{why}"),
        }
    }
}

impl core::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Store(why) => Some(&**why),
            Self::Nothing => None,
            Self::Snapshot(why) => Some(why),
        }
    }
}
