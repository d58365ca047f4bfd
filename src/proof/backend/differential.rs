//! Both backends on the same input: honest, damaged and crafted. A few thousand cases with `cargo test`, a million with
//! `cargo test --release --lib a_million -- --ignored`.
#![cfg(test)]

use std::vec::Vec;

use curve25519_dalek::constants::{ED25519_BASEPOINT_TABLE, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest as _, Sha512};

use super::{Backend, NONCE, SIGNATURE, backend, fast, portable, portable_ed25519};
use crate::keys::{PublicKey, SigningKey};

/// Spellings of points of small order that are not their own.
const NOT_CANONICAL: [(u8, u8, u8); 4] =
    [(0xEE, 0xFF, 0x7F), (0x01, 0, 0x80), (0xED, 0xFF, 0x7F), (0xEC, 0xFF, 0xFF)];
/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// SHA-512 of a counter: the same cases on every machine.
struct Cases(u64);

impl Cases {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.0 += 1;
        let block = Sha512::digest(self.0.to_le_bytes());
        core::array::from_fn(|at| block[at % 64])
    }

    fn below(&mut self, bound: usize) -> usize {
        (u64::from_le_bytes(self.bytes()) % bound as u64) as usize
    }

    /// Mostly as long as tokens are, sometimes as long as they can be, and at the borders of blocks.
    fn message(&mut self) -> Vec<u8> {
        let length = match self.below(20) {
            0 => self.below(3_100),
            1 => self.below(50) * 64,
            2 => 0,
            _ => self.below(260),
        };
        let seed: [u8; 64] = self.bytes();
        (0..length).map(|at| seed[at % 64] ^ (at / 64) as u8).collect()
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        let bit = self.below(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

/// `A` is the size of the associated data.
fn ciphers<const A: usize>(cases: &mut Cases) {
    let key: [u8; 32] = match cases.below(50) {
        0 => [0; 32],
        1 => [0xFF; 32],
        _ => cases.bytes(),
    };
    let mut nonce: [u8; NONCE] = cases.bytes();
    let mut associated: [u8; A] = cases.bytes();
    let known = portable::Cipher::new(&key);
    let new = fast::Cipher::new(&key).unwrap();

    let mut plain = cases.message();
    let fill = [0x00, 0xFF][cases.below(2)];
    if cases.below(4) == 0 {
        // A ciphertext of equal bytes, which random plaintext never has: the ends of Poly1305's range.
        let mut stream = std::vec![0; plain.len()];
        known.seal(&nonce, &associated, &mut stream).unwrap();
        plain = stream.iter().map(|byte| byte ^ fill).collect();
    }
    let (mut one, mut other) = (plain.clone(), plain.clone());
    let mut tag = known.seal(&nonce, &associated, &mut one).unwrap();
    assert_eq!(tag, new.seal(&nonce, &associated, &mut other).unwrap());
    assert_eq!(one, other);
    let mut sealed = one.clone();
    assert!(known.open(&nonce, &associated, &mut other, &tag) && other == plain);
    assert!(new.open(&nonce, &associated, &mut one, &tag) && one == plain);

    match cases.below(4) {
        0 => cases.flip(&mut tag),
        1 => cases.flip(&mut nonce),
        2 => cases.flip(&mut associated),
        3 if !sealed.is_empty() => cases.flip(&mut sealed),
        _ => tag = [0; 16],
    }
    let mut copy = sealed.clone();
    assert!(!known.open(&nonce, &associated, &mut sealed, &tag));
    assert!(!new.open(&nonce, &associated, &mut copy, &tag));
    assert!(copy.len() < 16 || copy != plain, "plaintext of a forgery");
}

/// A signature under `key` with this `R`, by somebody who knows the secret: `S = nonce + k·a`.
fn solved(key: &SigningKey, r: [u8; 32], nonce: Scalar, message: &[u8]) -> [u8; SIGNATURE] {
    let hash = Sha512::new().chain_update(r).chain_update(key.public().as_bytes()).chain_update(message);
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let s = nonce + challenge * key.dalek().to_scalar();
    joined(r, s.to_bytes())
}

fn joined(r: [u8; 32], s: [u8; 32]) -> [u8; SIGNATURE] {
    [r, s].concat().try_into().unwrap()
}

fn plus_order(s: &[u8]) -> [u8; 32] {
    let mut carry = 0;
    core::array::from_fn(|at| {
        carry += u16::from(s[at]) + u16::from(ORDER[at]);
        let byte = carry as u8;
        carry >>= 8;
        byte
    })
}

/// What kinds of signatures there are to try, and which of them count.
fn signatures(cases: &mut Cases) {
    let seed = cases.bytes();
    let key = SigningKey::from_seed(&seed);
    let public = key.public();
    let mut message = cases.message();
    let honest = portable_ed25519::sign(&key, &message);
    assert_eq!(honest, fast::Signing::new(&key).unwrap().sign(&message));

    let mut signature = honest;
    let mut verified_by = public.clone();
    let nonce = match cases.below(8) {
        0 => Scalar::ZERO,
        1 => Scalar::ONE,
        2 => -Scalar::ONE,
        _ => Scalar::from_bytes_mod_order(cases.bytes()),
    };
    let torsion = cases.below(EIGHT_TORSION.len());
    let point: EdwardsPoint = EIGHT_TORSION[torsion];
    let expected = match cases.below(10) {
        0 => {
            cases.flip(&mut signature);
            false
        }
        1 => {
            message.push(0);
            false
        }
        2 => {
            signature = solved(&key, point.compress().0, Scalar::ZERO, &message);
            false
        }
        3 => {
            let r = &nonce * ED25519_BASEPOINT_TABLE + point;
            signature = solved(&key, r.compress().0, nonce, &message);
            torsion == 0 && nonce != Scalar::ZERO
        }
        4 => {
            let (first, middle, last) = NOT_CANONICAL[torsion % 4];
            let mut r = [middle; 32];
            (r[0], r[31]) = (first, last);
            signature = solved(&key, r, Scalar::ZERO, &message);
            false
        }
        5 => {
            signature = joined(*honest.first_chunk().unwrap(), plus_order(&honest[32..]));
            false
        }
        6 => {
            signature = cases.bytes();
            false
        }
        7 => {
            verified_by = SigningKey::from_seed(&cases.bytes()).public();
            false
        }
        8 => {
            // The other sign of R.
            signature[31] ^= 0x80;
            false
        }
        _ => true,
    };
    let known = portable_ed25519::accepts(&verified_by, &message, &signature);
    let new = fast::Verifying::new(&verified_by).unwrap().accepts(&message, &signature);
    assert_eq!((known, new), (expected, expected), "{signature:02x?} under {:02x?}", public.as_bytes());
}

/// On every processor that there is.
fn agree(count: u64) {
    assert_eq!(backend(), Backend::Fast, "this processor cannot run the fast backend: nothing to compare");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || (first as u64..count).step_by(threads).for_each(agree_on));
        }
    });
}

/// Each case by itself, so that one that fails can be run again alone.
fn agree_on(case: u64) {
    let mut cases = Cases(case << 16);
    // Of tokens, of documents, and the two ends.
    match case % 4 {
        0 | 1 => ciphers::<7>(&mut cases),
        2 => ciphers::<5>(&mut cases),
        _ if case % 8 == 3 => ciphers::<1>(&mut cases),
        _ => ciphers::<16>(&mut cases),
    }
    signatures(&mut cases);
}

#[test]
fn backends_agree() {
    agree(3_000);
}

#[test]
#[ignore = "minutes; .ci/run does it"]
fn backends_agree_a_million_times() {
    agree(1_000_000);
}

#[test]
fn public_keys_that_pass_can_be_loaded() {
    let keys = (0..500).filter_map(|case| PublicKey::from_bytes(&Cases(case << 16).bytes()).ok());
    let loaded: Vec<_> = keys.map(|key| fast::Verifying::new(&key).is_some()).collect();
    assert!(loaded.iter().all(|loaded| *loaded));
    assert!(loaded.len() > 15, "one random string in 16 is a public key");
}
