//! The command line.

use std::ffi::OsString;

use safeconduct::{AuthLevel, Context, Kind, Policy, Seconds, Timestamp};

pub const HELP: &str = "\
inspect: what a safeconduct token is, what it says, and why it would be accepted or refused

  inspect new-ring FILE
      make a ring with one key of each kind in a new file (mode 0600) and print the key ids
  inspect issue --ring @FILE --context NAME --subject ID [--kind e|s|n] [--level none|aal1|aal2|aal3]
      print a new token, alone on standard output
  inspect [TOKEN] [--ring @FILE|env:NAME --context NAME] [--claims] [--json]
      inspect a token; better from standard input than as an argument, which ends up in histories

  --ring @FILE      the ring in a file; env:NAME takes it from an environment variable.
                    Not as plain text: arguments end up in histories and process lists.
  --context NAME    whom tokens are for; give it once for each part
  --policy NAME     aal1, aal2 or aal3: the ceilings to judge by, or to issue by; aal1, or that of
                    --level, if not given
  --at RFC3339      judge as if it were this moment, e.g. 2027-01-15T08:00:00Z
  --longest-token TIME, --longest-session TIME
                    other ceilings than the preset's, as the service has them: 90s, 45min, 12h, 30d
  --bytes           show the proof in full; whoever gets such a report can use the token
  --json            the report as JSON; claims are in it only with --claims
  --claims          show claims in JSON as well (people always see them)

exit code: 0 accepted (or no ring was given), 1 refused, 2 unusable input
";

pub enum Command {
    Help,
    NewRing(String),
    Issue,
    /// The token, unless it comes from standard input.
    Inspect(Option<String>),
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
    pub kind: Kind,
    pub level: AuthLevel,
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
            kind: Kind::Encrypted,
            level: AuthLevel::Aal1,
        };
        let mut plain = Vec::new();
        let mut named_policy = None;
        let (mut longest_token, mut longest_session) = (None, None);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--help" | "-h" => parsed.command = Command::Help,
                "--ring" => parsed.ring = Some(value()?),
                "--context" => parsed.context.push(value()?),
                "--policy" => named_policy = Some(policy(&value()?)?),
                "--at" => parsed.at = Some(at(&value()?)?),
                "--json" => parsed.json = true,
                "--claims" => parsed.claims = true,
                "--subject" => parsed.subject = Some(value()?),
                "--kind" => parsed.kind = kind(&value()?)?,
                "--level" => parsed.level = level(&value()?)?,
                "-" => {}
                "--bytes" => parsed.bytes = true,
                "--longest-token" => longest_token = Some(seconds(&value()?)?),
                "--longest-session" => longest_session = Some(seconds(&value()?)?),
                option if option.starts_with("--") => {
                    let name = option.split('=').next().unwrap_or_default();
                    return Err(format!(
                        "{name} is unknown, or takes its value as the next word (see --help)"
                    ));
                }
                _ => plain.push(word),
            }
        }
        // The preset of the level that is issued; without a level it is AAL1, whose ceilings are the widest.
        parsed.policy = named_policy.unwrap_or(match parsed.level {
            AuthLevel::Aal2 => Policy::AAL2,
            AuthLevel::Aal3 => Policy::AAL3,
            _ => Policy::AAL1,
        });
        if longest_token.is_some() || longest_session.is_some() {
            parsed.policy = with_ceilings(&parsed.policy, longest_token, longest_session)?;
        }
        if matches!(parsed.command, Command::Help) {
            return Ok(parsed);
        }
        let mut plain = plain.into_iter();
        parsed.command = match (plain.next(), plain.next()) {
            (Some(verb), Some(file)) if verb == "new-ring" => Command::NewRing(file),
            (Some(verb), None) if verb == "new-ring" => return Err("new-ring needs a file name".into()),
            (Some(verb), None) if verb == "issue" => Command::Issue,
            (token, None) => Command::Inspect(token),
            (_, Some(_)) => return Err("one word too many (see --help)".into()),
        };
        match plain.next() {
            Some(_) => Err("one word too many (see --help)".into()),
            None => Ok(parsed),
        }
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

fn policy(name: &str) -> Result<Policy, String> {
    match name {
        "aal1" => Ok(Policy::AAL1),
        "aal2" => Ok(Policy::AAL2),
        "aal3" => Ok(Policy::AAL3),
        other => Err(format!("--policy {other:?} is none of aal1, aal2, aal3")),
    }
}

/// The policy with the ceilings of the service.
fn with_ceilings(
    policy: &Policy,
    token: Option<Seconds>,
    session: Option<Seconds>,
) -> Result<Policy, String> {
    let token = token.unwrap_or(policy.longest_token());
    let session = session.unwrap_or(policy.longest_session());
    Policy::builder(policy.assurance())
        .idle(policy.idle().min(token))
        .session(policy.session().min(session))
        .longest_token(token)
        .longest_session(session)
        .deviation("asked for on the command line")
        .build()
        .map_err(|why| why.to_string())
}

/// A duration such as 90s, 45min, 12h or 30d.
fn seconds(text: &str) -> Result<Seconds, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number = number.parse().map_err(|_| format!("{text:?} is not a time like 90s, 45min, 12h or 30d"))?;
    match unit {
        "" | "s" => Ok(Seconds::new(number)),
        "min" => Ok(Seconds::minutes(number)),
        "h" => Ok(Seconds::hours(number)),
        "d" => Ok(Seconds::days(number)),
        _ => Err(format!("{text:?} is not a time like 90s, 45min, 12h or 30d")),
    }
}

fn level(name: &str) -> Result<AuthLevel, String> {
    (0..=3)
        .filter_map(AuthLevel::from_number)
        .find(|level| level.name() == name || level.number().to_string() == name)
        .ok_or_else(|| format!("--level {name:?} is none of none, aal1, aal2, aal3"))
}

fn kind(name: &str) -> Result<Kind, String> {
    let mut letters = name.chars();
    let kind = letters.next().and_then(Kind::from_letter).filter(|_| letters.next().is_none());
    kind.ok_or_else(|| format!("--kind {name:?} is none of e, s, n"))
}

fn at(text: &str) -> Result<Timestamp, String> {
    let format = &time::format_description::well_known::Rfc3339;
    let moment = time::OffsetDateTime::parse(text, format)
        .map_err(|_| format!("--at {text:?} is not a moment like 2027-01-15T08:00:00Z"))?;
    Timestamp::try_from(moment).map_err(|why| format!("--at: {why}"))
}
