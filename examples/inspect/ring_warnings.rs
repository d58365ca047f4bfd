//! What an operator should know about a ring before it hurts.

use safeconduct::inspect::relative;
use safeconduct::{KeyState, Kind, Policy, Schedule, Timestamp};

use crate::ring_print::{short, span};
use crate::ring_view::{Key, View, Warning};

/// A ring of 16 keys takes no more; from here on it is time to ask why.
const MANY: usize = 12;

/// All warnings, the most urgent first.
pub fn of(view: &View, schedule: &Schedule, policy: &Policy, mode: Option<u32>) -> Vec<Warning> {
    let now = view.at.0;
    let mut found = Vec::new();
    for kind in view.kinds() {
        found.extend(minting(view, kind, now, schedule));
    }
    found.sort_by_key(|warning| warning.code != "no-active-key");
    found.extend(short_tails(view, policy));
    let over: Vec<String> = view.keys.iter().filter(|key| key.is_over(now)).map(Key::name).collect();
    if !over.is_empty() {
        let (verb, them) = if over.len() == 1 { ("is", "it") } else { ("are", "them") };
        let message =
            format!("{} {verb} over: {}", over.join(", "), cure(view, &format!("--advance drops {them}")));
        found.push(Warning { code: "over", kind: None, key_id: None, message });
    }
    if view.keys.len() > MANY {
        let message =
            format!("{} keys of at most 16: somebody rotates too often, or nobody drops", view.keys.len());
        found.push(Warning { code: "many-keys", kind: None, key_id: None, message });
    }
    if let Some(mode) = mode.filter(|mode| mode & 0o077 != 0 && view.role != "public") {
        let message =
            format!("others than its owner can get at the file (mode {mode:04o}), and it holds secrets");
        found.push(Warning { code: "readable-by-others", kind: None, key_id: None, message });
    }
    found
}

/// Only an issuer's ring can be changed; the others come from somewhere.
fn cure(view: &View, change: &str) -> String {
    if view.role == "issuer" {
        change.to_owned()
    } else {
        "the next ring from the issuer changes that".into()
    }
}

/// Whether somebody mints a kind now and goes on doing so.
fn minting(view: &View, kind: Kind, now: Timestamp, schedule: &Schedule) -> Option<Warning> {
    let letter = kind.letter();
    let active = view.keys.iter().find(|key| key.info.kind == kind && key.info.state == KeyState::Active);
    let Some(active) = active else {
        let message = match view.next_start(kind, now) {
            Some(next) => {
                let from = next.info.window.issue_from();
                let when = format!("{} ({})", short(from), relative(from, now));
                format!("nobody mints kind {letter} now, and until {when}, when {} begins", next.name())
            }
            None => {
                let live = view
                    .keys
                    .iter()
                    .filter(|key| key.info.kind == kind && key.info.state != KeyState::Revoked);
                let last = live.map(|key| key.info.window.issue_until()).max();
                let stage = if last.is_some_and(|last| last.saturating_add(schedule.minting()) < now) {
                    // Advancing refuses then (SPEC section 8.4, step 1).
                    "it is too late to advance; look at the clock, and if it is right make a new ring"
                        .to_owned()
                } else {
                    cure(view, "--advance stages a key")
                };
                format!("nobody mints kind {letter} now, and nothing is staged: {stage}")
            }
        };
        return Some(Warning { code: "no-active-key", kind: Some(kind.to_string()), key_id: None, message });
    };
    let gap = view.first_gap(kind, now);
    if gap > now.saturating_add(schedule.publish_ahead()) {
        return None;
    }
    let when = format!("{} ({})", short(gap), relative(gap, now));
    let (code, message) = match view.next_start(kind, gap) {
        Some(next) => {
            let length = span(gap, next.info.window.issue_from());
            (
                "gap-ahead",
                format!(
                    "nobody mints kind {letter} from {when} on for {length}, until {} begins",
                    next.name()
                ),
            )
        }
        None => {
            let stage = cure(view, "--advance stages the next key");
            (
                "ends-soon",
                format!("nobody mints kind {letter} from {when} on, and nothing is staged: {stage}"),
            )
        }
    };
    Some(Warning { code, kind: Some(kind.to_string()), key_id: Some(active.key_id.clone()), message })
}

/// A token must not outlive its key, so that near the end of a short tail none can be minted.
fn short_tails(view: &View, policy: &Policy) -> Vec<Warning> {
    let longest = policy.longest_token();
    let live = |key: &&Key| matches!(key.info.state, KeyState::Active | KeyState::Staged);
    let short = |key: &&Key| {
        let window = key.info.window;
        window.accept_until().seconds_since(window.issue_until()) < u64::from(longest.get())
    };
    let warn = |key: &Key| Warning {
        code: "short-tail",
        kind: Some(key.kind.clone()),
        key_id: Some(key.key_id.clone()),
        message: format!(
            "{} is accepted for {} after it has ceased to mint, and a token lives {longest}: the last ones cannot be minted",
            key.name(),
            span(key.info.window.issue_until(), key.info.window.accept_until()),
        ),
    };
    view.keys.iter().filter(live).filter(short).map(warn).collect()
}
