//! The one line of text that a ring travels in (SPEC section 8.1).

use core::fmt;
use core::str::FromStr;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::entries::MAX_KEYS;
use super::role::{Ring, RingError, Role};
use super::{Window, WindowError};
use crate::keys::{MAX_MATERIAL, PublicKeyError, RingKey};
use crate::values::{Kind, Seconds, Timestamp};
use crate::wire;

const PREFIX: &str = "sc-ring.v1.";
const ROLES: [&str; 2] = ["issuer", "verifier"];
const CHECKSUM: usize = 4;
/// Kind, start, minting and tail of an entry.
const FRONT: usize = 14;
const MAX_PAYLOAD: usize = 1 + MAX_KEYS * (FRONT + MAX_MATERIAL);

fn checksum(role: &str, payload: &[u8]) -> [u8; CHECKSUM] {
    let hash: [u8; 32] = Sha256::new_with_prefix(b"safeconduct/v1/ring/")
        .chain_update(role.as_bytes())
        .chain_update([0])
        .chain_update(payload)
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

impl<R: Role> FromStr for Ring<R> {
    type Err = RingTextError;

    /// Reads a ring of this role. White space around the text and one pair of quotes around it are ignored (RING-01).
    fn from_str(text: &str) -> Result<Self, RingTextError> {
        let text = unquote(text.trim_ascii());
        let body = text.strip_prefix(PREFIX).ok_or(RingTextError::NotARing)?;
        let (role, body) = body.split_once('.').ok_or(RingTextError::NotARing)?;
        if role != R::NAME {
            let found = ROLES.into_iter().find(|known| *known == role).ok_or(RingTextError::UnknownRole)?;
            return Err(RingTextError::OtherRole { found, wanted: R::NAME });
        }
        // Two bytes more than fit, so that a text a little too long is told apart from one that is not base64url.
        let mut buffer = Zeroizing::new([0; MAX_PAYLOAD + CHECKSUM + 2]);
        if body.len().div_ceil(4).saturating_mul(3) > buffer.len() {
            return Err(RingTextError::Length);
        }
        let length = wire::decode(body, buffer.as_mut_slice()).ok_or(RingTextError::Base64)?;
        let bytes = buffer.get(..length).ok_or(RingTextError::Base64)?;
        let (payload, found) = bytes.split_last_chunk::<CHECKSUM>().ok_or(RingTextError::Length)?;
        if checksum(role, payload) != *found {
            return Err(RingTextError::Checksum);
        }
        read_payload(payload)
    }
}

fn unquote(text: &str) -> &str {
    let inside = |quote| text.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

fn read_payload<R: Role>(payload: &[u8]) -> Result<Ring<R>, RingTextError> {
    let (&count, mut rest) = payload.split_first().ok_or(RingTextError::Length)?;
    if count == 0 || usize::from(count) > MAX_KEYS {
        return Err(RingTextError::KeyCount { count });
    }
    let mut ring = Ring::new();
    let mut previous = None;
    for entry in 1..=count {
        let (window, key, next) = read_entry::<R::Key>(rest, entry)?;
        rest = next;
        let order = (key.material().kind().byte(), *key.identity());
        if previous.is_some_and(|previous| previous > order) {
            return Err(RingTextError::Order { entry });
        }
        previous = Some(order);
        ring.add(key, window).map_err(|why| match why {
            RingError::DuplicateId => RingTextError::DuplicateId { entry },
            RingError::Full => RingTextError::KeyCount { count },
        })?;
    }
    if rest.is_empty() { Ok(ring) } else { Err(RingTextError::Length) }
}

fn read_entry<K: RingKey>(bytes: &[u8], entry: u8) -> Result<(Window, K, &[u8]), RingTextError> {
    let (&[kind, a, b, c, d, e, front @ ..], rest) =
        bytes.split_first_chunk::<FRONT>().ok_or(RingTextError::Length)?;
    let [m1, m2, m3, m4, t1, t2, t3, t4] = front;
    let kind = Kind::from_letter(char::from(kind)).ok_or(RingTextError::UnknownKind { entry })?;
    let window = Timestamp::from_unix(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
        .map_err(|_| WindowError::OutOfRange)
        .and_then(|from| {
            let minting = Seconds::new(u32::from_be_bytes([m1, m2, m3, m4]));
            Window::new(from, minting, Seconds::new(u32::from_be_bytes([t1, t2, t3, t4])))
        })
        .map_err(|why| RingTextError::Window { entry, why })?;
    let size = if kind == Kind::Nested { MAX_MATERIAL } else { 32 };
    let (material, rest) = rest.split_at_checked(size).ok_or(RingTextError::Length)?;
    let key = K::read(kind, material)
        .ok_or(RingTextError::Length)?
        .map_err(|why| RingTextError::PublicKey { entry, why })?;
    Ok((window, key, rest))
}

#[cfg(feature = "alloc")]
impl<R: Role> Ring<R> {
    /// The ring as one line of text. **For an issuer or verifier this is a secret**: keep it where secrets are kept.
    ///
    /// A ring without keys has no text of its own; what this returns for it does not parse (RING-02).
    #[must_use]
    pub fn to_text(&self) -> RingText {
        let mut payload = Zeroizing::new(alloc::vec::Vec::with_capacity(MAX_PAYLOAD + CHECKSUM));
        payload.push(u8::try_from(self.count()).unwrap_or_default());
        for entry in self.entries.iter() {
            let (minting, tail) = entry.window.durations();
            let [_, _, _, from @ ..] = entry.window.issue_from().as_unix().to_be_bytes();
            let mut material = Zeroizing::new([0; MAX_MATERIAL]);
            let length = entry.key.write(&mut material);
            payload.push(entry.kind.byte());
            payload.extend_from_slice(&from);
            payload.extend_from_slice(&minting.to_be_bytes());
            payload.extend_from_slice(&tail.to_be_bytes());
            payload.extend(material.iter().take(length));
        }
        let check = checksum(R::NAME, &payload);
        payload.extend_from_slice(&check);
        // Grown once and to its full size, so that no copy of the secret is left behind by growing.
        let size = payload.len().saturating_mul(2).saturating_add(32);
        let mut text = alloc::string::String::with_capacity(size);
        text.push_str(PREFIX);
        text.push_str(R::NAME);
        text.push('.');
        wire::encode(&payload, &mut text);
        RingText(Zeroizing::new(text))
    }
}

/// The text of a ring: a secret. It is wiped on drop and `Debug` does not show it.
#[cfg(feature = "alloc")]
pub struct RingText(Zeroizing<alloc::string::String>);

#[cfg(feature = "alloc")]
impl RingText {
    /// The text itself, for the place where secrets are kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "alloc")]
impl fmt::Debug for RingText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RingText(…)")
    }
}

/// Why text is not a ring of the wanted role. Entries are counted from 1. No message contains anything of a key.
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
    /// An entry is of an unknown kind.
    UnknownKind {
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
            Self::UnknownKind { entry } => write!(f, "entry {entry}: the kind is unknown"),
            Self::Window { entry, why } => write!(f, "entry {entry}: {why}"),
            Self::PublicKey { entry, why } => write!(f, "entry {entry}: {why}"),
            Self::Order { entry } => write!(f, "entry {entry}: entries are out of order"),
            Self::DuplicateId { entry } => write!(f, "entry {entry}: the same kind and id as an earlier key"),
        }
    }
}

impl core::error::Error for RingTextError {}
