//! The ring, and what its holder may do with it.

use core::fmt;

use super::{Entries, Entry, Window};
use crate::keys::{IssuingKey, RingKey, VerifyingKey};
use crate::values::{KeyId, Kind};

mod sealed {
    pub trait Sealed {}
}

/// What the holder of a ring may do: [`Issuing`] or [`Verifying`]. Only this library implements it.
pub trait Role: sealed::Sealed {
    /// What the ring holds for each key.
    #[allow(private_bounds)] // how keys are stored is nobody else's business
    type Key: RingKey + fmt::Debug;
    /// The name of the role in the ring's text: `issuer` or `verifier`.
    const NAME: &'static str;
}

/// A role whose rings can verify tokens: both of them.
pub trait Reads: Role {}

/// The role of an issuer: the ring holds every secret.
#[derive(Clone, Copy, Debug)]
pub enum Issuing {}

/// The role of a verifier: AEAD keys and public keys. It cannot mint kinds `s` and `n`; with a key of kind `e`, it can.
#[derive(Clone, Copy, Debug)]
pub enum Verifying {}

impl sealed::Sealed for Issuing {}
impl sealed::Sealed for Verifying {}
impl Reads for Issuing {}
impl Reads for Verifying {}

impl Role for Issuing {
    type Key = IssuingKey;
    const NAME: &'static str = "issuer";
}

impl Role for Verifying {
    type Key = VerifyingKey;
    const NAME: &'static str = "verifier";
}

/// Keys with their windows: at most 16, stored inline.
///
/// Its role is part of its type: an issuer takes a `Ring<Issuing>` only, a verifier takes either. Read one from its text with
/// [`str::parse`], or make one key by key. Secrets are wiped on drop, `Debug` prints ids and windows only.
///
/// ```
/// use safeconduct::{Issuing, IssuingKey, Kind, Ring, Seconds, Timestamp, Window};
///
/// let now = Timestamp::from_unix(1_800_000_000)?;
/// let mut rng = getrandom::SysRng;
/// let mut ring = Ring::<Issuing>::new();
/// ring.add(
///     IssuingKey::generate(Kind::Encrypted, &mut rng)?,
///     Window::new(now, Seconds::days(30), Seconds::hours(1))?,
/// )?;
/// let text = ring.to_text(); // one line; a secret
/// let same: Ring<Issuing> = text.as_str().parse()?;
/// assert_eq!(format!("{same:?}"), format!("{ring:?}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ring<R: Role> {
    pub(crate) entries: Entries<R::Key>,
}

impl<R: Role> Ring<R> {
    /// A ring without keys. It has no text until it has one (RING-02).
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Entries::empty() }
    }

    /// Adds a key with its window.
    ///
    /// # Errors
    ///
    /// [`RingError::Full`] at 16 keys, [`RingError::DuplicateId`] if the ring has the key already, or another one with the same id
    /// (one in 2^32: generate another). The ring is unchanged and the key is wiped.
    pub fn add(&mut self, key: R::Key, window: Window) -> Result<(), RingError> {
        let identity = *key.identity();
        let kind = key.material().kind();
        self.entries.insert(Entry { kind, id: identity.key_id(), identity, window, key })
    }

    /// Takes a key out and wipes it; says whether there was one. From then on its tokens are refused as of an unknown key.
    ///
    /// Take a key out when it is over (`accept_until`), or at once if it leaked.
    pub fn remove(&mut self, kind: Kind, id: KeyId) -> bool {
        self.entries.remove(kind, id)
    }

    /// How many keys there are: 0 to 16.
    #[must_use]
    pub fn count(&self) -> usize {
        self.entries.count()
    }

    /// What may be told about each key: safe to log. In the order of kind and key identity, which says nothing about age.
    pub fn keys(&self) -> impl Iterator<Item = RingKeyInfo> {
        self.entries.iter().map(|entry| RingKeyInfo { kind: entry.kind, id: entry.id, window: entry.window })
    }

    /// The ring for nodes that only verify. It holds no Ed25519 seed (RING-06).
    #[must_use]
    pub fn verifying(&self) -> Ring<Verifying> {
        Ring { entries: self.entries.map(|entry| entry.key.to_verifying()) }
    }
}

impl<R: Role> Default for Ring<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Role> fmt::Debug for Ring<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ring({}) ", R::NAME)?;
        f.debug_list().entries(self.keys()).finish()
    }
}

/// What may be told about a key of a ring: nothing in it is secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct RingKeyInfo {
    /// The kind of token the key is for.
    pub kind: Kind,
    /// The id that tokens carry.
    pub id: KeyId,
    /// When it mints and when it is accepted.
    pub window: Window,
}

/// Why a key was not added. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RingError {
    /// The ring has 16 keys.
    Full,
    /// The ring has a key of this kind with this id (RING-03).
    DuplicateId,
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the ring is full: it has 16 keys",
            Self::DuplicateId => "the ring already has a key of this kind with this id",
        })
    }
}

impl core::error::Error for RingError {}
