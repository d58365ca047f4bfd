//! placeholder
mod simulation;
use std::process::ExitCode;
use simulation::{Config, Rules, Tally};
fn main() -> ExitCode {
    let args: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let mut rules = Rules::ALL;
    match args[2] { 1 => rules.staleness_bound=false, 2 => rules.counted_from_first_version=false, 3=>rules.effective_time=false,4=>rules.lowered_late=false,5=>rules.raised_late=false, _=>{} }
    let config = Config { real: args[3]==1, ..Config::new(rules) };
    let mut sum = Tally::default();
    for seed in args[0]..args[1] { sum.add(simulation::run(&config, seed)); }
    println!("{sum}");
    ExitCode::SUCCESS
}
