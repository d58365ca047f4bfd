//! A first token, made beside the revocation data: with ids that are free and a beginning after every cut-off.

use rand_core::TryCryptoRng;
use serde::Serialize;

use super::{Grant, Issuer, Token};
use crate::claims::CoreClaims;
use crate::error::{MintError, Scope};
use crate::keys::Signer;
use crate::proof::{Ids, MintingKey};
use crate::revocation::{Answer, Revocations};
use crate::session::SessionIdentity;
use crate::values::{Seconds, Timestamp};

/// How often ids are drawn. Even of filters with the highest rate, 2^-8, this many have none left once in 2^64 logins.
const DRAWS: usize = 8;

impl<S: Signer> Issuer<S> {
    /// [`issue`](Issuer::issue) with a look at the revocation data that verifiers have, so that the new session is not refused by them:
    ///
    /// * it begins at the latest cut-off that the data know of, so logging in right after "log out everywhere" works without [`Grant::after_cut_off`];
    /// * an id that already hits the filter is drawn again (ISS-12): a bloom filter takes some ids for revoked that are not;
    /// * the token lives no longer than the data reckon with.
    ///
    /// Data that are too old are asked all the same: a login needs no fresh ones.
    ///
    /// # Errors
    ///
    /// [`MintError`]: those of [`issue`](Issuer::issue), and `Revoked` if the data have something against every id that was drawn, `Stale` if they are damaged.
    pub fn issue_beside<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        revocations: &impl Revocations,
        grant: &Grant<C>,
        now: Timestamp,
        rng: &mut G,
    ) -> Result<Token, MintError> {
        let cut_off = revocations.cut_off(grant.subject());
        let mut core = grant.core_claims(&self.policy, now, cut_off)?;
        // A second time with a shorter life, if the first was too long.
        for _ in 0..2 {
            let mut longest = None;
            let made = self.mint(&core, &grant.claims, now, |key, body| {
                let drawn = free_ids(self, revocations, &core, key, now, || Ids::of_session(key, body, rng));
                drawn.map_err(|why| why.note(&mut longest))
            });
            match longest {
                Some(life) => core.expires_at = core.issued_at.saturating_add(life).min(core.ends_at),
                None => return made,
            }
        }
        Err(MintError::CeilingExceeded)
    }
}

/// Why there are no ids.
enum NoIds {
    Mint(MintError),
    /// The token has to live no longer than that.
    TooLong(Seconds),
}

impl NoIds {
    fn note(self, longest: &mut Option<Seconds>) -> MintError {
        match self {
            Self::Mint(why) => why,
            Self::TooLong(life) => {
                *longest = Some(life);
                MintError::CeilingExceeded
            }
        }
    }
}

fn free_ids<S: Signer>(
    issuer: &Issuer<S>,
    revocations: &impl Revocations,
    core: &CoreClaims,
    key: &MintingKey,
    now: Timestamp,
    mut draw: impl FnMut() -> Result<Ids, MintError>,
) -> Result<Ids, NoIds> {
    for _ in 0..DRAWS {
        let ids = draw().map_err(NoIds::Mint)?;
        let identity = SessionIdentity {
            kind: issuer.kind,
            key_id: key.key_id(),
            session_id: ids.session,
            token_id: ids.token,
        };
        let facts = identity.facts(core);
        let answer = match revocations.check(&facts, now) {
            Answer::Stale => revocations.check_however_old(&facts, now),
            answer => answer,
        };
        let life = core.expires_at.seconds_since(core.issued_at);
        match answer {
            Answer::Clear(freshness) if life > u64::from(freshness.longest_new_token().get()) => {
                return Err(NoIds::TooLong(freshness.longest_new_token()));
            }
            // Without any data the verifiers refuse, and will not when they have some.
            Answer::Clear(_) | Answer::Stale => return Ok(ids),
            Answer::Revoked(Scope::Session | Scope::Token) | Answer::Superseded => {}
            Answer::Revoked(_) => return Err(NoIds::Mint(MintError::Revoked)),
            Answer::Damaged => return Err(NoIds::Mint(MintError::Stale)),
            Answer::TooLong(longest) => return Err(NoIds::TooLong(longest)),
        }
    }
    Err(NoIds::Mint(MintError::Revoked))
}
