//! Eight tabs, answers in any order, some of them lost: `cargo run --release --example session_storm`.
//!
//! **What is simulated.** A browser with eight tabs and one jar of cookies. Each request takes the jar's cookies when it is sent, is judged by one of two nodes some steps
//! later, and its answer arrives in any order, or never. Time stands nearly still or jumps beyond the renewal threshold (a minute here), so that all tabs renew at once. The user logs out, logs in as
//! somebody else (with or without logging out before), steps up, and is logged out everywhere from another device, while requests of the old session are under
//! way; he does one of these at a time, and its answer may be lost, too. One node sees revocations at once, the other up to 100 seconds later.
//!
//! **What is checked**, at each request: whoever the browser has logged in as, and whom nobody has ended, is the one that the node sees, for as long as his token is
//! good (else: *logged out*); and no node that has heard of a session's end lets it in again, nor takes it for the one that came after (else: *resurrected*).
//!
//! **What is real.** The nodes: every request goes through `Exchange`, with real tokens. The browser is 60 lines in `model/browser.rs`.
//!
//! **Two limits, as SPEC section 12.3 states them.** An answer that is under way for more than ten minutes is lost, and so is one that two new sessions have overtaken.
//!
//! ```text
//! --runs N            how many runs (100000)
//! --first-seed N      the first of them (1)
//! --one-cookie        a control: both slots are one cookie, as in other libraries
//! --delete-refused    a control: refused cookies are deleted
//! --never-lost        a control: answers that two new sessions have overtaken still arrive
//! ```
//!
//! The exit code is 0 if no promise was broken, 1 if one was, and 2 if the arguments are wrong.

mod model;

use std::process::ExitCode;

use model::{Config, Tally, World};

fn arguments(mut words: impl Iterator<Item = String>) -> Option<(u64, u64, Config)> {
    let (mut runs, mut first, mut config) = (100_000, 1, Config::default());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => runs = words.next()?.parse().ok()?,
            "--first-seed" => first = words.next()?.parse().ok()?,
            "--one-cookie" => config.one_cookie = true,
            "--delete-refused" => config.delete_refused = true,
            "--never-lost" => config.never_lost = true,
            _ => return None,
        }
    }
    Some((runs, first, config))
}

fn main() -> ExitCode {
    let Some((runs, first, config)) = arguments(std::env::args().skip(1)) else {
        eprintln!("arguments: [--runs N] [--first-seed N] [--one-cookie] [--delete-refused] [--never-lost]");
        return ExitCode::from(2);
    };
    let world = World::new(config);
    let mut tally = Tally::default();
    for seed in first..first.saturating_add(runs) {
        world.run(seed, &mut tally);
    }
    println!("{tally}");
    if tally.violations() == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
