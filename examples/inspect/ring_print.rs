//! A ring for people, as text.

use std::fmt::Write as _;

use safeconduct::inspect::relative;
use safeconduct::{KeyState, Timestamp};

use crate::paint::Paint;
use crate::ring_view::{Key, View};
use crate::timeline;

/// `2027-01-15 08:00`
pub fn short(moment: Timestamp) -> String {
    let text = moment.to_string();
    format!("{} {}", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

/// How long it is from one moment to another: `3 d 2 h`.
pub fn span(from: Timestamp, until: Timestamp) -> String {
    match relative(until.max(from), from).strip_prefix("in ") {
        Some(distance) => distance.to_owned(),
        None => "0 s".to_owned(),
    }
}

/// A sentence in lines of at most 100 columns, the later ones indented.
pub fn folded(sentence: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for word in sentence.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > 100 {
            let _ = write!(out, "\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

/// The colour of a state, the same everywhere.
pub fn colour(state: KeyState) -> u8 {
    match state {
        KeyState::Staged => 34,
        KeyState::Active => 32,
        KeyState::AcceptOnly => 33,
        KeyState::Expired => 2,
        KeyState::Revoked => 31,
    }
}

/// Everything about a ring.
pub fn view(out: &mut String, view: &View, paint: Paint) {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let mut parts = vec![count(view.keys.len(), "key")];
    if !view.realms.is_empty() {
        parts.push(count(view.realms.len(), "realm"));
    }
    if let Some(document) = &view.document {
        parts.push(format!("published as version {} under KEK {}", document.version, document.kek_id));
    }
    let role = match view.role {
        "issuer" => "issuer's ring",
        "verifier" => "verifier's ring",
        _ => "public ring",
    };
    let _ = writeln!(out, "{}  {}, at {}", paint.with(1, role), parts.join(", "), view.at.0);
    for warning in &view.warnings {
        let colour = if warning.code == "no-active-key" { 31 } else { 33 };
        let _ = writeln!(out, "  {} {}", paint.with(colour, "!"), folded(&warning.message, 4));
    }
    let _ = writeln!(
        out,
        "\n{}",
        paint.with(
            2,
            "     key id    state        mints from        mints until       + tail       next change"
        )
    );
    for key in &view.keys {
        let _ = writeln!(out, "{}", key_row(key, view.at.0, paint).trim_end());
    }
    for realm in &view.realms {
        let signers: Vec<_> =
            realm.signers.iter().filter_map(|key| key.get(..8)).map(|key| format!("{key}…")).collect();
        let _ = writeln!(
            out,
            "\n{} {}  {} ({}), snapshots from version {} on{}",
            paint.with(1, "realm"),
            realm.realm_id,
            count(signers.len(), "signer"),
            signers.join(", "),
            realm.min_snapshot_version,
            if realm.filter_key { "" } else { ", without its filter key" },
        );
    }
    out.push('\n');
    timeline::draw(out, view, paint);
}

fn key_row(key: &Key, now: Timestamp, paint: Paint) -> String {
    let window = key.info.window;
    format!(
        "  {}  {}  {}  {}  {}  {:<11}  {}",
        key.info.kind.letter(),
        key.key_id,
        paint.with(colour(key.info.state), &format!("{:<11}", key.state)),
        short(window.issue_from()),
        short(window.issue_until()),
        span(window.issue_until(), window.accept_until()),
        next(key, now),
    )
}

/// What happens to a key next, and when.
fn next(key: &Key, now: Timestamp) -> String {
    let Some(next) = &key.next else {
        return format!("over {}", relative(key.info.window.accept_until(), now));
    };
    let word = match (next.state, key.info.state) {
        ("active", _) => "mints",
        ("accept-only", KeyState::Active) => "stops",
        ("accept-only", _) => "accepted",
        ("over", KeyState::Revoked) => "gone",
        _ => "over",
    };
    format!("{word} {}", relative(next.at.0, now))
}
