//! XChaCha20-Poly1305 of the portable backend, by `chacha20poly1305`. What it accepts is what the SPEC means.

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};

use super::{NONCE, TAG};

/// Holds the key and nothing derived from it: the construction derives a key for each nonce.
pub(in crate::proof) struct Cipher(XChaCha20Poly1305); // wipes itself when dropped

impl Cipher {
    pub(in crate::proof) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    #[must_use]
    pub(in crate::proof) fn open(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        self.0.decrypt_inout_detached(nonce.into(), associated, bytes.into(), tag.into()).is_ok()
    }

    pub(in crate::proof) fn seal(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Option<[u8; TAG]> {
        self.0.encrypt_inout_detached(nonce.into(), associated, bytes.into()).ok().map(Into::into)
    }
}
