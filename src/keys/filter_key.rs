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

    /// SipHash-2-4 of a tag and the ids behind it (SPEC section 9.2).
    ///
    /// Word by word, and inlined where the length is known: half the instructions of bytes handed over as slices, and most of what asking a snapshot costs.
    #[inline(always)]
    pub(crate) fn hash_ids<const SIZE: usize, const N: usize>(&self, tag: u8, ids: [[u8; SIZE]; N]) -> u64 {
        let mut hasher = self.hasher(tag);
        for id in &ids {
            let (words, rest) = id.as_chunks();
            words.iter().for_each(|word| hasher.write_u64(u64::from_ne_bytes(*word)));
            let (words, rest) = rest.as_chunks();
            words.iter().for_each(|word| hasher.write_u32(u32::from_ne_bytes(*word)));
            rest.iter().for_each(|byte| hasher.write_u8(*byte));
        }
        hasher.finish()
    }

    /// SipHash-2-4 of a tag and the bytes behind it (SPEC section 9.2).
    #[inline(always)]
    pub(crate) fn hash_bytes(&self, tag: u8, bytes: &[u8]) -> u64 {
        let mut hasher = self.hasher(tag);
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| hasher.write_u64(u64::from_ne_bytes(*word)));
        rest.iter().for_each(|byte| hasher.write_u8(*byte));
        hasher.finish()
    }

    #[inline(always)]
    fn hasher(&self, tag: u8) -> SipHasher24 {
        let key = u128::from_le_bytes(self.0);
        let mut hasher = SipHasher24::new_with_keys(key as u64, (key >> 64) as u64);
        hasher.write_u8(tag);
        hasher
    }
}
