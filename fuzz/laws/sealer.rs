//! Tokens with any body, sealed and signed with the real cryptography as SPEC section 5 says: what only a holder of the keys can make. The library itself has no such entry.

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer as _, SigningKey};
use hkdf::Hkdf;
use safeconduct::{Issuing, Kind, Ring};
use sha2::{Digest as _, Sha256};

use super::base64url::{base64url, from_base64url};

/// A key of a ring and what is derived from it for one context.
pub(super) struct Sealer {
    pub(super) kind: Kind,
    pub(super) key_id: [u8; 4],
    pub(super) issue_from: u64,
    pub(super) accept_until: u64,
    pub(super) revoked: bool,
    identity: [u8; 32],
    /// With the length before it.
    context: Vec<u8>,
    cipher: Option<XChaCha20Poly1305>,
    signing: Option<SigningKey>,
}

fn hkdf<const N: usize>(key: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(None, key).expand(info, &mut out).expect("a length that HKDF has");
    out
}

impl Sealer {
    /// Of every live key of the ring, read from its binary form (SPEC section 8.1).
    pub(super) fn all(ring: &Ring<Issuing>, context: &str) -> Vec<Self> {
        let length = |text: &str| u8::try_from(text.len()).expect("short");
        let encoded = [&[length(context) + 1, length(context)], context.as_bytes()].concat();
        let bytes = ring.to_bytes();
        let mut rest = &bytes[1..];
        let mut take = |count: usize| {
            let (front, after) = rest.split_at(count);
            rest = after;
            front
        };
        let mut all = Vec::new();
        for _ in 0..bytes[0] {
            let front = take(14);
            let number =
                |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            let kind = Kind::from_letter(char::from(front[0])).expect("keys that are live");
            let halves = [kind != Kind::Signed, kind != Kind::Encrypted];
            let [aead, seed] = halves.map(|there| there.then(|| take(32).to_vec()));
            all.push(Self::new(
                kind,
                &front[1..6],
                number(&front[6..10]) + number(&front[10..14]),
                aead,
                seed,
                &encoded,
            ));
        }
        all
    }

    fn new(
        kind: Kind,
        issue_from: &[u8],
        lasting: u64,
        aead: Option<Vec<u8>>,
        seed: Option<Vec<u8>>,
        context: &[u8],
    ) -> Self {
        let letter = [kind.letter() as u8];
        let info = [b"safeconduct/v1/subkeys".as_slice(), &letter, &[1], context].concat();
        let signing = seed.map(|seed| SigningKey::from_bytes(&seed.try_into().expect("32 bytes")));
        let mut hash = Sha256::new_with_prefix(b"safeconduct/v1/key").chain_update(letter);
        if let Some(aead) = &aead {
            hash.update(hkdf::<32>(aead, b"safeconduct/v1/commitment"));
        }
        if let Some(signing) = &signing {
            hash.update(signing.verifying_key().as_bytes());
        }
        let identity: [u8; 32] = hash.finalize().into();
        let cipher = aead.map(|aead| {
            let subkeys: [u8; 64] = hkdf(&aead, &info);
            XChaCha20Poly1305::new_from_slice(&subkeys[..32]).expect("32 bytes")
        });
        let issue_from = issue_from.iter().fold(0_u64, |time, byte| time << 8 | u64::from(*byte));
        Self {
            kind,
            key_id: identity[..4].try_into().expect("4 bytes"),
            issue_from,
            accept_until: issue_from + lasting,
            revoked: false,
            identity,
            context: context.to_vec(),
            cipher,
            signing,
        }
    }

    /// The token with this body.
    pub(super) fn seal(&self, session_id: [u8; 12], token_id: [u8; 12], body: &[u8]) -> String {
        let last = match self.kind {
            Kind::Encrypted => 0x5E,
            Kind::Signed => 0x6C,
            Kind::Nested => 0x67,
        };
        let header = [&[0xB1, 0xCD, last], &self.key_id[..], &session_id, &token_id].concat();
        let mut content = body.to_vec();
        if let Some(signing) = &self.signing {
            let label = b"safeconduct/v1/signature\x01";
            let message = [label.as_slice(), &header, &self.identity, &self.context, body].concat();
            content.extend(signing.sign(&message).to_bytes());
        }
        if let Some(cipher) = &self.cipher {
            let nonce = XNonce::try_from(&header[7..]).expect("24 bytes");
            let tag = cipher
                .encrypt_inout_detached(&nonce, &header[..7], content.as_mut_slice().into())
                .expect("short enough");
            content.extend(tag);
        }
        base64url(&[header, content].concat())
    }

    /// The body of a token under this key, of kind `e`.
    pub(super) fn open(&self, token: &str) -> Option<Vec<u8>> {
        let bytes = from_base64url(token)?;
        let (header, content) = bytes.split_at_checked(31)?;
        let (text, tag) = content.split_last_chunk::<16>()?;
        let mut plain = text.to_vec();
        let nonce = XNonce::try_from(&header[7..]).ok()?;
        let buffer = plain.as_mut_slice().into();
        let cipher = self.cipher.as_ref()?;
        cipher.decrypt_inout_detached(&nonce, &header[..7], buffer, &Tag::from(*tag)).ok()?;
        Some(plain)
    }
}
