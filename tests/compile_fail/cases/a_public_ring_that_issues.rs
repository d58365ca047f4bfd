// expect E0308: expected `&Ring<Issuing>`, found `&Ring<Public>`
use safeconduct::{Context, Issuer, Issuing, Kind, Policy, Public, Ring};

pub fn make(_public: &Ring<Public>, _issuing: &Ring<Issuing>, context: Context) -> Issuer {
    Issuer::new(_public, context, &Policy::AAL1, Kind::Signed) // WRONG
    Issuer::new(_issuing, context, &Policy::AAL1, Kind::Signed) // RIGHT
}

fn main() {}
