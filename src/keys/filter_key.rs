//! The key of a revocation realm's filter.

use hkdf::Hkdf;
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 16 random bytes that hide from everybody else which bits of the filter an id touches.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct FilterKey([u8; 16]);

impl FilterKey {
    pub(crate) fn generate<G: TryCryptoRng + ?Sized>(rng: &mut G) -> Result<Self, G::Error> {
        let mut key = Self([0; 16]);
        rng.try_fill_bytes(&mut key.0)?;
        Ok(key)
    }

    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The name of the realm (SPEC section 8.1).
    pub(crate) fn realm_id(&self) -> [u8; 4] {
        let mut id = [0; 4];
        let expanded = Hkdf::<Sha256>::new(None, &self.0).expand(b"safeconduct/v1/realm", &mut id);
        debug_assert!(expanded.is_ok());
        id
    }
}
