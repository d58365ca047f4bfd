//! What the desk knows and does.

use std::error::Error;
use std::path::{Path, PathBuf};

use edge_shop::{Bindings, CONTEXT, Settings};
use getrandom::SysRng;
use safeconduct::{
    AuthLevel, FileStore, Floors, Grant, Issuer, JournalSettings, Kind, LogAnswer, MintError, Policy,
    Publisher, Rejected, Revocation, Revocations as _, Session, Snapshot, SnapshotKeys, Subject, Timestamp,
    Verifier,
};

use crate::files;

/// The second factor of every demo user. A real desk checks a passkey.
const CODE: &str = "314159";

/// One kind of token, with its ring.
struct Counter {
    kind: Kind,
    issuer: Issuer,
    verifier: Verifier<Snapshot<Vec<u8>>>,
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
    /// The token is no good.
    Unauthenticated,
    /// The code is wrong.
    WrongCode,
    /// The session was ended elsewhere meanwhile.
    AlreadyOut,
    /// The log did not take it, or the disk is full.
    Trouble(Box<dyn Error>),
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

    /// Writes it into the log, and publishes the snapshot with it.
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> Result<LogAnswer, Box<dyn Error>> {
        let answer = self.publisher.record(revocation, now)?;
        self.publish(now)?;
        Ok(answer)
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
            self.counters.push(Counter {
                kind,
                issuer: Issuer::new(&ring, CONTEXT, &self.policy, kind),
                verifier: Verifier::new(&ring, CONTEXT, &self.policy, kind).revocations(snapshot),
            });
        }
        Ok(())
    }

    fn counter(&self, token: &str) -> Result<&Counter, Refusal> {
        let of = |counter: &&Counter| token.starts_with(&format!("sc1{}", counter.kind.letter()));
        self.counters.iter().find(of).ok_or(Refusal::Unauthenticated)
    }

    /// A token of kind `n`.
    pub fn log_in(&self, user: &str, now: Timestamp) -> Result<String, Refusal> {
        let counter = self.counters.iter().find(|counter| counter.kind == Kind::Nested);
        let counter = counter.ok_or(Refusal::Unauthenticated)?;
        let grant = Grant::new(Subject::new(user)?, AuthLevel::Aal1);
        let data = counter.verifier.revocation_data();
        Ok(counter.issuer.issue_beside(data, &grant, now, &mut SysRng)?.into_string())
    }

    /// The elevated token, once the old session is out.
    pub fn step_up(&mut self, token: &str, code: &str, now: Timestamp) -> Result<String, Refusal> {
        let counter = self.counter(token)?;
        let unauthenticated = |_: Rejected| Refusal::Unauthenticated;
        let session: Session<()> = counter.verifier.verify_owned(token, now).map_err(unauthenticated)?;
        if code != CODE {
            return Err(Refusal::WrongCode);
        }
        let lasting = self.policy.longest_elevation();
        let pending = counter.issuer.elevate(&session, AuthLevel::Aal2, lasting, &mut SysRng)?;
        let answer = self.record(pending.revocation(), now).map_err(Refusal::Trouble)?;
        match pending.release(answer) {
            Err(MintError::AlreadyOut) => Err(Refusal::AlreadyOut),
            released => Ok(released?.into_string()),
        }
    }

    pub fn log_out(&mut self, token: &str, now: Timestamp) -> Result<(), Refusal> {
        let departing = self.counter(token)?.verifier.departing(token, now);
        let departing = departing.map_err(|_| Refusal::Unauthenticated)?;
        self.end(departing.revocation(), now)
    }

    pub fn everywhere(&mut self, user: &str, now: Timestamp) -> Result<(), Refusal> {
        let subject = Subject::new(user)?;
        let known =
            self.counters.first().and_then(|counter| counter.verifier.revocation_data().cut_off(&subject));
        self.end(&Revocation::operator_subject(subject, self.policy.cut_off(now, known)), now)
    }

    fn end(&mut self, revocation: &Revocation, now: Timestamp) -> Result<(), Refusal> {
        let answer = self.record(revocation, now).map_err(Refusal::Trouble)?;
        if answer.is_recorded() { Ok(()) } else { Err(MintError::NotLogged.into()) }
    }
}
