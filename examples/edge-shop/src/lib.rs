//! A small shop with sessions, for functions at the edge.
//!
//! The shop does no input or output. A function hands over what its platform gives it (the ring from a secret, the snapshot from a store, a request) and carries out
//! what the shop says: send this response, or first send that [`Errand`] to the desk, the one place where people are authenticated a second time and where the
//! revocation log is. So the three functions differ in their platform and in nothing else.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /login`, body `user=ada` | a session for a demo user, in a cookie. 404 where the ring cannot mint |
//! | `GET /` | who it is and how long it lasts; renews the cookie when that is due |
//! | `GET /admin` | needs AAL2 by an authentication of the last 5 minutes, else 401 with a challenge by RFC 9470 |
//! | `POST /step-up`, body `code=314159` | asks the desk for an elevated session |
//! | `POST /logout` | tells the desk, and deletes the cookie |
//!
//! A token goes to the desk, never a bare session id: whoever has a token may end its session, and the desk need not believe anybody anything.

mod answer;
mod carrier;
mod pages;
mod setting;
mod shop;
mod standing;

pub use answer::{Answer, Asked, Errand, Next};
pub use carrier::{COOKIE, token_in};
pub use setting::{Bindings, CONTEXT, SetUpError, Settings};
pub use shop::Shop;
pub use standing::Fetched;
