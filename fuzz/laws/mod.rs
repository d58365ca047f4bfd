//! The laws that the fuzz targets assert. `tests/corpora.rs` of the library includes this file and replays the corpora through them.

mod base64url;
mod chance;
mod ring_text;
mod snapshot;
mod token_text;

use safeconduct::{Context, context};

pub use ring_text::{Pins, ring_text};
pub use snapshot::{Desk, snapshot};
pub use token_text::{Setting, explain, token_text};

const CONTEXT: Context = context!("fuzz");
