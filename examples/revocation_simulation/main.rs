//! A million schedules of logging out, under clocks that disagree: `cargo run --release --example revocation_simulation`.
//!
//! **What is simulated.** One log and three publishers. Each reads the log, looks at its clock, and stores by compare-and-swap, with any time before, between and after; who
//! was overtaken begins again. Three nodes take any snapshot that is not older than what they have, or a delta, or none for hours, and now and then forget
//! everything. All clocks disagree, most by minutes, some by half an hour, and jump. People log in (every fourth beside an issuer that does not look at the data), show any
//! token anywhere, have it rotated and elevated, and log out with any token, an idle one, too; operators end sessions by id and set cut-offs. The longest token and the
//! staleness bound are raised and lowered all the while.
//!
//! **What is checked.** After every step, every token on every node. The promises are in `simulation/tally.rs`; the rules, as SPEC sections 9.5 to 9.7 have them, in
//! `simulation/log.rs` and `node.rs`.
//!
//! **What is real.** The model has neither keys nor bytes. One schedule in 200 is played by the library as well: a log that is signed and read back, snapshots and
//! deltas as bytes, tokens as text. Every answer, header, verdict and deadline is held against the model's.
//!
//! **What is not simulated.** Several regions, strict rotation, two realms at once, nodes that fail open, restoring a log that was lost. The first three have tests of their
//! own.
//!
//! ```text
//! --schedules N    how many schedules (1000000)
//! --first-seed N   the seed of the first (1)
//! --real-one-in N  of how many one is played by the library as well (200); 0 for none
//! --without RULE   a control: one rule is missing, and promises are broken. RULE is staleness, first-version, effective-time, lowered-late or raised-late
//! ```
//!
//! The exit code is 0 if no promise was broken, 1 if one was, and 2 if the arguments are wrong.

mod simulation;

use std::error::Error;
use std::process::ExitCode;

use simulation::{Config, Rules, Tally};

struct Arguments {
    schedules: u64,
    first_seed: u64,
    real_one_in: u64,
    rules: Rules,
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
    let mut arguments =
        Arguments { schedules: 1_000_000, first_seed: 1, real_one_in: 200, rules: Rules::ALL };
    while let Some(name) = words.next() {
        let value = words.next().ok_or(format!("{name} needs a value"))?;
        match name.as_str() {
            "--schedules" => arguments.schedules = value.parse()?,
            "--first-seed" => arguments.first_seed = value.parse()?,
            "--real-one-in" => arguments.real_one_in = value.parse()?,
            "--without" => {
                let rules = &mut arguments.rules;
                let rule = match value.as_str() {
                    "staleness" => &mut rules.staleness_bound,
                    "first-version" => &mut rules.counted_from_first_version,
                    "effective-time" => &mut rules.effective_time,
                    "lowered-late" => &mut rules.lowered_late,
                    "raised-late" => &mut rules.raised_late,
                    _ => return Err(format!("there is no rule {value}").into()),
                };
                *rule = false;
                // The library has all of its rules.
                arguments.real_one_in = 0;
            }
            _ => return Err(format!("{name} {value} is not understood").into()),
        }
    }
    Ok(arguments)
}

#[allow(clippy::disallowed_methods)] // nothing but the last line depends on it
fn main() -> ExitCode {
    let begun = std::time::Instant::now();
    let Arguments { schedules, first_seed, real_one_in, rules } = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let mut sum = Tally::default();
    for seed in first_seed..first_seed.saturating_add(schedules) {
        let real = seed.checked_rem(real_one_in) == Some(0);
        sum.add(simulation::run(&Config { real, ..Config::new(rules) }, seed));
    }
    println!("{:<50} {schedules:>12}\n{sum}", "schedules");
    eprintln!("{:.1} s", begun.elapsed().as_secs_f64());
    if sum.violations() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
