//! Two years of key rotation on fifty nodes, a thousand times: `cargo run --release --example ring_simulation`.
//!
//! **What is simulated.** Fifty nodes fetch the ring from one store. Some do whenever the longest allowed time has passed, some at random moments; so a node may
//! mint and verify with any state that was the latest within that time. No two clocks differ by more than the policy's skew, and two of them differ by all of it.
//! Five of the nodes advance the ring every few hours, now and then all at once: each reads, calls the library, and stores by compare-and-swap up to a minute later,
//! some as late as they may. Who was overtaken merges, advances the union and tries again for five minutes. Keys leak, most often at a bad time: when their
//! windows begin or end, and sometimes two at once; they are revoked and their successors staged in one step. Clients log in anywhere, show their tokens
//! anywhere, from the first to the last second, and have them renewed.
//!
//! **What is checked.** Every view of every node, in the seconds around each edge of each window as the slowest and the fastest clock see it, while a new state
//! is on its way, and at least once a day: what any node would mint at that moment is held against every other node. Then every token that is shown, every state
//! that is stored, and every answer of the library to those who store. The nine promises are in `simulation/tally.rs`.
//!
//! **What is real.** The rings: every state is made by the library, goes through its text, and is asked for its keys by [`Ring::keys`](safeconduct::Ring::keys).
//! Verdicts on tokens follow from these facts by a few lines in `simulation/session.rs`; one session in 64, and one in four of those that begin in the first half
//! minute of a key, have real tokens as well, minted, verified and renewed by a real issuer and verifier, and any difference is a violation.
//!
//! **What is not simulated.** Clocks that are wrong by more than the skew, nodes that miss the bound, a store that loses what it has stored, issuers that stop for
//! half a day. Nobody forges, so the cut-offs for everyone that belong to a revocation are left out. Keys are of kind `e`, and rings are not signed and wrapped. Checks
//! are samples in time: nothing is looked at between them, though no window begins or ends there.
//!
//! **The hour.** The schedule's propagation is an hour *from the moment at which the issuer looks at its clock*: 5 minutes for storing, and the rest for nodes to
//! fetch. A successor after a revocation mints that hour and the skew after the look, so nothing is to spare: with `--refresh 3310`, ten seconds more for fetching,
//! a few hundred runs break promise 1.
//!
//! ```text
//! --seeds N               how many runs (1000)
//! --first-seed N          the first of them (1)
//! --nodes N               how many nodes (50)
//! --years N               how long (2)
//! --publish-ahead SECONDS how long before it is needed a key is staged (86400); below 3600 promises are broken
//! --refresh SECONDS       the longest time between two refreshes of a node (3300)
//! --advance-unions 0      issuers who were overtaken store the union as it is: after two revocations at once nobody may mint
//! ```
//!
//! The exit code is 0 if no promise was broken, 1 if one was, and 2 if the arguments are wrong.

mod simulation;

use std::error::Error;
use std::process::ExitCode;

use simulation::{Config, Tally};

struct Arguments {
    seeds: u64,
    first_seed: u64,
    config: Config,
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments { seeds: 1_000, first_seed: 1, config: Config::new()? };
    while let Some(name) = words.next() {
        let value: u32 = words.next().ok_or(format!("{name} needs a number"))?.parse()?;
        let config = &mut arguments.config;
        match name.as_str() {
            "--seeds" => arguments.seeds = value.into(),
            "--first-seed" => arguments.first_seed = value.into(),
            "--nodes" if value >= 2 => config.nodes = value.try_into()?,
            "--years" => config.days = 365 * u64::from(value),
            "--refresh" if value >= 2 => config.refresh = value.into(),
            "--advance-unions" => config.advances_unions = value != 0,
            "--publish-ahead" => arguments.config = arguments.config.publish_ahead(value)?,
            _ => return Err(format!("{name} {value} is not understood").into()),
        }
    }
    Ok(arguments)
}

#[allow(clippy::disallowed_methods)] // nothing but the last line depends on it
fn main() -> ExitCode {
    let begun = std::time::Instant::now();
    let Arguments { seeds, first_seed, config } = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let mut sum = Tally::default();
    for seed in first_seed..first_seed.saturating_add(seeds) {
        match simulation::run(&config, seed) {
            Ok(tally) => sum.add(tally),
            Err(why) => {
                eprintln!("seed {seed} does not begin: {why}");
                return ExitCode::from(2);
            }
        }
    }
    println!("{:<50} {seeds:>12}\n{sum}", "seeds");
    eprintln!("{:.1} s", begun.elapsed().as_secs_f64());
    if sum.violations() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
