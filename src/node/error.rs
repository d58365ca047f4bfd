//! Why a node stays with what it has.

use core::fmt;

use crate::revocation::SnapshotError;
use crate::values::RealmId;

/// Why a candidate was refused. The pair before it stays in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NodeError {
    /// The ring has no revocation realm, so nothing could ever be revoked. Add one, or verify without revocation by name.
    NoRealm,
    /// The ring is older than the one in force.
    OlderRing {
        /// Its version.
        found: u64,
        /// The version in force.
        had: u64,
    },
    /// The ring has a realm of which there is no snapshot, in the candidate or in force: fetch it first and hand in both, or everybody would be refused. A snapshot in force
    /// does not count if the new ring has dropped its signer, or demands a higher version.
    NoSnapshot {
        /// The realm.
        realm: RealmId,
    },
    /// A delta came without the snapshot that it goes on from.
    NoBase {
        /// Its realm.
        realm: RealmId,
    },
    /// A snapshot or delta is refused.
    Snapshot(SnapshotError),
}

impl From<SnapshotError> for NodeError {
    fn from(why: SnapshotError) -> Self {
        Self::Snapshot(why)
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRealm => f.write_str("the ring has no revocation realm"),
            Self::OlderRing { found, had } => {
                write!(f, "the ring has version {found}, and {had} is in force")
            }
            Self::NoSnapshot { realm } => write!(f, "there is no snapshot of the ring's realm {realm}"),
            Self::NoBase { realm } => write!(f, "a delta of realm {realm} without a snapshot to go on from"),
            Self::Snapshot(why) => write!(f, "the revocation snapshot: {why}"),
        }
    }
}

impl core::error::Error for NodeError {}
