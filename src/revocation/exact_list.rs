//! A list that forgets nothing and knows no tricks: for one process, tests and small services.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Answer, Facts, Freshness, LogAnswer, Origin, Revocation, RevocationLog, Revocations, Target};
use crate::error::Scope;
use crate::values::{KeyId, Seconds, SessionId, Subject, Timestamp, TokenId};

/// Every revocation, one by one, in memory: [`Revocations`] and [`RevocationLog`] in one.
///
/// It fits a service that is one process, and tests. Behind `Arc<RwLock<ExactList>>` it can be changed while verifiers read it. Restarting the process loses
/// it: keep what must survive somewhere else and record it again at the start.
///
/// ```
/// use safeconduct::{ExactList, Revocation, RevocationLog, SessionId, Timestamp};
/// let mut list = ExactList::new();
/// let id: SessionId = "0102030405060708090a0b0c".parse()?;
/// let answer = list.record(&Revocation::operator_session(id, Timestamp::MAX));
/// assert!(answer.is_recorded() && !answer.was_already_out());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExactList {
    /// For a copy: how far it is complete and until when it may be used. The one and only list is complete at any time.
    copied: Option<(Freshness, Timestamp)>,
    everyone_before: Option<Timestamp>,
    keys: Vec<KeyId>,
    subjects: BTreeMap<Subject, Timestamp>,
    /// Sessions, tokens: each with the moment from which on it is not needed.
    sessions: BTreeMap<SessionId, Timestamp>,
    tokens: BTreeMap<(SessionId, TokenId), Timestamp>,
}

impl ExactList {
    /// An empty list which is the only place where revocations are recorded, and so always complete.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This list as a copy of one that is kept elsewhere, as fresh as that says. From `not_after` on it answers [`Answer::Stale`].
    #[must_use]
    pub fn as_copy(mut self, freshness: Freshness, not_after: Timestamp) -> Self {
        self.copied = Some((freshness, not_after));
        self
    }

    /// The latest cut-off that concerns a subject, if there is one: give it to the subject's next [`Grant`](crate::Grant).
    #[must_use]
    pub fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.subject_cut_off(subject).max(self.everyone_before)
    }

    /// How many sessions, tokens and subjects are listed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sessions.len().saturating_add(self.tokens.len()).saturating_add(self.subjects.len())
    }

    /// Drops what no session can need any more at `now`: sessions and tokens that have ended by themselves, and cut-offs of subjects that are older than the
    /// longest session. Call it now and then, or the list only grows.
    pub fn forget_ended(&mut self, now: Timestamp, longest_session: Seconds) {
        self.sessions.retain(|_, until| *until > now);
        self.tokens.retain(|_, until| *until > now);
        self.subjects.retain(|_, before| before.saturating_add(longest_session) > now);
    }

    fn subject_cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.subjects.get(subject).copied()
    }

    /// The widest scope at which a session or its token is out, looked at in the order of TOK-37.
    fn is_out(&self, session_id: SessionId, origin: Option<&Origin>) -> Option<Scope> {
        if let Some(origin) = origin {
            let cut = |before: Option<Timestamp>| before.is_some_and(|before| origin.started_at < before);
            if cut(self.everyone_before) {
                return Some(Scope::Everyone);
            }
            if self.keys.contains(&origin.key_id) {
                return Some(Scope::Key);
            }
            if cut(self.subject_cut_off(&origin.subject)) {
                return Some(Scope::Subject);
            }
        }
        if self.sessions.contains_key(&session_id) {
            return Some(Scope::Session);
        }
        let token = origin.map(|origin| (session_id, origin.token_id));
        token.is_some_and(|token| self.tokens.contains_key(&token)).then_some(Scope::Token)
    }

    fn was_out(&self, target: &Target) -> bool {
        match target {
            Target::Token { session_id, token_id, .. } => {
                self.sessions.contains_key(session_id) || self.tokens.contains_key(&(*session_id, *token_id))
            }
            Target::Session { session_id, origin, .. } => self.is_out(*session_id, origin.as_ref()).is_some(),
            Target::Subject { subject, before } => self.cut_off(subject) >= Some(*before),
            Target::Key { key_id } => self.keys.contains(key_id),
            Target::Everyone { before } => self.everyone_before >= Some(*before),
        }
    }
}

impl RevocationLog for ExactList {
    fn record(&mut self, revocation: &Revocation) -> LogAnswer {
        let was_out = self.was_out(revocation.target());
        let later = |old: &mut Timestamp, new: Timestamp| *old = (*old).max(new);
        match revocation.target() {
            Target::Token { session_id, token_id, until } => {
                later(self.tokens.entry((*session_id, *token_id)).or_insert(*until), *until);
            }
            Target::Session { session_id, until, .. } => {
                later(self.sessions.entry(*session_id).or_insert(*until), *until);
            }
            Target::Subject { subject, before } => {
                later(self.subjects.entry(*subject).or_insert(*before), *before);
            }
            Target::Key { key_id } if !was_out => self.keys.push(*key_id),
            Target::Key { .. } => {}
            Target::Everyone { before } => self.everyone_before = self.everyone_before.max(Some(*before)),
        }
        if was_out { LogAnswer::already_out(revocation) } else { LogAnswer::accepted(revocation) }
    }
}

impl Revocations for ExactList {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        let freshness = match self.copied {
            Some((_, not_after)) if now >= not_after => return Answer::Stale,
            Some((freshness, _)) => freshness,
            None => Freshness::new(now, Seconds::ZERO),
        };
        match self.is_out(facts.session_id, Some(&facts.origin())) {
            Some(scope) => Answer::Revoked(scope),
            None => Answer::Clear(freshness),
        }
    }
}
