//! The log in the model: versions by compare-and-swap, rows and when they die (SPEC sections 9.6 and 9.7).

use std::collections::BTreeMap;

use super::{Rules, Time};

/// What all publishers are told.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub longest_token: u64,
    pub staleness_bound: u64,
    pub validity: u64,
}

/// Rows keep minutes, rounded up.
pub const fn minute(time: Time) -> Time {
    time.div_ceil(60) * 60
}

#[derive(Clone, Copy, Debug)]
pub struct SessionRow {
    pub mint_until: Time,
    until: Time,
}

#[derive(Clone, Copy, Debug)]
pub struct SubjectRow {
    pub before: Time,
    pub mint_until: Time,
}

/// What a publisher is asked to record. Sessions and subjects go by their numbers in the model.
#[derive(Clone, Copy, Debug)]
pub enum Request {
    Session {
        session: usize,
        subject: usize,
        started_at: Time,
        ends_at: Time,
        /// When the token that was shown was minted; nothing if an operator names the session.
        presented: Option<Time>,
        superseded_by: Option<usize>,
    },
    Subject {
        subject: usize,
        before: Time,
    },
}

/// A request, and the clock of the publisher that took it.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub request: Request,
    pub clock: Time,
}

#[derive(Clone, Debug, Default)]
pub struct Version {
    pub issued_at: Time,
    pub complete_to: Time,
    pub mint_until: Time,
    pub staleness_bound: u64,
    validity: u64,
    wanted_token: u64,
    kept_token: u64,
    kept_token_until: Time,
    dropped_mint_until: Time,
    at_once: bool,
    pub sessions: BTreeMap<usize, SessionRow>,
    pub subjects: BTreeMap<usize, SubjectRow>,
    successors: BTreeMap<(usize, usize), Time>,
}

impl Version {
    /// The version after this one, and of each request whether it was out already.
    pub fn next(
        &self,
        now: Time,
        settings: &Settings,
        rules: &Rules,
        requests: &[Taken],
    ) -> (Self, Vec<bool>) {
        let mut next = self.clone();
        next.at_once = !rules.raised_late;
        next.issued_at = self.issued_at.max(now);
        next.complete_to = self.complete_to.max(now);
        next.staleness_bound = settings.staleness_bound;
        next.validity = settings.validity;
        next.mint_until = self.mint_until.max(next.complete_to + settings.staleness_bound);
        next.change_longest_token(settings.longest_token, rules);
        let mut news = News::default();
        let answers = requests.iter().map(|taken| self.take(taken, &mut news)).collect();
        let stamp = |clock: Time| {
            let counted = rules.counted_from_first_version;
            minute(if counted { next.mint_until } else { clock + settings.staleness_bound })
        };
        for (session, (row, clock)) in news.sessions {
            let mint_until = row.mint_until.max(stamp(clock));
            next.sessions.entry(session).or_insert(SessionRow { mint_until, ..row });
        }
        for (subject, (before, clock)) in news.subjects {
            let mint_until = stamp(clock).max(minute(before));
            let row = next.subjects.entry(subject).or_insert(SubjectRow { before, mint_until });
            row.before = row.before.max(before);
            row.mint_until = row.mint_until.max(mint_until);
        }
        next.successors.extend(news.successors);
        next.drop_dead();
        (next, answers)
    }

    fn change_longest_token(&mut self, wanted: u64, rules: &Rules) {
        if wanted < self.wanted_token && rules.lowered_late {
            self.kept_token_until = self.kept_token_until.max(self.mint_until + self.kept_token);
        }
        self.wanted_token = wanted;
        if wanted >= self.kept_token || self.complete_to >= self.kept_token_until {
            self.kept_token = wanted;
        }
    }

    fn drop_dead(&mut self) {
        let (now, longest) = (self.complete_to, self.kept_token);
        let mut dropped = self.dropped_mint_until;
        self.sessions.retain(|_, row| {
            let alive = (row.mint_until + longest).min(row.until) > now;
            if !alive && row.until > now {
                dropped = dropped.max(row.mint_until);
            }
            alive
        });
        self.subjects.retain(|_, row| {
            let alive = row.mint_until + longest > now;
            if !alive {
                dropped = dropped.max(row.mint_until);
            }
            alive
        });
        self.successors.retain(|_, until| *until > now);
        self.dropped_mint_until = dropped;
    }

    /// Takes one request. Whether it was out already, by what this version holds or by what came just before.
    fn take(&self, taken: &Taken, news: &mut News) -> bool {
        match taken.request {
            Request::Subject { subject, before } => {
                if self.cut_off(subject).max(news.cut_off(subject)) >= Some(before) {
                    return true;
                }
                news.subjects.insert(subject, (before, taken.clock));
                false
            }
            Request::Session { session, subject, started_at, ends_at, presented, superseded_by } => {
                let known = |session: &usize, news: &News| {
                    self.sessions.contains_key(session) || news.sessions.contains_key(session)
                };
                let row = SessionRow { mint_until: minute(presented.unwrap_or(0)), until: minute(ends_at) };
                if presented.is_some() && self.cut_off(subject).max(news.cut_off(subject)) > Some(started_at)
                {
                    // No row for what is cut off anyhow; but what goes on in its place is over, too (REV-24).
                    if superseded_by.is_none() {
                        for last in self.last_successors(session, news) {
                            news.add(self, last, row, taken.clock);
                        }
                    }
                    return true;
                }
                let was_out = known(&session, news);
                if let Some(successor) = superseded_by {
                    if !was_out {
                        news.successors.insert((session, successor), minute(ends_at));
                    }
                    news.add(self, session, row, taken.clock);
                } else {
                    let mut open = vec![session];
                    while let Some(session) = open.pop() {
                        news.add(self, session, row, taken.clock);
                        open.extend(self.successors_of(session, news));
                    }
                }
                was_out
            }
        }
    }

    fn cut_off(&self, subject: usize) -> Option<Time> {
        self.subjects.get(&subject).map(|row| row.before)
    }

    fn successors_of(&self, session: usize, news: &News) -> Vec<usize> {
        let pairs = self.successors.keys().chain(news.successors.keys());
        pairs.filter(|(old, _)| *old == session).map(|(_, new)| *new).collect()
    }

    /// Those at the end of the line that begins with this session, without itself.
    fn last_successors(&self, session: usize, news: &News) -> Vec<usize> {
        let (mut open, mut last) = (self.successors_of(session, news), Vec::new());
        while let Some(next) = open.pop() {
            let successors = self.successors_of(next, news);
            if successors.is_empty() {
                last.push(next);
            }
            open.extend(successors);
        }
        last
    }

    pub const fn not_after(&self) -> Time {
        self.issued_at + self.validity
    }

    pub fn header(&self) -> Header {
        Header {
            issued_at: self.issued_at,
            complete_to: self.complete_to,
            not_after: self.not_after(),
            token_life: self.token_life(),
            longest_token: self.longest_token(),
            staleness_bound: self.staleness_bound,
            entries: self.sessions.len() as u64,
            subjects: self.subjects.len() as u64,
        }
    }

    /// The longest token that may be accepted.
    pub fn longest_token(&self) -> u64 {
        if self.at_once {
            return self.kept_token;
        }
        self.kept_token.min(self.complete_to - self.dropped_mint_until)
    }

    /// The longest token that may be minted.
    pub fn token_life(&self) -> u64 {
        self.wanted_token.min(self.longest_token())
    }
}

/// What a version says of itself in the header of its snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    pub issued_at: Time,
    pub complete_to: Time,
    pub not_after: Time,
    pub token_life: u64,
    pub longest_token: u64,
    pub staleness_bound: u64,
    pub entries: u64,
    pub subjects: u64,
}

/// Rows that a version is to get, each with the clock of the publisher that took it.
#[derive(Default)]
struct News {
    sessions: BTreeMap<usize, (SessionRow, Time)>,
    subjects: BTreeMap<usize, (Time, Time)>,
    successors: BTreeMap<(usize, usize), Time>,
}

impl News {
    fn add(&mut self, held: &Version, session: usize, row: SessionRow, clock: Time) {
        if !held.sessions.contains_key(&session) {
            let (known, _) = self.sessions.entry(session).or_insert((row, clock));
            known.mint_until = known.mint_until.max(row.mint_until);
        }
    }

    fn cut_off(&self, subject: usize) -> Option<Time> {
        self.subjects.get(&subject).map(|(before, _)| *before)
    }
}
