//! The desk: the one place behind the functions at the edge.
//!
//! ```text
//! edge-desk init FOLDER                    make keys, rings, signer and log
//! edge-desk rotate FOLDER                  give the rings another key, which mints from now on, and publish them
//! edge-desk serve FOLDER 127.0.0.1:8790    answer the functions
//! ```
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /e/login`, `/n/login`, body `user=ada` | a session, in a token of that kind; those that the browser had end |
//! | `POST /e/step-up`, `/n/step-up`, body `code=314159` | an elevated session, once the old one is in the log; 403 for another code |
//! | `POST /e/logout`, `/n/logout` | 200 once the session is in the log |
//! | `GET /snapshot` | the snapshot, with an `ETag` |
//! | `POST /everywhere`, body: a user; header `safeconduct-operator` | ends every session of that user |
//!
//! In the folder: `ring-e.txt`, `ring-n.txt` (issuers' rings), `ring-e-edge.txt`, `ring-n-edge.txt` (their halves for verifiers), `kek-issuers`, `kek-verifiers` (what published rings are wrapped under), `root`,
//! `signer`, `log`: all secret. No secrets are `root.public`, `snapshot`, and the published rings: the names of rings with `.document` in the place of `.txt`.
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
