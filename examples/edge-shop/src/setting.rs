//! What a function is told when it is deployed.

use core::fmt;
use std::sync::Arc;

use safeconduct::http::Transport;
use safeconduct::{AuthLevel, Context, Kind, Policy, PolicyError, Seconds, context};

use crate::document_keys::DocumentKeys;

/// The binding of the ring.
pub(crate) const RING: &str = "RING";

/// Whom the tokens are for.
pub const CONTEXT: Context = context!("shop.example", "session");

/// Sessions travel in cookies and in no other way.
pub const TRANSPORT: Transport = Transport::new().without_bearer();

/// The platform's bindings by their names. `None` for one that is not there.
#[derive(Clone, Copy, Default)]
pub struct Bindings<'a> {
    /// `KIND`: `e` or `n`; `e` if there is none.
    pub kind: Option<&'a str>,
    /// `LIFETIMES`: seconds of a session, of idling, until renewal, of a step-up; `28800/1800/900/900` if there is none.
    pub lifetimes: Option<&'a str>,
    /// `REFRESH`: seconds after which ring and snapshot are fetched again; 30 if there is none.
    pub refresh: Option<&'a str>,
    /// `VALIDITY`: seconds for which a snapshot is believed, whatever it says itself; 86400 if there is none.
    pub validity: Option<&'a str>,
    /// `STALE`: `refuse` or `go-on`, when the snapshot is too old; `refuse` if there is none.
    pub stale: Option<&'a str>,
    /// `RING_KEY`, a secret: the key that published rings are wrapped under, as `sc-kek.v1.` and 64 hexadecimal digits. Without it, rings come as the secret `RING` only.
    pub ring_key: Option<&'a str>,
    /// `RING_ROOT`: the public key that they are signed by, 64 hexadecimal digits.
    pub ring_root: Option<&'a str>,
    /// `OPERATOR`: the word by which an operator asks for the header `safeconduct-state`. Nobody can if there is none.
    pub operator: Option<&'a str>,
}

/// The same, read.
#[derive(Clone)]
pub struct Settings {
    pub(crate) kind: Kind,
    pub(crate) policy: Policy,
    pub(crate) refresh: Seconds,
    pub(crate) validity: Seconds,
    pub(crate) go_on_when_stale: bool,
    pub(crate) operator: Option<String>,
    pub(crate) documents: Option<Arc<DocumentKeys>>,
}

impl Settings {
    /// Reads the bindings.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] names the binding and what is wrong with it. It never shows a secret.
    pub fn read(bindings: &Bindings<'_>) -> Result<Self, SetUpError> {
        let kind = match bindings.kind {
            None | Some("e") => Kind::Encrypted,
            Some("n") => Kind::Nested,
            Some(_) => return Err(SetUpError::new("KIND", "is neither e nor n")),
        };
        let go_on_when_stale = match bindings.stale {
            None | Some("refuse") => false,
            Some("go-on") => true,
            Some(_) => return Err(SetUpError::new("STALE", "is neither refuse nor go-on")),
        };
        let policy = bindings.lifetimes.map_or(Ok(Policy::AAL1), policy)?;
        let refresh = number("REFRESH", bindings.refresh.unwrap_or("30"))?;
        let validity = number("VALIDITY", bindings.validity.unwrap_or("86400"))?;
        let operator = match bindings.operator {
            Some(word) if word.len() < 16 => {
                return Err(SetUpError::new("OPERATOR", "has less than 16 characters"));
            }
            word => word.map(str::to_owned),
        };
        let documents = DocumentKeys::read(bindings.ring_key, bindings.ring_root)?.map(Arc::new);
        Ok(Self { kind, policy, refresh, validity, go_on_when_stale, operator, documents })
    }

    /// How long sessions last.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

fn number(binding: &'static str, text: &str) -> Result<Seconds, SetUpError> {
    let seconds =
        text.trim().parse::<u32>().map_err(|_| SetUpError::new(binding, "is not a number of seconds"))?;
    Ok(Seconds::new(seconds))
}

fn policy(text: &str) -> Result<Policy, SetUpError> {
    const NAME: &str = "LIFETIMES";
    let mut parts = [Seconds::ZERO; 4];
    let mut texts = text.split('/');
    for part in &mut parts {
        *part = number(NAME, texts.next().unwrap_or_default())?;
    }
    let [session, idle, renew_after, step_up] = parts;
    let builder = Policy::builder(AuthLevel::Aal1).session(session).idle(idle);
    let built = builder.renew_after(renew_after).longest_elevation(step_up).build();
    built.map_err(|why: PolicyError| SetUpError::new(NAME, &why.to_string()))
}

/// A binding is missing or wrong. The function answers 500 to everything and logs this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetUpError {
    binding: &'static str,
    what: String,
}

impl SetUpError {
    /// `what` must not show a secret.
    #[must_use]
    pub fn new(binding: &'static str, what: &str) -> Self {
        Self { binding, what: what.to_owned() }
    }
}

impl fmt::Display for SetUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the binding {} {}", self.binding, self.what)
    }
}

impl core::error::Error for SetUpError {}
