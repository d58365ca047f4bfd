//! Revocation snapshots: nobody's but ours are taken, and whatever our own signer signs is refused or answers.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::Desk;

static DESK: LazyLock<Desk> = LazyLock::new(Desk::default);

fuzz_target!(|data: &[u8]| safeconduct_fuzz::snapshot(&DESK, data));
