//! A genuine token and a list of changes: nothing but the token itself is accepted.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::{Mint, Mutant};

static MINT: LazyLock<Mint> = LazyLock::new(Mint::default);

fuzz_target!(|case: Mutant| {
    let _ = safeconduct_fuzz::mutants(&MINT, &case);
});
