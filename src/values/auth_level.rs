//! How strongly somebody has authenticated.

use core::fmt;

/// How strongly somebody has authenticated, with the names of NIST SP 800-63B-4 (section 2).
///
/// Levels are ordered: `AuthLevel::Aal1 < AuthLevel::Aal2`. What earns a level is the application's decision; the library
/// only carries it, and never raises it by itself. This enum is complete: the format has no other levels (SPEC section 4.2).
///
/// ```
/// use safeconduct::AuthLevel;
/// assert!(AuthLevel::Aal2 > AuthLevel::Aal1);
/// assert_eq!(AuthLevel::Aal3.to_string(), "aal3");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum AuthLevel {
    /// Nobody has authenticated: a session before login.
    None = 0,
    /// One factor.
    Aal1 = 1,
    /// Two factors.
    Aal2 = 2,
    /// Two factors, one of them a phishing-resistant hardware authenticator.
    Aal3 = 3,
}

impl AuthLevel {
    /// The level with this number, if there is one: 0 to 3.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Aal1),
            2 => Some(Self::Aal2),
            3 => Some(Self::Aal3),
            _ => None,
        }
    }

    /// The number of the level as tokens carry it: 0 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name used in challenges and reports: `none`, `aal1`, `aal2` or `aal3`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::Aal3 => "aal3",
        }
    }
}

impl fmt::Display for AuthLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
