//! Anti-forgery tokens, bound to a session id (SPEC section 12.4).

#[cfg(feature = "alloc")]
use alloc::string::String;
use core::fmt;

#[cfg(feature = "alloc")]
use rand_core::TryCryptoRng;
#[cfg(feature = "alloc")]
use zeroize::Zeroizing;

#[cfg(feature = "alloc")]
use super::ResponseHeaders;
use crate::policy::Policy;
use crate::proof::{CODE, CsrfKey, SALT};
use crate::ring::{Entries, HoldsFilterKeys, Reads, Ring};
use crate::values::{Context, KeyId, Kind, Seconds, SessionId, Timestamp};
use crate::wire;

/// The request header that scripts send an anti-forgery token in.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// The cookie that scripts read it from, where it is not in the page ([`CsrfToken::cookie`]).
pub const CSRF_COOKIE: &str = "__Host-csrf";

/// Kind letter, key id, salt, code.
const SIZE: usize = 1 + KeyId::SIZE + SALT + CODE;

/// Makes and checks anti-forgery tokens.
///
/// A token is bound to the session id: it survives every renewal, and another login or step-up makes it useless. It holds no time of its own. Each one looks
/// different, so that a compressed page does not give it away piece by piece. The keys come from the ring's keys of kinds `e` and `n` under a purpose of their own.
///
/// **Kind `s` has no secret that its verifiers share.** A `Ring<Public>` is not taken at all, and a ring whose keys are all of kind `s` is [`NoSharedKey`]. A service that
/// carries tokens of kind `s` in cookies (they are readable: rarely a good idea) adds a key of kind `e` to its ring for this; its verifiers still accept kind `s` only.
///
/// ```
/// # use safeconduct::*;
/// use safeconduct::http::Csrf;
/// # let (now, mut rng) = (Timestamp::from_unix(1_800_000_000)?, getrandom::SysRng);
/// # let mut ring = Ring::<Issuing>::new();
/// # ring.add(IssuingKey::generate(Kind::Encrypted, &mut rng)?, Window::new(now, Seconds::days(30), Seconds::days(1))?)?;
/// # let session: SessionId = "0102030405060708090a0b0c".parse()?;
/// let csrf = Csrf::new(&ring, context!("shop.example", "session"), &Policy::AAL1)?;
/// let token = csrf.token(session, now, &mut rng)?; // into a hidden field of every form
/// assert!(csrf.check(session, token.as_str(), now).is_ok());
/// # let other: SessionId = "000000000000000000000000".parse()?;
/// assert!(csrf.check(other, token.as_str(), now).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A public ring has no secret:
///
/// ```compile_fail
/// # use safeconduct::{Context, Policy, Public, Ring, http::Csrf};
/// # fn make(ring: &Ring<Public>, context: Context) {
/// let csrf = Csrf::new(ring, context, &Policy::AAL1);
/// # }
/// ```
pub struct Csrf {
    keys: Entries<CsrfKey>,
    skew: Seconds,
}

impl Csrf {
    /// With the keys of this ring: an issuer's or a verifier's. Keys are derived here, once: load again when the ring changes.
    ///
    /// # Errors
    ///
    /// [`NoSharedKey`] if no key of the ring is of kind `e` or `n`.
    pub fn new<R: Reads + HoldsFilterKeys>(
        ring: &Ring<R>,
        context: Context,
        policy: &Policy,
    ) -> Result<Self, NoSharedKey> {
        use crate::keys::RingKey as _;
        let keys = ring.entries.filter_map(|key| CsrfKey::new(&key.to_verifying(), &context));
        if keys.iter().all(|entry| entry.key.is_none()) {
            return Err(NoSharedKey);
        }
        Ok(Self { keys, skew: policy.skew() })
    }

    /// A token for the forms of this session.
    ///
    /// # Errors
    ///
    /// [`CsrfError`]: a failing random source, or no key that mints now.
    #[cfg(feature = "alloc")]
    pub fn token<G: TryCryptoRng + ?Sized>(
        &self,
        session: SessionId,
        now: Timestamp,
        rng: &mut G,
    ) -> Result<CsrfToken, CsrfError> {
        let minting = |kind| self.keys.minting(kind, now);
        let entry =
            minting(Kind::Encrypted).or_else(|| minting(Kind::Nested)).ok_or(CsrfError::NoMintingKey)?;
        let key = entry.key.as_ref().ok_or(CsrfError::NoMintingKey)?;
        let mut salt = [0; SALT];
        rng.try_fill_bytes(&mut salt).map_err(|_| CsrfError::Random)?;
        let code = key.code(session, &salt).ok_or(CsrfError::NoMintingKey)?;
        let kind = [entry.kind.byte()];
        let bytes = [kind.as_slice(), &entry.id.to_bytes(), &salt, &code].concat();
        let mut text = String::new();
        wire::encode(&bytes, &mut text);
        Ok(CsrfToken(Zeroizing::new(text)))
    }

    /// Checks a token that came in a form or in [`CSRF_HEADER`], in constant time.
    ///
    /// # Errors
    ///
    /// [`CsrfRejected`], for every cause alike: answer 403.
    pub fn check(&self, session: SessionId, token: &str, now: Timestamp) -> Result<(), CsrfRejected> {
        let genuine = self.is_genuine(session, token, now);
        if genuine == Some(true) { Ok(()) } else { Err(CsrfRejected) }
    }

    fn is_genuine(&self, session: SessionId, token: &str, now: Timestamp) -> Option<bool> {
        let mut bytes = [0; SIZE];
        if wire::decode(token, &mut bytes)? != SIZE {
            return None;
        }
        let ([kind], rest) = bytes.split_first_chunk::<1>()?;
        let (id, rest) = rest.split_first_chunk::<{ KeyId::SIZE }>()?;
        let (salt, code) = rest.split_first_chunk::<SALT>()?;
        let kind = Kind::from_letter(char::from(*kind))?;
        let key = self.keys.accepting(kind, KeyId::from_bytes(*id), now, self.skew).ok()?;
        Some(key.is_code(session, salt, code.first_chunk::<CODE>()?))
    }
}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Csrf").field("keys", &self.keys.count()).finish_non_exhaustive()
    }
}

/// An anti-forgery token: 44 characters of `A–Z a–z 0–9 - _`, for a hidden field, a `meta` element or a cookie.
#[cfg(feature = "alloc")]
#[derive(Clone)]
pub struct CsrfToken(Zeroizing<String>);

#[cfg(feature = "alloc")]
impl CsrfToken {
    /// The text. It needs no escaping in HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The headers of the double-submit form: a cookie [`CSRF_COOKIE`] that scripts of this host can read, to send its value back in [`CSRF_HEADER`] or in a field. The cookie
    /// alone proves nothing, since browsers send it along; the copy does, because it is bound to the session.
    pub fn cookie(&self) -> ResponseHeaders {
        let attributes = "Secure; SameSite=Strict; Path=/";
        let line = alloc::format!("{CSRF_COOKIE}={}; {attributes}", self.as_str());
        ResponseHeaders::new().set_cookie(Zeroizing::new(line))
    }
}

#[cfg(feature = "alloc")]
impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

/// The request does not prove that a page of ours made it. It says no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CsrfRejected;

/// The ring has no key of kind `e` or `n`, so there is no secret that its verifiers share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoSharedKey;

/// Why no anti-forgery token was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CsrfError {
    /// The random source failed.
    Random,
    /// No key of kind `e` or `n` mints now, or [`Csrf`] was not set up.
    NoMintingKey,
    /// There is no session to bind it to.
    NoSession,
}

impl fmt::Display for CsrfRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("request rejected")
    }
}

impl fmt::Display for NoSharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the ring has no key of kind `e` or `n` to make anti-forgery tokens with")
    }
}

impl fmt::Display for CsrfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "the random source failed",
            Self::NoMintingKey => "no key of kind `e` or `n` makes anti-forgery tokens now",
            Self::NoSession => "there is no session to bind an anti-forgery token to",
        })
    }
}

impl core::error::Error for CsrfRejected {}
impl core::error::Error for NoSharedKey {}
impl core::error::Error for CsrfError {}
