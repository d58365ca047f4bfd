//! What the program makes once: keys, revocations and users in files, and a node that follows them.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use safeconduct::http::{Csrf, NodeSessions, SessionSource, WebIssuer};
use safeconduct::{
    AuthLevel, Context, FileStore, Floors, Issuer, Issuing, JournalSettings, Kind, Node, Policy, Publisher,
    Realm, Ring, Seconds, SnapshotSigner, Store as _, Subject, Timestamp, Update, Verifier, context,
};
use serde::{Deserialize, Serialize};

use crate::ring_file::RingFile;
use crate::users::Passwords;

/// Whom the tokens are for: bound into each, never sent.
const SESSION: Context = context!("lantern-bank.example", "session");
const KIND: Kind = Kind::Encrypted;

/// What the session carries for the application. It travels in every request and stays as it was at login.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Member {
    pub name: String,
    pub operator: bool,
    /// Whatever the user wants to be reminded of. Too much of it does not fit into a cookie.
    pub note: String,
}

pub struct Options {
    pub data: PathBuf,
    pub idle: Seconds,
    pub renew: Seconds,
    pub elevation: Seconds,
}

type Log = Publisher<FileStore, FileStore>;
pub type WebNode = Node<Issuing, WebIssuer>;

pub struct Service {
    pub policy: Policy,
    pub elevation: Seconds,
    pub passwords: Passwords,
    pub node: Arc<WebNode>,
    /// Verifies, mints and makes anti-forgery tokens for the layer.
    pub sessions: Arc<dyn SessionSource<Member>>,
    pub log: Log,
    ring: RingFile,
    snapshot: FileStore,
}

/// The library asks no clock; a program has one.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(since.as_secs()).unwrap_or(Timestamp::MAX)
}

impl Service {
    pub fn open(options: Options) -> Result<Self, Box<dyn Error>> {
        let Options { data, idle, renew, elevation } = options;
        fs::create_dir_all(&data)?;
        let policy = Policy::builder(AuthLevel::Aal2)
            .session(Seconds::hours(2))
            .idle(idle)
            .renew_after(renew)
            .build()?;
        let signer = signer(&FileStore::new(data.join("signer")))?;
        let ring = RingFile::new(&data.join("ring"));
        let (current, version) = match ring.read()? {
            Some(ring) => ring,
            None => ring.create(&Realm::generate(&[signer.public()], &mut getrandom::SysRng)?, now())?,
        };
        let realm = current.realms().next().ok_or("the ring has no realm")?.clone();
        let log = log(&data, &realm, &policy, signer)?;
        let node = Arc::new(Node::new(current, version, Floors::new(), move |ring: &Ring<Issuing>| {
            make(ring, &policy)
        })?);
        let sessions = Arc::new(NodeSessions::new(node.clone(), now, || getrandom::SysRng));
        let passwords = Passwords::open(&data.join("users"))?;
        let snapshot = FileStore::new(data.join("snapshot"));
        let service = Self { policy, elevation, passwords, node, sessions, log, ring, snapshot };
        service.refresh()?;
        Ok(service)
    }

    /// Publishes what the log holds, and puts in force what this and other processes have published.
    pub fn refresh(&self) -> Result<(), Box<dyn Error>> {
        let now = now();
        self.log.publish(now)?;
        let (bytes, _) = self.snapshot.get()?.ok_or("no snapshot was published")?;
        let (ring, version) = self.ring.read()?.ok_or("the ring is gone")?;
        self.node.update(Update::new().ring(ring, version).snapshot(bytes), now)?;
        Ok(())
    }

    pub fn rotate_keys(&self) -> Result<(), Box<dyn Error>> {
        self.ring.rotate(now())?;
        self.refresh()
    }

    /// The latest cut-off of a subject, from the log itself.
    pub fn cut_off(&self, subject: &Subject) -> Result<Timestamp, Box<dyn Error>> {
        Ok(self.policy.cut_off(now(), self.log.journal()?.cut_off(subject)))
    }
}

/// Made again for every ring.
fn make(ring: &Ring<Issuing>, policy: &Policy) -> (Verifier, WebIssuer) {
    let verifier = Verifier::new(ring, SESSION, policy, KIND);
    let issuer = WebIssuer::new(Issuer::new(ring, SESSION, policy, KIND));
    let issuer = match Csrf::new(ring, SESSION, policy) {
        Ok(csrf) => issuer.csrf(csrf),
        Err(_) => issuer,
    };
    (verifier, issuer)
}

/// The key that signs revocation data. Whoever starts first makes it.
fn signer(file: &FileStore) -> Result<SnapshotSigner, Box<dyn Error>> {
    if file.get()?.is_none() {
        let fresh = SnapshotSigner::generate(&mut getrandom::SysRng)?;
        let _ = file.put_if(&*fresh.to_secret_seed(), None)?;
    }
    let (seed, _) = file.get()?.ok_or("the signer is gone")?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| "not a signer")?;
    Ok(SnapshotSigner::from_seed(&seed))
}

/// The log: made by whoever starts first, opened by all others.
fn log(
    data: &std::path::Path,
    realm: &Realm,
    policy: &Policy,
    signer: SnapshotSigner,
) -> Result<Log, Box<dyn Error>> {
    let files = || (FileStore::new(data.join("log")), FileStore::new(data.join("snapshot")));
    let settings = JournalSettings::new(policy);
    if files().0.get()?.is_none() {
        let ((log, snapshots), again) = (files(), SnapshotSigner::from_seed(&signer.to_secret_seed()));
        let made =
            Publisher::create(log, snapshots, realm.clone(), settings, again, now(), &mut getrandom::SysRng);
        if let Ok(log) = made {
            return Ok(log);
        }
    }
    let (log, snapshots) = files();
    Ok(Publisher::open(log, snapshots, realm.clone(), settings, signer, &mut getrandom::SysRng)?)
}
