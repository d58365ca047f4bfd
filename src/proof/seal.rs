//! XChaCha20-Poly1305 in place: of tokens (SPEC section 5.2) and of documents (section 8.6).

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};

use crate::wire::HEADER;

/// Size of a tag.
pub(crate) const TAG: usize = 16;
/// Size of a nonce.
pub(crate) const NONCE: usize = 24;
/// A token's header: associated data, then the nonce.
const ASSOCIATED: usize = HEADER - NONCE;

/// The two halves of a token's header.
pub(super) fn of_header(header: &[u8; HEADER]) -> Option<(&[u8], &[u8; NONCE])> {
    const { assert!(ASSOCIATED == 7) };
    header.split_last_chunk()
}

/// Checks the tag, then decrypts in place. The bytes are as before when this fails (TOK-24).
#[must_use]
pub(crate) fn open(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    associated: &[u8],
    bytes: &mut [u8],
    tag: &[u8; TAG],
) -> bool {
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(nonce.into(), associated, bytes.into(), tag.into())
        .is_ok()
}

/// Encrypts in place and returns the tag.
#[cfg(feature = "alloc")]
pub(crate) fn seal(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    associated: &[u8],
    bytes: &mut [u8],
) -> Option<[u8; TAG]> {
    XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(nonce.into(), associated, bytes.into())
        .ok()
        .map(Into::into)
}
