//! The cipher of the library's fast backend, from its own source file: what "the backend in use" costs without a token around it.

mod backend;

use crate::limits::{ASSOCIATED, BODY, Sealed};

/// Opens the same sealed bytes again and again.
pub fn opens() -> impl FnMut() -> bool {
    let (key, nonce) = (crate::random(), crate::random());
    let cipher = backend::fast::cipher::Cipher::new(&key).expect("a processor with AVX2 and ADX");
    let mut bytes = [7; BODY];
    let tag = cipher.seal(&nonce, &ASSOCIATED, &mut bytes).expect("short bytes");
    let sealed = Sealed { bytes, tag };
    move || sealed.opened_by(|bytes, tag| cipher.open(&nonce, &ASSOCIATED, bytes, tag))
}
