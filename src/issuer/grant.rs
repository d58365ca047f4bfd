//! What a login gives.

use crate::claims::CoreClaims;
use crate::error::MintError;
use crate::policy::Policy;
use crate::values::{AuthLevel, Subject, Thumbprint, Timestamp};

/// What a login gives: who it is, how strongly authenticated, and the application's own claims.
///
/// ```
/// use safeconduct::{AuthLevel, Grant, Subject};
/// #[derive(serde::Serialize)]
/// struct Cart { items: u16 }
/// let grant = Grant::new(Subject::new("usr_1")?, AuthLevel::Aal1).claims(Cart { items: 3 }).schema(2);
/// # let _ = grant;
/// # Ok::<(), safeconduct::SubjectError>(())
/// ```
#[derive(Clone)]
#[must_use = "an issuer makes a token of it"]
pub struct Grant<C = ()> {
    subject: Subject,
    level: AuthLevel,
    authenticated_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    ends_by: Option<Timestamp>,
    bound_to: Option<Thumbprint>,
    schema: u32,
    pub(super) claims: C,
}

impl<C> core::fmt::Debug for Grant<C> {
    /// Neither the subject nor the application's claims.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Grant")
            .field("level", &self.level)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl Grant {
    /// A session for this subject at this base level, without claims of the application.
    pub const fn new(subject: Subject, level: AuthLevel) -> Self {
        Self {
            subject,
            level,
            authenticated_at: None,
            not_before: None,
            ends_by: None,
            bound_to: None,
            schema: 0,
            claims: (),
        }
    }
}

impl<C> Grant<C> {
    /// The application's own claims: any serde type that postcard can carry. Keep them few, they travel in every request.
    pub fn claims<D>(self, claims: D) -> Grant<D> {
        let Self { subject, level, authenticated_at, not_before, ends_by, bound_to, schema, claims: _ } =
            self;
        Grant { subject, level, authenticated_at, not_before, ends_by, bound_to, schema, claims }
    }

    /// The schema number of the application's claims. Change it whenever their type changes; verifiers refuse other numbers than theirs.
    pub fn schema(mut self, schema: u32) -> Self {
        self.schema = schema;
        self
    }

    /// When the user authenticated, if that was earlier than now: the time that an identity provider states.
    pub fn authenticated_at(mut self, moment: Timestamp) -> Self {
        self.authenticated_at = Some(moment);
        self
    }

    /// The latest cut-off that concerns this subject, as the revocation log knows it. The session then begins at the cut-off and not a moment before,
    /// so logging in right after "log out everywhere" works.
    pub fn after_cut_off(mut self, cut_off: Option<Timestamp>) -> Self {
        self.not_before = cut_off;
        self
    }

    /// Ends the session at this moment if the policy would let it go on longer: the cap that an identity provider sets.
    pub fn ends_by(mut self, moment: Timestamp) -> Self {
        self.ends_by = Some(moment);
        self
    }

    /// Binds the session to a key of the client: only requests that prove it are accepted (TOK-36).
    pub fn bound_to(mut self, thumbprint: Thumbprint) -> Self {
        self.bound_to = Some(thumbprint);
        self
    }

    pub(super) const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// SPEC section 6.1, steps 2 and 3. `known` is a cut-off that the grant need not know.
    pub(super) fn core_claims(
        &self,
        policy: &Policy,
        now: Timestamp,
        known: Option<Timestamp>,
    ) -> Result<CoreClaims, MintError> {
        if self.level > policy.assurance() {
            return Err(MintError::LevelAbovePolicy);
        }
        let started_at = self.not_before.max(known).map_or(now, |cut_off| cut_off.max(now));
        let ends_at = started_at.checked_add(policy.session()).ok_or(MintError::Times)?;
        let ends_at = self.ends_by.map_or(ends_at, |cap| cap.min(ends_at));
        let claims = CoreClaims {
            schema: self.schema,
            subject: self.subject,
            started_at,
            issued_at: now,
            expires_at: now.checked_add(policy.idle()).ok_or(MintError::Times)?.min(ends_at),
            ends_at,
            rotation: 0,
            level: self.level,
            authenticated_at: self.authenticated_at.unwrap_or(now),
            elevation: None,
            bound_to: self.bound_to,
        };
        // Everything a grant could contradict is a rule of the format: TOK-14 to TOK-16.
        if claims.consistent() { Ok(claims) } else { Err(MintError::Times) }
    }
}
