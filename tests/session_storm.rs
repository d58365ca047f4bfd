//! Eight tabs, answers in any order, some of them lost: the model of `examples/session_storm`, in small.

#[path = "../examples/session_storm/model/mod.rs"]
mod model;

use model::{Config, Tally, World};

fn play(config: Config, runs: u64) -> Tally {
    let (world, mut tally) = (World::new(config), Tally::default());
    (1..=runs).for_each(|seed| world.run(seed, &mut tally));
    tally
}

#[test]
fn two_slots_keep_every_promise() {
    let tally = play(Config::default(), 300);
    assert_eq!(tally.violations(), 0, "{tally}");
    let enough = tally.renewals > 1_000 && tally.late > 50 && tally.logins > 500 && tally.elevations > 50;
    assert!(
        enough && tally.lost > 500 && tally.cut_offs > 50 && tally.unheard > 0,
        "hardly anything happened:\n{tally}"
    );
}

#[test]
fn one_seed_is_one_story() {
    assert_eq!(play(Config::default(), 20), play(Config::default(), 20));
}

#[test]
fn with_one_cookie_live_sessions_are_logged_out() {
    let tally = play(Config { one_cookie: true, ..Config::default() }, 100);
    assert!(tally.logged_out > 0, "the model does not find the race:\n{tally}");
}

#[test]
fn deleting_refused_cookies_logs_live_sessions_out() {
    let tally = play(Config { delete_refused: true, ..Config::default() }, 50);
    assert!(tally.logged_out > 0, "the model does not find the race:\n{tally}");
}

#[test]
fn the_limit_is_where_it_is_said_to_be() {
    let tally = play(Config { never_lost: true, ..Config::default() }, 150);
    assert!(
        tally.logged_out > 0,
        "two overtaking sessions do no harm: say so in SPEC section 12.3:\n{tally}"
    );
}
