//! Ed25519 of the portable backend, by `ed25519-dalek`. What it accepts is what the SPEC means.

use ed25519_dalek::{Signature, Signer as _};

use super::SIGNATURE;
use crate::keys::{PublicKey, SigningKey};

pub(in crate::proof) fn sign(key: &SigningKey, message: &[u8]) -> [u8; SIGNATURE] {
    key.dalek().sign(message).to_bytes()
}

#[must_use]
pub(in crate::proof) fn accepts(key: &PublicKey, message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
    key.dalek().verify_strict(message, &Signature::from_bytes(signature)).is_ok()
}
