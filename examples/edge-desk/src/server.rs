//! The desk's counter to the network. Behind a real one there is TLS, and only the functions get through to it.

use std::error::Error;
use std::io::Read as _;
use std::path::Path;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::desk::{Desk, Refusal};
use crate::files;

/// Longer than any token and code.
const LONGEST_BODY: u64 = 8_192;

pub fn serve(folder: &Path, address: &str) -> Result<(), Box<dyn Error>> {
    let mut desk = Desk::open(folder)?;
    let server = Server::http(address).map_err(|why| why.to_string())?;
    eprintln!("edge-desk: at {address}");
    for mut request in server.incoming_requests() {
        let (status, body) = match answer(&mut desk, &mut request) {
            Ok(body) => (200, body),
            Err(Refusal::Unauthenticated) => (401, Vec::new()),
            Err(Refusal::WrongCode) => (403, Vec::new()),
            Err(Refusal::AlreadyOut) => (409, Vec::new()),
            Err(Refusal::Trouble(why)) => {
                eprintln!("edge-desk: {why}");
                (503, Vec::new())
            }
        };
        let tag = format!("\"{}\"", desk.snapshot.1);
        let known = header(&request, "if-none-match").is_some_and(|known| known == tag);
        let is_snapshot = request.url() == "/snapshot";
        let (status, body) = if is_snapshot && known { (304, Vec::new()) } else { (status, body) };
        let mut response = Response::from_data(body).with_status_code(status);
        if let (true, Ok(tag)) = (is_snapshot, Header::from_bytes("ETag", tag)) {
            response.add_header(tag);
        }
        // Whoever has gone away needs no answer.
        let _ = request.respond(response);
    }
    Ok(())
}

fn answer(desk: &mut Desk, request: &mut Request) -> Result<Vec<u8>, Refusal> {
    let now = files::now().map_err(Refusal::Trouble)?;
    let mut body = String::new();
    request.as_reader().take(LONGEST_BODY).read_to_string(&mut body)?;
    let (first, second) = body.split_once('\n').unwrap_or((&body, ""));
    match (request.method(), request.url()) {
        (Method::Get, "/snapshot") => {
            desk.publish(now).map_err(Refusal::Trouble)?;
            Ok(desk.snapshot.0.clone())
        }
        (Method::Post, "/login") => {
            let user = first.strip_prefix("user=").ok_or(Refusal::Unauthenticated)?;
            desk.log_in(user, now).map(String::into_bytes)
        }
        (Method::Post, "/step-up") => desk.step_up(first, second, now).map(String::into_bytes),
        (Method::Post, "/logout") => desk.log_out(first, now).map(|()| Vec::new()),
        (Method::Post, "/everywhere") => {
            let said = header(request, "safeconduct-operator");
            if desk.operator.is_none() || said != desk.operator {
                return Err(Refusal::Unauthenticated);
            }
            desk.everywhere(first, now).map(|()| Vec::new())
        }
        _ => Err(Refusal::Unauthenticated),
    }
}

fn header(request: &Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}
