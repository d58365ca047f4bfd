//! What a node holds against a snapshot: its rules, and what it remembers of those before (SPEC section 9.5).

use core::cmp::Ordering;

use super::SnapshotError;
use super::header::{Header, Line};
use crate::values::{Seconds, Timestamp};

/// Lines of versions that are remembered: two signers, each with a predecessor.
const LINES: usize = 4;

/// The rules by which snapshots of one realm are taken, and the memory of what was taken.
///
/// A node starts with rules alone. Whoever keeps a snapshot for later (a file, a warm instance) opens it first at the next start, and so remembers.
/// Without that, a node that restarts relies on the ring's `min_snapshot_version` and on [`least_version`](Floors::least_version).
///
/// ```
/// use safeconduct::{Floors, Seconds};
/// let floors = Floors::new().skew(Seconds::new(60)).longest_validity(Seconds::hours(2)).least_version(4711);
/// # let _ = floors;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct Floors {
    skew: Seconds,
    longest_validity: Seconds,
    least_version: u64,
    complete_to: Timestamp,
    seen: [Option<Seen>; LINES],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seen {
    line: Line,
    version: u64,
    /// Of the signed header of a snapshot; `None` after a delta, since several deltas lead to one version.
    digest: Option<[u8; 32]>,
    complete_to: Timestamp,
}

impl Floors {
    /// Skew 30 s, validity at most 24 h, any version, no memory.
    pub const fn new() -> Self {
        Self {
            skew: Seconds::new(30),
            longest_validity: Seconds::hours(24),
            least_version: 0,
            complete_to: Timestamp::MIN,
            seen: [None; LINES],
        }
    }

    /// How far the publisher's clock may be ahead of this node's. Snapshots from further ahead are refused.
    pub const fn skew(mut self, skew: Seconds) -> Self {
        self.skew = skew;
        self
    }

    /// The longest validity that this node grants, counted from `issued_at`, whatever the snapshot says: the longest time for which a node that is cut off can be
    /// kept in the dark.
    pub const fn longest_validity(mut self, validity: Seconds) -> Self {
        self.longest_validity = validity;
        self
    }

    /// The lowest version to take, from this node's configuration. The ring's `min_snapshot_version` holds as well.
    pub const fn least_version(mut self, version: u64) -> Self {
        self.least_version = version;
        self
    }

    /// When the validity of this document ends, on this node.
    pub(super) fn not_after(&self, header: &Header) -> Timestamp {
        header.not_after.min(header.issued_at.saturating_add(self.longest_validity))
    }

    /// REV-08 and REV-09: neither from the future nor over, not below a floor, and not older than what was taken before.
    pub(super) fn admit(
        &self,
        header: &Header,
        digest: Option<&[u8; 32]>,
        ring_least: u64,
        now: Timestamp,
    ) -> Result<(), SnapshotError> {
        let horizon = now.saturating_add(self.skew);
        if header.issued_at > horizon || header.complete_to > horizon {
            return Err(SnapshotError::FromTheFuture);
        }
        let not_after = self.not_after(header);
        if not_after <= now {
            return Err(SnapshotError::Expired { not_after });
        }
        let least = self.least_version.max(ring_least);
        if header.version < least {
            return Err(SnapshotError::BelowFloor { found: header.version, least });
        }
        if let Some(seen) = self.seen.iter().flatten().find(|seen| seen.line == header.line) {
            if header.version < seen.version {
                return Err(SnapshotError::Older);
            }
            let both = seen.digest.as_ref().zip(digest);
            if header.version == seen.version && both.is_some_and(|(seen, found)| seen != found) {
                return Err(SnapshotError::Equivocation { version: header.version });
            }
        }
        if header.complete_to < self.complete_to {
            return Err(SnapshotError::Older);
        }
        Ok(())
    }

    /// Remembers a document that was taken.
    pub(super) fn raise(&mut self, header: &Header, digest: Option<[u8; 32]>) {
        let mut seen =
            Seen { line: header.line, version: header.version, digest, complete_to: header.complete_to };
        self.complete_to = self.complete_to.max(header.complete_to);
        let same = self.seen.iter().position(|slot| slot.is_some_and(|slot| slot.line == header.line));
        // Whatever order two threads remember theirs in, nothing goes down.
        if let Some(known) = same.and_then(|place| *self.seen.get(place)?) {
            match known.version.cmp(&seen.version) {
                Ordering::Greater => return,
                Ordering::Equal => seen.digest = known.digest.or(digest),
                Ordering::Less => {}
            }
        }
        // Where there is no room, the line that is furthest behind is forgotten; `complete_to` still keeps its old snapshots out.
        let slots = self.seen.iter().enumerate();
        let oldest = slots.min_by_key(|(_, slot)| slot.map(|slot| slot.complete_to));
        let place = same.or(oldest.map(|(place, _)| place)).unwrap_or(0);
        if let Some(slot) = self.seen.get_mut(place) {
            *slot = Some(seen);
        }
    }
}

impl Default for Floors {
    fn default() -> Self {
        Self::new()
    }
}
