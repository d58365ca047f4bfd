//! A node: a clock that is a little off, and a habit of fetching the ring.

use safeconduct::Timestamp;

use super::chance::{Chance, scatter};
use super::{Config, Moment};

/// One of the machines that mint and verify.
#[derive(Debug)]
pub struct Node {
    /// How far its clock is ahead of the true time; negative if it is behind.
    ahead: i64,
    habit: Habit,
    /// The longest time between two refreshes.
    bound: u64,
}

/// When a node fetches the ring.
#[derive(Clone, Copy, Debug)]
enum Habit {
    /// Whenever the bound has passed since the last time: the latest that is allowed.
    Punctual { phase: u64 },
    /// Once in each half of the bound, at a moment that nobody knows.
    Random { seed: u64 },
}

impl Node {
    /// The nodes of one run. The first clock is as far ahead as clocks may be, the second as far behind.
    pub fn all(config: &Config, chance: &mut Chance) -> Vec<Self> {
        let half = u64::from(config.policy.skew().get() / 2);
        let node = |index| {
            let ahead = match index {
                0 => half * 2,
                1 => 0,
                _ => chance.within(0..=half * 2),
            };
            let habit = if index % 2 == 0 {
                Habit::Punctual { phase: chance.below(config.refresh) }
            } else {
                Habit::Random { seed: chance.word() }
            };
            Self { ahead: ahead as i64 - half as i64, habit, bound: config.refresh.max(2) }
        };
        (0..config.nodes.max(2)).map(node).collect()
    }

    /// What its clock shows.
    pub fn clock(&self, moment: Moment) -> Timestamp {
        Timestamp::from_unix(moment.saturating_add_signed(self.ahead)).unwrap_or(Timestamp::MAX)
    }

    /// When its clock shows this.
    pub const fn moment(&self, reading: Timestamp) -> Moment {
        reading.as_unix().saturating_add_signed(-self.ahead)
    }

    /// When it has fetched the ring last. (Computed and not remembered: nobody has to act out 400,000 refreshes a year.)
    pub fn refreshed(&self, moment: Moment) -> Moment {
        match self.habit {
            Habit::Punctual { phase } => moment - (moment - phase) % self.bound,
            Habit::Random { seed } => {
                let half = self.bound / 2;
                let refresh = |turn: u64| turn * half + scatter(seed ^ turn) % half;
                let turn = moment / half;
                Some(refresh(turn)).filter(|at| *at <= moment).unwrap_or_else(|| refresh(turn - 1))
            }
        }
    }
}
