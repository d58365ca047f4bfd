// expect E0599: no method named `advance` found for
use safeconduct::{AdvanceError, Ring, Issuing, Schedule, Timestamp, Verifying, rand_core::CryptoRng};

pub fn next(
    _verifying: &Ring<Verifying>,
    _issuing: &Ring<Issuing>,
    now: Timestamp,
    schedule: &Schedule,
    rng: &mut impl CryptoRng,
) -> Result<(), AdvanceError> {
    _verifying.advance(now, schedule, rng).map(|_| ()) // WRONG
    _issuing.advance(now, schedule, rng).map(|_| ()) // RIGHT
}

fn main() {}
