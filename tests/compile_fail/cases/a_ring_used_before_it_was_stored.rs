// expect E0308: expected `&Ring<Issuing>`, found `&Unpublished`
use safeconduct::{Context, Issuer, Issuing, Kind, Policy, Ring, Unpublished};

pub fn make(_unpublished: &Unpublished, _stored: &Ring<Issuing>, context: Context) -> Issuer {
    Issuer::new(_unpublished, context, &Policy::AAL1, Kind::Encrypted) // WRONG
    Issuer::new(_stored, context, &Policy::AAL1, Kind::Encrypted) // RIGHT
}

fn main() {}
