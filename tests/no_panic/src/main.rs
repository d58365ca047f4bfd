//! Links only if nothing of [`proofs`] can panic: an index out of range, an overflow, an `unwrap` of nothing, a slice of the wrong length.
//!
//! The library's modules are compiled here as this program's own, from the same files, because what is to be proved is not public. Nothing of it runs anywhere else.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)] // a part of the library is used

extern crate alloc;

#[path = "../../../src/claims/mod.rs"]
mod claims;
#[path = "../../../src/error.rs"]
mod error;
#[path = "../../../src/http/mod.rs"]
mod http;
#[path = "../../../src/inspect/mod.rs"]
mod inspect;
#[path = "../../../src/issuer/mod.rs"]
mod issuer;
#[path = "../../../src/keys/mod.rs"]
mod keys;
#[path = "../../../src/node/mod.rs"]
mod node;
#[path = "../../../src/policy.rs"]
mod policy;
#[path = "../../../src/proof/mod.rs"]
mod proof;
#[path = "../../../src/publication/mod.rs"]
mod publication;
#[path = "../../../src/revocation/mod.rs"]
mod revocation;
#[path = "../../../src/ring/mod.rs"]
mod ring;
#[path = "../../../src/session.rs"]
mod session;
#[path = "../../../src/values/mod.rs"]
mod values;
#[path = "../../../src/verifier.rs"]
mod verifier;
#[path = "../../../src/wire/mod.rs"]
mod wire;

pub use rand_core;
pub use values::{Context, ContextError};

mod proofs;

fn main() {
    println!("{} functions", proofs::keep_all());
}
