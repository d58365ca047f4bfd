//! Outward: a grant becomes a token; a session becomes its successor.

mod elevation;
mod grant;
mod login;
mod reissue;
mod strict;

use alloc::string::String;
use core::fmt;

use rand_core::TryCryptoRng;
use serde::Serialize;
use zeroize::Zeroize as _;

pub use elevation::PendingElevation;
pub use grant::Grant;
pub use reissue::PendingReissue;
pub use strict::Rotated;

use crate::claims::{self, CoreClaims};
use crate::error::MintError;
use crate::keys::{ContextTag, InRing, Purpose, Signer};
use crate::policy::Policy;
use crate::proof::{self, Ids, MintingKey};
#[cfg(feature = "signatures")]
use crate::ring::Verifying;
use crate::ring::{Entries, Issuing, Ring};
use crate::session::Session;
use crate::values::{Context, Kind, SessionId, Timestamp};

/// Mints tokens: at login, on renewal, on step-up.
///
/// It is made once from a ring and mints one kind. Every call takes the random source as an argument; an error of it is an error of the call.
///
/// ```
/// use safeconduct::{AuthLevel, Context, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring, Seconds, Subject, Timestamp, Window, context};
///
/// const SESSION: Context = context!("shop.example", "session");
/// let now = Timestamp::from_unix(1_800_000_000)?;
/// let mut rng = getrandom::SysRng;
/// let mut ring = Ring::<Issuing>::new();
/// ring.add(
///     IssuingKey::generate(Kind::Encrypted, &mut rng)?,
///     Window::new(now, Seconds::days(30), Seconds::days(1))?,
/// )?;
///
/// let issuer = Issuer::new(&ring, SESSION, &Policy::AAL1, Kind::Encrypted);
/// let grant = Grant::new(Subject::new("usr_8f14e45fceea167a")?, AuthLevel::Aal1);
/// let token = issuer.issue(&grant, now, &mut rng)?;
/// assert!(token.as_str().starts_with("sc1e"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Issuer<S = InRing> {
    keys: Entries<MintingKey>,
    signer: S,
    context: Context,
    tag: ContextTag,
    policy: Policy,
    kind: Kind,
}

impl Issuer {
    /// An issuer of tokens of this kind, under the keys of this ring. Keys are derived here, once: load again when the ring changes.
    ///
    /// A verifying ring does not fit:
    ///
    /// ```compile_fail
    /// # use safeconduct::*;
    /// # fn handle(ring: Ring<Verifying>, context: Context) {
    /// let issuer = Issuer::new(&ring, context, &Policy::AAL1, Kind::Nested);
    /// # }
    /// ```
    #[must_use]
    pub fn new(ring: &Ring<Issuing>, context: Context, policy: &Policy, kind: Kind) -> Self {
        Self {
            keys: ring.entries.map(|key| MintingKey::new(key, Purpose::Session, &context)),
            signer: InRing::new(),
            context,
            tag: ContextTag::of(&context),
            policy: *policy,
            kind,
        }
    }
}

impl<S: Signer> Issuer<S> {
    /// An issuer of kind `s` or `n` whose signatures are made elsewhere ([`Signer`]): in a hardware module or key service that the seeds never leave. The ring holds
    /// what verifiers hold. With kind `e` it mints nothing ([`MintError::NoMintingKey`]): there is nothing to sign.
    #[cfg(feature = "signatures")]
    #[must_use]
    pub fn with_signer(
        ring: &Ring<Verifying>,
        context: Context,
        policy: &Policy,
        kind: Kind,
        signer: S,
    ) -> Self {
        Self {
            keys: ring.entries.filter_map(|key| MintingKey::of_signer(key, Purpose::Session, &context)),
            signer,
            context,
            tag: ContextTag::of(&context),
            policy: *policy,
            kind,
        }
    }

    /// Mints the first token of a new session, with a session id of its own. Call it after authentication, never with claims that a client has chosen.
    ///
    /// If the subject was logged out everywhere a moment ago, the grant needs the cut-off ([`Grant::after_cut_off`]): without it the new session counts as begun before
    /// the cut-off and is refused at once.
    ///
    /// # Errors
    ///
    /// [`MintError`]: `Random`, `NoMintingKey`, `OutlivesKey`, `TooLarge`, `AppClaims` or `Times`.
    pub fn issue<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        grant: &Grant<C>,
        now: Timestamp,
        rng: &mut G,
    ) -> Result<Token, MintError> {
        let core = grant.core_claims(&self.policy, now, None)?;
        self.mint(&core, &grant.claims, now, |key, token| Ids::of_session(key, token, rng))
    }

    /// [`rotate`](Issuer::rotate), if it is due: `None` while the token is younger than the policy's renewal threshold, and when rotating would not
    /// move its deadline. Call it on every request.
    ///
    /// # Errors
    ///
    /// As [`rotate`](Issuer::rotate). A request need not fail for it: the session is good until its deadline.
    pub fn renew<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        session: &Session<C>,
        rng: &mut G,
    ) -> Result<Option<Token>, MintError> {
        if session.freshness().is_none() {
            // Wrong from the first request on, not only when renewal is due.
            return Err(MintError::Unrevocable);
        }
        let now = session.verified_at;
        let gains = self.successor(session)?.expires_at > session.core.expires_at;
        if gains && self.policy.renewal_is_due(session.core.issued_at, now) {
            self.rotate(session, rng).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Mints the successor of a session's token: same session id, one rotation more, a new idle deadline. Nothing else changes, and nothing ever gets higher
    /// or later than the login made it (ISS-05). The parent goes on being good until its own deadline, so parallel requests may all rotate it.
    ///
    /// The time is the one the session was verified at, and so is the freshness of the revocation data: both come with the session and
    /// cannot be mixed with others.
    ///
    /// # Errors
    ///
    /// [`MintError`]: `Stale`, `Unrevocable`, `ForeignContext`, `SessionOver`, `RotationExhausted`, and those of [`issue`](Issuer::issue).
    pub fn rotate<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        session: &Session<C>,
        rng: &mut G,
    ) -> Result<Token, MintError> {
        check_freshness(session)?;
        self.rotate_without_revocation(session, rng)
    }

    /// [`rotate`](Issuer::rotate) for sessions that were verified without revocation, or with data too old: **a session that was ended elsewhere lives on** until its
    /// absolute end.
    ///
    /// # Errors
    ///
    /// As [`rotate`](Issuer::rotate), without `Stale` and `Unrevocable`.
    pub fn rotate_without_revocation<C: Serialize, G: TryCryptoRng + ?Sized>(
        &self,
        session: &Session<C>,
        rng: &mut G,
    ) -> Result<Token, MintError> {
        let successor = self.successor(session)?;
        let rotation = successor.rotation.checked_add(1).ok_or(MintError::RotationExhausted)?;
        let core = CoreClaims { rotation, ..successor };
        let id = session.session_id();
        self.mint(&core, &session.app, session.verified_at, |key, token| {
            Ids::of_rotation(key, id, token, rng)
        })
    }

    /// The claims of the successor (SPEC section 6.2, step 1), but for the rotation number.
    fn successor<C>(&self, session: &Session<C>) -> Result<CoreClaims, MintError> {
        if session.context != self.tag {
            return Err(MintError::ForeignContext);
        }
        if self.kind == Kind::Signed && session.kind() != Kind::Signed {
            return Err(MintError::WouldReveal);
        }
        let parent = &session.core;
        // Its deadlines are too long for that level, and its verifiers would not tell (ISS-10).
        if parent.level > self.policy.assurance() {
            return Err(MintError::LevelAbovePolicy);
        }
        // A parent minted on a clock that is ahead must not have a successor that looks older than itself.
        let issued_at = session.verified_at.max(parent.issued_at);
        if issued_at >= parent.ends_at {
            return Err(MintError::SessionOver);
        }
        // Revocations are dropped when the last token of that life is over (REV-12).
        let idle = self.policy.idle().min(session.freshness.longest_new_token());
        Ok(CoreClaims {
            issued_at,
            expires_at: issued_at.saturating_add(idle).min(parent.ends_at),
            elevation: parent.elevation.filter(|elevation| elevation.until() > issued_at),
            ..*parent
        })
    }

    /// The key that mints at `now`, and only if the token will be dead before the key is (ISS-02).
    fn minting_key(&self, expires_at: Timestamp, now: Timestamp) -> Result<&MintingKey, MintError> {
        let entry = self.keys.minting(self.kind, now).ok_or(MintError::NoMintingKey)?;
        if expires_at > entry.window.accept_until() {
            return Err(MintError::OutlivesKey);
        }
        entry.key.as_ref().ok_or(MintError::NoMintingKey)
    }

    fn mint<C: Serialize>(
        &self,
        core: &CoreClaims,
        app: &C,
        now: Timestamp,
        draw: impl FnOnce(&MintingKey, &[u8]) -> Result<Ids, MintError>,
    ) -> Result<Token, MintError> {
        if !self.policy.allows_lives_of(core) {
            return Err(MintError::CeilingExceeded);
        }
        let key = self.minting_key(core.expires_at, now)?;
        let token = claims::encode(core, app, self.kind.proof_size())?;
        let ids = draw(key, token.bytes())?;
        let text = proof::mint(key, &self.signer, Purpose::Session, &self.context, ids, token)?;
        Ok(Token { text, session_id: ids.session, expires_at: core.expires_at, ends_at: core.ends_at })
    }
}

/// ISS-06: no new token on the word of revocation data that is too old, or of none.
fn check_freshness<C>(session: &Session<C>) -> Result<(), MintError> {
    match session.freshness() {
        None => Err(MintError::Unrevocable),
        Some(freshness) if freshness.allows_minting(session.verified_at) => Ok(()),
        Some(_) => Err(MintError::Stale),
    }
}

impl<S> fmt::Debug for Issuer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("context", &self.context)
            .field("kind", &self.kind)
            .field("keys", &self.keys.count())
            .finish_non_exhaustive()
    }
}

/// A token to be given to the client.
///
/// Whoever has the text has the session, so `Debug` does not show it ([`as_str`](Token::as_str) does), and it is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the client has to get the token"]
pub struct Token {
    text: String,
    session_id: SessionId,
    expires_at: Timestamp,
    ends_at: Timestamp,
}

impl Token {
    /// The text: at most 4,096 characters of `A–Z a–z 0–9 - _`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, taken out. From then on it is the caller's to wipe.
    #[must_use]
    pub fn into_string(mut self) -> String {
        core::mem::take(&mut self.text)
    }

    /// The session the token belongs to.
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// The token's idle deadline.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The session's absolute end: how long a persistent cookie may live.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        self.ends_at
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        // Wiping nothing is not free: it would be a tenth of minting, after `into_string`.
        if !self.text.is_empty() {
            self.text.zeroize();
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(of session {}, {} characters)", self.session_id, self.text.len())
    }
}
