//! What to do when a snapshot is refused.

use crate::revocation::SnapshotError;

/// What an operator does about a snapshot that a node did not take. Whatever it is, the node goes on with the snapshot that it has until that one's validity is over, and
/// then refuses everybody, unless it was told otherwise by name.
#[must_use]
pub const fn snapshot_advice(why: &SnapshotError) -> &'static str {
    match why {
        SnapshotError::NotASnapshot => {
            "look at what is at that place: an error page, another file, a snapshot that was compressed or encoded on the way"
        }
        SnapshotError::OtherForm => {
            "open snapshots, and apply deltas to them: somebody has put one in the place of the other"
        }
        SnapshotError::ForeignRealm { .. } => {
            "compare the realm ids: it is the snapshot of another service or environment, or this ring is older than its realm"
        }
        SnapshotError::UnknownSigner => {
            "compare the signer with those of the ring's realm: the publisher signs with another key, or this ring is older than the signer"
        }
        SnapshotError::BadSignature => {
            "get it again from where it is published; if it is the same there, somebody who is not the publisher has written it"
        }
        SnapshotError::Header => {
            "its signer has signed impossible numbers: see which version of this library publishes, and whether the signer's key is out"
        }
        SnapshotError::Length | SnapshotError::Damaged => {
            "get it again: it was cut off or mixed up on the way; if that does not help, have the publisher store it again"
        }
        SnapshotError::Order => {
            "its signer has signed rows out of order: see which version of this library publishes, and whether the signer's key is out"
        }
        SnapshotError::FromTheFuture => {
            "compare the clocks of this node and of the publisher: they disagree by more than the skew"
        }
        SnapshotError::Expired { .. } => {
            "see whether the publisher runs and this node gets its latest: `inspect publish` makes one by hand"
        }
        SnapshotError::BelowFloor { .. } => {
            "the log went back behind what the ring or the configuration demands: put the latest log back, or start a new one above the floor and revoke everyone before now"
        }
        SnapshotError::Older => {
            "nothing, if it goes away by itself: a cache has shown an old one. If it stays, the log went back: put the latest log back"
        }
        SnapshotError::Equivocation { .. } => {
            "somebody has signed one version twice: two publishers on two copies of the log, a log put back from a backup, or a signer's key that is out"
        }
        SnapshotError::Gap { .. } => "load the snapshot instead: a delta in between is missing",
        SnapshotError::OtherLine => {
            "load the snapshot instead: a new log was started, or another signer signs"
        }
        SnapshotError::RingTooOld { .. } => {
            "bring the latest ring to this node: the publisher demands it, as after a key was revoked"
        }
    }
}
