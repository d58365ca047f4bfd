//! The desk: the one place behind the functions at the edge.
//!
//! ```text
//! edge-desk init FOLDER                    make rings, signer and log
//! edge-desk rotate FOLDER                  give the rings another key, which mints from now on
//! edge-desk serve FOLDER 127.0.0.1:8790    answer the functions
//! ```
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /step-up`, body: token, line break, code | an elevated token, once the old session is in the log; 403 for another code |
//! | `POST /logout`, body: token | 200 once the session is in the log |
//! | `POST /login`, body `user=ada` | a token of kind `n`, for functions that only verify |
//! | `GET /snapshot` | the snapshot, with an `ETag` |
//! | `POST /everywhere`, body: a user; header `safeconduct-operator` | ends every session of that user |
//!
//! In the folder: `ring-e.txt`, `ring-n.txt` (issuers' rings), `ring-n-edge.txt` (the verifier's half), `signer`, `log`, `snapshot`. All secret but the last.
//! `LIFETIMES` and `OPERATOR` are read from the environment, as the functions have them.

// This is a program and not the library: here the clock and the environment are read.
#![allow(clippy::disallowed_methods)]

mod desk;
mod files;
mod server;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match *arguments {
        ["init", folder] => files::init(Path::new(folder)),
        ["rotate", folder] => files::rotate(Path::new(folder)),
        ["serve", folder, address] => server::serve(Path::new(folder), address),
        _ => Err("usage: edge-desk init FOLDER | rotate FOLDER | serve FOLDER ADDRESS:PORT".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("edge-desk: {why}");
            ExitCode::FAILURE
        }
    }
}
