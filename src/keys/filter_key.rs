//! The key of a revocation realm's filter.

use core::hash::Hasher as _;

use rand_core::TryCryptoRng;
use siphasher::sip::SipHasher24;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::aead::expand;
use crate::values::RealmId;

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

    /// Whether both are the same key, in constant time.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The name of the realm (SPEC section 8.1).
    pub(crate) fn realm_id(&self) -> RealmId {
        let mut id = [0; RealmId::SIZE];
        expand(&self.0, &[b"safeconduct/v1/realm"], &mut id);
        RealmId::from_bytes(id)
    }

    /// SipHash-2-4 of the pieces, one after the other (SPEC section 9.2).
    pub(crate) fn hash(&self, pieces: &[&[u8]]) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        for piece in pieces {
            hasher.write(piece);
        }
        hasher.finish()
    }
}
