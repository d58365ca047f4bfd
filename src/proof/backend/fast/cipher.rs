//! XChaCha20-Poly1305 as RFC 8439 section 2.8 puts it together, of `chacha20` and of `orion`'s Poly1305 (arithmetic by fiat-crypto, formally verified).
//!
//! The keystream is made four blocks at a time, which costs the processor no more than one block does: the key of Poly1305 and the first 192 bytes come out of the
//! first four. `chacha20poly1305` needs three passes for the same, and its Poly1305 for AVX2 is ten times as slow in programs that are built without flags.

use chacha20::XChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use orion::hazardous::mac::poly1305::{OneTimeKey, Poly1305, Tag};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::supported;
use crate::proof::backend::{NONCE, TAG};

/// What Poly1305 takes at a time.
const BLOCK: usize = 16;
/// What a pass of ChaCha20 makes.
const FOUR_BLOCKS: usize = 256;
/// Of which the first block is for Poly1305.
const FIRST_BLOCK: usize = 64;

pub(in crate::proof) struct Cipher(Zeroizing<[u8; 32]>);

impl Cipher {
    /// `None` where the processor does not do.
    pub(in crate::proof) fn new(key: &[u8; 32]) -> Option<Self> {
        supported().then(|| Self(Zeroizing::new(*key)))
    }

    #[must_use]
    pub(in crate::proof) fn open<const A: usize>(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8; A],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        self.open_checked(nonce, associated, bytes, tag).is_some()
    }

    fn open_checked<const A: usize>(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8; A],
        bytes: &mut [u8],
        tag: &[u8; TAG],
    ) -> Option<()> {
        let mut keystream = Keystream::new(&self.0, nonce)?;
        let computed = authenticate(&keystream.key()?, associated, bytes)?;
        let computed = computed.unprotected_as_bytes().try_into().ok()?;
        if equal(computed, tag) { keystream.apply(bytes) } else { None }
    }

    pub(in crate::proof) fn seal<const A: usize>(
        &self,
        nonce: &[u8; NONCE],
        associated: &[u8; A],
        bytes: &mut [u8],
    ) -> Option<[u8; TAG]> {
        let mut keystream = Keystream::new(&self.0, nonce)?;
        let key = keystream.key()?;
        keystream.apply(bytes)?;
        let tag = authenticate(&key, associated, bytes)?;
        tag.unprotected_as_bytes().try_into().ok()
    }
}

/// Four blocks of keystream, and what makes the next ones. Wiped on drop.
struct Keystream {
    cipher: XChaCha20, // wipes itself when dropped
    blocks: [u8; FOUR_BLOCKS],
}

impl Keystream {
    fn new(key: &[u8; 32], nonce: &[u8; NONCE]) -> Option<Self> {
        let mut keystream =
            Self { cipher: XChaCha20::new(key.into(), nonce.into()), blocks: [0; FOUR_BLOCKS] };
        keystream.cipher.try_apply_keystream(&mut keystream.blocks).ok()?;
        Some(keystream)
    }

    /// The key of Poly1305: the first half of the first block. The second half is used for nothing.
    fn key(&self) -> Option<OneTimeKey> {
        OneTimeKey::from_slice(self.blocks.get(..32)?).ok()
    }

    /// Encrypts or decrypts: from the second block on.
    fn apply(&mut self, bytes: &mut [u8]) -> Option<()> {
        let (_, blocks) = self.blocks.split_at(FIRST_BLOCK);
        let (start, rest) = bytes.split_at_mut(bytes.len().min(blocks.len()));
        combine(start, blocks);
        for part in rest.chunks_mut(FOUR_BLOCKS) {
            self.blocks.fill(0);
            self.cipher.try_apply_keystream(&mut self.blocks).ok()?;
            combine(part, &self.blocks);
        }
        Some(())
    }
}

fn combine(bytes: &mut [u8], keystream: &[u8]) {
    for (byte, key) in bytes.iter_mut().zip(keystream) {
        *byte ^= key;
    }
}

impl Drop for Keystream {
    fn drop(&mut self) {
        self.blocks.fill(0);
        zeroize::optimization_barrier(&self.blocks);
    }
}

/// In constant time. As numbers, because sixteen bytes one by one, each behind a barrier, cost as much as a block of Poly1305.
fn equal(one: &[u8; TAG], other: &[u8; TAG]) -> bool {
    let difference = u128::from_le_bytes(*one) ^ u128::from_le_bytes(*other);
    let folded = (difference >> 64) as u64 | difference as u64;
    folded.ct_eq(&0).into()
}

/// The tag: over the associated data (1 to 16 bytes) and the ciphertext, each filled up with zeros to whole blocks, and their lengths.
fn authenticate<const A: usize>(key: &OneTimeKey, associated: &[u8; A], ciphertext: &[u8]) -> Option<Tag> {
    const { assert!(0 < A && A <= BLOCK) }
    let mut state = Poly1305::new(key);
    let mut front = [0; BLOCK];
    front.get_mut(..A)?.copy_from_slice(associated);
    state.update(&front).ok()?;
    let (whole, rest) = ciphertext.as_chunks::<BLOCK>();
    state.update(whole.as_flattened()).ok()?;
    // What is left and the lengths in one piece: each call costs as much as two blocks.
    let mut back = [0; 2 * BLOCK];
    let (last, lengths) = back.split_at_mut(BLOCK);
    last.get_mut(..rest.len())?.copy_from_slice(rest);
    let both = [A, ciphertext.len()].map(|length| (length as u64).to_le_bytes());
    lengths.copy_from_slice(both.as_flattened());
    state.update(if rest.is_empty() { lengths } else { &back }).ok()?;
    state.finalize().ok()
}
