//! The cookie that carries a token: its names, its attributes, its size.

use core::fmt;

#[cfg(feature = "alloc")]
use alloc::{format, string::String};

#[cfg(feature = "alloc")]
use zeroize::Zeroizing;

#[cfg(feature = "alloc")]
use super::ResponseHeaders;
#[cfg(feature = "alloc")]
use crate::issuer::Token;
#[cfg(feature = "alloc")]
use crate::values::Timestamp;

/// One of the two cookies that a session can be in.
///
/// A session keeps its slot for life; a new session takes the other one. So the late `Set-Cookie` of an old session never falls on a new one (WEB-08).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// The cookie whose name ends in `-a`.
    A,
    /// The cookie whose name ends in `-b`.
    B,
}

impl Slot {
    /// Both of them.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::A => "-a",
            Self::B => "-b",
        }
    }
}

/// The session cookie: `__Host-sid-a` and `__Host-sid-b`, `Secure; HttpOnly; SameSite=Lax; Path=/`, gone when the browser closes (WEB-01).
///
/// There is no switch that leaves out `Secure` or `HttpOnly`, adds a `Domain`, or takes a name without `__Host-`: the prefix is what keeps sibling domains from
/// planting a cookie of that name. Browsers treat `http://127.0.0.1` and `http://localhost` as secure, so development needs no exception. (Safari does not.)
///
/// ```
/// use safeconduct::http::SessionCookie;
/// const COOKIE: SessionCookie = match SessionCookie::named("__Host-shop") {
///     Ok(cookie) => cookie.persistent(),
///     Err(_) => panic!("not a name for a cookie"),
/// };
/// assert!(COOKIE.longest_token() > 3_900);
/// assert!(SessionCookie::named("sid").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionCookie {
    name: &'static str,
    strict: bool,
    persistent: bool,
}

impl SessionCookie {
    /// The longest `Set-Cookie` value that is written, in bytes: name, value and attributes with everything between them (WEB-03).
    ///
    /// Browsers that follow RFC 6265bis ignore a cookie whose name and value have more than 4,096 bytes together; older ones and some proxies count
    /// the attributes, too, so this counts everything.
    pub const LONGEST: usize = 4_096;
    /// The longest life that browsers give a cookie: 400 days (RFC 6265bis, section 5.5).
    pub const LONGEST_LIFE: u64 = 400 * 86_400;
    /// How long the mark of a session that left stays in its slot, in seconds: longer than any response is on its way.
    pub const MARK_LIFE: u64 = 600;

    /// `__Host-sid`, with `-a` or `-b` at the end.
    #[must_use]
    pub const fn new() -> Self {
        Self { name: "__Host-sid", strict: false, persistent: false }
    }

    /// Another name, without the ending.
    ///
    /// # Errors
    ///
    /// [`CookieNameError`] unless it is `__Host-` and 1 to 57 characters of `A–Z a–z 0–9 - _ .` more.
    // Indices, because iterators are not usable in a `const fn`; the loop's condition checks each.
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
    pub const fn named(name: &'static str) -> Result<Self, CookieNameError> {
        let (bytes, prefix) = (name.as_bytes(), b"__Host-");
        if bytes.len() <= prefix.len() || bytes.len() > 64 {
            return Err(CookieNameError);
        }
        let mut index = 0;
        while index < bytes.len() {
            let byte = bytes[index];
            let fits = if index < prefix.len() {
                byte == prefix[index]
            } else {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
            };
            if !fits {
                return Err(CookieNameError);
            }
            index += 1;
        }
        Ok(Self { name, ..Self::new() })
    }

    /// `SameSite=Strict`: the cookie is not even sent when somebody follows a link from another site, so visitors who come by a link look logged out.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// `Max-Age` is what remains of the session, so that it outlives the browser.
    ///
    /// NIST SP 800-63B-4 (section 5.1) advises against it for tokens that are not bound to a key of the client. The deadlines in the token hold whatever the browser does.
    #[must_use]
    pub const fn persistent(mut self) -> Self {
        self.persistent = true;
        self
    }

    /// The name without the ending.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Which slot a cookie of this name is. Names are compared exactly, upper and lower case, and nothing else that begins alike is taken.
    pub(super) fn slot(&self, name: &[u8]) -> Option<Slot> {
        let ending = name.strip_prefix(self.name.as_bytes())?;
        Slot::BOTH.into_iter().find(|slot| slot.ending().as_bytes() == ending)
    }

    const fn attributes(&self) -> &'static str {
        if self.strict {
            "; Secure; HttpOnly; SameSite=Strict; Path=/"
        } else {
            "; Secure; HttpOnly; SameSite=Lax; Path=/"
        }
    }

    /// How many characters of a token fit into this cookie, whatever its life. The rest of the 4,096 bytes are name and attributes.
    #[must_use]
    pub const fn longest_token(&self) -> usize {
        let ending = 2;
        let equals = 1;
        let generation = 5;
        let life = if self.persistent { "; Max-Age=34560000".len() } else { 0 };
        let around = self.name.len().saturating_add(self.attributes().len()).saturating_add(life);
        Self::LONGEST
            .saturating_sub(around)
            .saturating_sub(ending)
            .saturating_sub(equals)
            .saturating_sub(generation)
    }
}

impl Default for SessionCookie {
    fn default() -> Self {
        Self::new()
    }
}

/// Writing.
#[cfg(feature = "alloc")]
impl SessionCookie {
    /// The headers that put a token into a slot. Which one and with what generation is for [`Exchange`](super::Exchange) to say; who does without one has to keep to WEB-08.
    ///
    /// # Errors
    ///
    /// [`CookieTooLarge`]: the browser would silently drop it. Shorten the application's claims.
    pub fn set(
        &self,
        slot: Slot,
        generation: Generation,
        token: &Token,
        now: Timestamp,
    ) -> Result<ResponseHeaders, CookieTooLarge> {
        self.set_cookie(slot, generation, token, now).map(|text| ResponseHeaders::new().set_cookie(text))
    }

    /// The headers that take the token out of a slot and leave a mark for [`MARK_LIFE`](Self::MARK_LIFE) seconds, so that the next login takes the other
    /// slot (WEB-09): what logging out sends. The mark is not a token and logs nobody in.
    pub fn vacate(&self, slot: Slot, generation: Generation) -> ResponseHeaders {
        ResponseHeaders::new().set_cookie(self.mark(slot, generation))
    }

    /// The headers that delete the cookie of a slot, with the attributes that it was set with.
    ///
    /// Not for refused tokens (WEB-07): the refusal may be a late request of an old session while the browser holds a new one. Prefer
    /// [`vacate`](Self::vacate) for logging out.
    pub fn delete(&self, slot: Slot) -> ResponseHeaders {
        ResponseHeaders::new().set_cookie(self.line(slot, "", Some(0)))
    }

    pub(super) fn set_cookie(
        &self,
        slot: Slot,
        generation: Generation,
        token: &Token,
        now: Timestamp,
    ) -> Result<Zeroizing<String>, CookieTooLarge> {
        let life = token.ends_at().seconds_since(now).min(Self::LONGEST_LIFE);
        let value = Zeroizing::new(format!("{}.{generation}", token.as_str()));
        let line = self.line(slot, &value, self.persistent.then_some(life));
        if line.len() > Self::LONGEST { Err(CookieTooLarge { bytes: line.len() }) } else { Ok(line) }
    }

    pub(super) fn mark(&self, slot: Slot, generation: Generation) -> Zeroizing<String> {
        self.line(slot, &format!("{MARK}.{generation}"), Some(Self::MARK_LIFE))
    }

    fn line(&self, slot: Slot, value: &str, max_age: Option<u64>) -> Zeroizing<String> {
        let (name, ending, attributes) = (self.name, slot.ending(), self.attributes());
        let mut line = format!("{name}{ending}={value}{attributes}");
        if let Some(seconds) = max_age {
            line.push_str(&format!("; Max-Age={seconds}"));
        }
        Zeroizing::new(line)
    }
}

/// What stands in a slot that a session has left, before the generation.
pub(super) const MARK: &str = "left";

/// Which session of a browser it is: each new one counts up (WEB-08). Anybody can write one, and it says nothing about who is logged in: it decides which slot of this browser comes next, and
/// which of two live sessions in it is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Generation(u16);

impl Generation {
    /// No session yet.
    pub const NONE: Self = Self(0);

    const LAST: u16 = 9_999;

    /// The next one. The last one stays.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.0 >= Self::LAST { Self(Self::LAST) } else { Self(self.0.saturating_add(1)) }
    }

    /// Takes a cookie's value apart: a token or mark, and its generation. What has none of four digits is no value of ours, and is left whole.
    pub(super) fn split(value: &str) -> (&str, Self) {
        let digits = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let parts = value.rsplit_once('.').filter(|(_, generation)| digits(generation));
        let number = parts.and_then(|(text, generation)| Some((text, generation.parse().ok()?)));
        number.map_or((value, Self::NONE), |(text, number)| (text, Self(number)))
    }
}

impl fmt::Display for Generation {
    /// Four digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// Not a name for a session cookie: `__Host-` and 1 to 57 characters of `A–Z a–z 0–9 - _ .`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CookieNameError;

impl fmt::Display for CookieNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session cookie is called `__Host-` and 1 to 57 letters, digits, `-`, `_` or `.` more")
    }
}

impl core::error::Error for CookieNameError {}

/// The `Set-Cookie` value would have more than 4,096 bytes (WEB-03).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CookieTooLarge {
    bytes: usize,
}

impl CookieTooLarge {
    /// How many bytes it would have.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl fmt::Display for CookieTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the cookie would have {} bytes, and browsers drop what is above 4,096", self.bytes)
    }
}

impl core::error::Error for CookieTooLarge {}
