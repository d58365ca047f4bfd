//! What was counted, and what went wrong.

use std::fmt;

/// What must never happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promise {
    /// 1: no token of a revoked session is accepted by whoever has a version from the first with the row on, nor after the row is over.
    StaysOut,
    /// 2: no token of a revoked session that is accepted was minted after the row's `mint_until`.
    MintedBefore,
    /// 3: nothing of a session that was not revoked is refused for revocation.
    NobodyElse,
    /// 4: a token that was minted by the rules is not refused for its life before it is over.
    NotCutShort,
    /// 5: the library does what the model says.
    AsModelled,
}

impl Promise {
    pub const ALL: [Self; 5] =
        [Self::StaysOut, Self::MintedBefore, Self::NobodyElse, Self::NotCutShort, Self::AsModelled];

    /// The promise in words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::StaysOut => "nothing of a revoked session is accepted",
            Self::MintedBefore => "no row ends before its last token",
            Self::NobodyElse => "nobody else is refused",
            Self::NotCutShort => "no token is refused for its life",
            Self::AsModelled => "the library does as the model",
        }
    }
}

/// The figures of one schedule, or the sum of many.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    pub logins: u64,
    pub rotations: u64,
    pub elevations: u64,
    pub revoked: u64,
    pub versions: u64,
    pub conflicts: u64,
    /// Rows that were dropped as dead.
    pub dropped: u64,
    /// How often the longest token or the staleness bound was changed.
    pub changes: u64,
    /// Snapshots and deltas that a node took.
    pub taken: u64,
    pub judged: u64,
    /// Of these, tokens of sessions revoked.
    pub judged_revoked: u64,
    /// Accepted all the same, by nodes that cannot know yet.
    pub not_known_yet: u64,
    /// Verdicts, tokens, answers and documents of the library held against the model's.
    pub compared: u64,
    violations: [u64; Promise::ALL.len()],
    /// The first violation of each promise, in words.
    told: [Option<String>; Promise::ALL.len()],
}

impl Tally {
    /// Notes a broken promise.
    pub fn broken(&mut self, promise: Promise, how: impl FnOnce() -> String) {
        self.violations[promise as usize] += 1;
        self.told[promise as usize].get_or_insert_with(how);
    }

    pub const fn violations_of(&self, promise: Promise) -> u64 {
        self.violations[promise as usize]
    }

    pub fn violations(&self) -> u64 {
        self.violations.iter().sum()
    }

    /// Adds the figures of another schedule.
    pub fn add(&mut self, other: Self) {
        self.logins += other.logins;
        self.rotations += other.rotations;
        self.elevations += other.elevations;
        self.revoked += other.revoked;
        self.versions += other.versions;
        self.conflicts += other.conflicts;
        self.dropped += other.dropped;
        self.changes += other.changes;
        self.taken += other.taken;
        self.judged += other.judged;
        self.judged_revoked += other.judged_revoked;
        self.not_known_yet += other.not_known_yet;
        self.compared += other.compared;
        for (sum, more) in self.violations.iter_mut().zip(other.violations) {
            *sum += more;
        }
        for (first, other) in self.told.iter_mut().zip(other.told) {
            *first = first.take().or(other);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in [
            ("log-ins", self.logins),
            ("rotations", self.rotations),
            ("elevations released", self.elevations),
            ("sessions and subjects revoked", self.revoked),
            ("versions of the log", self.versions),
            ("compare-and-swap conflicts", self.conflicts),
            ("rows dropped as dead", self.dropped),
            ("changes of longest token, staleness bound", self.changes),
            ("snapshots and deltas taken", self.taken),
            ("tokens judged", self.judged),
            ("  of these, of revoked sessions", self.judged_revoked),
            ("  of these, accepted before the news came", self.not_known_yet),
            ("compared with the library", self.compared),
        ] {
            writeln!(f, "{what:<50} {count:>12}")?;
        }
        writeln!(f, "\nviolations of")?;
        for promise in Promise::ALL {
            let count = self.violations_of(promise);
            writeln!(f, "  {} {:<46} {count:>12}", promise as usize + 1, promise.text())?;
        }
        for (promise, story) in Promise::ALL.iter().zip(&self.told) {
            if let Some(story) = story {
                writeln!(f, "\nthe first of {}: {story}", *promise as usize + 1)?;
            }
        }
        write!(f, "\n{} violations", self.violations())
    }
}
