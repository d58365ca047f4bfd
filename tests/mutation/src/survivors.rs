//! The list of mutants that are known to survive, each with its reason.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use crate::report::{Outcome, Report};

pub struct Survivors {
    /// How many mutants of this name may survive: names have no lines, so two in one function may share theirs.
    known: BTreeMap<String, usize>,
}

impl Survivors {
    /// Lines of a mutant, ` | `, and why nothing can or need notice it. `#` begins a comment.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut known = BTreeMap::new();
        for line in
            fs::read_to_string(path)?.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (name, reason) = line.rsplit_once(" | ").unwrap_or((line, ""));
            assert!(!reason.trim().is_empty(), "survivors.txt: no reason: {line}");
            *known.entry(name.to_string()).or_default() += 1;
        }
        Ok(Self { known })
    }

    /// Prints what survives without being listed, and what is listed and was caught. Whether there was any of the first.
    pub fn differ(&self, report: &Report<'_>) -> bool {
        let mut left = self.known.clone();
        let mut is_new = false;
        for &(index, outcome) in &report.outcomes {
            let key = report.mutant(index).key();
            match (outcome, left.get_mut(&key)) {
                (Outcome::Survived | Outcome::Unreached, Some(count)) if *count > 0 => *count -= 1,
                (Outcome::Survived | Outcome::Unreached, _) => {
                    println!("new survivor: {}", report.mutant(index).name);
                    is_new = true;
                }
                _ => {}
            }
        }
        let tried: Vec<_> = report.outcomes.iter().map(|(index, _)| report.mutant(*index).key()).collect();
        for (name, _) in left.iter().filter(|(name, count)| **count > 0 && tried.contains(name)) {
            println!("listed, and caught: {name}");
        }
        is_new
    }
}
