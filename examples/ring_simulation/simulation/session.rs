//! Tokens: what the model knows of one, and the real thing for a few of them.

use std::rc::Rc;

use safeconduct::{
    AuthLevel, Context, ExactList, Grant, Issuer, Issuing, KeyId, KeyState, Kind, MintError, Policy, Reason,
    Ring, RingKeyInfo, Subject, Timestamp, Verifier, context,
};

use super::chance::Chance;

const CONTEXT: Context = context!("shop.example", "session");

/// What decides the fate of a token, as far as keys and clocks do.
#[derive(Clone, Debug)]
pub struct Token {
    pub key: KeyId,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub ends_at: Timestamp,
    /// The text of a real token with these claims, for a few.
    pub text: Option<Rc<str>>,
}

/// The key that mints in a view: the one, or what is wrong.
pub fn minting_key(keys: &[RingKeyInfo]) -> Result<&RingKeyInfo, usize> {
    let mut active = keys.iter().filter(|key| key.state == KeyState::Active);
    match (active.next(), active.count()) {
        (Some(key), 0) => Ok(key),
        (first, others) => Err(usize::from(first.is_some()) + others),
    }
}

/// SPEC section 7, steps 5 and 6: whether the key of a token is known, not revoked, and inside its window.
pub fn check_key(keys: &[RingKeyInfo], id: KeyId, now: Timestamp, policy: &Policy) -> Result<(), Reason> {
    let key = keys.iter().find(|key| key.id == id).ok_or(Reason::UnknownKey)?;
    if key.state == KeyState::Revoked {
        return Err(Reason::KeyRevoked);
    }
    if key.window.issue_from().saturating_sub(policy.skew()) > now {
        return Err(Reason::KeyNotYetValid);
    }
    if key.state == KeyState::Expired {
        return Err(Reason::KeyExpired);
    }
    Ok(())
}

/// The same, then steps 10 and 11: the clock of whoever minted it, and the deadlines.
pub fn check_token(
    keys: &[RingKeyInfo],
    token: &Token,
    now: Timestamp,
    policy: &Policy,
) -> Result<(), Reason> {
    check_key(keys, token.key, now, policy)?;
    if token.issued_at > now.saturating_add(policy.skew()) {
        return Err(Reason::IssuedInFuture);
    }
    if now >= token.ends_at {
        return Err(Reason::Expired);
    }
    if now >= token.expires_at {
        return Err(Reason::Idle);
    }
    Ok(())
}

/// SPEC sections 6.1 and 6.2: the token of a new session, or the successor of a parent.
pub fn mint(
    keys: &[RingKeyInfo],
    parent: Option<&Token>,
    now: Timestamp,
    policy: &Policy,
) -> Result<Token, MintError> {
    let issued_at = parent.map_or(now, |parent| parent.issued_at.max(now));
    let ends_at = parent.map_or_else(|| now.saturating_add(policy.session()), |parent| parent.ends_at);
    if issued_at >= ends_at {
        return Err(MintError::SessionOver);
    }
    let key = minting_key(keys).map_err(|_| MintError::NoMintingKey)?;
    let expires_at = issued_at.saturating_add(policy.idle()).min(ends_at);
    if expires_at > key.window.accept_until() {
        return Err(MintError::OutlivesKey);
    }
    Ok(Token { key: key.id, issued_at, expires_at, ends_at, text: None })
}

/// The text of a real first token, from a real issuer with this ring.
pub fn real_login(
    ring: &Ring<Issuing>,
    now: Timestamp,
    policy: &Policy,
    rng: &mut Chance,
) -> Result<Rc<str>, MintError> {
    let subject = Subject::new("usr_8f14e45fceea167a").map_err(|_| MintError::Times)?;
    let issuer = Issuer::new(ring, CONTEXT, policy, Kind::Encrypted);
    let token = issuer.issue(&Grant::new(subject, AuthLevel::Aal1), now, rng)?;
    Ok(token.as_str().into())
}

/// What a real verifier says to a real token and, if the session goes on, the text of its real successor.
pub fn real_visit(
    ring: &Ring<Issuing>,
    text: &str,
    now: Timestamp,
    policy: &Policy,
    rng: &mut Chance,
) -> Result<(KeyId, Result<Rc<str>, MintError>), Reason> {
    let verifier = Verifier::new(&ring.verifying(), CONTEXT, policy, Kind::Encrypted);
    let session = verifier
        .revocations(ExactList::new())
        .verify_owned::<()>(text, now)
        .map_err(|rejected| rejected.reason())?;
    let successor = Issuer::new(ring, CONTEXT, policy, Kind::Encrypted).rotate(&session, rng);
    Ok((session.key_id(), successor.map(|token| token.as_str().into())))
}
