//! WHICH IMPLEMENTATION COMPUTES: chosen once, when a key is loaded. Both give the same bytes and the same answers (SPEC section 10).

#[cfg(all(
    test,
    feature = "fast",
    feature = "signatures",
    any(target_arch = "x86_64", all(target_arch = "aarch64", safeconduct_fast_aarch64))
))]
mod differential;
#[cfg_attr(
    not(all(
        feature = "fast",
        any(target_arch = "x86_64", all(target_arch = "aarch64", safeconduct_fast_aarch64))
    )),
    path = "absent.rs"
)]
mod fast;
#[cfg(not(all(
    feature = "fast",
    feature = "signatures",
    any(target_arch = "x86_64", all(target_arch = "aarch64", safeconduct_fast_aarch64))
)))]
mod no_fast_ed25519;
mod portable;
#[cfg_attr(not(feature = "signatures"), path = "no_ed25519.rs")]
mod portable_ed25519;

use core::fmt;

use crate::keys::{PublicKey, SigningKey};

/// Size of a tag.
pub(crate) const TAG: usize = 16;
/// Size of a nonce.
pub(crate) const NONCE: usize = 24;
/// Size of a signature.
pub(crate) const SIGNATURE: usize = 64;

/// An implementation of the cryptography on tokens. Whichever runs, tokens are the same bytes and the same tokens are accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Backend {
    /// `chacha20poly1305` and `ed25519-dalek`: everywhere, wasm included.
    Portable,
    /// XChaCha20-Poly1305 by `orion` and Ed25519 by `graviola`: under the feature `fast`, on processors that have what it needs.
    Fast,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Fast => "fast",
        })
    }
}

/// The backend that issuers and verifiers made on this machine use.
///
/// With the feature `fast` it depends on the processor: on x86-64 those since about 2015 will do (AES, PCLMULQDQ, AVX2, BMI1, BMI2 and ADX), on others it is
/// [`Backend::Portable`]. Worth a line in the log of a server's start.
///
/// ```
/// println!("tokens by the {} backend", safeconduct::backend());
/// ```
#[must_use]
pub fn backend() -> Backend {
    if fast::supported() { Backend::Fast } else { Backend::Portable }
}

/// An XChaCha20-Poly1305 key, loaded. Wiped on drop.
pub(super) enum Cipher {
    Portable(portable::Cipher),
    Fast(fast::Cipher),
}

impl Cipher {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        match fast::Cipher::new(key) {
            Some(cipher) => Self::Fast(cipher),
            None => Self::Portable(portable::Cipher::new(key)),
        }
    }

    /// Checks the tag, in constant time, and decrypts in place. When this fails, what the bytes are is not specified; they are not the plaintext (TOK-24).
    #[must_use]
    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        match self {
            Self::Portable(cipher) => cipher.open(nonce, associated, bytes, tag),
            Self::Fast(cipher) => cipher.open(nonce, associated, bytes, tag),
        }
    }

    /// Encrypts in place and returns the tag. `None` for lengths that the cipher does not take, far above those of tokens.
    pub(super) fn seal(&self, nonce: &[u8; NONCE], associated: &[u8], bytes: &mut [u8]) -> Option<[u8; TAG]> {
        match self {
            Self::Portable(cipher) => cipher.seal(nonce, associated, bytes),
            Self::Fast(cipher) => cipher.seal(nonce, associated, bytes),
        }
    }
}

/// A key that signs, loaded. Wiped on drop.
#[allow(clippy::large_enum_variant)] // where graviola is absent, its variant is empty
pub(super) enum Signing {
    Portable(SigningKey),
    Fast(fast::Signing),
}

impl Signing {
    pub(super) fn new(key: &SigningKey) -> Self {
        fast::Signing::new(key).map_or_else(|| Self::Portable(key.clone()), Self::Fast)
    }

    /// Signs as RFC 8032 says, without chance: one message has one signature.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE] {
        match self {
            Self::Portable(key) => portable_ed25519::sign(key, message),
            Self::Fast(key) => key.sign(message),
        }
    }
}

/// A public key that has passed KEY-01, loaded.
#[allow(clippy::large_enum_variant)] // where graviola is absent, its variant is empty
pub(super) enum Verifying {
    Portable(PublicKey),
    Fast(fast::Verifying),
}

impl Verifying {
    pub(super) fn new(key: &PublicKey) -> Self {
        fast::Verifying::new(key).map_or_else(|| Self::Portable(key.clone()), Self::Fast)
    }

    /// TOK-22 and TOK-23. TOK-21 is checked before, whichever backend runs.
    #[must_use]
    pub(super) fn accepts(&self, message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        match self {
            Self::Portable(key) => portable_ed25519::accepts(key, message, signature),
            Self::Fast(key) => key.accepts(message, signature),
        }
    }
}
