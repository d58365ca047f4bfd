//! THE ONLY CRYPTO CALLS ON TOKENS: opens what came in, seals what goes out, hedges ids.

mod backend;
mod csrf;
#[cfg(feature = "signatures")]
pub(crate) mod document;
#[cfg(feature = "alloc")]
mod mint;
mod open;
mod sign;

pub use backend::{Backend, backend};
pub(crate) use csrf::{CODE, CsrfKey, SALT};
#[cfg(feature = "alloc")]
pub(crate) use mint::{Ids, MintingKey, mint};
pub(crate) use open::{OpeningKey, open};
