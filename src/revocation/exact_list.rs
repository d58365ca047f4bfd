//! A list that knows no tricks: for one process, tests and small services.

use alloc::collections::{BTreeMap, BTreeSet};

use super::{
    Answer, Facts, Freshness, Grounds, LogAnswer, Origin, Revocation, RevocationLog, Revocations, Target,
};
use crate::error::Scope;
use crate::policy::Policy;
use crate::values::{KeyId, Seconds, SessionId, Subject, Timestamp, TokenId};

/// Every revocation, one by one, in memory: [`Revocations`] and [`RevocationLog`] in one.
///
/// It fits a service that is one process, and tests. There is one list, and it is always complete: it cannot be cloned, but shared behind
/// `Arc<RwLock<ExactList>>` and changed while verifiers read it. For another node take a [`copy`](ExactList::copy), which knows how old it is. Restarting the
/// process loses the list: keep what must survive somewhere else and record it again at the start.
///
/// ```
/// use safeconduct::{ExactList, Revocation, RevocationLog, SessionId, Timestamp};
/// let mut list = ExactList::new();
/// let id: SessionId = "0102030405060708090a0b0c".parse()?;
/// let answer = list.record(&Revocation::operator_session(id, Timestamp::MAX), Timestamp::from_unix(1_800_000_000)?);
/// assert!(answer.is_recorded() && !answer.was_already_out());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct ExactList {
    rows: Rows,
    /// Rows have been dropped that were not needed any more at this moment; no verification may be judged as if it were earlier.
    forgotten_to: Timestamp,
}

/// A copy of an [`ExactList`] for another node: it answers, but nothing can be recorded in it.
#[derive(Clone, Debug)]
pub struct ExactCopy {
    rows: Rows,
    freshness: Freshness,
    not_after: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Rows {
    everyone_before: Option<Timestamp>,
    keys: BTreeSet<KeyId>,
    subjects: BTreeMap<Subject, Timestamp>,
    sessions: BTreeMap<SessionId, SessionRow>,
    /// Sessions that have retired rotations: the least that is good, and when the row is not needed any more.
    retired: BTreeMap<SessionId, (u32, Timestamp)>,
    /// Each with the moment from which on it is not needed.
    tokens: BTreeMap<(SessionId, TokenId), Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct SessionRow {
    /// From then on the row is not needed.
    until: Timestamp,
    /// The session that an elevation put in the place of this one.
    successor: Option<SessionId>,
}

impl ExactList {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy for another node, as fresh as that says. From `not_after` on it answers [`Answer::Stale`].
    #[must_use]
    pub fn copy(&self, freshness: Freshness, not_after: Timestamp) -> ExactCopy {
        ExactCopy { rows: self.rows.clone(), freshness, not_after }
    }

    /// The latest cut-off that concerns a subject, if there is one: for the subject's next [`Grant`](crate::Grant) and for
    /// [`Policy::cut_off`](crate::Policy::cut_off).
    #[must_use]
    pub fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.rows.cut_off(subject)
    }

    /// How many sessions, tokens and subjects are listed.
    #[must_use]
    pub fn count(&self) -> usize {
        let Rows { sessions, tokens, subjects, .. } = &self.rows;
        sessions.len().saturating_add(tokens.len()).saturating_add(subjects.len())
    }

    /// Drops what no session can need any more at `now`: sessions and tokens that have ended by themselves, and cut-offs of subjects that are older than the
    /// longest session under this policy (the one with the longest sessions, if there are several). Call it now and then, or the list only grows.
    ///
    /// From then on every token is judged as if it were at least `now`, so that a clock that is behind does not bring back what was dropped.
    pub fn forget_ended(&mut self, now: Timestamp, policy: &Policy) {
        self.rows.sessions.retain(|_, row| row.until > now);
        self.rows.tokens.retain(|_, until| *until > now);
        self.rows.retired.retain(|_, (_, until)| *until > now);
        self.rows.subjects.retain(|_, before| before.saturating_add(policy.longest_session()) > now);
        self.forgotten_to = self.forgotten_to.max(now);
    }
}

impl Rows {
    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.subjects.get(subject).copied().max(self.everyone_before)
    }

    /// The widest scope at which a session or its token is out, looked at in the order of TOK-37.
    fn is_out(&self, session_id: SessionId, origin: Option<&Origin>) -> Option<Scope> {
        let wide = origin.and_then(|origin| self.wide(&origin.subject, origin.key_id, origin.started_at));
        wide.or_else(|| self.narrow(session_id, origin.map(|origin| origin.token_id)))
    }

    /// Everyone, key and subject.
    fn wide(&self, subject: &Subject, key_id: KeyId, started_at: Timestamp) -> Option<Scope> {
        let cut = |before: Option<Timestamp>| before.is_some_and(|before| started_at < before);
        if cut(self.everyone_before) {
            Some(Scope::Everyone)
        } else if self.keys.contains(&key_id) {
            Some(Scope::Key)
        } else if cut(self.subjects.get(subject).copied()) {
            Some(Scope::Subject)
        } else {
            None
        }
    }

    /// Session and token.
    fn narrow(&self, session_id: SessionId, token_id: Option<TokenId>) -> Option<Scope> {
        if self.sessions.contains_key(&session_id) {
            return Some(Scope::Session);
        }
        let token = token_id.map(|token_id| (session_id, token_id));
        token.is_some_and(|token| self.tokens.contains_key(&token)).then_some(Scope::Token)
    }

    fn was_out(&self, target: &Target) -> bool {
        match target {
            Target::Token { session_id, token_id, .. } => {
                self.sessions.contains_key(session_id) || self.tokens.contains_key(&(*session_id, *token_id))
            }
            Target::Session { session_id, origin, .. } => self.refuses(*session_id, origin.as_ref()),
            Target::Rotations { session_id, least, .. } => {
                self.sessions.contains_key(session_id) || self.least_rotation(*session_id) >= *least
            }
            Target::Subject { subject, before, spared } => {
                let spared_is_out =
                    spared.is_some_and(|spared| self.refuses(spared.session_id, Some(&spared.origin)));
                spared_is_out || self.cut_off(subject) >= Some(*before)
            }
            Target::Key { key_id } => self.keys.contains(key_id),
            Target::Everyone { before } => self.everyone_before >= Some(*before),
        }
    }

    /// Whether the token that a session was presented with is refused, at whatever scope.
    fn refuses(&self, session_id: SessionId, origin: Option<&Origin>) -> bool {
        let retired = origin.is_some_and(|origin| origin.rotation < self.least_rotation(session_id));
        retired || self.is_out(session_id, origin).is_some()
    }

    fn least_rotation(&self, session_id: SessionId) -> u32 {
        self.retired.get(&session_id).map_or(0, |(least, _)| *least)
    }

    fn end_session(&mut self, session_id: SessionId, until: Timestamp) {
        let row = self.sessions.entry(session_id).or_insert(SessionRow { until, successor: None });
        row.until = row.until.max(until);
    }

    /// Ends a session, and whatever elevations have put in its place: a tab that still has the old token means the new session, too.
    fn end_session_and_successors(&mut self, session_id: SessionId, until: Timestamp) {
        let mut next = Some(session_id);
        // A successor is younger than what it succeeds, so there is no circle; the count is for rows that somebody made up.
        for _ in 0..=self.sessions.len() {
            let Some(session_id) = next else { break };
            self.end_session(session_id, until);
            next = self.sessions.get(&session_id).and_then(|row| row.successor);
        }
    }

    fn grounds(&self, facts: &Facts<'_>) -> Grounds {
        Grounds {
            everyone_before: self.everyone_before,
            subject_before: self.subjects.get(facts.subject).copied(),
            least_rotation: self.retired.get(&facts.session_id).map(|(least, _)| *least),
            ..Grounds::default()
        }
    }

    fn answer(&self, facts: &Facts<'_>, freshness: Freshness) -> Answer {
        // Not by way of an `Origin`, for which the subject would be copied in every request.
        let wide = self.wide(facts.subject, facts.key_id, facts.started_at);
        match wide.or_else(|| self.narrow(facts.session_id, Some(facts.token_id))) {
            // Between session and token (TOK-37).
            None | Some(Scope::Token) if facts.rotation < self.least_rotation(facts.session_id) => {
                Answer::Superseded
            }
            Some(scope) => Answer::Revoked(scope),
            None => Answer::Clear(freshness),
        }
    }
}

impl RevocationLog for ExactList {
    fn record(&mut self, revocation: &Revocation, _now: Timestamp) -> LogAnswer {
        let was_out = self.rows.was_out(revocation.target());
        let later = |old: &mut Timestamp, new: Timestamp| *old = (*old).max(new);
        let rows = &mut self.rows;
        match revocation.target() {
            Target::Token { session_id, token_id, until } => {
                later(rows.tokens.entry((*session_id, *token_id)).or_insert(*until), *until);
            }
            Target::Session { session_id, until, superseded_by: Some(successor), .. } => {
                rows.end_session(*session_id, *until);
                // Of two elevations of one session only the first gets its token.
                if let (false, Some(row)) = (was_out, rows.sessions.get_mut(session_id)) {
                    row.successor = Some(*successor);
                }
            }
            Target::Session { session_id, until, .. } => {
                rows.end_session_and_successors(*session_id, *until);
            }
            Target::Rotations { session_id, least, until, .. } => {
                let row = rows.retired.entry(*session_id).or_insert((*least, *until));
                *row = (row.0.max(*least), row.1.max(*until));
            }
            Target::Subject { subject, before, spared } => {
                if let (Some(spared), false) = (spared, was_out) {
                    rows.end_session(spared.session_id, spared.until);
                    if let Some(row) = rows.sessions.get_mut(&spared.session_id) {
                        row.successor = Some(spared.successor);
                    }
                }
                later(rows.subjects.entry(*subject).or_insert(*before), *before);
            }
            Target::Key { key_id } => {
                rows.keys.insert(*key_id);
            }
            Target::Everyone { before } => {
                rows.everyone_before = rows.everyone_before.max(Some(*before));
            }
        }
        if was_out { LogAnswer::already_out(revocation) } else { LogAnswer::accepted(revocation) }
    }
}

impl Revocations for ExactList {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.rows.answer(facts, Freshness::new(now.max(self.forgotten_to), Seconds::ZERO))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.rows.cut_off(subject)
    }

    fn grounds(&self, facts: &Facts<'_>, _: Timestamp) -> Option<Grounds> {
        Some(self.rows.grounds(facts))
    }
}

impl Revocations for ExactCopy {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        if now >= self.not_after { Answer::Stale } else { self.rows.answer(facts, self.freshness) }
    }

    fn check_however_old(&self, facts: &Facts<'_>, _: Timestamp) -> Answer {
        self.rows.answer(facts, self.freshness.without_minting())
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.rows.cut_off(subject)
    }

    fn grounds(&self, facts: &Facts<'_>, _: Timestamp) -> Option<Grounds> {
        Some(Grounds {
            complete_to: Some(self.freshness.complete_to()),
            not_after: Some(self.not_after),
            ..self.rows.grounds(facts)
        })
    }
}
