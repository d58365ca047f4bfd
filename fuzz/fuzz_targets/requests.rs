//! Requests of any headers: the session that is meant or none, and what is set is what is read back.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::{Office, Request};

static OFFICE: LazyLock<Office> = LazyLock::new(Office::default);

fuzz_target!(|case: Request| {
    let _ = safeconduct_fuzz::requests(&OFFICE, &case);
});
