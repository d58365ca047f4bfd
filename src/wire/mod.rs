//! BYTES ONLY: text, header, lengths and the memory they live in. Nothing here knows a key, a clock or a claim.

#[cfg(feature = "alloc")]
mod draft;
mod header;
mod scratch;
mod text;

#[cfg(feature = "alloc")]
pub(crate) use draft::Draft;
pub(crate) use header::{HEADER, Header, split_header};
pub use scratch::Scratch;
pub(crate) use scratch::Unverified;
#[cfg(feature = "alloc")]
pub(crate) use scratch::wipe;
#[cfg(feature = "alloc")]
pub(crate) use text::encode;
pub(crate) use text::{MAX_BYTES, MAX_TEXT, decode};
