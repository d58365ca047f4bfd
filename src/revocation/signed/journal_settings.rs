//! How long what is revoked is kept, how fresh nodes have to be, and how much fits.

use core::fmt;

use super::filter::PROBES;
use crate::policy::Policy;
use crate::values::Seconds;

/// Settings of a [`Journal`](crate::Journal). All publishers of a realm have the same.
///
/// | | usual | strict |
/// | --- | --- | --- |
/// | staleness bound: tokens are minted on a snapshot for so long | 1 h | 5 min |
/// | validity: a snapshot is good for so long | 1 h | 5 min |
/// | outage of the publisher that nobody notices | just under 1 h | just under 5 min |
///
/// An entry is kept for the longest token and the staleness bound, so with 30-minute tokens the usual settings keep three times as many entries as the shortest possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct JournalSettings {
    pub(super) longest_token: Seconds,
    pub(super) staleness_bound: Seconds,
    pub(super) validity: Seconds,
    pub(super) probes: u8,
    pub(super) sessions_per_subject: u32,
    pub(super) most_entries: u32,
    pub(super) most_subjects: u32,
    pub(super) most_retired: u32,
    pub(super) longest_pause: Seconds,
}

impl JournalSettings {
    /// Most key rows: they are for good, and this is a key a month for 85 years.
    pub(super) const MOST_KEYS: u32 = 1_024;

    /// The usual settings for sessions under this policy (the one with the longest tokens, if there are several).
    pub const fn new(policy: &Policy) -> Self {
        Self {
            longest_token: policy.longest_token(),
            staleness_bound: Seconds::hours(1),
            validity: Seconds::hours(1),
            probes: 24,
            sessions_per_subject: 32,
            most_entries: 1_000_000,
            most_subjects: 100_000,
            most_retired: 100_000,
            longest_pause: Seconds::days(31),
        }
    }

    /// Nodes that are cut off notice after 5 minutes, and a publisher that is down for so long stops the service.
    pub const fn strict(policy: &Policy) -> Self {
        Self::new(policy).staleness_bound(Seconds::minutes(5)).validity(Seconds::minutes(5))
    }

    /// How long after a snapshot's `complete_to` tokens are renewed and elevated on its word.
    pub const fn staleness_bound(mut self, bound: Seconds) -> Self {
        self.staleness_bound = bound;
        self
    }

    /// How long a snapshot is good after it was issued; it is issued again after a quarter of that.
    pub const fn validity(mut self, validity: Seconds) -> Self {
        self.validity = validity;
        self
    }

    /// Bits of the filter that an entry sets: a multiple of 4 from 8 to 32, 24 if not said. A look at the filter takes a session that is not revoked for one that is with
    /// probability 2^-probes. Other values are rounded to the nearest possible.
    pub const fn probes(mut self, probes: u8) -> Self {
        let rounded = probes.saturating_add(2) & !3;
        self.probes = if rounded < *PROBES.start() {
            *PROBES.start()
        } else if rounded > *PROBES.end() {
            *PROBES.end()
        } else {
            rounded
        };
        self
    }

    /// How many log-outs of one subject the log holds at a time; 32 if not said. One more is answered with
    /// [`is_quota_reached`](crate::LogAnswer::is_quota_reached).
    pub const fn sessions_per_subject(mut self, most: u32) -> Self {
        self.sessions_per_subject = most;
        self
    }

    /// How many sessions and tokens the log holds at a time: 1,000,000 if not said, which makes a snapshot of 4.4 MB. A revocation for which there is no room is
    /// refused, before anybody relies on it; so is one above what a filter holds (3.7 million with 24 probes). As many elevations are remembered. Subjects, keys and everyone have room of their own, so a flood of log-outs never keeps an operator from a cut-off.
    pub const fn most_entries(mut self, most: u32) -> Self {
        self.most_entries = most;
        self
    }

    /// How many subjects with a cut-off the log holds at a time, 16 bytes each: 100,000 if not said.
    pub const fn most_subjects(mut self, most: u32) -> Self {
        self.most_subjects = most;
        self
    }

    /// How many sessions with retired rotations the log holds at a time (strict rotation only), 12 bytes each: 100,000 if not said.
    pub const fn most_retired(mut self, most: u32) -> Self {
        self.most_retired = most;
        self
    }

    /// The longest time between two versions; 31 days if not said. A version after a longer one is refused ([`JournalError::Clock`](crate::JournalError::Clock)): the clock is
    /// probably wrong, and a log that has seen the year 2106 has forgotten everybody and stays there. After a pause that was real, commit once with a longer one.
    pub const fn longest_pause(mut self, pause: Seconds) -> Self {
        self.longest_pause = pause;
        self
    }

    /// The longest token, where it is not the policy's.
    pub const fn longest_token(mut self, life: Seconds) -> Self {
        self.longest_token = life;
        self
    }
}

impl fmt::Display for JournalSettings {
    /// Every number in force, line by line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "longest token        {}", self.longest_token)?;
        writeln!(f, "staleness bound      {}: without news, nothing is renewed after", self.staleness_bound)?;
        writeln!(f, "validity             {}: without news, nodes refuse after", self.validity)?;
        writeln!(f, "entry kept for       {} + {}", self.longest_token, self.staleness_bound)?;
        writeln!(f, "false rejection      1 in 2^{} looks", self.probes)?;
        writeln!(f, "sessions per subject {}", self.sessions_per_subject)?;
        write!(f, "room                 {} entries, {} subjects", self.most_entries, self.most_subjects)
    }
}
