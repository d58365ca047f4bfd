#[path = "../../../../../../src/proof/backend/fast/cipher.rs"]
pub mod cipher;

/// The library asks for what graviola needs besides; this cipher runs anywhere.
pub(super) fn supported() -> bool {
    safeconduct::backend() == safeconduct::Backend::Fast
}
