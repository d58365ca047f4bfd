//! The options of `inspect ring`.

use safeconduct::{KeyId, RootPublicKey, Seconds};

use crate::values;

/// What `inspect ring` is asked to do. At most one at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    View,
    Advance,
    Revoke,
    Export,
    Wrap,
    Unwrap,
}

/// The role to publish a ring as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum As {
    Issuer,
    Verifier,
    Public,
}

/// What was said of the ring, as it was typed and parsed.
#[derive(Default)]
pub struct RingOptions {
    /// The names of all that were given.
    given: Vec<&'static str>,
    pub revoke: Option<KeyId>,
    pub propagation: Option<Seconds>,
    pub minting: Option<Seconds>,
    pub publish_ahead: Option<Seconds>,
    pub verifier: Option<String>,
    pub public: Option<String>,
    pub wrap: Option<String>,
    pub unwrap: Option<String>,
    pub kek: Option<String>,
    pub root: Option<String>,
    pub root_public: Option<RootPublicKey>,
    pub version: Option<u64>,
    pub role: Option<As>,
    pub secret_to: Option<String>,
}

/// Which options begin an action, and which go with it.
const ACTIONS: [(Action, &[&str], &[&str]); 5] = [
    (Action::Advance, &["--advance"], &["--propagation", "--minting", "--publish-ahead"]),
    (Action::Revoke, &["--revoke"], &["--propagation", "--minting", "--publish-ahead"]),
    (Action::Export, &["--verifier", "--public"], &[]),
    (Action::Wrap, &["--wrap"], &["--kek", "--root", "--version", "--as"]),
    (Action::Unwrap, &["--unwrap"], &["--kek", "--root-public", "--secret-to", "--publish-ahead"]),
];
/// What goes with looking alone: how far ahead to warn.
const WITH_VIEW: &[&str] = &["--publish-ahead", "--propagation"];

impl RingOptions {
    /// Takes an option, if it is one of these.
    pub fn take(
        &mut self,
        word: &str,
        value: &mut dyn FnMut() -> Result<String, String>,
    ) -> Result<bool, String> {
        let name = match word {
            "--advance" => "--advance",
            "--revoke" => {
                self.revoke = Some(values::key_id("--revoke", &value()?)?);
                "--revoke"
            }
            "--propagation" => {
                self.propagation = Some(values::seconds("--propagation", &value()?)?);
                "--propagation"
            }
            "--minting" => {
                self.minting = Some(values::seconds("--minting", &value()?)?);
                "--minting"
            }
            "--publish-ahead" => {
                self.publish_ahead = Some(values::seconds("--publish-ahead", &value()?)?);
                "--publish-ahead"
            }
            "--verifier" => {
                self.verifier = Some(values::file(value()?)?);
                "--verifier"
            }
            "--public" => {
                self.public = Some(values::file(value()?)?);
                "--public"
            }
            "--wrap" => {
                self.wrap = Some(values::file(value()?)?);
                "--wrap"
            }
            "--unwrap" => {
                self.unwrap = Some(value()?);
                "--unwrap"
            }
            "--kek" => {
                self.kek = Some(value()?);
                "--kek"
            }
            "--root" => {
                self.root = Some(value()?);
                "--root"
            }
            "--root-public" => {
                self.root_public = Some(values::root_public(&value()?)?);
                "--root-public"
            }
            "--version" => {
                self.version = Some(values::version(&value()?)?);
                "--version"
            }
            "--as" => {
                self.role = Some(role(&value()?)?);
                "--as"
            }
            "--secret-to" => {
                self.secret_to = Some(values::file(value()?)?);
                "--secret-to"
            }
            _ => return Ok(false),
        };
        if self.given.contains(&name) {
            return Err(format!("{name} is given twice"));
        }
        self.given.push(name);
        Ok(true)
    }

    /// One of these options, other than those that the command takes, where there is no `inspect ring`.
    pub fn any_but(&self, taken: &[&str]) -> Option<&'static str> {
        self.given.iter().find(|name| !taken.contains(name)).copied()
    }

    /// What to do. An option that would have no effect is refused: it is a misunderstanding.
    pub fn action(&self) -> Result<Action, String> {
        let asked = |heads: &[&str]| heads.iter().any(|head| self.given.contains(head));
        let mut actions = ACTIONS.iter().filter(|(_, heads, _)| asked(heads));
        let (action, heads, with): (_, &[&str], _) = match (actions.next(), actions.next()) {
            (None, _) => (Action::View, &[], WITH_VIEW),
            (Some((action, heads, with)), None) => (*action, *heads, *with),
            (Some((_, one, _)), Some((_, other, _))) => {
                return Err(format!("one thing at a time: {} or {}", one.join(", "), other.join(", ")));
            }
        };
        match self.given.iter().find(|name| !heads.contains(name) && !with.contains(name)) {
            Some(name) if action == Action::View => {
                Err(format!("{name} needs something to go with (see --help)"))
            }
            Some(name) => Err(format!("{name} does not go with {}", heads.join(", "))),
            None => Ok(action),
        }
    }
}

fn role(name: &str) -> Result<As, String> {
    match name {
        "issuer" => Ok(As::Issuer),
        "verifier" => Ok(As::Verifier),
        "public" => Ok(As::Public),
        _ => Err("--as is none of verifier, public, issuer".into()),
    }
}
