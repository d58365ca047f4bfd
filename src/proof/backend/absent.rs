//! In place of `fast/` where the fast backend is not built: types without a value, so that nothing of it gets into the program.

use core::convert::Infallible;

use super::{NONCE, SIGNATURE, TAG};
use crate::keys::{PublicKey, SigningKey};

pub(in crate::proof) const fn supported() -> bool {
    false
}

pub(in crate::proof) struct Cipher(Infallible);

impl Cipher {
    pub(in crate::proof) const fn new(_: &[u8; 32]) -> Option<Self> {
        None
    }

    pub(in crate::proof) const fn open(
        &self,
        _: &[u8; NONCE],
        _: &[u8],
        _: &mut [u8],
        _: &[u8; TAG],
    ) -> bool {
        match self.0 {}
    }

    pub(in crate::proof) const fn seal(&self, _: &[u8; NONCE], _: &[u8], _: &mut [u8]) -> Option<[u8; TAG]> {
        match self.0 {}
    }
}

pub(in crate::proof) struct Signing(Infallible);

impl Signing {
    pub(in crate::proof) const fn new(_: &SigningKey) -> Option<Self> {
        None
    }

    pub(in crate::proof) const fn sign(&self, _: &[u8]) -> [u8; SIGNATURE] {
        match self.0 {}
    }
}

pub(in crate::proof) struct Verifying(Infallible);

impl Verifying {
    pub(in crate::proof) const fn new(_: &PublicKey) -> Option<Self> {
        None
    }

    pub(in crate::proof) const fn accepts(&self, _: &[u8], _: &[u8; SIGNATURE]) -> bool {
        match self.0 {}
    }
}
