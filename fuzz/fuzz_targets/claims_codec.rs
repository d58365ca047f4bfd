//! Claims, decoded and encoded again by a rotation.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::{Body, Codec};

static CODEC: LazyLock<Codec> = LazyLock::new(Codec::default);

fuzz_target!(|case: Body| {
    let _ = safeconduct_fuzz::claims_codec(&CODEC, &case);
});
