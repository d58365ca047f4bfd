//! Printing: one line for each call, its token and its verdict, and whether that was the one expected. Nothing here is needed to use the library.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};

use safeconduct::{
    Departing, LogAnswer, MintError, Policy, Reason, Rejected, Ring, Role, Seconds, Session, StepUp,
    Timestamp, Token,
};

/// When the tour starts.
pub const START: Timestamp = match Timestamp::from_unix(1_800_000_000) {
    Ok(moment) => moment,
    Err(_) => Timestamp::MIN,
};

/// What came of a call.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Verdict {
    /// A token was made.
    Minted,
    /// Renewal was asked for and there was no need.
    NotDue,
    /// No token was made.
    NotMinted(MintError),
    /// The token is good, or good enough for what was asked.
    Accepted,
    /// The session is good but not good enough.
    Challenge,
    /// The token is refused.
    Refused(Reason),
    /// The log has taken a revocation.
    Recorded,
    /// The log had it before.
    AlreadyOut,
    /// The log has not taken it.
    NotRecorded,
    /// A statement about what was seen is true.
    Holds,
    /// It is not.
    Fails,
}

/// Results of the library's calls: the verdict, and what else is worth printing.
pub trait Outcome {
    fn verdict(&self) -> Verdict;
    fn detail(&self) -> String {
        String::new()
    }
    /// The token that was made, if one was.
    fn token(&self) -> Option<&Token> {
        None
    }
}

impl<C> Outcome for Result<Session<C>, Rejected> {
    fn verdict(&self) -> Verdict {
        self.as_ref().map_or_else(|rejected| Verdict::Refused(rejected.reason()), |_| Verdict::Accepted)
    }

    fn detail(&self) -> String {
        self.as_ref()
            .map(|session| format!("rotation {}, {}", session.rotation(), session.level()))
            .unwrap_or_default()
    }
}

impl Outcome for Result<Departing, Rejected> {
    fn verdict(&self) -> Verdict {
        self.as_ref().map_or_else(|rejected| Verdict::Refused(rejected.reason()), |_| Verdict::Accepted)
    }

    fn detail(&self) -> String {
        String::from("to log out only")
    }
}

impl Outcome for Result<Token, MintError> {
    fn verdict(&self) -> Verdict {
        self.as_ref().map_or_else(|why| Verdict::NotMinted(*why), |_| Verdict::Minted)
    }

    fn detail(&self) -> String {
        self.token().map(deadline).unwrap_or_default()
    }

    fn token(&self) -> Option<&Token> {
        self.as_ref().ok()
    }
}

impl Outcome for Result<Option<Token>, MintError> {
    fn verdict(&self) -> Verdict {
        match self {
            Ok(Some(_)) => Verdict::Minted,
            Ok(None) => Verdict::NotDue,
            Err(why) => Verdict::NotMinted(*why),
        }
    }

    fn detail(&self) -> String {
        self.token().map(deadline).unwrap_or_default()
    }

    fn token(&self) -> Option<&Token> {
        self.as_ref().ok().and_then(Option::as_ref)
    }
}

impl Outcome for Result<(), StepUp> {
    fn verdict(&self) -> Verdict {
        if self.is_ok() { Verdict::Accepted } else { Verdict::Challenge }
    }

    fn detail(&self) -> String {
        match self {
            Ok(()) => String::from("strong enough"),
            Err(step_up) => format!("{} wanted", step_up.level()),
        }
    }
}

impl Outcome for LogAnswer {
    fn verdict(&self) -> Verdict {
        match (self.is_recorded(), self.was_already_out()) {
            (true, false) => Verdict::Recorded,
            (true, true) => Verdict::AlreadyOut,
            (false, _) => Verdict::NotRecorded,
        }
    }
}

impl Outcome for bool {
    fn verdict(&self) -> Verdict {
        if *self { Verdict::Holds } else { Verdict::Fails }
    }
}

fn deadline(token: &Token) -> String {
    format!("idle at {}", offset(token.expires_at()))
}

/// `+12 min`, `+8:00 h`, `+30 d 0:10`: how much later than the start it is.
fn offset(moment: Timestamp) -> String {
    let minutes = moment.seconds_since(START) / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, _) => format!("+{minutes} min"),
        (0, _, _) => format!("+{hours}:{minutes:02} h"),
        (_, 0, 0) => format!("+{days} d"),
        _ => format!("+{days} d {hours}:{minutes:02}"),
    }
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const CYAN: &str = "36";
const ALARM: &str = "1;37;41";

impl Verdict {
    /// Mark, colour, word and reason.
    fn face(self) -> (char, &'static str, &'static str, String) {
        match self {
            Self::Minted => ('+', CYAN, "minted", String::new()),
            Self::NotDue => ('-', DIM, "not due", String::new()),
            Self::NotMinted(why) => ('✗', RED, "no token", format!("{why:?}")),
            Self::Accepted => ('✓', GREEN, "accepted", String::new()),
            Self::Challenge => ('!', YELLOW, "challenge", String::new()),
            Self::Refused(reason) => ('✗', RED, "refused", reason.to_string()),
            Self::Recorded => ('+', CYAN, "recorded", String::new()),
            Self::AlreadyOut => ('-', DIM, "recorded", String::from("was out already")),
            Self::NotRecorded => ('✗', RED, "not recorded", String::new()),
            Self::Holds => ('✓', GREEN, "true", String::new()),
            Self::Fails => ('✗', RED, "not true", String::new()),
        }
    }
}

/// What has been printed, and what was not as expected.
pub struct Stage {
    out: String,
    coloured: bool,
    margin: String,
    now: Timestamp,
    chapters: u32,
    verdicts: u32,
    differing: Vec<String>,
}

impl Stage {
    pub fn new(policy: &Policy) -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "a program may read its environment; the library may not"
        )]
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let mut stage = Self {
            out: String::new(),
            coloured: std::io::stdout().is_terminal() && !no_color,
            margin: String::new(),
            now: START,
            chapters: 0,
            verdicts: 0,
            differing: Vec::new(),
        };
        let (session, idle, renewed) = (policy.session(), policy.idle(), policy.renew_after());
        let heading =
            format!("Sessions of {session}, {idle} idle, renewed after {renewed}, from {START} on.");
        let _ = writeln!(stage.out, "{}", stage.paint(BOLD, &heading));
        let legend = "A token is shown as its first 14 characters (kind, key id, session id), its last 5, and its length.";
        let _ = writeln!(stage.out, "{}", stage.paint(DIM, legend));
        stage
    }

    /// Sets the clock to so long after the start.
    pub fn at(&mut self, later: Seconds) -> Timestamp {
        let now = START.saturating_add(later);
        self.margin = offset(now);
        self.now = now;
        now
    }

    pub fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        let heading = format!("{}  {title}", self.chapters);
        let heading = self.paint(BOLD, &heading);
        let _ = write!(self.out, "\n{heading}\n");
    }

    /// A line that is no verdict.
    pub fn note(&mut self, text: &str) {
        let text = self.paint(DIM, text);
        self.row(&text);
    }

    /// The keys of a ring: nothing in this is secret.
    pub fn ring<R: Role>(&mut self, ring: &Ring<R>) {
        let mut keys: Vec<_> = ring.keys(self.now).collect();
        keys.sort_by_key(|key| key.window.issue_from());
        for key in keys {
            let window = key.window;
            let [from, until, accepted] =
                [window.issue_from(), window.issue_until(), window.accept_until()].map(offset);
            self.note(&format!(
                "ring: {} key {} {}, mints from {from} to {until}, accepted to {accepted}",
                key.kind, key.id, key.state
            ));
        }
    }

    /// A header of a response, wrapped.
    pub fn header(&mut self, status: u16, name: &str, value: &str) {
        let parts = value.split_inclusive(", ").map(str::trim_end);
        let mut line = format!("  {status}  {name}:");
        for part in parts {
            if line.len() + part.len() > 94 {
                self.note(&line);
                line = String::from("      ");
            }
            line.push(' ');
            line.push_str(part);
        }
        self.note(&line);
    }

    /// What was said about a token that somebody has sent.
    pub fn sees(&mut self, what: &str, token: &str, outcome: &impl Outcome, expected: Verdict) {
        self.line(what, token, outcome, expected);
    }

    /// What came of a call that no token was sent for; a token that it made is shown.
    pub fn shows(&mut self, what: &str, outcome: &impl Outcome, expected: Verdict) {
        self.line(what, outcome.token().map(Token::as_str).unwrap_or_default(), outcome, expected);
    }

    /// Something that has to be true of what was seen.
    pub fn fact(&mut self, what: &str, holds: bool) {
        self.line(what, "", &holds, Verdict::Holds);
    }

    fn line(&mut self, what: &str, token: &str, outcome: &impl Outcome, expected: Verdict) {
        let got = outcome.verdict();
        let (mark, colour, word, reason) = got.face();
        let detail = if reason.is_empty() { outcome.detail() } else { reason };
        let verdict = self.paint(colour, &format!("{mark} {word:<9}"));
        let token = self.paint(DIM, &format!("{:<25}", shorten(token)));
        let mut text = format!("{what:<37} {token} {verdict} {detail}");
        self.verdicts += 1;
        if got != expected {
            let alarm = self.paint(ALARM, &format!("EXPECTED {expected:?}"));
            let _ = write!(text, " {alarm}");
            self.differing.push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
        self.row(text.trim_end());
    }

    /// One line, with the time in the margin when it has changed.
    fn row(&mut self, text: &str) {
        let margin = std::mem::take(&mut self.margin);
        let margin = self.paint(DIM, &format!("{margin:>11}"));
        let _ = writeln!(self.out, "{margin}  {text}");
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.coloured { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Prints everything; whether all was as expected.
    pub fn curtain(mut self, outcome: Result<(), Box<dyn Error>>) -> bool {
        if let Err(why) = outcome {
            self.differing.push(format!("the tour was cut short: {why}"));
        }
        self.out.push('\n');
        for difference in &self.differing {
            let alarm = self.paint(ALARM, "DIFFERENT");
            let _ = writeln!(self.out, "{alarm} {difference}");
        }
        let all_right = self.differing.is_empty();
        let (colour, rest) =
            if all_right { (GREEN, "all as expected") } else { (RED, "not all as expected") };
        let end = self.paint(colour, &format!("{} verdicts, {rest}", self.verdicts));
        let _ = writeln!(self.out, "{end}");
        // A reader who has seen enough (`| head`) is no failure of the tour.
        let _ = std::io::stdout().write_all(self.out.as_bytes());
        all_right
    }
}

/// Beginning and end of a token, and its length in characters.
fn shorten(token: &str) -> String {
    match (token.get(..14), token.len().checked_sub(5).and_then(|from| token.get(from..))) {
        (Some(front), Some(back)) if token.len() > 20 => format!("{front}…{back} {:>3}", token.len()),
        _ => token.to_owned(),
    }
}
