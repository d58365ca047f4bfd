//! The command line.

use std::ffi::OsString;

use safeconduct::{AuthLevel, Context, Kind, Policy, Seconds, Timestamp};

use crate::log_arguments::LogOptions;
use crate::ring_arguments::{Action, RingOptions};
use crate::values;

pub enum Command {
    Help,
    RingHelp,
    LogHelp,
    NewRing(String),
    NewKek(String),
    NewRoot(String),
    Issue,
    Ring(Action),
    /// A snapshot in a file, or from standard input.
    Snapshot(Option<String>),
    NewLog(String),
    Revoke,
    Publish,
    /// The token, unless it comes from standard input.
    Inspect(Option<String>),
}

impl Command {
    /// The command as it is typed.
    const fn name(&self) -> &'static str {
        match self {
            Self::Help | Self::RingHelp | Self::LogHelp => "help",
            Self::NewRing(_) => "new-ring",
            Self::NewKek(_) => "new-kek",
            Self::NewRoot(_) => "new-root",
            Self::Issue => "issue",
            Self::Ring(_) => "ring",
            Self::Snapshot(_) => "snapshot",
            Self::NewLog(_) => "new-log",
            Self::Revoke => "revoke",
            Self::Publish => "publish",
            Self::Inspect(_) => "inspect",
        }
    }
}

pub struct Arguments {
    pub command: Command,
    pub ring: Option<String>,
    context: Vec<String>,
    pub policy: Policy,
    pub at: Option<Timestamp>,
    pub json: bool,
    pub claims: bool,
    pub bytes: bool,
    pub subject: Option<String>,
    /// The kind to issue, or of the key to revoke.
    pub kind: Option<Kind>,
    pub level: AuthLevel,
    /// The kinds of a new ring.
    pub kinds: Option<Vec<Kind>>,
    /// Whether a new ring gets a realm.
    pub realm: bool,
    pub options: RingOptions,
    pub log: LogOptions,
}

impl Arguments {
    pub fn parse(words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        // What was typed is never repeated in a message: it may be a token or, by a slip, a ring.
        let words: Vec<String> = words
            .map(OsString::into_string)
            .collect::<Result<_, _>>()
            .map_err(|_| "an argument is not text")?;
        let mut words = words.into_iter();
        let mut parsed = Self {
            command: Command::Inspect(None),
            ring: None,
            context: Vec::new(),
            policy: Policy::AAL1,
            at: None,
            json: false,
            claims: false,
            bytes: false,
            subject: None,
            kind: None,
            level: AuthLevel::Aal1,
            kinds: None,
            realm: false,
            options: RingOptions::default(),
            log: LogOptions::default(),
        };
        let mut help = false;
        let mut plain = Vec::new();
        let mut named_policy = None;
        let (mut longest_token, mut longest_session) = (None, None);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            if parsed.options.take(&word, &mut value)? || parsed.log.take(&word, &mut value)? {
                continue;
            }
            match word.as_str() {
                "--help" | "-h" => help = true,
                "--ring" => parsed.ring = Some(value()?),
                "--context" => parsed.context.push(value()?),
                "--policy" => named_policy = Some(values::policy(&value()?)?),
                "--at" => parsed.at = Some(values::at(&value()?)?),
                "--json" => parsed.json = true,
                "--claims" => parsed.claims = true,
                "--subject" => parsed.subject = Some(value()?),
                "--kind" => parsed.kind = Some(values::kind(&value()?)?),
                "--kinds" => parsed.kinds = Some(values::kinds(&value()?)?),
                "--realm" => parsed.realm = true,
                "--level" => parsed.level = values::level(&value()?)?,
                "-" => {}
                "--bytes" => parsed.bytes = true,
                "--longest-token" => longest_token = Some(values::seconds("--longest-token", &value()?)?),
                "--longest-session" => {
                    longest_session = Some(values::seconds("--longest-session", &value()?)?)
                }
                option if option.starts_with("--") => {
                    return Err(format!(
                        "{} is unknown, or takes its value as the next word (see --help)",
                        option_name(option)
                    ));
                }
                _ => plain.push(word),
            }
        }
        if help {
            parsed.command = match plain.first().map(String::as_str) {
                Some("ring") => Command::RingHelp,
                Some("snapshot" | "new-log" | "revoke" | "publish") => Command::LogHelp,
                _ => Command::Help,
            };
            return Ok(parsed);
        }
        parsed.policy = policy(named_policy, parsed.level, longest_token, longest_session)?;
        parsed.command = command(plain, &parsed.options)?;
        parsed.log.check(parsed.command.name())?;
        if !matches!(parsed.command, Command::NewRing(_)) && (parsed.kinds.is_some() || parsed.realm) {
            return Err("--kinds and --realm go with new-ring".into());
        }
        Ok(parsed)
    }

    /// The context of all parts.
    pub fn context(&self) -> Result<Context, String> {
        let parts: Vec<&str> = self.context.iter().map(String::as_str).collect();
        if parts.is_empty() {
            return Err("--context NAME is needed with a ring: without it no key opens anything".into());
        }
        Context::new(&parts).map_err(|why| format!("--context: {why}"))
    }
}

/// An unknown option as far as it is certainly only a name.
fn option_name(option: &str) -> &str {
    let name = option.split('=').next().unwrap_or_default();
    let plain = name.len() <= 24 && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if plain { name } else { "an option" }
}

/// The preset of the level that is issued; without a level it is AAL1, whose ceilings are the widest.
fn policy(
    named: Option<Policy>,
    level: AuthLevel,
    token: Option<Seconds>,
    session: Option<Seconds>,
) -> Result<Policy, String> {
    let policy = named.unwrap_or(match level {
        AuthLevel::Aal2 => Policy::AAL2,
        AuthLevel::Aal3 => Policy::AAL3,
        _ => Policy::AAL1,
    });
    if token.is_none() && session.is_none() {
        return Ok(policy);
    }
    values::with_ceilings(&policy, token, session)
}

fn command(plain: Vec<String>, options: &RingOptions) -> Result<Command, String> {
    let mut plain = plain.into_iter();
    let (first, second) = (plain.next(), plain.next());
    if plain.next().is_some() {
        return Err("one word too many (see --help)".into());
    }
    let command = match (first.as_deref(), second) {
        (Some("new-ring"), Some(file)) => Command::NewRing(values::file(file)?),
        (Some("new-kek"), Some(file)) => Command::NewKek(values::file(file)?),
        (Some("new-root"), Some(file)) => Command::NewRoot(values::file(file)?),
        (Some(verb @ ("new-ring" | "new-kek" | "new-root")), None) => {
            return Err(format!("{verb} needs a file name"));
        }
        (Some("new-log"), Some(file)) => Command::NewLog(values::file(file)?),
        (Some("new-log"), None) => return Err("new-log needs a file name".into()),
        (Some("snapshot"), file) => Command::Snapshot(file.map(values::file).transpose()?),
        (Some("revoke"), None) => Command::Revoke,
        (Some("publish"), None) => Command::Publish,
        (Some("issue"), None) => Command::Issue,
        (Some("ring"), None) => Command::Ring(options.action()?),
        (Some("revoke"), Some(_)) => {
            return Err(
                "revoke takes who by an option: --session, --token, --subject, --key or --everyone".into()
            );
        }
        (Some("publish"), Some(_)) => {
            return Err("publish takes its files by options: --log and --snapshot".into());
        }
        (_, None) => Command::Inspect(first),
        (_, Some(_)) => return Err("one word too many (see --help)".into()),
    };
    let taken: &[&str] = if matches!(command, Command::Revoke) { &["--propagation"] } else { &[] };
    match options.any_but(taken) {
        Some(name) if !matches!(command, Command::Ring(_)) => Err(format!("{name} goes with `inspect ring`")),
        _ => Ok(command),
    }
}
