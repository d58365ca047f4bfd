//! Writes all mutants of a file into it, each behind a switch.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::mutant::{Genre, Mutant, offset};
use crate::places::Places;

/// Where the switch is in the woven library.
const AT: &str = "crate::mutation_switch::at";
/// The iterator that is there, and one in its place.
const OWN: &str = "crate::mutation_switch::Either::Own(";
const OTHER: &str = "crate::mutation_switch::Either::Other(::std::boxed::Box::new(";

/// A file with its mutants in it; the others by their place in the list.
pub struct Woven {
    pub text: String,
    /// No switch has a place there: constants.
    pub left_out: Vec<usize>,
    /// No Rust at all, so not written: `||` in a chain of `let`.
    pub unviable: Vec<usize>,
}

/// What is switched at one place.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Kind {
    Return,
    /// A whole body whose type only the compiler knows: what takes its place has another, so either of two iterators comes out.
    Iterator,
    Arm,
    Expression,
}

enum Site {
    /// The range that is switched, and what takes its place. For the beginning of a function and for an arm without guard the range is empty.
    At(Range<usize>, Kind, String),
    Nowhere,
    Unviable,
}

/// Everything is an insertion. At one offset: ends of what stands before, inner ones first; then beginnings, outer ones first.
struct Insertion {
    order: (usize, bool, isize, isize),
    text: String,
}

/// `numbers` counts the switches given out; `mutants` are those of this file, with their index in the list. The switch number of each goes to `switches`.
pub fn weave(text: &str, mutants: &[(usize, &Mutant)], switches: &mut Vec<usize>) -> Woven {
    let places = Places::of(text);
    let (mut left_out, mut unviable) = (Vec::new(), Vec::new());
    // A place and the mutants there, each with the text of its arm.
    let mut sites: BTreeMap<(usize, usize, Kind), Vec<(usize, String)>> = BTreeMap::new();
    for &(index, mutant) in mutants {
        match site(text, &places, mutant) {
            Site::At(range, kind, arm) => {
                sites.entry((range.start, range.end, kind)).or_default().push((index, arm));
            }
            Site::Nowhere => left_out.push(index),
            Site::Unviable => unviable.push(index),
        }
    }
    let mut insertions = Vec::new();
    for ((start, end, kind), arms) in sites {
        let first = switches.len() + 1;
        switches.extend(arms.iter().map(|(index, _)| *index));
        let ask = format!("{AT}({first}, {})", arms.len());
        let mut cases = String::new();
        for (place, (index, arm)) in arms.iter().enumerate() {
            let (open, close) = if kind == Kind::Iterator { (OTHER, "))") } else { ("", "") };
            cases += &format!("{} => /*<{index}*/ {open}{arm}{close} /*>*/,\n", place + 1);
        }
        // Beginnings of functions stand outside everything that begins there; a guard's own mutants stand inside its arm's.
        let size = if kind == Kind::Return { isize::MAX } else { (end - start) as isize };
        let inner = kind as isize;
        let (before, after) = match kind {
            Kind::Return => (format!("match {ask} {{\n{cases}_ => {{}}\n}}\n"), String::new()),
            Kind::Iterator => (
                format!("match {ask} {{ 0 => {OWN}{{ "),
                format!(" }}),\n{cases}_ => ::core::unreachable!() }}"),
            ),
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
    Woven { text: woven, left_out, unviable }
}

fn site(text: &str, places: &Places, mutant: &Mutant) -> Site {
    let (start, end) = (offset(text, mutant.span.start), offset(text, mutant.span.end));
    // A body may begin with a constant; what takes its place stands before that.
    if places.is_constant(start) && mutant.genre != Genre::FnValue {
        return Site::Nowhere;
    }
    let new = &mutant.replacement;
    let switched = match mutant.genre {
        Genre::FnValue => {
            let returned = mutant.function.as_ref().map_or("", |function| function.return_type.as_str());
            if returned.contains("-> impl Iterator") {
                return Site::At(start..end, Kind::Iterator, new.clone());
            }
            (!returned.contains("impl ")).then(|| (start..start, Kind::Return, format!("return {new}")))
        }
        Genre::BinaryOperator => places.binaries.get(&start).map(|binary| {
            let (whole, operator) = (binary.whole.clone(), &binary.operator);
            let arm =
                format!("{}{new}{}", &text[whole.start..operator.start], &text[operator.end..whole.end]);
            (whole, Kind::Expression, arm)
        }),
        Genre::UnaryOperator => places.unaries.get(&start).cloned().map(|whole| {
            let arm = format!("{}{new}{}", &text[whole.start..start], &text[end..whole.end]);
            (whole, Kind::Expression, arm)
        }),
        Genre::MatchArmGuard => {
            places.guards.get(&start).map(|guard| (guard.clone(), Kind::Expression, new.clone()))
        }
        Genre::MatchArm => places.arms.get(&start).map(|arm| {
            let range = arm.guard.clone().unwrap_or(arm.pattern_end..arm.pattern_end);
            (range, Kind::Arm, String::new())
        }),
        Genre::StructField => places.fields.get(&start).cloned().map(|whole| {
            let rest = text[end..whole.end].trim_start();
            let rest = rest.strip_prefix(',').unwrap_or(rest);
            (whole.clone(), Kind::Expression, format!("{}{rest}", &text[whole.start..start]))
        }),
    };
    let in_chain = places.binaries.get(&start).is_some_and(|binary| binary.chain);
    match switched {
        _ if in_chain && new.trim() == "||" => Site::Unviable,
        Some((range, kind, arm)) if !in_chain => Site::At(range, kind, arm),
        _ => Site::Nowhere,
    }
}
