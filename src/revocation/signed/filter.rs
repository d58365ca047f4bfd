//! The bloom filter: which page and which bits belong to a fingerprint (SPEC section 9.3).

/// Bits of a full page: 16 KiB. Bigger pages cost time at first touch, smaller ones cost bytes.
pub(super) const MAX_PAGE_BITS: u32 = 131_072;
/// Most pages of a snapshot: 16 MiB, 3.8 million entries at 24 probes.
pub(super) const MAX_PAGES: u32 = 1_024;
/// Least and most probes of an entry.
pub(super) const PROBES: core::ops::RangeInclusive<u8> = 8..=32;

/// The probe sequence is a linear congruential generator on 64 bits: with two hashes of a few bits the rate has a floor.
const MULTIPLIER: u64 = 0xD134_2543_DE82_EF95;
const INCREMENT: u64 = 0x9E37_79B9_7F4A_7C15;

/// Shape of a filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Geometry {
    /// Bits that an entry sets.
    pub(super) probes: u8,
    /// 0 if there is no entry.
    pub(super) pages: u32,
    /// Bits of each page, a multiple of 64.
    pub(super) page_bits: u32,
}

impl Geometry {
    /// Whether the numbers are those of a filter (REV-05).
    pub(super) fn is_possible(self) -> bool {
        let Self { probes, pages, page_bits } = self;
        let probes = PROBES.contains(&probes) && probes & 3 == 0;
        let shape = if pages == 0 {
            page_bits == 0
        } else {
            pages <= MAX_PAGES && (64..=MAX_PAGE_BITS).contains(&page_bits) && page_bits & 63 == 0
        };
        probes && shape
    }

    /// Whether it is as large as so many entries need at least (REV-05).
    pub(super) fn has_room_for(self, entries: u32) -> bool {
        // Below 2^32 · 2^5 · 2^11, and below 2^10 · 2^17.
        let needed =
            u64::from(entries).wrapping_mul(u64::from(self.probes)).wrapping_mul(1_481).div_ceil(1_024);
        u64::from(self.pages).wrapping_mul(u64::from(self.page_bits)) >= needed
    }

    pub(super) fn page_bytes(self) -> u32 {
        self.page_bits >> 3
    }

    /// The one page that a fingerprint is in.
    pub(super) fn page_of(self, fingerprint: u64) -> u32 {
        reduce(fingerprint, self.pages)
    }

    /// Whether all bits of a fingerprint are set in its page. A page that is too short has all bits set: doubt refuses.
    pub(super) fn finds(self, page: &[u8], fingerprint: u64) -> bool {
        let mut state = start(fingerprint);
        // Four probes for one branch: after one alone, whether to go on is a coin flip, which no processor predicts.
        for _ in 0..self.probes >> 2 {
            let mut all = 1;
            for _ in 0..4 {
                let (byte, bit) = place(state, self.page_bits);
                all &= page.get(byte).copied().unwrap_or(u8::MAX).wrapping_shr(bit);
                state = next(state);
            }
            if all & 1 == 0 {
                return false;
            }
        }
        true
    }

    /// Sets the bits of a fingerprint in its page.
    #[cfg(feature = "alloc")]
    pub(super) fn set(self, page: &mut [u8], fingerprint: u64) {
        let mut state = start(fingerprint);
        for _ in 0..self.probes {
            let (byte, bit) = place(state, self.page_bits);
            if let Some(byte) = page.get_mut(byte) {
                *byte |= 1_u8.wrapping_shl(bit);
            }
            state = next(state);
        }
    }
}

const fn start(fingerprint: u64) -> u64 {
    fingerprint.wrapping_mul(MULTIPLIER)
}

const fn next(state: u64) -> u64 {
    state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT)
}

fn place(state: u64, page_bits: u32) -> (usize, u32) {
    let bit = reduce(state, page_bits);
    ((bit >> 3) as usize, bit & 7)
}

/// The upper half of `hash` scaled to `0..count`.
fn reduce(hash: u64, count: u32) -> u32 {
    ((hash >> 32).wrapping_mul(u64::from(count)) >> 32) as u32
}
