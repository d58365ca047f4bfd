//! What was counted, and what went wrong.

use std::fmt;

/// What must never happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promise {
    /// 1: what a node mints is known to, and already valid at, every other node.
    Readable,
    /// 2: no valid session is ended by a rotation.
    Kept,
    /// 3: every view has exactly one minting key, but for the stated gap after a revocation.
    OneMints,
    /// 4: nothing under a revoked key is accepted once the revocation has reached every node.
    StaysRevoked,
    /// 5: no key is retired before its last possible token is over.
    RetiredInTime,
    /// 6: the ring never runs full.
    Bounded,
    /// 7: advancing again at the same time changes nothing (RING-12).
    Idempotent,
    /// 8: advancing, revoking and storing are never refused.
    NotRefused,
    /// 9: issuer and verifier do what the ring's facts say.
    AsModelled,
}

impl Promise {
    pub const ALL: [Self; 9] = [
        Self::Readable,
        Self::Kept,
        Self::OneMints,
        Self::StaysRevoked,
        Self::RetiredInTime,
        Self::Bounded,
        Self::Idempotent,
        Self::NotRefused,
        Self::AsModelled,
    ];

    /// The promise in words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Readable => "a minted token is known and valid on every node",
            Self::Kept => "no valid session is ended by a rotation",
            Self::OneMints => "exactly one key mints, in every view",
            Self::StaysRevoked => "nothing is accepted under a revoked key",
            Self::RetiredInTime => "no key retires before its last token",
            Self::Bounded => "the ring never runs full",
            Self::Idempotent => "advancing twice changes nothing",
            Self::NotRefused => "advancing and storing are not refused",
            Self::AsModelled => "real tokens fare as the model says",
        }
    }
}

/// The figures of one run, or the sum of many.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Views looked at: one node at one moment.
    pub views: u64,
    /// Minting keys held against a view: one key that some node mints with, and one node that has to know it.
    pub pairs: u64,
    pub minted: u64,
    pub renewed: u64,
    pub presented: u64,
    /// Real tokens verified, out of those presented.
    pub verified: u64,
    /// Tokens that were out because their key was revoked.
    pub revoked_tokens: u64,
    pub stored: u64,
    pub staged: u64,
    pub retired: u64,
    pub revocations: u64,
    pub conflicts: u64,
    /// Rounds given up because storing took too long, and begun again.
    pub restarted: u64,
    /// The most keys in a ring, tombstones included.
    pub most_keys: usize,
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

    /// Adds the figures of another run.
    pub fn add(&mut self, other: Self) {
        self.views += other.views;
        self.pairs += other.pairs;
        self.minted += other.minted;
        self.renewed += other.renewed;
        self.presented += other.presented;
        self.verified += other.verified;
        self.revoked_tokens += other.revoked_tokens;
        self.stored += other.stored;
        self.staged += other.staged;
        self.retired += other.retired;
        self.revocations += other.revocations;
        self.conflicts += other.conflicts;
        self.restarted += other.restarted;
        self.most_keys = self.most_keys.max(other.most_keys);
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
            ("node views checked", self.views),
            ("minting keys held against views", self.pairs),
            ("tokens minted at log-in", self.minted),
            ("tokens minted on renewal", self.renewed),
            ("tokens presented", self.presented),
            ("  of these, verified for real", self.verified),
            ("  of these, out with a revoked key", self.revoked_tokens),
            ("states stored", self.stored),
            ("keys staged", self.staged),
            ("keys retired", self.retired),
            ("keys revoked", self.revocations),
            ("compare-and-swap conflicts", self.conflicts),
            ("rounds begun again", self.restarted),
            ("most keys in a ring", self.most_keys as u64),
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
