//! What a change has come to and what has to follow, for people.

use std::fmt::Write as _;

use safeconduct::inspect::relative;
use safeconduct::{Policy, Timestamp};

use crate::paint::Paint;
use crate::ring_actions::{KeyRef, Outcome};
use crate::ring_print::{self, folded, short, span};
use crate::ring_view::name;

pub fn outcome(out: &mut String, done: &Outcome, policy: &Policy, paint: Paint) {
    let now = done.at.0;
    if let Some(key) = &done.revoked {
        let said = format!("revoked    {} {}", key.letter, key.key_id);
        let before = if key.before == "revoked" {
            "it already was".to_owned()
        } else {
            format!("it was {}", key.before)
        };
        let _ =
            writeln!(out, "{}  {before}; refused at once wherever this ring arrives", paint.with(31, &said));
    } else if !done.changed {
        let _ = writeln!(out, "nothing to do: the file is as it was{}", next_staging(done));
    }
    keys(out, "dropped", 2, &done.dropped, paint, |key| {
        format!("over {}", relative(key.accept_until.0, now))
    });
    keys(out, "staged", 34, &done.staged, paint, |key| {
        format!("mints from {} ({})", short(key.issue_from.0), relative(key.issue_from.0, now))
    });
    keys(out, "minting", 32, &done.minting, paint, |key| {
        format!("until {} ({})", short(key.issue_until.0), relative(key.issue_until.0, now))
    });
    keys(out, "retired", 33, &done.retired, paint, |key| {
        format!("accepted until {} ({})", short(key.accept_until.0), relative(key.accept_until.0, now))
    });
    let times = &done.times;
    let _ = writeln!(
        out,
        "schedule   mints {}, staged {} ahead, propagation {}, tail {} (longest token {})",
        times.minting(),
        times.publish_ahead(),
        times.propagation(),
        span(now, now.saturating_add(times.tail())),
        policy.longest_token(),
    );
    if done.changed {
        let _ = writeln!(out, "written    in one step, mode 0600, read back and confirmed");
        if let Some(mode) = done.mode_before {
            let _ = writeln!(out, "           it had mode {mode:04o}: whoever else reads it cannot any more");
        }
    }
    if done.asked_for_moment && done.changed {
        let _ = writeln!(out, "as of      {}, as asked for with --at, and not as of the clock", done.at.0);
    }
    if let Some(why) = done.not_staged {
        let _ = writeln!(out, "{}  no successor was staged: {why}", paint.with(31, "attention"));
    }
    to_do(out, done, paint);
    out.push('\n');
    ring_print::view(out, &done.ring, paint);
}

fn keys(
    out: &mut String,
    word: &str,
    colour: u8,
    keys: &[KeyRef],
    paint: Paint,
    tell: impl Fn(&KeyRef) -> String,
) {
    for key in keys {
        let said = format!("{word:<9}  {}", name(&key.info));
        let _ = writeln!(out, "{}  {}", paint.with(colour, &said), tell(key));
    }
}

/// What a person has to do now, in this order.
fn to_do(out: &mut String, done: &Outcome, paint: Paint) {
    if !done.changed && done.revoked.is_none() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.with(1, "to do now"));
    let first = done.staged.iter().map(|key| key.issue_from.0).min();
    let deadline = match (first, &done.revoked) {
        (_, Some(_)) => format!("every node is to have it within {}", done.times.propagation()),
        (Some(first), None) => format!("every node is to have it before {}", by(first, done.at.0)),
        (None, None) => "nothing hurries".to_owned(),
    };
    let mut steps = vec![format!("bring the ring to the nodes (--verifier, --public, --wrap): {deadline}")];
    if let Some(key) = &done.revoked {
        let again = key.repeat_at.0;
        steps.push(format!(
            "revoke key {} in the revocation log, too: for nodes that still have the ring from before",
            key.key_id
        ));
        steps.push(format!(
            "revoke everyone now, and once more at {again} (unix {}): whoever had the key may have moved forged \
             sessions to another until the last node has the ring; everybody logs in again",
            again.as_unix()
        ));
        steps.push(
            "if the ring leaked and not this key alone, revoke its other keys too, staged ones as well"
                .to_owned(),
        );
    }
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(out, "  {number}. {}", folded(&step, 5));
    }
}

/// From when on there will be something to stage.
fn next_staging(done: &Outcome) -> String {
    let start = done.at.0.saturating_add(done.times.lead());
    let gaps = done.ring.kinds().into_iter().map(|kind| done.ring.first_gap(kind, start));
    match gaps.min() {
        Some(gap) => {
            format!("; the next key is due {}", by(gap.saturating_sub(done.times.publish_ahead()), done.at.0))
        }
        None => String::new(),
    }
}

fn by(moment: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", short(moment), relative(moment, now))
}
