//! What handlers ask for in their arguments.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

use ::http::request::Parts;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};

use super::Rejection;
use crate::http::{Refusal, SessionHandle};
use crate::session;
use crate::values::{AuthLevel, Seconds};

/// The session of a request: [`safeconduct::Session`](crate::Session) by `Deref`, renewed if that was due. `C` is the application's claims.
///
/// Without a session the request is answered with 401 before the handler runs; take `Option<Session<C>>` where visitors are welcome, too.
pub struct Session<C = ()>(Arc<session::Session<C>>);

impl<C> Deref for Session<C> {
    type Target = session::Session<C>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<C> Clone for Session<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C> fmt::Debug for Session<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The handle that logs in, steps up and logs out: [`SessionHandle`] by `Deref`.
pub struct Sessions<C = ()>(SessionHandle<C>);

impl<C> Deref for Sessions<C> {
    type Target = SessionHandle<C>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<C> Clone for Sessions<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C> fmt::Debug for Sessions<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// What a route demands of a session.
///
/// ```
/// use safeconduct::axum::{Required, Requirement};
/// use safeconduct::{AuthLevel, Seconds};
/// struct Payments;
/// impl Requirement for Payments {
///     const LEVEL: AuthLevel = AuthLevel::Aal2;
///     const MAX_AGE: Option<Seconds> = Some(Seconds::minutes(5));
/// }
/// async fn pay(session: Required<Payments>) -> String { format!("paid by {}", session.subject()) }
/// # let _ = pay;
/// ```
pub trait Requirement {
    /// The least level.
    const LEVEL: AuthLevel;
    /// How old the authentication may be; `None` for any age.
    const MAX_AGE: Option<Seconds> = None;
}

/// A session that meets a [`Requirement`]. One that does not is answered with 401 and the challenge of RFC 9470.
pub struct Required<R, C = ()>(Session<C>, PhantomData<fn() -> R>);

impl<R, C> Deref for Required<R, C> {
    type Target = session::Session<C>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<R, C> fmt::Debug for Required<R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn handle<C: Send + Sync + 'static>(parts: &Parts) -> Result<&SessionHandle<C>, Rejection> {
    parts.extensions.get().ok_or_else(Rejection::missing_layer::<C>)
}

fn find<C: Send + Sync + 'static>(parts: &Parts) -> Result<Option<Session<C>>, Rejection> {
    Ok(handle(parts)?.session()?.map(Session))
}

impl<C: Send + Sync + 'static, S: Sync> FromRequestParts<S> for Session<C> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        find(parts)?.ok_or(Rejection::Unauthenticated)
    }
}

impl<C: Send + Sync + 'static, S: Sync> OptionalFromRequestParts<S> for Session<C> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Rejection> {
        find(parts)
    }
}

impl<C: Send + Sync + 'static, S: Sync> FromRequestParts<S> for Sessions<C> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let handle = handle(parts)?;
        // Logging in or out must work while nobody can say who is there.
        match handle.session() {
            Err(Refusal::Foreign) => Err(Rejection::Foreign),
            Ok(_) | Err(Refusal::Unavailable) => Ok(Self(handle.clone())),
        }
    }
}

impl<R: Requirement, C: Send + Sync + 'static, S: Sync> FromRequestParts<S> for Required<R, C> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let session = find(parts)?.ok_or(Rejection::Unauthenticated)?;
        match R::MAX_AGE {
            Some(max_age) => session.require(R::LEVEL, max_age)?,
            None => session.require_level(R::LEVEL)?,
        }
        Ok(Self(session, PhantomData))
    }
}
