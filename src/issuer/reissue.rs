//! "Log out my other devices": everything of the subject ends, and this one session goes on under a new id.

use rand_core::TryCryptoRng;
use serde::Serialize;

use super::elevation::PendingElevation;
use super::{Issuer, Token, check_freshness};
use crate::claims::CoreClaims;
use crate::error::MintError;
use crate::keys::Signer;
use crate::proof::Ids;
use crate::revocation::{LogAnswer, Revocation};
use crate::session::Session;
use crate::values::Timestamp;

impl<S: Signer> Issuer<S> {
    /// Ends every session of the subject begun before a cut-off, this one too, and gives it a successor that begins at the cut-off: same subject, level, claims and
    /// absolute end, new session id. To be called after a change of password, for example.
    ///
    /// Take the moment from [`Policy::cut_off`](crate::Policy::cut_off). As with an elevation, the token waits for the log's answer.
    ///
    /// # Errors
    ///
    /// [`MintError`]: `Times` for a cut-off that is not after the session's beginning, or too far ahead; and those of [`rotate`](Issuer::rotate).
    pub fn end_others<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        session: &Session<C>,
        before: Timestamp,
        rng: &mut G,
    ) -> Result<PendingReissue, MintError> {
        check_freshness(session)?;
        if before <= session.started_at() {
            return Err(MintError::Times);
        }
        let core = CoreClaims { started_at: before, rotation: 0, ..self.successor(session)? };
        if !core.consistent() {
            return Err(MintError::Times);
        }
        let token =
            self.mint(&core, &session.app, session.verified_at, |key, body| Ids::of_session(key, body, rng))?;
        let origin = session.facts().origin();
        let spared = Revocation::spared(session.session_id(), origin, token.session_id(), session.ends_at());
        let revocation = Revocation::others(spared, before);
        Ok(PendingReissue(PendingElevation::new(token, revocation)))
    }
}

/// A session that goes on while all others of its subject end, once the log has it.
#[derive(Debug)]
#[must_use = "record the revocation and release the token"]
pub struct PendingReissue(PendingElevation);

impl PendingReissue {
    /// The cut-off of the subject, for the log.
    pub const fn revocation(&self) -> &Revocation {
        self.0.revocation()
    }

    /// As of an elevation.
    pub(crate) const fn unreleased(&self) -> &Token {
        self.0.unreleased()
    }

    /// The token, against the log's answer (ISS-13).
    ///
    /// # Errors
    ///
    /// As [`PendingElevation::release`]: `AlreadyOut` if this session was ended elsewhere in the meantime, or the cut-off is not new.
    pub fn release(self, answer: LogAnswer) -> Result<Token, MintError> {
        self.0.release(answer)
    }
}
