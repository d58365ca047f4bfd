// expect E0277: Ring<Issuing>` doesn't implement `std::fmt::Display`
use safeconduct::{Issuing, Ring};

pub fn print(ring: &Ring<Issuing>) {
    println!("{ring}"); // WRONG
    println!("{ring:?}"); // RIGHT
}

fn main() {}
