//! A small shop with sessions, for functions at the edge.
//!
//! The shop does no input or output. A function hands over what its platform gives it (the ring from a secret, documents from a store, a request) and carries out
//! what the shop says: send this response, or first send that [`Errand`] to the desk, the one place where people are authenticated a second time and where the
//! revocation log is. So the three functions differ in their platform and in nothing else.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /login`, body `user=ada` | a session for a demo user, in a cookie |
//! | `GET /` | who it is and how long it lasts; renews the cookie when that is due |
//! | `GET /admin` | needs AAL2 by an authentication of the last 5 minutes, else 401 with a challenge by RFC 9470 |
//! | `POST /step-up`, body `code=314159` | an elevated session, from the desk |
//! | `POST /logout` | ends the session, at the desk |
//!
//! Cookies, renewals and refusals are the work of [`safeconduct::http::Exchange`]. The function answers by itself whatever needs no log: reading, renewing, logging in a browser that has no session. What has to be
//! written into the log first (logging out, stepping up, logging in where another session ends by it) it passes on to the desk with the browser's cookies, and the desk's cookies go back as they are. Garbage
//! never gets that far. A function whose ring only verifies passes on every login.

#![cfg_attr(feature = "bare", allow(dead_code))] // all that the shop in the real one's place does without

mod answer;
mod document_keys;
mod held;
mod pages;
mod setting;
#[cfg_attr(feature = "bare", path = "bare.rs")]
mod shop;
mod standing;

pub use answer::{Answer, Asked, Errand, Next, Reply};
pub use setting::{Bindings, CONTEXT, SetUpError, Settings, TRANSPORT};
pub use shop::Shop;
pub use standing::Fetched;
