//! Signing with a key that this process does not hold.

use core::fmt;

use crate::values::KeyId;

/// Signs with Ed25519 keys that never leave a hardware module or key service.
///
/// The message is the whole signing input of SPEC section 5.1 (up to about 3 KB): the service must sign it as it is, by PureEdDSA (RFC 8032), not a hash of it. What
/// comes back is checked against the ring's public key before it goes into a token, so a wrong key or a faulty device makes an error and not a bad token.
///
/// The call is synchronous: a program that talks to its service asynchronously blocks on it here, in a thread where that is allowed.
pub trait Signer {
    /// The signature of `message` by the key of this id.
    ///
    /// # Errors
    ///
    /// [`SignerError`], when there is none; no token is made then.
    fn sign(&self, key_id: KeyId, message: &[u8]) -> Result<[u8; 64], SignerError>;
}

impl<S: Signer + ?Sized> Signer for &S {
    fn sign(&self, key_id: KeyId, message: &[u8]) -> Result<[u8; 64], SignerError> {
        (**self).sign(key_id, message)
    }
}

/// The signer of issuers whose ring holds the seeds itself: there is nobody else to ask.
#[derive(Clone, Copy, Debug)]
pub struct InRing(());

impl InRing {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

impl Signer for InRing {
    fn sign(&self, _: KeyId, _: &[u8]) -> Result<[u8; 64], SignerError> {
        Err(SignerError)
    }
}

/// No signature was made. Why is for the log of whoever implements [`Signer`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignerError;

impl fmt::Display for SignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no signature was made")
    }
}

impl core::error::Error for SignerError {}
