//! What deltas have added to a snapshot: sorted rows beside the untouched bytes.

use alloc::vec::Vec;

use super::tables::Tables;

/// Rows of all deltas taken so far. Taking one twice, or two that overlap, changes nothing more.
#[derive(Clone, Default)]
pub(super) struct Overlay {
    /// Of sessions and tokens, ascending.
    fingerprints: Vec<u64>,
    keys: Vec<[u8; 4]>,
    subjects: Vec<(u64, u64)>,
    retired: Vec<(u64, u32)>,
}

impl Overlay {
    pub(super) fn add(&mut self, fingerprints: &[[u8; 8]], tables: &Tables<'_>) {
        self.fingerprints.extend(numbers(fingerprints));
        self.fingerprints.sort_unstable();
        self.fingerprints.dedup();
        self.keys.extend_from_slice(tables.keys);
        self.keys.sort_unstable();
        self.keys.dedup();
        self.subjects.extend(numbers(tables.subjects).zip(numbers(tables.cut_offs)));
        keep_greatest(&mut self.subjects);
        let marks = tables.marks.iter().map(|mark| u32::from_be_bytes(*mark));
        self.retired.extend(numbers(tables.sessions).zip(marks));
        keep_greatest(&mut self.retired);
    }

    #[inline]
    pub(super) fn finds(&self, fingerprint: u64) -> bool {
        self.fingerprints.binary_search(&fingerprint).is_ok()
    }

    #[inline]
    pub(super) fn has_key(&self, id: [u8; 4]) -> bool {
        self.keys.contains(&id)
    }

    #[inline]
    pub(super) fn has_cut_offs(&self) -> bool {
        !self.subjects.is_empty()
    }

    #[inline]
    pub(super) fn cut_off(&self, fingerprint: u64) -> Option<u64> {
        find(&self.subjects, fingerprint)
    }

    #[inline]
    pub(super) fn mark(&self, fingerprint: u64) -> Option<u32> {
        find(&self.retired, fingerprint)
    }
}

fn numbers(rows: &[[u8; 8]]) -> impl ExactSizeIterator<Item = u64> {
    rows.iter().map(|row| u64::from_be_bytes(*row))
}

/// Of each fingerprint the row with the greatest value; ascending.
fn keep_greatest<T: Ord + Copy>(rows: &mut Vec<(u64, T)>) {
    rows.sort_unstable_by_key(|(fingerprint, value)| (*fingerprint, core::cmp::Reverse(*value)));
    rows.dedup_by_key(|(fingerprint, _)| *fingerprint);
}

#[inline]
fn find<T: Copy>(rows: &[(u64, T)], fingerprint: u64) -> Option<T> {
    let row = rows.binary_search_by_key(&fingerprint, |(fingerprint, _)| *fingerprint).ok()?;
    rows.get(row).map(|(_, value)| *value)
}
