//! Anti-forgery tokens.

use safeconduct::http::Csrf;
use safeconduct::{Kind, Policy, SessionId};

use super::{CONTEXT, forged, now, public_ring, secret_ring};
use crate::secret::Source;

/// Made and checked under a secret key, genuine and not.
pub fn anti_forgery() {
    let session = SessionId::from_bytes([3; 12]);
    for kind in [Kind::Encrypted, Kind::Nested] {
        let csrf = Csrf::new(&secret_ring(kind), CONTEXT, &Policy::AAL1).expect("a shared key");
        let token = csrf.token(session, now(), &mut Source::public()).expect("a token");
        assert_eq!(token.as_str().len(), 44);

        let known = Csrf::new(&public_ring(kind), CONTEXT, &Policy::AAL1).expect("a shared key");
        let token = known.token(session, now(), &mut Source::public()).expect("a token");
        assert!(csrf.check(session, token.as_str(), now()).is_ok());
        assert!(csrf.check(session, &forged(token.as_str()), now()).is_err());
    }
}
