//! XChaCha20-Poly1305 by `orion`: arithmetic by fiat-crypto, formally verified, no `unsafe`.

use orion::hazardous::aead::xchacha20poly1305::{Nonce, SecretKey, Tag, XChaCha20Poly1305};

use super::supported;
use crate::proof::backend::{NONCE, TAG};

pub(in crate::proof) struct Cipher(SecretKey); // wipes itself when dropped

impl Cipher {
    /// `None` where the processor does not do.
    pub(in crate::proof) fn new(key: &[u8; 32]) -> Option<Self> {
        supported().then(|| Self(SecretKey::from(*key)))
    }

    #[must_use]
    pub(in crate::proof) fn open(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        let (nonce, tag) = (Nonce::from(*nonce), Tag::from(*tag));
        XChaCha20Poly1305::open_inplace(&self.0, &nonce, &tag, Some(associated), bytes).is_ok()
    }

    pub(in crate::proof) fn seal(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Option<[u8; TAG]> {
        let nonce = Nonce::from(*nonce);
        let tag = XChaCha20Poly1305::seal_inplace(&self.0, &nonce, Some(associated), bytes).ok()?;
        tag.unprotected_as_ref::<[u8]>().try_into().ok()
    }
}
