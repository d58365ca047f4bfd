//! The ring in a file that several processes share: a version, and the ring's text. Replaced by compare-and-swap, like everything here.

use std::error::Error;
use std::path::Path;

use safeconduct::{
    FileStore, Issuing, IssuingKey, Kind, Put, Realm, Ring, Seconds, Store, Timestamp, Window,
};

/// How long a key mints, and how long it is accepted after that.
const MINTING: Seconds = Seconds::days(30);
const TAIL: Seconds = Seconds::hours(1);
/// How long until every process has a new ring: they look twice a second.
const PROPAGATION: Seconds = Seconds::new(3);

pub struct RingFile(FileStore);

pub type Versioned = (Ring<Issuing>, u64);

impl RingFile {
    pub fn new(path: &Path) -> Self {
        Self(FileStore::new(path))
    }

    /// The ring and its version; `None` before there is one.
    pub fn read(&self) -> Result<Option<Versioned>, Box<dyn Error>> {
        let Some((bytes, _)) = self.0.get()? else { return Ok(None) };
        parse(&bytes).map(Some)
    }

    /// The first ring: one key that mints at once, and a realm. Whoever comes second takes the first one's.
    pub fn create(&self, realm: &Realm, now: Timestamp) -> Result<Versioned, Box<dyn Error>> {
        let mut ring = Ring::new();
        let window = Window::new(now, MINTING, TAIL)?;
        ring.add(IssuingKey::generate(Kind::Encrypted, &mut getrandom::SysRng)?, window)?;
        ring.add_realm(realm)?;
        let _ = self.0.put_if(write(&ring, 1).as_bytes(), None)?;
        self.read()?.ok_or_else(|| "the ring that was just written is gone".into())
    }

    /// Rotation by hand: a new key that mints as soon as every process has it. (A service lets [`Ring::advance`] do that.)
    pub fn rotate(&self, now: Timestamp) -> Result<(), Box<dyn Error>> {
        loop {
            let (bytes, version) = self.0.get()?.ok_or("there is no ring")?;
            let (mut ring, count) = parse(&bytes)?;
            let window = Window::new(now.saturating_add(PROPAGATION), MINTING, TAIL)?;
            ring.add(IssuingKey::generate(Kind::Encrypted, &mut getrandom::SysRng)?, window)?;
            if let Put::Stored(_) = self.0.put_if(write(&ring, count + 1).as_bytes(), Some(&version))? {
                return Ok(());
            }
        }
    }
}

fn write(ring: &Ring<Issuing>, version: u64) -> String {
    format!("{version}\n{}\n", ring.to_text().as_str())
}

fn parse(bytes: &[u8]) -> Result<Versioned, Box<dyn Error>> {
    let (version, ring) = std::str::from_utf8(bytes)?.split_once('\n').ok_or("not a ring file")?;
    Ok((ring.parse()?, version.parse()?))
}
