//! A snapshot for people, as text.

use std::fmt::Write as _;

use safeconduct::inspect::{
    Check, FilterReport, Moment, RevokedCounts, SnapshotContents, SnapshotHeader, SnapshotReport,
    SnapshotVerdict, relative,
};
use safeconduct::{Seconds, Timestamp};

use crate::paint::Paint;
use crate::ring_print::{folded, span};

/// Columns of a bar.
const BAR: usize = 40;

fn line(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {name:<14} {value}");
}

fn sentence(out: &mut String, name: &str, value: &str) {
    line(out, name, &folded(value, 17));
}

/// The verdict and everything behind it.
pub fn report(out: &mut String, report: &SnapshotReport, now: Timestamp, paint: Paint) {
    let (colour, word) = match report.verdict {
        Some(SnapshotVerdict::Taken) => (32, "good".to_owned()),
        Some(SnapshotVerdict::Refused) => (31, format!("refused: {}", report.reason.unwrap_or_default())),
        None => (33, "not verified".to_owned()),
    };
    let _ = writeln!(out, "{}", paint.with(1, &paint.with(colour, &word)));
    sentence(out, "meaning", &report.meaning);
    sentence(out, "what to do", &report.advice);
    line(out, "at", &report.at.0.to_string());
    for warning in &report.warnings {
        let _ = writeln!(out, "  {} {}", paint.with(33, "!"), folded(&warning.message, 4));
    }
    let Some(read) = &report.header else { return };
    let is_signed = report.checks.signature == Check::Good;
    let believed = if is_signed { "" } else { ": what it says of itself, and nobody vouches for it" };
    let _ = writeln!(out, "\n{}{believed}", paint.with(1, read.form));
    header(out, read, now, paint);
    let _ = writeln!(out, "\n{}", paint.with(1, "checked"));
    checks(out, report, paint);
    let _ = writeln!(out, "\n{}", paint.with(1, "revoked"));
    revoked(out, &read.revoked, now);
    if let Some(contents) = &report.contents {
        let _ = writeln!(out, "\n{}", paint.with(1, "bytes"));
        parts(out, contents, report.bytes, paint);
        if let Some(bloom) = &contents.filter {
            let _ = writeln!(out, "\n{}", paint.with(1, "filter"));
            filter(out, bloom, paint);
        }
    }
}

fn header(out: &mut String, read: &SnapshotHeader, now: Timestamp, paint: Paint) {
    let left = |until: Moment, word: &str, over: &str| {
        let near = until.0.seconds_since(now);
        let (colour, word) = if near == 0 { (31, over) } else { (0, word) };
        let text = format!("{word} {} ({})", until.0, relative(until.0, now));
        if colour == 0 { text } else { paint.with(colour, &text) }
    };
    match read.base {
        Some(base) => line(out, "version", &format!("{}, goes on from {base}", read.version)),
        None => line(out, "version", &read.version.to_string()),
    }
    line(out, "realm", &read.realm_id);
    line(out, "signer", &format!("{}…", read.signer));
    line(out, "lineage", &read.lineage.to_string());
    line(out, "signed", &format!("{} ({})", read.issued_at.0, relative(read.issued_at.0, now)));
    line(out, "complete to", &format!("{} ({})", read.complete_to.0, relative(read.complete_to.0, now)));
    line(out, "renewing", &left(read.renews_until, "stops", "has stopped"));
    line(out, "validity", &left(read.valid_until, "ends", "ended"));
    if read.valid_until != read.not_after {
        line(out, "", &format!("the signer grants more: until {}", read.not_after.0));
    }
    if read.min_ring_version > 0 {
        line(out, "ring", &format!("version {} of the published ring, or later", read.min_ring_version));
    }
    line(out, "longest token", &duration(read.token_life));
    if read.longest_token != read.token_life {
        line(out, "", &format!("older ones of up to {} are still about", duration(read.longest_token)));
    }
    line(out, "staleness", &duration(read.staleness_bound));
}

fn duration(seconds: u32) -> String {
    let start = Timestamp::MIN;
    span(start, start.saturating_add(Seconds::new(seconds)))
}

fn checks(out: &mut String, report: &SnapshotReport, paint: Paint) {
    let checks = &report.checks;
    let mut row = |name: &str, check: Check, unchecked: &str, more: &str| {
        let said = match check {
            Check::Good => paint.with(32, "good"),
            Check::Bad => paint.with(31, "BAD"),
            Check::Unchecked => paint.with(33, unchecked),
        };
        line(out, name, &format!("{said}{more}"));
    };
    let no_key = "unchecked: no key of this realm and signer at hand";
    let no_parts = "unchecked: its length or its numbers are wrong";
    row("signature", checks.signature, no_key, "");
    let hashes =
        if checks.signature == Check::Good { "" } else { ", as the header says that nobody vouches for" };
    let list = report
        .header
        .as_ref()
        .map_or("list", |read| if read.base.is_some() { "fingerprints" } else { "page hashes" });
    let more = |check| if check == Check::Good { hashes } else { "" };
    row(list, checks.list, no_parts, more(checks.list));
    row("tables", checks.tables, no_parts, more(checks.tables));
    let damaged = match checks.damaged_pages.as_slice() {
        [] => more(checks.pages).to_owned(),
        [first, rest @ ..] => {
            let shown: Vec<String> =
                std::iter::once(first).chain(rest).take(10).map(usize::to_string).collect();
            let dots = if rest.len() >= 10 { " …" } else { "" };
            format!(": {} (counted from 0: {}{dots})", rest.len() + 1, shown.join(", "))
        }
    };
    row("pages", checks.pages, no_parts, &damaged);
}

fn revoked(out: &mut String, counts: &RevokedCounts, now: Timestamp) {
    match counts.everyone_before {
        Some(before) => line(
            out,
            "everyone",
            &format!("sessions begun before {} ({})", before.0, relative(before.0, now)),
        ),
        None => line(out, "everyone", "no"),
    }
    for (name, count) in [
        ("keys", counts.keys),
        ("subjects", counts.subjects),
        ("sessions", counts.sessions),
        ("retired", counts.retired),
        ("tokens", counts.tokens),
    ] {
        line(out, name, &grouped(count.into()));
    }
}

fn parts(out: &mut String, contents: &SnapshotContents, length: usize, paint: Paint) {
    let colours = [36, 32, 34, 33, 35];
    for (part, colour) in contents.parts.iter().zip(colours) {
        let share = bar(part.size as f64 / length.max(1) as f64, BAR);
        let _ = writeln!(
            out,
            "  {:>9}  {:<14} {:>11}  {}",
            grouped(part.offset as u64),
            part.name,
            grouped(part.size as u64),
            paint.with(colour, share.trim_end())
        );
    }
    let each = contents.bytes_per_revocation.map(|each| format!(", {each} for each revocation"));
    line(out, "all", &format!("{} bytes{}", grouped(length as u64), each.unwrap_or_default()));
}

fn filter(out: &mut String, filter: &FilterReport, paint: Paint) {
    line(
        out,
        "size",
        &format!(
            "{} page{} of {} bits, k = {}",
            filter.pages,
            if filter.pages == 1 { "" } else { "s" },
            grouped(filter.page_bits.into()),
            filter.probes
        ),
    );
    let colour = if filter.one_in >= filter.least_one_in { 32 } else { 31 };
    line(
        out,
        "counted rate",
        &format!("1 in {} (the rule: at least {})", grouped(filter.one_in), grouped(filter.least_one_in)),
    );
    line(
        out,
        "fill",
        &format!("{} {:.1} %", paint.with(colour, &bar(filter.fill, BAR)), filter.fill * 100.0),
    );
    let most = filter.histogram.iter().map(|row| row.pages).max().unwrap_or(1).max(1);
    for (place, row) in filter.histogram.iter().enumerate() {
        let pages = bar(row.pages as f64 / most as f64, BAR).trim_end_matches('░').to_owned();
        let name = if place == 0 { "pages by fill" } else { "" };
        line(
            out,
            name,
            &format!(
                "{:4.1} – {:4.1} %  {} {}",
                row.from * 100.0,
                row.below * 100.0,
                paint.with(34, &pages),
                row.pages
            ),
        );
    }
}

/// A bar of so many columns, filled to this share, and with something in it if the share is not nothing.
fn bar(share: f64, columns: usize) -> String {
    let full = ((share * columns as f64).round() as usize).min(columns);
    let full = if share > 0.0 { full.max(1) } else { full };
    format!("{}{}", "█".repeat(full), "░".repeat(columns - full))
}

/// `16,777,216`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
