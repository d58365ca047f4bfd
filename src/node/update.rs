//! What was fetched, and what becomes of it.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::snapshots::{RealmMemory, Snapshots};
use super::{Current, Memory, Node, NodeError};
use crate::revocation::{Floors, Snapshot, SnapshotError, SnapshotKeys};
use crate::ring::{HoldsFilterKeys, Reads, Ring};
use crate::values::{RealmId, Timestamp};

/// What was fetched: a ring, snapshots, deltas, or several of them that go together.
#[derive(Debug)]
#[must_use = "hand it to the node"]
pub struct Update<R: Reads + HoldsFilterKeys> {
    ring: Option<(Ring<R>, u64)>,
    snapshots: Vec<Arc<[u8]>>,
    deltas: Vec<Vec<u8>>,
}

impl<R: Reads + HoldsFilterKeys> Update<R> {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { ring: None, snapshots: Vec::new(), deltas: Vec::new() }
    }

    /// A ring and the version of its published form. One of the version in force changes nothing, so what is fetched twice does no harm. A ring that was not published, but comes
    /// from a secret store, has version 0: it takes the place of another of version 0, and of no published one.
    pub fn ring(mut self, ring: Ring<R>, version: u64) -> Self {
        self.ring = Some((ring, version));
        self
    }

    /// A snapshot of one of the realms. An `Arc<[u8]>` is taken as it is, without a copy.
    pub fn snapshot(mut self, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.snapshots.push(bytes.into());
        self
    }

    /// A delta that goes on from the snapshot in force or from the one that comes with it.
    pub fn delta(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.deltas.push(bytes.into());
        self
    }
}

impl<R: Reads + HoldsFilterKeys> Default for Update<R> {
    fn default() -> Self {
        Self::new()
    }
}

type Realms = [Option<RealmMemory>; 2];
/// A pair that is good, and what is to be remembered once it is in force.
type Candidate<R, X> = (Current<R, X>, Realms);

impl<R: Reads + HoldsFilterKeys, X> Node<R, X> {
    /// The pair that the update makes of the one in force; `None` if it is the same.
    pub(super) fn candidate(
        &self,
        update: Update<R>,
        memory: &Memory,
        now: Timestamp,
    ) -> Result<Option<Candidate<R, X>>, NodeError> {
        let current = self.current();
        let Update { ring, snapshots: documents, deltas } = update;
        let ring = match ring {
            Some((_, found)) if found < current.ring_version => {
                return Err(NodeError::OlderRing { found, had: current.ring_version });
            }
            Some((ring, version)) if version > current.ring_version || version == 0 => Some((ring, version)),
            _ => None,
        };
        let (ring, ring_version, beside) = match ring {
            Some((ring, version)) => {
                if ring.realms().next().is_none() {
                    return Err(NodeError::NoRealm);
                }
                (Arc::new(ring), version, None)
            }
            None => (Arc::clone(&current.ring), current.ring_version, Some(Arc::clone(&current.beside))),
        };
        let keys = SnapshotKeys::of(&ring);
        let mut snapshots = current.snapshots().keep(&keys);
        let mut realms = Memory { rules: memory.rules, realms: of_realms(memory, &keys) };
        let mut changed = beside.is_none();
        for bytes in documents {
            changed |= take_snapshot(bytes, &keys, &mut snapshots, &mut realms, now)?;
        }
        for delta in &deltas {
            changed |= take_delta(delta, &keys, &mut snapshots, &mut realms, now)?;
        }
        if !changed {
            return Ok(None);
        }
        let whole = current.snapshots().missing().is_none();
        if let (true, Some(realm)) = (whole, snapshots.missing()) {
            return Err(NodeError::NoSnapshot { realm });
        }
        if let Some(least) = snapshots.iter().map(Snapshot::min_ring_version).max()
            && ring_version > 0
            && least > ring_version
        {
            return Err(SnapshotError::RingTooOld { had: ring_version, least }.into());
        }
        let (verifier, made) = (self.make)(&ring);
        let beside = beside.unwrap_or_else(|| Arc::new(made));
        let verifier = verifier.revocations(snapshots);
        Ok(Some((Current { ring, ring_version, verifier, beside }, realms.realms)))
    }
}

/// The memory of these realms; of those that are new, the rules alone.
fn of_realms(memory: &Memory, keys: &SnapshotKeys) -> Realms {
    let known = |realm| memory.realms.iter().flatten().find(|known| known.realm == realm).copied();
    let fresh = |realm| RealmMemory { realm, floors: memory.rules };
    let mut realms = keys.realms().map(|realm| known(realm).unwrap_or(fresh(realm)));
    [realms.next(), realms.next()]
}

fn floors(memory: &mut Memory, realm: RealmId) -> Option<&mut Floors> {
    memory.realms.iter_mut().flatten().find(|known| known.realm == realm).map(|known| &mut known.floors)
}

/// Whether it is another one than before.
fn take_snapshot(
    bytes: Arc<[u8]>,
    keys: &SnapshotKeys,
    snapshots: &mut Snapshots,
    memory: &mut Memory,
    now: Timestamp,
) -> Result<bool, NodeError> {
    let realm = Snapshot::<&[u8]>::realm_of(&bytes)?;
    // A realm that the ring does not have is refused in its turn.
    let mut rules = memory.rules;
    let floors = floors(memory, realm).unwrap_or(&mut rules);
    let opened = Snapshot::open(bytes, keys, now, floors)?;
    let before = snapshots.get(opened.realm());
    if before.is_some_and(|before| before.line_and_version() == opened.line_and_version()) {
        return Ok(false);
    }
    opened.remember(floors);
    snapshots.put(opened);
    Ok(true)
}

/// Whether it brings something.
fn take_delta(
    delta: &[u8],
    keys: &SnapshotKeys,
    snapshots: &mut Snapshots,
    memory: &mut Memory,
    now: Timestamp,
) -> Result<bool, NodeError> {
    let realm = Snapshot::<&[u8]>::realm_of(delta)?;
    let base = snapshots.get(realm).ok_or(NodeError::NoBase { realm })?;
    let floors = floors(memory, realm).ok_or(SnapshotError::ForeignRealm { found: realm })?;
    let mut next = Snapshot::clone(base);
    next.apply(delta, keys, now, floors)?;
    if next.version() == base.version() {
        return Ok(false);
    }
    next.remember(floors);
    snapshots.put(next);
    Ok(true)
}
