//! What a request proves about each of the places that a token can be in.

use alloc::boxed::Box;
use alloc::sync::Arc;

use super::Generation;
use super::SessionSource;
use super::cookie::MARK;
use super::incoming::Field;
use crate::error::{Reason, Rejected};
use crate::revocation::{Revocation, Target};
use crate::session::{Departing, Session};
use crate::values::{SessionId, Timestamp};

/// What is in a slot, or behind a bearer token.
pub(super) enum Evidence<C> {
    Nothing,
    /// Not a token of ours.
    Garbage,
    /// The mark of a session that left.
    Left,
    /// Authentic and not good any more. Revoked already, or not: idle for example.
    Dead {
        token: Box<Departing>,
        revoked: bool,
    },
    Live(Arc<Session<C>>),
}

/// A slot of the cookie, or the place of a bearer token, which has no generation.
pub(super) struct Place<C> {
    pub(super) evidence: Evidence<C>,
    pub(super) generation: Generation,
}

impl<C> Place<C> {
    pub(super) const EMPTY: Self = Self { evidence: Evidence::Nothing, generation: Generation::NONE };

    /// What a cookie holds, and why that was refused.
    pub(super) fn of_cookie(
        source: &dyn SessionSource<C>,
        field: Field<'_>,
        now: Timestamp,
    ) -> (Self, Option<Reason>) {
        let Field::One(value) = field else {
            let (evidence, why) = Evidence::of(source, field, now);
            return (Self { evidence, ..Self::EMPTY }, why);
        };
        let (text, generation) = Generation::split(value);
        let (evidence, why) = match text {
            MARK => (Evidence::Left, None),
            // A token without a generation was not set by us (WEB-09).
            _ if generation == Generation::NONE => (Evidence::Garbage, Some(Reason::Malformed)),
            text => Evidence::of(source, Field::One(text), now),
        };
        (Self { evidence, generation }, why)
    }

    pub(super) const fn live(&self) -> Option<&Arc<Session<C>>> {
        match &self.evidence {
            Evidence::Live(session) => Some(session),
            _ => None,
        }
    }

    /// What makes one place the higher (WEB-09).
    pub(super) const fn height(&self) -> (Generation, bool) {
        (self.generation, self.live().is_some())
    }

    /// What makes one live session newer than another (WEB-08).
    ///
    /// A session that began right after a cut-off says that it began a little later than it did; no token of it is older than it really is.
    pub(super) fn newness(&self, session: &Session<C>) -> (Generation, Timestamp, Timestamp) {
        let began_at = session.started_at().min(session.issued_at());
        (self.generation, began_at, session.issued_at())
    }
}

impl<C> Evidence<C> {
    /// What a field holds that has nothing but a token in it, and why that was refused.
    pub(super) fn of(
        source: &dyn SessionSource<C>,
        field: Field<'_>,
        now: Timestamp,
    ) -> (Self, Option<Reason>) {
        let text = match field {
            Field::Absent => return (Self::Nothing, None),
            Field::Unusable => return (Self::Garbage, Some(Reason::Malformed)),
            Field::One(text) => text,
        };
        match source.verify(text, now) {
            Ok(session) => (Self::Live(Arc::new(session)), None),
            Err(rejected) => (Self::refused(source, text, rejected, now), Some(rejected.reason())),
        }
    }

    fn refused(source: &dyn SessionSource<C>, text: &str, rejected: Rejected, now: Timestamp) -> Self {
        let reason = rejected.reason();
        // What anybody can send is not opened a second time.
        let departing = (!reason.anybody_can_provoke()).then(|| source.departing(text, now).ok());
        let revoked = matches!(reason, Reason::Revoked(_));
        departing.flatten().map_or(Self::Garbage, |token| Self::Dead { token: Box::new(token), revoked })
    }

    /// The session that was in there and is not good any more.
    pub(super) fn dead_session(&self) -> Option<SessionId> {
        let Self::Dead { token, .. } = self else { return None };
        id_of(token)
    }

    /// What ends the session, unless it has been ended (WEB-10).
    pub(super) fn to_be_revoked(&self) -> Option<(SessionId, Revocation)> {
        match self {
            Self::Live(session) => Some((session.session_id(), session.revocation())),
            Self::Dead { token, revoked: false } => Some((id_of(token)?, token.revocation().clone())),
            _ => None,
        }
    }
}

/// The revocation of one session names it.
fn id_of(token: &Departing) -> Option<SessionId> {
    match token.revocation().target() {
        Target::Session { session_id, .. } => Some(*session_id),
        _ => None,
    }
}
