//! Points and signatures that no honest signer makes.
//!
//! The types of the curve crate are used without their names, so that it need not be a dependency: points come from
//! `VerifyingKey::to_edwards`, scalars from `SigningKey::to_scalar`.

use std::ops::{Add, Mul};

use ed25519_dalek::{SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha512};

use super::draft::Draft;
use super::primitives::seeded;

/// The order of the base point, little-endian.
pub const ORDER: [u8; 32] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The eight points of small order: name and canonical encoding.
pub const SMALL_ORDER: [(&str, &str); 8] = [
    ("order-1", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("order-2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order-4-even", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("order-4-odd", "0000000000000000000000000000000000000000000000000000000000000080"),
    ("order-8-first-even", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("order-8-first-odd", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    ("order-8-second-even", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ("order-8-second-odd", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
];

/// Encodings that are not the canonical one of any point: name and bytes.
pub const NOT_CANONICAL: [(&str, &str); 4] = [
    ("identity-as-p-plus-1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("identity-with-sign-bit", "0100000000000000000000000000000000000000000000000000000000000080"),
    ("order-4-as-p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order-2-with-sign-bit", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
];

pub fn point_bytes(hex: &str) -> [u8; 32] {
    let digits = |n: usize| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).expect("hexadecimal");
    std::array::from_fn(digits)
}

/// `y` as 32 little-endian bytes.
pub fn small_y(y: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = y;
    bytes
}

pub fn is_point(bytes: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(bytes).is_ok()
}

/// The smallest `y` that is, or is not, on the curve and is at least 2.
pub fn first_y(on_curve: bool) -> u8 {
    (2..19).find(|y| is_point(&small_y(*y)) == on_curve).expect("about every second is")
}

/// `y + p` for a small `y` of the curve, which stands for the same point as `y` and is not canonical.
pub fn y_plus_p(y: u8) -> [u8; 32] {
    let mut bytes = [0xFF; 32];
    (bytes[0], bytes[31]) = (0xED + y, 0x7F);
    bytes
}

/// The sum of two points.
pub fn sum(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    let point = |bytes| VerifyingKey::from_bytes(bytes).expect("a point").to_edwards();
    (point(one) + point(other)).compress().to_bytes()
}

/// The same point on the other side: −R.
pub fn negated(point: &[u8; 32]) -> [u8; 32] {
    let mut bytes = *point;
    bytes[31] ^= 0x80;
    bytes
}

/// `S` plus so many times the order of the base point.
pub fn plus_order(scalar: &[u8], times: u32) -> [u8; 32] {
    let mut carry = 0;
    std::array::from_fn(|n| {
        carry += u32::from(scalar[n]) + times * u32::from(ORDER[n]);
        let byte = carry as u8;
        carry >>= 8;
        byte
    })
}

pub fn joined(r: &[u8; 32], s: &[u8; 32]) -> [u8; 64] {
    [*r, *s].concat().try_into().expect("32 + 32")
}

/// A secret nonce `r` and its point.
pub fn nonce() -> SigningKey {
    SigningKey::from_bytes(&seeded("nonce of crafted signatures"))
}

/// A number of 64 bytes as a scalar of the same type as `like`.
fn wide<S>(like: S, bytes: [u8; 64]) -> S
where
    S: Copy + From<u128> + Add<Output = S> + Mul<Output = S>,
{
    let _ = like;
    let shift = S::from(u128::MAX) + S::from(1);
    bytes
        .as_chunks::<16>()
        .0
        .iter()
        .rev()
        .fold(S::from(0), |high, chunk| high * shift + S::from(u128::from_le_bytes(*chunk)))
}

/// `S = r + k·a` for this encoding of `R`, with `r` of [`nonce`] or 0: the equation `[S]B = R + [k]A` then holds for whatever part
/// of `R` has the order `L`.
pub fn solved(draft: &Draft, r: &[u8; 32], with_nonce: bool) -> [u8; 64] {
    solved_over(&draft.key.signing(), &draft.signing_input(), r, with_nonce)
}

/// The same for any key and message.
pub fn solved_over(key: &SigningKey, message: &[u8], r: &[u8; 32], with_nonce: bool) -> [u8; 64] {
    let public = key.verifying_key().to_bytes();
    let hash = Sha512::new().chain_update(r).chain_update(public).chain_update(message);
    let secret = key.to_scalar();
    let product = wide(secret, hash.finalize().into()) * secret;
    let s = if with_nonce { product + nonce().to_scalar() } else { product };
    joined(r, &s.to_bytes())
}
