//! A ring for places that are not trusted: versioned, signed by a pinned root key, then wrapped (SPEC section 8.6).

use core::fmt;
use core::marker::PhantomData;

use zeroize::Zeroizing;

use super::document_keys::{KeyEncryptionKey, RootPublicKey};
use super::payload::{self, MAX_PAYLOAD};
use super::text::{PREFIX, unquote};
use super::{Ring, RingTextError, Role};
use crate::proof::document::{self, NONCE, SIGNATURE, TAG};
use crate::wire;

pub(super) const WRAPPED: &str = "wrapped.";
pub(super) const VERSION: usize = 8;
const FRONT: usize = 1 + 4 + NONCE;
const MIN_BYTES: usize = FRONT + VERSION + SIGNATURE + TAG;
pub(super) const MAX_BYTES: usize = FRONT + VERSION + MAX_PAYLOAD + SIGNATURE + TAG;
pub(super) const MAX_VERSION: u64 = i64::MAX as u64;
// As SPEC DOC-01 says.
const _: () = assert!(MIN_BYTES == 117 && MAX_BYTES == 1_549);

/// The letter of a role in a published ring.
pub(super) fn letter<R: Role>() -> u8 {
    R::NAME.as_bytes().first().copied().unwrap_or_default()
}

/// A ring out of a published document: opened, its signature checked. What a node does with it depends on the version it had ([`Pinned::take`]).
pub struct Published<R: Role> {
    ring: Ring<R>,
    version: u64,
    digest: [u8; 32],
}

impl<R: Role> Published<R> {
    /// Opens a document and checks its signature (DOC-01, DOC-04). White space and quotes around it are ignored.
    ///
    /// # Errors
    ///
    /// [`PublishedError`].
    pub fn open(text: &str, kek: &KeyEncryptionKey, root: &RootPublicKey) -> Result<Self, PublishedError> {
        let body = unquote(text).strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix(WRAPPED));
        let body = body.ok_or(PublishedError::NotADocument)?;
        // As many whole groups of characters as the longest document begins; of more than that nothing is decoded.
        let mut buffer = Zeroizing::new([0; MAX_BYTES.next_multiple_of(3)]);
        let length = wire::decode(body, buffer.as_mut_slice()).ok_or(PublishedError::NotADocument)?;
        if !(MIN_BYTES..=MAX_BYTES).contains(&length) {
            return Err(PublishedError::NotADocument);
        }
        let bytes = buffer.get_mut(..length).ok_or(PublishedError::NotADocument)?;
        let (&mut [role, k1, k2, k3, k4], bytes) =
            bytes.split_first_chunk_mut().ok_or(PublishedError::NotADocument)?;
        if role != letter::<R>() {
            return Err(PublishedError::OtherRole);
        }
        if [k1, k2, k3, k4] != kek.id() {
            return Err(PublishedError::OtherKeyEncryptionKey { found: [k1, k2, k3, k4] });
        }
        let (nonce, bytes) = bytes.split_first_chunk_mut::<NONCE>().ok_or(PublishedError::NotADocument)?;
        let associated = [role, k1, k2, k3, k4];
        let plain = document::open(&kek.wrapping_key(role), nonce, &associated, bytes)
            .ok_or(PublishedError::DoesNotOpen)?;
        let (signed, signature) =
            plain.split_last_chunk::<SIGNATURE>().ok_or(PublishedError::BadSignature)?;
        let digest = document::verify(&root.0, &[DOMAIN, &[role]], signed, signature)
            .ok_or(PublishedError::BadSignature)?;
        let (version, payload) = signed.split_first_chunk::<VERSION>().ok_or(PublishedError::BadSignature)?;
        let version = u64::from_be_bytes(*version);
        if version == 0 || version > MAX_VERSION {
            return Err(PublishedError::Version);
        }
        let ring = payload::read(payload).map_err(PublishedError::Ring)?;
        Ok(Self { ring, version, digest })
    }

    /// The version of the document: it counts up from 1.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The ring, to look at.
    #[must_use]
    pub const fn ring(&self) -> &Ring<R> {
        &self.ring
    }

    /// The ring, for a node that has no memory of an earlier one.
    #[must_use]
    pub fn into_ring(self) -> Ring<R> {
        self.ring
    }
}

impl<R: Role> fmt::Debug for Published<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Published(version {}, {:?})", self.version, self.ring)
    }
}

pub(super) const DOMAIN: &[u8] = b"safeconduct/v1/ring-document";

/// What a node remembers of the document it took last, so that it never goes back (DOC-02). One for each role and root key.
///
/// Keep its [bytes](Pinned::to_bytes) over a restart: a node that forgets them can be given an older document.
pub struct Pinned<R: Role> {
    version: u64,
    digest: [u8; 32],
    role: PhantomData<R>,
}

impl<R: Role> Pinned<R> {
    /// Size of the bytes to be kept.
    pub const SIZE: usize = 40;

    /// Nothing was taken yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { version: 0, digest: [0; 32], role: PhantomData }
    }

    /// From the bytes that were kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 40]) -> Self {
        let mut pinned = Self::new();
        if let Some((version, digest)) = bytes.split_first_chunk() {
            pinned.version = u64::from_be_bytes(*version);
            pinned.digest.copy_from_slice(digest);
        }
        pinned
    }

    /// The bytes to be kept; no secret.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        let parts = self.version.to_be_bytes().into_iter().chain(self.digest);
        for (target, source) in bytes.iter_mut().zip(parts) {
            *target = source;
        }
        bytes
    }

    /// The version taken last; 0 if none was.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Takes a document, if it is newer than the last. `None`: it is the one that was taken last, and nothing has changed.
    ///
    /// The ring of a new document takes the place of the one before; it is not merged with it.
    ///
    /// # Errors
    ///
    /// [`PublishedError::Older`] and [`PublishedError::Equivocation`]; the ring before stays in force (DOC-03).
    pub fn take(&mut self, document: Published<R>) -> Result<Option<Ring<R>>, PublishedError> {
        let Published { ring, version, digest } = document;
        if version < self.version {
            return Err(PublishedError::Older { found: version, had: self.version });
        }
        if version == self.version {
            return if digest == self.digest {
                Ok(None)
            } else {
                Err(PublishedError::Equivocation { version })
            };
        }
        self.version = version;
        self.digest = digest;
        Ok(Some(ring))
    }
}

impl<R: Role> Default for Pinned<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Role> fmt::Debug for Pinned<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pinned({} version {})", R::NAME, self.version)
    }
}

/// Why a published ring is refused. The ring before stays in force (DOC-03).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PublishedError {
    /// Not the text of a published ring.
    NotADocument,
    /// It is for another role.
    OtherRole,
    /// It is wrapped under another key.
    OtherKeyEncryptionKey {
        /// The id of the key that it is wrapped under.
        found: [u8; 4],
    },
    /// It does not open: altered on the way.
    DoesNotOpen,
    /// The signature is not the root key's.
    BadSignature,
    /// The version is 0 or above 2^63 − 1.
    Version,
    /// What was signed is no ring.
    Ring(RingTextError),
    /// It is older than the one that was taken last.
    Older {
        /// Its version.
        found: u64,
        /// The version taken last.
        had: u64,
    },
    /// It has the version that was taken last and other contents: the root key has signed twice.
    Equivocation {
        /// The version of both.
        version: u64,
    },
    /// The random source failed.
    Random,
}

impl fmt::Display for PublishedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADocument => f.write_str("not the text of a published ring"),
            Self::OtherRole => f.write_str("the published ring is for another role"),
            Self::OtherKeyEncryptionKey { found: [a, b, c, d] } => {
                write!(f, "the ring is wrapped under another key, {a:02x}{b:02x}{c:02x}{d:02x}")
            }
            Self::DoesNotOpen => f.write_str("the published ring does not open: it was altered on the way"),
            Self::BadSignature => f.write_str("the published ring is not signed by the pinned root key"),
            Self::Version => f.write_str("the version of the published ring is out of range"),
            Self::Ring(why) => write!(f, "the published ring: {why}"),
            Self::Older { found, had } => {
                write!(f, "the published ring has version {found}, and {had} was taken before")
            }
            Self::Equivocation { version } => {
                write!(f, "two different rings are signed as version {version}")
            }
            Self::Random => f.write_str("the random source failed"),
        }
    }
}

impl core::error::Error for PublishedError {}
