//! The desk's counter to the network. Behind a real one there is TLS, and only the functions get through to it.

use std::error::Error;
use std::io::Read as _;
use std::path::Path;

use edge_shop::TRANSPORT;
use safeconduct::http::Incoming;
use tiny_http::{Header, Method, Request, Response, Server};

use crate::desk::{Desk, Refusal};
use crate::files;

/// Longer than what any form says.
const LONGEST_BODY: u64 = 8_192;

struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Said {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    fn no(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::WrongCode => return Self::new(403, "that was not the code\n"),
            Refusal::Trouble(why) => eprintln!("edge-desk: {why}"),
            Refusal::Unauthenticated | Refusal::Unchanged(_) => {}
        }
        Self::new(refusal.status(), "")
    }
}

pub fn serve(folder: &Path, address: &str) -> Result<(), Box<dyn Error>> {
    let mut desk = Desk::open(folder)?;
    let server = Server::http(address).map_err(|why| why.to_string())?;
    eprintln!("edge-desk: at {address}");
    for mut request in server.incoming_requests() {
        let Said { status, headers, body } =
            answer(&mut desk, &mut request).unwrap_or_else(|refusal| Said::no(&refusal));
        let mut response = Response::from_data(body).with_status_code(status);
        let headers = headers.into_iter().filter_map(|(name, value)| Header::from_bytes(name, value).ok());
        headers.for_each(|header| response.add_header(header));
        // Whoever has gone away needs no answer.
        let _ = request.respond(response);
    }
    Ok(())
}

fn answer(desk: &mut Desk, request: &mut Request) -> Result<Said, Refusal> {
    let now = files::now().map_err(Refusal::Trouble)?;
    let mut body = String::new();
    request.as_reader().take(LONGEST_BODY).read_to_string(&mut body)?;
    match (request.method(), request.url()) {
        (Method::Get, "/snapshot") => {
            desk.publish(now).map_err(Refusal::Trouble)?;
            let (bytes, version) = &desk.snapshot;
            let tag = format!("\"{version}\"");
            let known = header(request, "if-none-match").is_some_and(|known| known == tag);
            let said = if known { Said::new(304, "") } else { Said::new(200, bytes.clone()) };
            Ok(Said { headers: vec![("etag", tag)], ..said })
        }
        (Method::Post, "/everywhere") => {
            let said = header(request, "safeconduct-operator");
            if desk.operator.is_none() || said != desk.operator {
                return Err(Refusal::Unauthenticated);
            }
            desk.everywhere(&body, now).map(|()| Said::new(200, ""))
        }
        (Method::Post, path) => visit(desk, path, request, body.trim()),
        _ => Err(Refusal::Unauthenticated),
    }
}

/// What a function has passed on, with the browser's cookies.
fn visit(desk: &mut Desk, path: &str, request: &Request, body: &str) -> Result<Said, Refusal> {
    let headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .map(|header| (header.field.as_str().as_str(), header.value.as_str()))
        .collect();
    let incoming = Incoming::new(TRANSPORT, "POST", headers);
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let (kind, act) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let exchange = kind.chars().next().and_then(|kind| desk.begin(kind, &incoming));
    let mut exchange = exchange.ok_or(Refusal::Unauthenticated)?;
    let named = |name: &str| body.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
    let (done, text) = match act {
        "login" => {
            let user = named("user").ok_or(Refusal::Unauthenticated)?;
            (desk.log_in(&mut exchange, user), "logged in\n")
        }
        "step-up" => (desk.step_up(&mut exchange, named("code").unwrap_or_default()), "stepped up\n"),
        "logout" => (desk.log_out(&mut exchange), "logged out\n"),
        _ => return Err(Refusal::Unauthenticated),
    };
    // Whoever leaves loses his cookie, even if the log did not take it.
    let said = done.map_or_else(|refusal| Said::no(&refusal), |()| Said::new(200, text));
    let headers = exchange.finish(said.status);
    let headers = headers.iter().map(|header| (header.name, header.value.to_owned())).collect();
    Ok(Said { headers, ..said })
}

fn header(request: &Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}
