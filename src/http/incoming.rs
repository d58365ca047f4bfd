//! What a request brings: tokens, and where it says it comes from. Nothing is copied and nothing is allocated.

use super::cookie::Slot;
use super::{CSRF_HEADER, Transport};

/// What could be read of a header field or cookie that should be there at most once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field<'h> {
    Absent,
    One(&'h str),
    /// Twice, or not text. Nobody is asked which of two is meant.
    Unusable,
}

impl<'h> Field<'h> {
    fn add(&mut self, value: &'h [u8]) {
        *self = match (*self, core::str::from_utf8(value)) {
            (Self::Absent, Ok(text)) => Self::One(text),
            _ => Self::Unusable,
        };
    }
}

/// What a request brings, read from its method and headers.
///
/// | bad input | answer |
/// | --- | --- |
/// | a slot's cookie twice | the slot counts as refused (`Malformed`), whatever is in it; the other slot still counts |
/// | a cookie of another name, or in other letters (`__HOST-sid-a`) | not looked at |
/// | `Authorization` twice | refused, if one of them is a bearer token |
/// | both a bearer token and a cookie | the bearer token alone, even if it is refused |
/// | bytes that are not text | refused |
/// | a very long header | read once from end to end; a token of more than 4,096 characters is refused by its length |
/// | a token in the query, the path or the body | never looked at |
///
/// Feed it every header line; it takes what it needs. Header names are compared without regard to case.
///
/// ```
/// use safeconduct::http::{Incoming, Transport};
/// let headers = [("host", "shop.example"), ("cookie", "theme=dark; __Host-sid-a=sc1e...")];
/// let incoming = Incoming::new(Transport::new(), "GET", headers);
/// assert!(incoming.brings_token());
/// ```
#[derive(Clone, Copy)]
pub struct Incoming<'h> {
    pub(super) transport: Transport,
    pub(super) slots: [Field<'h>; 2],
    pub(super) bearer: Field<'h>,
    pub(super) csrf: Field<'h>,
    pub(super) safe_method: bool,
    pub(super) fetch_site: Field<'h>,
    pub(super) origin: Field<'h>,
    pub(super) host: Field<'h>,
}

impl<'h> Incoming<'h> {
    /// Reads a request's headers: pairs of name and value, the value as text or as bytes.
    #[must_use]
    pub fn new<N: AsRef<str>, V: AsRef<[u8]> + ?Sized + 'h>(
        transport: Transport,
        method: &str,
        headers: impl IntoIterator<Item = (N, &'h V)>,
    ) -> Self {
        let mut incoming = Self {
            transport,
            slots: [Field::Absent; 2],
            bearer: Field::Absent,
            csrf: Field::Absent,
            safe_method: matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE"),
            fetch_site: Field::Absent,
            origin: Field::Absent,
            host: Field::Absent,
        };
        let mut authorizations = Field::Absent;
        for (name, value) in headers {
            let (name, value) = (name.as_ref(), value.as_ref());
            match name {
                _ if name.eq_ignore_ascii_case("cookie") => incoming.cookies(value),
                _ if name.eq_ignore_ascii_case("authorization") => {
                    incoming.authorization(&mut authorizations, value)
                }
                _ if name.eq_ignore_ascii_case("sec-fetch-site") => incoming.fetch_site.add(value),
                _ if name.eq_ignore_ascii_case("origin") => incoming.origin.add(value),
                _ if name.eq_ignore_ascii_case("host") => incoming.host.add(value),
                _ if name.eq_ignore_ascii_case(CSRF_HEADER) => incoming.csrf.add(value),
                _ => {}
            }
        }
        incoming
    }

    /// The authority of the request, where HTTP/2 has it in the place of a `Host` header. A `Host` header, if there is one, goes before it.
    #[must_use]
    pub fn authority(mut self, authority: Option<&'h str>) -> Self {
        if let (Field::Absent, Some(authority)) = (self.host, authority) {
            self.host = Field::One(authority);
        }
        self
    }

    /// Whether there is anything that has to be verified.
    #[must_use]
    pub fn brings_token(&self) -> bool {
        self.bearer != Field::Absent || self.slots.iter().any(|slot| *slot != Field::Absent)
    }

    pub(super) const fn slot(&self, slot: Slot) -> Field<'h> {
        let [a, b] = self.slots;
        match slot {
            Slot::A => a,
            Slot::B => b,
        }
    }

    /// RFC 6265, section 4.2.1; browsers may send several such headers over HTTP/2 (RFC 9113, section 8.2.3).
    fn cookies(&mut self, header: &'h [u8]) {
        let Some(cookie) = self.transport.cookie else { return };
        for pair in header.split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
            let Some((name, value)) = pair.split_at_checked(equals) else { continue };
            let [a, b] = &mut self.slots;
            match cookie.slot(name.trim_ascii_end()) {
                Some(Slot::A) => a.add(value.get(1..).unwrap_or_default().trim_ascii_start()),
                Some(Slot::B) => b.add(value.get(1..).unwrap_or_default().trim_ascii_start()),
                None => {}
            }
        }
    }

    /// RFC 6750, section 2.1. Other schemes are somebody else's, unless they come beside a bearer token.
    fn authorization(&mut self, all: &mut Field<'h>, header: &'h [u8]) {
        if !self.transport.bearer {
            return;
        }
        all.add(header);
        let scheme = header.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case(b"bearer "));
        if scheme.is_some() {
            self.bearer.add(header.get(7..).unwrap_or_default().trim_ascii());
        }
        if *all == Field::Unusable && self.bearer != Field::Absent {
            self.bearer = Field::Unusable;
        }
    }
}
