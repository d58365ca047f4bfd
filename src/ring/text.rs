//! The one line of text that a ring travels in, and its binary form (SPEC section 8.1).

use core::str::FromStr;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::RingTextError;
use super::payload::{self, MAX_PAYLOAD};
use super::role::{ROLES, Ring, Role};
use crate::wire;

pub(super) const PREFIX: &str = "sc-ring.v1.";
const CHECKSUM: usize = 4;

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

/// What copying and environment files do to a line: white space and one pair of quotes around it (RING-01).
pub(super) fn unquote(text: &str) -> &str {
    let text = text.trim_ascii();
    let inside = |quote| text.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

impl<R: Role> FromStr for Ring<R> {
    type Err = RingTextError;

    /// Reads a ring of this role. White space around the text and one pair of quotes around it are ignored (RING-01).
    fn from_str(text: &str) -> Result<Self, RingTextError> {
        let body = unquote(text).strip_prefix(PREFIX).ok_or(RingTextError::NotARing)?;
        let (role, body) = body.split_once('.').ok_or(RingTextError::NotARing)?;
        if role != R::NAME {
            let found = ROLES.into_iter().find(|known| *known == role).ok_or(RingTextError::UnknownRole)?;
            return Err(RingTextError::OtherRole { found, wanted: R::NAME });
        }
        // A little more than fits, so that a text a little too long is told apart from one that is not base64url.
        let mut buffer = Zeroizing::new([0; MAX_PAYLOAD + CHECKSUM + 4]);
        if body.len().div_ceil(4).saturating_mul(3) > buffer.len() {
            return Err(RingTextError::Length);
        }
        let length = wire::decode(body, buffer.as_mut_slice()).ok_or(RingTextError::Base64)?;
        Self::from_bytes(buffer.get(..length).unwrap_or_default())
    }
}

impl<R: Role> Ring<R> {
    /// Reads the binary form of a ring of this role.
    ///
    /// # Errors
    ///
    /// [`RingTextError`], as for the text.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RingTextError> {
        let (payload, found) = bytes.split_last_chunk::<CHECKSUM>().ok_or(RingTextError::Length)?;
        if payload.len() > MAX_PAYLOAD {
            return Err(RingTextError::Length);
        }
        if checksum(R::NAME, payload) != *found {
            return Err(RingTextError::Checksum);
        }
        payload::read(payload)
    }
}

#[cfg(feature = "alloc")]
impl<R: Role> Ring<R> {
    /// The binary form. **Unless the ring is public, this is a secret**; it is wiped when dropped.
    ///
    /// A ring without keys has no form of its own; what this returns for it is refused by readers (RING-02).
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<alloc::vec::Vec<u8>> {
        let payload = payload::write(self);
        let check = checksum(R::NAME, payload.as_bytes());
        // At its full size from the start, so that no copy of the secret is left behind by growing.
        let mut bytes = Zeroizing::new(alloc::vec::Vec::with_capacity(MAX_PAYLOAD + CHECKSUM));
        bytes.extend_from_slice(payload.as_bytes());
        bytes.extend_from_slice(&check);
        bytes
    }

    /// The ring as one line of text. **Unless the ring is public, this is a secret**: keep it where secrets are kept.
    ///
    /// A ring without keys has no text of its own; what this returns for it does not parse (RING-02).
    #[must_use]
    pub fn to_text(&self) -> RingText {
        RingText::new(R::NAME, &self.to_bytes())
    }
}

/// The text of a ring: a secret. It is wiped on drop and `Debug` does not show it.
#[cfg(feature = "alloc")]
pub struct RingText(Zeroizing<alloc::string::String>);

#[cfg(feature = "alloc")]
impl RingText {
    pub(super) fn new(role: &str, bytes: &[u8]) -> Self {
        let size = bytes.len().saturating_mul(2).saturating_add(32);
        let mut text = alloc::string::String::with_capacity(size);
        text.push_str(PREFIX);
        text.push_str(role);
        text.push('.');
        wire::encode(bytes, &mut text);
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the place where secrets are kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "alloc")]
impl core::fmt::Debug for RingText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RingText(…)")
    }
}
