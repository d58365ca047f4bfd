//! What is written down when somebody leaves.

use crate::error::Scope;
use crate::values::{KeyId, SessionId, Subject, Timestamp, TokenId};

/// Something to be revoked, to be handed to a [`RevocationLog`].
///
/// A session's own revocation comes from the session ([`Session::revocation`](crate::Session::revocation)) or from an idle token
/// ([`Departing`](crate::Departing)), that is, from somebody who held a token of it. The functions here begin with `operator_`: they
/// take ids as they are, from a log or a support desk, and anybody who can call them can log others out.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "nothing is revoked before a log has accepted it"]
pub struct Revocation {
    target: Target,
}

/// What a [`Revocation`] covers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Target {
    /// One token.
    #[non_exhaustive]
    Token {
        /// Its session.
        session_id: SessionId,
        /// The token.
        token_id: TokenId,
        /// After this moment the entry is not needed any more.
        until: Timestamp,
    },
    /// One session with all its rotations.
    #[non_exhaustive]
    Session {
        /// The session.
        session_id: SessionId,
        /// What wider revocations may have ended it already; unknown to an operator who has the id only.
        origin: Option<Origin>,
        /// After this moment the entry is not needed any more: the session's absolute end.
        until: Timestamp,
        /// The session that an elevation puts in the place of this one. When this one is logged out later, by a tab that still has its token, that one is
        /// meant, too.
        superseded_by: Option<SessionId>,
    },
    /// The rotations of a session below a mark, which a later one has replaced (strict rotation).
    #[non_exhaustive]
    Rotations {
        /// The session.
        session_id: SessionId,
        /// The least rotation that stays good.
        least: u32,
        /// When the token of that rotation was minted.
        issued_at: Timestamp,
        /// After this moment the entry is not needed any more: the session's absolute end.
        until: Timestamp,
    },
    /// Every session of a subject begun before a moment.
    #[non_exhaustive]
    Subject {
        /// Whose sessions.
        subject: Subject,
        /// Sessions begun at this moment or later are not touched.
        before: Timestamp,
        /// The session that goes on under a new id: "log out my other devices".
        spared: Option<Spared>,
    },
    /// Everything under a key.
    #[non_exhaustive]
    Key {
        /// The key.
        key_id: KeyId,
    },
    /// Every session begun before a moment.
    #[non_exhaustive]
    Everyone {
        /// Sessions begun at this moment or later are not touched.
        before: Timestamp,
    },
}

/// A session that goes on under a new id while all others of its subject end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Spared {
    /// The session.
    pub session_id: SessionId,
    /// What may have ended it already.
    pub origin: Origin,
    /// Its new id. Whoever logs out with an old token of the session means this one, too.
    pub successor: SessionId,
    /// The session's absolute end, before and after.
    pub until: Timestamp,
}

/// Facts of a session that decide whether a wider revocation has ended it already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Origin {
    /// Whose session it is.
    pub subject: Subject,
    /// When it began.
    pub started_at: Timestamp,
    /// The key of the token that was presented.
    pub key_id: KeyId,
    /// The token that was presented.
    pub token_id: TokenId,
    /// When that token was minted.
    pub issued_at: Timestamp,
    /// Its rotation, which a later one may have retired.
    pub rotation: u32,
}

impl Revocation {
    pub(crate) const fn session(session_id: SessionId, origin: Origin, until: Timestamp) -> Self {
        Self { target: Target::Session { session_id, origin: Some(origin), until, superseded_by: None } }
    }

    /// The same for a session that gets a successor by elevation.
    pub(crate) const fn superseded_by(mut self, successor: SessionId) -> Self {
        if let Target::Session { superseded_by, .. } = &mut self.target {
            *superseded_by = Some(successor);
        }
        self
    }

    /// Ends the sessions of a subject begun before a moment, on behalf of one that goes on under a new id.
    pub(crate) const fn others(spared: Spared, before: Timestamp) -> Self {
        let subject = spared.origin.subject;
        Self { target: Target::Subject { subject, before, spared: Some(spared) } }
    }

    /// Of a session that goes on under a new id.
    pub(crate) const fn spared(
        session_id: SessionId,
        origin: Origin,
        successor: SessionId,
        until: Timestamp,
    ) -> Spared {
        Spared { session_id, origin, successor, until }
    }

    /// Retires the rotations of a session below `least`.
    pub(crate) const fn rotations(
        session_id: SessionId,
        least: u32,
        issued_at: Timestamp,
        until: Timestamp,
    ) -> Self {
        Self { target: Target::Rotations { session_id, least, issued_at, until } }
    }

    /// Ends a session by its id alone. `until` is when the session would have ended by itself at the latest.
    pub const fn operator_session(session_id: SessionId, until: Timestamp) -> Self {
        Self { target: Target::Session { session_id, origin: None, until, superseded_by: None } }
    }

    /// Ends one token by its ids alone; rotations made of it go on. `until` is when the token would have expired at the latest.
    pub const fn operator_token(session_id: SessionId, token_id: TokenId, until: Timestamp) -> Self {
        Self { target: Target::Token { session_id, token_id, until } }
    }

    /// Ends every session of a subject begun before a moment: "log out everywhere".
    ///
    /// Take the moment from [`Policy::cut_off`](crate::Policy::cut_off), which catches sessions begun on a clock that is ahead and sessions that began at an earlier
    /// cut-off, and give it to the next [`Grant`](crate::Grant) of this subject, so that logging in again works at once.
    pub const fn operator_subject(subject: Subject, before: Timestamp) -> Self {
        Self { target: Target::Subject { subject, before, spared: None } }
    }

    /// Ends everything under a key. A key that leaked must leave the ring as well, and forged tokens may have been rotated into a newer key:
    /// revoke everyone before now, too.
    pub const fn operator_key(key_id: KeyId) -> Self {
        Self { target: Target::Key { key_id } }
    }

    /// Ends every session begun before a moment.
    pub const fn operator_everyone(before: Timestamp) -> Self {
        Self { target: Target::Everyone { before } }
    }

    /// What is to be revoked, for those who write logs.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// How much it covers.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self.target {
            Target::Token { .. } => Scope::Token,
            Target::Session { .. } | Target::Rotations { .. } => Scope::Session,
            Target::Subject { .. } => Scope::Subject,
            Target::Key { .. } => Scope::Key,
            Target::Everyone { .. } => Scope::Everyone,
        }
    }
}

/// Where revocations are written down so that nothing forgets them.
///
/// Whoever writes to a log over a network awaits it in his own way and makes the [`LogAnswer`] with its constructors afterwards; this trait is for logs
/// that can answer at once.
pub trait RevocationLog {
    /// Writes it down and answers. It is recorded when the answer says accepted or already out, and not otherwise.
    ///
    /// `now` is the clock of whoever calls, as everywhere.
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer;
}

/// What the log said about one [`Revocation`]. It is used up by what it allows.
#[derive(PartialEq, Eq, Debug)]
#[must_use = "the log may have refused"]
pub struct LogAnswer {
    target: Target,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Accepted,
    AlreadyOut,
    Refused,
    QuotaReached,
}

impl LogAnswer {
    /// The log holds it now, durably, and nothing that it held before covered it.
    ///
    /// For those who write logs. Saying so of a session that was out already lets an elevation escape a log-out on another node.
    pub fn accepted(revocation: &Revocation) -> Self {
        Self { target: revocation.target.clone(), outcome: Outcome::Accepted }
    }

    /// The log holds it now, and what it covers was out before.
    pub fn already_out(revocation: &Revocation) -> Self {
        Self { target: revocation.target.clone(), outcome: Outcome::AlreadyOut }
    }

    /// The log does not hold it: full, out of reach, or over a quota.
    pub fn refused(revocation: &Revocation) -> Self {
        Self { target: revocation.target.clone(), outcome: Outcome::Refused }
    }

    /// The log does not hold it, because it holds as many sessions of this subject as one subject may have.
    pub fn quota_reached(revocation: &Revocation) -> Self {
        Self { target: revocation.target.clone(), outcome: Outcome::QuotaReached }
    }

    /// Whether it is not recorded because its subject has too many sessions in the log. The application may then raise the subject's cut-off
    /// ([`Revocation::operator_subject`]), which ends all of its sessions with one row. The log does not do that by itself: behind one subject there may be many people
    /// ("guest").
    #[must_use]
    pub const fn is_quota_reached(&self) -> bool {
        matches!(self.outcome, Outcome::QuotaReached)
    }

    /// Whether the revocation is in the log now.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        matches!(self.outcome, Outcome::Accepted | Outcome::AlreadyOut)
    }

    /// Whether what it covers was out before.
    #[must_use]
    pub const fn was_already_out(&self) -> bool {
        matches!(self.outcome, Outcome::AlreadyOut)
    }

    /// Whether this is the answer to that revocation.
    #[must_use]
    pub fn is_about(&self, revocation: &Revocation) -> bool {
        self.target == revocation.target
    }
}
