//! The ring, and what its holder may do with it.

use core::fmt;

use super::realm::Realms;
use super::{Entries, Entry, KeyState, Realm, RingError, Window};
use crate::keys::{IssuingKey, RingKey, VerifyingKey};
use crate::values::{KeyId, Kind, RealmId, Timestamp};

mod sealed {
    pub trait Sealed {}
}

/// The names of all roles.
pub(super) const ROLES: [&str; 3] = [Issuing::NAME, Verifying::NAME, Public::NAME];

/// What the holder of a ring may do: [`Issuing`], [`Verifying`] or [`Public`]. Only this library implements it.
pub trait Role: sealed::Sealed {
    /// What the ring holds for each key.
    #[allow(private_bounds)] // how keys are stored is nobody else's business
    type Key: RingKey + fmt::Debug;
    /// The name of the role in the ring's text: `issuer`, `verifier` or `public`.
    const NAME: &'static str;
    /// Whether rings of this role hold any secret, the filter key of a realm among them.
    const HOLDS_SECRETS: bool;

    /// Whether rings of this role hold keys of a kind.
    #[must_use]
    fn holds(kind: Kind) -> bool {
        Self::HOLDS_SECRETS || kind == Kind::Signed
    }
}

/// A role whose rings can verify tokens: all of them, as far as they hold keys.
pub trait Reads: Role {}

/// Roles whose rings hold the filter keys of their realms: every role but [`Public`].
pub trait HoldsFilterKeys: Role {}

/// The role of an issuer: the ring holds every secret.
#[derive(Clone, Copy, Debug)]
pub enum Issuing {}

/// The role of a verifier: AEAD keys and public keys. It cannot mint kinds `s` and `n`; with a key of kind `e`, it can.
#[derive(Clone, Copy, Debug)]
pub enum Verifying {}

/// The role of anybody: public keys of kind `s` and nothing secret. Without the filter key it can check revocation of everyone and of keys only.
#[derive(Clone, Copy, Debug)]
pub enum Public {}

impl sealed::Sealed for Issuing {}
impl sealed::Sealed for Verifying {}
impl sealed::Sealed for Public {}
impl Reads for Issuing {}
impl Reads for Verifying {}
impl Reads for Public {}
impl HoldsFilterKeys for Issuing {}
impl HoldsFilterKeys for Verifying {}

impl Role for Issuing {
    type Key = IssuingKey;
    const NAME: &'static str = "issuer";
    const HOLDS_SECRETS: bool = true;
}

impl Role for Verifying {
    type Key = VerifyingKey;
    const NAME: &'static str = "verifier";
    const HOLDS_SECRETS: bool = true;
}

impl Role for Public {
    type Key = VerifyingKey;
    const NAME: &'static str = "public";
    const HOLDS_SECRETS: bool = false;
}

/// Keys with their windows, at most 16, and up to two revocation realms: stored inline.
///
/// Its role is part of its type: an issuer takes a `Ring<Issuing>` only, a verifier takes any. Read one from its text with
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
///     Window::new(now, Seconds::days(30), Seconds::hours(2))?,
/// )?;
/// let text = ring.to_text(); // one line; a secret
/// let same: Ring<Issuing> = text.as_str().parse()?;
/// assert_eq!(format!("{same:?}"), format!("{ring:?}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ring<R: Role> {
    pub(crate) entries: Entries<R::Key>,
    pub(super) realms: Realms,
}

impl<R: Role> Ring<R> {
    /// A ring without keys. It has no text until it has one (RING-02).
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Entries::empty(), realms: Realms::none() }
    }

    /// How many keys there are, tombstones included: 0 to 16.
    #[must_use]
    pub fn count(&self) -> usize {
        self.entries.count()
    }

    /// What may be told about each key at `now`: safe to log. In the order of kind and key identity, which says nothing about age.
    pub fn keys(&self, now: Timestamp) -> impl Iterator<Item = RingKeyInfo> {
        self.entries.iter().map(move |entry| self.info(entry, now))
    }

    pub(super) fn info(&self, entry: &Entry<R::Key>, now: Timestamp) -> RingKeyInfo {
        RingKeyInfo {
            kind: entry.kind,
            id: entry.id,
            window: entry.window,
            state: self.entries.state(entry, now),
        }
    }

    /// The revocation realms: at most two.
    pub fn realms(&self) -> impl Iterator<Item = &Realm> {
        self.realms.iter()
    }

    /// Takes a realm out; says whether it was there.
    pub fn remove_realm(&mut self, id: RealmId) -> bool {
        self.realms.remove(id)
    }

    /// A realm, to raise its lowest version.
    pub fn realm_mut(&mut self, id: RealmId) -> Option<&mut Realm> {
        self.realms.find_mut(id)
    }

    /// The ring for nodes that only verify. It holds no Ed25519 seed (RING-06).
    #[must_use]
    pub fn verifying(&self) -> Ring<Verifying> {
        Ring { entries: self.entries.map(RingKey::to_verifying), realms: self.realms.clone() }
    }

    /// The ring for anybody: keys of kind `s`, nothing secret (RING-06).
    #[must_use]
    pub fn public(&self) -> Ring<Public> {
        let mut entries = self.entries.map(RingKey::to_verifying);
        entries.retain(|entry| Public::holds(entry.kind));
        Ring { entries, realms: self.realms.public() }
    }

    /// The part of the ring that a program without the feature `signatures` can read: its keys of kind `e`, revoked ones too, and no realm.
    ///
    /// Such a program refuses the text of a ring with anything else ([`RingTextError::SignaturesNotBuilt`](crate::RingTextError::SignaturesNotBuilt)), so that no key and no realm is
    /// passed over in silence; this leaves them out by name, and keeps the secrets of kind `n` from where they are not needed.
    #[must_use]
    pub fn without_signatures(&self) -> Self {
        let mut part = Self { entries: self.entries.map(RingKey::duplicate), realms: Realms::none() };
        part.entries.retain(|entry| entry.kind == Kind::Encrypted);
        part
    }

    /// A copy. Rings are not `Clone`, so that secrets are not copied by accident; stages of a rotation are.
    pub(super) fn duplicate(&self) -> Self {
        Self { entries: self.entries.map(RingKey::duplicate), realms: self.realms.clone() }
    }
}

impl Ring<Issuing> {
    /// Adds a key with its window: the first of a ring. The next ones come by [`advance`](Ring::advance).
    ///
    /// # Errors
    ///
    /// [`RingError::Full`] at 16 keys, [`RingError::DuplicateId`] if the ring has the key already, or another one with the same id
    /// (one in 2^32: generate another). The ring is unchanged and the key is wiped.
    pub fn add(&mut self, key: IssuingKey, window: Window) -> Result<(), RingError> {
        let identity = *key.identity();
        let kind = key.kind();
        self.entries.insert(Entry { kind, id: identity.key_id(), identity, window, key: Some(key) })
    }

    /// Adds a revocation realm.
    ///
    /// # Errors
    ///
    /// [`RingError::TooManyRealms`] at 2, [`RingError::RealmConflict`] for another realm of the same id.
    pub fn add_realm(&mut self, realm: &Realm) -> Result<(), RingError> {
        self.realms.merge(realm)
    }
}

impl Ring<Verifying> {
    /// Adds a key whose seed is elsewhere ([`VerifyingKey::signed`], [`VerifyingKey::nested`]). Such a ring is rotated by hand: make the key where it will stay, add it here with a window that
    /// begins when every node has the ring, and issue with [`Issuer::with_signer`](crate::Issuer::with_signer).
    ///
    /// # Errors
    ///
    /// As [`Ring::add`](Ring::add) of an issuer's ring.
    #[cfg(feature = "signatures")]
    pub fn add_held_elsewhere(&mut self, key: VerifyingKey, window: Window) -> Result<(), RingError> {
        let identity = *key.identity();
        let kind = key.kind();
        self.entries.insert(Entry { kind, id: identity.key_id(), identity, window, key: Some(key) })
    }
}

impl<R: Role> Default for Ring<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Role> fmt::Debug for Ring<R> {
    /// Kinds, ids and windows: safe to log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Key<'a, K>(&'a Entry<K>);
        impl<K> fmt::Debug for Key<'_, K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Entry { kind, id, window, key, identity: _ } = self.0;
                let revoked = if key.is_none() { " revoked" } else { "" };
                let (from, until) = (window.issue_from(), window.issue_until());
                write!(f, "{} {id}{revoked} {from}..{until}..{}", kind.letter(), window.accept_until())
            }
        }
        write!(f, "Ring({}) ", R::NAME)?;
        f.debug_list().entries(self.entries.iter().map(Key)).finish()
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
    /// What it may do at the moment asked for.
    pub state: KeyState,
}
