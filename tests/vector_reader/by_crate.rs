//! What the crate makes of a vector.

use safeconduct::{
    AuthLevel, Context, ExactList, Freshness, Issuing, KeyState, Kind, Policy, Public, Reads, Realm, Reason,
    Rejected, Revocation, RevocationLog as _, Revocations, Ring, RingKeyInfo, RingTextError, Role, Scratch,
    Seconds, Session, Subject, Thumbprint, Timestamp, Verifier, Verifying,
};

use super::{Claims, Vector, hex};

/// The claims of an accepted token, or the reason why it is not.
pub fn verify_token(vector: &Vector) -> Result<Claims, String> {
    TokenReader::of(vector).claims(&vector.unescaped("token"))
}

/// The keys and realms of a ring as vectors list them.
pub fn read_ring(vector: &Vector) -> Result<Vec<String>, String> {
    let text = vector.unescaped("ring");
    match vector.one("role") {
        "issuer" => read_ring_of::<Issuing>(&text),
        "verifier" => read_ring_of::<Verifying>(&text),
        "public" => read_ring_of::<Public>(&text),
        other => panic!("unknown role {other}"),
    }
}

fn read_ring_of<R: Role>(text: &str) -> Result<Vec<String>, String> {
    let ring = text.parse::<Ring<R>>().map_err(|why: RingTextError| why.to_string())?;
    let mut contents = described_ring(&ring);
    let bare = text.trim_ascii().trim_matches(['"', '\'']);
    if ring.to_text().as_str() != bare {
        contents.push("and has another text than this (RING-02)".to_owned());
    }
    match Ring::<R>::from_bytes(&ring.to_bytes()) {
        Ok(again) if described_ring(&again) == described_ring(&ring) => {}
        _ => contents.push("and its binary form says something else".to_owned()),
    }
    Ok(contents)
}

pub(super) fn described_ring<R: Role>(ring: &Ring<R>) -> Vec<String> {
    ring.keys(Timestamp::MIN).map(described_key).chain(ring.realms().map(described_realm)).collect()
}

fn described_key(key: RingKeyInfo) -> String {
    let window = key.window;
    let times = [window.issue_from(), window.issue_until(), window.accept_until()];
    let [from, until, accept] = times.map(Timestamp::as_unix);
    let revoked = if key.state == KeyState::Revoked { " revoked" } else { "" };
    format!("{} {} {from} {until} {accept}{revoked}", key.kind.letter(), key.id)
}

fn described_realm(realm: &Realm) -> String {
    let filter_key = if realm.has_filter_key() { "filter-key" } else { "no-filter-key" };
    let front = format!("{} {} {filter_key}", realm.id(), realm.min_snapshot_version());
    realm.signers().fold(front, |line, signer| format!("{line} {}", hex(signer)))
}

/// The claims that the crate shows: as the vector lists them, but without an elevation that is over.
pub fn shown_claims(vector: &Vector) -> Claims {
    let mut claims = vector.claims();
    let until =
        claims["claims-elevation"].split(' ').nth(3).map(|until| until.parse::<u64>().expect("a time"));
    if until.is_some_and(|until| until <= vector.number("now")) {
        claims.insert("claims-elevation", "none".to_owned());
    }
    claims
}

pub(super) fn time(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).expect("a time")
}

/// The verifier of a vector, with this revocation data.
pub(super) fn verifier_of<R: Reads, V: Revocations>(
    vector: &Vector,
    ring: &Ring<R>,
    revocations: V,
) -> Verifier<V> {
    let parts = vector.context();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let context = Context::new(&parts).expect("a context");
    // Idle time and session are the issuer's business; a verifier looks at the ceilings only.
    let policy = Policy::builder(AuthLevel::Aal1)
        .session(Seconds::new(1))
        .idle(Seconds::new(1))
        .longest_token(vector.seconds("longest-token"))
        .longest_session(vector.seconds("longest-session"))
        .skew(vector.seconds("skew"))
        .deviation("test vector")
        .build()
        .expect("a policy");
    let mut kinds = vector.one("kinds").chars().map(|letter| Kind::from_letter(letter).expect("a kind"));
    let first = kinds.next().expect("a verifier accepts a kind");
    let verifier = Verifier::new(ring, context, &policy, first).revocations(revocations);
    kinds.fold(verifier, Verifier::also_accepts).schema(schema(vector))
}

fn schema(vector: &Vector) -> u32 {
    u32::try_from(vector.number("schema")).expect("a schema number")
}

/// The claims of an accepted token under a ring of the caller's, or the reason why it is not.
#[cfg(not(feature = "signatures"))]
pub fn verify<R: Reads>(vector: &Vector, ring: &Ring<R>) -> Result<Claims, String> {
    TokenReader::with(vector, ring).claims(&vector.unescaped("token"))
}

/// Whoever reads the token of a vector, with all that the vector says about him; for this text and for others.
pub struct TokenReader {
    verifier: Verifier<Box<dyn Revocations>>,
    now: Timestamp,
    proven: Option<Thumbprint>,
    schema: u32,
    /// The application's claims are text.
    text: bool,
}

impl TokenReader {
    pub fn of(vector: &Vector) -> Self {
        let ring = vector.unescaped("ring");
        if let Ok(ring) = ring.parse::<Ring<Verifying>>() {
            return Self::with(vector, &ring);
        }
        match ring.parse::<Ring<Public>>() {
            Ok(ring) => Self::with(vector, &ring),
            Err(_) => Self::with(vector, &ring.parse::<Ring<Issuing>>().expect("a ring that can be read")),
        }
    }

    fn with<R: Reads>(vector: &Vector, ring: &Ring<R>) -> Self {
        Self {
            verifier: verifier_of(vector, ring, revocations(vector)),
            now: time(vector.number("now")),
            proven: vector.proven().map(Thumbprint::from_bytes),
            schema: schema(vector),
            text: vector.one("app") == "text",
        }
    }

    /// What the claims of an accepted token are mapped to.
    fn read<'s, T>(
        &self,
        token: &str,
        scratch: &'s mut Scratch,
        without: impl FnOnce(Session<()>) -> T,
        with: impl FnOnce(Session<&'s str>) -> T,
    ) -> Result<T, Rejected> {
        let (verifier, now) = (&self.verifier, self.now);
        match (&self.proven, self.text) {
            (None, false) => verifier.verify(token, now, scratch).map(without),
            (Some(proven), false) => verifier.verify_bound(token, proven, now, scratch).map(without),
            (None, true) => verifier.verify(token, now, scratch).map(with),
            (Some(proven), true) => verifier.verify_bound(token, proven, now, scratch).map(with),
        }
    }

    fn claims(&self, token: &str) -> Result<Claims, String> {
        let mut scratch = Scratch::new();
        let found = self.read(
            token,
            &mut scratch,
            |session| described(&session, self.schema, None),
            |session| described(&session, self.schema, Some(session.claims())),
        );
        let found = found.map_err(|rejected| rejected.reason().name().to_owned());
        if self.text && self.proven.is_none() {
            let owned = self.verifier.verify_owned::<String>(token, self.now);
            let owned = owned.map(|session| described(&session, self.schema, Some(session.claims())));
            let owned = owned.map_err(|rejected| rejected.reason().name().to_owned());
            assert_eq!(found, owned, "verify and verify_owned agree");
        }
        found
    }

    /// Why this text is refused; `None` if it is accepted.
    #[allow(dead_code)] // for tests that ask about many texts
    pub fn refusal(&self, token: &str, scratch: &mut Scratch) -> Option<Reason> {
        self.read(token, scratch, drop, drop).err().map(|rejected| rejected.reason())
    }
}

fn revocations(vector: &Vector) -> Box<dyn Revocations> {
    let mut list = ExactList::new();
    let mut record = |revocation: Revocation| assert!(list.record(&revocation, Timestamp::MIN).is_recorded());
    if vector.optional("revoked-everyone-before").is_some() {
        record(Revocation::operator_everyone(time(vector.number("revoked-everyone-before"))));
    }
    for id in vector.all("revoked-key") {
        record(Revocation::operator_key(id.parse().expect("a key id")));
    }
    for (subject, before) in vector.subjects_out() {
        record(Revocation::operator_subject(Subject::new(subject).expect("a subject"), time(before)));
    }
    for id in vector.all("revoked-session") {
        record(Revocation::operator_session(id.parse().expect("a session id"), Timestamp::MAX));
    }
    for line in vector.all("revoked-token") {
        let (session, token) = line.split_once(' ').expect("two ids");
        let ids = (session.parse().expect("a session id"), token.parse().expect("a token id"));
        record(Revocation::operator_token(ids.0, ids.1, Timestamp::MAX));
    }
    match vector.optional("complete-to") {
        None => Box::new(list),
        Some(_) => {
            let freshness = Freshness::new(time(vector.number("complete-to")), Seconds::MAX);
            Box::new(list.copy(freshness, Timestamp::MAX))
        }
    }
}

fn described<C>(session: &Session<C>, schema: u32, app_text: Option<&str>) -> Claims {
    let elevation = session.elevation().map(|elevation| {
        let (until, since) = (elevation.until().as_unix(), elevation.authenticated_at().as_unix());
        format!("level {} until {until} authenticated-at {since}", elevation.level().number())
    });
    let none = || "none".to_owned();
    Claims::from([
        ("claims-kind", session.kind().letter().to_string()),
        ("claims-key-id", session.key_id().to_string()),
        ("claims-session-id", session.session_id().to_string()),
        ("claims-token-id", session.token_id().to_string()),
        ("claims-schema", schema.to_string()),
        ("claims-subject", hex(session.subject().as_bytes())),
        ("claims-started-at", session.started_at().as_unix().to_string()),
        ("claims-issued-at", session.issued_at().as_unix().to_string()),
        ("claims-expires-at", session.expires_at().as_unix().to_string()),
        ("claims-ends-at", session.ends_at().as_unix().to_string()),
        ("claims-rotation", session.rotation().to_string()),
        ("claims-level", session.base_level().number().to_string()),
        ("claims-authenticated-at", session.authenticated_at().as_unix().to_string()),
        ("claims-elevation", elevation.unwrap_or_else(none)),
        ("claims-bound-to", session.bound_to().map_or_else(none, |key| hex(key.to_bytes()))),
        ("claims-app-text", app_text.map_or_else(none, |text| serde_json::Value::from(text).to_string())),
    ])
}
