//! Tells valgrind which bytes are secret, lets the library work on them, and judges what valgrind reports.
//!
//! `safeconduct-constant-time` runs every case under valgrind and fails if anything is reported that [`allowed`] does not name, or if a secret does not arrive where
//! it should. `safeconduct-constant-time CASE` is what valgrind runs. `--verbose` prints where each report comes from.

mod allowed;
mod cases;
mod judge;
mod report;
mod secret;

use std::process::ExitCode;

use safeconduct::Backend;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => judge::all(false),
        ["--verbose"] => judge::all(true),
        [name] => {
            run(name);
            ExitCode::SUCCESS
        }
        _ => panic!("one argument at most"),
    }
}

fn run(name: &str) {
    assert!(secret::is_watched(), "to be run by valgrind");
    let expected = if cfg!(feature = "fast") { Backend::Fast } else { Backend::Portable };
    assert_eq!(safeconduct::backend(), expected, "the backend that was built for runs");
    let mut all = cases::CASES.iter().chain(cases::CONTROLS);
    let (_, case) = all.find(|(case, _)| *case == name).expect("a case of this name");
    case();
}
