//! A small shop with sessions as an AWS Lambda function, behind an HTTP API or a function URL.
//!
//! | environment | what |
//! | --- | --- |
//! | `RING` | the ring's text: what there is until a published one was fetched |
//! | `RING_KEY`, `RING_ROOT` | optional: the key that published rings are wrapped under, and the public key that they are signed by |
//! | `DOCUMENT` | with them: where the published ring is: a URL that answers with an `ETag` |
//! | `SNAPSHOT` | where the snapshot is: the same |
//! | `DESK` | where the desk is: a URL |
//! | `OPERATOR` | optional: the word for the header `safeconduct-operator` |
//! | `KIND`, `LIFETIMES`, `REFRESH`, `VALIDITY`, `STALE` | optional: see `edge_shop::Bindings` |

mod client;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use client::Client;
use edge_shop::{Answer, Asked, Bindings, Next, SetUpError, Settings, Shop};
use getrandom::SysRng;
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use safeconduct::Timestamp;
use tokio::task::spawn_blocking;

/// What the execution environment keeps between requests.
struct Function {
    shop: Shop,
    client: Client,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = open().map(Arc::new);
    if let Err(why) = &function {
        eprintln!("not set up: {why}");
    }
    run(service_fn(|request: Request| {
        let function = function.clone();
        async move {
            let answer = match function {
                // One request at a time comes to an execution environment, so blocking it blocks nobody else.
                Ok(function) => spawn_blocking(move || respond(&function, &request)).await?,
                Err(why) => {
                    eprintln!("not set up: {why}");
                    Answer::not_set_up()
                }
            };
            response(answer)
        }
    }))
    .await
}

fn open() -> Result<Function, SetUpError> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(&Bindings {
        kind: variable("KIND").as_deref(),
        lifetimes: variable("LIFETIMES").as_deref(),
        refresh: variable("REFRESH").as_deref(),
        validity: variable("VALIDITY").as_deref(),
        stale: variable("STALE").as_deref(),
        operator: variable("OPERATOR").as_deref(),
        ring_key: variable("RING_KEY").as_deref(),
        ring_root: variable("RING_ROOT").as_deref(),
    })?;
    // A variable that changes makes new execution environments: there is nothing to fetch again.
    let shop = Shop::open(variable("RING").as_deref(), settings, clock, || SysRng)?;
    let url = |name| variable(name).ok_or_else(|| SetUpError::new(name, "is missing"));
    let document = if shop.wants_documents() { Some(url("DOCUMENT")?) } else { None };
    let client = Client::new(url("SNAPSHOT")?, document, url("DESK")?);
    Ok(Function { shop, client })
}

fn clock() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    // A clock beyond the year 9999 makes every session over.
    Timestamp::from_unix(seconds).unwrap_or(Timestamp::MAX)
}

fn respond(function: &Function, request: &Request) -> Answer {
    let Function { shop, client } = function;
    if shop.wants_news()
        && let Err(why) = shop.take(client.fetch())
    {
        client.forget();
        eprintln!("what was in force before stays: {why}");
    }
    let headers: Vec<(&str, &[u8])> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let asked = Asked {
        method: request.method().as_str(),
        path: request.uri().path(),
        headers: &headers,
        body: std::str::from_utf8(request.body().as_ref()).unwrap_or_default(),
    };
    match shop.answer(&asked) {
        Next::Send(answer) => answer,
        Next::Ask(errand) => shop.back_from(client.ask(&errand)),
    }
}

fn response(answer: Answer) -> Result<Response<Body>, Error> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Body::from(answer.body))?)
}
