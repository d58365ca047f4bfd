//! Tokens: made, renewed, taken and refused.

use safeconduct::{Kind, Reason, Scratch, Thumbprint};

use super::{forged, grant, issuer, now, public_ring, public_token, secret_ring, verifier};
use crate::secret::{self, Source};

/// A login under a secret key: subkeys, hedged ids, signature, seal.
pub fn issued(kind: Kind) {
    let issuer = issuer(&secret_ring(kind), kind);
    let token = issuer.issue(&grant(), now(), &mut Source::public()).expect("a token");
    assert!(token.as_str().len() > 100);
}

/// A renewal of a session that the application knows.
pub fn rotated(kind: Kind) {
    let session =
        verifier(&public_ring(kind), kind).verify_owned::<()>(&public_token(kind), now()).expect("good");
    let issuer = issuer(&secret_ring(kind), kind);
    let token = issuer.rotate_without_revocation(&session, &mut Source::public()).expect("a token");
    assert!(token.as_str().len() > 100);
}

/// A forgery under a secret key: how much of it is right must not show.
pub fn refused(kind: Kind) {
    let verifier = verifier(&secret_ring(kind), kind);
    let forged = forged(&public_token(kind));
    let rejected = verifier.verify::<()>(&forged, now(), &mut Scratch::new()).expect_err("forged");
    assert_eq!(rejected.reason(), Reason::Forged);
}

/// A genuine token under a secret key.
pub fn verified(kind: Kind) {
    let verifier = verifier(&secret_ring(kind), kind);
    let mut scratch = Scratch::new();
    let session = verifier.verify::<()>(&public_token(kind), now(), &mut scratch).expect("good");
    assert!(secret::secret_bytes(&session.rotation().to_ne_bytes()) > 0);
}

/// A session that is bound to a key of the client, with the right and with another thumbprint.
pub fn bound() {
    let kind = Kind::Signed;
    let thumbprint = Thumbprint::from_bytes([5; 32]);
    let grant = grant().bound_to(thumbprint);
    let ring = public_ring(kind);
    let token = issuer(&ring, kind).issue(&grant, now(), &mut Source::public()).expect("a token");
    let verifier = verifier(&ring, kind);
    for (byte, good) in [(5, true), (6, false)] {
        let proven = Thumbprint::from_bytes(secret::secret([byte; 32]));
        let verified = verifier.verify_bound::<()>(token.as_str(), &proven, now(), &mut Scratch::new());
        assert_eq!(verified.is_ok(), good);
    }
}
