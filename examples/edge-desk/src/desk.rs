//! What the desk knows and does.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use edge_shop::{Bindings, CONTEXT, Settings};
use getrandom::SysRng;
use safeconduct::http::{Change, ChangeError, Exchange, Incoming, SessionSource, WebSessions};
use safeconduct::{
    AuthLevel, FileStore, Floors, Grant, Issuer, JournalSettings, Kind, MintError, Policy, Publisher,
    Revocation, Revocations as _, Snapshot, SnapshotKeys, Subject, Timestamp, Verifier,
};

use crate::files;

/// The second factor of every demo user. A real desk checks a passkey.
const CODE: &str = "314159";

/// One kind of token, with its ring.
struct Counter {
    kind: Kind,
    sessions: Arc<dyn SessionSource<()>>,
    snapshot: Arc<Snapshot<Vec<u8>>>,
}

/// The log and both kinds of tokens. Several desks may share the folder.
pub struct Desk {
    folder: PathBuf,
    policy: Policy,
    pub operator: Option<String>,
    publisher: Publisher<FileStore, FileStore>,
    counters: Vec<Counter>,
    /// What is published, and its version.
    pub snapshot: (Vec<u8>, u64),
}

/// Why the desk does not do what it was asked.
pub enum Refusal {
    /// Nobody is there.
    Unauthenticated,
    /// The code is wrong.
    WrongCode,
    /// The session was not changed.
    Unchanged(ChangeError),
    /// The log did not take it, or the disk is full.
    Trouble(Box<dyn Error>),
}

impl Refusal {
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::WrongCode => 403,
            Self::Unchanged(why) => why.status(),
            Self::Trouble(_) => 503,
        }
    }
}

impl<E: Error + 'static> From<E> for Refusal {
    fn from(why: E) -> Self {
        Self::Trouble(why.into())
    }
}

impl Desk {
    pub fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let variable = |name: &str| std::env::var(name).ok();
        let (lifetimes, operator) = (variable("LIFETIMES"), variable("OPERATOR"));
        let bindings = Bindings {
            lifetimes: lifetimes.as_deref(),
            operator: operator.as_deref(),
            ..Bindings::default()
        };
        let policy = *Settings::read(&bindings)?.policy();
        let settings = JournalSettings::new(&policy);
        let publisher = files::publisher(folder, settings)?;
        let mut desk = Self {
            folder: folder.to_owned(),
            policy,
            operator,
            publisher,
            counters: Vec::new(),
            snapshot: (Vec::new(), 0),
        };
        desk.publish(files::now()?)?;
        Ok(desk)
    }

    /// Publishes what is new in the log, or the same again when it is time for that.
    pub fn publish(&mut self, now: Timestamp) -> Result<(), Box<dyn Error>> {
        self.publisher.publish(now)?;
        self.counters.clear();
        for (kind, name) in files::RINGS {
            let ring = files::read_ring(&self.folder, name)?;
            let store = FileStore::new(self.folder.join("snapshot"));
            let snapshot = Snapshot::load(&store, &SnapshotKeys::of(&ring), now, &Floors::new())?;
            self.snapshot = (snapshot.bytes().to_vec(), snapshot.version());
            let snapshot = Arc::new(snapshot);
            let issuer = Issuer::new(&ring, CONTEXT, &self.policy, kind);
            let verifier = Verifier::new(&ring, CONTEXT, &self.policy, kind).revocations(snapshot.clone());
            let sessions = Arc::new(WebSessions::new(issuer, verifier, files::clock, || SysRng));
            self.counters.push(Counter { kind, sessions, snapshot });
        }
        Ok(())
    }

    /// The session of a request, at the counter of a kind of token.
    pub fn begin(&self, kind: char, incoming: &Incoming<'_>) -> Option<Exchange<()>> {
        let counter = self.counters.iter().find(|counter| counter.kind.letter() == kind)?;
        Some(Exchange::begin(counter.sessions.clone(), incoming))
    }

    /// A session for a user; those that the browser had end. A real desk asks for a passkey or a password first.
    pub fn log_in(&mut self, exchange: &mut Exchange<()>, user: &str) -> Result<(), Refusal> {
        let grant = Grant::new(Subject::new(user)?, AuthLevel::Aal1);
        self.change(exchange, exchange.entering(&grant))
    }

    /// The elevated session, once the old one is out.
    pub fn step_up(&mut self, exchange: &mut Exchange<()>, code: &str) -> Result<(), Refusal> {
        if !matches!(exchange.session(), Ok(Some(_))) {
            return Err(Refusal::Unauthenticated);
        }
        if code != CODE {
            return Err(Refusal::WrongCode);
        }
        let change = exchange.elevating(AuthLevel::Aal2, self.policy.longest_elevation());
        self.change(exchange, change)
    }

    pub fn log_out(&mut self, exchange: &mut Exchange<()>) -> Result<(), Refusal> {
        self.change(exchange, exchange.leaving())
    }

    /// What ends is written into the log and published; then the browser gets what is new.
    fn change(
        &mut self,
        exchange: &mut Exchange<()>,
        change: Result<Change<()>, ChangeError>,
    ) -> Result<(), Refusal> {
        let change = change.map_err(Refusal::Unchanged)?;
        let ending: Vec<Revocation> = change.revocations().cloned().collect();
        let answers = self.publisher.record_all(&ending, exchange.now())?;
        if !ending.is_empty() {
            self.publish(exchange.now()).map_err(Refusal::Trouble)?;
        }
        exchange.commit(change, answers).map_err(Refusal::Unchanged)
    }

    pub fn everywhere(&mut self, user: &str, now: Timestamp) -> Result<(), Refusal> {
        let subject = Subject::new(user)?;
        let known = self.counters.first().and_then(|counter| counter.snapshot.cut_off(&subject));
        let revocation = Revocation::operator_subject(subject, self.policy.cut_off(now, known));
        let answer = self.publisher.record(&revocation, now)?;
        self.publish(now).map_err(Refusal::Trouble)?;
        if answer.is_recorded() { Ok(()) } else { Err(MintError::NotLogged.into()) }
    }
}
