//! Moments and durations, in whole seconds.

use core::fmt;

/// A moment: whole seconds since 1970-01-01T00:00:00Z (Unix time), up to the end of the year 9999.
///
/// The library never asks a clock; the caller reads it once per request and passes the moment in.
///
/// ```
/// use safeconduct::Timestamp;
/// use std::time::{SystemTime, UNIX_EPOCH};
/// let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
/// let now = Timestamp::from_unix(seconds)?;
/// assert_eq!(now.as_unix(), seconds);
/// assert_eq!(Timestamp::from_unix(1_800_000_000)?.to_string(), "2027-01-15T08:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const MIN: Self = Self(0);
    /// 9999-12-31T23:59:59Z.
    pub const MAX: Self = Self(253_402_300_799);

    /// The moment so many seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// [`TimeOutOfRange`] after the year 9999.
    pub const fn from_unix(seconds: u64) -> Result<Self, TimeOutOfRange> {
        if seconds > Self::MAX.0 { Err(TimeOutOfRange) } else { Ok(Self(seconds)) }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_unix(self) -> u64 {
        self.0
    }

    /// This moment and a duration later, if that is before the year 10000.
    #[must_use]
    pub const fn checked_add(self, duration: Seconds) -> Option<Self> {
        match self.0.checked_add(duration.0 as u64) {
            Some(sum) if sum <= Self::MAX.0 => Some(Self(sum)),
            _ => None,
        }
    }

    /// This moment and a duration later, or [`Timestamp::MAX`].
    #[must_use]
    pub const fn saturating_add(self, duration: Seconds) -> Self {
        match self.checked_add(duration) {
            Some(sum) => sum,
            None => Self::MAX,
        }
    }

    /// This moment and a duration earlier, or [`Timestamp::MIN`].
    #[must_use]
    pub const fn saturating_sub(self, duration: Seconds) -> Self {
        Self(self.0.saturating_sub(duration.0 as u64))
    }

    /// Whole seconds from an earlier moment to this one; 0 if `earlier` is in fact later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment minus another, which may be later. In range because both are below 2^38.
    pub(crate) const fn signed_since(self, other: Self) -> i64 {
        (self.0 as i64).wrapping_sub(other.0 as i64)
    }

    /// The moment `offset` seconds before this one (after it, if negative), if there is one.
    pub(crate) fn checked_sub_signed(self, offset: i64) -> Option<Self> {
        let seconds = i64::try_from(self.0).ok()?.checked_sub(offset)?;
        Self::from_unix(u64::try_from(seconds).ok()?).ok()
    }
}

impl TryFrom<time::OffsetDateTime> for Timestamp {
    type Error = TimeOutOfRange;

    /// Drops the fraction of a second; refuses moments before 1970.
    fn try_from(moment: time::OffsetDateTime) -> Result<Self, TimeOutOfRange> {
        Self::from_unix(u64::try_from(moment.unix_timestamp()).map_err(|_| TimeOutOfRange)?)
    }
}

impl TryFrom<Timestamp> for time::OffsetDateTime {
    type Error = TimeOutOfRange;

    fn try_from(moment: Timestamp) -> Result<Self, TimeOutOfRange> {
        let seconds = i64::try_from(moment.0).map_err(|_| TimeOutOfRange)?;
        Self::from_unix_timestamp(seconds).map_err(|_| TimeOutOfRange)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC: `2027-01-15T08:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(moment) = time::OffsetDateTime::try_from(*self) else { return write!(f, "{}", self.0) };
        let (date, (hour, minute, second)) = (moment.date(), moment.to_hms());
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({} = {self})", self.0)
    }
}

/// A duration in whole seconds, up to about 136 years.
///
/// ```
/// use safeconduct::Seconds;
/// assert_eq!(Seconds::minutes(30), Seconds::new(1800));
/// assert_eq!(Seconds::hours(8).to_string(), "8 h");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Seconds(u32);

impl Seconds {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest duration, about 136 years.
    pub const MAX: Self = Self(u32::MAX);

    /// So many seconds.
    #[must_use]
    pub const fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// So many minutes, or [`Seconds::MAX`].
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// So many hours, or [`Seconds::MAX`].
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self(hours.saturating_mul(3_600))
    }

    /// So many days of 24 hours, or [`Seconds::MAX`].
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// The number of seconds.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The sum, or [`Seconds::MAX`].
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Half of it, rounded down.
    pub(crate) const fn half(self) -> Self {
        Self(self.0 >> 1)
    }
}

impl fmt::Display for Seconds {
    /// In the largest unit that leaves a whole number: `30 min`, `8 h`, `30 d`, `45 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (size, unit) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
            if self.0 != 0 && self.0.checked_rem(size) == Some(0) {
                return write!(f, "{} {unit}", self.0.checked_div(size).unwrap_or_default());
            }
        }
        write!(f, "{} s", self.0)
    }
}

/// A moment before 1970 or after 9999.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeOutOfRange;

impl fmt::Display for TimeOutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time must be between the years 1970 and 9999")
    }
}

impl core::error::Error for TimeOutOfRange {}
