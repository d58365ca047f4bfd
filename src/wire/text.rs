//! Text and bytes: one spelling for each token (TOK-01, TOK-02).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The longest token text, in characters.
pub(crate) const MAX_TEXT: usize = 4_096;
/// What the longest text decodes to.
pub(crate) const MAX_BYTES: usize = 3_072;

/// Decodes canonical base64url into the front of `target`; `None` for any other text or too little room.
pub(crate) fn decode(text: &str, target: &mut [u8]) -> Option<usize> {
    URL_SAFE_NO_PAD.decode_slice(text, target).ok()
}

/// Encodes as base64url without padding.
#[cfg(feature = "alloc")]
pub(crate) fn encode(bytes: &[u8], text: &mut alloc::string::String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}
