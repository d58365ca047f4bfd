//! MEANING OF THE BODY: the library's claims and bytes, and where the application's begin.

mod body;
mod core_claims;

#[cfg(feature = "alloc")]
pub(crate) use body::encode;
pub(crate) use body::{decode, decode_app};
pub(crate) use core_claims::CoreClaims;
pub use core_claims::Elevation;
