//! Writes all mutants of a file into it, each behind a switch.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::mutant::{Genre, Mutant, offset};
use crate::places::Places;

/// Where the switch is in the woven library.
const AT: &str = "crate::mutation_switch::at";

/// A file with its mutants in it.
pub struct Woven {
    pub text: String,
    /// Mutants (as indices of the list) whose switch has no place: constants, chains of `let`, opaque return types.
    pub left_out: Vec<usize>,
}

/// What is switched at one place.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Kind {
    Return,
    Arm,
    Expression,
}

/// Everything is an insertion. At one offset: ends of what stands before, inner ones first; then beginnings, outer ones first.
struct Insertion {
    order: (usize, bool, isize, isize),
    text: String,
}

/// `numbers` counts the switches given out; `mutants` are those of this file, with their index in the list. The switch number of each goes to `switches`.
pub fn weave(text: &str, mutants: &[(usize, &Mutant)], switches: &mut Vec<usize>) -> Woven {
    let places = Places::of(text);
    let mut left_out = Vec::new();
    // A place and the mutants there, each with the text of its arm.
    let mut sites: BTreeMap<(usize, usize, Kind), Vec<(usize, String)>> = BTreeMap::new();
    for &(index, mutant) in mutants {
        match site(text, &places, mutant) {
            Some((range, kind, arm)) => {
                sites.entry((range.start, range.end, kind)).or_default().push((index, arm));
            }
            None => left_out.push(index),
        }
    }
    let mut insertions = Vec::new();
    for ((start, end, kind), arms) in sites {
        let first = switches.len() + 1;
        switches.extend(arms.iter().map(|(index, _)| *index));
        let ask = format!("{AT}({first}, {})", arms.len());
        let mut cases = String::new();
        for (place, (index, arm)) in arms.iter().enumerate() {
            cases += &format!("{} => /*<{index}*/ {arm} /*>*/,\n", place + 1);
        }
        // Beginnings of functions stand outside everything that begins there; a guard's own mutants stand inside its arm's.
        let size = if kind == Kind::Return { isize::MAX } else { (end - start) as isize };
        let inner = kind as isize;
        let (before, after) = match kind {
            Kind::Return => (format!("match {ask} {{\n{cases}_ => {{}}\n}}\n"), String::new()),
            Kind::Expression => {
                (format!("(match {ask} {{ 0 => "), format!(",\n{cases}_ => ::core::unreachable!() }})"))
            }
            Kind::Arm => {
                let marked: String = arms.iter().map(|(index, _)| format!("/*<{index}*/ /*>*/")).collect();
                if start == end {
                    (format!(" {marked} if {ask} == 0"), String::new())
                } else {
                    (format!("{marked} {ask} == 0 && ("), ")".into())
                }
            }
        };
        insertions.push(Insertion { order: (start, true, -size, inner), text: before });
        insertions.push(Insertion { order: (end, false, size, -inner), text: after });
    }
    insertions.sort_by_key(|insertion| insertion.order);
    let (mut woven, mut done) = (String::new(), 0);
    for Insertion { order: (at, ..), text: inserted } in insertions {
        woven += &text[done..at];
        woven += &inserted;
        done = at;
    }
    woven += &text[done..];
    Woven { text: woven, left_out }
}

/// The range that is switched, and what takes its place. For the beginning of a function and for an arm without guard the range is empty.
fn site(text: &str, places: &Places, mutant: &Mutant) -> Option<(Range<usize>, Kind, String)> {
    let (start, end) = (offset(text, mutant.span.start), offset(text, mutant.span.end));
    if places.is_constant(start) {
        return None;
    }
    let new = &mutant.replacement;
    match mutant.genre {
        Genre::FnValue => {
            let opaque =
                mutant.function.as_ref().is_some_and(|function| function.return_type.contains("impl "));
            (!opaque).then(|| (start..start, Kind::Return, format!("return {new}")))
        }
        Genre::BinaryOperator => {
            let binary = places.binaries.get(&start).filter(|binary| !binary.chain)?;
            let (whole, operator) = (binary.whole.clone(), &binary.operator);
            let arm =
                format!("{}{new}{}", &text[whole.start..operator.start], &text[operator.end..whole.end]);
            Some((whole, Kind::Expression, arm))
        }
        Genre::UnaryOperator => {
            let whole = places.unaries.get(&start)?.clone();
            let arm = format!("{}{new}{}", &text[whole.start..start], &text[end..whole.end]);
            Some((whole, Kind::Expression, arm))
        }
        Genre::MatchArmGuard => Some((places.guards.get(&start)?.clone(), Kind::Expression, new.clone())),
        Genre::MatchArm => {
            let arm = places.arms.get(&start)?;
            let range = arm.guard.clone().unwrap_or(arm.pattern_end..arm.pattern_end);
            Some((range, Kind::Arm, String::new()))
        }
        Genre::StructField => {
            let whole = places.fields.get(&start)?.clone();
            let rest = text[end..whole.end].trim_start();
            let rest = rest.strip_prefix(',').unwrap_or(rest);
            Some((whole.clone(), Kind::Expression, format!("{}{rest}", &text[whole.start..start])))
        }
    }
}
