//! Snapshots on disk, and what they say about tokens.

use std::fs::File;
use std::io::Read;

use safeconduct::inspect::{self, snapshot_advice};
use safeconduct::{
    Floors, Revocations, Ring, Seconds, Snapshot, SnapshotError, SnapshotKeys, Timestamp, Verifying,
};

/// The longest snapshot there can be is 16 MiB of pages and as many tables as a log allows; more than this is none.
const MAX_SNAPSHOT: u64 = 64 << 20;

/// The bytes of a file or of standard input, no more than a snapshot can have.
pub fn read(option: &str, path: Option<&str>) -> Result<Vec<u8>, String> {
    let failed = |why: std::io::Error| format!("{option}: {why}");
    let mut source: Box<dyn Read> = match path {
        Some(path) => Box::new(File::open(path).map_err(failed)?),
        None => Box::new(std::io::stdin().lock()),
    };
    let mut bytes = Vec::new();
    source.by_ref().take(MAX_SNAPSHOT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_SNAPSHOT {
        return Err(format!("{option}: it is too long to be a snapshot"));
    }
    Ok(bytes)
}

/// Revocation data of `--revocations` as a node would have them, for each realm of the ring.
pub fn revocations(
    paths: &[String],
    ring: &Ring<Verifying>,
    skew: Seconds,
    now: Timestamp,
) -> Result<Box<dyn Revocations>, String> {
    let keys = SnapshotKeys::of(ring);
    if keys.realms().next().is_none() {
        return Err("--revocations: the ring has no realm, so no snapshot belongs to it".into());
    }
    let mut found: Vec<Snapshot<Vec<u8>>> = Vec::new();
    for path in paths {
        let snapshot = open(read("--revocations", Some(path))?, &keys, skew, now)?;
        if found.iter().any(|other| other.realm() == snapshot.realm()) {
            return Err("--revocations: both are of the same realm".into());
        }
        found.push(snapshot);
    }
    let mut found = found.into_iter();
    let first = found.next();
    Ok(if keys.realms().count() == 1 { Box::new(first) } else { Box::new((first, found.next())) })
}

/// A snapshot whose time is over is opened all the same: a node that took it earlier has it still, and says that it is stale.
fn open(
    bytes: Vec<u8>,
    keys: &SnapshotKeys,
    skew: Seconds,
    now: Timestamp,
) -> Result<Snapshot<Vec<u8>>, String> {
    let floors = Floors::new().skew(skew);
    let opened = match Snapshot::open(bytes.as_slice(), keys, now, &floors) {
        Err(SnapshotError::Expired { not_after }) => not_after.saturating_sub(Seconds::new(1)),
        Err(why) => return Err(unusable(why)),
        Ok(_) => now,
    };
    Snapshot::open(bytes, keys, opened, &floors).map_err(unusable)
}

fn unusable(why: SnapshotError) -> String {
    format!("--revocations: {why}; {}", snapshot_advice(&why))
}

/// How many probes the snapshot that is published has, whoever made it.
pub fn probes_of(path: &str, now: Timestamp) -> Option<u8> {
    let bytes = read("--publish", Some(path)).ok()?;
    inspect::snapshot(&bytes, None, now, &Floors::new()).header?.probes
}

/// A publisher replaces whatever stands in the place of its snapshot. A slip of the hand must not make that a ring, or the log.
pub fn may_be_replaced(option: &str, path: &str) -> Result<(), String> {
    let mut start = Vec::new();
    match File::open(path) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        file => file.and_then(|file| file.take(4).read_to_end(&mut start)),
    }
    .map_err(|why| format!("{option}: {why}"))?;
    if start.is_empty() || start == b"scr1" {
        return Ok(());
    }
    Err(format!("{option}: this file is no snapshot, and is not replaced; if it once was one, move it away"))
}
