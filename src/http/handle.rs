//! The session of a request, for handlers that do not hold the exchange.

use alloc::sync::Arc;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    Carrier, Change, ChangeError, ClearSiteData, CsrfError, CsrfRejected, CsrfToken, Exchange, Refusal,
    ResponseHeaders,
};
use crate::error::Reason;
use crate::issuer::Grant;
use crate::revocation::{LogAnswer, RevocationLog};
use crate::session::Session;
use crate::values::{AuthLevel, Seconds, Timestamp};

/// The session of a request: what the tower layer puts into the request's extensions.
///
/// Handlers read the session from it and log in, step up or log out by it; the layer sends what follows from that with the response. It is an [`Exchange`] behind a lock,
/// which is never held while a handler or a log is awaited.
pub struct SessionHandle<C>(Arc<Mutex<Exchange<C>>>);

impl<C> SessionHandle<C> {
    /// A handle on an exchange; [`finish`](SessionHandle::finish) it when the response is there.
    #[must_use]
    pub fn new(exchange: Exchange<C>) -> Self {
        Self(Arc::new(Mutex::new(exchange)))
    }

    /// A handler that panicked has changed nothing by half: every act takes effect as a whole.
    fn lock(&self) -> MutexGuard<'_, Exchange<C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [`Exchange::session`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn session(&self) -> Result<Option<Arc<Session<C>>>, Refusal> {
        self.lock().session().map(|session| session.cloned())
    }

    /// [`Exchange::carrier`].
    #[must_use]
    pub fn carrier(&self) -> Option<Carrier> {
        self.lock().carrier()
    }

    /// [`Exchange::reason`].
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.lock().reason()
    }

    /// The time of this request.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// [`Exchange::log_in`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn log_in(
        &self,
        grant: &Grant<C>,
        log: &mut (impl RevocationLog + ?Sized),
    ) -> Result<Arc<Session<C>>, ChangeError> {
        self.lock().log_in(grant, log)
    }

    /// [`Exchange::elevate`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn elevate(
        &self,
        to: AuthLevel,
        lasting: Seconds,
        log: &mut (impl RevocationLog + ?Sized),
    ) -> Result<Arc<Session<C>>, ChangeError> {
        self.lock().elevate(to, lasting, log)
    }

    /// [`Exchange::end_others`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn end_others(
        &self,
        before: Timestamp,
        log: &mut (impl RevocationLog + ?Sized),
    ) -> Result<Arc<Session<C>>, ChangeError> {
        self.lock().end_others(before, log)
    }

    /// [`Exchange::log_out`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn log_out(&self, log: &mut (impl RevocationLog + ?Sized)) -> Result<(), ChangeError> {
        self.lock().log_out(log)
    }

    /// [`Exchange::entering`], for logs that are awaited.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn entering(&self, grant: &Grant<C>) -> Result<Change<C>, ChangeError> {
        self.lock().entering(grant)
    }

    /// [`Exchange::elevating`], for logs that are awaited.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn elevating(&self, to: AuthLevel, lasting: Seconds) -> Result<Change<C>, ChangeError> {
        self.lock().elevating(to, lasting)
    }

    /// [`Exchange::ending_others`], for logs that are awaited.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn ending_others(&self, before: Timestamp) -> Result<Change<C>, ChangeError> {
        self.lock().ending_others(before)
    }

    /// [`Exchange::leaving`], for logs that are awaited.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn leaving(&self) -> Result<Change<C>, ChangeError> {
        self.lock().leaving()
    }

    /// [`Exchange::commit`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn commit(
        &self,
        change: Change<C>,
        answers: impl IntoIterator<Item = LogAnswer>,
    ) -> Result<(), ChangeError> {
        self.lock().commit(change, answers)
    }

    /// [`Exchange::csrf_token`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn csrf_token(&self) -> Result<CsrfToken, CsrfError> {
        self.lock().csrf_token()
    }

    /// [`Exchange::check_csrf`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check_csrf(&self, field: Option<&str>) -> Result<(), CsrfRejected> {
        self.lock().check_csrf(field)
    }

    /// [`Exchange::clear_site_data`].
    pub fn clear_site_data(&self, what: ClearSiteData) {
        self.lock().clear_site_data(what);
    }

    /// [`Exchange::finish`]. The layer does it.
    pub fn finish(&self, status: u16) -> ResponseHeaders {
        self.lock().finish(status)
    }
}

impl<C> Clone for SessionHandle<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C> fmt::Debug for SessionHandle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHandle")
    }
}
