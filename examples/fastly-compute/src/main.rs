//! A small shop with sessions on Fastly Compute.
//!
//! | resource | kind | what |
//! | --- | --- | --- |
//! | `shop-secrets` | secret store | `RING`, the ring's text; `RING_KEY`, the key that published rings are wrapped under (optional); `OPERATOR`, the word for the header `safeconduct-operator` (optional) |
//! | `shop-settings` | config store | `RING_ROOT`, with `RING_KEY`; `KIND`, `LIFETIMES`, `REFRESH`, `VALIDITY`, `STALE`: optional, see `edge_shop::Bindings` |
//! | `revoked` | KV store | the snapshot, under the key `snapshot`, and the published ring, under the key `ring` |
//! | `desk` | backend | where the desk is |
//!
//! Two requests more than the shop's: `PUT /snapshot` and `PUT /ring` put a document into the KV store. They need no password: what is not signed as it should be, or not newer than
//! what is there, is refused.

use std::time::{SystemTime, UNIX_EPOCH};

use edge_shop::{Answer, Asked, Bindings, Errand, Fetched, Next, Reply, SetUpError, Settings, Shop};
use fastly::http::StatusCode;
use fastly::http::serve::Serve;
use fastly::kv_store::KVStoreError;
use fastly::{ConfigStore, KVStore, Request, Response, SecretStore};
use getrandom::SysRng;
use safeconduct::Timestamp;

/// A sandbox answers so many requests, and each shares the shop with those before it. The platform starts as many sandboxes as it needs. Each request may ask the desk once,
/// and 32 is how often a sandbox may ask a backend.
const REQUESTS: usize = 32;
/// More than a login form or a code.
const LONGEST_BODY: usize = 8_192;
/// More than any snapshot that is worth having at the edge.
const LONGEST_DOCUMENT: usize = 20 << 20;

fn main() {
    // A sandbox begins with a request, so random bytes and the clock are there already.
    let shop = open();
    Serve::new().with_max_requests(REQUESTS).run(|mut request: Request| -> Response {
        match &shop {
            Ok(shop) => respond(shop, &mut request),
            Err(why) => {
                eprintln!("not set up: {why}");
                response(Answer::not_set_up())
            }
        }
    });
}

fn clock() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    // A clock beyond the year 9999 makes every session over.
    Timestamp::from_unix(seconds).unwrap_or(Timestamp::MAX)
}

fn respond(shop: &Shop, request: &mut Request) -> Response {
    if shop.wants_news()
        && let Err(why) = shop.take(fetch(shop))
    {
        eprintln!("what was in force before stays: {why}");
    }
    let (method, path) = (request.get_method_str().to_owned(), request.get_path().to_owned());
    match (method.as_str(), path.as_str()) {
        ("PUT", "/snapshot") => return put(shop, request, SNAPSHOT),
        ("PUT", "/ring") if shop.wants_documents() => return put(shop, request, RING),
        _ => {}
    }
    let body =
        body(request, LONGEST_BODY).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let headers: Vec<(&str, &[u8])> =
        request.get_headers().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let asked = Asked { method: &method, path: &path, headers: &headers, body: &body };
    let answer = match shop.answer(&asked) {
        Next::Send(answer) => answer,
        Next::Ask(errand) => shop.back_from(ask(&errand)),
    };
    response(answer)
}

fn open() -> Result<Shop, SetUpError> {
    let settings =
        ConfigStore::try_open("shop-settings").map_err(|_| SetUpError::new("shop-settings", "is missing"))?;
    let setting = |name: &str| settings.try_get(name).ok().flatten();
    let secrets =
        SecretStore::open("shop-secrets").map_err(|_| SetUpError::new("shop-secrets", "is missing"))?;
    let settings = Settings::read(&Bindings {
        kind: setting("KIND").as_deref(),
        lifetimes: setting("LIFETIMES").as_deref(),
        refresh: setting("REFRESH").as_deref(),
        validity: setting("VALIDITY").as_deref(),
        stale: setting("STALE").as_deref(),
        operator: secret(&secrets, "OPERATOR").as_deref(),
        ring_key: secret(&secrets, "RING_KEY").as_deref(),
        ring_root: setting("RING_ROOT").as_deref(),
    })?;
    Shop::open(secret(&secrets, "RING").as_deref(), settings, clock, || SysRng)
}

fn secret(secrets: &SecretStore, name: &str) -> Option<String> {
    let secret = secrets.try_get(name).ok()??;
    String::from_utf8(secret.try_plaintext().ok()?.to_vec()).ok()
}

/// What lies in the KV store, and under which key.
type Document = (&'static str, fn(Vec<u8>) -> Fetched);

const SNAPSHOT: Document = ("snapshot", |bytes| Fetched { snapshot: Some(bytes), ..Fetched::default() });
const RING: Document = ("ring", |bytes| {
    let document = String::from_utf8_lossy(&bytes).into_owned();
    Fetched { document: Some(document), ..Fetched::default() }
});

/// Ring and snapshot, each as it is now: both can change under a running service.
fn fetch(shop: &Shop) -> Fetched {
    let secrets = SecretStore::open("shop-secrets").ok();
    let mut fetched =
        Fetched { ring: secrets.and_then(|secrets| secret(&secrets, "RING")), ..Fetched::default() };
    match lookup(SNAPSHOT.0) {
        Ok(bytes) => fetched.snapshot = Some(bytes),
        Err(why) => fetched.failure = Some(why),
    }
    if shop.wants_documents() {
        match lookup(RING.0) {
            Ok(bytes) => fetched.document = RING.1(bytes).document,
            Err(why) => fetched.failure = Some(why),
        }
    }
    fetched
}

fn revoked() -> Result<KVStore, String> {
    KVStore::open("revoked")
        .map_err(|why| why.to_string())?
        .ok_or_else(|| "there is no KV store revoked".into())
}

fn lookup(key: &str) -> Result<Vec<u8>, String> {
    match revoked()?.lookup(key) {
        Ok(mut found) => Ok(found.take_body_bytes()),
        Err(KVStoreError::ItemNotFound) => Err(format!("there is no {key} in the KV store")),
        Err(why) => Err(why.to_string()),
    }
}

fn put(shop: &Shop, request: &mut Request, (key, document): Document) -> Response {
    // What another sandbox has put there counts first.
    let _ = lookup(key).map(|bytes| shop.take(document(bytes)));
    let Some(bytes) = body(request, LONGEST_DOCUMENT) else {
        return Response::from_status(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let stored = match shop.take(document(bytes.clone())) {
        Ok(true) => revoked().and_then(|store| store.insert(key, bytes).map_err(|why| why.to_string())),
        Ok(false) => Ok(()),
        Err(why) => {
            eprintln!("a document was refused: {why}");
            return Response::from_status(StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    match stored {
        Ok(()) => Response::from_status(StatusCode::NO_CONTENT),
        Err(why) => {
            eprintln!("a document was not stored: {why}");
            Response::from_status(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// The body, unless it is longer.
fn body(request: &mut Request, longest: usize) -> Option<Vec<u8>> {
    let length: usize = request.get_content_length().unwrap_or(0);
    (length <= longest).then(|| request.take_body_bytes()).filter(|bytes| bytes.len() <= longest)
}

/// `None` if the desk does not answer.
fn ask(errand: &Errand) -> Option<Reply> {
    let mut request = Request::post(format!("http://desk{}", errand.path)).with_body(errand.body.as_str());
    for (name, value) in &errand.headers {
        request.set_header(*name, value);
    }
    match request.with_pass(true).send("desk") {
        Ok(mut response) => {
            let lines = response.get_header_all("set-cookie");
            let set_cookies = lines.filter_map(|line| line.to_str().ok().map(str::to_owned)).collect();
            let status = response.get_status().as_u16();
            let body = String::from_utf8(response.take_body_bytes()).unwrap_or_default();
            Some(Reply { status, set_cookies, body })
        }
        Err(why) => {
            eprintln!("the desk does not answer: {why}");
            None
        }
    }
}

fn response(answer: Answer) -> Response {
    let mut response = Response::from_status(answer.status).with_body(answer.body);
    for (name, value) in answer.headers {
        response.append_header(name, value);
    }
    response
}
