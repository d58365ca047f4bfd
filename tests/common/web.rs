//! A small web service in memory: a clock to be set, a shared list, and requests made of text.
#![allow(dead_code)] // each test uses a part of it

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use safeconduct::http::{Csrf, Exchange, Incoming, ResponseHeaders, SessionSource, Transport, WebSessions};
use safeconduct::{
    AuthLevel, Grant, Issuer, Kind, Policy, Revocations, Session, Subject, Timestamp, Verifier,
};

use super::{CONTEXT, NOW, Repeatable, SharedList, ring};

pub type Source = Arc<dyn SessionSource<()>>;
pub type Headers = Vec<(String, String)>;

/// Source, list and clock of one service.
pub struct Web {
    pub source: Source,
    pub list: SharedList,
    pub clock: Arc<AtomicU64>,
    pub transport: Transport,
}

impl Web {
    pub fn new() -> Self {
        let list = SharedList::default();
        Self::with(list.clone(), list, &Policy::AAL2)
    }

    pub fn with(
        revocations: impl Revocations + Send + Sync + 'static,
        list: SharedList,
        policy: &Policy,
    ) -> Self {
        let ring = ring(&[Kind::Encrypted], 7);
        let clock = Arc::new(AtomicU64::new(NOW));
        let issuer = Issuer::new(&ring, CONTEXT, policy, Kind::Encrypted);
        let verifier = Verifier::new(&ring, CONTEXT, policy, Kind::Encrypted).revocations(revocations);
        let (seed, time) = (AtomicU64::new(1), clock.clone());
        let now = move || Timestamp::from_unix(time.load(Ordering::Relaxed)).unwrap();
        // Each draw starts elsewhere: SplitMix64 from consecutive seeds would give overlapping streams.
        let random =
            move || Repeatable(seed.fetch_add(1, Ordering::Relaxed).wrapping_mul(0xD134_2543_DE82_EF95));
        let csrf = Csrf::new(&ring, CONTEXT, policy).unwrap();
        let source = Arc::new(WebSessions::new(issuer, verifier, now, random).csrf(csrf));
        Self { source, list, clock, transport: Transport::new() }
    }

    pub fn sleep(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    pub fn begin(&self, method: &str, headers: &[(&str, &str)]) -> Exchange<()> {
        Exchange::begin(self.source.clone(), &Incoming::new(self.transport, method, headers.iter().copied()))
    }

    pub fn get(&self, cookie: &str) -> Exchange<()> {
        self.begin("GET", &[("cookie", cookie)])
    }

    /// Logs `user` in, with the cookies of the request, and gives what the response sets.
    pub fn log_in(&self, user: &str, cookie: &str) -> Headers {
        let mut exchange = self.begin("POST", &[("cookie", cookie)]);
        exchange.log_in(&grant(user), &mut self.list.clone()).unwrap();
        headers(&exchange.finish(303))
    }
}

pub fn grant(user: &str) -> Grant<()> {
    Grant::new(Subject::new(user).unwrap(), AuthLevel::Aal1)
}

pub fn headers(headers: &ResponseHeaders) -> Headers {
    headers.iter().map(|header| (header.name.to_owned(), header.value.to_owned())).collect()
}

/// Name and value of every cookie that is set.
pub fn cookies(headers: &[(String, String)]) -> Vec<(String, String)> {
    let lines = headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs = lines.map(|(_, line)| line.split(';').next().unwrap().split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What a browser sends back, as the value of a `Cookie` header.
pub fn cookie(headers: &[(String, String)]) -> String {
    let pairs = cookies(headers).into_iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("; ")
}

/// The token in the first cookie that is set, as a bearer token.
pub fn bearer(headers: &[(String, String)]) -> String {
    let (_, value) = cookies(headers).remove(0);
    format!("Bearer {}", value.split('.').next().unwrap())
}

pub fn user(exchange: &Exchange<()>) -> Option<String> {
    let session = exchange.session().unwrap();
    session.map(|session| session.subject().as_str().unwrap().to_owned())
}

pub fn session(exchange: &Exchange<()>) -> &Session<()> {
    exchange.session().unwrap().expect("a session")
}
