//! A small shop with sessions as a Cloudflare Worker.
//!
//! | binding | kind | what |
//! | --- | --- | --- |
//! | `RING` | secret | the ring's text: what there is until a published one was fetched |
//! | `RING_KEY` | secret, optional | the key that published rings are wrapped under |
//! | `RING_ROOT` | variable, with it | the public key that they are signed by |
//! | `REVOKED` | KV namespace | the snapshot, under the key `snapshot`, and the published ring, under the key `ring` |
//! | `DESK` | variable or service | where the desk is: a URL |
//! | `OPERATOR` | secret, optional | the word for the header `safeconduct-operator` |
//! | `KIND`, `LIFETIMES`, `REFRESH`, `VALIDITY`, `STALE` | variables, optional | see `edge_shop::Bindings` |

use std::cell::OnceCell;

use edge_shop::{Answer, Asked, Bindings, Errand, Fetched, Next, Reply, SetUpError, Settings, Shop};
use getrandom::SysRng;
use safeconduct::Timestamp;
use worker::kv::KvStore;
use worker::{
    Context, Date, Env, Fetch, Headers, Method, Request, RequestInit, Response, Result, console_error, event,
};

thread_local! {
    /// As long as the isolate lives. Nothing in it depends on a request.
    static SHOP: OnceCell<std::result::Result<Shop, SetUpError>> = const { OnceCell::new() };
}

/// More than a login form or a code.
const LONGEST_BODY: usize = 8_192;

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _: Context) -> Result<Response> {
    let news = with_shop(&env, |shop| shop.wants_news().then(|| shop.wants_documents()));
    if let Some(Some(documents)) = news {
        let fetched = news_of(&env, documents).await;
        with_shop(&env, |shop| {
            if let Err(why) = shop.take(fetched) {
                console_error!("what was in force before stays: {why}");
            }
        });
    }
    let (method, path) = (request.method().to_string(), request.path());
    let headers: Vec<(String, String)> = request.headers().entries().collect();
    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let body = body(&mut request).await;
    let asked = Asked { method: &method, path: &path, headers: &headers, body: &body };
    let answer = match with_shop(&env, |shop| shop.answer(&asked)) {
        None => Answer::not_set_up(),
        Some(Next::Send(answer)) => answer,
        Some(Next::Ask(errand)) => {
            let reply = ask(&env, &errand).await;
            if let Err(why) = &reply {
                console_error!("the desk does not answer: {why}");
            }
            with_shop(&env, |shop| shop.back_from(reply.ok())).unwrap_or_else(Answer::not_set_up)
        }
    };
    response(answer)
}

/// The library asks once for each request. In production this clock stands still until the next input or output.
fn clock() -> Timestamp {
    // A clock beyond the year 9999 makes every session over.
    Timestamp::from_unix(Date::now().as_millis() / 1_000).unwrap_or(Timestamp::MAX)
}

/// `None` if the function is not set up; the log says why, each time.
fn with_shop<T>(env: &Env, call: impl FnOnce(&Shop) -> T) -> Option<T> {
    SHOP.with(|shop| match shop.get_or_init(|| open(env)) {
        Ok(shop) => Some(call(shop)),
        Err(why) => {
            console_error!("not set up: {why}");
            None
        }
    })
}

fn open(env: &Env) -> std::result::Result<Shop, SetUpError> {
    let secret = |name: &str| env.secret(name).ok().map(|secret| secret.to_string());
    let variable = |name: &str| env.var(name).ok().map(|variable| variable.to_string());
    let settings = Settings::read(&Bindings {
        kind: variable("KIND").as_deref(),
        lifetimes: variable("LIFETIMES").as_deref(),
        refresh: variable("REFRESH").as_deref(),
        validity: variable("VALIDITY").as_deref(),
        stale: variable("STALE").as_deref(),
        operator: secret("OPERATOR").as_deref(),
        ring_key: secret("RING_KEY").as_deref(),
        ring_root: variable("RING_ROOT").as_deref(),
    })?;
    env.kv("REVOKED").map_err(|_| SetUpError::new("REVOKED", "is missing"))?;
    env.var("DESK").map_err(|_| SetUpError::new("DESK", "is missing"))?;
    // A secret that changes makes a new deployment, and so new isolates: there is nothing to fetch again.
    Shop::open(secret("RING").as_deref(), settings, clock, || SysRng)
}

async fn news_of(env: &Env, documents: bool) -> Fetched {
    let store = match env.kv("REVOKED") {
        Ok(store) => store,
        Err(why) => return Fetched { failure: Some(why.to_string()), ..Fetched::default() },
    };
    let mut fetched = Fetched::default();
    match entry(&store, "snapshot").await {
        Ok(snapshot) => fetched.snapshot = Some(snapshot),
        Err(why) => fetched.failure = Some(why),
    }
    if documents {
        match entry(&store, "ring").await {
            Ok(document) => fetched.document = Some(String::from_utf8_lossy(&document).into_owned()),
            Err(why) => fetched.failure = Some(why),
        }
    }
    fetched
}

async fn entry(store: &KvStore, key: &str) -> std::result::Result<Vec<u8>, String> {
    let found = store.get(key).bytes().await.map_err(|why| why.to_string())?;
    found.ok_or_else(|| format!("there is no {key} in REVOKED"))
}

/// The body as far as it is short text; whatever else it is, the shop has no use for it.
async fn body(request: &mut Request) -> String {
    let length = request.headers().get("content-length").ok().flatten();
    let short = length.and_then(|text| text.parse().ok()).is_some_and(|length: usize| length <= LONGEST_BODY);
    if short { request.text().await.unwrap_or_default() } else { String::new() }
}

async fn ask(env: &Env, errand: &Errand) -> Result<Reply> {
    let desk = env.var("DESK")?;
    let headers = Headers::new();
    for (name, value) in &errand.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(errand.body.as_str().into()));
    let request = Request::new_with_init(&format!("{}{}", desk.to_string(), errand.path), &init)?;
    let mut response = Fetch::Request(request).send().await?;
    let set_cookies = response.headers().get_all("set-cookie")?;
    Ok(Reply { status: response.status_code(), set_cookies, body: response.text().await? })
}

fn response(answer: Answer) -> Result<Response> {
    let headers = Headers::new();
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    Ok(Response::ok(answer.body)?.with_status(answer.status).with_headers(headers))
}
