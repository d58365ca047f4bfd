//! A node: its clock, what it has of the log, how it judges tokens and what it mints.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::log::Version;
use super::{LONGEST_TOKEN, Rules, SKEW, Time};

/// One session in the model.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub subject: usize,
    pub started_at: Time,
    pub ends_at: Time,
    /// The first version with a row against it, and the `mint_until` of that row.
    pub revoked: Option<(usize, Time)>,
}

/// One token in the model.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub session: usize,
    pub issued_at: Time,
    pub expires_at: Time,
    /// The version on whose word it was minted, if that was fresh enough to mint on.
    pub minted_on: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Accepted,
    FromTheFuture,
    Over,
    Idle,
    Stale,
    Subject,
    Session,
    TooLong,
}

/// What a node has: the rows of a snapshot and of the deltas after it, under the numbers of the last document.
#[derive(Clone, Debug)]
pub struct View {
    pub number: usize,
    pub version: Rc<Version>,
    sessions: BTreeSet<usize>,
    subjects: BTreeMap<usize, Time>,
}

impl View {
    pub fn snapshot(number: usize, version: &Rc<Version>) -> Self {
        let subjects = version.subjects.iter().map(|(subject, row)| (*subject, row.before)).collect();
        let sessions = version.sessions.keys().copied().collect();
        Self { number, version: Rc::clone(version), sessions, subjects }
    }

    /// Adds what `version` has and `base` had not.
    pub fn apply(&mut self, base: &Version, number: usize, version: &Rc<Version>) {
        self.sessions.extend(version.sessions.keys().filter(|session| !base.sessions.contains_key(session)));
        for (subject, row) in &version.subjects {
            if base.subjects.get(subject).is_none_or(|had| had.before < row.before) {
                let before = self.subjects.entry(*subject).or_default();
                *before = row.before.max(*before);
            }
        }
        (self.number, self.version) = (number, Rc::clone(version));
    }

    fn allows_minting(&self, now: Time) -> bool {
        now <= self.version.complete_to + self.version.staleness_bound
    }
}

#[derive(Clone, Debug)]
pub struct Node {
    /// Its clock minus the true time.
    pub ahead: i64,
    pub view: Option<View>,
}

impl Node {
    pub fn now(&self, time: Time) -> Time {
        time.saturating_add_signed(self.ahead)
    }

    /// SPEC section 7, as far as it depends on time and revocation.
    pub fn judge(&self, token: &Token, session: &Session, now: Time, rules: &Rules) -> Verdict {
        if token.issued_at > now + SKEW {
            return Verdict::FromTheFuture;
        }
        if let Some(over) = Self::over(token, session, now) {
            return over;
        }
        let Some(view) = &self.view else { return Verdict::Stale };
        let version = &view.version;
        if now.max(version.complete_to) >= version.not_after() {
            return Verdict::Stale;
        }
        if view.subjects.get(&session.subject).is_some_and(|before| session.started_at < *before) {
            return Verdict::Subject;
        }
        if view.sessions.contains(&token.session) {
            return Verdict::Session;
        }
        if token.expires_at - token.issued_at > version.longest_token() {
            return Verdict::TooLong;
        }
        let effective = if rules.effective_time { now.max(version.complete_to) } else { now };
        Self::over(token, session, effective).unwrap_or(Verdict::Accepted)
    }

    fn over(token: &Token, session: &Session, now: Time) -> Option<Verdict> {
        if now >= session.ends_at {
            return Some(Verdict::Over);
        }
        (now >= token.expires_at).then_some(Verdict::Idle)
    }

    /// The successor of a token that was accepted, or nothing if the data are too old.
    pub fn rotate(&self, token: &Token, session: &Session, now: Time, rules: &Rules) -> Option<Token> {
        let view = self.view.as_ref()?;
        if rules.staleness_bound && !view.allows_minting(now) {
            return None;
        }
        let issued_at = now.max(token.issued_at);
        let life = LONGEST_TOKEN.min(view.version.token_life());
        let expires_at = (issued_at + life).min(session.ends_at);
        let minted_on = view.allows_minting(now).then_some(view.number);
        (issued_at < session.ends_at).then_some(Token { issued_at, expires_at, minted_on, ..*token })
    }

    /// When a session begins that somebody logs in to at `now`, how long its first token lives, and the version that says so. An issuer that is not aware of the data
    /// takes what its policy has.
    pub fn login(&self, subject: usize, now: Time, is_aware: bool) -> (Time, u64, Option<usize>) {
        let Some(view) = self.view.as_ref().filter(|_| is_aware) else { return (now, LONGEST_TOKEN, None) };
        let cut_off = view.subjects.get(&subject).copied().unwrap_or(0);
        let life = LONGEST_TOKEN.min(view.version.token_life());
        (now.max(cut_off), life, view.allows_minting(now).then_some(view.number))
    }
}
