//! Key rotation on many nodes for many months: the simulation of `examples/ring_simulation`, in small.

#[path = "../examples/ring_simulation/simulation/mod.rs"]
mod simulation;

use safeconduct::{AuthLevel, Policy, Seconds};
use simulation::{Config, Promise, Tally};

/// 12 nodes for so many days: small enough for a build without optimisation.
fn small(days: u64) -> Config {
    Config { nodes: 12, days, one_real_in: 16, ..Config::new().unwrap() }
}

fn play(config: &Config, seeds: impl Iterator<Item = u64>) -> Tally {
    let mut sum = Tally::default();
    seeds.for_each(|seed| sum.add(simulation::run(config, seed).unwrap()));
    sum
}

/// A control: the first of fifty seeds that breaks this promise. One of them has to.
fn broken(config: &Config, promise: Promise) -> Tally {
    (1..=50)
        .map(|seed| play(config, seed..=seed))
        .find(|tally| tally.violations_of(promise) > 0)
        .unwrap_or_else(|| panic!("nothing breaks {promise:?}"))
}

#[test]
fn rotation_keeps_its_promises() {
    let tally = play(&small(365), 1..=5);
    assert_eq!(tally.violations(), 0, "{tally}");
    let enough = tally.staged > 50 && tally.revocations > 20 && tally.conflicts > 10 && tally.verified > 500;
    assert!(enough, "hardly anything happened:\n{tally}");
    assert!(tally.most_keys <= 16);
}

#[test]
fn one_seed_is_one_story() {
    let config = small(60);
    assert_eq!(play(&config, 7..=7), play(&config, 7..=7));
    assert_ne!(play(&config, 7..=7), play(&config, 8..=8));
}

#[test]
fn a_key_published_too_late_is_unknown_somewhere() {
    for ahead in [0, 600] {
        let config = small(90).publish_ahead(ahead).unwrap();
        broken(&config, Promise::Readable);
    }
}

#[test]
fn who_fetches_too_rarely_does_not_know_a_successor() {
    // It shows after a revocation only: other keys are staged a day ahead.
    let config = Config { refresh: simulation::PROPAGATION + 600, ..small(180) };
    let tally = broken(&config, Promise::Readable);
    assert_eq!(tally.violations(), tally.violations_of(Promise::Readable), "{tally}");
}

#[test]
fn a_key_without_its_tail_is_over_before_its_tokens() {
    // The schedule is still that of half-hour tokens. No session is cut short for it: issuers refuse to mint (ISS-02).
    let policy = Policy::builder(AuthLevel::Aal1).idle(Seconds::hours(4)).build().unwrap();
    let config = Config { policy, ..small(60) };
    broken(&config, Promise::RetiredInTime);
    let tally = broken(&config, Promise::OneMints);
    assert_eq!(tally.violations_of(Promise::Kept), 0, "{tally}");
}

#[test]
fn a_store_that_does_not_compare_forgets_revocations() {
    broken(&Config { compares: false, ..small(365) }, Promise::StaysRevoked);
}
