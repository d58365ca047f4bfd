//! Ring text: what parses is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| safeconduct_fuzz::ring_text(data));
