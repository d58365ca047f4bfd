//! A small shop with sessions as a Cloudflare Worker.
//!
//! | binding | kind | what |
//! | --- | --- | --- |
//! | `RING` | secret | the ring's text |
//! | `REVOKED` | KV namespace | the snapshot, under the key `snapshot` |
//! | `DESK` | variable or service | where the desk is: a URL |
//! | `OPERATOR` | secret, optional | the word for the header `safeconduct-operator` |
//! | `KIND`, `LIFETIMES`, `REFRESH`, `VALIDITY`, `STALE` | variables, optional | see `edge_shop::Bindings` |

use std::cell::OnceCell;

use edge_shop::{Answer, Asked, Bindings, Errand, Fetched, Next, SetUpError, Settings, Shop};
use getrandom::SysRng;
use safeconduct::Timestamp;
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
    // Once for each request. In production this clock stands still until the next input or output.
    let Some(now) = Timestamp::from_unix(Date::now().as_millis() / 1_000).ok() else {
        return response(Answer::not_set_up());
    };
    let wants_news = with_shop(&env, |shop| shop.wants_news(now));
    if let Some(true) = wants_news {
        let fetched = snapshot(&env).await;
        with_shop(&env, |shop| {
            if let Err(why) = shop.take(fetched, now) {
                console_error!("the pair before stays in force: {why}");
            }
        });
    }
    let (method, path) = (request.method().to_string(), request.path());
    let headers = request.headers();
    let [cookies, site, operator] =
        ["cookie", "sec-fetch-site", "safeconduct-operator"].map(|name| headers.get(name).ok().flatten());
    let body = body(&mut request).await;
    let asked = Asked {
        method: &method,
        path: &path,
        cookies: cookies.as_deref(),
        site: site.as_deref(),
        operator: operator.as_deref(),
        body: &body,
    };
    let next = with_shop(&env, |shop| shop.answer(&asked, now, &mut SysRng));
    let answer = match next {
        None => Answer::not_set_up(),
        Some(Next::Send(answer)) => answer,
        Some(Next::Ask(errand)) => {
            let (status, body) = ask(&env, &errand).await;
            with_shop(&env, |shop| shop.back_from(&errand, status, &body)).unwrap_or_else(Answer::not_set_up)
        }
    };
    response(answer)
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
    })?;
    env.kv("REVOKED").map_err(|_| SetUpError::new("REVOKED", "is missing"))?;
    env.var("DESK").map_err(|_| SetUpError::new("DESK", "is missing"))?;
    // A secret that changes makes a new deployment, and so new isolates: there is nothing to fetch again.
    Shop::open(secret("RING").as_deref(), settings)
}

async fn snapshot(env: &Env) -> Fetched {
    let found = match env.kv("REVOKED") {
        Ok(store) => store.get("snapshot").bytes().await.map_err(|why| why.to_string()),
        Err(why) => Err(why.to_string()),
    };
    match found {
        Ok(Some(bytes)) => Fetched { snapshot: Some(bytes), ..Fetched::default() },
        Ok(None) => Fetched { failure: Some("there is no snapshot in REVOKED".into()), ..Fetched::default() },
        Err(why) => Fetched { failure: Some(why), ..Fetched::default() },
    }
}

/// The body as far as it is short text; whatever else it is, the shop has no use for it.
async fn body(request: &mut Request) -> String {
    let length = request.headers().get("content-length").ok().flatten();
    let short = length.and_then(|text| text.parse().ok()).is_some_and(|length: usize| length <= LONGEST_BODY);
    if short { request.text().await.unwrap_or_default() } else { String::new() }
}

/// Status 0 if the desk does not answer.
async fn ask(env: &Env, errand: &Errand) -> (u16, String) {
    let desk = env.var("DESK").map(|desk| desk.to_string()).unwrap_or_default();
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(errand.body.as_str().into()));
    let Ok(request) = Request::new_with_init(&format!("{desk}{}", errand.path), &init) else {
        return (0, String::new());
    };
    match Fetch::Request(request).send().await {
        Ok(mut response) => (response.status_code(), response.text().await.unwrap_or_default()),
        Err(why) => {
            console_error!("the desk does not answer: {why}");
            (0, String::new())
        }
    }
}

fn response(answer: Answer) -> Result<Response> {
    let headers = Headers::new();
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    Ok(Response::ok(answer.body)?.with_status(answer.status).with_headers(headers))
}
