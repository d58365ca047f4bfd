//! A request as far as the shop looks at it, and what is to be done about it.

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// Every header, as it came.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, if it is text; the shop needs a few bytes of it.
    pub body: &'a str,
}

impl<'a> Asked<'a> {
    /// The first header of this name, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        core::str::from_utf8(value).ok()
    }
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

    /// Nothing is known about log-outs any more, or the desk is not there.
    pub(crate) fn try_again(status: u16) -> Self {
        Self::new(status, "try again in a minute\n").with("retry-after", "60")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn with_cookies(self, lines: Vec<String>) -> Self {
        lines.into_iter().fold(self, |answer, line| answer.with("set-cookie", line))
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

/// A request that the desk has to answer: a `POST`.
#[derive(Debug)]
pub struct Errand {
    /// Where to, from the first slash on.
    pub path: String,
    /// The headers that the desk needs; they hold tokens.
    pub headers: Vec<(&'static str, String)>,
    /// What the client has said.
    pub body: String,
}

impl Errand {
    /// The same request, for the desk.
    pub(crate) fn of(asked: &Asked<'_>, path: String) -> Self {
        let headers = ["cookie", "sec-fetch-site"]
            .into_iter()
            .filter_map(|name| Some((name, asked.header(name)?.to_owned())));
        Self { path, headers: headers.collect(), body: asked.body.to_owned() }
    }
}

/// The desk's answer to an [`Errand`].
#[derive(Debug, Default)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Every `Set-Cookie` of it, one by one.
    pub set_cookies: Vec<String>,
    /// The body.
    pub body: String,
}
