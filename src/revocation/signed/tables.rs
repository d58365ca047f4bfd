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

    pub(super) fn has_key(&self, id: [u8; 4]) -> bool {
        // The last of a dozen rows is as near as the middle; most snapshots have none at all.
        self.keys.contains(&id)
    }

    /// The cut-off of a subject, in Unix seconds.
    pub(super) fn cut_off(&self, fingerprint: u64) -> Option<u64> {
        let row = self.subjects.binary_search(&fingerprint.to_be_bytes()).ok()?;
        self.cut_offs.get(row).map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// The least rotation of a session that is not retired.
    pub(super) fn mark(&self, fingerprint: u64) -> Option<u32> {
        let row = self.sessions.binary_search(&fingerprint.to_be_bytes()).ok()?;
        self.marks.get(row).map(|bytes| u32::from_be_bytes(*bytes))
    }
}

fn rows<'a, const N: usize>(rest: &mut &'a [u8], count: u32) -> Option<&'a [[u8; N]]> {
    let length = usize::try_from(count).ok()?.checked_mul(N)?;
    let (table, others) = rest.split_at_checked(length)?;
    *rest = others;
    let (rows, _) = table.as_chunks();
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

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
