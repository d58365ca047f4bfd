//! Sessions in web applications: cookies and headers on plain text, anti-forgery tokens, and what a request and its response need.
//!
//! | for | begin with |
//! | --- | --- |
//! | axum | `safeconduct::axum` (feature `axum`): `Session` and friends as arguments of handlers |
//! | anything that is a tower service | `safeconduct::tower` (feature `tower`): a layer |
//! | a framework with its own types for requests (Fastly Compute, actix, a CGI script) | [`Exchange`], below: text in, headers out |
//! | a node without an allocator | [`Incoming`] and [`SessionCookie`] |
//!
//! All of them do the same (SPEC section 12): tokens come in one of two `__Host-` cookies or as bearer tokens; they are verified once, renewed when that is due, and what has to be sent back
//! is one value that holds every header, `Cache-Control: no-store` included.
//!
//! # Any framework
//!
//! Three steps for each request: begin, act, finish.
//!
//! ```
//! # use std::sync::{Arc, RwLock};
//! # use safeconduct::{AuthLevel, ExactList, Grant, Subject};
//! # use safeconduct::http::{Exchange, Incoming, SessionSource, Transport};
//! # struct Request { method: String, headers: Vec<(String, Vec<u8>)>, path: String }
//! # #[derive(Default)] struct Response { status: u16, headers: Vec<(String, String)> }
//! fn serve(request: &Request, sessions: Arc<dyn SessionSource<()>>, log: &mut Arc<RwLock<ExactList>>) -> Response {
//!     let headers = request.headers.iter().map(|(name, value)| (name, value));
//!     let mut exchange = Exchange::begin(sessions, &Incoming::new(Transport::new(), &request.method, headers));
//!     let mut response = handle(request, &mut exchange, log);
//!     for header in exchange.finish(response.status).iter() {
//!         if header.replaces {
//!             response.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(header.name));
//!         }
//!         response.headers.push((header.name.to_owned(), header.value.to_owned()));
//!     }
//!     response
//! }
//!
//! fn handle(request: &Request, exchange: &mut Exchange<()>, log: &mut Arc<RwLock<ExactList>>) -> Response {
//!     let session = match exchange.session() {
//!         Ok(session) => session.cloned(),
//!         Err(refusal) => return Response { status: refusal.status(), ..Response::default() }, // 403 or 503
//!     };
//!     let status = match (request.path.as_str(), session) {
//!         ("/login", _) => { // after the password was checked
//!             let grant = Grant::new(Subject::new("usr_8f14e45fceea167a").unwrap(), AuthLevel::Aal1);
//!             exchange.log_in(&grant, log).map_or_else(|why| why.status(), |_| 303)
//!         }
//!         ("/logout", _) => exchange.log_out(log).map_or_else(|why| why.status(), |()| 303),
//!         (_, Some(session)) => { println!("hello, {}", session.subject()); 200 }
//!         (_, None) => 401,
//!     };
//!     Response { status, ..Response::default() }
//! }
//! # let _ = serve;
//! ```
//!
//! # What is not here
//!
//! Tokens that are bound to a key of the client ([`Verifier::verify_bound`](crate::Verifier::verify_bound)) and strict rotation (`Issuer::rotate_strictly`) need calls of their own: a bound token is refused here, and
//! renewals are plain rotations. Limits on the rate of logins and renewals belong in front of this.
//!
//! # Events
//!
//! With the feature `tracing`, what happens to sessions is told as events of that crate, for audit logs and metrics. The target is `safeconduct`. Session ids are hashed: equal ones stay equal, and none can be taken
//! from a log to look it up elsewhere.
//!
//! | `event` | level | fields | when |
//! | --- | --- | --- | --- |
//! | `issued` | info | `session` | somebody logged in |
//! | `renewed` | debug | `session`, `rotation` | a response carries a renewed token |
//! | `elevated` | info | `session`, `replaces` | a session stepped up |
//! | `ended_others` | info | `session`, `replaces` | all other sessions of the subject ended |
//! | `refused` | debug or info | `reason`, `session` if known | a request brought tokens and none was good; debug if anybody can provoke it |
//! | `revoked` | info | `session`, `already` | a log has taken the end of a session |
//! | `not_renewed` | warn | `session`, `reason` | renewal was due and failed; the session goes on |

#[cfg(feature = "alloc")]
mod acts;
#[cfg(feature = "alloc")]
mod change;
mod cookie;
mod csrf;
#[cfg(feature = "alloc")]
mod events;
#[cfg(feature = "alloc")]
mod evidence;
#[cfg(feature = "alloc")]
mod exchange;
#[cfg(feature = "std")]
mod handle;
mod incoming;
#[cfg(all(feature = "std", feature = "signatures"))]
mod node_sessions;
mod origin;
#[cfg(feature = "alloc")]
mod response;
#[cfg(feature = "alloc")]
mod source;
mod transport;
#[cfg(feature = "alloc")]
mod web_issuer;

#[cfg(feature = "alloc")]
pub use change::{Change, ChangeError};
pub use cookie::{CookieNameError, CookieTooLarge, Generation, SessionCookie, Slot};
#[cfg(feature = "alloc")]
pub use csrf::CsrfToken;
pub use csrf::{CSRF_COOKIE, CSRF_HEADER, Csrf, CsrfError, CsrfRejected, NoSharedKey};
#[cfg(feature = "alloc")]
pub use exchange::{Carrier, Exchange, Refusal};
#[cfg(feature = "std")]
pub use handle::SessionHandle;
pub use incoming::Incoming;
#[cfg(all(feature = "std", feature = "signatures"))]
pub use node_sessions::NodeSessions;
pub use origin::Provenance;
#[cfg(feature = "alloc")]
pub use response::{ClearSiteData, ResponseHeader, ResponseHeaders};
#[cfg(feature = "alloc")]
pub use source::{SessionSource, WebSessions};
pub use transport::Transport;
#[cfg(feature = "alloc")]
pub use web_issuer::WebIssuer;
