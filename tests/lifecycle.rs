//! The life of a session, promise by promise.

mod common;

use common::{Service, at, subject};
use safeconduct::{Kind, Policy, Scratch};

#[test]
fn a_token_comes_back_as_a_session() {
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let token = service.log_in(at(0));
        println!("{} {}", token.len(), token);
        let mut scratch = Scratch::new();
        let session = service.verifier.verify::<()>(&token, at(1), &mut scratch).unwrap();
        assert_eq!(*session.subject(), subject());
    }
}
