//! When a key mints and when it is accepted.

use core::fmt;

use crate::values::{Seconds, Timestamp};

/// When a key mints and when tokens under it are accepted (SPEC section 8.2).
///
/// ```text
/// issue_from          issue_until              accept_until
///     |---- mints --------|                         |
///     |---- accepted -------------------------------|
/// ```
///
/// Both intervals are half-open. The tail after `issue_until` should be at least the longest token life, or tokens outlive
/// their key; minting such a token is an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    issue_from: Timestamp,
    issue_until: Timestamp,
    accept_until: Timestamp,
}

impl Window {
    /// A window that begins to mint at `issue_from`, mints for `minting` and accepts for `tail` after that.
    ///
    /// # Errors
    ///
    /// [`WindowError`] if it never mints, or reaches beyond the year 9999.
    pub const fn new(issue_from: Timestamp, minting: Seconds, tail: Seconds) -> Result<Self, WindowError> {
        if minting.get() == 0 {
            return Err(WindowError::NeverMints);
        }
        let Some(issue_until) = issue_from.checked_add(minting) else {
            return Err(WindowError::OutOfRange);
        };
        let Some(accept_until) = issue_until.checked_add(tail) else {
            return Err(WindowError::OutOfRange);
        };
        Ok(Self { issue_from, issue_until, accept_until })
    }

    /// From this moment on the key mints.
    #[must_use]
    pub const fn issue_from(&self) -> Timestamp {
        self.issue_from
    }

    /// From this moment on the key does not mint any more.
    #[must_use]
    pub const fn issue_until(&self) -> Timestamp {
        self.issue_until
    }

    /// From this moment on nothing under the key is accepted.
    #[must_use]
    pub const fn accept_until(&self) -> Timestamp {
        self.accept_until
    }

    /// Whether the key may mint at `now`.
    #[must_use]
    pub fn mints(&self, now: Timestamp) -> bool {
        self.issue_from <= now && now < self.issue_until
    }

    /// Durations as the ring's text stores them: minting, tail.
    pub(crate) fn durations(&self) -> (u32, u32) {
        let seconds =
            |from: Timestamp, to: Timestamp| u32::try_from(to.seconds_since(from)).unwrap_or(u32::MAX);
        (seconds(self.issue_from, self.issue_until), seconds(self.issue_until, self.accept_until))
    }
}

/// Why durations do not make a [`Window`]. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowError {
    /// The minting time is zero.
    NeverMints,
    /// The window reaches beyond the year 9999.
    OutOfRange,
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverMints => "the key would never mint",
            Self::OutOfRange => "the window reaches beyond the year 9999",
        })
    }
}

impl core::error::Error for WindowError {}
