//! JUDGEMENT: how long things last, and what is too long. Pure functions of authentic claims, `now` and the rules.

use core::fmt;

use crate::claims::CoreClaims;
use crate::error::Reason;
use crate::values::{AuthLevel, Seconds, Timestamp};

/// How long sessions and tokens last. The same policy belongs to issuer and verifier.
///
/// | preset | session | idle | ceilings of NIST SP 800-63B-4 |
/// | --- | --- | --- | --- |
/// | [`AAL1`](Policy::AAL1) | 8 h | 30 min | session 30 d |
/// | [`AAL2`](Policy::AAL2) | 8 h | 30 min | session 24 h, idle 1 h |
/// | [`AAL3`](Policy::AAL3) | 8 h | 15 min | session 12 h, idle 15 min |
///
/// Other values come from [`Policy::builder`], which holds them to the same ceilings.
///
/// ```
/// use safeconduct::{AuthLevel, Policy, Seconds};
/// let policy = Policy::builder(AuthLevel::Aal2).session(Seconds::hours(12)).idle(Seconds::hours(1)).build()?;
/// assert!(policy.report().to_string().contains("12 h"));
/// // Longer than NIST allows at this level: only with a reason.
/// assert!(Policy::builder(AuthLevel::Aal2).idle(Seconds::hours(2)).build().is_err());
/// # Ok::<(), safeconduct::PolicyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    assurance: AuthLevel,
    session: Seconds,
    idle: Seconds,
    renew_after: Seconds,
    skew: Seconds,
    longest_token: Seconds,
    longest_session: Seconds,
    longest_elevation: Seconds,
    deviation: Option<&'static str>,
}

impl Policy {
    /// 8 hours, 30 minutes idle.
    pub const AAL1: Self = Self::preset(AuthLevel::Aal1, Seconds::minutes(30));
    /// 8 hours, 30 minutes idle.
    pub const AAL2: Self = Self::preset(AuthLevel::Aal2, Seconds::minutes(30));
    /// 8 hours, 15 minutes idle.
    pub const AAL3: Self = Self::preset(AuthLevel::Aal3, Seconds::minutes(15));
    /// The largest skew that a policy can have (TOK-34).
    pub const MAX_SKEW: Seconds = Seconds::new(120);

    const fn preset(assurance: AuthLevel, idle: Seconds) -> Self {
        Self {
            assurance,
            session: Seconds::hours(8),
            idle,
            renew_after: idle.half(),
            skew: Seconds::new(30),
            longest_token: idle,
            longest_session: Seconds::hours(8),
            longest_elevation: Seconds::minutes(15),
            deviation: None,
        }
    }

    /// Other values than the preset of this level. [`AuthLevel::None`] is held to the ceilings of AAL1.
    pub const fn builder(assurance: AuthLevel) -> PolicyBuilder {
        let idle = match assurance {
            AuthLevel::Aal3 => Seconds::minutes(15),
            _ => Seconds::minutes(30),
        };
        let start = Self::preset(assurance, idle);
        PolicyBuilder {
            policy: start,
            renew_after: None,
            longest_token: None,
            longest_session: None,
            longest_elevation: None,
        }
    }

    /// The highest base level that sessions under this policy may have.
    #[must_use]
    pub const fn assurance(&self) -> AuthLevel {
        self.assurance
    }

    /// How long a session lasts, at most.
    #[must_use]
    pub const fn session(&self) -> Seconds {
        self.session
    }

    /// How long a token lasts without being renewed.
    #[must_use]
    pub const fn idle(&self) -> Seconds {
        self.idle
    }

    /// How old a token must be before it is renewed.
    #[must_use]
    pub const fn renew_after(&self) -> Seconds {
        self.renew_after
    }

    /// How far clocks may disagree about "issued in the future". Never added to a deadline.
    #[must_use]
    pub const fn skew(&self) -> Seconds {
        self.skew
    }

    /// The longest token that is accepted: how long a key has to be accepted after it has minted its last.
    #[must_use]
    pub const fn longest_token(&self) -> Seconds {
        self.longest_token
    }

    /// The longest session that is accepted: how long a cut-off matters.
    #[must_use]
    pub const fn longest_session(&self) -> Seconds {
        self.longest_session
    }

    /// How long an elevation lasts, at most.
    #[must_use]
    pub const fn longest_elevation(&self) -> Seconds {
        self.longest_elevation
    }

    /// The moment for a cut-off made at `now`, where `known` is the latest one that concerns the same sessions (ISS-09).
    ///
    /// It is `now` plus the skew and one second, so that sessions begun on a clock that is ahead are caught; and later than `known`, because a session that began right
    /// after that one has it as its beginning.
    #[must_use]
    pub fn cut_off(&self, now: Timestamp, known: Option<Timestamp>) -> Timestamp {
        let after_known = known.map_or(Timestamp::MIN, |known| known.saturating_add(Seconds::new(1)));
        now.saturating_add(self.skew).saturating_add(Seconds::new(1)).max(after_known)
    }

    /// Every number in force, line by line, for the log at start-up and for the auditor.
    #[must_use]
    pub const fn report(&self) -> PolicyReport {
        PolicyReport(*self)
    }

    /// Ceilings and a clock that is behind: TOK-33, TOK-34.
    pub(crate) fn check_ceilings(&self, claims: &CoreClaims, now: Timestamp) -> Result<(), Reason> {
        if !self.allows_lives_of(claims) {
            return Err(Reason::CeilingExceeded);
        }
        if claims.issued_at > now.saturating_add(self.skew) {
            return Err(Reason::IssuedInFuture);
        }
        Ok(())
    }

    /// TOK-33.
    pub(crate) fn allows_lives_of(&self, claims: &CoreClaims) -> bool {
        let within =
            |from: Timestamp, to: Timestamp, most: Seconds| to.seconds_since(from) <= u64::from(most.get());
        within(claims.issued_at, claims.expires_at, self.longest_token)
            && within(claims.started_at, claims.ends_at, self.longest_session)
    }

    /// The session's absolute end (first half of TOK-35).
    pub(crate) fn check_end(claims: &CoreClaims, now: Timestamp) -> Result<(), Reason> {
        if now < claims.ends_at { Ok(()) } else { Err(Reason::Expired) }
    }

    /// Both deadlines: TOK-35.
    pub(crate) fn check_deadlines(claims: &CoreClaims, now: Timestamp) -> Result<(), Reason> {
        Self::check_end(claims, now)?;
        if now < claims.expires_at { Ok(()) } else { Err(Reason::Idle) }
    }

    /// Whether a token minted at `issued_at` is old enough to be renewed at `now`.
    #[cfg(feature = "alloc")]
    pub(crate) fn renewal_is_due(&self, issued_at: Timestamp, now: Timestamp) -> bool {
        now.seconds_since(issued_at) >= u64::from(self.renew_after.get())
    }
}

/// Makes a [`Policy`] with values of its own.
#[derive(Clone, Copy, Debug)]
#[must_use = "call `build`"]
pub struct PolicyBuilder {
    policy: Policy,
    renew_after: Option<Seconds>,
    longest_token: Option<Seconds>,
    longest_session: Option<Seconds>,
    longest_elevation: Option<Seconds>,
}

impl PolicyBuilder {
    /// How long a session lasts, at most, from login on.
    pub const fn session(mut self, session: Seconds) -> Self {
        self.policy.session = session;
        self
    }

    /// How long a token lasts without being renewed.
    pub const fn idle(mut self, idle: Seconds) -> Self {
        self.policy.idle = idle;
        self
    }

    /// How old a token must be before it is renewed. Half the idle time, if not given.
    pub const fn renew_after(mut self, age: Seconds) -> Self {
        self.renew_after = Some(age);
        self
    }

    /// How far clocks may disagree: 30 s if not given, 120 s at most.
    pub const fn skew(mut self, skew: Seconds) -> Self {
        self.policy.skew = skew;
        self
    }

    /// The longest token that is accepted. The idle time, if not given: after shortening that, keep the old value here until the old
    /// tokens are gone, or they are refused with [`Reason::CeilingExceeded`].
    pub const fn longest_token(mut self, life: Seconds) -> Self {
        self.longest_token = Some(life);
        self
    }

    /// The longest session that is accepted. The session's time, if not given; see [`longest_token`](Self::longest_token).
    pub const fn longest_session(mut self, life: Seconds) -> Self {
        self.longest_session = Some(life);
        self
    }

    /// How long an elevation lasts, at most: 15 minutes if not given, and never longer than the session or 12 hours.
    pub const fn longest_elevation(mut self, life: Seconds) -> Self {
        self.longest_elevation = Some(life);
        self
    }

    /// Allows values above the recommendations (SHOULD) of NIST SP 800-63B-4 for the level, and records why. It does not lift the 12 hours of AAL3, which
    /// are a SHALL.
    pub const fn deviation(mut self, reason: &'static str) -> Self {
        self.policy.deviation = Some(reason);
        self
    }

    /// The policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] says which value contradicts another or is above its ceiling.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let mut policy = self.policy;
        policy.renew_after = self.renew_after.unwrap_or(policy.idle.half());
        policy.longest_elevation =
            self.longest_elevation.unwrap_or(policy.longest_elevation.min(policy.session));
        policy.longest_token = self.longest_token.unwrap_or(policy.idle);
        policy.longest_session = self.longest_session.unwrap_or(policy.session);
        if policy.deviation.is_some_and(|reason| reason.trim().is_empty()) {
            return Err(PolicyError::DeviationNeedsReason);
        }
        if policy.idle == Seconds::ZERO || policy.session == Seconds::ZERO {
            return Err(PolicyError::Zero);
        }
        if policy.idle > policy.session {
            return Err(PolicyError::IdleAboveSession);
        }
        if policy.renew_after >= policy.idle {
            return Err(PolicyError::RenewalTooLate);
        }
        if policy.skew > Policy::MAX_SKEW {
            return Err(PolicyError::SkewTooLarge);
        }
        if policy.longest_elevation > policy.session || policy.longest_elevation > AAL3_SESSION {
            return Err(PolicyError::ElevationTooLong);
        }
        if policy.longest_token < policy.idle || policy.longest_session < policy.session {
            return Err(PolicyError::OwnTokensTooLong);
        }
        let (session, idle) = ceilings(policy.assurance);
        if policy.assurance == AuthLevel::Aal3 && policy.longest_session > session {
            return Err(PolicyError::Aal3Session);
        }
        if policy.deviation.is_none() {
            if policy.longest_session > session {
                return Err(PolicyError::SessionCeiling { ceiling: session });
            }
            if policy.longest_token > idle {
                return Err(PolicyError::IdleCeiling { ceiling: idle });
            }
        }
        Ok(policy)
    }
}

/// The longest session at AAL3, and so the longest elevation: a SHALL.
const AAL3_SESSION: Seconds = Seconds::hours(12);

/// Longest session and longest idle time of a level in NIST SP 800-63B-4, sections 2.1.3, 2.2.3 and 2.3.3. AAL1 has no idle ceiling of its own.
const fn ceilings(assurance: AuthLevel) -> (Seconds, Seconds) {
    match assurance {
        AuthLevel::None | AuthLevel::Aal1 => (Seconds::days(30), Seconds::days(30)),
        AuthLevel::Aal2 => (Seconds::hours(24), Seconds::hours(1)),
        AuthLevel::Aal3 => (AAL3_SESSION, Seconds::minutes(15)),
    }
}

/// The numbers of a [`Policy`] as text: one line each, with the ceiling where there is one.
#[derive(Clone, Copy, Debug)]
pub struct PolicyReport(Policy);

impl fmt::Display for PolicyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = &self.0;
        let (session, idle) = ceilings(policy.assurance);
        writeln!(f, "assurance          {}", policy.assurance)?;
        writeln!(f, "session            {} (ceiling {session})", policy.session)?;
        writeln!(f, "idle               {} (ceiling {idle})", policy.idle)?;
        writeln!(f, "renewed after      {}", policy.renew_after)?;
        writeln!(f, "skew               {} (at most {})", policy.skew, Policy::MAX_SKEW)?;
        writeln!(f, "longest token      {}", policy.longest_token)?;
        writeln!(f, "longest session    {}", policy.longest_session)?;
        writeln!(f, "longest elevation  {}", policy.longest_elevation)?;
        write!(f, "deviation          {}", policy.deviation.unwrap_or("none"))
    }
}

/// Why values do not make a [`Policy`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PolicyError {
    /// The idle time or the session's time is zero.
    Zero,
    /// The idle time is longer than the session.
    IdleAboveSession,
    /// Renewal would be due only when the token has expired.
    RenewalTooLate,
    /// The skew is above 120 seconds.
    SkewTooLarge,
    /// Elevations would last longer than the session, or than 12 hours.
    ElevationTooLong,
    /// The longest token or session accepted is shorter than those that are issued.
    OwnTokensTooLong,
    /// A session above the ceiling of the level, without a deviation.
    SessionCeiling {
        /// What the level allows.
        ceiling: Seconds,
    },
    /// An idle time above the ceiling of the level, without a deviation.
    IdleCeiling {
        /// What the level allows.
        ceiling: Seconds,
    },
    /// A session above 12 hours at AAL3: no deviation lifts it.
    Aal3Session,
    /// A deviation without a reason.
    DeviationNeedsReason,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero => f.write_str("the idle time and the session's time must not be zero"),
            Self::IdleAboveSession => f.write_str("the idle time is longer than the session"),
            Self::RenewalTooLate => f.write_str("renewal must be due before the token expires"),
            Self::SkewTooLarge => write!(f, "the skew is at most {}", Policy::MAX_SKEW),
            Self::ElevationTooLong => {
                f.write_str("elevations are at most as long as the session, and at most 12 h")
            }
            Self::OwnTokensTooLong => {
                f.write_str("the longest token or session accepted is shorter than those issued")
            }
            Self::SessionCeiling { ceiling } => {
                write!(
                    f,
                    "sessions of this level are at most {ceiling}; `deviation` allows more, with a reason"
                )
            }
            Self::IdleCeiling { ceiling } => {
                write!(
                    f,
                    "idle times of this level are at most {ceiling}; `deviation` allows more, with a reason"
                )
            }
            Self::Aal3Session => {
                f.write_str("sessions at AAL3 are at most 12 h, and no deviation lifts that")
            }
            Self::DeviationNeedsReason => f.write_str("a deviation needs a reason"),
        }
    }
}

impl core::error::Error for PolicyError {}
