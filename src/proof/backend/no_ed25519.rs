//! In place of `portable_ed25519.rs` without the feature `signatures`: there is no key to call these with.

use super::SIGNATURE;
use crate::keys::{PublicKey, SigningKey};

pub(in crate::proof) const fn sign(key: &SigningKey, _: &[u8]) -> [u8; SIGNATURE] {
    key.never()
}

#[must_use]
pub(in crate::proof) const fn accepts(key: &PublicKey, _: &[u8], _: &[u8; SIGNATURE]) -> bool {
    key.never()
}
