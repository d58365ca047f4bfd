//! Tokens beside revocation data that are a plain list.

use std::fmt::Display;

use safeconduct::{
    ExactCopy, ExactList, Freshness, Issuing, KeyId, Policy, Public, Reads, Rejected, Revocation,
    RevocationLog, Revocations, Ring, Seconds, Session, SessionId, Subject, Target, Thumbprint, Timestamp,
    TokenId, Verifier, Verifying,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::request::{Problem, Request, to_hex};

/// A verifier whose application expects nothing, or a text.
pub struct TokenVerifier {
    verifier: Verifier<ExactCopy>,
    text: bool,
}

impl TokenVerifier {
    pub fn new(request: &Request) -> Result<Self, Problem> {
        let verifier = undecided(request)?.revocations(revoked(request)?);
        Ok(Self { verifier, text: expects_text(request)? })
    }

    pub fn verify(&self, request: &Request) -> Result<Value, Problem> {
        if self.text { self.verify_as::<String>(request) } else { self.verify_as::<()>(request) }
    }

    fn verify_as<C: App>(&self, request: &Request) -> Result<Value, Problem> {
        let verified = verify_with::<C, _>(&self.verifier, request)?;
        if !request.has("max_age") {
            return verdict(verified);
        }
        let (level, max_age) = (request.level("level")?, request.seconds("max_age")?);
        let satisfies = verified.as_ref().ok().map(|session| session.require(level, max_age).is_ok());
        let mut answer = verdict(verified)?;
        if let (Some(satisfies), Some(answer)) = (satisfies, answer.as_object_mut()) {
            answer.insert("satisfies".to_owned(), Value::from(satisfies));
        }
        Ok(answer)
    }

    /// What logging out with a token, maybe an idle one, would revoke.
    pub fn depart(&self, request: &Request) -> Result<Value, Problem> {
        let departing = match self.verifier.departing(request.text("token")?, request.time("now")?) {
            Ok(departing) => departing,
            Err(rejected) => return Ok(json!({ "verdict": rejected.reason().name() })),
        };
        let Target::Session { session_id, until, .. } = departing.revocation().target() else {
            return Err(Problem::of("something else than a session would be revoked"));
        };
        Ok(
            json!({ "verdict": "accepted", "session-id": to_hex(session_id.to_bytes()), "until": until.as_unix() }),
        )
    }
}

/// The application's claims, as requests name them.
pub trait App: DeserializeOwned {
    fn shown(&self) -> Value;
}

impl App for () {
    fn shown(&self) -> Value {
        Value::Null
    }
}

impl App for String {
    fn shown(&self) -> Value {
        Value::from(self.as_str())
    }
}

pub fn expects_text(request: &Request) -> Result<bool, Problem> {
    match request.text("app")? {
        "text" => Ok(true),
        "nothing" => Ok(false),
        other => Err(Problem(format!("{other} is not expected by any application"))),
    }
}

pub fn verify_with<C: App, V: Revocations>(
    verifier: &Verifier<V>,
    request: &Request,
) -> Result<Result<Session<C>, Rejected>, Problem> {
    let (token, now) = (request.text("token")?, request.time("now")?);
    let mut scratch = safeconduct::Scratch::new();
    Ok(if request.has("proven") {
        verifier.verify_bound(token, &Thumbprint::from_bytes(request.array("proven")?), now, &mut scratch)
    } else {
        verifier.verify_owned(token, now)
    })
}

pub fn undecided(request: &Request) -> Result<Verifier, Problem> {
    with_policy(request, &request.verifiers_policy()?)
}

/// Over a ring of whichever role.
pub fn with_policy(request: &Request, policy: &Policy) -> Result<Verifier, Problem> {
    let text = request.text("ring")?;
    if let Ok(ring) = text.parse::<Ring<Issuing>>() {
        over_with(&ring, request, policy)
    } else if let Ok(ring) = text.parse::<Ring<Public>>() {
        over_with(&ring, request, policy)
    } else {
        over_with(&text.parse::<Ring<Verifying>>()?, request, policy)
    }
}

pub fn over<R: Reads>(ring: &Ring<R>, request: &Request) -> Result<Verifier, Problem> {
    over_with(ring, request, &request.verifiers_policy()?)
}

pub fn over_with<R: Reads>(ring: &Ring<R>, request: &Request, policy: &Policy) -> Result<Verifier, Problem> {
    let kinds = request.kinds("kinds")?;
    let (first, others) = kinds.split_first().ok_or_else(|| Problem::of("no kinds"))?;
    let verifier = Verifier::new(ring, request.context()?, policy, *first);
    let verifier = others.iter().fold(verifier, |verifier, kind| verifier.also_accepts(*kind));
    Ok(verifier.schema(u32::try_from(request.number("schema")?)?))
}

fn revoked(request: &Request) -> Result<ExactCopy, Problem> {
    let mut list = ExactList::new();
    let mut record = |revocation: Revocation| {
        let answer = list.record(&revocation, Timestamp::MIN);
        if answer.is_recorded() { Ok(()) } else { Err(Problem::of("not recorded")) }
    };
    if request.has("revoked_everyone_before") {
        record(Revocation::operator_everyone(request.time("revoked_everyone_before")?))?;
    }
    for one in request.list("revoked")? {
        record(match one.text("scope")? {
            "key" => Revocation::operator_key(KeyId::from_bytes(one.array("key")?)),
            "subject" => {
                Revocation::operator_subject(Subject::new(one.bytes("subject")?)?, one.time("before")?)
            }
            "session" => {
                Revocation::operator_session(SessionId::from_bytes(one.array("session")?), Timestamp::MAX)
            }
            "token" => {
                let (session, token) =
                    (SessionId::from_bytes(one.array("session")?), TokenId::from_bytes(one.array("token")?));
                Revocation::operator_token(session, token, Timestamp::MAX)
            }
            other => return Err(Problem(format!("{other} is no scope"))),
        })?;
    }
    Ok(list.copy(Freshness::new(request.time("complete_to")?, Seconds::ZERO), Timestamp::MAX))
}

pub fn verdict<C: App>(result: Result<Session<C>, Rejected>) -> Result<Value, Problem> {
    let session = match result {
        Ok(session) => session,
        Err(rejected) => return Ok(json!({ "verdict": rejected.reason().name() })),
    };
    let mut claims = Map::new();
    let mut put =
        |name: &str, value: &dyn Display| claims.insert(name.to_owned(), Value::from(value.to_string()));
    put("kind", &session.kind().letter());
    put("key-id", &to_hex(session.key_id().to_bytes()));
    put("session-id", &to_hex(session.session_id().to_bytes()));
    put("token-id", &to_hex(session.token_id().to_bytes()));
    put("subject", &to_hex(session.subject().as_bytes()));
    put("started-at", &session.started_at().as_unix());
    put("issued-at", &session.issued_at().as_unix());
    put("expires-at", &session.expires_at().as_unix());
    put("ends-at", &session.ends_at().as_unix());
    put("rotation", &session.rotation());
    put("level", &session.base_level().number());
    put("authenticated-at", &session.authenticated_at().as_unix());
    let elevation = session.elevation().map(|raised| {
        let (until, authenticated_at) = (raised.until().as_unix(), raised.authenticated_at().as_unix());
        format!("level {} until {until} authenticated-at {authenticated_at}", raised.level().number())
    });
    put("elevation", &elevation.as_deref().unwrap_or("none"));
    put(
        "bound-to",
        &session.bound_to().map_or_else(|| "none".to_owned(), |thumbprint| to_hex(thumbprint.to_bytes())),
    );
    Ok(json!({ "verdict": "accepted", "claims": claims, "app": session.claims().shown() }))
}
