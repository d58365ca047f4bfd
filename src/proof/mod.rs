//! THE ONLY CRYPTO CALLS ON TOKENS: opens what came in, seals what goes out, hedges ids.

pub(crate) mod document;
#[cfg(feature = "alloc")]
mod mint;
mod open;
mod seal;
mod sign;

#[cfg(feature = "alloc")]
pub(crate) use mint::{Ids, MintingKey, mint};
pub(crate) use open::{OpeningKey, open};
