//! What `inspect revoke` is asked to revoke, and what has to follow.

use safeconduct::inspect::{self, Moment};
use safeconduct::{
    Issuing, KeyState, Kind, LogAnswer, Revocation, Ring, Seconds, SessionId, Subject, Target, Timestamp,
    TokenId, Unrevocable, Verifier,
};
use serde::Serialize;

use crate::arguments::Arguments;
use crate::log_command::{Opened, Step};
use crate::values::typed;
use crate::{files, read_standard_input};

/// One revocation and what became of it. Field names are part of the JSON form.
#[derive(Serialize)]
pub struct Row {
    /// `everyone`, `key`, `subject`, `session` or `token`.
    pub scope: &'static str,
    /// The id, where it names no person: of a key, a session, or `SESSION:TOKEN`.
    pub id: Option<String>,
    /// The cut-off: sessions begun before are over.
    pub before: Option<Moment>,
    /// From then on the log may forget it, because it has ended by itself.
    pub until: Option<Moment>,
    pub recorded: bool,
    /// Whether it was out before.
    pub already_out: bool,
    /// Why it is not recorded: `quota` or `full`.
    pub refused: Option<&'static str>,
    /// As it is shown to people.
    #[serde(skip)]
    pub shown: String,
}

pub struct Targets {
    pub rows: Vec<(Row, Revocation)>,
    /// What is to be said about them.
    pub to_do: Vec<Step>,
}

/// A refusal of the token that was shown, for people.
type Refused = String;

impl Row {
    fn of(revocation: &Revocation) -> Self {
        let (id, before, until) = match revocation.target() {
            Target::Session { session_id, until, .. } => (Some(session_id.to_string()), None, Some(*until)),
            Target::Token { session_id, token_id, until, .. } => {
                (Some(format!("{session_id}:{token_id}")), None, Some(*until))
            }
            Target::Key { key_id, .. } => (Some(key_id.to_string()), None, None),
            Target::Subject { before, .. } | Target::Everyone { before, .. } => (None, Some(*before), None),
            _ => (None, None, None),
        };
        let scope = revocation.scope().name();
        let whose = match revocation.target() {
            Target::Subject { subject, .. } => Some(subject.to_string()),
            _ => id.clone(),
        };
        let shown = whose.as_ref().map_or_else(|| scope.to_owned(), |id| format!("{scope} {id}"));
        Self {
            scope,
            id,
            before: before.map(Moment),
            until: until.map(Moment),
            recorded: false,
            already_out: false,
            refused: None,
            shown,
        }
    }

    pub fn answer(&mut self, answer: &LogAnswer) {
        self.recorded = answer.is_recorded();
        self.already_out = answer.was_already_out();
        self.refused = match (self.recorded, answer.is_quota_reached()) {
            (true, _) => None,
            (false, true) => Some("quota"),
            (false, false) => Some("full"),
        };
    }
}

/// Everything that was named on the command line.
pub fn of(
    arguments: &Arguments,
    opened: &Opened,
    now: Timestamp,
) -> Result<Result<Targets, Refused>, String> {
    let options = &arguments.log;
    let policy = &arguments.policy;
    let mut all = Vec::new();
    let mut to_do = Vec::new();
    if options.session.as_deref() == Some("-") && options.token.as_deref() == Some("-") {
        return Err("only one token comes from standard input".into());
    }
    if let Some(what) = &options.session {
        if let Ok(id) = what.parse::<SessionId>() {
            all.push(Revocation::operator_session(id, now.saturating_add(policy.longest_session())));
        } else {
            match departing(&token("--session", what)?, arguments, opened, now)? {
                Ok(revocation) => all.push(revocation),
                Err(refused) => return Ok(Err(refused)),
            }
        }
    }
    if let Some(what) = &options.token {
        match one_token(what, arguments, opened, now)? {
            Ok(revocation) => all.push(revocation),
            Err(refused) => return Ok(Err(refused)),
        }
    }
    if let Some(subject) = &arguments.subject {
        let subject = Subject::new(subject.as_str()).map_err(|why| format!("--subject: {why}"))?;
        let before = policy.cut_off(now, opened.journal.cut_off(&subject));
        all.push(Revocation::operator_subject(subject, before));
    }
    if let Some(key) = options.key {
        all.push(Revocation::operator_key(key));
        to_do.extend(after_key(arguments, opened, now)?);
    }
    if options.everyone {
        all.push(Revocation::operator_everyone(policy.cut_off(now, opened.journal.latest_cut_off())));
    }
    if all.is_empty() {
        return Err("say what to revoke: --session, --token, --subject, --key or --everyone".into());
    }
    Ok(Ok(Targets { rows: all.into_iter().map(|target| (Row::of(&target), target)).collect(), to_do }))
}

fn token(option: &str, what: &str) -> Result<String, String> {
    let text = if what == "-" { read_standard_input()? } else { what.trim_ascii().to_owned() };
    if inspect::looks_like_a_token(&text) {
        return Ok(text);
    }
    let ids = if option == "--session" {
        "the id of a session (24 hexadecimal digits)"
    } else {
        "SESSION:TOKEN, two ids of 24 hexadecimal digits"
    };
    Err(format!("{option} takes a token, - for one on standard input, or {ids}"))
}

fn verifier(arguments: &Arguments, opened: &Opened) -> Result<Verifier<Unrevocable>, String> {
    let context = arguments
        .context()
        .map_err(|_| "--context NAME is needed with a token: without it no key opens it")?;
    Ok(Verifier::new(&opened.ring, context, &arguments.policy, Kind::Encrypted)
        .also_accepts(Kind::Signed)
        .also_accepts(Kind::Nested)
        .dangerous_without_revocation())
}

/// The revocation of the session of an authentic token, idle or not.
fn departing(
    token: &str,
    arguments: &Arguments,
    opened: &Opened,
    now: Timestamp,
) -> Result<Result<Revocation, Refused>, String> {
    let verifier = verifier(arguments, opened)?;
    Ok(match verifier.departing(token, now) {
        Ok(departing) => Ok(departing.revocation().clone()),
        Err(_) => {
            let report = inspect::explain(token, now, &verifier);
            let id = report.outline.as_ref().map(|outline| outline.session_id.as_str());
            Err(match (report.reason, id) {
                (Some("Expired"), _) => "the session of this token has ended by itself".to_owned(),
                (Some(reason), Some(id)) => format!(
                    "this token is refused: {reason}, {}; if it is meant all the same, by its id: --session {id}",
                    report.meaning
                ),
                _ => format!("this is not a token: {}", report.meaning),
            })
        }
    })
}

/// One token alone; rotations made of it go on.
fn one_token(
    what: &str,
    arguments: &Arguments,
    opened: &Opened,
    now: Timestamp,
) -> Result<Result<Revocation, Refused>, String> {
    let ids = what.split_once(':').and_then(|(session, token)| {
        Some((session.parse::<SessionId>().ok()?, token.parse::<TokenId>().ok()?))
    });
    if let Some((session, token)) = ids {
        let until = now.saturating_add(arguments.policy.longest_token());
        return Ok(Ok(Revocation::operator_token(session, token, until)));
    }
    let text = token("--token", what)?;
    if let Err(refused) = departing(&text, arguments, opened, now)? {
        return Ok(Err(refused));
    }
    let report = inspect::explain(&text, now, &verifier(arguments, opened)?);
    let (Some(outline), Some(claims)) = (report.outline, report.claims) else {
        return Err("this is not a token".into());
    };
    let ids = outline.session_id.parse().ok().zip(outline.token_id.parse().ok());
    let (session, token) = ids.ok_or("this is not a token")?;
    if claims.expires_at.0 <= now {
        return Ok(Err(
            "this token has expired by itself; its session goes on if it was renewed: --session ends that"
                .into(),
        ));
    }
    Ok(Ok(Revocation::operator_token(session, token, claims.expires_at.0)))
}

/// What a key that leaked needs besides.
fn after_key(arguments: &Arguments, opened: &Opened, now: Timestamp) -> Result<Vec<Step>, String> {
    let Some(id) = arguments.log.key else { return Ok(Vec::new()) };
    let propagation = arguments.options.propagation.unwrap_or(Seconds::hours(1));
    let source = arguments.ring.as_deref().ok_or("--ring @FILE is needed")?;
    let issuing: Option<Ring<Issuing>> = files::read("--ring", source)?.text.parse().ok();
    let mut to_do = Vec::new();
    let states: Vec<_> = opened.ring.keys(now).filter(|key| key.id == id).collect();
    if states.is_empty() {
        to_do.push(Step::new(format!(
            "the ring has no key {id}: compare the id, unless it was dropped because it is over"
        )));
    }
    if let Some(key) = states.iter().find(|key| key.state != KeyState::Revoked) {
        let message = format!("revoke it in the ring, too, where it is {} still", key.state.name());
        to_do.push(Step::new(message).with(format!("inspect ring --ring {} --revoke {id}", typed(source))));
    }
    let skew = arguments.policy.skew();
    let revoked =
        states.first().zip(issuing).and_then(|(key, ring)| ring.revoke(key.kind, id, now, propagation, skew));
    let when = match revoked {
        Some((_, revoked)) => format!("at {} (unix {})", revoked.repeat_at, revoked.repeat_at.as_unix()),
        None => "5 minutes after the last node has the ring without it".to_owned(),
    };
    let now_too = if arguments.log.everyone {
        "revoke everyone once more"
    } else {
        "revoke everyone now, and once more"
    };
    let message = format!(
        "{now_too} {when}: whoever had the key may have moved forged sessions to another until the last node has the ring; everybody logs in again"
    );
    let publish = arguments.log.snapshot.as_ref().map(|file| format!(" --publish {}", typed(file)));
    to_do.push(Step::new(message).with(format!(
        "inspect revoke --log {} --ring {} --everyone{}",
        typed(&opened.file),
        typed(source),
        publish.unwrap_or_default()
    )));
    Ok(to_do)
}

/// What follows from what was recorded, and what was not, and what the targets need besides; in the order in which it is done.
pub fn to_do(
    rows: &[Row],
    besides: Vec<Step>,
    now: Timestamp,
    arguments: &Arguments,
    opened: &Opened,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for row in rows.iter().filter(|row| !row.recorded) {
        steps.push(Step::new(match row.refused {
            Some("quota") => format!(
                "{} is NOT recorded: its subject has as many sessions in the log as one may have; --subject ends all of them with one row",
                row.shown
            ),
            _ => format!("{} is NOT recorded: the log is full; --everyone always has room", row.shown),
        }));
    }
    let recorded = rows.iter().any(|row| row.recorded);
    if recorded && arguments.log.snapshot.is_none() {
        let source = arguments.ring.as_deref().unwrap_or_default();
        steps.push(Step::new("publish it: nodes know nothing of it yet").with(format!(
            "inspect publish --log {} --ring {} --snapshot SNAPSHOT",
            typed(&opened.file),
            typed(source)
        )));
    }
    if recorded && opened.ring.realms().count() > 1 {
        steps.push(Step::new("record it in the log of the ring's other realm, too: it has two"));
    }
    steps.extend(besides);
    let cut_offs = rows.iter().filter(|row| row.recorded).filter_map(|row| row.before);
    if let Some(before) = cut_offs.map(|moment| moment.0).max() {
        steps.push(Step::new(format!(
            "logging in again works at once where the issuer has this snapshot (`issue_beside`), and elsewhere from {before} on ({})",
            inspect::relative(before, now)
        )));
    }
    steps
}
