//! The symmetric key of kinds `e` and `n`.

use hkdf::Hkdf;
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Purpose;
use crate::values::{Context, Kind};

/// 32 random bytes. Never used to seal anything itself (KEY-04): [`Subkeys`] are.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct AeadKey([u8; 32]);

impl AeadKey {
    pub(crate) fn generate<G: TryCryptoRng + ?Sized>(rng: &mut G) -> Result<Self, G::Error> {
        let mut key = Self([0; 32]);
        rng.try_fill_bytes(&mut key.0)?;
        Ok(key)
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What of this key may be known: `commitment` of SPEC section 3.2.
    pub(crate) fn commitment(&self) -> [u8; 32] {
        let mut commitment = [0; 32];
        self.expand(&[b"safeconduct/v1/commitment"], &mut commitment);
        commitment
    }

    /// The keys for one kind, purpose and context (SPEC section 3.4).
    pub(crate) fn subkeys(&self, kind: Kind, purpose: Purpose, context: &Context) -> Subkeys {
        let bound = [kind.byte(), purpose.byte(), context.length()];
        let mut keys = Subkeys { sealing: [0; 32], hedging: [0; 32] };
        let mut both = [0; 64];
        self.expand(&[b"safeconduct/v1/subkeys", &bound, context.encoding()], &mut both);
        let (sealing, hedging) = both.split_at(32);
        keys.sealing.copy_from_slice(sealing);
        keys.hedging.copy_from_slice(hedging);
        both.zeroize();
        keys
    }

    pub(crate) fn expand(&self, info: &[&[u8]], okm: &mut [u8]) {
        expand(&self.0, info, okm);
    }
}

/// HKDF-SHA-256 without salt (SPEC section 1).
pub(super) fn expand(key: &[u8], info: &[&[u8]], okm: &mut [u8]) {
    let expanded = Hkdf::<Sha256>::new(None, key).expand_multi_info(info, okm);
    // HKDF refuses only outputs above 8,160 bytes; ours are at most 64.
    debug_assert!(expanded.is_ok());
}

/// What seals tokens of one kind, purpose and context, and what hedges their ids.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Subkeys {
    pub(crate) sealing: [u8; 32],
    pub(crate) hedging: [u8; 32],
}
