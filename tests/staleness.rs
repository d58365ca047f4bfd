//! When the entry of a log-out may be dropped (SPEC section 9.7): the simulation of `examples/revocation_simulation`, in small, and a control for each rule.

#[path = "../examples/revocation_simulation/simulation/mod.rs"]
mod simulation;

use simulation::{Config, Promise, Rules, Tally};

fn play(config: &Config, seeds: impl Iterator<Item = u64>) -> Tally {
    let mut sum = Tally::default();
    seeds.for_each(|seed| sum.add(simulation::run(config, seed)));
    sum
}

/// A control: without this rule one of these schedules has to break this promise.
fn broken(config: &Config, promise: Promise, seeds: std::ops::Range<u64>) {
    let breaks = |seed: &u64| play(config, *seed..*seed + 1).violations_of(promise) > 0;
    assert!(seeds.clone().any(|seed| breaks(&seed)), "nothing breaks {promise:?} in {seeds:?}");
}

#[test]
fn no_token_of_a_revoked_session_is_accepted() {
    let tally = play(&Config::new(Rules::ALL), 1..1_501);
    assert_eq!(tally.violations(), 0, "{tally}");
    let enough = tally.rotations > 500 && tally.elevations > 100 && tally.dropped > 2_000;
    assert!(enough && tally.not_known_yet > 5_000 && tally.conflicts > 5_000, "hardly anything:\n{tally}");
}

#[test]
fn the_library_does_what_the_model_says() {
    let tally = play(&Config { real: true, ..Config::new(Rules::ALL) }, 1..201);
    assert_eq!(tally.violations(), 0, "{tally}");
    assert!(tally.compared > 10_000, "{tally}");
}

#[test]
fn one_seed_is_one_story() {
    let config = Config::new(Rules::ALL);
    assert_eq!(play(&config, 7..8), play(&config, 7..8));
    assert_ne!(play(&config, 7..8), play(&config, 8..9));
}

#[test]
fn without_the_staleness_bound_tokens_outlive_their_entry() {
    let rules = Rules { staleness_bound: false, ..Rules::ALL };
    broken(&Config::new(rules), Promise::StaysOut, 1..1_000);
}

#[test]
fn counted_from_the_accepting_clock_entries_die_too_early() {
    let rules = Rules { counted_from_first_version: false, ..Rules::ALL };
    broken(&Config::new(rules), Promise::MintedBefore, 1..1_000);
    broken(&Config::new(rules), Promise::StaysOut, 6_500..6_600);
}

#[test]
fn without_the_effective_time_slow_clocks_accept_what_was_dropped() {
    let rules = Rules { effective_time: false, ..Rules::ALL };
    broken(&Config::new(rules), Promise::StaysOut, 1..1_000);
}

#[test]
fn a_longest_token_lowered_at_once_cuts_tokens_short() {
    let rules = Rules { lowered_late: false, ..Rules::ALL };
    broken(&Config::new(rules), Promise::NotCutShort, 1..100);
}

#[test]
fn a_longest_token_raised_at_once_brings_tokens_back() {
    let rules = Rules { raised_late: false, ..Rules::ALL };
    broken(&Config::new(rules), Promise::StaysOut, 53_600..53_700);
}
