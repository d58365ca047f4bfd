//! Reports on token text: the inspector says what the verifier says.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::Setting;

static SETTING: LazyLock<Setting> = LazyLock::new(Setting::default);

fuzz_target!(|data: &[u8]| safeconduct_fuzz::explain(&SETTING, data));
