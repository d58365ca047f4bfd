//! Text and bytes: one spelling for each token (TOK-01, TOK-02).

use base64::Engine as _;

use engine::engine;

/// The longest token text, in characters.
pub(crate) const MAX_TEXT: usize = 4_096;
/// What the longest text decodes to.
pub(crate) const MAX_BYTES: usize = 3_072;

/// Decodes canonical base64url into the front of `target`; `None` for any other text or too little room.
pub(crate) fn decode(text: &str, target: &mut [u8]) -> Option<usize> {
    engine().decode_slice(text, target).ok()
}

/// Encodes as base64url without padding, at the end of `text`. Where the text is a secret, the caller has reserved room for it: memory that is outgrown is not wiped.
#[cfg(feature = "alloc")]
pub(crate) fn encode(bytes: &[u8], text: &mut alloc::string::String) {
    // Straight into the string's memory: the library's own way to a string clears a kilobyte first, which costs as much as the hash of the ids.
    let mut memory = core::mem::take(text).into_bytes();
    let start = memory.len();
    memory.resize(start.saturating_add(base64::encoded_len(bytes.len(), false).unwrap_or_default()), 0);
    let written =
        engine().encode_slice(bytes, memory.get_mut(start..).unwrap_or_default()).unwrap_or_default();
    memory.truncate(start.saturating_add(written));
    *text = alloc::string::String::from_utf8(memory).unwrap_or_default();
}

/// Who translates: with the feature `fast` and a processor that has AVX2, 32 characters at a time. Both accept and write the same texts.
#[cfg(all(
    feature = "fast",
    any(target_arch = "x86_64", all(target_arch = "aarch64", safeconduct_fast_aarch64))
))]
mod engine {
    use std::sync::LazyLock;

    use base64::engine::Simd;
    use base64::engine::general_purpose::NO_PAD;

    static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));

    pub(super) fn engine() -> &'static Simd {
        &ENGINE
    }
}

#[cfg(not(all(
    feature = "fast",
    any(target_arch = "x86_64", all(target_arch = "aarch64", safeconduct_fast_aarch64))
)))]
mod engine {
    use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};

    pub(super) const fn engine() -> &'static GeneralPurpose {
        &URL_SAFE_NO_PAD
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    /// Text that is nearly or wholly base64url, of up to a few blocks of the vector engine.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[A-Za-z0-9_-]{0,200}",
            "[A-Za-z0-9_-]{60,140}[ -~]{1,2}[A-Za-z0-9_-]{0,140}",
            "\\PC{0,200}"
        ]
    }

    proptest! {
        #[test]
        fn whoever_translates_the_same_texts_are_accepted(text in text()) {
            let (mut ours, mut plain) = ([0; 1_024], [0; 1_024]);
            let length = decode(&text, &mut ours);
            prop_assert_eq!(length, URL_SAFE_NO_PAD.decode_slice(&text, &mut plain).ok());
            if let Some(length) = length {
                prop_assert_eq!(&ours[..length], &plain[..length]);
            }
        }

        #[test]
        fn whoever_translates_the_same_texts_are_written(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let mut ours = String::from("in front:");
            encode(&bytes, &mut ours);
            prop_assert_eq!(ours, format!("in front:{}", URL_SAFE_NO_PAD.encode(&bytes)));
        }
    }
}
