//! The extractors in a real router, in process and over a real socket.

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::{get, post};
use common::SharedList;
use common::web::{Web, cookie, grant};
use http::{HeaderMap, Request, StatusCode};
use safeconduct::axum::{Rejection, Required, Requirement, Session, Sessions};
use safeconduct::http::{ChangeError, CsrfError};
use safeconduct::tower::SessionLayer;
use safeconduct::{Answer, AuthLevel, Facts, MintError, Policy, Revocations, Seconds, Timestamp};
use tower::ServiceExt as _;

struct Payments;

impl Requirement for Payments {
    const LEVEL: AuthLevel = AuthLevel::Aal2;
    const MAX_AGE: Option<Seconds> = Some(Seconds::minutes(5));
}

struct Verified;

impl Requirement for Verified {
    const LEVEL: AuthLevel = AuthLevel::Aal2;
}

async fn settings(session: Required<Verified>) -> String {
    format!("settings of {}", session.subject())
}

/// As a handler does that leaves the rest to a task of its own.
async fn leave_later(session: Session, sessions: Sessions, State(mut log): State<SharedList>) -> String {
    let (theirs, handle) = (session.clone(), sessions.clone());
    drop((session, sessions));
    handle.log_out(&mut log).unwrap();
    format!("goodbye, {}", theirs.subject())
}

async fn hello(session: Session) -> String {
    format!("hello, {}", session.subject())
}

async fn home(session: Option<Session>) -> &'static str {
    if session.is_some() { "member" } else { "visitor" }
}

async fn pay(session: Required<Payments>) -> String {
    format!("paid at {}", session.level())
}

async fn transfer(session: Session, sessions: Sessions) -> Result<&'static str, Rejection> {
    sessions.check_csrf(None)?;
    session.require_level(AuthLevel::Aal1)?;
    Ok("transferred")
}

async fn form(sessions: Sessions) -> Result<String, Rejection> {
    Ok(sessions.csrf_token()?.as_str().to_owned())
}

async fn log_in(sessions: Sessions, State(mut log): State<SharedList>) -> Result<StatusCode, Rejection> {
    sessions.log_in(&grant("usr_1"), &mut log)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn step_up(sessions: Sessions, State(mut log): State<SharedList>) -> Result<StatusCode, Rejection> {
    sessions.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut log)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn log_out(sessions: Sessions, State(mut log): State<SharedList>) -> Result<StatusCode, Rejection> {
    sessions.log_out(&mut log)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn shown(
    session: Session,
    paying: Result<Required<Payments>, Rejection>,
    sessions: Sessions,
) -> String {
    format!("{session:?} {:?} {sessions:?}", paying.map_err(|why| why.status()))
}

async fn foreign_claims(_: Session<u32>) {}

fn routes(log: SharedList) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/hello", get(hello).post(hello))
        .route("/form", get(form))
        .route("/pay", post(pay))
        .route("/settings", get(settings))
        .route("/leave-later", post(leave_later))
        .route("/transfer", post(transfer))
        .route("/login", post(log_in))
        .route("/step-up", post(step_up))
        .route("/logout", post(log_out))
        .route("/other", get(foreign_claims))
        .route("/shown", get(shown))
        .with_state(log)
}

fn app(web: &Web) -> Router {
    routes(web.list.clone()).layer(SessionLayer::new(web.source.clone()).transport(web.transport))
}

fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn send(app: Router, method: &str, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let start = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(start, |request, (name, value)| request.header(*name, *value));
    wait(async {
        let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    })
}

/// The cookie that a response sets a token in.
fn token_of(headers: &HeaderMap) -> String {
    let lines = headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    lines
        .filter(|line| line.contains("=sc1"))
        .map(|line| line.split(';').next().unwrap().to_owned())
        .next()
        .unwrap()
}

#[test]
fn a_day_in_a_router() {
    let web = Web::new();
    let go = |method, path, cookie: &str| send(app(&web), method, path, &[("cookie", cookie)]);
    assert_eq!(go("GET", "/", "").2, "visitor");
    let (status, headers, _) = go("POST", "/login", "");
    assert_eq!((status, &headers["cache-control"]), (StatusCode::NO_CONTENT, &"no-store".parse().unwrap()));
    let browser = token_of(&headers);
    assert_eq!(go("GET", "/hello", &browser).2, "hello, usr_1");
    assert_eq!(go("GET", "/", &browser).2, "member");

    let (status, headers, body) = go("POST", "/pay", &browser);
    assert_eq!((status, body.as_str()), (StatusCode::UNAUTHORIZED, "authentication required"));
    let challenge = headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("insufficient_user_authentication") && challenge.contains("max_age=\"300\""));

    let (status, headers, _) = go("GET", "/settings", &browser);
    let challenge = headers["www-authenticate"].to_str().unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(challenge.ends_with("acr_values=\"aal2\""), "no age was demanded: {challenge}");

    let raised = token_of(&go("POST", "/step-up", &browser).1);
    assert_eq!(go("POST", "/pay", &raised).2, "paid at aal2");
    assert_eq!(go("GET", "/settings", &raised).2, "settings of usr_1");
    assert_eq!(go("GET", "/hello", &browser).0, StatusCode::UNAUTHORIZED, "the old token is out");
    web.sleep(300);
    assert_eq!(go("POST", "/pay", &raised).0, StatusCode::UNAUTHORIZED, "and dropped back");

    assert_eq!(go("POST", "/logout", &raised).0, StatusCode::NO_CONTENT);
    assert_eq!(go("GET", "/hello", &raised).0, StatusCode::UNAUTHORIZED);
}

#[test]
fn clones_of_extractors_act_on_the_same_request() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let (_, headers, body) = send(app(&web), "POST", "/leave-later", &[("cookie", &browser)]);
    assert_eq!(body, "goodbye, usr_1");
    assert!(headers["set-cookie"].to_str().unwrap().starts_with("__Host-sid-a=left."));
    assert_eq!(common::web::user(&web.get(&browser)), None);
}

#[test]
fn every_401_looks_the_same() {
    let web = Web::new();
    let good = cookie(&web.log_in("usr_1", ""));
    let out = cookie(&web.log_in("usr_1", ""));
    send(app(&web), "POST", "/logout", &[("cookie", &out)]);
    let forged = format!("{}AAAA.0001", &good[..good.len() - 9]);
    let mut answers = Vec::new();
    for cookie in ["", "__Host-sid-a=nonsense", &out, &forged] {
        answers.push(send(app(&web), "GET", "/hello", &[("cookie", cookie)]));
    }
    web.sleep(1_800);
    answers.push(send(app(&web), "GET", "/hello", &[("cookie", &good)]));
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    let (status, headers, body) = &answers[0];
    assert_eq!((status.as_u16(), body.as_str()), (401, "authentication required"));
    assert_eq!(
        (&headers["www-authenticate"], &headers["cache-control"]),
        (&"Bearer".parse().unwrap(), &"no-store".parse().unwrap())
    );
}

#[test]
fn forms_need_their_token_and_our_own_pages() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let (_, _, token) = send(app(&web), "GET", "/form", &[("cookie", &browser)]);
    let post = |headers: &[(&str, &str)]| {
        let all: Vec<_> = headers.iter().copied().chain([("cookie", &*browser)]).collect();
        send(app(&web), "POST", "/transfer", &all).0.as_u16()
    };
    assert_eq!(post(&[]), 403);
    assert_eq!(post(&[("x-csrf-token", &token)]), 200);
    assert_eq!(post(&[("x-csrf-token", &token.replace(['A', 'b', 'c', 'd'], "z"))]), 403);
    assert_eq!(post(&[("x-csrf-token", &token), ("x-csrf-token", &token)]), 403);
    assert_eq!(post(&[("x-csrf-token", &token), ("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(
        post(&[("x-csrf-token", &token), ("origin", "https://evil.example"), ("host", "shop.example")]),
        403
    );
    // Without a session too: a login form that another site posts.
    let forced = send(app(&web), "POST", "/login", &[("sec-fetch-site", "cross-site")]);
    assert_eq!((forced.0.as_u16(), forced.2.as_str()), (403, "request rejected"));
    assert_eq!(send(app(&web), "GET", "/form", &[]).0, StatusCode::UNAUTHORIZED);
}

#[test]
fn faults_of_the_set_up_say_what_is_missing() {
    let web = Web::new();
    for (app, path, claims) in [(routes(web.list.clone()), "/", "()"), (app(&web), "/other", "u32")] {
        let (status, _, body) = send(app, "GET", path, &[]);
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body, format!("safeconduct::tower::SessionLayer<{claims}> is missing around this route"));
    }
}

struct AlwaysStale;

impl Revocations for AlwaysStale {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        Answer::Stale
    }
}

#[test]
fn stale_revocation_data_is_503_for_members_only() {
    let fresh = Web::new();
    let browser = cookie(&fresh.log_in("usr_1", ""));
    let web = Web::with(AlwaysStale, SharedList::default(), &Policy::AAL2);
    for path in ["/hello", "/"] {
        let (status, headers, body) = send(app(&web), "GET", path, &[("cookie", &browser)]);
        assert_eq!((status.as_u16(), body.as_str()), (503, "temporarily unavailable"), "{path}");
        assert!(headers.get("set-cookie").is_none());
    }
    assert_eq!(send(app(&web), "GET", "/", &[]).2, "visitor");
    assert_eq!(send(app(&web), "POST", "/logout", &[("cookie", &browser)]).0, StatusCode::NO_CONTENT);
}

/// One request over a socket: status line and headers as they came, and the body.
fn exchange(address: std::net::SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[test]
fn over_a_real_socket() {
    let web = Web::new();
    let app = app(&web);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = std::thread::spawn(move || {
        wait(async {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let shutdown = async { drop(stopped.await) };
            axum::serve(listener, app).with_graceful_shutdown(shutdown).await.unwrap();
        });
    });
    let rest = "\nhost: 127.0.0.1\nconnection: close\n";
    let (head, _) = exchange(address, &format!("POST /login HTTP/1.1{rest}\n"));
    assert!(head.starts_with("HTTP/1.1 204") && head.contains("cache-control: no-store"), "{head}");
    let line = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let browser = line.split(';').next().unwrap();
    let (_, body) = exchange(address, &format!("GET /hello HTTP/1.1{rest}cookie: {browser}\n\n"));
    assert!(body.contains("hello, usr_1"), "{body}");
    let foreign = format!("POST /hello HTTP/1.1{rest}cookie: {browser}\norigin: http://127.0.0.1:1\n\n");
    assert!(exchange(address, &foreign).0.starts_with("HTTP/1.1 403"));
    // 100 kB of cookies: the server's own limit or ours, but an answer.
    let flood = format!("GET / HTTP/1.1{rest}cookie: {}{browser}\n\n", "a=b; ".repeat(20_000));
    let (head, body) = exchange(address, &flood);
    assert!(
        head.starts_with("HTTP/1.1 200") && body == "member" || head.starts_with("HTTP/1.1 431"),
        "{head}"
    );
    stop.send(()).unwrap();
    server.join().unwrap();
}

#[test]
fn debug_output_of_the_extractors_is_that_of_the_session() {
    let web = Web::new();
    let go = |method, path, cookie: &str| send(app(&web), method, path, &[("cookie", cookie)]);
    let browser = token_of(&go("POST", "/login", "").1);
    let raised = token_of(&go("POST", "/step-up", &browser).1);
    let shown = go("GET", "/shown", &raised).2;
    assert_eq!(shown.matches("Session { session_id: SessionId(").count(), 2, "{shown}");
    assert!(shown.ends_with(" Sessions") && !shown.contains("usr_1"), "{shown}");
}

#[test]
fn a_change_that_is_refused_is_answered_by_its_cause() {
    for (why, rejection, status) in [
        (ChangeError::NoSession, Rejection::Unauthenticated, 401),
        (ChangeError::Mint(MintError::AlreadyOut), Rejection::Unauthenticated, 401),
        (ChangeError::Foreign, Rejection::Foreign, 403),
        (ChangeError::Mint(MintError::NotLogged), Rejection::Unavailable, 503),
        (ChangeError::NoWay, Rejection::Change(ChangeError::NoWay), 500),
    ] {
        assert_eq!(Rejection::from(why), rejection);
        assert_eq!(rejection.status().as_u16(), status);
    }
    assert_eq!(Rejection::from(CsrfError::NoSession), Rejection::Unauthenticated);
    assert_eq!(Rejection::from(CsrfError::Random).status().as_u16(), 500);
    for fault in [Rejection::from(ChangeError::NoWay), Rejection::from(CsrfError::Random)] {
        assert_eq!(fault.to_string(), "internal error", "nothing of the set-up is told to clients");
    }
    assert_eq!(Rejection::Foreign.to_string(), "request rejected");
    assert_eq!(Rejection::Unavailable.to_string(), "temporarily unavailable");
}
