// expect E0599: no method named `require_level` found for struct `Departing`
use safeconduct::{AuthLevel, ExactList, Timestamp, Verifier};

pub fn read(verifier: &Verifier<ExactList>, token: &str, now: Timestamp) -> bool {
    let Ok(departing) = verifier.departing(token, now) else { return false };
    departing.require_level(AuthLevel::Aal1).is_ok() // WRONG
    departing.revocation().scope() == safeconduct::Scope::Session // RIGHT
}

fn main() {}
