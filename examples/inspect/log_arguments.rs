//! The options of the commands for snapshots and the revocation log.

use safeconduct::{KeyId, Seconds};

use crate::values;

/// What was said of them, as it was typed and parsed.
#[derive(Default)]
pub struct LogOptions {
    /// The names of all that were given.
    given: Vec<&'static str>,
    pub log: Option<String>,
    /// Where the snapshot for the nodes goes.
    pub snapshot: Option<String>,
    pub signer: Option<String>,
    /// One for each realm of the ring.
    pub revocations: Vec<String>,
    /// A token or the id of a session; `-` takes a token from standard input.
    pub session: Option<String>,
    /// A token, or the ids of its session and of itself.
    pub token: Option<String>,
    pub key: Option<KeyId>,
    pub everyone: bool,
    pub validity: Option<Seconds>,
    pub staleness: Option<Seconds>,
    pub probes: Option<u8>,
    /// The snapshot that a node has already.
    pub after: Option<String>,
    pub skew: Option<Seconds>,
    pub longest_validity: Option<Seconds>,
    pub least_version: Option<u64>,
}

/// The commands that take these options, each with those that go with it.
pub const COMMANDS: [(&str, &[&str]); 6] = [
    (
        "revoke",
        &["--log", "--publish", "--signer", "--probes", "--session", "--token", "--key", "--everyone"],
    ),
    ("publish", &["--log", "--snapshot", "--signer", "--probes"]),
    ("new-log", &["--signer", "--validity", "--staleness-bound"]),
    ("snapshot", &["--after", "--skew", "--longest-validity", "--least-version"]),
    ("issue", &["--revocations"]),
    ("inspect", &["--revocations"]),
];

impl LogOptions {
    /// Takes an option, if it is one of these.
    pub fn take(
        &mut self,
        word: &str,
        value: &mut dyn FnMut() -> Result<String, String>,
    ) -> Result<bool, String> {
        let name = match word {
            "--log" => {
                self.log = Some(place(value()?)?);
                "--log"
            }
            "--snapshot" => {
                self.snapshot = Some(place(value()?)?);
                "--snapshot"
            }
            "--publish" => {
                self.snapshot = Some(place(value()?)?);
                "--publish"
            }
            "--signer" => {
                self.signer = Some(value()?);
                "--signer"
            }
            "--revocations" => {
                self.revocations.push(place(value()?)?);
                if self.revocations.len() == 2 {
                    return Ok(true);
                }
                "--revocations"
            }
            "--session" => {
                self.session = Some(value()?);
                "--session"
            }
            "--token" => {
                self.token = Some(value()?);
                "--token"
            }
            "--key" => {
                self.key = Some(values::key_id("--key", &value()?)?);
                "--key"
            }
            "--everyone" => {
                self.everyone = true;
                "--everyone"
            }
            "--validity" => {
                self.validity = Some(values::seconds("--validity", &value()?)?);
                "--validity"
            }
            "--staleness-bound" => {
                self.staleness = Some(values::seconds("--staleness-bound", &value()?)?);
                "--staleness-bound"
            }
            "--probes" => {
                self.probes = Some(probes(&value()?)?);
                "--probes"
            }
            "--after" => {
                self.after = Some(place(value()?)?);
                "--after"
            }
            "--skew" => {
                self.skew = Some(values::seconds("--skew", &value()?)?);
                "--skew"
            }
            "--longest-validity" => {
                self.longest_validity = Some(values::seconds("--longest-validity", &value()?)?);
                "--longest-validity"
            }
            "--least-version" => {
                let number = value()?.parse().map_err(|_| "--least-version takes a whole number")?;
                self.least_version = Some(number);
                "--least-version"
            }
            _ => return Ok(false),
        };
        if self.given.contains(&name) {
            return Err(format!("{name} is given twice"));
        }
        self.given.push(name);
        Ok(true)
    }

    /// An option that would have no effect is refused: it is a misunderstanding.
    pub fn check(&self, command: &str) -> Result<(), String> {
        let with = COMMANDS.iter().find(|(name, _)| *name == command).map_or(&[][..], |(_, with)| with);
        let Some(lost) = self.given.iter().find(|name| !with.contains(name)) else { return Ok(()) };
        let homes: Vec<String> = COMMANDS
            .iter()
            .filter(|(_, with)| with.contains(lost))
            .map(
                |(name, _)| {
                    if *name == "inspect" { "inspect TOKEN".into() } else { format!("inspect {name}") }
                },
            )
            .collect();
        Err(format!("{lost} goes with {}", homes.join(", ")))
    }
}

/// The name of a file. No secret comes from it, so it needs no `@`, and has one if fingers are used to it.
fn place(text: String) -> Result<String, String> {
    values::file(text.strip_prefix('@').map(str::to_owned).unwrap_or(text))
}

fn probes(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(probes @ 8..=32_u8) if probes % 4 == 0 => Ok(probes),
        _ => Err("--probes takes 8, 12, 16, 20, 24, 28 or 32".into()),
    }
}
