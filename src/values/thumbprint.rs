//! The key a client must prove to hold.

use core::fmt;
use subtle::ConstantTimeEq;

/// The 32-byte thumbprint of a key that a client must prove to hold (a DPoP or device-bound session key).
///
/// The library does not check the proof: the application does (RFC 9449, or Device Bound Session Credentials) and hands the proven
/// thumbprint to [`Verifier::verify_bound`](crate::Verifier::verify_bound). Comparison is in constant time.
#[derive(Clone, Copy, Eq)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The thumbprint with these bytes, usually a SHA-256 of the key's canonical form (RFC 7638).
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the thumbprint.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl PartialEq for Thumbprint {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for Thumbprint {
    /// Lower-case hexadecimal, 64 digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::ids::write_hex(f, &self.0)
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}
