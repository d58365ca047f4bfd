//! Log-outs in two regions, and nodes that hear of them: nobody who is out is let in, and nobody else is refused as out.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use safeconduct_fuzz::{Step, World};

static WORLD: LazyLock<World> = LazyLock::new(World::default);

fuzz_target!(|steps: Vec<Step>| {
    let _ = safeconduct_fuzz::log_outs(&WORLD, &steps);
});
