//! The fast backend, for native programs: chosen at run time, no flags, no C compiler. Why these crates: `benches/README.md`.

mod cipher;
#[cfg(feature = "signatures")]
mod ed25519;

#[cfg(not(feature = "signatures"))]
pub(in crate::proof) use super::no_fast_ed25519::{Signing, Verifying};
pub(in crate::proof) use cipher::Cipher;
#[cfg(feature = "signatures")]
pub(in crate::proof) use ed25519::{Signing, Verifying};

/// Whether this processor has every instruction that graviola uses. The answer is cached by the standard library.
///
/// Graviola's own check is the one it panics by; what its code assumes besides is asked for here.
pub(in crate::proof) fn supported() -> bool {
    graviola::util::is_cpu_supported() && assumed()
}

#[cfg(target_arch = "x86_64")]
fn assumed() -> bool {
    // SSSE3 and SSE4.1 come with AVX, for which graviola asks.
    std::arch::is_x86_feature_detected!("bmi2")
}

#[cfg(target_arch = "aarch64")]
fn assumed() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
        && std::arch::is_aarch64_feature_detected!("aes")
        && std::arch::is_aarch64_feature_detected!("pmull")
        && std::arch::is_aarch64_feature_detected!("sha2")
}
