//! Minting, with random bytes that the request brings.

use rand_core::{TryCryptoRng, TryRng};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, MintError, Policy, RevocationLog, Ring, Seconds, Session,
    Subject, Thumbprint, Token, Verifier,
};
use serde_json::{Value, json};

use crate::request::{Problem, Request};
use crate::verify::{App, over_with, verify_with};

pub struct Mint {
    issuer: Issuer,
    verifier: Verifier<ExactList>,
}

/// Bytes of a request, once each; then none.
struct Given {
    bytes: std::vec::IntoIter<u8>,
}

#[derive(Debug)]
struct UsedUp;

impl std::fmt::Display for UsedUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the given random bytes are used up")
    }
}

impl std::error::Error for UsedUp {}

impl TryRng for Given {
    type Error = UsedUp;

    fn try_next_u32(&mut self) -> Result<u32, UsedUp> {
        let mut word = [0; 4];
        self.try_fill_bytes(&mut word).map(|()| u32::from_le_bytes(word))
    }

    fn try_next_u64(&mut self) -> Result<u64, UsedUp> {
        let mut word = [0; 8];
        self.try_fill_bytes(&mut word).map(|()| u64::from_le_bytes(word))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), UsedUp> {
        for byte in out {
            *byte = self.bytes.next().ok_or(UsedUp)?;
        }
        Ok(())
    }
}

impl TryCryptoRng for Given {}

impl Mint {
    pub fn new(request: &Request) -> Result<Self, Problem> {
        let ring: Ring<Issuing> = request.text("ring")?.parse()?;
        let policy = Policy::builder(request.level("assurance")?)
            .session(request.seconds("absolute")?)
            .idle(request.seconds("idle")?);
        let policy = policy
            .longest_elevation(request.seconds("longest_elevation")?)
            .longest_session(request.seconds("longest_session")?);
        let policy = policy.skew(request.seconds("skew")?).deviation("a comparison").build()?;
        let kind = *request.kinds("mints")?.first().ok_or_else(|| Problem::of("no kind"))?;
        // It reads what the other side may have minted under a wider policy: the issuer's own is what ISS-10 is about.
        let verifier = over_with(&ring, request, &wide(request)?)?.revocations(ExactList::new());
        Ok(Self { issuer: Issuer::new(&ring, request.context()?, &policy, kind), verifier })
    }

    pub fn issue(&self, request: &Request) -> Result<Value, Problem> {
        let mut grant = Grant::new(Subject::new(request.bytes("subject")?)?, request.level("level")?);
        grant = grant
            .schema(u32::try_from(request.number("schema")?)?)
            .after_cut_off(request.optional_time("cut_off")?);
        if let Some(moment) = request.optional_time("authenticated_at")? {
            grant = grant.authenticated_at(moment);
        }
        if let Some(moment) = request.optional_time("ends_by")? {
            grant = grant.ends_by(moment);
        }
        if request.has("bound_to") {
            grant = grant.bound_to(Thumbprint::from_bytes(request.array("bound_to")?));
        }
        let (now, mut random) = (request.time("now")?, given(request)?);
        shown(if request.has("text") {
            self.issuer.issue(&grant.claims(request.text("text")?), now, &mut random)
        } else {
            self.issuer.issue(&grant, now, &mut random)
        })
    }

    pub fn rotate(&self, request: &Request) -> Result<Value, Problem> {
        if request.has("text") { self.rotate_as::<String>(request) } else { self.rotate_as::<()>(request) }
    }

    fn rotate_as<C: App + serde::Serialize>(&self, request: &Request) -> Result<Value, Problem> {
        let mut random = given(request)?;
        match self.session::<C>(request)? {
            Ok(session) => shown(self.issuer.rotate(&session, &mut random)),
            Err(refused) => Ok(refused),
        }
    }

    pub fn elevate(&self, request: &Request) -> Result<Value, Problem> {
        if request.has("text") { self.elevate_as::<String>(request) } else { self.elevate_as::<()>(request) }
    }

    fn elevate_as<C: App + serde::Serialize>(&self, request: &Request) -> Result<Value, Problem> {
        let (mut random, level): (_, AuthLevel) = (given(request)?, request.level("level")?);
        let session = match self.session::<C>(request)? {
            Ok(session) => session,
            Err(refused) => return Ok(refused),
        };
        let pending = self.issuer.elevate(&session, level, request.seconds("lasting")?, &mut random);
        shown(pending.and_then(|pending| {
            let answer = ExactList::new().record(pending.revocation(), session.verified_at());
            pending.release(answer)
        }))
    }

    fn session<C: App>(&self, request: &Request) -> Result<Result<Session<C>, Value>, Problem> {
        let verified = verify_with::<C, _>(&self.verifier, request)?;
        Ok(verified.map_err(|rejected| json!({ "refused": rejected.reason().name() })))
    }
}

fn wide(request: &Request) -> Result<Policy, Problem> {
    let day = Seconds::hours(12);
    let policy = Policy::builder(AuthLevel::Aal1).session(day).idle(day).skew(request.seconds("skew")?);
    Ok(policy.deviation("a comparison").build()?)
}

fn given(request: &Request) -> Result<Given, Problem> {
    Ok(Given { bytes: request.bytes("random")?.into_iter() })
}

fn shown(minted: Result<Token, MintError>) -> Result<Value, Problem> {
    Ok(match minted {
        Ok(token) => json!({ "token": token.as_str() }),
        Err(why) => json!({ "error": format!("{why:?}") }),
    })
}
