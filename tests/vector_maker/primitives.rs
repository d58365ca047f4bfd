//! Encodings and primitives of the format, written out by hand: nothing here comes from the crate under test.

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 32 bytes that look random and are the same in every run.
pub fn seeded(label: &str) -> [u8; 32] {
    Sha256::digest(format!("safeconduct test vectors: {label}")).into()
}

pub fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(pieces.concat()).into()
}

pub fn hkdf<const N: usize>(key: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(None, key).expand(info, &mut out).expect("64 bytes at most");
    out
}

pub fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 127 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

pub fn zigzag(value: i64) -> Vec<u8> {
    varint(((value << 1) ^ (value >> 63)) as u64)
}

/// The same number in one byte more than needed: the fault that TOK-10 names.
pub fn over_long(mut spelled: Vec<u8>) -> Vec<u8> {
    *spelled.last_mut().expect("a varint has a byte") |= 0x80;
    spelled.push(0);
    spelled
}

pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for position in 0..=chunk.len() {
            text.push(digit(bits >> (18 - 6 * position) & 63));
        }
    }
    text
}

/// The digit of this value, 0 to 63.
pub fn digit(value: u32) -> char {
    char::from(ALPHABET[value as usize])
}

/// The value of a digit of base64url.
pub fn value_of(digit: char) -> u32 {
    ALPHABET.iter().position(|other| char::from(*other) == digit).expect("a digit of base64url") as u32
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Encoding of a context, without the length in front (SPEC section 3.3).
pub fn context_encoding(parts: &[String]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&[part.len() as u8], part.as_bytes()].concat()).collect()
}

/// What stands for the context in subkeys and signatures: the length, then the encoding.
pub fn counted_context(parts: &[String]) -> Vec<u8> {
    let encoding = context_encoding(parts);
    [&[encoding.len() as u8], &encoding[..]].concat()
}

/// Seals with any associated data and nonce: ciphertext ‖ tag.
pub fn seal(key: &[u8; 32], associated: &[u8], nonce: &[u8; 24], plain: &[u8]) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(nonce.into(), associated, bytes.as_mut_slice().into())
        .expect("short enough");
    bytes.extend_from_slice(&tag);
    bytes
}
