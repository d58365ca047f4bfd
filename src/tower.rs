//! A [`tower`](https://docs.rs/tower) layer: sessions for anything made of `http::Request` and `http::Response`.
//!
//! The layer verifies what a request brings, renews it if that is due, and puts a [`SessionHandle`] into the request's extensions; when the response comes back it adds the
//! headers that follow. It refuses nobody: a request without a session goes on, and the handler decides. All its work is synchronous. Its future is the inner
//! service's and a handle, without a box, and asks for no `Send`: it runs where futures stay on one thread.
//!
//! ```
//! use std::convert::Infallible;
//! use std::sync::Arc;
//!
//! use http::{Request, Response, StatusCode};
//! use safeconduct::http::{SessionHandle, SessionSource};
//! use safeconduct::tower::SessionLayer;
//! use tower::{ServiceBuilder, service_fn};
//!
//! async fn hello(request: Request<String>) -> Result<Response<String>, Infallible> {
//!     let handle = request.extensions().get::<SessionHandle<()>>();
//!     let (status, body) = match handle.map(SessionHandle::session) {
//!         Some(Ok(Some(session))) => (200, format!("hello, {}", session.subject())),
//!         Some(Ok(None)) => (401, "log in first".to_owned()),
//!         Some(Err(refusal)) => (refusal.status(), refusal.to_string()),
//!         None => (500, "the session layer is missing".to_owned()),
//!     };
//!     Ok(Response::builder().status(status).body(body).unwrap())
//! }
//!
//! fn service(sessions: Arc<dyn SessionSource<()>>) {
//!     let service = ServiceBuilder::new().layer(SessionLayer::new(sessions)).service(service_fn(hello));
//!     # let _ = service;
//! }
//! ```

use alloc::sync::Arc;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use ::http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::http::{Exchange, Incoming, ResponseHeaders, SessionHandle, SessionSource, Transport};

/// Makes [`SessionService`]s. `C` is the application's claims, `()` if there are none.
///
/// Put it inside whatever compresses or caches, so that its headers are there when they look, and outside the routes that need sessions.
pub struct SessionLayer<C = ()> {
    source: Arc<dyn SessionSource<C>>,
    transport: Transport,
}

impl<C> SessionLayer<C> {
    /// Sessions from this source, with the default [`Transport`].
    #[must_use]
    pub fn new(source: Arc<dyn SessionSource<C>>) -> Self {
        Self { source, transport: Transport::new() }
    }

    /// Another cookie, bearer tokens or not, origins to trust.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }
}

impl<C> Clone for SessionLayer<C> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), transport: self.transport }
    }
}

impl<C> fmt::Debug for SessionLayer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLayer").field("transport", &self.transport).finish_non_exhaustive()
    }
}

impl<S, C> Layer<S> for SessionLayer<C> {
    type Service = SessionService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService { inner, layer: self.clone() }
    }
}

/// A service with sessions around it.
pub struct SessionService<S, C = ()> {
    inner: S,
    layer: SessionLayer<C>,
}

impl<S: Clone, C> Clone for SessionService<S, C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S: fmt::Debug, C> fmt::Debug for SessionService<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService").field("inner", &self.inner).field("layer", &self.layer).finish()
    }
}

impl<S, C, B, R> Service<Request<B>> for SessionService<S, C>
where
    S: Service<Request<B>, Response = Response<R>>,
    C: Send + Sync + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = SessionFuture<S::Future, C>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let incoming = Incoming::new(self.layer.transport, request.method().as_str(), headers)
            .authority(request.uri().authority().map(|authority| authority.as_str()));
        let handle = SessionHandle::new(Exchange::begin(self.layer.source.clone(), &incoming));
        request.extensions_mut().insert(handle.clone());
        SessionFuture { inner: self.inner.call(request), handle }
    }
}

pin_project! {
    /// The inner service's future, and what is to be added to its response.
    pub struct SessionFuture<F, C> {
        #[pin]
        inner: F,
        handle: SessionHandle<C>,
    }
}

impl<F, C, R, E> Future for SessionFuture<F, C>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(context))?;
        let headers = this.handle.finish(response.status().as_u16());
        add(&headers, response.headers_mut());
        Poll::Ready(Ok(response))
    }
}

impl<F, C> fmt::Debug for SessionFuture<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionFuture")
    }
}

/// Appends cookies, replaces the rest, and takes out what would have some caches overlook `no-store` (WEB-02).
fn add(headers: &ResponseHeaders, response: &mut HeaderMap) {
    if headers.is_empty() {
        return;
    }
    for header in headers.iter() {
        // Both are made of visible ASCII by this crate, but for the name of the bearer header, which the application chose.
        let (Ok(name), Ok(mut value)) =
            (HeaderName::from_bytes(header.name.as_bytes()), HeaderValue::from_str(header.value))
        else {
            continue;
        };
        value.set_sensitive(name != CACHE_CONTROL);
        if header.replaces {
            response.insert(name, value);
        } else {
            response.append(name, value);
        }
    }
    let targeted =
        |name: &HeaderName| name.as_str().ends_with("cdn-cache-control") || name == "surrogate-control";
    let overruling: alloc::vec::Vec<HeaderName> =
        response.keys().filter(|name| targeted(name)).cloned().collect();
    for name in overruling {
        response.remove(name);
    }
}
