//! The key that signs snapshots and the log.

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::keys::SigningKey;
use crate::values::write_hex;

/// Signs the snapshots and the log of a realm. Only publishers hold it; its public half is one of the realm's signers in the ring.
pub struct SnapshotSigner(pub(super) SigningKey);

impl SnapshotSigner {
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

    /// The public half, for [`Realm::generate`](crate::Realm::generate).
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        *self.0.public().as_bytes()
    }

    /// How documents name it.
    pub(crate) fn start(&self) -> [u8; 8] {
        self.public().first_chunk().copied().unwrap_or_default()
    }
}

impl fmt::Debug for SnapshotSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnapshotSigner(of ")?;
        write_hex(f, &self.start())?;
        f.write_str("…)")
    }
}
