//! A NODE'S PAIR: ring and snapshots, replaced together while requests are served.

mod error;
mod snapshots;
mod update;

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use std::sync::{Mutex, PoisonError, RwLock};

pub use error::NodeError;
use snapshots::RealmMemory;
pub use snapshots::Snapshots;
pub use update::Update;

use crate::revocation::{Floors, SnapshotKeys};
use crate::ring::{HoldsFilterKeys, Reads, Ring};
use crate::values::{RealmId, Timestamp};
use crate::verifier::Verifier;

/// What a node makes of a ring: a verifier, and whatever else depends on the ring (an [`Issuer`](crate::Issuer), or nothing).
type Make<R, X> = dyn Fn(&Ring<R>) -> (Verifier, X) + Send + Sync;

/// Ring and revocation snapshots of a node, which change while requests are served.
///
/// Each request takes the pair that is in force ([`current`](Self::current)) and uses it to its end, so it never sees a new ring with an old snapshot or the other way
/// round. Whoever fetches documents hands them over with [`update`](Self::update), as often and in whatever order they come: older ones are refused, and when a
/// candidate is bad in any way, the pair before it stays in force. Nothing here fetches, reads a clock or starts a thread.
///
/// ```
/// # use safeconduct::*;
/// # let now = Timestamp::from_unix(1_800_000_000)?;
/// # let mut rng = getrandom::SysRng;
/// # let signer = SnapshotSigner::generate(&mut rng)?;
/// # let realm = Realm::generate(&[signer.public()], &mut rng)?;
/// # let mut ring = Ring::<Issuing>::new();
/// # ring.add(IssuingKey::generate(Kind::Encrypted, &mut rng)?, Window::new(now, Seconds::days(30), Seconds::days(1))?)?;
/// # ring.add_realm(&realm)?;
/// # let journal = Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut rng)?;
/// # let (journal, _) = journal.commit(now, &signer)?.stored();
/// # let bytes = journal.snapshot(&signer)?;
/// const SESSION: Context = context!("shop.example", "session");
/// let make = |ring: &Ring<Issuing>| {
///     let verifier = Verifier::new(ring, SESSION, &Policy::AAL1, Kind::Encrypted);
///     (verifier, Issuer::new(ring, SESSION, &Policy::AAL1, Kind::Encrypted))
/// };
/// let node = Node::new(ring, 0, Floors::new(), make)?;
/// node.update(Update::new().snapshot(bytes), now)?; // at the start, and whenever a new one was fetched
///
/// let current = node.current(); // in each request
/// let grant = Grant::new(Subject::new("usr_1")?, AuthLevel::Aal1);
/// let token = current.beside().issue_beside(current.snapshots(), &grant, now, &mut rng)?;
/// let session: Session<()> = current.verifier().verify_owned(token.as_str(), now)?;
/// # let _ = session;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Node<R: Reads + HoldsFilterKeys, X = ()> {
    make: Box<Make<R, X>>,
    current: RwLock<Arc<Current<R, X>>>,
    /// Held while a candidate is looked at. Readers do not wait for it.
    memory: Mutex<Memory>,
}

/// What a node remembers besides the pair in force.
struct Memory {
    /// The rules, for realms that are seen for the first time.
    rules: Floors,
    realms: [Option<RealmMemory>; 2],
}

/// The pair that is in force: a verifier over a ring and its snapshots.
pub struct Current<R: Reads + HoldsFilterKeys, X = ()> {
    ring: Arc<Ring<R>>,
    ring_version: u64,
    verifier: Verifier<Snapshots>,
    beside: Arc<X>,
}

impl<R: Reads + HoldsFilterKeys, X> Node<R, X> {
    /// A node with a ring and no snapshot yet: it refuses everybody as stale until the first [`update`](Self::update).
    ///
    /// `ring_version` is that of the published ring ([`Published::version`](crate::Published::version)), or 0 for a ring from a secret store: what snapshots demand of published rings does not concern it then. `rules` are this node's own
    /// for snapshots. `make` is called for this ring and for every later one.
    ///
    /// # Errors
    ///
    /// [`NodeError::NoRealm`] if the ring has no revocation realm.
    pub fn new(
        ring: Ring<R>,
        ring_version: u64,
        rules: Floors,
        make: impl Fn(&Ring<R>) -> (Verifier, X) + Send + Sync + 'static,
    ) -> Result<Self, NodeError> {
        if ring.realms().next().is_none() {
            return Err(NodeError::NoRealm);
        }
        let (verifier, beside) = make(&ring);
        let verifier = verifier.revocations(Snapshots::none(&SnapshotKeys::of(&ring)));
        let current = Current { ring: Arc::new(ring), ring_version, verifier, beside: Arc::new(beside) };
        Ok(Self {
            make: Box::new(make),
            current: RwLock::new(Arc::new(current)),
            memory: Mutex::new(Memory { rules, realms: [None, None] }),
        })
    }

    /// The pair in force. Take it once for each request.
    #[must_use]
    pub fn current(&self) -> Arc<Current<R, X>> {
        // Whoever panicked while it held the lock has at most put a whole pair in the place of another.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at what was fetched and, if all of it is good, puts it in force at once. Whether anything is different now.
    ///
    /// # Errors
    ///
    /// [`NodeError`], after which the pair before stays in force and nothing is remembered of the candidate.
    pub fn update(&self, update: Update<R>, now: Timestamp) -> Result<bool, NodeError> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((current, realms)) = self.candidate(update, &memory, now)? else { return Ok(false) };
        memory.realms = realms;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        Ok(true)
    }
}

impl<R: Reads + HoldsFilterKeys, X> Current<R, X> {
    /// Verifies by this ring and these snapshots.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier<Snapshots> {
        &self.verifier
    }

    /// The snapshots: for [`Issuer::issue_beside`](crate::Issuer::issue_beside), and to ask how old they are.
    #[must_use]
    pub const fn snapshots(&self) -> &Snapshots {
        self.verifier.revocation_data()
    }

    /// What was made of the ring besides the verifier.
    #[must_use]
    pub fn beside(&self) -> &X {
        &self.beside
    }

    /// The ring.
    #[must_use]
    pub fn ring(&self) -> &Ring<R> {
        &self.ring
    }

    /// The version of the ring.
    #[must_use]
    pub const fn ring_version(&self) -> u64 {
        self.ring_version
    }

    /// The versions of the snapshots, realm by realm; 0 where there is none yet.
    pub fn snapshot_versions(&self) -> impl Iterator<Item = (RealmId, u64)> {
        self.snapshots().versions()
    }
}

impl<R: Reads + HoldsFilterKeys, X> fmt::Debug for Node<R, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({:?})", self.current())
    }
}

impl<R: Reads + HoldsFilterKeys, X> fmt::Debug for Current<R, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current")
            .field("ring", &self.ring)
            .field("ring_version", &self.ring_version)
            .field("snapshots", self.snapshots())
            .finish_non_exhaustive()
    }
}
