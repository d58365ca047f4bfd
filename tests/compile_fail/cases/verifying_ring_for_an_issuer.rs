// expect E0308: expected `&Ring<Issuing>`, found `&Ring<Verifying>`
use safeconduct::{Context, Issuer, Issuing, Kind, Policy, Ring, Verifying};

pub fn make(_issuing: &Ring<Issuing>, _verifying: &Ring<Verifying>, context: Context) -> Issuer {
    Issuer::new(_verifying, context, &Policy::AAL1, Kind::Nested) // WRONG
    Issuer::new(_issuing, context, &Policy::AAL1, Kind::Nested) // RIGHT
}

fn main() {}
