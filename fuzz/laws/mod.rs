//! The laws that the fuzz targets assert. `tests/corpora.rs` of the library includes this file and replays the corpora through them.

mod after_proof;
mod base64url;
mod body;
mod chance;
mod claims_codec;
mod log_outs;
mod mutants;
mod regions;
mod request_model;
mod requests;
mod ring_changes;
mod ring_text;
mod sealer;
mod snapshot;
mod token_text;

use safeconduct::{Context, context};

pub use after_proof::{Case, Service, after_proof};
pub use claims_codec::{Body, Codec, claims_codec};
pub use log_outs::{Step, World, log_outs};
pub use mutants::{Mint, Mutant, mutants};
pub use requests::{Office, Request, requests};
pub use ring_changes::{Rings, ring_changes};
pub use ring_text::{Pins, ring_text};
pub use snapshot::{Desk, snapshot};
pub use token_text::{Setting, explain, token_text};

const CONTEXT: Context = context!("fuzz");
