//! Extractors for [axum](https://docs.rs/axum).
//!
//! ```
//! use std::sync::{Arc, RwLock};
//!
//! use axum::extract::State;
//! use axum::response::Redirect;
//! use axum::routing::{get, post};
//! use safeconduct::axum::{Rejection, Session, Sessions};
//! use safeconduct::http::SessionSource;
//! use safeconduct::tower::SessionLayer;
//! use safeconduct::{AuthLevel, ExactList, Grant, Seconds, Subject};
//!
//! type Log = Arc<RwLock<ExactList>>;
//!
//! async fn hello(session: Session) -> String { format!("hello, {}", session.subject()) }
//! async fn home(session: Option<Session>) -> &'static str { if session.is_some() { "welcome back" } else { "welcome" } }
//! async fn pay(session: Session) -> Result<&'static str, Rejection> {
//!     session.require(AuthLevel::Aal2, Seconds::minutes(5))?; // 401 with the challenge of RFC 9470
//!     Ok("paid")
//! }
//! async fn log_in(sessions: Sessions, State(mut log): State<Log>) -> Result<Redirect, Rejection> {
//!     let user = Subject::new("usr_8f14e45fceea167a").unwrap(); // after the password was checked
//!     sessions.log_in(&Grant::new(user, AuthLevel::Aal1), &mut log)?;
//!     Ok(Redirect::to("/"))
//! }
//! async fn log_out(sessions: Sessions, State(mut log): State<Log>) -> Result<Redirect, Rejection> {
//!     sessions.log_out(&mut log)?;
//!     Ok(Redirect::to("/"))
//! }
//! fn app(sessions: Arc<dyn SessionSource<()>>, log: Log) -> axum::Router {
//!     axum::Router::new()
//!         .route("/", get(home)).route("/hello", get(hello)).route("/pay", post(pay))
//!         .route("/login", post(log_in)).route("/logout", post(log_out))
//!         .layer(SessionLayer::new(sessions)).with_state(log)
//! }
//! # let _ = app;
//! ```
//!
//! | extractor | without a session | request of another site | revocation data stale | layer missing |
//! | --- | --- | --- | --- | --- |
//! | [`Session<C>`] | 401 | 403 | 503 | 500 |
//! | `Option<Session<C>>` | `None` | 403 | 503 | 500 |
//! | [`Required<R, C>`] | 401; with too low a level 401 and a challenge | 403 | 503 | 500 |
//! | [`Sessions<C>`] | a handle | 403 | a handle | 500 |
//!
//! Forms also check the anti-forgery token: `sessions.check_csrf(Some(&form.token))?`.

mod extract;
mod rejection;

pub use extract::{Required, Requirement, Session, Sessions};
pub use rejection::Rejection;
