//! Inward: bytes that somebody sent become bytes that we made.

use core::ops::Range;

use super::backend::{Cipher, SIGNATURE, TAG, Verifying};
use super::sign;
use crate::error::Reason;
use crate::keys::{KeyIdentity, Purpose, RingKey, VerifyingKey};
use crate::values::{Context, Kind};
use crate::wire::{self, HEADER, Unverified};

/// What opens tokens under one key in one context: derived once, when a ring is loaded.
pub(crate) struct OpeningKey {
    kind: Kind,
    identity: KeyIdentity,
    cipher: Option<Cipher>,
    public: Option<Verifying>,
}

impl OpeningKey {
    pub(crate) fn new(key: &VerifyingKey, purpose: Purpose, context: &Context) -> Self {
        Self {
            kind: key.kind(),
            identity: *key.identity(),
            cipher: key.material().subkeys(purpose, context).map(|subkeys| Cipher::new(&subkeys.sealing)),
            public: key.material().ed25519().map(Verifying::new),
        }
    }
}

/// A body that a holder of the key made, for this context and purpose. Only [`open`] makes one.
pub(crate) struct Authentic<'a> {
    memory: &'a [u8],
    body: Range<usize>,
}

impl Authentic<'_> {
    /// The body, decrypted.
    pub(crate) fn body(&self) -> &[u8] {
        self.memory.get(self.body.clone()).unwrap_or_default()
    }

    /// Where in the scratch the last `length` bytes of the body are.
    pub(crate) fn tail(&self, length: usize) -> Range<usize> {
        self.body.end.saturating_sub(length).max(self.body.start)..self.body.end
    }
}

/// Checks the tag, then the signature, whichever the kind has (TOK-20 to TOK-25).
#[inline]
pub(crate) fn open<'a>(
    token: Unverified<'a>,
    key: &OpeningKey,
    purpose: Purpose,
    context: &Context,
) -> Result<Authentic<'a>, Reason> {
    // A key is only ever used for its own kind (KEY-03); the ring has selected by kind already.
    if key.kind != token.header.kind {
        return Err(Reason::UnknownKey);
    }
    let (memory, start) = token.into_memory();
    let (before, _) = memory.split_at(start.min(memory.len()));
    // A copy: what a signature covers is written over it.
    let raw_header = *before.last_chunk::<HEADER>().ok_or(Reason::Malformed)?;
    let mut end = memory.len();
    if let Some(cipher) = &key.cipher {
        let sealed = memory.get_mut(start..end).ok_or(Reason::Malformed)?;
        let (bytes, tag) = sealed.split_last_chunk_mut::<TAG>().ok_or(Reason::Malformed)?;
        let (associated, nonce) = wire::split_header(&raw_header).ok_or(Reason::Malformed)?;
        if !cipher.open(nonce, associated, bytes, tag) {
            return Err(Reason::Forged);
        }
        end = end.saturating_sub(TAG);
    }
    if let Some(public) = &key.public {
        let signed = memory.get_mut(..end).ok_or(Reason::Malformed)?;
        let (front, signature) = signed.split_last_chunk_mut::<SIGNATURE>().ok_or(Reason::Malformed)?;
        let lengths = sign::lengths(purpose, context);
        let covered = sign::covered(&raw_header, &key.identity, context, &lengths);
        let message = write_before(front, start, &covered).ok_or(Reason::Malformed)?;
        if !sign::verify(public, message, signature) {
            return Err(Reason::Forged);
        }
        end = end.saturating_sub(SIGNATURE);
    }
    Ok(Authentic { memory, body: start..end })
}

/// Writes the pieces right before `start` and returns everything from their beginning on: the message, contiguous, without a copy of the body.
fn write_before<'m>(memory: &'m mut [u8], start: usize, pieces: &[&[u8]]) -> Option<&'m [u8]> {
    let length = pieces.iter().map(|piece| piece.len()).sum();
    let first = start.checked_sub(length)?;
    let target = memory.get_mut(first..start)?;
    for (target, source) in target.iter_mut().zip(pieces.iter().copied().flatten()) {
        *target = *source;
    }
    memory.get(first..)
}
