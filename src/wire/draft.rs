//! The memory of one token in the making.

use alloc::vec::Vec;

use super::scratch::wipe;

/// A token in the making: room for the header, the body behind it, and capacity for the proof. Wiped when dropped; until then it never moves to other memory, of which
/// there would be copies.
pub(crate) struct Draft(Vec<u8>);

impl Draft {
    /// So many bytes, all zero, and room for so many in all.
    pub(crate) fn new(length: usize, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity.max(length));
        bytes.resize(length, 0);
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Appends what there is capacity for; `None`, and nothing is appended, if there is not enough.
    #[must_use]
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Option<()> {
        let room = self.0.capacity().checked_sub(self.0.len())?;
        (bytes.len() <= room).then(|| self.0.extend_from_slice(bytes))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}
