//! A request as far as the shop looks at it, and what is to be done about it.

use safeconduct::Token;

use crate::carrier;

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The `Cookie` header, if it is text.
    pub cookies: Option<&'a str>,
    /// The header `sec-fetch-site`, by which browsers say whose page sends the request.
    pub site: Option<&'a str>,
    /// The header `safeconduct-operator`.
    pub operator: Option<&'a str>,
    /// The body, if it is text; the shop needs a few bytes of it.
    pub body: &'a str,
}

/// A response. Every one of them says `cache-control: no-store`: what a cache keeps of a session, it shows to others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers; some may come twice.
    pub headers: Vec<(&'static str, String)>,
    /// The body: text, one line for each fact.
    pub body: String,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![
            ("content-type", "text/plain; charset=utf-8".to_owned()),
            ("cache-control", "no-store".to_owned()),
        ];
        Self { status, headers, body: body.into() }
    }

    /// The one refusal: whatever was wrong with the token, the client learns nothing.
    pub(crate) fn refused() -> Self {
        Self::new(401, "log in\n").with("www-authenticate", "Bearer")
    }

    /// The function is not set up: for the client no more than that, the log says which binding.
    #[must_use]
    pub fn not_set_up() -> Self {
        Self::new(500, "this function is not set up\n")
    }

    /// Nothing is known about log-outs any more.
    pub(crate) fn stale() -> Self {
        Self::new(503, "try again in a minute\n").with("retry-after", "60")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn with_token(self, token: &Token) -> Self {
        self.with_token_text(token.as_str())
    }

    pub(crate) fn with_token_text(self, token: &str) -> Self {
        match carrier::set_cookie(token) {
            Some(cookie) => self.with("set-cookie", cookie),
            None => Self::new(500, "the session does not fit into a cookie\n"),
        }
    }

    pub(crate) fn without_token(self) -> Self {
        self.with("set-cookie", carrier::delete_cookie())
    }
}

/// What to do about a request.
#[derive(Debug)]
#[must_use]
pub enum Next {
    /// Send this.
    Send(Answer),
    /// Send that to the desk first, and hand its answer to [`Shop::back_from`](crate::Shop::back_from).
    Ask(Errand),
}

/// A `POST` to the desk.
#[derive(Debug)]
pub struct Errand {
    /// Where to.
    pub path: &'static str,
    /// What it says: a token, and what the client has said besides.
    pub body: String,
}
