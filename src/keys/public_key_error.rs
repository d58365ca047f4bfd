//! Why 32 bytes are not a public key.

use core::fmt;

/// Why 32 bytes are not accepted as an Ed25519 public key (KEY-01). The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicKeyError {
    /// Not a point of the curve.
    NotAPoint,
    /// A point, in an encoding other than its own.
    NotCanonical,
    /// One of the eight points of small order: anybody can sign for it.
    SmallOrder,
    /// Not in the subgroup of prime order.
    MixedOrder,
    /// This build of the library has no Ed25519, so it cannot tell (feature `signatures`).
    SignaturesNotBuilt,
}

impl fmt::Display for PublicKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPoint => "the public key is not a point of the curve",
            Self::NotCanonical => "the public key is not in canonical form",
            Self::SmallOrder => "the public key is of small order",
            Self::MixedOrder => "the public key is not in the subgroup of prime order",
            Self::SignaturesNotBuilt => {
                "it is a key for signatures, and this program was built without the feature `signatures`"
            }
        })
    }
}

impl core::error::Error for PublicKeyError {}
