//! WHO IS OUT: the question that every verification asks, and what is written down when somebody leaves.

#[cfg(feature = "alloc")]
mod exact_list;
mod grounds;
mod log;
mod shared;
#[cfg(feature = "signatures")]
mod signed;

#[cfg(feature = "alloc")]
pub use exact_list::{ExactCopy, ExactList};
pub use grounds::Grounds;
pub use log::{LogAnswer, Origin, Revocation, RevocationLog, Spared, Target};
#[cfg(all(feature = "alloc", feature = "signatures"))]
pub(crate) use signed::{Anatomy, Page, judge, judge_after};
#[cfg(feature = "signatures")]
pub use signed::{CoarseSnapshot, Floors, Snapshot, SnapshotError, SnapshotKeys};
#[cfg(all(feature = "alloc", feature = "signatures"))]
pub use signed::{Commit, Journal, JournalError, JournalSettings, SnapshotSigner};
#[cfg(all(feature = "std", feature = "signatures"))]
pub(crate) use signed::{Digest, Outline};

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

    /// The same from data that are too old: what they say against a token is still true. Asked by verifiers that were told to go on with old data
    /// ([`dangerous_fail_open`](crate::Verifier::dangerous_fail_open)) where `check` has answered [`Answer::Stale`]. If there are no data at all, the answer is
    /// `Stale` again.
    ///
    /// Nothing may be minted on its word, so the [`Freshness`] of a clear answer is [`without_minting`](Freshness::without_minting).
    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.check(facts, now)
    }

    /// The latest cut-off that concerns a subject, its own or everyone's, as far as these data know. A new session of the subject begins at it, and so
    /// [`Issuer::issue_beside`](crate::Issuer::issue_beside) lets people log in again right after "log out everywhere".
    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        let _ = subject;
        None
    }

    /// What the answer to [`check`](Self::check) goes by, for [`inspect::explain`](crate::inspect::explain). Nothing depends on it, and requests do not ask for it.
    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        let _ = (facts, now);
        None
    }
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
            issued_at: self.issued_at,
            rotation: self.rotation,
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
    /// The token lives longer than the data reckon with: a revocation of it might have been dropped already (REV-12). A new one may live so long.
    TooLong(Seconds),
}

/// How far a [`Clear`](Answer::Clear) reaches. Rotation and elevation depend on it (ISS-06).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Freshness {
    /// The latest of all data that were asked: deadlines are judged as if it were at least this moment.
    complete_to: Timestamp,
    /// The last moment at which a new token may be minted; `None` if none may, whatever the clock says.
    mint_until: Option<Timestamp>,
    token_life: Seconds,
    known: bool,
}

impl Freshness {
    /// The data holds every revocation accepted before `complete_to`, and new tokens may be minted on its word for
    /// `staleness_bound` after that.
    #[must_use]
    pub const fn new(complete_to: Timestamp, staleness_bound: Seconds) -> Self {
        let mint_until = Some(complete_to.saturating_add(staleness_bound));
        Self { complete_to, mint_until, token_life: Seconds::MAX, known: true }
    }

    /// No new token may be minted on the word of these data, not even by a node whose clock is behind them.
    #[must_use]
    pub const fn without_minting(mut self) -> Self {
        self.mint_until = None;
        self
    }

    /// New tokens may live so long, and no longer.
    #[must_use]
    pub const fn token_life(mut self, longest: Seconds) -> Self {
        self.token_life = longest;
        self
    }

    /// Of an answer that nobody has given: nothing is known.
    pub(crate) const fn unknown() -> Self {
        Self { complete_to: Timestamp::MIN, mint_until: None, token_life: Seconds::MAX, known: false }
    }

    pub(crate) const fn known(self) -> Option<Self> {
        if self.known { Some(self) } else { None }
    }

    /// Of two data that were both asked: the stricter of each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            complete_to: self.complete_to.max(other.complete_to),
            // `None` is the least.
            mint_until: self.mint_until.min(other.mint_until),
            token_life: self.token_life.min(other.token_life),
            known: self.known && other.known,
        }
    }

    /// Every revocation accepted before this moment is in the data; deadlines are judged as if it were at least this moment (TOK-38).
    #[must_use]
    pub const fn complete_to(&self) -> Timestamp {
        self.complete_to
    }

    /// The longest that a new token may live.
    #[must_use]
    pub const fn longest_new_token(&self) -> Seconds {
        self.token_life
    }

    /// Whether new tokens may still be minted at `now`: `now − complete_to` is at most the staleness bound.
    #[must_use]
    pub fn allows_minting(&self, now: Timestamp) -> bool {
        self.known && self.mint_until.is_some_and(|last| now <= last)
    }
}
