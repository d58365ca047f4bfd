//! What became of each mutant: a line each as it is known, and a table by room at the end.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::mutant::Mutant;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Caught,
    TimedOut,
    /// Tests reach it and none notices.
    Survived,
    /// No test reaches it.
    Unreached,
    /// It does not compile.
    Unviable,
    /// It has no place for a switch: cargo-mutants has to build it by itself.
    LeftOut,
}

pub struct Report<'a> {
    mutants: &'a [Mutant],
    rooms: &'a [String],
    lines: File,
    left_out: File,
    pub outcomes: Vec<(usize, Outcome)>,
}

/// The mutants that an earlier run caught, and by which test: all that a run is spared after tests were added and the library stayed as it was.
pub fn caught(work: &Path) -> io::Result<HashMap<String, String>> {
    let text = fs::read_to_string(work.join("outcomes.txt"))?;
    let mut caught = HashMap::new();
    for line in text.lines() {
        if let ["Caught", name, by] = line.split('\t').collect::<Vec<_>>()[..] {
            caught.insert(name.to_string(), by.to_string());
        }
    }
    Ok(caught)
}

#[derive(Default)]
struct Row {
    counts: [usize; 6],
}

impl<'a> Report<'a> {
    pub fn new(work: &Path, mutants: &'a [Mutant], rooms: &'a [String]) -> io::Result<Self> {
        let (lines, left_out) =
            (File::create(work.join("outcomes.txt"))?, File::create(work.join("left_out.txt"))?);
        Ok(Self { mutants, rooms, lines, left_out, outcomes: Vec::new() })
    }

    pub fn mutant(&self, index: usize) -> &'a Mutant {
        &self.mutants[index]
    }

    pub fn add(&mut self, index: usize, outcome: Outcome, by: &str) -> io::Result<()> {
        let mutant = &self.mutants[index];
        if !self.rooms.is_empty() && !self.rooms.iter().any(|room| room == mutant.room()) {
            return Ok(());
        }
        self.outcomes.push((index, outcome));
        if outcome == Outcome::LeftOut {
            writeln!(self.left_out, "{}", mutant.name)?;
        }
        if self.outcomes.len().is_multiple_of(100) {
            eprintln!("{} mutants done", self.outcomes.len());
        }
        if matches!(outcome, Outcome::Survived | Outcome::Unreached) {
            println!("{outcome:?} {}", mutant.name);
        }
        writeln!(self.lines, "{outcome:?}\t{}\t{by}", mutant.name)
    }

    pub fn finish(&mut self) -> io::Result<()> {
        let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
        for &(index, outcome) in &self.outcomes {
            for room in [self.mutants[index].room(), "~ all"] {
                rows.entry(room).or_default().counts[outcome as usize] += 1;
            }
        }
        println!("{:<12} mutants  viable  caught  of them by time  survivors  left to cargo-mutants", "room");
        for (room, Row { counts }) in rows {
            let [caught, timed_out, survived, unreached, unviable, left_out] = counts;
            let viable = caught + timed_out + survived + unreached;
            println!(
                "{room:<12} {:>7}  {viable:>6}  {:>6}  {timed_out:>15}  {:>9}  {left_out:>9}",
                viable + unviable + left_out,
                caught + timed_out,
                survived + unreached,
            );
        }
        self.lines.flush()
    }
}
