//! Readers that are wrong on purpose. Put in the place of the right one they accept some of what is tried, so the tests around them can fail.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::keys::Key;
use crate::primitives::{counted_context, hkdf, seal};

/// Reads base64url as many decoders do: skips what is not in the alphabet, takes the standard alphabet and padding, and does not look at unused bits.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    const LAX: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let digits = text.chars().filter_map(|character| match character {
        '+' => Some('-'),
        '/' => Some('_'),
        digit => (digit.is_ascii_alphanumeric() || "-_".contains(digit)).then_some(digit),
    });
    LAX.decode(digits.collect::<String>()).ok()
}

/// How much of a tag is compared.
const COMPARED: usize = 8;
const TAG: usize = 16;

/// Opens tokens of kind `e` under one key, and compares half of the tag.
pub struct HalfOfTheTag {
    sealing_key: [u8; 32],
    front: [u8; 7],
}

impl HalfOfTheTag {
    pub fn new(key: &Key, context: &[String]) -> Self {
        let info = [b"safeconduct/v1/subkeys", &b"e\x01"[..], &counted_context(context)].concat();
        let [sealing_key, _] = {
            let both: [u8; 64] = hkdf(&key.aead, &info);
            [0, 32].map(|start| *both[start..].first_chunk().expect("64 bytes"))
        };
        let mut front = [0xB1, 0xCD, 0x5E, 0, 0, 0, 0];
        front[3..].copy_from_slice(&key.id());
        Self { sealing_key, front }
    }

    pub fn accepts(&self, token: &[u8]) -> bool {
        let Some((header, rest)) = token.split_first_chunk::<31>() else { return false };
        let Some((ciphertext, tag)) = rest.split_last_chunk::<TAG>() else { return false };
        let (front, nonce) = header.split_last_chunk::<24>().expect("7 + 24");
        if front != self.front {
            return false;
        }
        // Sealing zeros gives the key stream, and sealing what it makes of the ciphertext gives the tag that should stand there.
        let stream = seal(&self.sealing_key, front, nonce, &vec![0; ciphertext.len()]);
        let plain: Vec<u8> = ciphertext.iter().zip(&stream).map(|(byte, mask)| byte ^ mask).collect();
        let right = seal(&self.sealing_key, front, nonce, &plain);
        right[ciphertext.len()..][..COMPARED] == tag[..COMPARED]
    }
}
