//! What a report holds. Field names are part of the JSON form.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::{Serialize, Serializer};

use super::refusal::{self, Asked};
use super::{NotAToken, advice};
use crate::claims::CoreClaims;
use crate::error::Reason;
use crate::revocation::Freshness;
use crate::ring::{Entry, KeyState};
use crate::values::{Timestamp, write_hex};

/// Everything that is known about a token at one moment.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The name and version of this form: `safeconduct-inspect/1`.
    pub report: &'static str,
    /// The moment it was judged at.
    pub at: Moment,
    /// Accepted or refused.
    pub verdict: Verdict,
    /// The reason of the refusal, as SPEC section 7 names it.
    pub reason: Option<&'static str>,
    /// Whether anybody could have caused this refusal, or only somebody who held a token of ours.
    pub anybody_can_provoke: Option<bool>,
    /// What the verdict means: for people.
    pub meaning: String,
    /// What to do about it: for people.
    pub advice: String,
    /// What is not judged here.
    pub not_judged: Vec<&'static str>,
    /// What can be read without a key, if it is a token.
    pub outline: Option<Outline>,
    /// The claims, if the token is authentic.
    pub claims: Option<Claims>,
    /// What the revocation data go by, if there are any and the token is authentic.
    pub revocation: Option<RevocationReport>,
    /// The keys of the verifier's ring: names and windows.
    pub keys: Vec<Key>,
}

/// Accepted or refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A request with this token would be served, as far as it is judged here.
    Accepted,
    /// A request with this token would be refused.
    Refused,
}

/// What a token shows to everybody.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Outline {
    /// Length of the text.
    pub characters: usize,
    /// Length of what the text encodes.
    pub bytes: usize,
    /// Version of the format.
    pub version: u8,
    /// `encrypted`, `signed` or `nested`.
    pub kind: String,
    /// Key id, 8 hexadecimal digits.
    pub key_id: String,
    /// Session id, 24 hexadecimal digits.
    pub session_id: String,
    /// Token id, 24 hexadecimal digits.
    pub token_id: String,
    /// The bytes, part by part and without gaps.
    pub parts: Vec<Part>,
}

/// A stretch of a token's bytes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// What it is.
    pub name: &'static str,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// How long it is, in bytes.
    pub size: usize,
    /// The bytes.
    #[serde(skip)]
    pub content: Bytes,
}

/// Bytes: `Display` shows them as hexadecimal, `Debug` only counts them, because those of a token are worth a session.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A moment, for programs and for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Moment", 2)?;
        fields.serialize_field("unix", &self.0.as_unix())?;
        fields.serialize_field("utc", &self.0.to_string())?;
        fields.end()
    }
}

/// The claims of an authentic token, every time absolute.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Claims {
    /// The subject: text if it is printable, else hexadecimal after `0x`.
    pub subject: String,
    /// Schema number of the application's claims.
    pub schema: u32,
    /// When the session began.
    pub started_at: Moment,
    /// When the token was minted.
    pub issued_at: Moment,
    /// The token's idle deadline.
    pub expires_at: Moment,
    /// The session's absolute end.
    pub ends_at: Moment,
    /// How often the session had been rotated.
    pub rotation: u32,
    /// The base level.
    pub level: &'static str,
    /// The level at the moment of the report.
    pub level_in_force: &'static str,
    /// When the authentication behind the base level took place.
    pub authenticated_at: Moment,
    /// The elevation, over or not.
    pub elevation: Option<ElevationReport>,
    /// The thumbprint of the key it is bound to: 64 hexadecimal digits.
    pub bound_to: Option<String>,
    /// The application's own claims, as bytes: only the application knows their type.
    pub app: Bytes,
}

/// A raised level.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ElevationReport {
    /// The raised level.
    pub level: &'static str,
    /// When it drops back.
    pub until: Moment,
    /// When the authentication for it took place.
    pub authenticated_at: Moment,
    /// Whether it is still in force.
    pub in_force: bool,
}

/// What revocation data say about the token, whatever else is wrong with it. What the data do not know is absent.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RevocationReport {
    /// What they hold against it, however old they are: `clear`, or a reason as SPEC section 7 names it.
    pub answer: &'static str,
    /// The realm, 8 hexadecimal digits.
    pub realm_id: Option<String>,
    /// The version of the data.
    pub version: Option<u64>,
    /// Every revocation accepted before this moment is in them.
    pub complete_to: Option<Moment>,
    /// Until this moment tokens are renewed and elevated on their word.
    pub renews_until: Option<Moment>,
    /// From this moment on they must not be relied on.
    pub not_after: Option<Moment>,
    /// Sessions of everybody begun before this moment are over.
    pub everyone_before: Option<Moment>,
    /// Sessions of this subject begun before this moment are over.
    pub subject_before: Option<Moment>,
    /// Rotations of this session below this are retired.
    pub least_rotation: Option<u32>,
    /// The longest token that they reckon with, in seconds.
    pub longest_token: Option<u32>,
}

impl RevocationReport {
    fn of(asked: &Asked) -> Self {
        let grounds = &asked.grounds;
        Self {
            answer: asked.answer_name(),
            realm_id: grounds.realm.map(|realm| realm.to_string()),
            version: grounds.version,
            complete_to: grounds.complete_to.map(Moment),
            renews_until: grounds.renews_until.map(Moment),
            not_after: grounds.not_after.map(Moment),
            everyone_before: grounds.everyone_before.map(Moment),
            subject_before: grounds.subject_before.map(Moment),
            least_rotation: grounds.least_rotation,
            longest_token: grounds.longest_token.map(crate::values::Seconds::get),
        }
    }
}

/// A key of the ring: nothing in it is secret.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Key {
    /// Key id, 8 hexadecimal digits.
    pub key_id: String,
    /// `encrypted`, `signed` or `nested`.
    pub kind: String,
    /// From here on it mints.
    pub issue_from: Moment,
    /// From here on it does not mint.
    pub issue_until: Moment,
    /// From here on nothing under it is accepted.
    pub accept_until: Moment,
    /// `staged`, `active`, `accept-only`, `expired` or `revoked`.
    pub state: &'static str,
}

impl Key {
    pub(super) fn of<K>(entry: &Entry<K>, state: KeyState) -> Self {
        Self {
            key_id: entry.id.to_string(),
            kind: entry.kind.to_string(),
            issue_from: Moment(entry.window.issue_from()),
            issue_until: Moment(entry.window.issue_until()),
            accept_until: Moment(entry.window.accept_until()),
            state: state.name(),
        }
    }
}

impl Claims {
    pub(super) fn of(core: &CoreClaims, app: Vec<u8>, now: Timestamp) -> Self {
        let elevation = core.elevation.map(|elevation| ElevationReport {
            level: elevation.level().name(),
            until: Moment(elevation.until()),
            authenticated_at: Moment(elevation.authenticated_at()),
            in_force: now < elevation.until(),
        });
        let raised = elevation.as_ref().filter(|elevation| elevation.in_force);
        Self {
            subject: core.subject.to_string(),
            schema: core.schema,
            started_at: Moment(core.started_at),
            issued_at: Moment(core.issued_at),
            expires_at: Moment(core.expires_at),
            ends_at: Moment(core.ends_at),
            rotation: core.rotation,
            level: core.level.name(),
            level_in_force: raised.map_or(core.level.name(), |elevation| elevation.level),
            authenticated_at: Moment(core.authenticated_at),
            elevation,
            bound_to: core.bound_to.map(|thumbprint| thumbprint.to_string()),
            app: Bytes(app),
        }
    }
}

impl Report {
    pub(super) fn new(
        outline: Outline,
        read: Option<(CoreClaims, Vec<u8>)>,
        asked: Option<&Asked>,
        keys: Vec<Key>,
        verdict: &refusal::Verdict,
        now: Timestamp,
    ) -> Self {
        let reason = verdict.outcome.err();
        let knows = verdict.outcome.ok().and_then(Freshness::known).is_some();
        let core = read.as_ref().map(|(core, _)| core);
        let mut not_judged = alloc::vec!["the type and schema of the application's claims"];
        if core.is_some_and(|core| core.bound_to.is_some()) {
            not_judged.push("the proof of the key that the token is bound to");
        }
        if reason.is_none() && !knows {
            not_judged.push("revocation");
        }
        let (meaning, advice) = refusal::words(verdict, core, asked, now);
        Self {
            report: "safeconduct-inspect/1",
            at: Moment(now),
            verdict: if reason.is_none() { Verdict::Accepted } else { Verdict::Refused },
            reason: reason.map(Reason::name),
            anybody_can_provoke: reason.map(Reason::anybody_can_provoke),
            meaning,
            advice,
            not_judged,
            outline: Some(outline),
            claims: read.map(|(core, app)| Claims::of(&core, app, now)),
            revocation: asked.map(RevocationReport::of),
            keys,
        }
    }

    pub(super) fn of_no_token(fault: NotAToken, now: Timestamp) -> Self {
        Self {
            report: "safeconduct-inspect/1",
            at: Moment(now),
            verdict: Verdict::Refused,
            reason: Some(fault.reason.name()),
            anybody_can_provoke: Some(fault.reason.anybody_can_provoke()),
            meaning: fault.fault,
            advice: advice::advice(Some(fault.reason)).to_string(),
            not_judged: Vec::new(),
            outline: None,
            claims: None,
            revocation: None,
            keys: Vec::new(),
        }
    }
}
