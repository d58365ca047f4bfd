//! Logging in, stepping up and logging out: what has to be written down first, and what the browser gets then.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::{CookieTooLarge, Generation, Slot};
use crate::error::{MintError, Reason};
use crate::issuer::{PendingElevation, PendingReissue};
use crate::revocation::{LogAnswer, Revocation, RevocationLog};
use crate::session::Session;
use crate::values::{SessionId, Timestamp};

/// A change of session that waits for the log: the sessions that the browser had end first.
///
/// It is for logs that are awaited: hand [`revocations`](Change::revocations) to the log in your own way, and the answers to
/// [`Exchange::commit`](super::Exchange::commit). For logs that answer at once there are `log_in`, `elevate` and `log_out`.
#[must_use = "nothing has changed before it is committed"]
pub struct Change<C> {
    pub(super) leaving: Vec<(SessionId, Revocation)>,
    pub(super) next: Next<C>,
}

pub(super) enum Next<C> {
    Enter(Entrance<C>),
    Elevate(Box<PendingElevation>, Entrance<C>),
    EndOthers(Box<PendingReissue>, Entrance<C>),
    Leave,
}

/// A new session and how its token gets to the client.
pub(super) struct Entrance<C> {
    pub(super) session: Arc<Session<C>>,
    pub(super) way: Way,
}

pub(super) enum Way {
    Cookie(Slot, Generation, Zeroizing<String>),
    Bearer(&'static str, Zeroizing<String>),
}

impl<C> Change<C> {
    /// What the log has to take, in this order. There may be nothing: a browser without a session logs in.
    pub fn revocations(&self) -> impl Iterator<Item = &Revocation> {
        self.leaving.iter().map(|(_, revocation)| revocation)
    }

    pub(super) fn record(&self, log: &mut (impl RevocationLog + ?Sized), now: Timestamp) -> Vec<LogAnswer> {
        self.revocations().map(|revocation| log.record(revocation, now)).collect()
    }
}

impl<C> fmt::Debug for Change<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("leaving", &self.leaving.len()).finish_non_exhaustive()
    }
}

/// Why a session was not changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ChangeError {
    /// No session to step up from.
    NoSession,
    /// Another site made the browser send this request.
    Foreign,
    /// No token was made, or the log did not take what had to end ([`MintError::NotLogged`]).
    Mint(MintError),
    /// The token does not fit into a cookie: the application's claims are too long.
    TooLarge(CookieTooLarge),
    /// Our own verifier refuses the new token: issuer and verifier differ in ring, context, policy, kind or schema, or the revocation data is stale.
    Refused(Reason),
    /// There is no way to give the client a token: no cookie is set up, or no header for bearer tokens.
    NoWay,
    /// The response has gone out already.
    TooLate,
}

impl ChangeError {
    /// The status to answer with: 401, 403, 503 if the log or the revocation data is not there, 500 for faults of the set-up.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoSession | Self::Mint(MintError::AlreadyOut) => 401,
            Self::Foreign => 403,
            Self::Mint(MintError::NotLogged | MintError::Stale)
            | Self::Refused(Reason::SnapshotStale | Reason::SnapshotDamaged) => 503,
            Self::Mint(_) | Self::TooLarge(_) | Self::Refused(_) | Self::NoWay | Self::TooLate => 500,
        }
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSession => f.write_str("there is no session to step up from"),
            Self::Foreign => f.write_str("the request comes from another site"),
            Self::Mint(why) => write!(f, "{why}"),
            Self::TooLarge(why) => write!(f, "{why}"),
            Self::Refused(why) => write!(f, "the new token is refused by our own verifier: {why}"),
            Self::NoWay => f.write_str("there is no way to give the client a token"),
            Self::TooLate => f.write_str("the response has gone out already"),
        }
    }
}

impl core::error::Error for ChangeError {}

impl From<MintError> for ChangeError {
    fn from(why: MintError) -> Self {
        Self::Mint(why)
    }
}

impl From<CookieTooLarge> for ChangeError {
    fn from(why: CookieTooLarge) -> Self {
        Self::TooLarge(why)
    }
}
