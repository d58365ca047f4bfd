// expect E0277: the revocation question is not answered
use safeconduct::{Context, ExactList, Kind, Policy, Ring, Timestamp, Verifier, Verifying};

pub fn check(ring: &Ring<Verifying>, context: Context, token: &str, now: Timestamp) -> bool {
    let _list = ExactList::new();
    let verifier = Verifier::new(ring, context, &Policy::AAL1, Kind::Encrypted);
    let verifier = verifier.revocations(_list); // RIGHT
    let _ = (); // WRONG
    verifier.verify_owned::<()>(token, now).is_ok()
}

fn main() {}
