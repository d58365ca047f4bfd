//! XChaCha20-Poly1305 by `orion`: arithmetic by fiat-crypto, formally verified, no `unsafe`.
//!
//! Orion does not work in place, so the ciphertext, which is no secret, goes through memory on the stack.

use orion::hazardous::aead::xchacha20poly1305::{self, Nonce, SecretKey};

use super::supported;
use crate::proof::backend::{NONCE, TAG};

/// Ciphertext and tag of most tokens fit into this, and in less memory there is less to clear.
const USUAL: usize = 256;
/// More than those of the longest token.
const LONGEST: usize = 4_096;

pub(in crate::proof) struct Cipher(SecretKey); // wipes itself when dropped

impl Cipher {
    /// `None` where the processor does not do.
    pub(in crate::proof) fn new(key: &[u8; 32]) -> Option<Self> {
        supported().then(|| SecretKey::from_slice(key).ok().map(Self))?
    }

    #[must_use]
    pub(in crate::proof) fn open(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        let opened = if bytes.len() <= USUAL - TAG {
            self.open_through::<USUAL>(nonce, associated, bytes, tag)
        } else {
            self.open_through::<LONGEST>(nonce, associated, bytes, tag)
        };
        opened.is_some()
    }

    pub(in crate::proof) fn seal(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Option<[u8; TAG]> {
        if bytes.len() <= USUAL - TAG {
            self.seal_through::<USUAL>(nonce, associated, bytes)
        } else {
            self.seal_through::<LONGEST>(nonce, associated, bytes)
        }
    }

    fn open_through<const N: usize>(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> Option<()> {
        let mut memory = [0; N];
        let sealed = memory.get_mut(..bytes.len().checked_add(TAG)?)?;
        let (front, back) = sealed.split_at_mut_checked(bytes.len())?;
        front.copy_from_slice(bytes);
        back.copy_from_slice(tag);
        xchacha20poly1305::open(&self.0, &Nonce::from(*nonce), sealed, Some(associated), bytes).ok()
    }

    fn seal_through<const N: usize>(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Option<[u8; TAG]> {
        let mut memory = [0; N];
        let sealed = memory.get_mut(..bytes.len().checked_add(TAG)?)?;
        xchacha20poly1305::seal(&self.0, &Nonce::from(*nonce), bytes, Some(associated), sealed).ok()?;
        let (front, tag) = sealed.split_last_chunk::<TAG>()?;
        bytes.copy_from_slice(front);
        Some(*tag)
    }
}
