//! How often keys change, and how long before and after.

use core::fmt;

use crate::policy::Policy;
use crate::values::Seconds;

/// How often keys change, and how long before and after (SPEC section 8.4).
///
/// ```
/// use safeconduct::{Policy, Schedule, Seconds};
/// // 30 days of minting, staged a day ahead, and an hour until every node has what was published.
/// let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::hours(1))?;
/// assert_eq!(schedule.tail(), Seconds::minutes(90)); // longest token and propagation
/// # Ok::<(), safeconduct::ScheduleError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schedule {
    minting: Seconds,
    publish_ahead: Seconds,
    propagation: Seconds,
    skew: Seconds,
    tail: Seconds,
}

impl Schedule {
    /// The default for this policy: keys mint for 30 days, are staged 24 hours ahead, and are accepted for the longest token and the propagation after.
    ///
    /// `propagation` is how long it takes, at most, until every node has a ring that was published.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`], if it takes more than 24 hours.
    pub const fn for_policy(policy: &Policy, propagation: Seconds) -> Result<Self, ScheduleError> {
        Self::new(policy, propagation, Seconds::days(30), Seconds::hours(24))
    }

    /// A schedule with these durations.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`], if RING-11 does not hold.
    pub const fn new(
        policy: &Policy,
        propagation: Seconds,
        minting: Seconds,
        publish_ahead: Seconds,
    ) -> Result<Self, ScheduleError> {
        if propagation.saturating_add(policy.skew()).get() > publish_ahead.get() {
            return Err(ScheduleError::PublishedTooLate);
        }
        Self::unchecked(policy, propagation, minting, publish_ahead)
    }

    /// A schedule that may publish later than the propagation bound: **tokens will be minted that some nodes cannot read**. For showing in a simulation that
    /// the bound matters, and for nothing else.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`], if keys would be staged as long as they mint.
    pub const fn dangerous(
        policy: &Policy,
        propagation: Seconds,
        minting: Seconds,
        publish_ahead: Seconds,
    ) -> Result<Self, ScheduleError> {
        let shorter = if publish_ahead.get() < propagation.get() { publish_ahead } else { propagation };
        match Self::unchecked(policy, shorter, minting, publish_ahead) {
            Ok(schedule) => Ok(Self { skew: Seconds::ZERO, ..schedule }),
            Err(why) => Err(why),
        }
    }

    const fn unchecked(
        policy: &Policy,
        propagation: Seconds,
        minting: Seconds,
        publish_ahead: Seconds,
    ) -> Result<Self, ScheduleError> {
        if publish_ahead.get() >= minting.get() {
            return Err(ScheduleError::StagedAsLongAsItMints);
        }
        let tail = policy.longest_token().saturating_add(propagation);
        if tail.get() == Seconds::MAX.get() {
            return Err(ScheduleError::TooLong);
        }
        Ok(Self { minting, publish_ahead, propagation, skew: policy.skew(), tail })
    }

    /// For a ring that serves this policy as well: the tail covers the longer token.
    #[must_use]
    pub const fn also_for(mut self, policy: &Policy) -> Self {
        let tail = policy.longest_token().saturating_add(self.propagation);
        if tail.get() > self.tail.get() {
            self.tail = tail;
        }
        self
    }

    /// How long a key mints.
    #[must_use]
    pub const fn minting(&self) -> Seconds {
        self.minting
    }

    /// How long before it is needed a key is staged.
    #[must_use]
    pub const fn publish_ahead(&self) -> Seconds {
        self.publish_ahead
    }

    /// How long it takes, at most, from a look at the clock that leads to a new state of the ring until the last node has it: signing, storing and fetching included.
    #[must_use]
    pub const fn propagation(&self) -> Seconds {
        self.propagation
    }

    /// How long before its `issue_from` a key has to be staged: propagation and skew.
    #[must_use]
    pub const fn lead(&self) -> Seconds {
        self.propagation.saturating_add(self.skew)
    }

    /// How long a key is accepted after it has ceased to mint.
    #[must_use]
    pub const fn tail(&self) -> Seconds {
        self.tail
    }
}

/// Why durations do not make a [`Schedule`] (RING-11). The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScheduleError {
    /// Keys would be staged later than they need to reach every node.
    PublishedTooLate,
    /// A duration is beyond all use: above 136 years in all.
    TooLong,
    /// Keys would be staged as long before they are needed as they mint, or longer: several would pile up.
    StagedAsLongAsItMints,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublishedTooLate => "keys would be staged later than they need to reach every node",
            Self::TooLong => "a duration is beyond all use",
            Self::StagedAsLongAsItMints => "keys would be staged as long ahead as they mint, or longer",
        })
    }
}

impl core::error::Error for ScheduleError {}
