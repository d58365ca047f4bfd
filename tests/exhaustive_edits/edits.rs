//! Every text that is one edit away from a token, every token that is one or two bits away, and every splice of two.
//!
//! Each function hands one altered token after the other to `each`; nothing is kept, so that millions cost no memory.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How many single edits a text of `n` characters has: 255 other values and 128 insertions at each character, three ways to shorten it at each, and 128 characters to append.
pub const fn number_of_single_edits(n: usize) -> usize {
    386 * n + 128
}

/// Every single edit of an ASCII text: a character XORed with 1 to 255 (from 128 on it is a character of Latin-1, two bytes of UTF-8), a character missing, an ASCII
/// character inserted or appended, and every proper beginning and end of the text.
pub fn single_edits(text: &str, mut each: impl FnMut(&str)) {
    assert!(text.is_ascii());
    let mut edited = String::with_capacity(text.len() + 2);
    let mut put = |pieces: [&str; 3]| {
        edited.clear();
        pieces.into_iter().for_each(|piece| edited.push_str(piece));
        each(&edited);
    };
    let mut buffer = [0; 4];
    for place in 0..text.len() {
        let (before, after) = (&text[..place], &text[place + 1..]);
        for mask in 1..=u8::MAX {
            let other = char::from(text.as_bytes()[place] ^ mask);
            put([before, other.encode_utf8(&mut buffer), after]);
        }
        put([before, after, ""]);
        put([before, "", ""]);
        put([after, "", ""]);
    }
    for place in 0..=text.len() {
        for inserted in 0..128_u8 {
            put([&text[..place], char::from(inserted).encode_utf8(&mut buffer), &text[place..]]);
        }
    }
}

/// The text with 1 to 64 characters of the alphabet behind it, `tries` times each.
pub fn extensions(text: &str, tries: usize, mut random: impl FnMut() -> u64, mut each: impl FnMut(&str)) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut longer = String::new();
    for length in 1..=64 {
        for _ in 0..tries {
            longer.clear();
            longer.push_str(text);
            longer.extend((0..length).map(|_| char::from(ALPHABET[random() as usize % 64])));
            each(&longer);
        }
    }
}

/// The bytes with each of these sets of bits turned over, as canonical text.
fn turned<const N: usize>(
    bytes: &[u8],
    sets: impl Iterator<Item = [usize; N]>,
    mut each: impl FnMut(&[u8], &str),
) {
    let (mut bytes, mut text) = (bytes.to_vec(), String::new());
    for set in sets {
        set.iter().for_each(|bit| bytes[bit / 8] ^= 0x80 >> (bit % 8));
        text.clear();
        URL_SAFE_NO_PAD.encode_string(&bytes, &mut text);
        each(&bytes, &text);
        set.iter().for_each(|bit| bytes[bit / 8] ^= 0x80 >> (bit % 8));
    }
}

/// Every bit of the token turned over.
pub fn bits(bytes: &[u8], each: impl FnMut(&[u8], &str)) {
    turned(bytes, (0..8 * bytes.len()).map(|bit| [bit]), each);
}

/// Every pair of bits of the token turned over.
pub fn bit_pairs(bytes: &[u8], each: impl FnMut(&[u8], &str)) {
    let all = 8 * bytes.len();
    turned(bytes, (0..all).flat_map(|one| (one + 1..all).map(move |other| [one, other])), each);
}

/// A beginning of one text and the end of the other behind the same place, for every place where both go on.
pub fn splices(front: &str, back: &str, mut each: impl FnMut(&str)) {
    let mut spliced = String::new();
    for cut in 1..front.len().min(back.len()) {
        spliced.clear();
        spliced.push_str(&front[..cut]);
        spliced.push_str(&back[cut..]);
        each(&spliced);
    }
}

/// One token with a field of the other: format, key id, session id, token id, body, proof.
pub fn field_swaps(token: &[u8], other: &[u8], proofs: [usize; 2], mut each: impl FnMut(&str)) {
    let fields = |bytes: &[u8], proof: usize| -> [std::ops::Range<usize>; 6] {
        let end = bytes.len();
        [0..3, 3..7, 7..19, 19..31, 31..end - proof, end - proof..end]
    };
    for (own, strange) in fields(token, proofs[0]).into_iter().zip(fields(other, proofs[1])) {
        let swapped = [&token[..own.start], &other[strange], &token[own.end..]].concat();
        each(&URL_SAFE_NO_PAD.encode(swapped));
    }
}
