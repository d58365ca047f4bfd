//! What the desk knows and does.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use edge_shop::{Bindings, CONTEXT, Settings};
use getrandom::SysRng;
use safeconduct::{
    AuthLevel, Floors, Grant, Issuer, Journal, JournalSettings, Kind, LogAnswer, MintError, Policy, Realm,
    Rejected, Revocation, Ring, Seconds, Session, Snapshot, SnapshotKeys, SnapshotSigner, Subject, Timestamp,
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

/// The log and both kinds of tokens. One process holds it; several need a store with compare-and-swap.
pub struct Desk {
    folder: PathBuf,
    policy: Policy,
    pub operator: Option<String>,
    settings: JournalSettings,
    realm: Realm,
    signer: SnapshotSigner,
    counters: Vec<Counter>,
    pub snapshot: Vec<u8>,
    pub version: u64,
    published_at: Timestamp,
    /// Seconds.
    heartbeat: u32,
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
        let bindings =
            Bindings { lifetimes: lifetimes.as_deref(), operator: operator.as_deref(), ..Bindings::default() };
        let policy = *Settings::read(&bindings)?.policy();
        let validity: u32 = variable("VALIDITY").map_or(Ok(3_600), |text| text.parse())?;
        let settings = JournalSettings::new(&policy).validity(Seconds::new(validity));
        let realm = files::read_ring(folder, files::RINGS[0].1)?.realms().next().ok_or("no realm")?.clone();
        let mut desk = Self {
            folder: folder.to_owned(),
            policy,
            operator,
            settings,
            realm,
            signer: files::read_signer(folder)?,
            counters: Vec::new(),
            snapshot: Vec::new(),
            version: 0,
            published_at: Timestamp::MIN,
            heartbeat: validity / 4,
        };
        desk.record(&[], files::now()?)?;
        Ok(desk)
    }

    /// Writes these into the log, as its next version, and publishes the snapshot of that.
    fn record(&mut self, revocations: &[Revocation], now: Timestamp) -> Result<Vec<LogAnswer>, Box<dyn Error>> {
        let mut journal = Journal::read(&fs::read(self.folder.join("log"))?, &self.realm, self.settings)?;
        revocations.iter().for_each(|revocation| journal.record(revocation));
        let commit = journal.commit(now, &self.signer)?;
        files::write(&self.folder, "log", commit.bytes())?;
        let (journal, answers) = commit.stored();
        self.snapshot = journal.snapshot(&self.signer)?;
        files::write(&self.folder, "snapshot", &self.snapshot)?;
        self.published_at = now;
        self.load(now)?;
        Ok(answers)
    }

    /// Rings and snapshot as they are in the folder now.
    fn load(&mut self, now: Timestamp) -> Result<(), Box<dyn Error>> {
        self.counters.clear();
        for (kind, name) in files::RINGS {
            let ring: Ring<_> = files::read_ring(&self.folder, name)?;
            let snapshot =
                Snapshot::open(self.snapshot.clone(), &SnapshotKeys::of(&ring), now, &Floors::new())?;
            self.version = snapshot.version();
            self.counters.push(Counter {
                kind,
                issuer: Issuer::new(&ring, CONTEXT, &self.policy, kind),
                verifier: Verifier::new(&ring, CONTEXT, &self.policy, kind).revocations(snapshot),
            });
        }
        Ok(())
    }

    /// Issues the snapshot again when a quarter of its validity is over.
    pub fn keep_fresh(&mut self, now: Timestamp) -> Result<(), Box<dyn Error>> {
        if now.seconds_since(self.published_at) >= u64::from(self.heartbeat) {
            self.record(&[], now)?;
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
        let mut answers = self.record(&[pending.revocation().clone()], now).map_err(Refusal::Trouble)?;
        match pending.release(answers.pop().ok_or(MintError::NotLogged)?) {
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
        let known = self.counters.first().and_then(|counter| {
            safeconduct::Revocations::cut_off(counter.verifier.revocation_data(), &subject)
        });
        self.end(&Revocation::operator_subject(subject, self.policy.cut_off(now, known)), now)
    }

    fn end(&mut self, revocation: &Revocation, now: Timestamp) -> Result<(), Refusal> {
        let answers = self.record(std::slice::from_ref(revocation), now).map_err(Refusal::Trouble)?;
        if answers.iter().all(LogAnswer::is_recorded) { Ok(()) } else { Err(MintError::NotLogged.into()) }
    }
}
