//! Mutation testing in one build: every mutant that cargo-mutants lists is woven into a copy of the library behind a switch, and each is then
//! switched on for the tests that reach it. Building for each mutant anew would take hours. Used by `.ci/mutants`, which says how.

mod mutant;
mod places;
mod report;
mod survivors;
mod tree;
mod trial;
mod weave;

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use mutant::Mutant;
use report::{Outcome, Report};
use tree::Tree;
use trial::{Test, Verdict};

/// So many tests that caught a mutant of the same file are tried before the quick ones.
const REMEMBERED: usize = 6;
/// A mutant counts as a survivor when tests that usually take so long together have not noticed it. It can only make survivors more.
const PATIENCE: Duration = Duration::from_secs(30);
/// Tests that wait for each other's threads or processes.
const CLOCKS: [&str; 4] = ["node", "file_store", "publication", "logout_interleavings"];

fn main() -> io::Result<()> {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let work = package.join("target/mutants");
    fs::create_dir_all(&work)?;
    let (flags, rooms): (Vec<String>, Vec<String>) =
        env::args().skip(1).partition(|word| word.starts_with("--"));
    let asked = |flag: &str| flags.iter().find_map(|word| word.strip_prefix(flag));
    let only: Option<Vec<&str>> = asked("--tests=").map(|list| list.split(',').collect());
    let caught = if asked("--resume").is_some() { report::caught(&work)? } else { HashMap::new() };

    let mutants = mutant::list(&package);
    let tree = Tree::copy(&package, &work)?;
    let sorted = tree.weave(&package, &mutants)?;
    let programs = tree.programs(only.as_deref())?;
    let mut unfit = Vec::new();
    let tests = trial::tests(tree.root(), &work, &programs, &mut unfit)?;
    eprintln!(
        "{} tests in {} programs; not fit for a changed tree: {}",
        tests.len(),
        programs.len(),
        unfit.join(", ")
    );

    let mut report = Report::new(&work, &mutants, &rooms)?;
    for index in sorted.unviable {
        report.add(index, Outcome::Unviable, "")?;
    }
    for index in sorted.left_out {
        report.add(index, Outcome::LeftOut, "")?;
    }
    let mut trials = Trials { tests: &tests, root: tree.root(), killers: HashMap::new() };
    for (place, &index) in sorted.switches.iter().enumerate() {
        let mutant = &mutants[index];
        if rooms.is_empty() || rooms.iter().any(|room| room == mutant.room()) {
            let (outcome, by) = match caught.get(&mutant.name) {
                Some(by) => (Outcome::Caught, by.clone()),
                None => trials.of(mutant, place + 1)?,
            };
            report.add(index, outcome, &by)?;
        }
    }
    report.finish()?;
    let survivors = survivors::Survivors::read(&package.join("tests/mutation/survivors.txt"))?;
    if survivors.differ(&report) {
        std::process::exit(1);
    }
    Ok(())
}

struct Trials<'a> {
    tests: &'a [Test],
    root: &'a Path,
    /// Tests that have caught mutants of a file, the latest first.
    killers: HashMap<String, VecDeque<usize>>,
}

impl Trials<'_> {
    /// Until a test fails: first those that caught something in the same file, then the quickest.
    fn of(&mut self, mutant: &Mutant, switch: usize) -> io::Result<(Outcome, String)> {
        let killers = self.killers.entry(mutant.file.clone()).or_default();
        let quickest = (0..self.tests.len()).filter(|test| !killers.contains(test));
        let order: Vec<usize> = killers.iter().copied().chain(quickest).collect();
        let (mut reached, mut spent) = (false, Duration::ZERO);
        for number in order {
            let test = &self.tests[number];
            if !test.reached[switch] {
                continue;
            }
            if reached && spent + test.usual > PATIENCE {
                continue;
            }
            reached = true;
            spent += test.usual;
            let verdict = test.run(self.root, switch, None)?;
            // Twice: other work on the machine can make a test fail that watches a clock.
            let by_the_clock = CLOCKS.iter().any(|clock| test.title().starts_with(clock));
            if verdict == Verdict::Failed
                && by_the_clock
                && test.run(self.root, switch, None)? == Verdict::Passed
            {
                continue;
            }
            if verdict != Verdict::Passed {
                killers.retain(|other| *other != number);
                killers.push_front(number);
                killers.truncate(REMEMBERED);
                let outcome = if verdict == Verdict::Failed { Outcome::Caught } else { Outcome::TimedOut };
                return Ok((outcome, test.title()));
            }
        }
        Ok((if reached { Outcome::Survived } else { Outcome::Unreached }, String::new()))
    }
}
