//! What happened, and what should not have.

use std::fmt;

#[derive(Default, Debug, PartialEq, Eq)]
pub struct Tally {
    pub runs: u64,
    pub requests: u64,
    pub renewals: u64,
    pub lost: u64,
    pub logins: u64,
    pub elevations: u64,
    pub logouts: u64,
    pub cut_offs: u64,
    /// Answers with a token of a session, after the browser had a newer one.
    pub late: u64,
    /// Requests that a node could not know to be out, because it had not heard yet.
    pub unheard: u64,
    pub logged_out: u64,
    pub resurrected: u64,
    /// The first seed of each.
    pub first: [Option<u64>; 2],
}

impl Tally {
    pub fn violations(&self) -> u64 {
        self.logged_out + self.resurrected
    }

    pub fn live_was_logged_out(&mut self, seed: u64) {
        self.logged_out += 1;
        self.first[0].get_or_insert(seed);
    }

    pub fn dead_came_back(&mut self, seed: u64) {
        self.resurrected += 1;
        self.first[1].get_or_insert(seed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>10} runs, {} requests, {} answers lost", self.runs, self.requests, self.lost)?;
        writeln!(f, "{:>10} renewals, {} of them arrived after a newer session", self.renewals, self.late)?;
        let (logins, elevations, logouts) = (self.logins, self.elevations, self.logouts);
        writeln!(
            f,
            "{logins:>10} logins, {elevations} step-ups, {logouts} logouts, {} from elsewhere",
            self.cut_offs
        )?;
        writeln!(f, "{:>10} requests let in by a node that had not heard yet (at most 100 s)", self.unheard)?;
        let seed =
            |first: Option<u64>| first.map(|seed| format!(" (first: seed {seed})")).unwrap_or_default();
        writeln!(f, "{:>10} live sessions logged out{}", self.logged_out, seed(self.first[0]))?;
        write!(f, "{:>10} dead sessions resurrected{}", self.resurrected, seed(self.first[1]))
    }
}
