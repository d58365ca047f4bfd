//! Law of `requests`: out of any headers comes the session that SPEC section 12 says, or none, and what an exchange sets is what it reads back.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, RwLock};

use arbitrary::Arbitrary;
use safeconduct::http::{
    Carrier, Csrf, Exchange, Incoming, ResponseHeaders, SessionCookie, SessionSource, Transport, WebSessions,
};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, RevocationLog as _, Ring,
    Seconds, SessionId, Subject, Timestamp, Verifier, Window,
};

use super::CONTEXT;
use super::chance::Counter;
use super::request_model::{Brought, Header, Place};

const NOW: u64 = 1_800_000_000;

/// A request, and what the handler does.
#[derive(Arbitrary, Debug)]
pub struct Request<'a> {
    method: u8,
    transport: u8,
    headers: Vec<(u8, Vec<Piece<'a>>)>,
    authority: Option<u8>,
    act: Act,
    field: Option<Vec<Piece<'a>>>,
    status: u16,
}

/// A piece of a header's value.
#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Word(u8),
    Token(u8),
    Csrf(u8),
    Half(u8),
    Bytes(&'a [u8]),
}

#[derive(Clone, Copy, Arbitrary, Debug)]
enum Act {
    Nothing,
    LogIn,
    LogOut,
    Elevate,
    EndOthers,
}

const METHODS: [&str; 6] = ["GET", "POST", "HEAD", "PUT", "get", ""];
const NAMES: [&str; 10] = [
    "cookie",
    "Cookie",
    "COOKIE",
    "authorization",
    "Authorization",
    "origin",
    "host",
    "sec-fetch-site",
    "x-csrf-token",
    "referer",
];
const WORDS: [&str; 32] = [
    "__Host-sid-a=",
    "__Host-sid-b=",
    "; ",
    ".0001",
    ".0002",
    ".9999",
    ".0000",
    "left",
    "left.0003",
    "Bearer ",
    "bearer ",
    "__Host-shop-a=",
    "__Host-shop-b=",
    "__Host-sid",
    "-a",
    "-b",
    "=",
    ";",
    ".",
    " ",
    "\t",
    "\"",
    "https://",
    "http://",
    "shop.example",
    "SHOP.example:443",
    "https://pay.example",
    "same-origin",
    "same-site",
    "none",
    "null",
    "Basic ",
];

fn transport(number: u8) -> Transport {
    const SHOP: SessionCookie = match SessionCookie::named("__Host-shop") {
        Ok(cookie) => cookie.strict().persistent(),
        Err(_) => panic!("a name"),
    };
    match number % 5 {
        0 => Transport::new(),
        1 => Transport::new().renewed_bearer("session-token").trusted_origins(&["https://pay.example"]),
        2 => Transport::new().without_bearer(),
        3 => Transport::new().without_cookie(),
        _ => Transport::new().cookie(SHOP),
    }
}

/// A token that requests can bring.
pub(super) struct Known {
    pub(super) text: String,
    pub(super) session_id: SessionId,
    /// Whether it is accepted, and if so, when its session began and when it was issued.
    pub(super) live: Option<u64>,
    csrf: String,
}

/// A web service and the tokens that are about.
pub struct Office {
    source: Arc<dyn SessionSource<()>>,
    list: Arc<RwLock<ExactList>>,
    seed: Arc<AtomicU8>,
    known: Vec<Known>,
}

impl Default for Office {
    fn default() -> Self {
        let time = |seconds| Timestamp::from_unix(seconds).expect("a time");
        let policy = Policy::AAL2;
        let mut chance = Counter(0);
        let mut rings = [Ring::<Issuing>::new(), Ring::<Issuing>::new()];
        for ring in &mut rings {
            let Ok(key) = IssuingKey::generate(Kind::Encrypted, &mut chance);
            let window = Window::new(time(NOW - 9_000), Seconds::days(30), Seconds::days(1));
            ring.add(key, window.expect("a window")).expect("room");
        }
        let list = Arc::new(RwLock::new(ExactList::new()));
        let csrf = || Csrf::new(&rings[0], CONTEXT, &policy).expect("keys of kind e");
        let mut known = Vec::new();
        // Fresh, due for renewal, idle, to be revoked, fresh again, and of a key that nobody knows.
        for (age, live, ring) in
            [(0, true, 0), (1_000, true, 0), (2_000, false, 0), (100, false, 0), (10, true, 0), (0, false, 1)]
        {
            let issuer = Issuer::new(&rings[ring], CONTEXT, &policy, Kind::Encrypted);
            let grant = Grant::new(Subject::new("alice").expect("a subject"), AuthLevel::Aal1);
            let token = issuer.issue(&grant, time(NOW - age), &mut chance).expect("a token");
            let csrf = csrf().token(token.session_id(), time(NOW), &mut chance).expect("a token");
            known.push(Known {
                text: token.as_str().to_owned(),
                session_id: token.session_id(),
                live: live.then_some(NOW - age),
                csrf: csrf.as_str().to_owned(),
            });
        }
        let seed = Arc::new(AtomicU8::new(0));
        let drawn = seed.clone();
        let random = move || Counter(drawn.fetch_add(17, Ordering::Relaxed));
        let issuer = Issuer::new(&rings[0], CONTEXT, &policy, Kind::Encrypted);
        let verifier = Verifier::new(&rings[0], CONTEXT, &policy, Kind::Encrypted).revocations(list.clone());
        let clock = move || Timestamp::from_unix(NOW).expect("a time");
        let source = Arc::new(WebSessions::new(issuer, verifier, clock, random).csrf(csrf()));
        Self { source, list, seed, known }
    }
}

impl Office {
    fn text(&self, pieces: &[Piece<'_>]) -> Vec<u8> {
        let known = |number: &u8| &self.known[usize::from(*number) % self.known.len()];
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Word(number) => WORDS[usize::from(*number) % WORDS.len()].as_bytes().to_vec(),
            Piece::Token(number) => known(number).text.as_bytes().to_vec(),
            Piece::Csrf(number) => known(number).csrf.as_bytes().to_vec(),
            Piece::Half(number) => known(number).text.as_bytes()[..40].to_vec(),
            Piece::Bytes(bytes) => bytes.to_vec(),
        };
        pieces.iter().take(24).flat_map(piece).collect()
    }

    /// As it is at the beginning of each input.
    fn begin_again(&self) {
        let mut list = ExactList::new();
        let until = Timestamp::from_unix(NOW + 30_000).expect("a time");
        let revoked = safeconduct::Revocation::operator_session(self.known[3].session_id, until);
        assert!(list.record(&revoked, Timestamp::from_unix(NOW).expect("a time")).is_recorded());
        *self.list.write().expect("no panic goes on") = list;
        self.seed.store(0, Ordering::Relaxed);
    }

    fn begin(
        &self,
        transport: Transport,
        method: &str,
        headers: &[Header],
        authority: Option<&str>,
    ) -> Exchange<()> {
        let lines = headers.iter().map(|(name, value)| (*name, value));
        let incoming = Incoming::new(transport, method, lines).authority(authority);
        Exchange::begin(self.source.clone(), &incoming)
    }
}

/// Returns whether there was a session, and whether the act succeeded.
pub fn requests(office: &Office, request: &Request<'_>) -> (bool, bool) {
    office.begin_again();
    let transport = transport(request.transport);
    let method = METHODS[usize::from(request.method) % METHODS.len()];
    let authority = request.authority.map(|number| WORDS[usize::from(number) % WORDS.len()]);
    let header = |(name, pieces): &(u8, Vec<Piece<'_>>)| {
        (NAMES[usize::from(*name) % NAMES.len()], office.text(pieces))
    };
    let headers: Vec<Header> = request.headers.iter().take(8).map(header).collect();
    let brought = Brought::read(&headers, authority, request.transport % 5, method);
    let mut exchange = office.begin(transport, method, &headers, authority);

    // Who is it?
    let expected = brought.session(&office.known);
    let found = exchange.session().map(|session| session.map(|session| session.session_id()));
    if brought.foreign {
        assert!(found.is_err());
    } else {
        assert_eq!(found, Ok(expected.map(|(_, known)| known.session_id)));
        assert_eq!(exchange.carrier(), expected.map(|(place, _)| place.carrier()));
    }
    forgery(office, request, &brought, expected, &exchange);

    // What changes?
    let mut log = office.list.clone();
    let grant = Grant::new(Subject::new("bob").expect("a subject"), AuthLevel::Aal1);
    let before = Timestamp::from_unix(NOW + 31).expect("a time");
    let done = match request.act {
        Act::Nothing => Ok(None),
        Act::LogIn => exchange.log_in(&grant, &mut log).map(|session| Some(session.session_id())),
        Act::LogOut => exchange.log_out(&mut log).map(|()| None),
        Act::Elevate => exchange
            .elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut log)
            .map(|session| Some(session.session_id())),
        Act::EndOthers => exchange.end_others(before, &mut log).map(|session| Some(session.session_id())),
    };
    assert!(!brought.foreign || matches!(request.act, Act::Nothing) || done.is_err());
    let response = exchange.finish(request.status);
    sound(&response, transport_name(request.transport));
    let session = expected.filter(|_| !brought.foreign);
    let Ok(now) = done else { return (session.is_some(), false) };
    let now = match request.act {
        // The browser still has it, whoever made it send this request.
        Act::Nothing => expected.map(|(_, known)| known.session_id),
        _ => now,
    };
    read_back(office, request, &brought, &response, now);
    (session.is_some(), true)
}

const fn transport_name(number: u8) -> &'static str {
    if number % 5 == 4 { "__Host-shop" } else { "__Host-sid" }
}

/// An anti-forgery token is good for its own session only; bearers need none.
fn forgery(
    office: &Office,
    request: &Request<'_>,
    brought: &Brought,
    session: Option<(Place, &Known)>,
    exchange: &Exchange<()>,
) {
    let field =
        request.field.as_ref().map(|pieces| String::from_utf8_lossy(&office.text(pieces)).into_owned());
    let good = session.is_some_and(|(place, known)| {
        let shown = field.as_ref().or(brought.csrf.as_ref());
        place.carrier() == Carrier::Bearer || shown == Some(&known.csrf)
    });
    assert_eq!(exchange.check_csrf(field.as_deref()).is_ok(), good && !brought.foreign);
    if let (Some(_), Ok(token)) = (session, exchange.csrf_token()) {
        assert_eq!(exchange.check_csrf(Some(token.as_str())).is_ok(), !brought.foreign);
    }
}

/// WEB-01 to WEB-03.
fn sound(response: &ResponseHeaders, name: &str) {
    let all: Vec<_> = response.iter().collect();
    let has_secret = all.iter().any(|header| ["set-cookie", "session-token"].contains(&header.name));
    let kept = all.iter().any(|header| (header.name, header.value) == ("cache-control", "no-store"));
    assert_eq!(has_secret, kept);
    for header in &all {
        assert!(header.value.len() <= 4_096);
        assert!(header.value.bytes().all(|byte| (0x20..0x7F).contains(&byte)), "visible");
        if header.name == "set-cookie" {
            let rest = header.value.strip_prefix(name).expect("the name");
            assert!(rest.starts_with("-a=") || rest.starts_with("-b="));
            let same_site = if name == "__Host-sid" { "Lax" } else { "Strict" };
            assert!(rest.contains(&format!("; Secure; HttpOnly; SameSite={same_site}; Path=/")));
            assert!(!header.value.to_ascii_lowercase().contains("domain"));
        }
    }
}

/// A browser that had what the request brought and takes what the response sets is who the exchange has said.
fn read_back(
    office: &Office,
    request: &Request<'_>,
    brought: &Brought,
    response: &ResponseHeaders,
    now: Option<SessionId>,
) {
    let name = transport_name(request.transport);
    let mut bearer = brought.bearer_text();
    // Beside a bearer token cookies are not looked at, so nothing is known of them.
    let mut jar = if brought.by_bearer() { [None, None] } else { brought.jar() };
    let mut wrote_cookie = false;
    for header in response.iter() {
        match header.name {
            "set-cookie" => {
                let pair = header.value.split(';').next().unwrap_or_default();
                let (slot, value) = pair[name.len()..].split_once('=').expect("a pair");
                jar[usize::from(slot == "-b")] = Some(value.to_owned());
                wrote_cookie = true;
            }
            "session-token" => bearer = Some(header.value.to_owned()),
            _ => {}
        }
    }
    let by_bearer = brought.by_bearer() && !wrote_cookie;
    if by_bearer && bearer.is_none() {
        return;
    }
    let header = if by_bearer {
        ("authorization", format!("Bearer {}", bearer.unwrap_or_default()))
    } else {
        let pairs = jar.iter().zip(["-a", "-b"]);
        let pairs = pairs.filter_map(|(value, slot)| Some(format!("{name}{slot}={}", value.as_ref()?)));
        ("cookie", pairs.collect::<Vec<_>>().join("; "))
    };
    let header = (header.0, header.1.into_bytes());
    let again = office.begin(transport(request.transport), "GET", &[header], None);
    let found = again.session().expect("a safe method").map(|session| session.session_id());
    assert_eq!(found, now);
}
