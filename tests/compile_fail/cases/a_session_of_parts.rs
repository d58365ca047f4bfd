// expect E0451: fields
use safeconduct::Session;

pub fn raise(session: Session<()>) -> Session<()> {
    Session { app: (), ..session } // WRONG
    session // RIGHT
}

fn main() {}
