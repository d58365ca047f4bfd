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

/// Encodes as base64url without padding, at the end of `text`.
#[cfg(feature = "alloc")]
pub(crate) fn encode(bytes: &[u8], text: &mut alloc::string::String) {
    // In small pieces: the library's own way to a string clears a kilobyte first, which costs as much as the hash of the ids.
    let mut piece = [0; 64];
    for part in bytes.chunks(48) {
        let written = URL_SAFE_NO_PAD.encode_slice(part, &mut piece).unwrap_or(0);
        text.push_str(
            piece.get(..written).and_then(|piece| core::str::from_utf8(piece).ok()).unwrap_or_default(),
        );
    }
    piece.fill(0);
    zeroize::optimization_barrier(&piece);
}
