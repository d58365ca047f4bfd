//! What a key is called.

use sha2::{Digest as _, Sha256};

use crate::values::{KeyId, Kind};

/// The full name of a key: 32 bytes that name it and its kind, and reveal nothing of its secrets (SPEC section 3.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyIdentity([u8; 32]);

impl KeyIdentity {
    /// The hash of everything public about a key: for `n`, the commitment of the AEAD key and then the public key.
    pub(crate) fn of(kind: Kind, parts: &[&[u8; 32]]) -> Self {
        let mut hash = Sha256::new_with_prefix(b"safeconduct/v1/key");
        hash.update([kind.byte()]);
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// As a tombstone carries it.
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The short name that tokens carry.
    pub(crate) fn key_id(&self) -> KeyId {
        let [a, b, c, d, ..] = self.0;
        KeyId::from_bytes([a, b, c, d])
    }
}
