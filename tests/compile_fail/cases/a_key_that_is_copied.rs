// expect E0599: no method named `clone` found for struct `IssuingKey`
use safeconduct::IssuingKey;

pub fn copy(key: IssuingKey) -> (IssuingKey, Option<IssuingKey>) {
    let other = key.clone(); // WRONG
    (key, Some(other)) // WRONG
    (key, None) // RIGHT
}

fn main() {}
