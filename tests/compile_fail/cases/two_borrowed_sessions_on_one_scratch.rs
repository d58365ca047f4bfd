// expect E0499: cannot borrow `scratch` as mutable more than once at a time
use safeconduct::{ExactList, Scratch, Timestamp, Verifier};

pub fn read(verifier: &Verifier<ExactList>, tokens: [&str; 2], now: Timestamp) -> bool {
    let mut scratch = Scratch::new();
    let mut _other = Scratch::new();
    let first = verifier.verify::<&str>(tokens[0], now, &mut scratch);
    let second = verifier.verify::<&str>(tokens[1], now, &mut scratch); // WRONG
    let second = verifier.verify::<&str>(tokens[1], now, &mut _other); // RIGHT
    first.is_ok() && second.is_ok()
}

fn main() {}
