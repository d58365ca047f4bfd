//! The authentication code of anti-forgery tokens (SPEC section 12.4).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::keys::{Purpose, RingKey, Subkeys, VerifyingKey};
use crate::values::{Context, SessionId};

/// Bytes of the code that are sent: 128 bits.
pub(crate) const CODE: usize = 16;
/// Random bytes that make every token of a session look different.
pub(crate) const SALT: usize = 12;

/// What authenticates anti-forgery tokens under one ring key in one context.
pub(crate) struct CsrfKey(Subkeys);

impl CsrfKey {
    /// `None` for kind `s`, which has no secret that verifiers share.
    pub(crate) fn new(key: &VerifyingKey, context: &Context) -> Option<Self> {
        key.material().subkeys(Purpose::Csrf, context).map(Self)
    }

    fn over(&self, session: SessionId, salt: &[u8; SALT]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length, so this cannot fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0.sealing).ok()?;
        mac.update(&session.to_bytes());
        mac.update(salt);
        Some(mac)
    }

    /// The code for a session.
    #[cfg(feature = "alloc")]
    pub(crate) fn code(&self, session: SessionId, salt: &[u8; SALT]) -> Option<[u8; CODE]> {
        let full = self.over(session, salt)?.finalize().into_bytes();
        full.first_chunk::<CODE>().copied()
    }

    /// Whether this is the code for a session, in constant time.
    pub(crate) fn is_code(&self, session: SessionId, salt: &[u8; SALT], code: &[u8; CODE]) -> bool {
        self.over(session, salt).is_some_and(|mac| mac.verify_truncated_left(code).is_ok())
    }
}
