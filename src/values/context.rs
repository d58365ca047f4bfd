//! Whom tokens are for.

use core::fmt;

/// Whom tokens are for: application, environment, audience, tenant. Never sent, bound into every token (SPEC section 3.3).
///
/// It is built from parts, each with its length, so that `["a/b", "c"]` and `["a", "b/c"]` are different contexts. Write a constant one with
/// [`context!`](crate::context!), which checks it at compile time, and one known only at run time with [`Context::new`].
///
/// ```
/// use safeconduct::{Context, context};
/// const SESSION: Context = context!("shop.example", "session");
/// let tenant = "acme";
/// let per_tenant = Context::new(&["shop.example", tenant])?;
/// assert_ne!(SESSION, per_tenant);
/// # Ok::<(), safeconduct::ContextError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Context {
    length: u8,
    bytes: [u8; Context::MAX],
}

impl Context {
    /// The longest encoding of a context in bytes: its parts, and one byte more for each.
    pub const MAX: usize = 128;

    /// A context of these parts.
    ///
    /// # Errors
    ///
    /// [`ContextError`] if there is no part, a part is empty or longer than 127 bytes, or all parts together with one byte for each are
    /// longer than 128 bytes.
    // By patterns, because iterators are not usable in a `const fn`.
    pub const fn new(parts: &[&str]) -> Result<Self, ContextError> {
        let mut bytes = [0; Self::MAX];
        let (mut room, mut parts) = (bytes.as_mut_slice(), parts);
        while let [part, others @ ..] = parts {
            let mut part = part.as_bytes();
            if part.is_empty() {
                return Err(ContextError::EmptyPart);
            }
            // The length, then the part itself. What does not fit is too long, so the length fits into its byte.
            let [length, rest @ ..] = room else { return Err(ContextError::TooLong) };
            *length = part.len() as u8;
            room = rest;
            while let [source, sources @ ..] = part {
                let [target, rest @ ..] = room else { return Err(ContextError::TooLong) };
                *target = *source;
                (part, room) = (sources, rest);
            }
            parts = others;
        }
        let length = Self::MAX.saturating_sub(room.len()) as u8;
        if length == 0 { Err(ContextError::NoParts) } else { Ok(Self { length, bytes }) }
    }

    /// The encoding that SPEC section 3.3 binds into keys and signatures.
    pub(crate) fn encoding(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// The length of the encoding: 2 to 128.
    pub(crate) const fn length(&self) -> u8 {
        self.length
    }
}

impl fmt::Display for Context {
    /// The parts, separated by ` / `.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.encoding();
        while let Some((length, tail)) = rest.split_first() {
            let (part, next) = tail.split_at_checked(usize::from(*length)).unwrap_or_default();
            f.write_str(core::str::from_utf8(part).unwrap_or_default())?;
            if !next.is_empty() {
                f.write_str(" / ")?;
            }
            rest = next;
        }
        Ok(())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context({self})")
    }
}

/// A [`Context`] from constant parts, checked when the program is compiled.
///
/// ```
/// use safeconduct::{Context, context};
/// const SESSION: Context = context!("shop.example", "session");
/// ```
///
/// An empty context or an empty part does not compile.
#[macro_export]
macro_rules! context {
    ($($part:expr),* $(,)?) => {
        const {
            match $crate::Context::new(&[$($part),*]) {
                ::core::result::Result::Ok(context) => context,
                ::core::result::Result::Err($crate::ContextError::NoParts) => {
                    ::core::panic!("a context needs at least one part")
                }
                ::core::result::Result::Err($crate::ContextError::EmptyPart) => {
                    ::core::panic!("a part of a context must not be empty")
                }
                ::core::result::Result::Err($crate::ContextError::TooLong) => {
                    ::core::panic!("a context is at most 128 bytes, counting one more for each part")
                }
            }
        }
    };
}

/// Why parts do not make a [`Context`]. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContextError {
    /// There is no part at all.
    NoParts,
    /// A part is the empty string.
    EmptyPart,
    /// A part is longer than 127 bytes, or all parts and one byte for each are longer than 128.
    TooLong,
}

impl fmt::Display for ContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoParts => "a context needs at least one part",
            Self::EmptyPart => "a part of a context must not be empty",
            Self::TooLong => "a context is at most 128 bytes, counting one more for each part",
        })
    }
}

impl core::error::Error for ContextError {}
