//! Step-up: a new session id at a higher level, for a while, once the old one is out.

use rand_core::TryCryptoRng;
use serde::Serialize;

use super::{Issuer, Token, check_freshness};
use crate::claims::{CoreClaims, Elevation};
use crate::error::MintError;
use crate::keys::Signer;
use crate::proof::Ids;
use crate::revocation::{LogAnswer, Revocation};
use crate::session::Session;
use crate::values::{AuthLevel, Seconds};

impl<S: Signer> Issuer<S> {
    /// Raises a session after a fresh authentication: a new session id, the same beginning and end, and a level that drops back by itself after `lasting`.
    ///
    /// The token is not handed out before the log has taken the old session's revocation ([`PendingElevation::release`]): otherwise whoever copied the old
    /// token would keep a session of his own. `to` may be the base level itself: that renews its age.
    ///
    /// # Errors
    ///
    /// [`MintError`]: `LevelTooLow`, `ElevationLife`, and those of [`rotate`](Issuer::rotate).
    pub fn elevate<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        session: &Session<C>,
        to: AuthLevel,
        lasting: Seconds,
        rng: &mut G,
    ) -> Result<PendingElevation, MintError> {
        check_freshness(session)?;
        if to < session.base_level() {
            return Err(MintError::LevelTooLow);
        }
        if lasting == Seconds::ZERO || lasting > self.policy.longest_elevation() {
            return Err(MintError::ElevationLife);
        }
        // A successor in everything but what follows: ISS-05 holds for the rest.
        let successor = self.successor(session)?;
        let issued_at = successor.issued_at;
        let until = issued_at.saturating_add(lasting).min(successor.ends_at);
        let elevation = Elevation { level: to, until, authenticated_at: issued_at };
        let core = CoreClaims { rotation: 0, elevation: Some(elevation), ..successor };
        let token = self
            .mint(&core, &session.app, session.verified_at, |key, token| Ids::of_session(key, token, rng))?;
        let revocation = session.revocation().superseded_by(token.session_id());
        Ok(PendingElevation::new(token, revocation))
    }
}

/// An elevation whose token waits for the log.
///
/// ```
/// use safeconduct::{MintError, PendingElevation, RevocationLog, Timestamp, Token};
/// fn finish(pending: PendingElevation, log: &mut impl RevocationLog, now: Timestamp) -> Result<Token, MintError> {
///     let answer = log.record(pending.revocation(), now);
///     pending.release(answer)
/// }
/// ```
///
/// The token cannot be had in another way:
///
/// ```compile_fail
/// fn finish(pending: safeconduct::PendingElevation) -> safeconduct::Token {
///     pending.token
/// }
/// ```
#[derive(Debug)]
#[must_use = "record the revocation and release the token"]
pub struct PendingElevation {
    token: Token,
    revocation: Revocation,
}

impl PendingElevation {
    pub(super) const fn new(token: Token, revocation: Revocation) -> Self {
        Self { token, revocation }
    }

    /// The revocation of the old session, for the log.
    pub const fn revocation(&self) -> &Revocation {
        &self.revocation
    }

    /// The token, to be looked at before the log is asked: whether a verifier accepts it and whether it fits. It leaves the library by `release` only.
    pub(crate) const fn unreleased(&self) -> &Token {
        &self.token
    }

    /// The token, against the log's answer (ISS-08).
    ///
    /// # Errors
    ///
    /// [`MintError::AlreadyOut`] if the old session was ended elsewhere in the meantime: the user has to log in.
    /// [`MintError::NotLogged`] if the log refused, or answered about something else: the old session goes on.
    pub fn release(self, answer: LogAnswer) -> Result<Token, MintError> {
        if !answer.is_about(&self.revocation) || !answer.is_recorded() {
            return Err(MintError::NotLogged);
        }
        if answer.was_already_out() {
            return Err(MintError::AlreadyOut);
        }
        Ok(self.token)
    }
}
