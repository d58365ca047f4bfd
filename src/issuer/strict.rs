//! Strict rotation: what a later rotation has replaced is refused.

use rand_core::TryCryptoRng;
use serde::Serialize;

use super::{Issuer, Token};
use crate::error::MintError;
use crate::keys::Signer;
use crate::revocation::Revocation;
use crate::session::Session;

/// A successor by strict rotation, and what its parent has retired.
#[derive(Debug)]
#[must_use = "the client has to get the token, and the log what is retired"]
pub struct Rotated {
    /// The successor.
    pub token: Token,
    /// The rotations before the parent, for the log; `None` if the parent was the first.
    pub retired: Option<Revocation>,
}

impl<S: Signer> Issuer<S> {
    /// [`rotate`](Issuer::rotate), where an old token is to be taken for a stolen one.
    ///
    /// The client shows rotation *n*, so it has received *n*, and everything below *n* has done its work: that is what [`Rotated::retired`] revokes. No timer is
    /// needed, parallel requests with *n* are all served, and a response that is lost harms nobody, because *n* itself stays good until its successor is shown.
    ///
    /// A token that is refused as [`Superseded`](crate::Reason::Superseded) was copied before it was replaced: by a thief, or by a backup of the browser. What follows
    /// by default is that the whole family is ended, since it cannot be told who is who: hand the revocation of [`Verifier::departing`](crate::Verifier::departing) to the log.
    /// [`Verifier::superseded`](crate::Verifier::superseded) does both steps in one.
    ///
    /// It costs a row of 12 bytes in every snapshot for each session that is active, and a write to the log at each renewal. If the log refuses the retirement, the
    /// token may be handed out all the same: the old ones just stay good a little longer.
    ///
    /// # Errors
    ///
    /// As [`rotate`](Issuer::rotate).
    pub fn rotate_strictly<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        session: &Session<C>,
        rng: &mut G,
    ) -> Result<Rotated, MintError> {
        let token = self.rotate(session, rng)?;
        let retired = (session.rotation() > 0).then(|| {
            let (least, issued_at) = (session.rotation(), session.issued_at());
            Revocation::rotations(session.session_id(), least, issued_at, session.ends_at())
        });
        Ok(Rotated { token, retired })
    }
}
