//! What the cryptography alone costs, of the same number of bytes.

use chacha20poly1305::KeyInit as _;
use chacha20poly1305::aead::AeadInOut as _;
use ed25519_dalek::Signer as _;

use crate::{Limit, proof, random};

/// Bytes of the body of our token.
pub const BODY: usize = 37;
/// Format and key id.
pub const ASSOCIATED: [u8; 7] = *b"\xB1\xCD\x5Ekey ";
/// What a signature covers: label, purpose, header, identity, length, context, body.
const SIGNED: usize = 24 + 1 + 31 + 32 + 1 + 21 + BODY;

pub struct Sealed {
    pub bytes: [u8; BODY],
    pub tag: [u8; 16],
}

impl Sealed {
    /// Opening works in place, so every time on a fresh copy.
    pub fn opened_by(&self, open: impl FnOnce(&mut [u8], &[u8; 16]) -> bool) -> bool {
        let mut copy = std::hint::black_box(self.bytes);
        let opened = open(&mut copy, &self.tag);
        std::hint::black_box(copy);
        opened
    }
}

fn limit(name: &'static str, mut work: impl FnMut() -> bool + 'static) -> Limit {
    assert!(work(), "{name}");
    Limit { name, work: Box::new(work) }
}

pub fn all() -> Vec<Limit> {
    let mut all = vec![limit("open: backend in use", proof::opens())];
    all.extend(opening());
    all.extend(verifying());
    all.extend(signing());
    all
}

fn opening() -> [Limit; 3] {
    let (key, nonce): ([u8; 32], [u8; 24]) = (random(), random());
    let rustcrypto = chacha20poly1305::XChaCha20Poly1305::new(&key.into());
    let mut bytes = [7; BODY];
    let tag = rustcrypto
        .encrypt_inout_detached((&nonce).into(), &ASSOCIATED, (&mut bytes[..]).into())
        .expect("short bytes")
        .into();
    let graviola = graviola::aead::XChaCha20Poly1305::new(key);
    let [first, second, third] = [(); 3].map(|()| Sealed { bytes, tag });
    [
        limit("open: RustCrypto chacha20poly1305", move || {
            first.opened_by(|bytes, tag| {
                let nonce = (&nonce).into();
                rustcrypto.decrypt_inout_detached(nonce, &ASSOCIATED, bytes.into(), tag.into()).is_ok()
            })
        }),
        limit("open: graviola", move || {
            second.opened_by(|bytes, tag| graviola.decrypt(&nonce, &ASSOCIATED, bytes, tag).is_ok())
        }),
        limit("open: HChaCha20 and ring", move || {
            third.opened_by(|bytes, tag| {
                use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
                let (front, back) = nonce.split_at(16);
                let subkey = chacha20::hchacha::<chacha20::R20>(&key.into(), front.try_into().expect("16"));
                let mut inner = [0; 12];
                inner[4..].copy_from_slice(back);
                let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &subkey).expect("32 bytes"));
                let nonce = Nonce::assume_unique_for_key(inner);
                let (aad, tag) = (Aad::from(ASSOCIATED), (*tag).into());
                key.open_in_place_separate_tag(nonce, aad, tag, bytes, 0..).is_ok()
            })
        }),
    ]
}

fn signing() -> [Limit; 3] {
    let seed: [u8; 32] = random();
    let message = [5; SIGNED];
    let dalek = ed25519_dalek::SigningKey::from_bytes(&seed);
    let graviola = graviola::signing::eddsa::Ed25519SigningKey::from_bytes(&seed).expect("a key");
    let aws = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
    let expected = dalek.sign(&message).to_bytes();
    [
        limit("Ed25519 sign: dalek", move || dalek.sign(&message).to_bytes() == expected),
        limit("Ed25519 sign: graviola (backend in use)", move || graviola.sign(&message) == expected),
        limit("Ed25519 sign: aws-lc-rs", move || aws.sign(&message).as_ref() == expected),
    ]
}

fn verifying() -> [Limit; 3] {
    let signing = ed25519_dalek::SigningKey::from_bytes(&random());
    let message = [5; SIGNED];
    let signature = signing.sign(&message);
    let bytes = signature.to_bytes();
    let public = signing.verifying_key();
    let graviola =
        graviola::signing::eddsa::Ed25519VerifyingKey::from_bytes(public.as_bytes()).expect("a key");
    let aws = aws_lc_rs::signature::ParsedPublicKey::new(&aws_lc_rs::signature::ED25519, public.as_bytes())
        .expect("a key");
    [
        limit("Ed25519 verify: dalek, strict", move || public.verify_strict(&message, &signature).is_ok()),
        limit("Ed25519 verify: graviola (backend in use)", move || graviola.verify(&bytes, &message).is_ok()),
        limit("Ed25519 verify: aws-lc-rs", move || aws.verify_sig(&message, &bytes).is_ok()),
    ]
}
