//! Two nodes over one log: one hears at once, the other late.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use safeconduct::http::{Exchange, Incoming, SessionSource, Transport, WebSessions};
use safeconduct::{
    AuthLevel, Context, ExactCopy, ExactList, Freshness, Issuer, Issuing, IssuingKey, Kind, Policy,
    Revocations, Ring, Seconds, Timestamp, Verifier, Window, context,
};

use super::chance::Chance;
use super::storm::Storm;
use super::{Config, Tally};

const CONTEXT: Context = context!("shop.example", "session");
/// Tokens are renewed when they are a minute old, so that much happens in a short time.
pub fn policy() -> Policy {
    Policy::builder(AuthLevel::Aal2).renew_after(Seconds::minutes(1)).build().expect("a policy")
}

/// When every run begins.
pub const START: u64 = 1_800_000_000;
/// How much later the second node hears, at most.
pub const LAG: u64 = 100;

type List = Arc<RwLock<ExactList>>;

/// Nodes, log and clock; made once, used for every run.
pub struct World {
    pub config: Config,
    nodes: [Arc<dyn SessionSource<()>>; 2],
    pub log: List,
    copy: Arc<RwLock<ExactCopy>>,
    clock: Arc<AtomicU64>,
    seed: Arc<AtomicU64>,
}

pub fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).expect("a time")
}

impl World {
    pub fn new(config: Config) -> Self {
        let mut ring = Ring::<Issuing>::new();
        let key = IssuingKey::generate(Kind::Encrypted, &mut Chance(1)).expect("chance does not fail");
        let window = Window::new(at(START), Seconds::days(30), Seconds::days(1)).expect("a window");
        ring.add(key, window).expect("room for one");
        let (clock, seed) = (Arc::new(AtomicU64::new(START)), Arc::new(AtomicU64::new(0)));
        let log = List::default();
        let copy = Arc::new(RwLock::new(
            ExactList::new().copy(Freshness::new(at(START), Seconds::MAX), Timestamp::MAX),
        ));
        let nodes = [
            node(&ring, log.clone(), clock.clone(), seed.clone()),
            node(&ring, copy.clone(), clock.clone(), seed.clone()),
        ];
        Self { config, nodes, log, copy, clock, seed }
    }

    /// One story.
    pub fn run(&self, seed: u64, tally: &mut Tally) {
        self.clock.store(START, Ordering::Relaxed);
        self.seed.store(seed << 24, Ordering::Relaxed);
        *self.log.write().expect("nobody panics") = ExactList::new();
        self.second_node_hears();
        Storm::new(self, seed, tally).play();
    }

    pub fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    pub fn sleep(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    pub fn second_node_hears(&self) {
        let freshness = Freshness::new(at(self.now()), Seconds::hours(1));
        let copy = self.log.read().expect("nobody panics").copy(freshness, Timestamp::MAX);
        *self.copy.write().expect("nobody panics") = copy;
    }

    pub fn begin(&self, node: usize, cookies: &str) -> Exchange<()> {
        let headers = [("cookie", cookies)];
        Exchange::begin(self.nodes[node].clone(), &Incoming::new(Transport::new(), "POST", headers))
    }

    /// Whether a token is good, to somebody who has heard everything.
    pub fn is_good(&self, token: &str) -> bool {
        self.nodes[0].verify(token, at(self.now())).is_ok()
    }
}

fn node(
    ring: &Ring<Issuing>,
    revocations: impl Revocations + Send + Sync + 'static,
    clock: Arc<AtomicU64>,
    seed: Arc<AtomicU64>,
) -> Arc<dyn SessionSource<()>> {
    let issuer = Issuer::new(ring, CONTEXT, &policy(), Kind::Encrypted);
    let verifier = Verifier::new(ring, CONTEXT, &policy(), Kind::Encrypted).revocations(revocations);
    let now = move || at(clock.load(Ordering::Relaxed));
    let random = move || Chance(seed.fetch_add(1, Ordering::Relaxed).wrapping_mul(0xD134_2543_DE82_EF95));
    Arc::new(WebSessions::new(issuer, verifier, now, random))
}
