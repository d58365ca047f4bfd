//! What revocation costs: `cargo run --release --example revocation_sizes`.
//!
//! For 1,000 to 1,000,000 revoked sessions: how large the snapshot is, how long it takes to build, to open and to ask, and how often it takes a session for
//! revoked that is not, counted on its bits and measured. Everything comes from fixed seeds, so all numbers but the times are the same on every machine.
//!
//! ```text
//! --looks N      at sessions that are not revoked, for each row (20000000)
//! ```
//!
//! The exit code is 0 if every bound holds, 1 if one does not, and 2 if the arguments are wrong. Times have goals and no bounds: they are the machine's.

mod filter;
#[allow(dead_code)] // each user has a part of it
mod office;
mod times;

use std::error::Error;
use std::process::ExitCode;

use filter::Filter;
use office::{Office, ids};
use times::{Times, duration, timed};

const MEMBERS: u64 = 1;
const STRANGERS: u64 = 2;
const LATER: u64 = 3;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let looks = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => 20_000_000,
        ["--looks", number] => match number.parse() {
            Ok(number) => number,
            Err(_) => return usage(),
        },
        _ => return usage(),
    };
    match run(looks) {
        Ok(0) => {
            println!("\nEvery bound holds.");
            ExitCode::SUCCESS
        }
        Ok(missed) => {
            println!("\n{missed} bounds are missed.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("revocation_sizes: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: revocation_sizes [--looks N]");
    ExitCode::from(2)
}

/// How many bounds were missed.
fn run(looks: usize) -> Result<u32, Box<dyn Error>> {
    println!("{}", times::machine());
    if cfg!(debug_assertions) {
        println!("built without optimisation: the times mean nothing");
    }
    let office = Office::new()?;
    let mut bounds = Bounds::default();
    sizes(&office, &mut bounds)?;
    rates(&office, looks, &mut bounds)?;
    probes(&office, &mut bounds)?;
    Ok(bounds.missed)
}

#[derive(Default)]
struct Bounds {
    missed: u32,
}

impl Bounds {
    fn check(&mut self, holds: bool, what: &str) {
        if !holds {
            println!("MISSED: {what}");
            self.missed += 1;
        }
    }

    /// What every snapshot has to do.
    fn check_snapshot(
        &mut self,
        office: &Office,
        bytes: &[u8],
        entries: usize,
    ) -> Result<(), Box<dyn Error>> {
        self.check(Filter::of(bytes).rate_holds(), "the counted rate is at most 2^-k");
        let out = office.count_out(&office.open(bytes)?, ids(entries, MEMBERS))?;
        self.check(out == entries as u64, "every revoked session is found");
        Ok(())
    }
}

fn sizes(office: &Office, bounds: &mut Bounds) -> Result<(), Box<dyn Error>> {
    println!("\nBy number of revoked sessions, 24 probes each\n");
    println!(
        "{:>11} {:>11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9}",
        "revocations",
        "bytes",
        "bytes",
        "bytes",
        "to build",
        "to open",
        "first",
        "later",
        "later",
        "delta of"
    );
    println!(
        "{:>11} {:>11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9}",
        "", "", "each", "more *", "", "", "look", "miss", "hit", "100"
    );
    let mut before: Option<(usize, usize)> = None;
    for entries in [1_000, 10_000, 100_000, 250_000, 1_000_000] {
        let journal = office.log(ids(entries, MEMBERS))?;
        let (build, bytes) = timed(|| office.snapshot(&journal))?;
        bounds.check_snapshot(office, &bytes, entries)?;
        let times = Times::of(office, &bytes)?;
        let each = bytes.len() as f64 / entries as f64;
        bounds.check(entries < 10_000 || each <= 4.4, "at most 4.4 bytes each from 10,000 on");
        let more = before.map_or((bytes.len() - 252) as f64 / entries as f64, |(count, size)| {
            (bytes.len() - size) as f64 / (entries - count) as f64
        });
        before = Some((entries, bytes.len()));
        let stored = office.stored(office.log(ids(entries, MEMBERS))?)?;
        let earlier = office.with_probes(&stored, 24)?;
        let later = office.goes_on(office.with_probes(&stored, 24)?, ids(100, LATER))?;
        let delta = office.delta(&later, &earlier)?;
        bounds.check(delta.len() == 252 + 800, "8 bytes each and 252 in a delta");
        println!(
            "{entries:>11} {:>11} {each:>9.3} {more:>9.3} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9}",
            bytes.len(),
            duration(build),
            duration(times.open),
            duration(times.first),
            duration(times.miss),
            duration(times.hit),
            delta.len()
        );
    }
    println!(
        "\n* than the row above, for each revocation more; in the first row without the 252 bytes of header and signature."
    );
    println!(
        "A snapshot has at most 1,024 pages of 16 KiB: 3.7 million sessions at 24 probes. 10 million do not fit into one realm."
    );
    println!(
        "To open is one signature and the hashes of the short tables, whatever the size; the goal is 100 us. The first look at a page hashes it."
    );
    Ok(())
}

fn rates(office: &Office, looks: usize, bounds: &mut Bounds) -> Result<(), Box<dyn Error>> {
    println!(
        "\nHow often a look takes a session for revoked that is not ({looks} looks at others for each row)\n"
    );
    println!(
        "{:>11} {:>6} {:>6} {:>12} {:>12} {:>12} {:>9} {:>12}",
        "revocations", "probes", "pages", "claimed", "of the bits", "measured", "hits", "expected"
    );
    let rows = [
        (1_000, 24),
        (10_000, 24),
        (100_000, 24),
        (1_000_000, 24),
        (100_000, 8),
        (100_000, 12),
        (100_000, 16),
    ];
    for (entries, probes) in rows {
        let stored = office.stored(office.log(ids(entries, MEMBERS))?)?;
        let bytes = office.snapshot(&office.with_probes(&stored, probes)?)?;
        let (filter, snapshot) = (Filter::of(&bytes), office.open(&bytes)?);
        let hits = office.count_out(&snapshot, ids(looks, STRANGERS))?;
        bounds.check(filter.rate_holds(), "the counted rate is at most 2^-k");
        bounds.check(
            filter.explains(hits, looks),
            "the measured rate is within six deviations of that of the bits",
        );
        println!(
            "{entries:>11} {probes:>6} {:>6} {:>12.3e} {:>12.3e} {:>12.3e} {hits:>9} {:>12.1}",
            filter.pages(),
            0.5_f64.powi(probes.into()),
            filter.rate(),
            hits as f64 / looks as f64,
            filter.rate() * looks as f64
        );
    }
    println!(
        "\nBelow an expectation of a few hits, 'measured' says only that nothing is wrong by orders of magnitude; the rate of the bits is exact."
    );
    Ok(())
}

fn probes(office: &Office, bounds: &mut Bounds) -> Result<(), Box<dyn Error>> {
    println!("\nBy number of probes, 100,000 revoked sessions\n");
    println!(
        "{:>6} {:>14} {:>11} {:>9} {:>9} {:>8} {:>8} {:>22}",
        "probes", "one look errs", "bytes", "each", "to build", "miss", "hit", "a session's life errs *"
    );
    let entries = 100_000;
    let stored = office.stored(office.log(ids(entries, MEMBERS))?)?;
    for probes in [20, 24, 28, 32] {
        let journal = office.with_probes(&stored, probes)?;
        let (build, bytes) = timed(|| office.snapshot(&journal))?;
        bounds.check_snapshot(office, &bytes, entries)?;
        let times = Times::of(office, &bytes)?;
        println!(
            "{probes:>6} {:>14} {:>11} {:>9.3} {:>9} {:>8} {:>8} {:>22}",
            one_in(2_f64.powi(probes.into())),
            bytes.len(),
            bytes.len() as f64 / entries as f64,
            duration(build),
            duration(times.miss),
            duration(times.hit),
            one_in(2_f64.powi(probes.into()) / (1.0 + 8.0 * 16.0)),
        );
    }
    println!(
        "\n* 8 hours with tokens of 30 minutes and 8 snapshots in each of them: 2^-k (1 + 8 x 16). Whoever it hits logs in again."
    );
    Ok(())
}

fn one_in(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
    format!("1 in {}", groups.join(","))
}
