//! Names of sessions, tokens and keys. None of them is a secret.

use core::fmt;
use core::str::FromStr;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        impl $name {
            #[doc = concat!("Size in bytes: ", stringify!($size), ".")]
            pub const SIZE: usize = $size;

            /// The id with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// The bytes as they stand in a token.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; $size] {
                self.0
            }
        }

        impl fmt::Display for $name {
            /// Lower-case hexadecimal, two digits a byte.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                super::ids::write_hex(f, &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Reads the hexadecimal form, upper or lower case, of exactly the right length.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let mut bytes = [0; $size];
                super::ids::read_hex(text, &mut bytes).map(|()| Self(bytes))
            }
        }
    };
}

id! {
    /// Names a session: 12 random bytes, kept by every rotation (SPEC section 2).
    ///
    /// It is an identifier and not a secret; it stands unencrypted in every token and may be logged. It is what revocation of a session names.
    SessionId, 12
}

id! {
    /// Names one token of a session: 12 bytes, fresh for every token (SPEC section 2).
    TokenId, 12
}

id! {
    /// Selects a key of the ring: the first 4 bytes of the key's identity (SPEC section 3.2).
    KeyId, 4
}

id! {
    /// Names a revocation realm: 4 bytes derived from its filter key (SPEC section 8.1).
    RealmId, 4
}

/// The text is not a hexadecimal id of the right length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: it must be hexadecimal digits of exactly the right number")
    }
}

impl core::error::Error for NotAnId {}

/// Writes bytes as lower-case hexadecimal.
pub(crate) fn write_hex(f: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads exactly `bytes.len()` bytes of hexadecimal.
pub(crate) fn read_hex(text: &str, bytes: &mut [u8]) -> Result<(), NotAnId> {
    let (digits, rest) = text.as_bytes().as_chunks::<2>();
    if digits.len() != bytes.len() || !rest.is_empty() {
        return Err(NotAnId);
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(digits) {
        *byte = (nibble(*high)? << 4) | nibble(*low)?;
    }
    Ok(())
}

fn nibble(digit: u8) -> Result<u8, NotAnId> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).ok_or(NotAnId)
}
