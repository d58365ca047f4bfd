//! What has to be added to a response: always all of it.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

/// Headers that belong together: cookies, a renewed bearer token, and what keeps caches away from them (WEB-02).
///
/// There is no way to get a `Set-Cookie` out of it without the `Cache-Control: no-store` that goes with it: a shared cache that keeps such a response gives one
/// visitor's session to the next.
///
/// ```
/// # fn send(headers: &safeconduct::http::ResponseHeaders, response: &mut Vec<(String, String)>) {
/// for header in headers.iter() {
///     if header.replaces {
///         response.retain(|(name, _)| !name.eq_ignore_ascii_case(header.name));
///     }
///     response.push((header.name.to_owned(), header.value.to_owned())); // `Set-Cookie` is appended
/// }
/// # }
/// ```
///
/// Caches that listen to a header of their own (`CDN-Cache-Control` of RFC 9213, `Surrogate-Control`) do not look at `Cache-Control` then. Do not send such a header with
/// these, or with `no-store` only; the tower layer takes them out.
#[derive(Default)]
#[must_use = "the client gets nothing unless these headers are sent"]
pub struct ResponseHeaders {
    set_cookies: [Option<Zeroizing<String>>; 2],
    bearer: Option<(&'static str, Zeroizing<String>)>,
    clear_site_data: Option<ClearSiteData>,
}

/// One header of [`ResponseHeaders`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseHeader<'a> {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Its value: visible ASCII and spaces. May hold a token.
    pub value: &'a str,
    /// Whether it takes the place of others of its name. `Set-Cookie` never does: it is appended.
    pub replaces: bool,
}

/// What a browser is asked to forget when somebody logs out, beyond the cookie itself (W3C Clear Site Data).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ClearSiteData {
    /// What it has cached and what scripts have stored: `"cache", "storage"`.
    CacheAndStorage,
    /// Cookies as well: `"cache", "cookies", "storage"`. That means **every cookie of the registrable domain**, sibling hosts included, and the mark that makes the
    /// next login take the other slot.
    CacheCookiesAndStorage,
}

impl ClearSiteData {
    /// The header's value.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::CacheAndStorage => "\"cache\", \"storage\"",
            Self::CacheCookiesAndStorage => "\"cache\", \"cookies\", \"storage\"",
        }
    }
}

impl ResponseHeaders {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn set_cookie(mut self, line: Zeroizing<String>) -> Self {
        if let Some(free) = self.set_cookies.iter_mut().find(|line| line.is_none()) {
            *free = Some(line);
        }
        self
    }

    pub(super) fn bearer(mut self, name: &'static str, token: Zeroizing<String>) -> Self {
        self.bearer = Some((name, token));
        self
    }

    /// Asks the browser to forget more.
    pub fn clear_site_data(mut self, what: ClearSiteData) -> Self {
        self.clear_site_data = Some(what);
        self
    }

    /// Whether there is nothing to add.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Every header, `cache-control: no-store` among them if there is any.
    pub fn iter(&self) -> impl Iterator<Item = ResponseHeader<'_>> {
        let Self { set_cookies, bearer, clear_site_data } = self;
        let cookies = set_cookies.iter().flatten().map(|line| ("set-cookie", line.as_str(), false));
        let bearer = bearer.as_ref().map(|(name, token)| (*name, token.as_str(), true));
        let clear = clear_site_data.map(|what| ("clear-site-data", what.value(), true));
        let any = set_cookies.iter().any(Option::is_some) || bearer.is_some() || clear.is_some();
        let cache = any.then_some(("cache-control", "no-store", true));
        let all = cookies.chain(bearer).chain(clear).chain(cache);
        all.map(|(name, value, replaces)| ResponseHeader { name, value, replaces })
    }
}

impl fmt::Debug for ResponseHeaders {
    /// Names only: the values are whole sessions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|header| header.name)).finish()
    }
}

impl fmt::Debug for ResponseHeader<'_> {
    /// The name only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponseHeader({})", self.name)
    }
}
