//! The exact rows of a snapshot, searched where they are: keys, subjects and retired rotations (SPEC section 9.4).

use super::header::Counts;

/// The tables, borrowed from the document. Rows are big-endian, so their bytes sort as their numbers do.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) keys: &'a [[u8; 4]],
    pub(super) subjects: &'a [[u8; 8]],
    pub(super) cut_offs: &'a [[u8; 8]],
    pub(super) sessions: &'a [[u8; 8]],
    pub(super) marks: &'a [[u8; 4]],
}

impl<'a> Tables<'a> {
    /// Divides the bytes. `None` if they are not exactly as many as the counts say.
    #[inline]
    pub(super) fn divide(bytes: &'a [u8], counts: &Counts) -> Option<Self> {
        let mut rest = bytes;
        let tables = Self {
            keys: rows(&mut rest, counts.keys)?,
            subjects: rows(&mut rest, counts.subjects)?,
            cut_offs: rows(&mut rest, counts.subjects)?,
            sessions: rows(&mut rest, counts.retired)?,
            marks: rows(&mut rest, counts.retired)?,
        };
        rest.is_empty().then_some(tables)
    }

    /// Whether rows ascend and none stands twice: without it a search could miss one (REV-07).
    pub(super) fn ascend(&self) -> bool {
        self.keys.is_sorted_by(|one, other| one < other)
            && self.subjects.is_sorted_by(|one, other| one < other)
            && self.sessions.is_sorted_by(|one, other| one < other)
    }

    #[inline]
    pub(super) fn has_key(&self, id: [u8; 4]) -> bool {
        // The last of a dozen rows is as near as the middle; most snapshots have none at all.
        self.keys.contains(&id)
    }

    /// The cut-off of a subject, in Unix seconds.
    #[inline]
    pub(super) fn cut_off(&self, fingerprint: u64) -> Option<u64> {
        let row = row_of(self.subjects, fingerprint)?;
        self.cut_offs.get(row).map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// The least rotation of a session that is not retired.
    #[inline]
    pub(super) fn mark(&self, fingerprint: u64) -> Option<u32> {
        if self.sessions.is_empty() {
            return None;
        }
        let row = row_of(self.sessions, fingerprint)?;
        self.marks.get(row).map(|bytes| u32::from_be_bytes(*bytes))
    }
}

/// Which of the ascending rows is this fingerprint.
///
/// Fingerprints are spread evenly, so of `n` rows the one looked for stands at its share of `n`, give or take `√n`: two comparisons show that it is between the rows there, and a third of the
/// search is saved, and a search in a long table touches a small part of it. Where fingerprints are not spread, and only a signer can see to that, all rows are searched.
fn row_of(rows: &[[u8; 8]], fingerprint: u64) -> Option<usize> {
    let count = rows.len() as u64;
    let share = (u128::from(fingerprint).wrapping_mul(u128::from(count)) >> 64) as usize;
    // Between 2√n and 4√n: one fingerprint in 15,000 is further away, at most.
    let reach = 2_usize.wrapping_shl(u64::BITS.wrapping_sub(count.leading_zeros()).div_ceil(2));
    let start = share.saturating_sub(reach);
    let near = rows.get(start..share.saturating_add(reach).min(rows.len()))?;
    let between = |rows: &[[u8; 8]]| {
        let ends = rows.first().zip(rows.last());
        ends.is_some_and(|(first, last)| (number(first)..=number(last)).contains(&fingerprint))
    };
    let (start, rows) = if between(near) { (start, near) } else { (0, rows) };
    let place = rows.partition_point(|row| number(row) < fingerprint);
    let found = rows.get(place).is_some_and(|row| number(row) == fingerprint);
    found.then(|| start.wrapping_add(place))
}

fn number(row: &[u8; 8]) -> u64 {
    u64::from_be_bytes(*row)
}

#[inline]
fn rows<'a, const N: usize>(rest: &mut &'a [u8], count: u32) -> Option<&'a [[u8; N]]> {
    let length = usize::try_from(count).ok()?.checked_mul(N)?;
    let (table, others) = rest.split_at_checked(length)?;
    *rest = others;
    let (rows, _) = table.as_chunks();
    Some(rows)
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// Tables as honest signers make them, and as no hash spreads them: at one end, in two heaps, ever further apart.
    fn tables(rows: u64) -> [Vec<u64>; 5] {
        let spread = u64::MAX.checked_div(rows.max(1)).unwrap_or_default();
        let table = |row: &dyn Fn(u64) -> u64| (0..rows).map(row).collect::<Vec<_>>();
        [
            table(&|row| row.wrapping_mul(spread).wrapping_add(row)),
            table(&|row| row.wrapping_mul(2)),
            table(&|row| u64::MAX.wrapping_sub(rows.wrapping_sub(row).wrapping_sub(1).wrapping_mul(2))),
            table(&|row| if row < rows >> 1 { row } else { (u64::MAX >> 1).wrapping_add(row) }),
            table(&|row| row.wrapping_mul(row).wrapping_mul(row)),
        ]
    }

    #[test]
    fn a_row_is_found_where_a_search_of_the_whole_table_finds_it() {
        for table in (0..200).chain([1_000, 1_023, 1_024, 5_000]).flat_map(tables) {
            let rows: Vec<[u8; 8]> = table.iter().map(|row| row.to_be_bytes()).collect();
            let beside = |row: &u64| [row.wrapping_sub(1), *row, row.wrapping_add(1)];
            let asked = table.iter().flat_map(beside).chain([0, 1, u64::MAX >> 1, u64::MAX]);
            for fingerprint in asked {
                let whole = table.binary_search(&fingerprint).ok();
                assert_eq!(row_of(&rows, fingerprint), whole, "{fingerprint} of {} rows", table.len());
            }
        }
    }

    #[test]
    fn rows_ascend_and_none_stands_twice() {
        let counts = Counts { entries: 0, tokens: 0, keys: 2, subjects: 2, retired: 2 };
        let ascend = |keys: [u8; 2], subjects: [u8; 2], sessions: [u8; 2]| {
            let of = |first: &[u8; 2], size: usize| first.map(|byte| [[byte].repeat(size)].concat()).concat();
            let bytes =
                [of(&keys, 4), of(&subjects, 8), of(&[9, 1], 8), of(&sessions, 8), of(&[9, 1], 4)].concat();
            Tables::divide(&bytes, &counts).unwrap().ascend()
        };
        assert!(ascend([1, 2], [1, 2], [1, 2]), "what belongs to the rows need not");
        for wrong in [[1, 1], [2, 1]] {
            assert!(!ascend(wrong, [1, 2], [1, 2]));
            assert!(!ascend([1, 2], wrong, [1, 2]));
            assert!(!ascend([1, 2], [1, 2], wrong));
        }
    }
}
