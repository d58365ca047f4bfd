//! What lies in the folder.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use getrandom::SysRng;
use safeconduct::{
    FileStore, Issuing, IssuingKey, JournalSettings, KeyEncryptionKey, Kind, Policy, Publisher, Realm, Ring,
    Role, RootKey, Seconds, SnapshotSigner, Timestamp, Window,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The two rings: functions that mint have kind `e`, functions that only verify have half of kind `n`.
pub const RINGS: [(Kind, &str); 2] = [(Kind::Encrypted, "ring-e.txt"), (Kind::Nested, "ring-n.txt")];

/// The clock.
pub fn now() -> Outcome<Timestamp> {
    Ok(Timestamp::from_unix(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?)
}

/// The same for those who cannot do without: a clock that is broken makes every session over.
pub fn clock() -> Timestamp {
    now().unwrap_or(Timestamp::MAX)
}

/// Keys that publish rings, one for issuers and one for verifiers, and the root key that signs for both.
const KEKS: [&str; 2] = ["kek-issuers", "kek-verifiers"];

/// Keys, rings, signer and an empty log.
pub fn init(folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let signer = SnapshotSigner::generate(&mut SysRng)?;
    let realm = Realm::generate(&[signer.public()], &mut SysRng)?;
    for name in KEKS {
        let kek = KeyEncryptionKey::generate(&mut SysRng)?;
        write(folder, name, format!("sc-kek.v1.{}", hex::encode(*kek.to_secret_bytes())).as_bytes())?;
    }
    let root = RootKey::generate(&mut SysRng)?;
    write(folder, "root", root.to_secret_seed().as_slice())?;
    write(folder, "root.public", hex::encode(root.public().to_bytes()).as_bytes())?;
    for (kind, name) in RINGS {
        let mut ring = Ring::new();
        ring.add_realm(&realm)?;
        add_key(&mut ring, kind)?;
        write_ring(folder, name, &ring)?;
    }
    write(folder, "signer", signer.to_secret_seed().as_slice())?;
    let (log, snapshots) = stores(folder);
    Publisher::create(
        log,
        snapshots,
        realm,
        JournalSettings::new(&Policy::AAL1),
        signer,
        now()?,
        &mut SysRng,
    )?;
    Ok(())
}

/// Where the log and the snapshot are.
fn stores(folder: &Path) -> (FileStore, FileStore) {
    (FileStore::new(folder.join("log")), FileStore::new(folder.join("snapshot")))
}

pub fn publisher(folder: &Path, settings: JournalSettings) -> Outcome<Publisher<FileStore, FileStore>> {
    let realm = read_ring(folder, RINGS[0].1)?.realms().next().ok_or("the ring has no realm")?.clone();
    let seed = fs::read(folder.join("signer"))?;
    let signer = SnapshotSigner::from_seed(seed.as_slice().try_into()?);
    let (log, snapshots) = stores(folder);
    Ok(Publisher::open(log, snapshots, realm, settings, signer, &mut SysRng)?)
}

/// Another key in each ring, and the next version of what is published.
pub fn rotate(folder: &Path) -> Outcome<()> {
    for (kind, name) in RINGS {
        let mut ring = read_ring(folder, name)?;
        add_key(&mut ring, kind)?;
        write_ring(folder, name, &ring)?;
    }
    Ok(())
}

/// A key that mints from now on, for 30 days. The rings go to the functions before the next request, so it needs no time to get about.
fn add_key(ring: &mut Ring<Issuing>, kind: Kind) -> Outcome<()> {
    let window = Window::new(now()?, Seconds::days(30), Seconds::days(1))?;
    ring.add(IssuingKey::generate(kind, &mut SysRng)?, window)?;
    Ok(())
}

pub fn read_ring(folder: &Path, name: &str) -> Outcome<Ring<Issuing>> {
    Ok(fs::read_to_string(folder.join(name))?.parse()?)
}

/// The ring of issuers and its half for verifiers, each as a secret and as a published document.
fn write_ring(folder: &Path, name: &str, ring: &Ring<Issuing>) -> Outcome<()> {
    let edge = name.replace(".txt", "-edge.txt");
    write(folder, name, ring.to_text().as_str().as_bytes())?;
    write(folder, &edge, ring.verifying().to_text().as_str().as_bytes())?;
    let [issuers, verifiers] = KEKS;
    publish_ring(folder, name, ring, issuers)?;
    publish_ring(folder, &edge, &ring.verifying(), verifiers)
}

/// The version counts the keys that were ever added, which only a demo can say so simply.
fn publish_ring<R: Role>(folder: &Path, name: &str, ring: &Ring<R>, kek: &str) -> Outcome<()> {
    let text = fs::read_to_string(folder.join(kek))?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim_start_matches("sc-kek.v1."), &mut bytes)?;
    let seed = fs::read(folder.join("root"))?;
    let root = RootKey::from_seed(seed.as_slice().try_into()?);
    let document =
        ring.publish(ring.count() as u64, &root, &KeyEncryptionKey::from_bytes(bytes), &mut SysRng)?;
    write(folder, &name.replace(".txt", ".document"), document.as_bytes())
}

/// Written whole or not at all, and for nobody else to read.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Outcome<()> {
    let (place, draft) = (folder.join(name), folder.join(format!("{name}.draft")));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(fs::rename(draft, place)?)
}
