//! Why a ring is not changed, or text is not a ring.

use core::fmt;

use super::{RealmError, WindowError};
use crate::keys::PublicKeyError;

/// Why a ring was not changed or two rings not merged. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RingError {
    /// The ring has 16 keys.
    Full,
    /// The ring has a key of this kind with this id (RING-03).
    DuplicateId,
    /// The two rings have one key with two windows (RING-14).
    WindowConflict,
    /// The two rings have one realm with different keys (RING-14).
    RealmConflict,
    /// The ring has 2 realms (RING-07).
    TooManyRealms,
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the ring is full: it has 16 keys",
            Self::DuplicateId => "the ring already has a key of this kind with this id",
            Self::WindowConflict => "one key has two different windows",
            Self::RealmConflict => "one realm has different keys",
            Self::TooManyRealms => "the ring already has 2 realms",
        })
    }
}

impl core::error::Error for RingError {}

/// Why text is not a ring of the wanted role. Entries and realms are counted from 1. No message contains anything of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RingTextError {
    /// It does not begin with `sc-ring.v1.` and a role.
    NotARing,
    /// The role is none that this library knows.
    UnknownRole,
    /// The ring has another role than the one asked for.
    OtherRole {
        /// The role of the text.
        found: &'static str,
        /// The role asked for.
        wanted: &'static str,
    },
    /// The part after the role is not base64url without padding.
    Base64,
    /// The text is cut off, or something is left over.
    Length,
    /// The checksum is wrong: a character was lost or changed on the way.
    Checksum,
    /// The number of keys is not 1 to 16.
    KeyCount {
        /// The number that the text names.
        count: u8,
    },
    /// An entry is of a kind that is unknown, or that a ring of this role does not hold.
    UnknownKind {
        /// Which entry.
        entry: u8,
    },
    /// An entry is of kind `s` or `n`, revoked or not, and this build of the library has no Ed25519 (feature `signatures`). Nothing of the ring is taken.
    SignaturesNotBuilt {
        /// Which entry.
        entry: u8,
    },
    /// The window of an entry is impossible.
    Window {
        /// Which entry.
        entry: u8,
        /// What is wrong with it.
        why: WindowError,
    },
    /// The public key of an entry is refused (KEY-01).
    PublicKey {
        /// Which entry.
        entry: u8,
        /// What is wrong with it.
        why: PublicKeyError,
    },
    /// An entry does not stand in its place (RING-02).
    Order {
        /// Which entry.
        entry: u8,
    },
    /// An entry has the kind and key id of an earlier one (RING-03).
    DuplicateId {
        /// Which entry.
        entry: u8,
    },
    /// The number of realms is above 2.
    RealmCount {
        /// The number that the text names.
        count: u8,
    },
    /// A realm is refused.
    Realm {
        /// Which realm.
        realm: u8,
        /// What is wrong with it.
        why: RealmError,
    },
    /// A realm does not stand in its place, or twice (RING-07).
    RealmOrder {
        /// Which realm.
        realm: u8,
    },
}

impl fmt::Display for RingTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARing => {
                f.write_str("not the text of a ring: it must begin with sc-ring.v1. and a role")
            }
            Self::UnknownRole => f.write_str("the role of the ring is unknown"),
            Self::OtherRole { found, wanted } => {
                write!(f, "the ring has the role {found}, and {wanted} is wanted")
            }
            Self::Base64 => f.write_str("the part after the role is not base64url without padding"),
            Self::Length => f.write_str("the ring is cut off, or something is left over"),
            Self::Checksum => f.write_str("the checksum is wrong: the text was changed on the way"),
            Self::KeyCount { count } => write!(f, "the ring names {count} keys, and 1 to 16 are possible"),
            Self::UnknownKind { entry } => {
                write!(f, "entry {entry}: the kind is unknown or not for this role")
            }
            Self::SignaturesNotBuilt { entry } => {
                write!(f, "entry {entry}: {}", PublicKeyError::SignaturesNotBuilt)
            }
            Self::Window { entry, why } => write!(f, "entry {entry}: {why}"),
            Self::PublicKey { entry, why } => write!(f, "entry {entry}: {why}"),
            Self::Order { entry } => write!(f, "entry {entry}: entries are out of order"),
            Self::DuplicateId { entry } => write!(f, "entry {entry}: the same kind and id as an earlier key"),
            Self::RealmCount { count } => {
                write!(f, "the ring names {count} realms, and 2 are possible at most")
            }
            Self::Realm { realm, why } => write!(f, "realm {realm}: {why}"),
            Self::RealmOrder { realm } => write!(f, "realm {realm}: realms are out of order, or the same"),
        }
    }
}

impl core::error::Error for RingTextError {}
