//! Which address does what. Pages work without scripts; forms carry an anti-forgery token.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use safeconduct::axum::{Rejection, Session, Sessions};
use safeconduct::http::{ChangeError, ClearSiteData};
use safeconduct::tower::SessionLayer;
use safeconduct::{AuthLevel, Grant, LogAnswer, Revocation, RevocationLog, Timestamp, inspect};
use serde::Deserialize;

use crate::pages;
use crate::service::{Member, Service, now};
use crate::users::{CODE, User};

type App = State<Arc<Service>>;
type Answer = Result<Response, Trouble>;
/// The session if there is one. As a `Result`, so that refusals become pages of ours.
type Maybe = Result<Option<Session<Member>>, Rejection>;
type Hands = Result<Sessions<Member>, Rejection>;

pub fn router(service: Arc<Service>) -> Router {
    let file = |kind: &'static str, text: &'static str| {
        get(
            move || async move { ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")], text) },
        )
    };
    Router::new()
        .route("/", get(start))
        .route("/login", get(start).post(log_in))
        .route("/account", get(account))
        .route("/note", post(keep_note))
        .route("/transfer", get(transfer).post(send))
        .route("/confirm", get(confirm).post(step_up))
        .route("/password", get(password).post(change_password))
        .route("/logout", post(log_out))
        .route("/everywhere", post(log_out_everywhere))
        .route("/operator", get(operator))
        .route("/operator/rotate", post(rotate))
        .route("/why", get(why).post(explain))
        .layer(SessionLayer::new(service.sessions.clone()))
        .route("/style.css", file("text/css", include_str!("../assets/style.css")))
        .route("/countdown.js", file("text/javascript", include_str!("../assets/countdown.js")))
        .route("/lantern.svg", file("image/svg+xml", include_str!("../assets/lantern.svg")))
        .layer(map_response(async |response: Response| pages::hardened(response)))
        .with_state(service)
}

/// What keeps a handler from answering as it would.
enum Trouble {
    LogInFirst,
    StepUp,
    Rejected(Rejection),
    /// Something of the machine: the words are for the log.
    Broken(String),
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Self::LogInFirst => Redirect::to("/login").into_response(),
            Self::StepUp => Redirect::to("/confirm").into_response(),
            Self::Rejected(rejection) => {
                let (title, words) = match rejection {
                    Rejection::Unauthenticated => return Redirect::to("/login").into_response(),
                    Rejection::Foreign => (
                        "Not from here",
                        "This request did not come from a page of this site, or the page was older than your session. Nothing was done.",
                    ),
                    Rejection::Unavailable => {
                        ("Come back in a moment", "Nobody can say at the moment who is logged in.")
                    }
                    _ => ("Something is broken", "The operator has been told."),
                };
                eprintln!("{rejection:?}");
                pages::trouble(rejection.status(), title, words)
            }
            Self::Broken(why) => {
                eprintln!("{why}");
                pages::trouble(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something is broken",
                    "The operator has been told.",
                )
            }
        }
    }
}

impl<E: Into<Rejection>> From<E> for Trouble {
    fn from(why: E) -> Self {
        match why.into() {
            Rejection::StepUp(_) => Self::StepUp,
            rejection => Self::Rejected(rejection),
        }
    }
}

fn broken(why: impl std::fmt::Display) -> Trouble {
    Trouble::Broken(why.to_string())
}

/// Records in the log, and lets this process know at once. Others hear within a second.
struct Log<'s>(&'s Service);

impl RevocationLog for Log<'_> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        let answer = RevocationLog::record(&mut &self.0.log, revocation, now);
        if let Err(why) = self.0.refresh() {
            eprintln!("recorded, but not refreshed: {why}");
        }
        answer
    }
}

/// A handler's session with its anti-forgery token, or the way to the login.
fn member(session: Maybe, sessions: &Sessions<Member>) -> Result<(Session<Member>, String), Trouble> {
    let session = session?.ok_or(Trouble::LogInFirst)?;
    let csrf = sessions.csrf_token()?.as_str().to_owned();
    Ok((session, csrf))
}

async fn start(session: Maybe) -> Answer {
    Ok(match session? {
        Some(_) => Redirect::to("/account").into_response(),
        None => pages::login(""),
    })
}

#[derive(Deserialize)]
struct Credentials {
    user: String,
    password: String,
}

async fn log_in(sessions: Hands, State(service): App, Form(form): Form<Credentials>) -> Answer {
    let user = service.passwords.check(&form.user, &form.password).map_err(broken)?;
    let Some(user) = user else {
        let page = pages::login(&pages::notice("bad", "User and password do not match."));
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    sessions?.log_in(&grant(user, String::new()), &mut Log(&service))?;
    Ok(Redirect::to("/account").into_response())
}

fn grant(user: &User, note: String) -> Grant<Member> {
    let member = Member { name: user.name.to_owned(), operator: user.operator, note };
    Grant::new(user.subject(), AuthLevel::Aal1).claims(member)
}

async fn account(session: Maybe, sessions: Hands) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    Ok(pages::account(&session, sessions.carrier(), &csrf, ""))
}

#[derive(Deserialize)]
struct Note {
    csrf: String,
    note: String,
}

/// Claims stay as they were at login, so a change of them is a new session.
async fn keep_note(session: Maybe, sessions: Hands, State(service): App, Form(form): Form<Note>) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    let user = User::of(session.subject()).ok_or(Trouble::LogInFirst)?;
    match sessions
        .log_in(&grant(user, form.note).authenticated_at(session.authenticated_at()), &mut Log(&service))
    {
        Ok(_) => Ok(Redirect::to("/account").into_response()),
        Err(why @ (ChangeError::TooLarge(_) | ChangeError::Mint(safeconduct::MintError::TooLarge))) => {
            let notice = pages::notice("bad", &format!("That note is too long: {why}. Nothing was changed."));
            let page = pages::account(&session, sessions.carrier(), &csrf, &notice);
            Ok((StatusCode::BAD_REQUEST, page).into_response())
        }
        Err(why) => Err(why.into()),
    }
}

async fn transfer(session: Maybe, sessions: Hands, State(service): App) -> Answer {
    let (session, csrf) = member(session, &sessions?)?;
    session.require(AuthLevel::Aal2, service.elevation)?;
    Ok(pages::transfer(&session, &csrf, ""))
}

#[derive(Deserialize)]
struct Transfer {
    csrf: String,
    to: String,
    amount: String,
}

async fn send(session: Maybe, sessions: Hands, State(service): App, Form(form): Form<Transfer>) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    session.require(AuthLevel::Aal2, service.elevation)?;
    Ok(pages::sent(&session, &csrf, &form.to, &form.amount))
}

async fn confirm(session: Maybe, sessions: Hands, State(service): App) -> Answer {
    let (session, csrf) = member(session, &sessions?)?;
    Ok(match session.require(AuthLevel::Aal2, service.elevation) {
        Ok(()) => Redirect::to("/transfer").into_response(),
        Err(step_up) => pages::confirm(&session, &csrf, &step_up.to_string(), ""),
    })
}

#[derive(Deserialize)]
struct Confirmation {
    csrf: String,
    password: String,
    code: String,
}

async fn step_up(
    session: Maybe,
    sessions: Hands,
    State(service): App,
    Form(form): Form<Confirmation>,
) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    let user = User::of(session.subject()).ok_or(Trouble::LogInFirst)?;
    let right =
        service.passwords.check(user.login, &form.password).map_err(broken)?.is_some() && form.code == CODE;
    if !right {
        let notice = pages::notice("bad", "Password and code do not match.");
        let page = pages::confirm(&session, &csrf, "", &notice);
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    }
    sessions.elevate(AuthLevel::Aal2, service.elevation, &mut Log(&service))?;
    Ok(Redirect::to("/transfer").into_response())
}

async fn password(session: Maybe, sessions: Hands) -> Answer {
    let (session, csrf) = member(session, &sessions?)?;
    Ok(pages::change_password(&session, &csrf, ""))
}

#[derive(Deserialize)]
struct Passwords {
    csrf: String,
    old: String,
    new: String,
}

async fn change_password(
    session: Maybe,
    sessions: Hands,
    State(service): App,
    Form(form): Form<Passwords>,
) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    let user = User::of(session.subject()).ok_or(Trouble::LogInFirst)?;
    if form.new.chars().count() < 8
        || service.passwords.check(user.login, &form.old).map_err(broken)?.is_none()
    {
        let notice =
            pages::notice("bad", "The old password is wrong, or the new one has fewer than 8 characters.");
        return Ok(
            (StatusCode::BAD_REQUEST, pages::change_password(&session, &csrf, &notice)).into_response()
        );
    }
    service.passwords.change(user.login, &form.new).map_err(broken)?;
    let before = service.cut_off(session.subject()).map_err(broken)?;
    let session = sessions.end_others(before, &mut Log(&service))?;
    let csrf = sessions.csrf_token()?;
    let notice = pages::notice("good", "The password is changed, and all your other sessions have ended.");
    Ok(pages::account(&session, sessions.carrier(), csrf.as_str(), &notice))
}

#[derive(Deserialize)]
struct Plain {
    csrf: String,
}

/// Without a session there is nobody to protect from a forged log-out, so the token is asked for only if there is one.
async fn log_out(session: Maybe, sessions: Hands, State(service): App, Form(form): Form<Plain>) -> Answer {
    let sessions = sessions?;
    if matches!(session, Ok(Some(_))) {
        sessions.check_csrf(Some(&form.csrf))?;
    }
    sessions.log_out(&mut Log(&service))?;
    sessions.clear_site_data(ClearSiteData::CacheAndStorage);
    Ok(Redirect::to("/login").into_response())
}

async fn log_out_everywhere(
    session: Maybe,
    sessions: Hands,
    State(service): App,
    Form(form): Form<Plain>,
) -> Answer {
    let sessions = sessions?;
    let (session, _) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    let before = service.cut_off(session.subject()).map_err(broken)?;
    let everything = Revocation::operator_subject(*session.subject(), before);
    if !Log(&service).record(&everything, now()).is_recorded() {
        return Err(Rejection::Unavailable.into());
    }
    sessions.log_out(&mut Log(&service))?;
    Ok(Redirect::to("/login").into_response())
}

fn only_operators(session: &Session<Member>) -> Result<(), Trouble> {
    if session.claims().operator { Ok(()) } else { Err(Rejection::Foreign.into()) }
}

async fn operator(session: Maybe, sessions: Hands, State(service): App) -> Answer {
    let (session, csrf) = member(session, &sessions?)?;
    only_operators(&session)?;
    let count = service.log.journal().map_err(broken)?.count();
    Ok(pages::operator(&session, &service.node, count, &csrf, ""))
}

async fn rotate(session: Maybe, sessions: Hands, State(service): App, Form(form): Form<Plain>) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    only_operators(&session)?;
    let notice = match service.rotate_keys() {
        Ok(()) => pages::notice(
            "good",
            "A new key is staged; it mints in three seconds, when every process has it.",
        ),
        Err(why) => pages::notice("bad", &format!("The keys were not rotated: {why}.")),
    };
    let count = service.log.journal().map_err(broken)?.count();
    Ok(pages::operator(&session, &service.node, count, &csrf, &notice))
}

/// The session cookies of this request, as the inspector sees them.
async fn why(session: Maybe, sessions: Hands, State(service): App, headers: HeaderMap) -> Answer {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let ours = pairs.filter(|(name, _)| name.starts_with("__Host-sid-"));
    let current = service.node.current();
    let reports: Vec<_> = ours
        .map(|(name, value)| {
            let token = value.rsplit_once('.').map_or(value, |(token, _)| token);
            let report = (token != "left").then(|| inspect::explain(token, now(), current.verifier()));
            (name.to_owned(), report)
        })
        .collect();
    let csrf = sessions.ok().and_then(|sessions| sessions.csrf_token().ok());
    let csrf = csrf.as_ref().map_or("", |token| token.as_str());
    Ok(pages::refused(session.ok().flatten().as_deref(), &reports, csrf))
}

#[derive(Deserialize)]
struct Pasted {
    csrf: String,
    token: String,
}

/// Only operators are told about other people's tokens.
async fn explain(session: Maybe, sessions: Hands, State(service): App, Form(form): Form<Pasted>) -> Answer {
    let sessions = sessions?;
    let (session, csrf) = member(session, &sessions)?;
    sessions.check_csrf(Some(&form.csrf))?;
    only_operators(&session)?;
    let report = inspect::explain(form.token.trim(), now(), service.node.current().verifier());
    Ok(pages::refused(Some(&session), &[("The token".to_owned(), Some(report))], &csrf))
}
