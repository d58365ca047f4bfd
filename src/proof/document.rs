//! Signing and wrapping of documents that travel between operators and nodes.

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use sha2::{Digest as _, Sha256};

use super::sign;
use crate::keys::PublicKey;

pub(crate) const NONCE: usize = 24;
pub(crate) const TAG: usize = 16;
pub(crate) const SIGNATURE: usize = sign::SIGNATURE;
/// What stands in front of a signed document: its domain and role.
const MAX_FRONT: usize = 40;
const MAX_DOCUMENT: usize = 2_048;

/// The message that is signed: the pieces in front, then the document.
struct Message {
    bytes: zeroize::Zeroizing<[u8; MAX_FRONT + MAX_DOCUMENT]>,
    length: usize,
}

impl Message {
    fn new(front: &[&[u8]], document: &[u8]) -> Option<Self> {
        let mut message = Self { bytes: zeroize::Zeroizing::new([0; MAX_FRONT + MAX_DOCUMENT]), length: 0 };
        for piece in front.iter().copied().chain([document]) {
            let end = message.length.checked_add(piece.len())?;
            message.bytes.get_mut(message.length..end)?.copy_from_slice(piece);
            message.length = end;
        }
        Some(message)
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Opens what was wrapped, in place. The last bytes are the tag.
pub(crate) fn open<'b>(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    associated: &[u8],
    bytes: &'b mut [u8],
) -> Option<&'b [u8]> {
    let (sealed, tag) = bytes.split_last_chunk_mut::<TAG>()?;
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(nonce.into(), associated, (&mut *sealed).into(), (&*tag).into())
        .ok()?;
    Some(sealed)
}

/// Wraps in place and returns the tag.
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

/// Checks a signature by the rule for tokens (TOK-21 to TOK-23) and returns the SHA-256 of the document.
pub(crate) fn verify(
    key: &PublicKey,
    front: &[&[u8]],
    document: &[u8],
    signature: &[u8; SIGNATURE],
) -> Option<[u8; 32]> {
    let message = Message::new(front, document)?;
    sign::verify(key, message.as_bytes(), signature).then(|| Sha256::digest(document).into())
}

#[cfg(feature = "alloc")]
pub(crate) fn sign(key: &crate::keys::SigningKey, front: &[&[u8]], document: &[u8]) -> [u8; SIGNATURE] {
    // No document of ours is longer than the message can be; an empty one would be refused by every reader.
    let message = Message::new(front, document);
    sign::sign(key, message.as_ref().map_or(&[], Message::as_bytes))
}
