//! The report for people, as text.

use std::fmt::Write as _;

use safeconduct::Timestamp;
use safeconduct::inspect::{Claims, Moment, Outline, Report, RevocationReport, Verdict, relative};

use crate::paint::Paint;
use crate::ring_print::folded;

const COLOURS: [u8; 7] = [35, 33, 36, 34, 2, 32, 31];

fn line(out: &mut String, name: &str, value: &str) {
    put(out, format_args!("  {name:<14} {value}"));
}

/// One line. Writing to a string cannot fail.
fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{}", line.to_string().trim_end());
}

/// What can be seen without a key: names, sizes and the bytes.
pub fn outline(out: &mut String, outline: &Outline, all_bytes: bool, paint: Paint) {
    put(out, format_args!("{}", paint.with(1, "token")));
    line(out, "kind", &format!("{} (version {})", outline.kind, outline.version));
    line(out, "key id", &outline.key_id);
    line(out, "session id", &outline.session_id);
    line(out, "token id", &outline.token_id);
    line(out, "size", &format!("{} characters, {} bytes", outline.characters, outline.bytes));
    put(out, format_args!("\n{}", paint.with(1, "bytes")));
    for (part, colour) in outline.parts.iter().zip(COLOURS.into_iter().cycle()) {
        let mut digits = part.content.to_string();
        // Without the whole proof a report cannot be turned back into a token, so it may go into a ticket.
        let is_proof = matches!(part.name, "tag" | "signature" | "signature, encrypted");
        if is_proof && !all_bytes {
            digits.truncate(8);
            digits.push_str(" and so on (--bytes shows all)");
        }
        let mut rows = digits.as_bytes().chunks(48).map(|row| String::from_utf8_lossy(row).into_owned());
        let first = rows.next().unwrap_or_default();
        put(
            out,
            format_args!(
                "  {:>4}  {:<20} {:>4}  {}",
                part.offset,
                part.name,
                part.size,
                paint.with(colour, &first)
            ),
        );
        // The middle of a long body says nothing to anybody.
        let rest: Vec<String> = rows.collect();
        let shown = if rest.len() > 4 { 3 } else { rest.len() };
        for row in rest.iter().take(shown) {
            put(out, format_args!("{:>34}{}", "", paint.with(colour, row)));
        }
        if rest.len() > shown {
            put(out, format_args!("{:>34}… {} bytes more", "", part.size.saturating_sub((shown + 1) * 24)));
        }
    }
}

/// The verdict and everything behind it.
pub fn report(out: &mut String, report: &Report, now: Timestamp, all_bytes: bool, paint: Paint) {
    let (colour, word) = match report.verdict {
        Verdict::Accepted => (32, "accepted".to_owned()),
        Verdict::Refused => (31, format!("refused: {}", report.reason.unwrap_or_default())),
    };
    put(out, format_args!("{}", paint.with(1, &paint.with(colour, &word))));
    line(out, "meaning", &folded(&report.meaning, 17));
    line(out, "what to do", &folded(&report.advice, 17));
    match report.anybody_can_provoke {
        Some(true) => line(out, "reached by", "anybody: no key of ours is needed to cause this"),
        Some(false) => line(out, "reached by", "only a token that one of our keys has made"),
        None => {}
    }
    line(out, "at", &at(Moment(now)));
    if !report.not_judged.is_empty() {
        line(out, "not judged", &report.not_judged.join("; "));
    }
    put(out, format_args!(""));
    if let Some(read) = &report.claims {
        claims(out, read, now, paint);
        put(out, format_args!(""));
    }
    if let Some(data) = &report.revocation {
        revocation(out, data, now, paint);
        put(out, format_args!(""));
    }
    if let Some(parts) = &report.outline {
        outline(out, parts, all_bytes, paint);
    }
    if !report.keys.is_empty() {
        put(out, format_args!("\n{}", paint.with(1, "keys of the ring")));
        let named = report.outline.as_ref().map(|outline| outline.key_id.as_str());
        for key in &report.keys {
            let next = match key.state {
                "staged" => format!("mints from {}", at_and_distance(key.issue_from, now)),
                "active" => format!("mints until {}", at_and_distance(key.issue_until, now)),
                "accept-only" => format!("accepted until {}", at_and_distance(key.accept_until, now)),
                "revoked" => format!("refused; forgotten {}", at_and_distance(key.accept_until, now)),
                _ => format!("over since {}", at_and_distance(key.accept_until, now)),
            };
            let mark = if named == Some(key.key_id.as_str()) { "<- this token's" } else { "" };
            put(
                out,
                format_args!(
                    "  {} {:<9} {:<11} {next} {}",
                    key.key_id,
                    key.kind,
                    key.state,
                    paint.with(32, mark)
                ),
            );
        }
    }
}

fn revocation(out: &mut String, data: &RevocationReport, now: Timestamp, paint: Paint) {
    put(out, format_args!("{}", paint.with(1, "revocation data")));
    let answer = if data.answer == "clear" { "nothing" } else { data.answer };
    line(out, "against it", answer);
    if let (Some(realm), Some(version)) = (&data.realm_id, data.version) {
        line(out, "snapshot", &format!("version {version} of realm {realm}"));
    }
    let mut moment = |name: &str, moment: Option<Moment>| {
        if let Some(moment) = moment {
            line(out, name, &at_and_distance(moment, now));
        }
    };
    moment("complete to", data.complete_to);
    moment("renews until", data.renews_until);
    moment("good until", data.not_after);
    moment("everyone's cut", data.everyone_before);
    moment("subject's cut", data.subject_before);
    if let Some(least) = data.least_rotation {
        line(out, "retired", &format!("rotations below {least}"));
    }
}

fn claims(out: &mut String, claims: &Claims, now: Timestamp, paint: Paint) {
    put(out, format_args!("{}", paint.with(1, "claims")));
    line(out, "subject", &claims.subject);
    line(out, "level", &format!("{} in force, {} by itself", claims.level_in_force, claims.level));
    line(out, "authenticated", &at_and_distance(claims.authenticated_at, now));
    if let Some(elevation) = &claims.elevation {
        let state = if elevation.in_force { "until" } else { "over since" };
        line(
            out,
            "elevation",
            &format!("{} {state} {}", elevation.level, at_and_distance(elevation.until, now)),
        );
    }
    line(out, "issued", &at_and_distance(claims.issued_at, now));
    line(out, "idle deadline", &at_and_distance(claims.expires_at, now));
    line(out, "session began", &at_and_distance(claims.started_at, now));
    line(out, "session ends", &at_and_distance(claims.ends_at, now));
    line(out, "rotation", &claims.rotation.to_string());
    if let Some(bound_to) = &claims.bound_to {
        line(out, "bound to", bound_to);
    }
    line(out, "schema", &claims.schema.to_string());
    match claims.app.0.len() {
        0 => line(out, "app claims", "none"),
        size => line(out, "app claims", &format!("{size} bytes: {}", claims.app)),
    }
}

fn at(moment: Moment) -> String {
    moment.0.to_string()
}

fn at_and_distance(moment: Moment, now: Timestamp) -> String {
    format!("{} ({})", moment.0, relative(moment.0, now))
}
