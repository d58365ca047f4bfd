//! The world: nodes, a store, sessions, and an agenda of what happens when.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{self, Debug};

use safeconduct::{
    Issuing, IssuingKey, KeyId, Kind, MintError, Reason, Ring, RingKeyInfo, Seconds, Timestamp, Window,
};

use super::audit::Life;
use super::chance::Chance;
use super::node::Node;
use super::rotation::{Attempt, Task};
use super::session::{self, Token};
use super::store::Store;
use super::{Config, Moment, PROPAGATION, Promise, Tally};

/// When the simulation begins.
const START: Moment = 1_800_000_000;

/// For so many seconds of a key many of its tokens are real.
const EARLY: u64 = 30;

/// What is on the agenda.
pub enum Event {
    /// An issuer advances the ring, as it does every few hours.
    Round(usize),
    /// An issuer begins to change the ring: it reads what is stored.
    Begin(usize, Task),
    /// An issuer has come so far as to store.
    Store(Box<Attempt>),
    /// Somebody finds out that a key has leaked, as happens now and then.
    Incident,
    /// A key has leaked at a bad time.
    Leak,
    /// A client shows a token to a node.
    Present(usize, Token, Then),
}

/// What happens to a session once its token was accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    Renew,
    Leave,
}

/// Everything there is.
pub struct World<'c> {
    pub config: &'c Config,
    pub seed: u64,
    pub chance: Chance,
    pub nodes: Vec<Node>,
    pub store: Store,
    /// What is known of each key that was ever stored.
    pub keys: BTreeMap<KeyId, Life>,
    /// Until when a view may be without a minting key, because of the latest revocations.
    pub gap_until: Moment,
    pub tally: Tally,
    agenda: BTreeMap<(Moment, u64), Event>,
    entries: u64,
    /// Moments at which every view is checked.
    probes: BTreeSet<Moment>,
    end: Moment,
}

/// What one node sees at one moment.
pub struct View {
    pub version: usize,
    pub now: Timestamp,
    pub keys: Vec<RingKeyInfo>,
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} by version {} of the ring:", self.now, self.version)?;
        self.keys.iter().try_for_each(|RingKeyInfo { id, state, window, .. }| {
            let (from, until, accept) = (window.issue_from(), window.issue_until(), window.accept_until());
            write!(f, "\n    {id} {state:<11} {from} .. {until} .. {accept}")
        })
    }
}

impl<'c> World<'c> {
    /// A ring with one key, which every node has had for a while and which has minted for some time.
    pub fn begin(config: &'c Config, seed: u64) -> Result<Self, Box<dyn Error>> {
        let mut chance = Chance::new(seed);
        let schedule = &config.schedule;
        let spare = 2 * 86_400 + u64::from(schedule.publish_ahead().get());
        let age = chance.below(u64::from(schedule.minting().get()).saturating_sub(spare));
        let window = Window::new(Timestamp::from_unix(START - age)?, schedule.minting(), schedule.tail())?;
        let mut ring = Ring::<Issuing>::new();
        ring.add(IssuingKey::generate(Kind::Encrypted, &mut chance)?, window)?;
        let stored_at = START - 2 * PROPAGATION - 2 * config.refresh;
        let mut world = Self {
            config,
            seed,
            nodes: Node::all(config, &mut chance),
            store: Store::new(config.compares, ring.to_text(), stored_at)?,
            chance,
            keys: BTreeMap::new(),
            gap_until: 0,
            tally: Tally::default(),
            agenda: BTreeMap::new(),
            entries: 0,
            probes: BTreeSet::new(),
            end: START + config.days * 86_400,
        };
        world.audit_stored(START);
        for issuer in 0..config.issuers.clamp(1, world.nodes.len()) {
            let at = START + world.chance.below(43_200);
            world.schedule(at, Event::Round(issuer));
        }
        let first = START + world.chance.below(150 * 86_400);
        world.schedule(first, Event::Incident);
        world.probe_at(START + 1);
        Ok(world)
    }

    /// Puts something on the agenda.
    pub fn schedule(&mut self, at: Moment, event: Event) {
        self.entries += 1;
        self.agenda.insert((at, self.entries), event);
    }

    /// Has every view checked at this moment.
    pub fn probe_at(&mut self, at: Moment) {
        self.probes.insert(at);
    }

    /// From one moment at which something happens to the next, until the end.
    pub fn play(mut self) -> Tally {
        let mut now = START;
        loop {
            // What happens at a moment happens before everybody is looked at.
            let event = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let probe = self.probes.first().copied();
            let next = event.into_iter().chain(probe).min();
            let Some(next) = next.filter(|next| *next < self.end) else { break };
            debug_assert!(next >= now || event != Some(next), "nothing is put on the agenda of the past");
            now = now.max(next);
            if event == Some(next) {
                if let Some((_, event)) = self.agenda.pop_first() {
                    self.happen(now, event);
                }
            } else {
                self.probes.pop_first();
                self.probe(now);
            }
        }
        self.tally
    }

    fn happen(&mut self, now: Moment, event: Event) {
        match event {
            Event::Round(issuer) => self.round(now, issuer),
            Event::Begin(issuer, task) => self.begin_task(now, issuer, task),
            Event::Store(attempt) => self.try_to_store(now, *attempt),
            Event::Incident => self.incident(now),
            Event::Leak => self.leak(now),
            Event::Present(node, token, then) => self.present(now, node, &token, then),
        }
    }

    /// Checks all views, and lets three clients log in.
    fn probe(&mut self, now: Moment) {
        let views: Vec<View> = (0..self.nodes.len()).map(|node| self.view(node, now)).collect();
        self.audit_views(now, &views);
        for _ in 0..3 {
            let node = self.chance.index(views.len());
            self.log_in(now, node, &views[node]);
        }
        // On average once a day, and at no particular time.
        if self.probes.range(..now + 86_400).next().is_none() {
            let at = now + self.chance.within(1..=86_400);
            self.probe_at(at);
        }
    }

    pub fn view(&self, node: usize, moment: Moment) -> View {
        let version = self.store.version_at(self.nodes[node].refreshed(moment));
        let now = self.nodes[node].clock(moment);
        let keys = self.store.state(version).ring.keys(now).collect();
        View { version, now, keys }
    }

    fn log_in(&mut self, moment: Moment, node: usize, view: &View) {
        let policy = &self.config.policy;
        let minted = session::mint(&view.keys, None, view.now, policy);
        // To a node with a slow clock a key of these seconds has not begun, and the token is good all the same.
        let early = |key: &RingKeyInfo| view.now.seconds_since(key.window.issue_from()) <= EARLY;
        let early = session::minting_key(&view.keys).is_ok_and(early);
        let one_in = if early { 4 } else { self.config.one_real_in };
        let text = if self.chance.one_in(one_in) {
            let ring = &self.store.state(view.version).ring;
            let real = session::real_login(ring, view.now, policy, &mut self.chance);
            self.compare(moment, "log-in", minted.as_ref().err(), real.as_ref().err());
            real.ok()
        } else {
            None
        };
        self.tally.minted += u64::from(minted.is_ok());
        self.hand_out(moment, node, minted.map(|token| Token { text, ..token }));
    }

    /// A client gets a token, and will show it around; or gets none, and that had better be for a good reason.
    fn hand_out(&mut self, moment: Moment, node: usize, minted: Result<Token, MintError>) {
        let token = match minted {
            Ok(token) => token,
            Err(MintError::SessionOver) => return,
            Err(MintError::NoMintingKey) if moment < self.gap_until => return,
            Err(why) => {
                return self
                    .broken(moment, Promise::OneMints, || format!("node {node} does not mint: {why}"));
            }
        };
        self.note_minting(token.key);
        // At once, twice at any time in its life, and in the last second of it; each time anywhere.
        for visit in 0..4 {
            let visited = self.chance.index(self.nodes.len());
            let last = self.nodes[visited].moment(token.expires_at).saturating_sub(1).max(moment);
            let at = match visit {
                0 => moment,
                1 | 2 => self.chance.within(moment..=last),
                _ => last,
            };
            let then = if visit == 1 && self.chance.one_in(2) { Then::Renew } else { Then::Leave };
            self.schedule(at, Event::Present(visited, token.clone(), then));
        }
    }

    fn present(&mut self, moment: Moment, node: usize, token: &Token, then: Then) {
        let view = self.view(node, moment);
        let policy = &self.config.policy;
        let verdict = session::check_token(&view.keys, token, view.now, policy);
        self.tally.presented += 1;
        self.audit_verdict(moment, node, &view, token, verdict);
        let successor = (verdict.is_ok() && (then == Then::Renew || token.text.is_some()))
            .then(|| session::mint(&view.keys, Some(token), view.now, policy));
        let text = token.text.as_ref().and_then(|text| {
            let ring = &self.store.state(view.version).ring;
            let real = session::real_visit(ring, text, view.now, policy, &mut self.chance);
            self.tally.verified += 1;
            self.compare(moment, "visit", verdict.err().as_ref(), real.as_ref().err());
            let (key, real) = real.ok()?;
            self.compare(moment, "key", Some(&token.key), Some(&key));
            let modelled = successor.as_ref().and_then(|successor| successor.as_ref().err());
            self.compare(moment, "renewal", modelled, real.as_ref().err());
            real.ok()
        });
        if let Some(minted) = successor.filter(|_| then == Then::Renew) {
            self.tally.renewed += u64::from(minted.is_ok());
            self.hand_out(moment, node, minted.map(|token| Token { text, ..token }));
        }
    }

    /// The library has to do what the model says.
    fn compare<T: PartialEq + Debug>(
        &mut self,
        moment: Moment,
        what: &str,
        model: Option<&T>,
        real: Option<&T>,
    ) {
        if model != real {
            self.broken(moment, Promise::AsModelled, || format!("{what}: {real:?} and not {model:?}"));
        }
    }

    /// Notes a broken promise, with what is needed to see it again.
    pub fn broken(&mut self, moment: Moment, promise: Promise, how: impl FnOnce() -> String) {
        let seed = self.seed;
        self.tally.broken(promise, || format!("seed {seed}, {moment}: {}", how()));
    }

    /// The propagation and the skew of the configuration, as `Ring::revoke` wants them.
    pub const fn bounds(&self) -> (Seconds, Seconds) {
        (self.config.schedule.propagation(), self.config.policy.skew())
    }
}

/// Whether a refusal has to do with keys or clocks, and not with the age of the token.
pub const fn is_about_keys(reason: Reason) -> bool {
    !matches!(reason, Reason::Idle | Reason::Expired)
}
