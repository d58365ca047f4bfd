//! What has to be known of a log by whoever writes to it by hand, beside the service's own publishers.

use super::{Journal, JournalSettings};
use crate::values::Timestamp;

impl Journal {
    /// The settings under which its last version was made, as far as a log holds them: longest token, staleness bound and validity. The rest are those that it was read with.
    ///
    /// All publishers of a realm have the same settings, and a version that is made under others changes them for everybody. So a tool that is no part of the service
    /// reads the log with any, and then once more with these.
    pub fn recorded_settings(&self) -> JournalSettings {
        let envelope = &self.envelope;
        if envelope.issued_at().as_unix() == 0 {
            return self.settings;
        }
        self.settings
            .longest_token(envelope.token_life())
            .staleness_bound(envelope.staleness_bound())
            .validity(envelope.validity())
    }

    /// The latest cut-off of all, of everyone's and of any subject: what [`Policy::cut_off`](crate::Policy::cut_off) has to know before everyone is logged out.
    #[must_use]
    pub fn latest_cut_off(&self) -> Option<Timestamp> {
        let rows = &self.rows;
        let subjects = rows.subjects.values().map(|row| row.before).max().unwrap_or(0);
        let latest = subjects.max(rows.everyone_before);
        Timestamp::from_unix(latest).ok().filter(|moment| *moment > Timestamp::MIN)
    }
}
