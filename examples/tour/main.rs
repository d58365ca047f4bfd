//! The life of web sessions on one page: `cargo run --example tour`.
//!
//! Every line shows a call, the token it was about and the verdict. The calls stand in the chapters as an application would make them; everything that
//! only prints is in `stage`. Time is an argument of every call, so a month takes milliseconds: the margin says how much later it is.
//!
//! | chapters | file |
//! | --- | --- |
//! | log in, requests and renewal, step-up | `day.rs` |
//! | idle, the end, log out, log out everywhere | `leaving.rs` |
//! | forged and foreign tokens, the three kinds | `strangers.rs` |
//! | a new key | `keys.rs` |
//! | revocation snapshots | `snapshots.rs` |
//!
//! The exit code is 0 if every verdict was the one that the chapter expects.

mod day;
mod keys;
mod leaving;
mod snapshots;
mod stage;
mod strangers;

use std::error::Error;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use getrandom::SysRng;
use safeconduct::{
    AuthLevel, Context, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring, Seconds, Subject,
    Timestamp, Verifier, Window, context,
};
use serde::{Deserialize, Serialize};

use stage::{START, Stage};

/// Whom the tokens are for. It is bound into every token and never sent.
const SESSION: Context = context!("shop.example", "session");

/// 8 hours, 30 minutes idle, renewed after 15: the same for issuer and verifier.
const POLICY: Policy = Policy::AAL1;

/// What the application wants to know on every request. It travels in the token, so it is small; it stays as it was at login.
#[derive(Serialize, Deserialize, Clone, Copy, Debug)]
struct Member {
    tenant: u32,
    seller: bool,
}

/// One small service: what a program makes once, when it starts.
struct Shop {
    /// Keys with their windows.
    ring: Ring<Issuing>,
    /// Outward: grants and sessions become tokens.
    issuer: Issuer,
    /// Inward: text becomes a session, or a reason why not.
    verifier: Verifier<Arc<RwLock<ExactList>>>,
    /// Who is out. This service is one process, so the exact list in memory will do.
    list: Arc<RwLock<ExactList>>,
    /// Randomness is an argument, too.
    rng: SysRng,
}

impl Shop {
    fn open(kind: Kind, now: Timestamp) -> Result<Self, Box<dyn Error>> {
        let mut rng = SysRng;
        // The key mints for 30 days; its last tokens are accepted for an hour after that, longer than any token lasts.
        let window = Window::new(now, Seconds::days(30), Seconds::hours(1))?;
        let mut ring = Ring::new();
        ring.add(IssuingKey::generate(kind, &mut rng)?, window)?;

        let list = Arc::new(RwLock::new(ExactList::new()));
        let issuer = Issuer::new(&ring, SESSION, &POLICY, kind);
        let verifier = Verifier::new(&ring.verifying(), SESSION, &POLICY, kind).revocations(list.clone());
        Ok(Self { ring, issuer, verifier, list, rng })
    }

    /// The list, to write down who leaves.
    fn log(&self) -> RwLockWriteGuard<'_, ExactList> {
        self.list.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list, to look something up. (Verifiers read it by themselves.)
    fn list(&self) -> RwLockReadGuard<'_, ExactList> {
        self.list.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a login gives. The application has checked the password before.
fn grant(user: &str) -> Result<Grant<Member>, Box<dyn Error>> {
    Ok(Grant::new(Subject::new(user)?, AuthLevel::Aal1).claims(Member { tenant: 7, seller: false }))
}

fn tour(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let mut shop = Shop::open(Kind::Encrypted, START)?;
    let token = day::log_in_and_renew(&mut shop, stage)?;
    let token = day::step_up(&mut shop, &token, stage)?;
    leaving::idle_and_the_end(&mut shop, &token, stage)?;
    leaving::log_out(&mut shop, stage)?;
    leaving::log_out_everywhere(&mut shop, stage)?;
    strangers::forged_and_foreign(&mut shop, stage)?;
    strangers::three_kinds(stage)?;
    keys::a_new_key(&mut shop, stage)?;
    snapshots::a_log_out_travels(stage)
}

fn main() -> ExitCode {
    let mut stage = Stage::new(&POLICY);
    let outcome = tour(&mut stage);
    if stage.curtain(outcome) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
