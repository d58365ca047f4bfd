//! The three kinds of token.

use core::fmt;

/// What protects a token: the three kinds of SPEC section 2.
///
/// | kind | text begins | who can mint | claims readable by the client |
/// | --- | --- | --- | --- |
/// | [`Encrypted`](Kind::Encrypted) | `sc1e` | every holder of the key | no |
/// | [`Signed`](Kind::Signed) | `sc1s` | the issuer only | **yes** |
/// | [`Nested`](Kind::Nested) | `sc1n` | the issuer only | no |
///
/// The enum is complete for version 1 of the format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// XChaCha20-Poly1305. Smallest and fastest, for one trust domain: whoever can verify can also mint.
    Encrypted,
    /// Ed25519. **The client can read every claim**: never for personal data in a browser.
    Signed,
    /// Signed, then encrypted: for verifiers that must read the claims but must not be able to mint.
    Nested,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::Encrypted, Self::Nested, Self::Signed];

    /// The letter of the kind in a token's text and in a ring: `e`, `s` or `n`.
    #[must_use]
    pub const fn letter(self) -> char {
        self.byte() as char
    }

    /// The kind with this letter.
    #[must_use]
    pub const fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'e' => Some(Self::Encrypted),
            's' => Some(Self::Signed),
            'n' => Some(Self::Nested),
            _ => None,
        }
    }

    /// Whether this build can verify and make tokens of this kind: without the feature `signatures` kind `e` alone.
    pub(crate) const fn is_built(self) -> bool {
        cfg!(feature = "signatures") || matches!(self, Self::Encrypted)
    }

    /// The ASCII byte of the letter.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Encrypted => b'e',
            Self::Signed => b's',
            Self::Nested => b'n',
        }
    }

    /// Bytes that a token of this kind carries after its body (SPEC section 2): 16, 64 or 80.
    #[must_use]
    pub const fn proof_size(self) -> usize {
        match self {
            Self::Encrypted => 16,
            Self::Signed => 64,
            Self::Nested => 80,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Encrypted => "encrypted",
            Self::Signed => "signed",
            Self::Nested => "nested",
        })
    }
}

/// The kinds that a verifier accepts. It starts with one and there is no way to say "all" (TOK-30).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const fn only(kind: Kind) -> Self {
        Self(Self::bit(kind))
    }

    pub(crate) const fn and(self, kind: Kind) -> Self {
        Self(self.0 | Self::bit(kind))
    }

    pub(crate) const fn contains(self, kind: Kind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    const fn bit(kind: Kind) -> u8 {
        match kind {
            Kind::Encrypted => 1,
            Kind::Signed => 2,
            Kind::Nested => 4,
        }
    }
}
