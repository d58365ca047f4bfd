//! A small bank on 127.0.0.1 that shows what a session does: `cargo run --manifest-path examples/login/Cargo.toml`, then open <http://127.0.0.1:8001>.
//!
//! Log in as `ada` (password `lovelace`) or as `olga`, the operator (password `taussky`); the code from your phone is always 246810. Everything works in several tabs, with the back
//! button, after a restart, and in a second process: `-- --port 8002` shares keys, revocations and users with the first, and the browser's cookie with it.
//!
//! ```text
//! --port N           where it listens on 127.0.0.1 (8001)
//! --data FOLDER      where keys, revocations and users are kept (data, beside this package's Cargo.toml)
//! --idle SECONDS     how long a session lasts without a request (600)
//! --renew SECONDS    how old a token must be to be renewed (15)
//! --elevation SECONDS how long a step-up lasts (60)
//! ```

mod pages;
mod ring_file;
mod routes;
mod service;
mod users;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use safeconduct::Seconds;
use service::{Options, Service};

fn options(mut words: impl Iterator<Item = String>) -> Result<(u16, Options), Box<dyn Error>> {
    let mut port = 8001;
    let mut options = Options {
        data: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data"),
        idle: Seconds::minutes(10),
        renew: Seconds::new(15),
        elevation: Seconds::minutes(1),
    };
    while let Some(name) = words.next() {
        let value = words.next().ok_or(format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => port = value.parse()?,
            "--data" => options.data = value.into(),
            "--idle" => options.idle = Seconds::new(value.parse()?),
            "--renew" => options.renew = Seconds::new(value.parse()?),
            "--elevation" => options.elevation = Seconds::new(value.parse()?),
            _ => return Err(format!("{name} is unknown").into()),
        }
    }
    Ok((port, options))
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (port, options) = options(std::env::args().skip(1))?;
    let service = Arc::new(Service::open(options)?);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("open http://{}  (ada / lovelace, or olga / taussky; stop with ctrl-c)", listener.local_addr()?);

    // What other processes have written is seen within a second.
    let watching = service.clone();
    let watch = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if let Err(why) = watching.refresh() {
                eprintln!("not refreshed, going on with what there is: {why}");
            }
        }
    });
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, routes::router(service)).with_graceful_shutdown(stop).await?;
    watch.abort();
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("login: {why}");
            ExitCode::FAILURE
        }
    }
}
