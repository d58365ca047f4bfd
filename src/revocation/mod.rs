//! WHO IS OUT: the question that every verification asks, and what is written down when somebody leaves.

#[cfg(feature = "alloc")]
mod exact_list;
mod log;

#[cfg(feature = "alloc")]
pub use exact_list::{ExactCopy, ExactList};
pub use log::{LogAnswer, Origin, Revocation, RevocationLog, Target};

use crate::error::Scope;
use crate::values::{KeyId, Kind, Seconds, SessionId, Subject, Timestamp, TokenId};

/// Knows who is out. A verifier asks it about every token that is authentic and inside its deadlines.
///
/// `check` answers for all scopes at once and says how fresh the answer is, so that the two cannot come from different data.
/// Scopes are to be looked at in the order of SPEC TOK-37, widest first. It must not block: it is called on every request.
#[diagnostic::on_unimplemented(
    message = "the revocation question is not answered: `{Self}` does not say who is logged out",
    label = "a verifier cannot verify before it knows about revocation",
    note = "call `.revocations(..)` on the verifier, with an `ExactList` for example",
    note = "or `.dangerous_without_revocation()`, if nobody ever logs out"
)]
pub trait Revocations {
    /// What is known about this token at `now`.
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer;
}

/// What revocation may depend on: everything in it is authentic.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// Kind of the token.
    pub kind: Kind,
    /// The key it is under.
    pub key_id: KeyId,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// The token itself.
    pub token_id: TokenId,
    /// Whose session it is.
    pub subject: &'a Subject,
    /// When the session began; kept by rotation. Cut-offs compare with this.
    pub started_at: Timestamp,
    /// When the token was minted.
    pub issued_at: Timestamp,
    /// The token's idle deadline.
    pub expires_at: Timestamp,
    /// The session's absolute end.
    pub ends_at: Timestamp,
    /// How often the session had been rotated.
    pub rotation: u32,
}

impl Facts<'_> {
    /// The facts that decide whether a wider revocation has ended the session already.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        Origin {
            subject: *self.subject,
            started_at: self.started_at,
            key_id: self.key_id,
            token_id: self.token_id,
        }
    }
}

/// The answer of [`Revocations::check`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// Nothing is known against the token, up to this freshness.
    Clear(Freshness),
    /// Revoked, at the widest scope that matches.
    Revoked(Scope),
    /// A later rotation retired it.
    Superseded,
    /// The data is too old to say, and the policy is to fail closed.
    Stale,
    /// The data is damaged at the place that matters.
    Damaged,
}

/// How far a [`Clear`](Answer::Clear) reaches. Rotation and elevation depend on it (ISS-06).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Freshness {
    complete_to: Timestamp,
    staleness_bound: Seconds,
    known: bool,
}

impl Freshness {
    /// The data holds every revocation accepted before `complete_to`, and new tokens may be minted on its word for
    /// `staleness_bound` after that.
    #[must_use]
    pub const fn new(complete_to: Timestamp, staleness_bound: Seconds) -> Self {
        Self { complete_to, staleness_bound, known: true }
    }

    /// Of an answer that nobody has given: nothing is known.
    pub(crate) const fn unknown() -> Self {
        Self { complete_to: Timestamp::MIN, staleness_bound: Seconds::ZERO, known: false }
    }

    pub(crate) fn known(self) -> Option<Self> {
        self.known.then_some(self)
    }

    /// Every revocation accepted before this moment is in the data.
    #[must_use]
    pub const fn complete_to(&self) -> Timestamp {
        self.complete_to
    }

    /// Whether new tokens may still be minted at `now`: `now − complete_to` is at most the staleness bound.
    #[must_use]
    pub fn allows_minting(&self, now: Timestamp) -> bool {
        now.seconds_since(self.complete_to) <= u64::from(self.staleness_bound.get())
    }
}

impl<V: Revocations + ?Sized> Revocations for &V {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        (**self).check(facts, now)
    }
}

#[cfg(feature = "alloc")]
impl<V: Revocations + ?Sized> Revocations for alloc::sync::Arc<V> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        (**self).check(facts, now)
    }
}

#[cfg(feature = "alloc")]
impl<V: Revocations + ?Sized> Revocations for alloc::boxed::Box<V> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        (**self).check(facts, now)
    }
}

/// For lists that change while verifiers read them. A poisoned lock refuses.
#[cfg(feature = "std")]
impl<L: RevocationLog> RevocationLog for &std::sync::RwLock<L> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        match self.write() {
            Ok(mut log) => log.record(revocation, now),
            Err(_) => LogAnswer::refused(revocation),
        }
    }
}

/// As for `&RwLock`.
#[cfg(feature = "std")]
impl<L: RevocationLog> RevocationLog for alloc::sync::Arc<std::sync::RwLock<L>> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        (&**self).record(revocation, now)
    }
}

/// For lists that change while verifiers read them. A poisoned lock answers [`Answer::Damaged`].
#[cfg(feature = "std")]
impl<V: Revocations> Revocations for std::sync::RwLock<V> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.read().map_or(Answer::Damaged, |list| list.check(facts, now))
    }
}
