//! Who verifies and mints for the web: one value that a program makes at its start.

use core::fmt;

use rand_core::TryCryptoRng;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Csrf, CsrfError, CsrfRejected, CsrfToken, WebIssuer};
use crate::error::{MintError, Rejected};
use crate::issuer::{Grant, Issuer, PendingElevation, PendingReissue, Token};
use crate::keys::{InRing, Signer};
use crate::revocation::Revocations;
use crate::session::{Departing, Session};
use crate::values::{AuthLevel, Seconds, SessionId, Timestamp};
use crate::verifier::Verifier;

/// Verifies and mints for [`Exchange`](super::Exchange), with a clock and a random source: what [`WebSessions`] is.
///
/// It is a trait so that layers and extractors need to know the type `C` of the application's claims only. Where keys and snapshots change while the program
/// runs, it is [`NodeSessions`](super::NodeSessions), or `RwLock<WebSessions<…>>` into which a new value is put.
pub trait SessionSource<C>: Send + Sync {
    /// The time. It is asked once for each request.
    fn now(&self) -> Timestamp;

    /// [`Verifier::verify_owned`].
    ///
    /// # Errors
    ///
    /// As there.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Session<C>, Rejected>;

    /// [`Verifier::departing`].
    ///
    /// # Errors
    ///
    /// As there.
    fn departing(&self, token: &str, now: Timestamp) -> Result<Departing, Rejected>;

    /// [`Issuer::renew`]; `None` where there is no issuer.
    ///
    /// # Errors
    ///
    /// As there.
    fn renew(&self, session: &Session<C>) -> Result<Option<Token>, MintError>;

    /// [`Issuer::issue_beside`] the verifier's revocation data.
    ///
    /// # Errors
    ///
    /// As there; [`MintError::NoMintingKey`] where there is no issuer.
    fn issue(&self, grant: &Grant<C>, now: Timestamp) -> Result<Token, MintError>;

    /// [`Issuer::elevate`].
    ///
    /// # Errors
    ///
    /// As there; [`MintError::NoMintingKey`] where there is no issuer.
    fn elevate(
        &self,
        session: &Session<C>,
        to: AuthLevel,
        lasting: Seconds,
    ) -> Result<PendingElevation, MintError>;

    /// [`Issuer::end_others`].
    ///
    /// # Errors
    ///
    /// As there; [`MintError::NoMintingKey`] where there is no issuer.
    fn end_others(&self, session: &Session<C>, before: Timestamp) -> Result<PendingReissue, MintError>;

    /// [`Csrf::token`].
    ///
    /// # Errors
    ///
    /// As there; [`CsrfError::NoMintingKey`] where there is no [`Csrf`].
    fn csrf_token(&self, session: SessionId, now: Timestamp) -> Result<CsrfToken, CsrfError>;

    /// [`Csrf::check`].
    ///
    /// # Errors
    ///
    /// As there, and where there is no [`Csrf`].
    fn check_csrf(&self, session: SessionId, token: &str, now: Timestamp) -> Result<(), CsrfRejected>;
}

/// Verifier, issuer, anti-forgery keys, clock and random source of a web application.
///
/// ```
/// # use safeconduct::*;
/// use safeconduct::http::{Csrf, WebSessions};
/// # fn make(ring: &Ring<Issuing>, list: ExactList) -> Result<(), Box<dyn std::error::Error>> {
/// const SESSION: Context = context!("shop.example", "session");
/// # fn now() -> Timestamp { Timestamp::MIN }
/// let issuer = Issuer::new(ring, SESSION, &Policy::AAL1, Kind::Encrypted);
/// let verifier = Verifier::new(ring, SESSION, &Policy::AAL1, Kind::Encrypted).revocations(list);
/// let sessions = WebSessions::new(issuer, verifier, now, || getrandom::SysRng)
///     .csrf(Csrf::new(ring, SESSION, &Policy::AAL1)?);
/// # let _ = sessions;
/// # Ok(())
/// # }
/// ```
pub struct WebSessions<V, K, R, S = InRing> {
    verifier: Verifier<V>,
    issuer: WebIssuer<S>,
    clock: K,
    random: R,
}

impl<V, K, R, S> WebSessions<V, K, R, S> {
    /// For a node that issues. `clock` tells the time; `random` gives a random source each time one is needed (never one that starts from the same seed again).
    pub fn new(issuer: Issuer<S>, verifier: Verifier<V>, clock: K, random: R) -> Self {
        Self { verifier, issuer: WebIssuer::new(issuer), clock, random }
    }

    /// Anti-forgery tokens.
    #[must_use]
    pub fn csrf(mut self, csrf: Csrf) -> Self {
        self.issuer = self.issuer.csrf(csrf);
        self
    }
}

impl<V, K, R> WebSessions<V, K, R> {
    /// For a node that only verifies: it renews nothing and logs nobody in. A token that is due has to be renewed by a node that issues.
    pub fn verifying(verifier: Verifier<V>, clock: K, random: R) -> Self {
        Self { verifier, issuer: WebIssuer::verifying(), clock, random }
    }
}

impl<C, V, K, R, G, S> SessionSource<C> for WebSessions<V, K, R, S>
where
    C: Serialize + DeserializeOwned,
    V: Revocations + Send + Sync,
    K: Fn() -> Timestamp + Send + Sync,
    R: Fn() -> G + Send + Sync,
    G: TryCryptoRng,
    S: Signer + Send + Sync,
{
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<Session<C>, Rejected> {
        self.verifier.verify_owned(token, now)
    }

    fn departing(&self, token: &str, now: Timestamp) -> Result<Departing, Rejected> {
        self.verifier.departing(token, now)
    }

    fn renew(&self, session: &Session<C>) -> Result<Option<Token>, MintError> {
        self.issuer.renew(session, &mut (self.random)())
    }

    fn issue(&self, grant: &Grant<C>, now: Timestamp) -> Result<Token, MintError> {
        let data = self.verifier.revocation_data();
        self.issuer.issuer()?.issue_beside(data, grant, now, &mut (self.random)())
    }

    fn elevate(
        &self,
        session: &Session<C>,
        to: AuthLevel,
        lasting: Seconds,
    ) -> Result<PendingElevation, MintError> {
        self.issuer.issuer()?.elevate(session, to, lasting, &mut (self.random)())
    }

    fn end_others(&self, session: &Session<C>, before: Timestamp) -> Result<PendingReissue, MintError> {
        self.issuer.issuer()?.end_others(session, before, &mut (self.random)())
    }

    fn csrf_token(&self, session: SessionId, now: Timestamp) -> Result<CsrfToken, CsrfError> {
        self.issuer.csrf_token(session, now, &mut (self.random)())
    }

    fn check_csrf(&self, session: SessionId, token: &str, now: Timestamp) -> Result<(), CsrfRejected> {
        self.issuer.check_csrf(session, token, now)
    }
}

/// For keys that change while the program runs. A value is put in whole, so a lock that was poisoned still holds a good one.
#[cfg(feature = "std")]
impl<C, T: SessionSource<C>> SessionSource<C> for std::sync::RwLock<T> {
    fn now(&self) -> Timestamp {
        read(self).now()
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<Session<C>, Rejected> {
        read(self).verify(token, now)
    }

    fn departing(&self, token: &str, now: Timestamp) -> Result<Departing, Rejected> {
        read(self).departing(token, now)
    }

    fn renew(&self, session: &Session<C>) -> Result<Option<Token>, MintError> {
        read(self).renew(session)
    }

    fn issue(&self, grant: &Grant<C>, now: Timestamp) -> Result<Token, MintError> {
        read(self).issue(grant, now)
    }

    fn elevate(
        &self,
        session: &Session<C>,
        to: AuthLevel,
        lasting: Seconds,
    ) -> Result<PendingElevation, MintError> {
        read(self).elevate(session, to, lasting)
    }

    fn end_others(&self, session: &Session<C>, before: Timestamp) -> Result<PendingReissue, MintError> {
        read(self).end_others(session, before)
    }

    fn csrf_token(&self, session: SessionId, now: Timestamp) -> Result<CsrfToken, CsrfError> {
        read(self).csrf_token(session, now)
    }

    fn check_csrf(&self, session: SessionId, token: &str, now: Timestamp) -> Result<(), CsrfRejected> {
        read(self).check_csrf(session, token, now)
    }
}

#[cfg(feature = "std")]
fn read<T>(lock: &std::sync::RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<V, K, R, S> fmt::Debug for WebSessions<V, K, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSessions")
            .field("verifier", &self.verifier)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
