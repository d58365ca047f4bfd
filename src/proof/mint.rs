//! Outward: a body becomes a token.

use alloc::boxed::Box;
use alloc::string::String;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::backend::{Cipher, Signing, Verifying};
use super::sign;
use crate::error::MintError;
use crate::keys::{IssuingKey, KeyIdentity, Purpose, RingKey, Signer, Subkeys, VerifyingKey};
use crate::values::{Context, KeyId, Kind, SessionId, TokenId};
use crate::wire::{self, Draft, HEADER, Header};

/// What mints tokens under one key in one context: derived once, when a ring is loaded.
pub(crate) struct MintingKey {
    kind: Kind,
    identity: KeyIdentity,
    // Boxed, so that moving an issuer copies no secret, and a half that is not there leaves no room in which one could be left.
    sealing: Option<Box<Sealing>>,
    half: Option<Box<Half>>,
}

/// What kinds `e` and `n` seal with, and what hedges their ids.
struct Sealing {
    cipher: Cipher,
    /// HMAC that has taken its key and nothing else.
    hedging: Hmac<Sha256>,
}

impl Sealing {
    fn new(subkeys: &Subkeys) -> Self {
        // HMAC fills a key up with zeros to the size of a block; a whole block cannot have the wrong length.
        let mut block = Zeroizing::new([0; 64]);
        for (target, source) in block.iter_mut().zip(&subkeys.hedging) {
            *target = *source;
        }
        Self { cipher: Cipher::new(&subkeys.sealing), hedging: Hmac::new((&*block).into()) }
    }
}

/// Who signs.
enum Half {
    Here(Signing),
    /// A [`Signer`], under this public key.
    Elsewhere(Verifying),
}

impl MintingKey {
    pub(crate) fn new(key: &IssuingKey, purpose: Purpose, context: &Context) -> Self {
        let half = key.material().ed25519().map(Signing::new).map(Half::Here);
        Self::with(key, half, purpose, context)
    }

    /// For an issuer whose signatures are made elsewhere. `None` for kind `e`: whoever has its key can mint, and nobody signs.
    pub(crate) fn of_signer(key: &VerifyingKey, purpose: Purpose, context: &Context) -> Option<Self> {
        let half = Half::Elsewhere(Verifying::new(key.material().ed25519()?));
        Some(Self::with(key, Some(half), purpose, context))
    }

    pub(crate) fn key_id(&self) -> KeyId {
        self.identity.key_id()
    }

    fn with(key: &impl RingKey, half: Option<Half>, purpose: Purpose, context: &Context) -> Self {
        Self {
            kind: key.material().kind(),
            identity: *key.identity(),
            sealing: key.material().subkeys(purpose, context).as_ref().map(Sealing::new).map(Box::new),
            half: half.map(Box::new),
        }
    }
}

/// Session id and token id of a token to be made.
#[derive(Clone, Copy)]
pub(crate) struct Ids {
    pub(crate) session: SessionId,
    pub(crate) token: TokenId,
}

impl Ids {
    /// Ids of a new session (SPEC section 6.1, step 4; ISS-04).
    pub(crate) fn of_session<G: TryCryptoRng + ?Sized>(
        key: &MintingKey,
        token: &[u8],
        rng: &mut G,
    ) -> Result<Self, MintError> {
        let [session, token] = draw(key, b"session", &[], body(token), rng)?;
        Ok(Self { session: SessionId::from_bytes(session), token: TokenId::from_bytes(token) })
    }

    /// Ids of a successor: the session keeps its own (SPEC section 6.2, step 2).
    pub(crate) fn of_rotation<G: TryCryptoRng + ?Sized>(
        key: &MintingKey,
        session: SessionId,
        token: &[u8],
        rng: &mut G,
    ) -> Result<Self, MintError> {
        let [token] = draw(key, b"rotation", &session.to_bytes(), body(token), rng)?;
        Ok(Self { session, token: TokenId::from_bytes(token) })
    }
}

/// `N` ids at random; in kinds `e` and `n` hedged under the key: a pseudo-random function of fresh randomness and of what will be sealed.
///
/// What is hashed: label ‖ randomness ‖ key identity ‖ session id (in rotations) ‖ body.
fn draw<const N: usize, G: TryCryptoRng + ?Sized>(
    key: &MintingKey,
    label: &[u8],
    session: &[u8],
    body: &[u8],
    rng: &mut G,
) -> Result<[[u8; TokenId::SIZE]; N], MintError> {
    let mut ids = [[0; TokenId::SIZE]; N];
    let drawn = ids.as_flattened_mut();
    let Some(sealing) = &key.sealing else {
        rng.try_fill_bytes(drawn).map_err(|_| MintError::Random)?;
        return Ok(ids);
    };
    let mut random = [0; 16];
    if rng.try_fill_bytes(&mut random).is_err() {
        wire::wipe(&mut random);
        return Err(MintError::Random);
    }
    let mut mac = sealing.hedging.clone();
    for piece in [label, random.as_slice(), key.identity.as_bytes(), session, body] {
        mac.update(piece);
    }
    let mut hedged: [u8; 32] = mac.finalize().into_bytes().into();
    for (target, source) in drawn.iter_mut().zip(&hedged) {
        *target = *source;
    }
    wire::wipe(&mut random);
    wire::wipe(&mut hedged);
    Ok(ids)
}

/// The body of a token that has no header and no proof yet: it stands behind room for the header.
fn body(token: &[u8]) -> &[u8] {
    token.get(HEADER..).unwrap_or_default()
}

/// Signs and seals a body and writes it as text (SPEC section 5). `token` has room for the header in front of the body, and capacity for the proof.
pub(crate) fn mint(
    key: &MintingKey,
    signer: &impl Signer,
    purpose: Purpose,
    context: &Context,
    ids: Ids,
    mut token: Draft,
) -> Result<String, MintError> {
    let header = Header {
        kind: key.kind,
        key_id: key.identity.key_id(),
        session_id: ids.session,
        token_id: ids.token,
    }
    .to_bytes();
    *token.bytes_mut().first_chunk_mut().ok_or(MintError::TooLarge)? = header;
    if let Some(half) = key.half.as_deref() {
        let lengths = sign::lengths(purpose, context);
        let covered = sign::covered(&header, &key.identity, context, &lengths);
        let mut message = Zeroizing::new(covered.concat());
        message.extend_from_slice(body(token.bytes()));
        let signature = match half {
            Half::Here(signing) => signing.sign(&message),
            Half::Elsewhere(public) => {
                let signed = signer.sign(key.identity.key_id(), &message).ok();
                // A wrong key or a faulty device is found here, and not by every verifier.
                signed
                    .filter(|signature| sign::verify(public, &message, signature))
                    .ok_or(MintError::Signer)?
            }
        };
        token.append(&signature).ok_or(MintError::TooLarge)?;
    }
    if let Some(sealing) = &key.sealing {
        let plain = token.bytes_mut().get_mut(HEADER..).ok_or(MintError::TooLarge)?;
        let (associated, nonce) = wire::split_header(&header).ok_or(MintError::TooLarge)?;
        let tag = sealing.cipher.seal(nonce, associated, plain).ok_or(MintError::TooLarge)?;
        token.append(&tag).ok_or(MintError::TooLarge)?;
    }
    let token = token.bytes();
    if token.len() > wire::MAX_BYTES {
        return Err(MintError::TooLarge);
    }
    let mut text = String::with_capacity(token.len().div_ceil(3).saturating_mul(4));
    wire::encode(token, &mut text);
    Ok(text)
}
