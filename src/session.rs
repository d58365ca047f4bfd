//! What the application may read, and the question it may ask.

use core::fmt;

use crate::claims::{CoreClaims, Elevation};
use crate::keys::ContextTag;
use crate::revocation::{Facts, Freshness, Revocation};
use crate::values::{AuthLevel, KeyId, Kind, Seconds, SessionId, Subject, Thumbprint, Timestamp, TokenId};
use crate::wire::Header;

/// A session: a token that is authentic, inside its deadlines and not revoked, at the moment it was verified.
///
/// It only ever comes out of [`Verifier::verify`](crate::Verifier::verify) and its siblings. `C` is the application's own claims; they may borrow from the
/// [`Scratch`](crate::Scratch), nothing else in it does.
///
/// ```compile_fail
/// // A session cannot be made of parts.
/// let session: safeconduct::Session<()> = Default::default();
/// ```
pub struct Session<C> {
    pub(crate) identity: SessionIdentity,
    pub(crate) core: CoreClaims,
    pub(crate) app: C,
    pub(crate) verified_at: Timestamp,
    /// Unknown when it was verified without revocation.
    pub(crate) freshness: Freshness,
    pub(crate) context: ContextTag,
}

/// Names of a session that do not change while it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct SessionIdentity {
    pub(crate) kind: Kind,
    pub(crate) key_id: KeyId,
    pub(crate) session_id: SessionId,
    pub(crate) token_id: TokenId,
}

impl From<&Header> for SessionIdentity {
    fn from(header: &Header) -> Self {
        Self {
            kind: header.kind,
            key_id: header.key_id,
            session_id: header.session_id,
            token_id: header.token_id,
        }
    }
}

impl SessionIdentity {
    /// Room for one that is about to be read.
    pub(crate) const ROOM: Self = Self {
        kind: Kind::Encrypted,
        key_id: KeyId::from_bytes([0; KeyId::SIZE]),
        session_id: SessionId::from_bytes([0; SessionId::SIZE]),
        token_id: TokenId::from_bytes([0; TokenId::SIZE]),
    };

    pub(crate) const fn facts<'a>(&self, core: &'a CoreClaims) -> Facts<'a> {
        Facts {
            kind: self.kind,
            key_id: self.key_id,
            session_id: self.session_id,
            token_id: self.token_id,
            subject: &core.subject,
            started_at: core.started_at,
            issued_at: core.issued_at,
            expires_at: core.expires_at,
            ends_at: core.ends_at,
            rotation: core.rotation,
        }
    }

    pub(crate) const fn revocation(&self, core: &CoreClaims) -> Revocation {
        Revocation::session(self.session_id, self.facts(core).origin(), core.ends_at)
    }
}

impl<C> Session<C> {
    /// The application's own claims.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.app
    }

    /// The application's own claims, taken out.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.app
    }

    /// Whose session it is.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.core.subject
    }

    /// The session's name: an identifier, not a secret.
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        self.identity.session_id
    }

    /// The name of the token it was read from.
    #[must_use]
    pub const fn token_id(&self) -> TokenId {
        self.identity.token_id
    }

    /// The kind of the token it was read from.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.identity.kind
    }

    /// The key the token is under.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.identity.key_id
    }

    /// When the session began.
    #[must_use]
    pub const fn started_at(&self) -> Timestamp {
        self.core.started_at
    }

    /// When the token was minted.
    #[must_use]
    pub const fn issued_at(&self) -> Timestamp {
        self.core.issued_at
    }

    /// The token's idle deadline: from then on it is refused unless it was renewed.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.core.expires_at
    }

    /// The session's absolute end, which no renewal moves.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        self.core.ends_at
    }

    /// How often the session has been rotated. It detects no theft: a thief rotates too (SPEC section 10.3).
    #[must_use]
    pub const fn rotation(&self) -> u32 {
        self.core.rotation
    }

    /// The `now` of the verification.
    #[must_use]
    pub const fn verified_at(&self) -> Timestamp {
        self.verified_at
    }

    /// The level in force at the verification: the elevation's while it lasts, else the base level.
    #[must_use]
    pub fn level(&self) -> AuthLevel {
        self.elevation().map_or(self.core.level, Elevation::level)
    }

    /// The base level, to which an elevation drops back.
    #[must_use]
    pub const fn base_level(&self) -> AuthLevel {
        self.core.level
    }

    /// When the authentication behind the base level took place.
    #[must_use]
    pub const fn authenticated_at(&self) -> Timestamp {
        self.core.authenticated_at
    }

    /// The elevation, if there is one that still lasts at the verification.
    #[must_use]
    pub fn elevation(&self) -> Option<&Elevation> {
        self.core.elevation.as_ref().filter(|elevation| self.verified_at < elevation.until)
    }

    /// The key it is bound to, whose proof was checked.
    #[must_use]
    pub const fn bound_to(&self) -> Option<&Thumbprint> {
        self.core.bound_to.as_ref()
    }

    /// How fresh the revocation data was; `None` if the verifier did without.
    #[must_use]
    pub const fn freshness(&self) -> Option<Freshness> {
        self.freshness.known()
    }

    /// What a [`Revocations`](crate::Revocations) is asked about this session.
    #[must_use]
    pub const fn facts(&self) -> Facts<'_> {
        self.identity.facts(&self.core)
    }

    /// The revocation that ends this session with all its rotations: what "log out" hands to the log.
    pub const fn revocation(&self) -> Revocation {
        self.identity.revocation(&self.core)
    }

    /// Passes if the session has at least this level by an authentication at most `max_age` old.
    ///
    /// The ages are those at the verification. A `max_age` below 5 seconds is taken as 5: with 0 every answer would be another challenge.
    ///
    /// # Errors
    ///
    /// [`StepUp`], which is a challenge and not a refusal: the session goes on as it is.
    pub fn require(&self, level: AuthLevel, max_age: Seconds) -> Result<(), StepUp> {
        let max_age = max_age.max(StepUp::LEAST_MAX_AGE);
        self.satisfy(level, Some(max_age))
    }

    /// Passes if the session has at least this level, however old the authentication is.
    ///
    /// # Errors
    ///
    /// [`StepUp`], as [`require`](Session::require).
    pub fn require_level(&self, level: AuthLevel) -> Result<(), StepUp> {
        self.satisfy(level, None)
    }

    fn satisfy(&self, level: AuthLevel, max_age: Option<Seconds>) -> Result<(), StepUp> {
        let enough = |has: AuthLevel, since: Timestamp| {
            let age = self.verified_at.seconds_since(since);
            has >= level && max_age.is_none_or(|most| age <= u64::from(most.get()))
        };
        let by_elevation =
            self.elevation().is_some_and(|elevation| enough(elevation.level, elevation.authenticated_at));
        if by_elevation || enough(self.core.level, self.core.authenticated_at) {
            return Ok(());
        }
        Err(StepUp { level, max_age })
    }
}

impl<C> fmt::Debug for Session<C> {
    /// Names and deadlines; neither the subject nor the application's claims.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("session_id", &self.session_id())
            .field("token_id", &self.token_id())
            .field("rotation", &self.rotation())
            .field("level", &self.level())
            .field("expires_at", &self.expires_at())
            .field("ends_at", &self.ends_at())
            .finish_non_exhaustive()
    }
}

/// The session is good but not good enough: the user has to authenticate again.
///
/// `Display` is the value of a `WWW-Authenticate` header by RFC 9470, to be sent with status 401.
///
/// ```
/// # use safeconduct::StepUp;
/// # fn handle(step_up: StepUp) -> String {
/// format!("WWW-Authenticate: {step_up}")
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepUp {
    level: AuthLevel,
    max_age: Option<Seconds>,
}

impl StepUp {
    /// The least age that a challenge can demand.
    pub const LEAST_MAX_AGE: Seconds = Seconds::new(5);

    /// The level that is needed.
    #[must_use]
    pub const fn level(&self) -> AuthLevel {
        self.level
    }

    /// How old the authentication may be, if that was asked.
    #[must_use]
    pub const fn max_age(&self) -> Option<Seconds> {
        self.max_age
    }
}

impl fmt::Display for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer error=\"insufficient_user_authentication\", ")?;
        f.write_str("error_description=\"a stronger or more recent authentication is required\", ")?;
        write!(f, "acr_values=\"{}\"", self.level)?;
        match self.max_age {
            Some(max_age) => write!(f, ", max_age=\"{}\"", max_age.get()),
            None => Ok(()),
        }
    }
}

impl core::error::Error for StepUp {}

/// A token good enough to end its own session and for nothing else: authentic and before the session's absolute end, but maybe idle or revoked.
///
/// It comes from [`Verifier::departing`](crate::Verifier::departing).
#[derive(Debug)]
pub struct Departing {
    pub(crate) revocation: Revocation,
}

impl Departing {
    /// The revocation that ends the session with all its rotations.
    pub const fn revocation(&self) -> &Revocation {
        &self.revocation
    }
}
