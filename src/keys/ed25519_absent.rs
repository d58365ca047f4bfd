//! In place of `ed25519.rs` without the feature `signatures`: keys without a value, so that nothing of Ed25519 gets into the program.

use core::convert::Infallible;

use super::PublicKeyError;

/// There is none.
#[derive(Clone)]
pub(crate) struct SigningKey(Infallible);

impl SigningKey {
    pub(crate) const fn from_ring(_: &[u8; 32]) -> Result<Self, PublicKeyError> {
        Err(PublicKeyError::SignaturesNotBuilt)
    }

    pub(crate) const fn seed(&self) -> &[u8; 32] {
        self.never()
    }

    pub(crate) const fn public(&self) -> PublicKey {
        self.never()
    }

    pub(crate) const fn never(&self) -> ! {
        match self.0 {}
    }
}

/// There is none.
#[derive(Clone)]
pub(crate) struct PublicKey(Infallible);

impl PublicKey {
    pub(crate) const fn from_bytes(_: &[u8; 32]) -> Result<Self, PublicKeyError> {
        Err(PublicKeyError::SignaturesNotBuilt)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        self.never()
    }

    pub(crate) const fn never(&self) -> ! {
        match self.0 {}
    }
}
