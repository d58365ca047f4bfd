//! Rows become a snapshot or a delta (SPEC sections 9.3 and 9.4): the same bytes on every machine.

use alloc::vec;
use alloc::vec::Vec;

use super::filter::{Geometry, MAX_PAGE_BITS, MAX_PAGES};
use super::header::{Counts, DOMAIN, FRONT, HASH, Header};
use super::rows::Rows;
use crate::keys::SigningKey;
use crate::proof::document;

/// Tenths of a promille by which a filter can be asked to grow before building gives up. One or two are usual.
const MAX_GROWTH: u64 = 128;

/// How many entries certainly fit into a filter, with a margin of 3 % for its growth.
pub(super) const fn most_entries(probes: u8) -> u32 {
    // (bits · 1024 / 1481) · 31/32, by entries of so many bits: far below 2^64, and below 2^32 for 8 probes and more.
    let bits = (MAX_PAGES as u64).wrapping_mul(MAX_PAGE_BITS as u64);
    let ideal = bits.wrapping_mul(1_024 * 31).wrapping_div(1_481 * 32);
    match ideal.checked_div(probes as u64) {
        Some(entries) => entries as u32,
        None => 0,
    }
}

/// Builds a snapshot: `header` has everything but geometry, counts and hashes. `None` if there are more entries than fit.
pub(super) fn snapshot(mut header: Header, rows: &Rows, key: &SigningKey) -> Option<Vec<u8>> {
    let probes = header.geometry.probes;
    let entries = fingerprints(rows);
    let (geometry, pages) = filter(&entries, probes)?;
    header.geometry = geometry;
    header.counts = counts(entries.len(), rows)?;
    let mut list = Vec::with_capacity(geometry.pages as usize);
    if geometry.pages > 0 {
        list.extend(pages.chunks_exact(geometry.page_bytes() as usize).map(document::digest));
    }
    sign(header, list.as_flattened(), &tables(rows), &pages, key)
}

/// Builds a delta: `rows` are those that are new.
pub(super) fn delta(mut header: Header, rows: &Rows, key: &SigningKey) -> Option<Vec<u8>> {
    let entries = fingerprints(rows);
    header.geometry = Geometry { probes: 0, pages: 0, page_bits: 0 };
    header.counts = counts(entries.len(), rows)?;
    let list: Vec<u8> = entries.iter().flat_map(|entry| entry.to_be_bytes()).collect();
    sign(header, &list, &tables(rows), &[], key)
}

fn counts(entries: usize, rows: &Rows) -> Option<Counts> {
    let count = |rows: usize| u32::try_from(rows).ok();
    Some(Counts {
        entries: count(entries)?,
        tokens: count(rows.tokens.len().min(entries))?,
        keys: count(rows.keys.len())?,
        subjects: count(rows.subjects.len())?,
        retired: count(rows.retired.len())?,
    })
}

fn sign(mut header: Header, list: &[u8], tables: &[u8], pages: &[u8], key: &SigningKey) -> Option<Vec<u8>> {
    header.list_hash = document::digest(list);
    header.tables_hash = document::digest(tables);
    let header = header.write();
    let signature = document::sign(key, &[DOMAIN], &header)?;
    let parts = [list.len(), tables.len(), pages.len()];
    let mut bytes = Vec::with_capacity(parts.into_iter().fold(FRONT, usize::saturating_add));
    for part in [&header, signature.as_slice(), list, tables, pages] {
        bytes.extend_from_slice(part);
    }
    Some(bytes)
}

/// Sessions and tokens, ascending.
fn fingerprints(rows: &Rows) -> Vec<u64> {
    let mut entries: Vec<u64> = rows.sessions.keys().chain(rows.tokens.keys()).copied().collect();
    entries.sort_unstable();
    entries.dedup();
    entries
}

fn tables(rows: &Rows) -> Vec<u8> {
    let Rows { keys, subjects, retired, .. } = rows;
    let mut bytes = Vec::new();
    bytes.extend(keys.iter().flatten());
    bytes.extend(subjects.keys().flat_map(|subject| subject.to_be_bytes()));
    bytes.extend(subjects.values().flat_map(|row| row.before.to_be_bytes()));
    bytes.extend(retired.keys().flat_map(|session| session.to_be_bytes()));
    bytes.extend(retired.values().flat_map(|row| row.least.to_be_bytes()));
    bytes
}

/// The smallest filter of the rule in SPEC section 9.3 whose rate, counted on the bits as they are, is at most 2^-probes.
fn filter(entries: &[u64], probes: u8) -> Option<(Geometry, Vec<u8>)> {
    if entries.is_empty() {
        return Some((Geometry { probes, pages: 0, page_bits: 0 }, Vec::new()));
    }
    for growth in 0..=MAX_GROWTH {
        let geometry = shape(u64::try_from(entries.len()).ok()?, probes, growth)?;
        let page_bytes = geometry.page_bytes() as usize;
        let mut pages = vec![0; page_bytes.checked_mul(geometry.pages as usize)?];
        // Ascending fingerprints are in ascending pages, so memory is walked once.
        for entry in entries {
            let start = page_bytes.checked_mul(geometry.page_of(*entry) as usize)?;
            if let Some(page) = pages.get_mut(start..).and_then(|rest| rest.get_mut(..page_bytes)) {
                geometry.set(page, *entry);
            }
        }
        if rate_holds(geometry, &pages) {
            return Some((geometry, pages));
        }
    }
    None
}

/// Number and size of the pages for so many entries. `None` if they are more than fit.
fn shape(entries: u64, probes: u8, growth: u64) -> Option<Geometry> {
    // 1481/1024 is 1/ln 2 and a quarter of a percent.
    let ideal = entries.checked_mul(u64::from(probes))?.checked_mul(1_481)?.div_ceil(1_024);
    let bits = ideal.checked_mul(growth.checked_add(128)?)?.checked_div(128)?.max(64);
    let pages = bits.div_ceil(u64::from(MAX_PAGE_BITS)).max(1);
    let words = bits.div_ceil(pages).div_ceil(64);
    let pages = u32::try_from(pages).ok().filter(|pages| *pages <= MAX_PAGES)?;
    Some(Geometry { probes, pages, page_bits: u32::try_from(words.checked_mul(64)?).ok()? })
}

/// One, in the fixed-point numbers that rates are counted in.
const ONE: u128 = 1 << 62;

/// Sum over the pages of `(ones / bits)^probes`, in units of 2^-62 and rounded up at every step: no floating point, whose last bit depends on the machine.
pub(super) fn counted_rate(geometry: Geometry, pages: &[u8]) -> u128 {
    let page_bytes = geometry.page_bytes() as usize;
    if page_bytes == 0 {
        return 0;
    }
    let of_page = |page: &[u8]| {
        let ones: u128 = page.iter().map(|byte| u128::from(byte.count_ones())).sum();
        let fill = ones.saturating_mul(ONE).div_ceil(u128::from(geometry.page_bits));
        // Neither factor is above 2^62.
        (1..geometry.probes).fold(fill, |power, _| power.saturating_mul(fill).div_ceil(ONE))
    };
    pages.chunks_exact(page_bytes).map(of_page).fold(0, u128::saturating_add)
}

/// Whether the mean over the pages is at most 2^-probes.
fn rate_holds(geometry: Geometry, pages: &[u8]) -> bool {
    let allowed = ONE.saturating_mul(u128::from(geometry.pages)).wrapping_shr(u32::from(geometry.probes));
    counted_rate(geometry, pages) <= allowed
}

// The list of page hashes is an array of these.
const _: () = assert!(HASH == 32);

#[cfg(test)]
mod tests {
    use super::*;

    /// SPEC section 9.3: of the filters in the order of their growth the first whose rate holds, so that every publisher makes the same bytes.
    #[test]
    fn a_filter_grows_until_its_rate_holds_and_no_further() {
        let mut grown = 0;
        for count in 1..400_u64 {
            let entries: Vec<u64> = (0..count)
                .map(|entry| entry.wrapping_add(count).wrapping_mul(0x9E37_79B9_7F4A_7C15))
                .map(|entry| (entry ^ (entry >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9))
                .collect();
            let (geometry, pages) = filter(&entries, 8).unwrap();
            // All of these are of one page, so the rate is that of its ones: one in 2^8 says that at most half of the bits are.
            let ones: u32 = pages.iter().map(|byte| byte.count_ones()).sum();
            assert_eq!(geometry.pages, 1);
            assert!(ones.saturating_mul(2) <= geometry.page_bits, "{ones} of {count} entries");
            grown += u32::from(shape(count, 8, 0).is_some_and(|first| first.page_bits < geometry.page_bits));
        }
        assert!(grown > 0, "that never happened: this test shows nothing");
    }

    #[test]
    fn what_the_log_takes_can_be_published() {
        for probes in (8..=32).step_by(4) {
            let most = most_entries(probes);
            // Growth by one or two is usual.
            assert!(shape(most.into(), probes, 3).is_some(), "{most} entries of {probes} probes");
            assert!(shape(u64::from(most).wrapping_mul(104).wrapping_div(100), probes, 0).is_none());
        }
    }
}
