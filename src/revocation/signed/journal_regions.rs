//! Logs of several regions that revoke in one realm.

use super::{Journal, JournalError};
use crate::values::Timestamp;

impl Journal {
    /// Names the line of versions, for [`forget_region`](Self::forget_region).
    #[must_use]
    pub const fn lineage(&self) -> [u8; 8] {
        self.envelope.lineage
    }

    /// The version, which counts up with each commit.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.envelope.version
    }

    /// When it was committed last.
    #[must_use]
    pub fn issued_at(&self) -> Timestamp {
        self.envelope.issued_at()
    }

    /// Every revocation accepted before this moment, in this region and in those that it hears of, is in it.
    #[must_use]
    pub fn complete_to(&self) -> Timestamp {
        self.envelope.complete_to()
    }

    /// How many sessions, tokens and subjects it holds.
    #[must_use]
    pub fn count(&self) -> usize {
        let rows = &self.rows;
        rows.sessions.len().saturating_add(rows.tokens.len()).saturating_add(rows.subjects.len())
    }

    /// Takes in the log of another region, which publishes the same realm from a store of its own. From then on this log is complete only as far as that one
    /// was, and has to hear of it regularly, or nodes stop renewing. The other region has to take in this one as well.
    ///
    /// # Errors
    ///
    /// [`JournalError::OtherRealm`], or [`JournalError::OtherSettings`] if the two keep their entries for different times.
    pub fn merge(&mut self, other: &Self) -> Result<(), JournalError> {
        if other.realm != self.realm {
            return Err(JournalError::OtherRealm);
        }
        // A log that has no version yet has no settings of its own.
        if self.envelope.issued_at > 0 && !self.envelope.keeps_like(&other.envelope) {
            return Err(JournalError::OtherSettings);
        }
        let mut rows = other.rows.clone();
        if self.envelope.peers.contains_key(&other.envelope.lineage) {
            // Since the two wait for each other, what is dead by now either was here before or is over. Taken in again, it would go around for ever.
            rows.drop_dead(self.envelope.complete_to(), self.envelope.kept_token());
        }
        let mut news = rows.clone();
        news.keep_only_news(&self.rows);
        if !news.is_empty() {
            // Versions of this log that did not have these rows may still be minted on.
            news.stamp(self.envelope.mint_until());
            self.changed = true;
        }
        self.rows.merge(&rows);
        self.rows.merge(&news);
        if other.envelope.lineage != self.envelope.lineage {
            self.changed |= self.envelope.hear_of(&other.envelope);
        }
        Ok(())
    }

    /// Stops waiting for the log of another region, named by its [`lineage`](Self::lineage): it was closed down. What came from there stays.
    pub fn forget_region(&mut self, lineage: [u8; 8]) -> bool {
        let removed = self.envelope.peers.remove(&lineage).is_some();
        self.changed |= removed;
        removed
    }
}
