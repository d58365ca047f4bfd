//! What happens: time passes, people come and go, publishers write, nodes take what they get.

use std::rc::Rc;

use super::chance::Chance;
use super::log::{Request, Settings, Taken, Version};
use super::node::{Node, Session, Token, Verdict, View};
use super::publisher::Publisher;
use super::real::Real;
use super::{Config, Promise, Rules, Tally, Time};

const BEGINNING: Time = 1_800_100_000;
const NODES: usize = 3;
pub const PUBLISHERS: usize = 3;
const SUBJECTS: u64 = 3;

/// A request, and the token that waits for its answer.
pub struct Asked {
    pub taken: Taken,
    pub elevated: Option<Token>,
}

pub struct World {
    pub config: Config,
    pub seed: u64,
    pub step: u32,
    pub chance: Chance,
    pub time: Time,
    pub settings: Settings,
    pub log: Vec<Rc<Version>>,
    pub publishers: Vec<Publisher>,
    pub asked: Vec<Asked>,
    pub nodes: Vec<Node>,
    pub sessions: Vec<Session>,
    pub tokens: Vec<Token>,
    /// Tokens before this one are over on every clock.
    pub oldest: usize,
    /// Cut-offs: whose, before when, by which version, and the row's `mint_until` in it.
    pub cut_offs: Vec<(usize, Time, usize, Time)>,
    pub real: Option<Real>,
    pub tally: Tally,
}

impl World {
    pub fn new(config: &Config, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let settings = settings(&mut chance);
        let time = BEGINNING + chance.below(86_400);
        let clock = |chance: &mut Chance| match chance.below(4) {
            0 => 0,
            1 => chance.below(3_600) as i64 - 1_800,
            _ => chance.below(240) as i64 - 120,
        };
        let publishers: Vec<Publisher> = (0..PUBLISHERS)
            .map(|_| Publisher { ahead: clock(&mut chance), ..Publisher::default() })
            .collect();
        let (first, _) = Version::default().next(time, &settings, &Rules::ALL, &[]);
        let nodes = (0..NODES).map(|_| Node { ahead: clock(&mut chance), view: None }).collect();
        Self {
            config: *config,
            seed,
            step: 0,
            real: config.real.then(|| Real::new(seed, &settings, time, NODES, PUBLISHERS)),
            chance,
            time,
            settings,
            log: vec![Rc::new(first)],
            publishers,
            asked: Vec::new(),
            nodes,
            sessions: Vec::new(),
            tokens: Vec::new(),
            oldest: 0,
            cut_offs: Vec::new(),
            tally: Tally::default(),
        }
    }

    pub fn play(mut self) -> Tally {
        (0..NODES).for_each(|node| self.deliver_to(node));
        for step in 0..self.config.steps {
            self.step = step;
            self.pass_time();
            match self.chance.below(40) {
                0..3 => self.login(),
                3..13 => self.present(),
                13..15 => self.log_out_anyhow(),
                15 if self.chance.one_in(3) => self.cut_off(),
                15 => self.log_out_by_id(),
                16 => self.log_out_anyhow(),
                17..29 => self.publish(),
                29..36 => self.deliver(),
                36..38 => self.deliver_delta(),
                38 => self.clock_jumps(),
                _ => match self.chance.below(4) {
                    0..3 => self.change_settings(),
                    _ => self.forget(),
                },
            }
            self.audit();
        }
        self.tally
    }

    /// The first version that has a row against this session, and the row's `mint_until` in it.
    pub fn revocation_of(&self, session: usize) -> Option<(usize, Time)> {
        let Session { subject, started_at, revoked, .. } = self.sessions[session];
        let cut =
            self.cut_offs.iter().filter(|(whose, before, ..)| *whose == subject && started_at < *before);
        let cut = cut.map(|(_, _, number, mint_until)| (*number, *mint_until));
        cut.chain(revoked).min_by_key(|(number, _)| *number)
    }

    fn pass_time(&mut self) {
        let Settings { longest_token, staleness_bound, .. } = self.settings;
        self.time += match self.chance.below(16) {
            0..9 => 0,
            9..12 => self.chance.below(60),
            12..14 => self.chance.below(longest_token / 3),
            14 => self.chance.below(staleness_bound),
            _ => self.chance.below(longest_token + staleness_bound),
        };
        while self.tokens.get(self.oldest).is_some_and(|token| token.expires_at + 7_200 < self.time) {
            self.oldest += 1;
        }
    }

    fn node(&mut self) -> usize {
        self.chance.index(NODES)
    }

    /// One of the tokens that are not over everywhere, often one of the last.
    fn token(&mut self) -> Option<usize> {
        let count = self.tokens.len() - self.oldest;
        let last = if self.chance.one_in(3) { count } else { count.min(3) };
        (count > 0).then(|| self.tokens.len() - 1 - self.chance.index(last))
    }

    fn login(&mut self) {
        let (node, subject) = (self.node(), self.chance.below(SUBJECTS) as usize);
        let is_aware = !self.chance.one_in(4);
        let now = self.nodes[node].now(self.time);
        let (started_at, life, minted_on) = self.nodes[node].login(subject, now, is_aware);
        let ends_at = started_at + self.chance.within(600..=28_800);
        let expires_at = (now + life).min(ends_at);
        // More than 241 seconds ahead: TOK-14.
        let is_possible = started_at <= now + 241;
        if let Some(real) = &mut self.real {
            let made = real.login(node, subject, ends_at, now, is_aware);
            self.compare("login", made, is_possible.then_some(expires_at));
        }
        if is_possible {
            let session = self.sessions.len();
            self.sessions.push(Session { subject, started_at, ends_at, revoked: None });
            self.tokens.push(Token { session, issued_at: now, expires_at, minted_on });
            self.tally.logins += 1;
        }
    }

    /// A client shows a token; if it is accepted, something comes of it.
    fn present(&mut self) {
        let node = self.node();
        let Some(number) = self.token() else { return };
        let (token, now) = (self.tokens[number], self.nodes[node].now(self.time));
        let session = self.sessions[token.session];
        let verdict = self.nodes[node].judge(&token, &session, now, &self.config.rules);
        if let Some(real) = &self.real {
            let found = real.judge(node, number, now, &token);
            self.compare("verdict", found, verdict);
        }
        if verdict != Verdict::Accepted {
            return;
        }
        match self.chance.below(8) {
            0..5 => {
                let made = self.nodes[node].rotate(&token, &session, now, &self.config.rules);
                if let Some(real) = &mut self.real {
                    let expires_at = real.rotate(node, number, now);
                    self.compare("rotation", expires_at, made.map(|token| token.expires_at));
                }
                self.tally.rotations += u64::from(made.is_some());
                self.tokens.extend(made);
            }
            5..7 => self.elevate(node, number, now),
            _ => self.ask_for_session(node, number, now, None),
        }
    }

    fn elevate(&mut self, node: usize, number: usize, now: Time) {
        let token = self.tokens[number];
        let session = self.sessions[token.session];
        let made = self.nodes[node].rotate(&token, &session, now, &self.config.rules);
        if let Some(real) = &mut self.real {
            let pends = real.elevate(node, number, now);
            self.compare("elevation", pends, made.is_some());
        }
        let Some(made) = made else { return };
        let successor = self.sessions.len();
        self.sessions.push(Session { revoked: None, ..session });
        self.ask_for_session(node, number, now, Some(Token { session: successor, ..made }));
    }

    /// Any token that is authentic ends its session, an idle one too.
    fn log_out_anyhow(&mut self) {
        let node = self.node();
        let Some(number) = self.token() else { return };
        let (token, now) = (self.tokens[number], self.nodes[node].now(self.time));
        let is_departing = token.issued_at <= now + super::SKEW && now < self.sessions[token.session].ends_at;
        if is_departing {
            self.ask_for_session(node, number, now, None);
        }
    }

    fn ask_for_session(&mut self, node: usize, number: usize, now: Time, elevated: Option<Token>) {
        let token = self.tokens[number];
        let Session { subject, started_at, ends_at, .. } = self.sessions[token.session];
        if let (Some(real), None) = (&mut self.real, elevated) {
            real.depart(node, number, now);
        }
        let superseded_by = elevated.map(|token| token.session);
        let (session, presented) = (token.session, Some(token.issued_at));
        self.ask(
            Request::Session { session, subject, started_at, ends_at, presented, superseded_by },
            elevated,
        );
    }

    /// An operator ends a session by its id. Its first token must not have been minted too far ahead of the publishers (SPEC section 9.7).
    fn log_out_by_id(&mut self) {
        let Some(number) = self.token() else { return };
        let session = self.tokens[number].session;
        let Session { subject, started_at, ends_at, .. } = self.sessions[session];
        let first = self.tokens.iter().filter(|token| token.session == session).map(|token| token.issued_at);
        if first.min() > self.log.last().map(|head| head.mint_until) {
            return;
        }
        if let Some(real) = &mut self.real {
            real.ask_by_id(number, ends_at);
        }
        let (presented, superseded_by) = (None, None);
        self.ask(Request::Session { session, subject, started_at, ends_at, presented, superseded_by }, None);
    }

    fn cut_off(&mut self) {
        let subject = self.chance.below(SUBJECTS) as usize;
        let publisher = self.chance.index(PUBLISHERS);
        let before = self.time.saturating_add_signed(self.publishers[publisher].ahead) + super::SKEW + 1;
        if let Some(real) = &mut self.real {
            real.ask_for_subject(subject, before);
        }
        self.ask(Request::Subject { subject, before }, None);
    }

    fn ask(&mut self, request: Request, elevated: Option<Token>) {
        let publisher = self.chance.index(PUBLISHERS);
        let clock = self.time.saturating_add_signed(self.publishers[publisher].ahead);
        self.publishers[publisher].waiting.push(self.asked.len());
        self.asked.push(Asked { taken: Taken { request, clock }, elevated });
    }

    fn deliver(&mut self) {
        let node = self.node();
        self.deliver_to(node);
    }

    /// Brings a node some snapshot that is not older than what it has.
    fn deliver_to(&mut self, node: usize) {
        let least = self.nodes[node].view.as_ref().map_or(0, |view| view.number);
        let behind = self.chance.index(self.log.len() - least).min(self.chance.index(4));
        let number = self.log.len() - 1 - behind;
        let now = self.nodes[node].now(self.time);
        let is_good = self.log[number].not_after() > now;
        if let Some(real) = &mut self.real {
            let taken = real.open(node, number, now);
            self.compare("snapshot", taken, is_good);
        }
        if is_good {
            self.nodes[node].view = Some(View::snapshot(number, &self.log[number]));
            self.tally.taken += 1;
        }
    }

    fn deliver_delta(&mut self) {
        let node = self.node();
        let now = self.nodes[node].now(self.time);
        let Some(view) = &mut self.nodes[node].view else { return };
        let newer = self.log.len() - 1 - view.number;
        if newer == 0 {
            return;
        }
        let (base, number) = (self.chance.index(view.number + 1), view.number + 1 + self.chance.index(newer));
        let is_good = self.log[number].not_after() > now;
        if is_good {
            view.apply(&self.log[base], number, &self.log[number]);
            self.tally.taken += 1;
        }
        if let Some(real) = &mut self.real {
            let taken = real.apply(node, base, number, now);
            self.compare("delta", taken, is_good);
        }
    }

    /// A node that starts anew, without memory.
    fn forget(&mut self) {
        let node = self.node();
        self.nodes[node].view = None;
        if let Some(real) = &mut self.real {
            real.forget(node);
        }
    }

    fn clock_jumps(&mut self) {
        let by = self.chance.below(2_400) as i64 - 1_200;
        if self.chance.one_in(2) {
            let node = self.node();
            self.nodes[node].ahead = (self.nodes[node].ahead + by).clamp(-3_600, 3_600);
        } else {
            let publisher = self.chance.index(PUBLISHERS);
            let ahead = &mut self.publishers[publisher].ahead;
            *ahead = (*ahead + by).clamp(-3_600, 3_600);
        }
    }

    fn change_settings(&mut self) {
        self.settings = settings(&mut self.chance);
        self.tally.changes += 1;
    }

    /// Holds what the library did against the model.
    pub fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: T, expected: T) {
        self.tally.compared += 1;
        if found != expected {
            let place = (self.seed, self.step);
            self.tally.broken(Promise::AsModelled, || {
                format!("seed, step {place:?}: {what}: the library has {found:?}, the model {expected:?}")
            });
        }
    }
}

/// Settings that somebody might have, and some more.
fn settings(chance: &mut Chance) -> Settings {
    Settings {
        longest_token: [600, 900, 1_800, 3_000, 3_600][chance.index(5)],
        staleness_bound: [60, 300, 900, 1_800, 3_600][chance.index(5)],
        validity: [600, 1_800, 3_600, 7_200][chance.index(4)],
    }
}
