//! A small shop with sessions on Fastly Compute.
//!
//! | resource | kind | what |
//! | --- | --- | --- |
//! | `shop-secrets` | secret store | `RING`, the ring's text; `OPERATOR`, the word for the header `safeconduct-operator` (optional) |
//! | `shop-settings` | config store | `KIND`, `LIFETIMES`, `REFRESH`, `VALIDITY`, `STALE`: optional, see `edge_shop::Bindings` |
//! | `revoked` | KV store | the snapshot, under the key `snapshot` |
//! | `desk` | backend | where the desk is |
//!
//! One request more than the shop's: `PUT /snapshot` puts a snapshot into the KV store. It needs no password: what is not signed by the ring's signer and newer than
//! what is there is refused.

use std::time::{SystemTime, UNIX_EPOCH};

use edge_shop::{Answer, Asked, Bindings, Errand, Fetched, Next, SetUpError, Settings, Shop};
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
const LONGEST_SNAPSHOT: usize = 20 << 20;

fn main() {
    // A sandbox begins with a request, so random bytes and the clock are there already.
    let shop = open();
    Serve::new().with_max_requests(REQUESTS).run(|mut request: Request| -> Response {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        match (&shop, Timestamp::from_unix(now)) {
            (Ok(shop), Ok(now)) => respond(shop, &mut request, now),
            (Err(why), _) => {
                eprintln!("not set up: {why}");
                response(Answer::not_set_up())
            }
            (_, Err(why)) => {
                eprintln!("the clock: {why}");
                response(Answer::not_set_up())
            }
        }
    });
}

fn respond(shop: &Shop, request: &mut Request, now: Timestamp) -> Response {
    if shop.wants_news(now)
        && let Err(why) = shop.take(fetch(), now)
    {
        eprintln!("the pair before stays in force: {why}");
    }
    // Not `get_header_str`: that panics on what is not text.
    let text = |name: &str| request.get_header(name)?.to_str().ok().map(str::to_owned);
    let [cookies, site, operator] = ["cookie", "sec-fetch-site", "safeconduct-operator"].map(text);
    let (method, path) = (request.get_method_str().to_owned(), request.get_path().to_owned());
    if (method.as_str(), path.as_str()) == ("PUT", "/snapshot") {
        return put_snapshot(shop, request, now);
    }
    let body =
        body(request, LONGEST_BODY).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let asked = Asked {
        method: &method,
        path: &path,
        cookies: cookies.as_deref(),
        site: site.as_deref(),
        operator: operator.as_deref(),
        body: &body,
    };
    let answer = match shop.answer(&asked, now, &mut SysRng) {
        Next::Send(answer) => answer,
        Next::Ask(errand) => {
            let (status, body) = ask(&errand);
            shop.back_from(&errand, status, &body)
        }
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
    })?;
    Shop::open(secret(&secrets, "RING").as_deref(), settings)
}

fn secret(secrets: &SecretStore, name: &str) -> Option<String> {
    let secret = secrets.try_get(name).ok()??;
    String::from_utf8(secret.try_plaintext().ok()?.to_vec()).ok()
}

/// Ring and snapshot, each as it is now: both can change under a running service.
fn fetch() -> Fetched {
    let ring = SecretStore::open("shop-secrets").ok().and_then(|secrets| secret(&secrets, "RING"));
    match snapshot() {
        Ok(snapshot) => Fetched { ring, snapshot: Some(snapshot), failure: None },
        Err(failure) => Fetched { ring, snapshot: None, failure: Some(failure) },
    }
}

fn revoked() -> Result<KVStore, String> {
    KVStore::open("revoked")
        .map_err(|why| why.to_string())?
        .ok_or_else(|| "there is no KV store revoked".into())
}

fn snapshot() -> Result<Vec<u8>, String> {
    match revoked()?.lookup("snapshot") {
        Ok(mut found) => Ok(found.take_body_bytes()),
        Err(KVStoreError::ItemNotFound) => Err("there is no snapshot in the KV store".into()),
        Err(why) => Err(why.to_string()),
    }
}

fn put_snapshot(shop: &Shop, request: &mut Request, now: Timestamp) -> Response {
    // What another sandbox has put there counts first.
    let _ = shop.take(Fetched { snapshot: snapshot().ok(), ..Fetched::default() }, now);
    let Some(bytes) = body(request, LONGEST_SNAPSHOT) else {
        return Response::from_status(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let taken = shop.take(Fetched { snapshot: Some(bytes.clone()), ..Fetched::default() }, now);
    let stored = match taken {
        Ok(true) => {
            revoked().and_then(|store| store.insert("snapshot", bytes).map_err(|why| why.to_string()))
        }
        Ok(false) => Ok(()),
        Err(why) => {
            eprintln!("a snapshot was refused: {why}");
            return Response::from_status(StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    match stored {
        Ok(()) => Response::from_status(StatusCode::NO_CONTENT),
        Err(why) => {
            eprintln!("a snapshot was not stored: {why}");
            Response::from_status(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// The body, unless it is longer.
fn body(request: &mut Request, longest: usize) -> Option<Vec<u8>> {
    let length: usize = request.get_content_length().unwrap_or(0);
    (length <= longest).then(|| request.take_body_bytes()).filter(|bytes| bytes.len() <= longest)
}

/// Status 0 if the desk does not answer.
fn ask(errand: &Errand) -> (u16, String) {
    let request = Request::post(format!("http://desk{}", errand.path)).with_body(errand.body.as_str());
    match request.with_pass(true).send("desk") {
        Ok(mut response) => {
            let status = response.get_status().as_u16();
            (status, String::from_utf8(response.take_body_bytes()).unwrap_or_default())
        }
        Err(why) => {
            eprintln!("the desk does not answer: {why}");
            (0, String::new())
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
