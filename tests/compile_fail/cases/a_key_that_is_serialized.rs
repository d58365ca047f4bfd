// expect E0277: the trait bound `IssuingKey: 
use safeconduct::IssuingKey;

fn serialize(_: impl serde::Serialize) {}

pub fn write(key: &IssuingKey) {
    serialize(key); // WRONG
    serialize(key.id().to_bytes()); // RIGHT
}

fn main() {}
