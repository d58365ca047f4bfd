//! What a key may do at a moment.

use core::fmt;

/// What a key may do at a moment; it follows from the ring and the moment alone (SPEC section 8.2). The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyState {
    /// It will mint later. Tokens under it are accepted from the skew before then on.
    Staged,
    /// It mints. Exactly one key of a kind does.
    Active,
    /// It mints no more, or another one does; tokens under it are accepted.
    AcceptOnly,
    /// Nothing under it is accepted any more.
    Expired,
    /// Refused at once, until it would have expired anyway. Its secrets are gone.
    Revoked,
}

impl KeyState {
    /// The name in reports: `staged`, `active`, `accept-only`, `expired` or `revoked`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Active => "active",
            Self::AcceptOnly => "accept-only",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
