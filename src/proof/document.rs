//! Signing and wrapping of documents that travel between operators and nodes.

use sha2::{Digest as _, Sha256};

use super::backend::{Cipher, Verifying};
pub(crate) use super::backend::{NONCE, SIGNATURE, TAG};
use super::sign;
use crate::keys::PublicKey;

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
    Cipher::new(key).open(nonce, associated, sealed, tag).then_some(sealed)
}

/// Wraps in place and returns the tag; `None` if the bytes are more than the cipher takes.
#[cfg(feature = "alloc")]
pub(crate) fn seal(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    associated: &[u8],
    bytes: &mut [u8],
) -> Option<[u8; TAG]> {
    Cipher::new(key).seal(nonce, associated, bytes)
}

/// SHA-256 of a part of a document.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Checks a signature by the rule for tokens (TOK-21 to TOK-23) and returns the SHA-256 of the document.
pub(crate) fn verify(
    key: &PublicKey,
    front: &[&[u8]],
    document: &[u8],
    signature: &[u8; SIGNATURE],
) -> Option<[u8; 32]> {
    let message = Message::new(front, document)?;
    sign::verify(&Verifying::new(key), message.as_bytes(), signature).then(|| digest(document))
}

/// `None` if the document is longer than any of ours can be.
#[cfg(feature = "alloc")]
pub(crate) fn sign(
    key: &crate::keys::SigningKey,
    front: &[&[u8]],
    document: &[u8],
) -> Option<[u8; SIGNATURE]> {
    let key = super::backend::Signing::new(key);
    Message::new(front, document).map(|message| key.sign(message.as_bytes()))
}
