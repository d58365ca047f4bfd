//! Tokens bound to a key of the client: TOK-36.

use super::Vectors;
use super::claims::{bound, raised_and_bound};
use super::draft::Draft;
use super::primitives::seeded;

pub fn add(vectors: &mut Vectors) {
    for letter in ['e', 's', 'n'] {
        let mut good = |name: &str, comment: &str, draft: &Draft| {
            vectors.accepted("TOK-36", &format!("{name}-kind-{letter}"), comment, draft);
        };
        good("bound-and-proven", "The proven key is the one of the token.", &bound(letter));
        let mut bad = |name: &str, reason: &str, comment: &str, draft: &Draft| {
            vectors.refused("TOK-36", &format!("{name}-kind-{letter}"), reason, comment, draft);
        };
        let unproven = bound(letter).but(|draft| draft.settings.proven = None);
        bad("bound-and-not-proven", "BindingRequired", "A stolen token without the key.", &unproven);
        let other = bound(letter).but(|draft| draft.settings.proven = Some(seeded("other thumbprint")));
        bad("bound-to-other-key", "BindingMismatch", "Another key was proven.", &other);
        let unbound = Draft::new(letter).but(|draft| draft.settings.proven = Some(seeded("thumbprint")));
        let comment = "A verifier that asks for proofs takes no bearer tokens.";
        bad("not-bound-and-proven", "NotBound", comment, &unbound);
    }
    let mut mismatch = |name: &str, comment: &str, change: fn(&mut [u8; 32])| {
        let draft = bound('e').but(|draft| change(draft.settings.proven.as_mut().expect("it is bound")));
        vectors.refused("TOK-36", name, "BindingMismatch", comment, &draft);
    };
    mismatch("thumbprint-first-bit", "All 32 bytes are compared.", |bytes| bytes[0] ^= 0x80);
    mismatch("thumbprint-last-bit", "All 32 bytes are compared.", |bytes| bytes[31] ^= 1);
    mismatch("thumbprint-reversed", "Bytes are compared in their order.", |bytes| bytes.reverse());
    let zeros = bound('e').but(|draft| {
        (draft.body.bound_to, draft.settings.proven) = (Some([0; 32]), Some([0; 32]));
    });
    let comment = "32 zero bytes are a thumbprint like any other.";
    vectors.accepted("TOK-36", "bound-to-zeros-and-proven", comment, &zeros);
    let unproven = zeros.but(|draft| draft.settings.proven = None);
    let comment = "32 zero bytes do not mean that there is no binding.";
    vectors.refused("TOK-36", "bound-to-zeros-and-not-proven", "BindingRequired", comment, &unproven);
    let zeros = Draft::new('e').but(|draft| draft.settings.proven = Some([0; 32]));
    let comment = "32 zero bytes do not stand for no proof.";
    vectors.refused("TOK-36", "not-bound-and-zeros-proven", "NotBound", comment, &zeros);
    let raised = raised_and_bound('e').but(|draft| draft.settings.proven = None);
    let comment = "The binding is found behind an elevation.";
    vectors.refused("TOK-36", "bound-behind-elevation-and-not-proven", "BindingRequired", comment, &raised);
}
