//! Authentic bodies that nobody would mint: what the verifier says of them, by a model of SPEC section 7.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::{Case, Service};

static SERVICE: LazyLock<Service> = LazyLock::new(Service::default);

fuzz_target!(|case: Case| {
    let _ = safeconduct_fuzz::after_proof(&SERVICE, &case);
});
