//! One rejection, with bodies that tell a client nothing he could use.

use core::fmt;

use ::http::StatusCode;
use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use alloc::string::ToString as _;
use axum_core::response::{IntoResponse, Response};

use crate::http::{ChangeError, CsrfError, CsrfRejected, Refusal};
use crate::session::StepUp;

/// Why a request was answered before its handler, or by a `?` in it.
///
/// Every 401 has the same body, whatever was wrong; so has every 403. What happened is in the events (feature `tracing`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// No session: 401.
    Unauthenticated,
    /// The session's level is too low or its authentication too old: 401, and a challenge that says what is needed.
    StepUp(StepUp),
    /// Another site made the browser send this, or the anti-forgery token is missing or wrong: 403.
    Foreign,
    /// The revocation data is stale, or the log is out of reach: 503.
    Unavailable,
    /// The program is set up wrong, or a session could not be changed: 500.
    Change(ChangeError),
    /// No anti-forgery token could be made: 500.
    Csrf(CsrfError),
    /// There is no `SessionLayer` around this route for claims of the type with this name: 500, and the body says so.
    MissingLayer {
        /// The type of the application's claims that the handler asked for.
        claims: &'static str,
    },
}

impl Rejection {
    pub(super) fn missing_layer<C>() -> Self {
        Self::MissingLayer { claims: core::any::type_name::<C>() }
    }

    /// The status it is answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated | Self::StepUp(_) => StatusCode::UNAUTHORIZED,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Change(_) | Self::Csrf(_) | Self::MissingLayer { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for Rejection {
    /// What stands in the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthenticated | Self::StepUp(_) => f.write_str("authentication required"),
            Self::Foreign => f.write_str("request rejected"),
            Self::Unavailable => f.write_str("temporarily unavailable"),
            Self::Change(_) | Self::Csrf(_) => f.write_str("internal error"),
            Self::MissingLayer { claims } => {
                write!(f, "safeconduct::tower::SessionLayer<{claims}> is missing around this route")
            }
        }
    }
}

impl core::error::Error for Rejection {}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            // RFC 9110, section 15.5.2: every 401 has a challenge.
            Self::Unauthenticated => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::StepUp(step_up) => {
                if let Ok(challenge) = HeaderValue::from_str(&step_up.to_string()) {
                    headers.insert(WWW_AUTHENTICATE, challenge);
                }
            }
            _ => {}
        }
        response
    }
}

impl From<Refusal> for Rejection {
    fn from(why: Refusal) -> Self {
        match why {
            Refusal::Foreign => Self::Foreign,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

impl From<StepUp> for Rejection {
    fn from(step_up: StepUp) -> Self {
        Self::StepUp(step_up)
    }
}

impl From<ChangeError> for Rejection {
    fn from(why: ChangeError) -> Self {
        match why.status() {
            401 => Self::Unauthenticated,
            403 => Self::Foreign,
            503 => Self::Unavailable,
            _ => Self::Change(why),
        }
    }
}

impl From<CsrfRejected> for Rejection {
    fn from(CsrfRejected: CsrfRejected) -> Self {
        Self::Foreign
    }
}

impl From<CsrfError> for Rejection {
    fn from(why: CsrfError) -> Self {
        match why {
            CsrfError::NoSession => Self::Unauthenticated,
            why => Self::Csrf(why),
        }
    }
}
