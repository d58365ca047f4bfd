//! Which pages of a snapshot have been hashed.

use core::sync::atomic::{AtomicU32, Ordering};

use super::filter::MAX_PAGES;

/// One bit for each page that was hashed and found good.
pub(super) struct GoodPages([AtomicU32; MAX_PAGES as usize / 32]);

impl GoodPages {
    pub(super) const fn none() -> Self {
        Self([const { AtomicU32::new(0) }; MAX_PAGES as usize / 32])
    }

    #[inline]
    fn word(&self, page: u32) -> Option<(&AtomicU32, u32)> {
        Some((self.0.get((page >> 5) as usize)?, 1_u32.wrapping_shl(page & 31)))
    }

    #[inline]
    pub(super) fn has(&self, page: u32) -> bool {
        self.word(page).is_some_and(|(word, bit)| word.load(Ordering::Relaxed) & bit != 0)
    }

    pub(super) fn add(&self, page: u32) {
        if let Some((word, bit)) = self.word(page) {
            word.fetch_or(bit, Ordering::Relaxed);
        }
    }
}

impl Clone for GoodPages {
    fn clone(&self) -> Self {
        let copy = Self::none();
        for (copy, word) in copy.0.iter().zip(&self.0) {
            copy.store(word.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_remembered_and_no_other() {
        for page in 0..MAX_PAGES {
            let good = GoodPages::none();
            good.add(page);
            assert!((0..MAX_PAGES).all(|other| good.has(other) == (other == page)), "{page}");
        }
        let good = GoodPages::none();
        good.add(MAX_PAGES);
        assert!((0..=MAX_PAGES).all(|page| !good.has(page)), "beyond the last");
        good.add(7);
        let copy = good.clone();
        good.add(8);
        assert!(copy.has(7) && !copy.has(8) && good.has(7) && good.has(8));
    }
}
