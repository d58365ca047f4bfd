//! How long things take here. Medians, because other things run as well.
#![allow(clippy::disallowed_methods)] // the library takes time as an argument; this measures it

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use safeconduct::{Answer, Revocations as _, SessionId};

use crate::office::{NOW, Office, ids};

/// The processor, as far as it can be found out.
pub fn machine() -> String {
    let described = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = described.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown processor");
    format!("{model}, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}

pub fn timed<T>(work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<(Duration, T), Box<dyn Error>> {
    let start = Instant::now();
    let result = work()?;
    Ok((start.elapsed(), result))
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// Of one snapshot.
pub struct Times {
    pub open: Duration,
    /// The first look at a page, which hashes it.
    pub first: Duration,
    /// Every later one, at a session that is not out.
    pub miss: Duration,
    /// At one that is.
    pub hit: Duration,
}

impl Times {
    pub fn of(office: &Office, bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (mut opening, mut first) = (Vec::new(), Vec::new());
        let strangers: Vec<SessionId> = ids(20_000, 9).collect();
        for id in strangers.iter().take(51) {
            let (open, snapshot) = timed(|| office.open(black_box(bytes)))?;
            opening.push(open);
            let facts = office.facts(*id);
            let start = Instant::now();
            black_box(snapshot.check(&facts, NOW));
            first.push(start.elapsed());
        }
        let snapshot = office.open(bytes)?;
        snapshot.check_pages()?;
        let each = |all: &[SessionId]| -> Duration {
            let round = || {
                let start = Instant::now();
                let clear =
                    |id: &&SessionId| matches!(snapshot.check(&office.facts(**id), NOW), Answer::Clear(_));
                black_box(all.iter().filter(clear).count());
                start.elapsed()
            };
            median((0..11).map(|_| round()).collect()) / u32::try_from(all.len()).unwrap_or(u32::MAX)
        };
        // All of them are in every snapshot that is measured.
        let members: Vec<SessionId> = ids(1_000, 1).collect();
        Ok(Self { open: median(opening), first: median(first), miss: each(&strangers), hit: each(&members) })
    }
}

/// With three digits and a unit.
pub fn duration(time: Duration) -> String {
    let nanoseconds = time.as_nanos() as f64;
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} us", n / 1e3),
        n if n < 1e9 => format!("{:.1} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}
