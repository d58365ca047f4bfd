//! What a signature covers, and the strict rule by which it counts (SPEC section 5.1).

use super::backend::{SIGNATURE, Verifying};
use crate::keys::{KeyIdentity, Purpose};
use crate::values::Context;
use crate::wire::HEADER;

/// The order of the base point, little-endian, as RFC 8032 section 5.1 gives it.
const ORDER: [u8; 32] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// What a signature covers in front of the body (TOK-20), as pieces in order.
pub(super) fn covered<'a>(
    header: &'a [u8; HEADER],
    identity: &'a KeyIdentity,
    context: &'a Context,
    lengths: &'a [u8; 2],
) -> [&'a [u8]; 6] {
    let [purpose, length] = lengths;
    [
        b"safeconduct/v1/signature",
        core::slice::from_ref(purpose),
        header,
        identity.as_bytes(),
        core::slice::from_ref(length),
        context.encoding(),
    ]
}

/// The two single bytes among the pieces: purpose and length of the context.
pub(super) fn lengths(purpose: Purpose, context: &Context) -> [u8; 2] {
    [purpose.byte(), context.length()]
}

/// Whether the signature is one that SPEC accepts: TOK-21 to TOK-23.
#[must_use]
pub(super) fn verify(key: &Verifying, message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
    // TOK-21, here as well as in the backends: another crate of the same program can switch dalek's check off by a feature.
    below_order(signature) && key.accepts(message, signature)
}

/// `S < L`, both little-endian. Signatures are public, so this need not be constant-time.
fn below_order(signature: &[u8; SIGNATURE]) -> bool {
    let (_, scalar) = signature.split_at(32);
    scalar.iter().rev().lt(ORDER.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_at_the_order() {
        let with = |change: fn(&mut [u8; 32])| {
            let mut scalar = ORDER;
            change(&mut scalar);
            let mut signature = [0; SIGNATURE];
            signature[32..].copy_from_slice(&scalar);
            below_order(&signature)
        };
        assert!(!with(|_| {}));
        assert!(with(|s| s[0] -= 1));
        assert!(!with(|s| s[0] += 1));
        assert!(with(|s| s[31] = 0));
        assert!(!with(|s| s[31] = 0x11));
        assert!(!with(|s| s[16] = 1));
        assert!(with(|s| *s = [0; 32]));
    }
}
