// expect E0597: `scratch` does not live long enough
use safeconduct::{ExactList, Scratch, Timestamp, Verifier};

pub fn read(verifier: &Verifier<ExactList>, token: &str, now: Timestamp) -> Option<usize> {
    let session = {
        let mut scratch = Scratch::new();
        verifier.verify::<&str>(token, now, &mut scratch).ok() // WRONG
        verifier.verify::<u8>(token, now, &mut scratch).ok().map(|s| *s.claims()) // RIGHT
    };
    session.map(|kept| std::mem::size_of_val(&kept))
}

fn main() {}
