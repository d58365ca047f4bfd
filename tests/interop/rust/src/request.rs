//! A request and its fields.

use safeconduct::{AuthLevel, Context, Kind, Policy, PolicyBuilder, Seconds, Timestamp};
use serde_json::Value;

/// A request that makes no sense. It ends the comparison: it is no verdict.
pub struct Problem(pub String);

impl Problem {
    pub fn of(why: &str) -> Self {
        Self(why.to_owned())
    }
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

pub struct Request(Value);

impl Request {
    pub fn parse(line: &str) -> Result<Self, Problem> {
        Ok(Self(serde_json::from_str(line)?))
    }

    pub fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    fn missing(&self, name: &str) -> Problem {
        Problem(format!("{name} is missing or of another type in {}", self.0))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    pub fn text(&self, name: &str) -> Result<&str, Problem> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| self.missing(name))
    }

    pub fn number(&self, name: &str) -> Result<u64, Problem> {
        self.0.get(name).and_then(Value::as_u64).ok_or_else(|| self.missing(name))
    }

    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        self.0.get(name).and_then(Value::as_bool).ok_or_else(|| self.missing(name))
    }

    pub fn list(&self, name: &str) -> Result<Vec<Self>, Problem> {
        let list = self.0.get(name).and_then(Value::as_array).ok_or_else(|| self.missing(name))?;
        Ok(list.iter().cloned().map(Self).collect())
    }

    pub fn time(&self, name: &str) -> Result<Timestamp, Problem> {
        Ok(Timestamp::from_unix(self.number(name)?)?)
    }

    pub fn optional_time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        if self.has(name) { self.time(name).map(Some) } else { Ok(None) }
    }

    pub fn seconds(&self, name: &str) -> Result<Seconds, Problem> {
        Ok(Seconds::new(u32::try_from(self.number(name)?)?))
    }

    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, Problem> {
        from_hex(self.text(name)?)
    }

    pub fn array<const N: usize>(&self, name: &str) -> Result<[u8; N], Problem> {
        self.bytes(name)?.try_into().map_err(|_| self.missing(name))
    }

    pub fn level(&self, name: &str) -> Result<AuthLevel, Problem> {
        u8::try_from(self.number(name)?)
            .ok()
            .and_then(AuthLevel::from_number)
            .ok_or_else(|| self.missing(name))
    }

    pub fn context(&self) -> Result<Context, Problem> {
        let parts = self.list("context")?;
        let parts = parts
            .iter()
            .map(|part| part.0.as_str().ok_or_else(|| self.missing("context")))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Context::new(&parts)?)
    }

    pub fn kinds(&self, name: &str) -> Result<Vec<Kind>, Problem> {
        self.text(name)?
            .chars()
            .map(|letter| Kind::from_letter(letter).ok_or_else(|| self.missing(name)))
            .collect()
    }

    /// A policy with these ceilings, that mints as long as they allow; not yet judged.
    pub fn policy_of_verifier(&self) -> Result<PolicyBuilder, Problem> {
        let (token, session) = (self.seconds("longest_token")?, self.seconds("longest_session")?);
        let builder =
            Policy::builder(AuthLevel::Aal1).session(session).idle(token.min(session)).longest_token(token);
        Ok(builder.longest_session(session).skew(self.seconds("skew")?).deviation("a comparison"))
    }

    pub fn verifiers_policy(&self) -> Result<Policy, Problem> {
        Ok(self.policy_of_verifier()?.build()?)
    }

    pub fn signed_numbers(&self, name: &str) -> Result<Vec<i64>, Problem> {
        self.list(name)?.iter().map(|one| one.0.as_i64().ok_or_else(|| self.missing(name))).collect()
    }
}

pub fn from_hex(text: &str) -> Result<Vec<u8>, Problem> {
    let digits =
        text.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    digits.collect()
}

pub fn to_hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
