//! Chance that repeats itself: everything that happens follows from the seed.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use safeconduct::rand_core::{TryCryptoRng, TryRng};

/// SplitMix64. Good enough for dice and, since nobody attacks a simulation, for its keys.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        scatter(self.0)
    }

    /// A number from 0 up to, and without, `limit`. A limit of 0 is read as 1.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.word() % limit.max(1)
    }

    /// A number between the two, both included.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Whether a chance of one in `many` has come up.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// The place of one of so many things.
    pub fn index(&mut self, count: usize) -> usize {
        self.below(count as u64) as usize
    }
}

/// A number that looks as if it had nothing to do with the one it was made from.
pub const fn scatter(number: u64) -> u64 {
    let mut z = number;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.word())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.word().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Chance {}
