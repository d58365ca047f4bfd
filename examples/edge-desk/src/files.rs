//! What lies in the folder.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use getrandom::SysRng;
use safeconduct::{
    FileStore, Issuing, IssuingKey, JournalSettings, Kind, Policy, Publisher, Realm, Ring, Seconds,
    SnapshotSigner, Timestamp, Window,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The two rings: functions that mint have kind `e`, functions that only verify have half of kind `n`.
pub const RINGS: [(Kind, &str); 2] = [(Kind::Encrypted, "ring-e.txt"), (Kind::Nested, "ring-n.txt")];

/// The clock.
pub fn now() -> Outcome<Timestamp> {
    Ok(Timestamp::from_unix(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?)
}

/// Rings, signer and an empty log.
pub fn init(folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let signer = SnapshotSigner::generate(&mut SysRng)?;
    let realm = Realm::generate(&[signer.public()], &mut SysRng)?;
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

/// Another key in each ring.
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

fn write_ring(folder: &Path, name: &str, ring: &Ring<Issuing>) -> Outcome<()> {
    write(folder, name, ring.to_text().as_str().as_bytes())?;
    write(folder, &name.replace(".txt", "-edge.txt"), ring.verifying().to_text().as_str().as_bytes())
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
