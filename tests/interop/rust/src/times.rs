//! One token at many moments, under a policy that may be refused: rows of the time table.

use safeconduct::{ExactList, PolicyError, Timestamp};
use serde_json::Value;

use crate::request::{Problem, Request};
use crate::verify::with_policy;

/// The verdict at each of the moments `nows`: 64-bit numbers with sign, which need not be times.
pub fn verdicts(request: &Request) -> Result<Value, Problem> {
    let nows = request.signed_numbers("nows")?;
    let policy = match request.policy_of_verifier()?.build() {
        Ok(policy) => policy,
        Err(PolicyError::SkewTooLarge) => return Ok(Value::from(vec!["SkewTooLarge"; nows.len()])),
        Err(other) => return Err(other.into()),
    };
    let verifier = with_policy(request, &policy)?.revocations(ExactList::new());
    let token = request.text("token")?;
    let verdicts = nows.into_iter().map(|now| {
        // Bit by bit, as a careless caller would: a moment before 1970 becomes one that is far too late.
        let Ok(now) = Timestamp::from_unix(now.cast_unsigned()) else { return "TimeOutOfRange" };
        verifier.verify_owned::<()>(token, now).map_or_else(|why| why.reason().name(), |_| "accepted")
    });
    Ok(verdicts.collect())
}
