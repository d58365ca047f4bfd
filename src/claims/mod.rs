//! MEANING OF THE BODY: the library's claims and bytes, and where the application's begin.

mod core_claims;
mod decoding;
#[cfg(feature = "alloc")]
mod encoding;
mod reader;

pub(crate) use core_claims::CoreClaims;
pub use core_claims::Elevation;
pub(crate) use decoding::{decode, decode_app};
#[cfg(feature = "alloc")]
pub(crate) use encoding::encode;
