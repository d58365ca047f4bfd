//! What both programs need: the function that is counted, and randomness that is the same in each run.

use std::convert::Infallible;

use safeconduct::rand_core::{TryCryptoRng, TryRng};
use safeconduct::{Context, context};

pub const CONTEXT: Context = context!("shop.example", "session");

/// A sequence that is the same every time, and so not fit for keys.
pub struct Repeatable(pub u64);

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| word as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ (self.0 >> 29))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

/// The only function that is counted, by its name.
#[inline(never)]
pub fn measured(times: usize, mut work: impl FnMut()) {
    for _ in 0..times {
        work();
    }
}
