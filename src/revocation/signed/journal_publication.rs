//! What a publisher asks a log: whose version this is, and when the next one is due.

use alloc::vec::Vec;

use super::{Commit, Digest, Journal, LogAnswer};
use crate::values::{Seconds, Timestamp};

impl Journal {
    /// Names who makes the next version, so that no two publishers make the same.
    pub(crate) const fn set_writer(&mut self, writer: [u8; 8]) {
        self.envelope.writer = writer;
    }

    /// Whether the document with this digest is this version, or among its last ancestors.
    pub(crate) fn has_in_it(&self, digest: Option<Digest>) -> bool {
        digest.is_some_and(|digest| self.parent == Some(digest) || self.envelope.history.contains(&digest))
    }

    /// The answers to what was recorded and has brought no news: this version has it all already, so there is nothing to store.
    pub(crate) fn take_answers(&mut self) -> Vec<LogAnswer> {
        core::mem::take(&mut self.answers)
    }

    /// When the validity of this version's snapshot ends.
    pub(crate) fn not_after(&self) -> Timestamp {
        self.envelope.not_after()
    }

    /// When the next version is due although nothing was revoked: after a quarter of the validity, of this version or of the settings, whichever is shorter.
    pub(crate) fn next_heartbeat(&self) -> Timestamp {
        let validity = self.settings.validity.min(Seconds::new(self.envelope.validity));
        self.issued_at().saturating_add(Seconds::new(validity.get() >> 2))
    }
}

impl Commit {
    /// How descendants name it.
    pub(crate) fn digest(&self) -> Option<Digest> {
        self.journal.parent
    }
}
