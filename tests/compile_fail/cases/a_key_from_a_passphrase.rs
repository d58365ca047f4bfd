// expect E0308: expected `IssuingKey`, found `&str`
use safeconduct::{IssuingKey, Kind, rand_core::CryptoRng};

pub fn make(_rng: &mut impl CryptoRng) -> IssuingKey {
    IssuingKey::from("correct horse battery staple") // WRONG
    IssuingKey::generate(Kind::Encrypted, _rng).unwrap_or_else(|never| match never {}) // RIGHT
}

fn main() {}
