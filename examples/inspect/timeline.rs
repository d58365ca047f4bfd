//! When which key does what, drawn: a row for each key over one axis.

use std::fmt::Write as _;

use safeconduct::{KeyState, Timestamp};

use crate::paint::Paint;
use crate::ring_print::short;
use crate::ring_view::{Key, View};

/// Columns of the drawing. With indent and names it is 98.
const WIDTH: u64 = 84;
const INDENT: usize = 14;
const YEAR: u64 = 365 * 86_400;
/// Distances that ticks may have.
const STEPS: [u64; 16] = [
    60,
    900,
    3_600,
    3 * 3_600,
    6 * 3_600,
    12 * 3_600,
    86_400,
    2 * 86_400,
    7 * 86_400,
    14 * 86_400,
    30 * 86_400,
    60 * 86_400,
    91 * 86_400,
    182 * 86_400,
    YEAR,
    10 * YEAR,
];

/// What a column of a row shows, the most important last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Nothing,
    Now,
    Beyond(char),
    Staged,
    Revoked,
    Accepted,
    Minting,
}

impl Cell {
    fn glyph(self) -> (char, u8) {
        match self {
            Self::Nothing => (' ', 0),
            Self::Now => ('┊', 36),
            Self::Beyond(mark) => (mark, 2),
            Self::Staged => ('░', 34),
            Self::Revoked => ('×', 31),
            Self::Accepted => ('▒', 33),
            Self::Minting => ('█', 32),
        }
    }
}

/// The stretch of time that is drawn.
struct Axis {
    from: u64,
    span: u64,
    now: Timestamp,
}

impl Axis {
    fn of(view: &View) -> Self {
        let now = view.at.0.as_unix();
        let starts = view.keys.iter().map(|key| key.info.window.issue_from().as_unix());
        let ends = view.keys.iter().map(|key| key.info.window.accept_until().as_unix());
        let mut from = starts.min().unwrap_or(now).min(now);
        let mut until = ends.max().unwrap_or(now).max(now);
        if until - from > 2 * YEAR {
            // A key for ever, or one of long ago, must not press the others into one column.
            from = from.max(now.saturating_sub(YEAR));
            until = until.min(now + YEAR);
        }
        // A little room for the end of the last key.
        let span = (until - from).max(WIDTH);
        Self { from, span: span + span.div_ceil(WIDTH - 2) * 2, now: view.at.0 }
    }

    /// The column of a moment; outside it is negative or from `WIDTH` on.
    fn column(&self, moment: u64) -> i64 {
        let offset = i128::from(moment) - i128::from(self.from);
        i64::try_from((offset * i128::from(WIDTH)).div_euclid(i128::from(self.span))).unwrap_or_default()
    }

    fn now_column(&self) -> usize {
        self.column(self.now.as_unix()).clamp(0, WIDTH as i64 - 1).unsigned_abs() as usize
    }

    fn end(&self) -> u64 {
        self.from + self.span
    }
}

fn row(key: &Key, axis: &Axis) -> Vec<Cell> {
    let mut cells = vec![Cell::Nothing; WIDTH as usize];
    cells[axis.now_column()] = Cell::Now;
    for (cell, from, until) in stretches(key, axis.now) {
        // A phase always has at least the column that it begins in.
        let (first, last) = (axis.column(from), axis.column(until.saturating_sub(1)));
        let mut first = first;
        if cell == Cell::Accepted
            && usize::try_from(first).is_ok_and(|at| cells.get(at) == Some(&Cell::Minting))
        {
            // A tail shorter than a column is shown beside the last column of minting.
            first += 1;
        }
        for at in first..=last.max(first) {
            match usize::try_from(at).ok().and_then(|at| cells.get_mut(at)) {
                Some(target) => *target = (*target).max(cell),
                None => {
                    let (edge, mark) = if at < 0 { (0, '‹') } else { (cells.len() - 1, '›') };
                    cells[edge] = cells[edge].max(Cell::Beyond(mark));
                    if at > 0 {
                        break;
                    }
                }
            }
        }
    }
    // That it does not mint yet is what matters about a key that begins in the column of now.
    if key.info.state == KeyState::Staged && cells.iter().filter(|cell| **cell == Cell::Minting).count() > 1 {
        cells[axis.now_column()] = Cell::Staged;
    }
    cells
}

/// What a key does from when to when, as far as it is drawn: staged from now on only, since nobody knows since when it was.
fn stretches(key: &Key, now: Timestamp) -> Vec<(Cell, u64, u64)> {
    let window = key.info.window;
    if key.info.state == KeyState::Revoked {
        return vec![(Cell::Revoked, window.issue_from().as_unix(), window.accept_until().as_unix())];
    }
    let mut stretches = Vec::new();
    for (at, (from, state)) in key.phases.iter().enumerate() {
        let until = key.phases.get(at + 1).map_or(Timestamp::MAX, |(next, _)| *next);
        let cell = match state {
            KeyState::Staged if until > now => {
                stretches.push((Cell::Staged, now.as_unix(), until.as_unix()));
                continue;
            }
            KeyState::Active => Cell::Minting,
            KeyState::AcceptOnly => Cell::Accepted,
            _ => continue,
        };
        stretches.push((cell, from.as_unix(), until.as_unix()));
    }
    stretches
}

fn painted(cells: &[Cell], paint: Paint) -> String {
    cells
        .chunk_by(|one, other| one == other)
        .map(|run| {
            let (glyph, colour) = run.first().copied().unwrap_or(Cell::Nothing).glyph();
            let text: String = std::iter::repeat_n(glyph, run.len()).collect();
            if glyph == ' ' { text } else { paint.with(colour, &text) }
        })
        .collect()
}

/// The whole drawing, with its legend.
pub fn draw(out: &mut String, view: &View, paint: Paint) {
    let axis = Axis::of(view);
    let from = Timestamp::from_unix(axis.from).unwrap_or(Timestamp::MIN);
    let until = Timestamp::from_unix(axis.end()).unwrap_or(Timestamp::MAX);
    let _ = writeln!(
        out,
        "{}  {} to {}   {} staged  {} minting  {} accepted{}",
        paint.with(1, "timeline"),
        short(from),
        short(until),
        painted(&[Cell::Staged], paint),
        painted(&[Cell::Minting], paint),
        painted(&[Cell::Accepted], paint),
        if view.keys.iter().any(|key| key.info.state == KeyState::Revoked) {
            format!("  {} revoked", painted(&[Cell::Revoked], paint))
        } else {
            String::new()
        },
    );
    let now = axis.now_column();
    let label = if now < 70 { format!("{:now$}▼ now", "") } else { format!("{:1$}now ▼", "", now - 4) };
    let _ = writeln!(out, "{:INDENT$}{}", "", paint.with(36, &label));
    for key in &view.keys {
        let row = painted(&row(key, &axis), paint);
        let _ = writeln!(out, "  {:<12}{}", key.name(), row.trim_end());
    }
    scale(out, &axis, paint);
}

/// The axis with its ticks, and a date under each as far as they fit.
fn scale(out: &mut String, axis: &Axis, paint: Paint) {
    let step = STEPS.into_iter().find(|step| axis.span / step < 8).unwrap_or(100 * YEAR);
    let mut line: Vec<char> = std::iter::repeat_n('─', WIDTH as usize).collect();
    let mut labels = String::new();
    let mut tick = axis.from.next_multiple_of(step);
    while tick < axis.end() {
        let at = usize::try_from(axis.column(tick)).unwrap_or_default();
        let text = tick_label(tick, step);
        let taken = labels.chars().count();
        if let Some(mark) = line.get_mut(at) {
            *mark = '┴';
            if (taken == 0 || taken < at) && at + text.len() <= WIDTH as usize {
                let _ = write!(labels, "{:1$}{text}", "", at - taken);
            }
        }
        tick += step;
    }
    let line: String = line.into_iter().collect();
    let _ = writeln!(out, "{:INDENT$}{}", "", paint.with(2, &line));
    let _ = writeln!(out, "{:INDENT$}{}", "", paint.with(2, &labels));
}

/// As much of a date as tells ticks of this distance apart.
fn tick_label(tick: u64, step: u64) -> String {
    let text = Timestamp::from_unix(tick).unwrap_or(Timestamp::MAX).to_string();
    let (from, until) = match step {
        ..86_400 => (5, 16),
        86_400..5_184_000 => (5, 10),
        _ => (0, 7),
    };
    text.get(from..until).unwrap_or_default().replace('T', " ")
}
