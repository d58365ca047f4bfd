//! Compares what valgrind reports with what is allowed.

use std::process::ExitCode;

use crate::allowed::{ALLOWED, Allowed, Place};
use crate::cases::{CASES, CONTROLS};
use crate::report::{self, Frame, Leak};

/// Every case and every control. Prints each allowed place that was reported, with the reason.
pub fn all(verbose: bool) -> ExitCode {
    let mut good = true;
    for (case, _) in CASES {
        good &= judge(case, &report::watch(case), verbose);
    }
    for (control, _) in CONTROLS {
        let found = report::watch(control).iter().any(|leak| leak.frames.iter().any(Frame::is_control));
        println!("control {control:<12} {}", if found { "found" } else { "NOT FOUND" });
        good &= found;
    }
    println!("{}", if good { "nothing else depends on a secret" } else { "FAILED" });
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether everything that was reported is allowed, and everything that has to be reported was.
fn judge(case: &str, leaks: &[Leak], verbose: bool) -> bool {
    println!("{case}: reports: {}", leaks.len());
    let rules: Vec<&Allowed> = ALLOWED.iter().filter(|rule| rule.cases.contains(&case)).collect();
    let mut good = true;
    let mut counts = vec![0; rules.len()];
    for leak in leaks {
        match rules.iter().position(|rule| rule.place.has(leak)) {
            Some(rule) => counts[rule] += 1,
            None => {
                println!("  NOT ALLOWED: {leak}");
                good = false;
            }
        }
        if verbose {
            println!("  {leak}");
        }
    }
    for (rule, count) in rules.iter().zip(counts) {
        if count > 0 {
            println!("  {count:>3} {}: {}", rule.place, rule.why);
        } else if rule.expected {
            println!("  NOT REACHED: {}: {}", rule.place, rule.why);
            good = false;
        }
    }
    good
}

impl Place {
    fn pairs(&self) -> (&'static str, &'static [(&'static str, &'static str)]) {
        match self {
            Self::At(pairs) => ("at", pairs),
            Self::Under(pairs) => ("under", pairs),
        }
    }

    fn has(&self, leak: &Leak) -> bool {
        match self {
            Self::At(pairs) => leak.innermost().is_some_and(|frame| frame.is_one_of(pairs)),
            Self::Under(pairs) => leak.frames.iter().any(|frame| frame.is_one_of(pairs)),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (how, pairs) = self.pairs();
        let names: Vec<_> = pairs.iter().map(|(file, function)| format!("{file} {function}")).collect();
        write!(f, "{how} {}", names.join(", "))
    }
}

impl Leak {
    /// The innermost function that is not of the standard library.
    fn innermost(&self) -> Option<&Frame> {
        self.frames.iter().find(|frame| !frame.is_standard())
    }
}

impl Frame {
    fn is_one_of(&self, pairs: &[(&str, &str)]) -> bool {
        // Of functions that another crate has inlined valgrind knows the file only.
        pairs.iter().any(|(file, function)| {
            *file == self.file && (*function == self.function || self.function == "UnknownInlinedFun")
        })
    }

    fn is_control(&self) -> bool {
        self.file.ends_with("cases/keys.rs") && self.function.starts_with("leak_")
    }
}
