//! Ed25519 by `graviola`: assembler without a C compiler, formally verified.

use graviola::signing::eddsa::{Ed25519SigningKey, Ed25519VerifyingKey};

use super::supported;
use crate::keys::{PublicKey, SigningKey};
use crate::proof::backend::SIGNATURE;

/// The identity as a point is written: `y = 1`, sign 0.
const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

pub(in crate::proof) struct Signing(Ed25519SigningKey); // wipes itself when dropped

impl Signing {
    pub(in crate::proof) fn new(key: &SigningKey) -> Option<Self> {
        // `None` where the processor does not do. A seed of 32 bytes is always a key.
        supported().then(|| Ed25519SigningKey::from_bytes(key.seed()).ok().map(Self))?
    }

    pub(in crate::proof) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(message)
    }
}

pub(in crate::proof) struct Verifying(Ed25519VerifyingKey);

impl Verifying {
    pub(in crate::proof) fn new(key: &PublicKey) -> Option<Self> {
        // What has passed KEY-01 is always a point.
        supported().then(|| Ed25519VerifyingKey::from_bytes(key.as_bytes()).ok().map(Self))?
    }

    #[must_use]
    pub(in crate::proof) fn accepts(&self, message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        // Graviola compares R with the encoding of [S]B − [k]A and asks nothing else of it. Under a key that has passed KEY-01 that point is in the subgroup of
        // prime order, whose only point of small order is the identity: refusing it is all that TOK-22 asks for besides (SPEC section 10).
        !signature.starts_with(&IDENTITY) && self.0.verify(signature, message).is_ok()
    }
}
