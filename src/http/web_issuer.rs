//! What depends on a ring besides the verifier.

use core::fmt;

use rand_core::TryCryptoRng;
use serde::Serialize;

use super::{Csrf, CsrfError, CsrfRejected, CsrfToken};
use crate::error::MintError;
use crate::issuer::{Issuer, Token};
use crate::keys::{InRing, Signer};
use crate::session::Session;
use crate::values::{SessionId, Timestamp};

/// Issuer and anti-forgery keys of a web application, as far as it has them: what a [`Node`](crate::Node) makes of each ring besides the verifier.
pub struct WebIssuer<S = InRing> {
    issuer: Option<Issuer<S>>,
    csrf: Option<Csrf>,
}

impl<S> WebIssuer<S> {
    /// With an issuer.
    #[must_use]
    pub const fn new(issuer: Issuer<S>) -> Self {
        Self { issuer: Some(issuer), csrf: None }
    }

    /// With anti-forgery tokens.
    #[must_use]
    pub fn csrf(mut self, csrf: Csrf) -> Self {
        self.csrf = Some(csrf);
        self
    }

    pub(super) fn issuer(&self) -> Result<&Issuer<S>, MintError> {
        self.issuer.as_ref().ok_or(MintError::NoMintingKey)
    }

    pub(super) fn csrf_token<G: TryCryptoRng>(
        &self,
        session: SessionId,
        now: Timestamp,
        rng: &mut G,
    ) -> Result<CsrfToken, CsrfError> {
        self.csrf.as_ref().ok_or(CsrfError::NoMintingKey)?.token(session, now, rng)
    }

    pub(super) fn check_csrf(
        &self,
        session: SessionId,
        token: &str,
        now: Timestamp,
    ) -> Result<(), CsrfRejected> {
        self.csrf.as_ref().ok_or(CsrfRejected)?.check(session, token, now)
    }
}

impl WebIssuer {
    /// Without an issuer: such a node renews nothing and logs nobody in.
    #[must_use]
    pub const fn verifying() -> Self {
        Self { issuer: None, csrf: None }
    }
}

impl<S: Signer> WebIssuer<S> {
    pub(super) fn renew<C: Serialize, G: TryCryptoRng>(
        &self,
        session: &Session<C>,
        rng: &mut G,
    ) -> Result<Option<Token>, MintError> {
        self.issuer.as_ref().map_or(Ok(None), |issuer| issuer.renew(session, rng))
    }
}

impl<S> fmt::Debug for WebIssuer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIssuer").field("issuer", &self.issuer).field("csrf", &self.csrf).finish()
    }
}
