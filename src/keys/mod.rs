//! SECRETS LIVE HERE: key types, their identities and ids, wiping, redacted `Debug`.

mod aead;
#[cfg_attr(not(feature = "signatures"), path = "ed25519_absent.rs")]
mod ed25519;
mod filter_key;
mod identity;
mod public_key_error;
mod ring_key;
mod signer;

pub(crate) use aead::{AeadKey, Subkeys};
pub(crate) use ed25519::{PublicKey, SigningKey};
pub(crate) use filter_key::FilterKey;
pub(crate) use identity::KeyIdentity;
pub use public_key_error::PublicKeyError;
#[cfg(feature = "signatures")]
pub use ring_key::VerifyingKeyError;
pub use ring_key::{IssuingKey, VerifyingKey};
pub(crate) use ring_key::{MAX_MATERIAL, RingKey};
pub use signer::InRing;
#[cfg(all(feature = "alloc", not(feature = "signatures")))]
pub(crate) use signer::Signer;
#[cfg(feature = "signatures")]
pub use signer::{Signer, SignerError};

use sha2::{Digest as _, Sha256};

use crate::values::Context;

/// What a ticket is for: bound into subkeys and signatures, never sent (SPEC section 3.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Session = 1,
    Csrf = 2,
}

impl Purpose {
    pub(crate) const fn byte(self) -> u8 {
        self as u8
    }
}

/// Which context a session was verified under: enough to notice that an issuer has another one (ISS-07).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContextTag([u8; 32]);

impl ContextTag {
    pub(crate) fn of(context: &Context) -> Self {
        let hash = Sha256::new_with_prefix(b"safeconduct/v1/context");
        Self(hash.chain_update(context.encoding()).finalize().into())
    }
}

/// What a session is called in logs: equal for equal sessions, and nothing that could be looked up or revoked.
#[cfg(feature = "tracing")]
pub(crate) fn session_label(session: crate::values::SessionId) -> [u8; 8] {
    let hash = Sha256::new_with_prefix(b"safeconduct/v1/log");
    let full: [u8; 32] = hash.chain_update(session.to_bytes()).finalize().into();
    full.first_chunk().copied().unwrap_or_default()
}
