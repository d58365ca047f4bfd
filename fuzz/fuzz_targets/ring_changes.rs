//! Bytes of rings under a good checksum, merged and advanced.
#![no_main]

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::Rings;

fuzz_target!(|case: Rings| {
    let _ = safeconduct_fuzz::ring_changes(&case);
});
