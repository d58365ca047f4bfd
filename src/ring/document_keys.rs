//! The keys that wrap and sign published rings (SPEC section 8.6).

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::keys::{AeadKey, PublicKey, PublicKeyError, SigningKey};
use crate::values::write_hex;

/// 32 random bytes that wrap published rings of one role: whoever has them can read the ring, and nobody can forge one with them.
pub struct KeyEncryptionKey(AeadKey);

impl KeyEncryptionKey {
    /// A fresh random key.
    ///
    /// # Errors
    ///
    /// Whatever the random source returns.
    pub fn generate<G: TryCryptoRng + ?Sized>(rng: &mut G) -> Result<Self, G::Error> {
        AeadKey::generate(rng).map(Self)
    }

    /// The key with these bytes, from where secrets are kept. They have to be random: there is no way to use a passphrase.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(AeadKey::from_bytes(bytes))
    }

    /// The bytes, for the place where secrets are kept.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.0.as_bytes())
    }

    /// The first four bytes of a hash of the key: shown in documents and logs.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let mut id = [0; 4];
        self.0.expand(&[b"safeconduct/v1/kek"], &mut id);
        id
    }

    pub(super) fn wrapping_key(&self, role: u8) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        self.0.expand(&[b"safeconduct/v1/wrap", &[role]], key.as_mut_slice());
        key
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(")?;
        write_hex(f, &self.id())?;
        f.write_str(")")
    }
}

/// Signs published rings. Keep it away from the nodes: its public half is pinned in their configuration.
pub struct RootKey(pub(super) SigningKey);

impl RootKey {
    /// A fresh random key.
    ///
    /// # Errors
    ///
    /// Whatever the random source returns.
    pub fn generate<G: TryCryptoRng + ?Sized>(rng: &mut G) -> Result<Self, G::Error> {
        SigningKey::generate(rng).map(Self)
    }

    /// The key with this seed, from where secrets are kept.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_seed(seed))
    }

    /// The seed, for the place where secrets are kept.
    #[must_use]
    pub fn to_secret_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.0.seed())
    }

    /// The half that nodes are configured with.
    #[must_use]
    pub fn public(&self) -> RootPublicKey {
        RootPublicKey(self.0.public())
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey(of {:?})", self.public())
    }
}

/// Checks published rings: pinned in every node's configuration.
#[derive(Clone)]
pub struct RootPublicKey(pub(super) PublicKey);

impl RootPublicKey {
    /// Loads a public key.
    ///
    /// # Errors
    ///
    /// [`PublicKeyError`] for keys that KEY-01 refuses.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, PublicKeyError> {
        PublicKey::from_bytes(bytes).map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        *self.0.as_bytes()
    }
}

impl fmt::Debug for RootPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootPublicKey(")?;
        let [a, b, c, d, ..] = self.to_bytes();
        write_hex(f, &[a, b, c, d])?;
        f.write_str("…)")
    }
}
