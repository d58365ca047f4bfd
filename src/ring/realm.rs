//! Where revocations are published: the keys that go with them.

use core::fmt;

use super::RingError;
use crate::keys::{FilterKey, PublicKey, PublicKeyError};
use crate::values::RealmId;

/// Most realms of a ring.
pub(crate) const MAX_REALMS: usize = 2;
/// Most signers of a realm.
pub(crate) const MAX_SIGNERS: usize = 2;
/// Highest version that six bytes hold.
const MAX_VERSION: u64 = 0xFFFF_FFFF_FFFF;

/// A place where revocations are published: its filter key, who signs its snapshots, and the lowest version to take.
///
/// A ring holds at most two, so that the filter key can be rotated: nodes ask both for a while. In a public ring the filter key is absent.
#[derive(Clone)]
pub struct Realm {
    pub(super) id: RealmId,
    pub(super) min_snapshot_version: u64,
    pub(super) filter_key: Option<FilterKey>,
    pub(super) signers: [Option<PublicKey>; MAX_SIGNERS],
}

impl Realm {
    /// A realm with a fresh filter key.
    ///
    /// `signers` are one or two Ed25519 public keys, in any order; `min_snapshot_version` is 0 at the beginning.
    ///
    /// # Errors
    ///
    /// [`RealmError`] for no, too many or equal signers, a public key that KEY-01 refuses, or a failing random source.
    pub fn generate<G: rand_core::TryCryptoRng + ?Sized>(
        signers: &[[u8; 32]],
        rng: &mut G,
    ) -> Result<Self, RealmError> {
        let filter_key = FilterKey::generate(rng).map_err(|_| RealmError::Random)?;
        Self::new(filter_key.realm_id(), 0, Some(filter_key), sorted(signers)?)
    }

    /// The same realm with other signers: to name a second one, or to drop one whose key was stolen. Nodes take its snapshots no longer, whatever their version, as soon as they have
    /// the ring with this in the place of the old one ([`Ring::remove_realm`](crate::Ring::remove_realm), then [`add_realm`](crate::Ring::add_realm)).
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate).
    pub fn with_signers(&self, signers: &[[u8; 32]]) -> Result<Self, RealmError> {
        Self::new(self.id, self.min_snapshot_version, self.filter_key.clone(), sorted(signers)?)
    }

    pub(super) fn new(
        id: RealmId,
        min_snapshot_version: u64,
        filter_key: Option<FilterKey>,
        signers: [Option<[u8; 32]>; MAX_SIGNERS],
    ) -> Result<Self, RealmError> {
        if filter_key.as_ref().is_some_and(|key| key.realm_id() != id) {
            return Err(RealmError::WrongId);
        }
        let [Some(first), second] = signers else { return Err(RealmError::SignerCount) };
        if second.is_some_and(|second| second <= first) {
            return Err(RealmError::SignerOrder);
        }
        let load = |bytes: [u8; 32]| PublicKey::from_bytes(&bytes).map_err(RealmError::Signer);
        let signers = [Some(load(first)?), second.map(load).transpose()?];
        Ok(Self { id, min_snapshot_version, filter_key, signers })
    }

    /// The realm's name.
    #[must_use]
    pub const fn id(&self) -> RealmId {
        self.id
    }

    /// Revocation snapshots of a lower version are refused.
    #[must_use]
    pub const fn min_snapshot_version(&self) -> u64 {
        self.min_snapshot_version
    }

    /// Raises the lowest version to take; never lowers it.
    ///
    /// # Errors
    ///
    /// [`RealmError::Version`] above 2^48 − 1.
    pub fn raise_min_snapshot_version(&mut self, version: u64) -> Result<(), RealmError> {
        if version > MAX_VERSION {
            return Err(RealmError::Version);
        }
        self.min_snapshot_version = self.min_snapshot_version.max(version);
        Ok(())
    }

    /// The public keys of those who sign snapshots: one or two.
    pub fn signers(&self) -> impl Iterator<Item = [u8; 32]> {
        self.signers.iter().flatten().map(|signer| *signer.as_bytes())
    }

    pub(crate) fn signer_keys(&self) -> [Option<&PublicKey>; MAX_SIGNERS] {
        self.signers.each_ref().map(Option::as_ref)
    }

    pub(crate) const fn filter_key(&self) -> Option<&FilterKey> {
        self.filter_key.as_ref()
    }

    /// The filter key, for a node that has a public ring and is trusted with this besides; `None` in a public ring. **Whoever has it can
    /// tell which ids a snapshot revokes**, and aim at the filter.
    #[must_use]
    pub fn to_secret_filter_key(&self) -> Option<zeroize::Zeroizing<[u8; 16]>> {
        self.filter_key.as_ref().map(|key| zeroize::Zeroizing::new(*key.as_bytes()))
    }

    /// Whether the filter key is there: it is in every ring but a public one.
    #[must_use]
    pub const fn has_filter_key(&self) -> bool {
        self.filter_key.is_some()
    }

    /// Without the filter key.
    pub(super) fn public(&self) -> Self {
        Self { filter_key: None, ..self.clone() }
    }

    /// Whether two states of a realm differ in nothing but the version.
    pub(super) fn same_but_for_version(&self, other: &Self) -> bool {
        let same_key = match (&self.filter_key, &other.filter_key) {
            (Some(one), Some(other)) => one.is(other),
            (None, None) => true,
            _ => false,
        };
        self.id == other.id && self.signers().eq(other.signers()) && same_key
    }
}

fn sorted(signers: &[[u8; 32]]) -> Result<[Option<[u8; 32]>; MAX_SIGNERS], RealmError> {
    match signers {
        [one] => Ok([Some(*one), None]),
        [one, other] => Ok([Some(*one.min(other)), Some(*one.max(other))]),
        _ => Err(RealmError::SignerCount),
    }
}

impl fmt::Debug for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Realm")
            .field("id", &self.id)
            .field("min_snapshot_version", &self.min_snapshot_version)
            .field("signers", &self.signers().count())
            .finish_non_exhaustive()
    }
}

/// Up to two realms in ascending order of their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Realms([Option<Realm>; MAX_REALMS]);

impl Realms {
    pub(super) const fn none() -> Self {
        Self([None, None])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Realm> {
        self.0.iter().flatten()
    }

    /// Adds a realm, or merges it with the one of its id (RING-14).
    pub(super) fn merge(&mut self, realm: &Realm) -> Result<(), RingError> {
        if let Some(here) = self.0.iter_mut().flatten().find(|here| here.id == realm.id) {
            if !here.same_but_for_version(realm) {
                return Err(RingError::RealmConflict);
            }
            here.min_snapshot_version = here.min_snapshot_version.max(realm.min_snapshot_version);
            return Ok(());
        }
        let free = self.0.iter_mut().find(|slot| slot.is_none()).ok_or(RingError::TooManyRealms)?;
        *free = Some(realm.clone());
        // `None` last, the rest by id.
        self.0
            .sort_unstable_by_key(|slot| slot.as_ref().map_or((true, None), |realm| (false, Some(realm.id))));
        Ok(())
    }

    pub(super) fn remove(&mut self, id: RealmId) -> bool {
        let before = self.iter().count();
        for slot in &mut self.0 {
            if slot.as_ref().is_some_and(|realm| realm.id == id) {
                *slot = None;
            }
        }
        self.0.sort_unstable_by_key(Option::is_none);
        self.iter().count() < before
    }

    pub(super) fn find_mut(&mut self, id: RealmId) -> Option<&mut Realm> {
        self.0.iter_mut().flatten().find(|realm| realm.id == id)
    }

    pub(super) fn public(&self) -> Self {
        let [first, second] = &self.0;
        Self([first.as_ref().map(Realm::public), second.as_ref().map(Realm::public)])
    }
}

/// Why a realm is refused. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RealmError {
    /// The number of signers is not 1 or 2.
    SignerCount,
    /// The signers are not in ascending order, or the same.
    SignerOrder,
    /// A signer's public key is refused (KEY-01).
    Signer(PublicKeyError),
    /// The realm id is not the one that the filter key gives.
    WrongId,
    /// The lowest version is above 2^48 − 1.
    Version,
    /// The random source failed.
    Random,
}

impl fmt::Display for RealmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignerCount => f.write_str("a realm has one or two signers"),
            Self::SignerOrder => f.write_str("the signers are out of order, or the same"),
            Self::Signer(why) => write!(f, "a signer: {why}"),
            Self::WrongId => f.write_str("the realm id does not belong to the filter key"),
            Self::Version => f.write_str("the lowest snapshot version is too high"),
            Self::Random => f.write_str("the random source failed"),
        }
    }
}

impl core::error::Error for RealmError {}
