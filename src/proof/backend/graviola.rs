//! The fast backend: `graviola`, assembler without a C compiler, its curve code formally verified.

use graviola::aead::XChaCha20Poly1305;
use graviola::signing::eddsa::{Ed25519SigningKey, Ed25519VerifyingKey};

use super::{NONCE, SIGNATURE, TAG};
use crate::keys::{PublicKey, SigningKey};

/// The identity as a point is written: `y = 1`, sign 0.
const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// Whether this processor has every instruction that graviola uses. The answer is cached by the standard library.
///
/// Graviola's own check is the one it panics by; what its code assumes besides is asked for here.
pub(in crate::proof) fn supported() -> bool {
    graviola::util::is_cpu_supported() && assumed()
}

#[cfg(target_arch = "x86_64")]
fn assumed() -> bool {
    std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("ssse3")
        && std::arch::is_x86_feature_detected!("sse4.1")
}

#[cfg(target_arch = "aarch64")]
fn assumed() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
        && std::arch::is_aarch64_feature_detected!("aes")
        && std::arch::is_aarch64_feature_detected!("pmull")
        && std::arch::is_aarch64_feature_detected!("sha2")
}

pub(in crate::proof) struct Cipher(XChaCha20Poly1305); // wipes itself when dropped

impl Cipher {
    /// `None` where the processor does not do; so are the other two.
    pub(in crate::proof) fn new(key: &[u8; 32]) -> Option<Self> {
        supported().then(|| Self(XChaCha20Poly1305::new(*key)))
    }

    #[must_use]
    pub(in crate::proof) fn open(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        // It decrypts while it computes the tag, and clears the bytes if the tag is wrong.
        self.0.decrypt(nonce, associated, bytes, tag).is_ok()
    }

    pub(in crate::proof) fn seal(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> [u8; TAG] {
        let mut tag = [0; TAG];
        self.0.encrypt(nonce, associated, bytes, &mut tag);
        tag
    }
}

pub(in crate::proof) struct Signing(Ed25519SigningKey); // wipes itself when dropped

impl Signing {
    pub(in crate::proof) fn new(key: &SigningKey) -> Option<Self> {
        // A seed of 32 bytes is always a key.
        supported().then(|| Ed25519SigningKey::from_bytes(key.seed()).ok().map(Self))?
    }

    pub(in crate::proof) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(message)
    }
}

pub(in crate::proof) struct Verifying(Ed25519VerifyingKey);

impl Verifying {
    pub(in crate::proof) fn new(key: &PublicKey) -> Option<Self> {
        // What has passed KEY-01 is always a point.
        supported().then(|| Ed25519VerifyingKey::from_bytes(key.as_bytes()).ok().map(Self))?
    }

    #[must_use]
    pub(in crate::proof) fn accepts(&self, message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        // Graviola compares R with the encoding of [S]B − [k]A and asks nothing else of it. Under a key that has passed KEY-01 that point is in the subgroup of
        // prime order, whose only point of small order is the identity: refusing it is all that TOK-22 asks for besides (SPEC section 10).
        !signature.starts_with(&IDENTITY) && self.0.verify(signature, message).is_ok()
    }
}
