//! How tokens travel between a browser and this service.

use super::SessionCookie;

/// How tokens travel: in which cookie, as bearer tokens or not, and whose pages may send requests.
///
/// ```
/// use safeconduct::http::{SessionCookie, Transport};
/// const TRANSPORT: Transport =
///     Transport::new().cookie(SessionCookie::new().strict()).trusted_origins(&["https://checkout.example"]);
/// # let _ = TRANSPORT;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Transport {
    pub(super) cookie: Option<SessionCookie>,
    pub(super) bearer: bool,
    pub(super) renewed_bearer: Option<&'static str>,
    pub(super) trusted_origins: &'static [&'static str],
}

impl Transport {
    /// The cookie `__Host-sid`, and bearer tokens. Renewed bearer tokens are not sent, and nobody else's pages are trusted.
    #[must_use]
    pub const fn new() -> Self {
        Self { cookie: Some(SessionCookie::new()), bearer: true, renewed_bearer: None, trusted_origins: &[] }
    }

    /// Another cookie.
    #[must_use]
    pub const fn cookie(mut self, cookie: SessionCookie) -> Self {
        self.cookie = Some(cookie);
        self
    }

    /// No cookie is read or written: an interface for programs only.
    #[must_use]
    pub const fn without_cookie(mut self) -> Self {
        self.cookie = None;
        self
    }

    /// `Authorization` is not looked at: it belongs to something else here.
    #[must_use]
    pub const fn without_bearer(mut self) -> Self {
        self.bearer = false;
        self
    }

    /// A bearer token that was renewed is sent in a response header of this name (lower case, for example `session-token`). Off unless asked for: the client has to look for
    /// it, and whatever logs response headers has whole sessions in its log.
    #[must_use]
    pub const fn renewed_bearer(mut self, header: &'static str) -> Self {
        self.renewed_bearer = Some(header);
        self
    }

    /// Pages of these origins may send requests that change something, too: `https://` and the host, with the port if it is not the usual one, in lower case and without a
    /// slash at the end.
    #[must_use]
    pub const fn trusted_origins(mut self, origins: &'static [&'static str]) -> Self {
        self.trusted_origins = origins;
        self
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new()
    }
}
