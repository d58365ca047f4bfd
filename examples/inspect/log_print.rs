//! What was done with the log, for people.

use std::fmt::Write as _;

use safeconduct::Timestamp;
use safeconduct::inspect::{Moment, relative};

use crate::log_command::Outcome;
use crate::log_targets::Row;
use crate::paint::Paint;
use crate::ring_print::folded;

pub fn outcome(out: &mut String, done: &Outcome, paint: Paint) {
    let now = done.at.0;
    for row in &done.revoked {
        revoked(out, row, now, paint);
    }
    let log = &done.log;
    let word = if done.created { "created" } else { "log" };
    let what = match log.entries {
        0 => "no session, token or subject in it".to_owned(),
        1 => "1 session, token or subject in it".to_owned(),
        many => format!("{many} sessions, tokens and subjects in it"),
    };
    let _ =
        writeln!(out, "{word:<9}  {}: version {} of realm {}, {what}", log.file, log.version, log.realm_id);
    if done.created {
        for line in done.settings.to_string().lines() {
            let _ = writeln!(out, "           {line}");
        }
        let _ = writeln!(out, "           mode 0600; it is no secret, and what is in it must not be lost");
    }
    if let Some(published) = &done.published {
        let (colour, word) = if published.written { (32, "published") } else { (2, "fresh") };
        let told = if published.written { "" } else { "holds that already: " };
        let _ = writeln!(
            out,
            "{}  {}: {told}version {}, good until {}",
            paint.with(colour, &format!("{word:<9}")),
            published.file,
            published.version,
            by(published.not_after, now)
        );
        let _ = writeln!(out, "           to be published again by {}", by(published.next, now));
        if !done.revoked.is_empty() {
            let _ = writeln!(
                out,
                "           a node knows when it has loaded this; one that is cut off goes on with what it has until\n           that is over, at the latest {}",
                by(published.not_after, now)
            );
        }
    }
    if done.asked_for_moment {
        let _ = writeln!(out, "as of      {now}, as asked for with --at, and not as of the clock");
    }
    if !done.to_do.is_empty() {
        let _ = writeln!(out, "\n{}", paint.with(1, "to do now"));
        for (number, step) in (1..).zip(&done.to_do) {
            let _ = writeln!(out, "  {number}. {}", folded(&step.message, 5));
            if let Some(command) = &step.command {
                // Not folded: it is to be copied.
                let _ = writeln!(out, "     {}", paint.with(36, command));
            }
        }
    }
}

fn revoked(out: &mut String, row: &Row, now: Timestamp, paint: Paint) {
    let (colour, word) = if row.recorded { (31, "revoked") } else { (33, "refused") };
    let before = match (row.recorded, row.already_out) {
        (false, _) => "nothing of it is in the log",
        (true, true) => "it was out already",
        (true, false) => "it was not out before",
    };
    let said = format!("{word:<9}  {}", row.shown);
    let _ = writeln!(out, "{}  {before}", paint.with(colour, &said));
    if let (Some(cut), true) = (row.before, row.recorded) {
        let _ = writeln!(out, "           every session begun before {} is over", by(cut, now));
    }
    if let (Some(until), true) = (row.until, row.recorded) {
        let what = if row.scope == "token" {
            "rotations made of it go on; it"
        } else {
            "with all its rotations; it"
        };
        let _ = writeln!(out, "           {what} would have ended by {}", by(until, now));
    }
}

fn by(moment: Moment, now: Timestamp) -> String {
    format!("{} ({})", moment.0, relative(moment.0, now))
}
