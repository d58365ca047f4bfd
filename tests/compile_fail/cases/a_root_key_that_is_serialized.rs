// expect E0277: the trait bound `RootKey: 
use safeconduct::RootKey;

fn serialize(_: impl serde::Serialize) {}

pub fn write(key: &RootKey) {
    serialize(key); // WRONG
    serialize(key.public().to_bytes()); // RIGHT
}

fn main() {}
