//! Token text: nothing is accepted that we did not make, and one token has one spelling.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::Setting;

static SETTING: LazyLock<Setting> = LazyLock::new(Setting::default);

fuzz_target!(|data: &[u8]| safeconduct_fuzz::token_text(&SETTING, data));
