//! Ring text: what parses is written again as it was.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::Pins;

static PINS: LazyLock<Pins> = LazyLock::new(Pins::default);

fuzz_target!(|data: &[u8]| safeconduct_fuzz::ring_text(&PINS, data));
