//! The signature keys of kinds `s` and `n`.

use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use super::PublicKeyError;

/// An Ed25519 seed with its public key.
#[derive(Clone)]
pub(crate) struct SigningKey(ed25519_dalek::SigningKey); // wipes itself when dropped

impl SigningKey {
    pub(crate) fn generate<G: TryCryptoRng + ?Sized>(rng: &mut G) -> Result<Self, G::Error> {
        let mut seed = [0; 32];
        let filled = rng.try_fill_bytes(&mut seed);
        let key = Self::from_seed(&seed);
        seed.zeroize();
        filled.map(|()| key)
    }

    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The key that a ring's text has the seed of: every seed is a key.
    pub(crate) fn from_ring(seed: &[u8; 32]) -> Result<Self, PublicKeyError> {
        Ok(Self::from_seed(seed))
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) const fn dalek(&self) -> &ed25519_dalek::SigningKey {
        &self.0
    }
}

/// An Ed25519 public key that has passed KEY-01.
#[derive(Clone)]
pub(crate) struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Loads a public key, refusing what KEY-01 names. About 35 µs, once per key and load.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, PublicKeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| PublicKeyError::NotAPoint)?;
        let point = key.to_edwards();
        // dalek decompresses encodings that RFC 8032 calls non-canonical; compressing again finds them.
        if point.compress().as_bytes() != bytes {
            return Err(PublicKeyError::NotCanonical);
        }
        if key.is_weak() {
            return Err(PublicKeyError::SmallOrder);
        }
        if !point.is_torsion_free() {
            return Err(PublicKeyError::MixedOrder);
        }
        Ok(Self(key))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(crate) const fn dalek(&self) -> &ed25519_dalek::VerifyingKey {
        &self.0
    }
}
