//! XChaCha20-Poly1305 in place (SPEC section 5.2).

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};

use crate::wire::HEADER;

/// Size of a tag.
pub(super) const TAG: usize = 16;
/// The header's bytes that are associated data; the others are the nonce.
const ASSOCIATED: usize = 7;
const NONCE: usize = HEADER - ASSOCIATED;

fn split(header: &[u8; HEADER]) -> Option<(&[u8], &[u8; NONCE])> {
    header.split_last_chunk::<NONCE>()
}

/// Checks the tag, then decrypts in place. The bytes are as before when this fails (TOK-24).
#[must_use]
pub(super) fn open(key: &[u8; 32], header: &[u8; HEADER], bytes: &mut [u8], tag: &[u8; TAG]) -> bool {
    split(header).is_some_and(|(associated, nonce)| {
        XChaCha20Poly1305::new(key.into())
            .decrypt_inout_detached(nonce.into(), associated, bytes.into(), tag.into())
            .is_ok()
    })
}

/// Encrypts in place and returns the tag.
#[cfg(feature = "alloc")]
pub(super) fn seal(key: &[u8; 32], header: &[u8; HEADER], bytes: &mut [u8]) -> Option<[u8; TAG]> {
    let (associated, nonce) = split(header)?;
    XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(nonce.into(), associated, bytes.into())
        .ok()
        .map(Into::into)
}
