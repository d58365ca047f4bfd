//! Why revocation data refuse a token, with the row and the moment it goes by.

use alloc::format;
use alloc::string::{String, ToString};

use super::{advice, relative};
use crate::claims::CoreClaims;
use crate::error::{Reason, Scope};
use crate::revocation::{Answer, Facts, Freshness, Grounds, Revocations};
use crate::values::Timestamp;

/// What was asked of the revocation data beside the verdict.
pub(super) struct Asked {
    pub(super) grounds: Grounds,
    /// What the data hold against the token, however old they are and whatever else is wrong with it.
    pub(super) answer: Answer,
}

impl Asked {
    pub(super) fn of(data: &impl Revocations, facts: &Facts<'_>, now: Timestamp) -> Option<Self> {
        let grounds = data.grounds(facts, now)?;
        Some(Self { grounds, answer: data.check_however_old(facts, now) })
    }

    /// The answer as reasons are named, without what depends on the clock.
    pub(super) const fn answer_name(&self) -> &'static str {
        match self.answer {
            Answer::Clear(_) => "clear",
            Answer::Revoked(scope) => Reason::Revoked(scope).name(),
            Answer::Superseded => Reason::Superseded.name(),
            Answer::Stale => Reason::SnapshotStale.name(),
            Answer::Damaged => Reason::SnapshotDamaged.name(),
            Answer::TooLong(_) => Reason::CeilingExceeded.name(),
        }
    }
}

/// The verdict of the verifier, and at which step it fell.
pub(super) struct Verdict {
    pub(super) outcome: Result<Freshness, Reason>,
    /// Whether the token passed everything that does not depend on deadlines or revocation.
    pub(super) was_judged: bool,
}

/// What the verdict means and what to do about it.
pub(super) fn words(
    verdict: &Verdict,
    core: Option<&CoreClaims>,
    asked: Option<&Asked>,
    now: Timestamp,
) -> (String, String) {
    let reason = verdict.outcome.err();
    let knows = verdict.outcome.ok().and_then(Freshness::known).is_some();
    let usual = (advice::meaning(reason, knows).to_string(), advice::advice(reason).to_string());
    let (Some(core), Some(asked), true) = (core, asked, verdict.was_judged) else { return usual };
    let (meaning, more) = match reason {
        None => (accepted(&usual.0, asked, now), None),
        Some(reason) => refused(reason, core, asked, now),
    };
    (meaning.unwrap_or(usual.0), more.unwrap_or(usual.1))
}

type Words = (Option<String>, Option<String>);

fn accepted(usual: &str, asked: &Asked, now: Timestamp) -> Option<String> {
    let grounds = &asked.grounds;
    if grounds.not_after.is_some_and(|moment| moment <= now) {
        // Only a verifier that fails open gets here.
        return Some(format!(
            "{usual}, as far as revocation data know that are too old: this verifier was told to go on"
        ));
    }
    let complete_to = grounds.complete_to?;
    let stopped = grounds.renews_until.is_some_and(|moment| moment < now);
    let renewing = if stopped { "; it is not renewed, because that is too long ago" } else { "" };
    Some(format!("{usual}, as of {complete_to} ({}){renewing}", relative(complete_to, now)))
}

fn refused(reason: Reason, core: &CoreClaims, asked: &Asked, now: Timestamp) -> Words {
    let grounds = &asked.grounds;
    let began = core.started_at;
    let meaning = match reason {
        Reason::Revoked(Scope::Everyone) => grounds.everyone_before.map(|before| {
            format!("everybody was logged out: sessions begun before {before} are over, and this one began at {began}")
        }),
        Reason::Revoked(Scope::Subject) => grounds.subject_before.map(|before| {
            format!(
                "its subject was logged out everywhere: the subject's sessions begun before {before} are over, and this one began at {began}"
            )
        }),
        Reason::Superseded => grounds.least_rotation.map(|least| {
            format!(
                "a later rotation of its session has retired it: rotations below {least} are, and this is {}",
                core.rotation
            )
        }),
        Reason::CeilingExceeded => {
            return grounds.longest_token.map_or((None, None), |longest| too_long(core, longest.get()));
        }
        Reason::SnapshotStale => return stale(asked, now),
        Reason::Expired | Reason::Idle => return ahead(reason, core, grounds, now),
        _ => None,
    };
    let errs = matches!(reason, Reason::Revoked(Scope::Session | Scope::Token));
    let probes = grounds.probes.filter(|_| errs);
    let more = probes.map(|probes| {
        format!("log in again; if nobody has logged out: the filter takes one in 2^{probes} for revoked that is not")
    });
    (meaning, more)
}

fn too_long(core: &CoreClaims, longest: u32) -> Words {
    let life = core.expires_at.seconds_since(core.issued_at);
    let meaning = format!(
        "the token lives {life} s, and the revocation data reckon with {longest} s at most: a revocation of it might have been dropped already"
    );
    let advice = "give the publisher the longest token of the issuer (`JournalSettings::longest_token`), and log in beside the revocation data (`Issuer::issue_beside`)";
    (Some(meaning), Some(advice.to_string()))
}

fn stale(asked: &Asked, now: Timestamp) -> Words {
    let Some(not_after) = asked.grounds.not_after else { return (None, None) };
    let meaning = if not_after <= now {
        let against = match asked.answer {
            Answer::Clear(_) => "they hold nothing against it".to_string(),
            _ => format!("they hold against it: {}", asked.answer_name()),
        };
        format!("the revocation data ended at {not_after} ({}); {against}", relative(not_after, now))
    } else {
        "the ring has two realms, and of one there are no revocation data".to_string()
    };
    (Some(meaning), None)
}

/// A deadline that is over in the time of the publisher only (TOK-38).
fn ahead(reason: Reason, core: &CoreClaims, grounds: &Grounds, now: Timestamp) -> Words {
    let deadline = if reason == Reason::Expired { core.ends_at } else { core.expires_at };
    match grounds.complete_to {
        Some(complete_to) if now < deadline && deadline <= complete_to => {
            let meaning = format!(
                "its deadline {deadline} is over in the time of the revocation data, which are complete to {complete_to}"
            );
            (
                Some(meaning),
                Some("log in again; this node's clock is behind that of the publisher".to_string()),
            )
        }
        _ => (None, None),
    }
}
