//! The claims that the library itself reads.

use crate::values::{AuthLevel, Seconds, Subject, Thumbprint, Timestamp};

/// A raised level, for a while (SPEC section 4.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elevation {
    pub(crate) level: AuthLevel,
    pub(crate) until: Timestamp,
    pub(crate) authenticated_at: Timestamp,
}

impl Elevation {
    /// The raised level.
    #[must_use]
    pub const fn level(&self) -> AuthLevel {
        self.level
    }

    /// From this moment on the session has its base level again.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// When the authentication for it took place.
    #[must_use]
    pub const fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }
}

/// Fields 1–10 of a body, with every time absolute. A value of this type obeys TOK-12 to TOK-17 if it came out of `decode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CoreClaims {
    pub(crate) schema: u32,
    pub(crate) subject: Subject,
    pub(crate) started_at: Timestamp,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) rotation: u32,
    pub(crate) level: AuthLevel,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) elevation: Option<Elevation>,
    pub(crate) bound_to: Option<Thumbprint>,
}

impl CoreClaims {
    /// Room for claims that are about to be decoded. These are not consistent, so that they can be taken for none.
    pub(crate) const ROOM: Self = Self {
        schema: 0,
        subject: Subject::ROOM,
        started_at: Timestamp::MIN,
        issued_at: Timestamp::MIN,
        expires_at: Timestamp::MIN,
        ends_at: Timestamp::MIN,
        rotation: 0,
        level: AuthLevel::Aal1,
        authenticated_at: Timestamp::MIN,
        elevation: None,
        bound_to: None,
    };

    /// Furthest that `started_at` may lie after `issued_at`: twice the largest skew, and one second (TOK-14).
    pub(crate) const MAX_LEAD: Seconds = Seconds::new(241);

    /// The rules of SPEC section 4.3 that relate fields to each other: TOK-14 to TOK-17.
    pub(crate) fn consistent(&self) -> bool {
        let elevation_fits = self.elevation.is_none_or(|elevation| {
            elevation.level >= self.level
                && self.issued_at < elevation.until
                && elevation.until <= self.ends_at
                && elevation.authenticated_at <= self.issued_at
        });
        self.started_at.seconds_since(self.issued_at) <= u64::from(Self::MAX_LEAD.get())
            && self.issued_at < self.expires_at
            && self.expires_at <= self.ends_at
            && self.started_at < self.ends_at
            && self.authenticated_at <= self.issued_at
            && elevation_fits
    }
}
