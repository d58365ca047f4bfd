//! Ciphertexts with a tag that is right under several keys: Poly1305 (RFC 8439) is linear in each block, so whoever knows the keys solves for the blocks that are free.

use chacha20::XChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use num_bigint::BigInt;

const BLOCK: usize = 16;

/// One key of those that are to open the ciphertext, and the associated data that it is opened with.
pub struct Opener {
    pub sealing_key: [u8; 32],
    pub associated: [u8; 7],
}

/// A one-time key of Poly1305: the tag is `(message at r mod p) + s`, modulo 2^128.
struct OneTimeKey {
    r: BigInt,
    s: BigInt,
}

fn number(bytes: &[u8]) -> BigInt {
    BigInt::from_bytes_le(num_bigint::Sign::Plus, bytes)
}

fn two_to(power: usize) -> BigInt {
    BigInt::from(1) << power
}

/// 2^130 − 5.
fn prime() -> BigInt {
    two_to(130) - 5
}

/// The residue that is not negative.
fn residue(value: BigInt, modulus: &BigInt) -> BigInt {
    ((value % modulus) + modulus) % modulus
}

/// The key stream: the first 64 bytes hold the one-time key, the rest is for the text.
fn stream(key: &[u8; 32], nonce: &[u8; 24], length: usize) -> Vec<u8> {
    let mut stream = vec![0; 64 + length];
    XChaCha20::new(key.into(), nonce.into()).apply_keystream(&mut stream);
    stream
}

fn one_time_key(key: &[u8; 32], nonce: &[u8; 24]) -> OneTimeKey {
    let clamp = number(&0x0ffffffc_0ffffffc_0ffffffc_0fffffff_u128.to_le_bytes());
    let bytes = stream(key, nonce, 0);
    OneTimeKey { r: number(&bytes[..BLOCK]) & clamp, s: number(&bytes[BLOCK..2 * BLOCK]) }
}

/// The message that the AEAD authenticates, as the coefficients of its polynomial, the highest power first.
fn coefficients(associated: &[u8], ciphertext: &[u8]) -> Vec<BigInt> {
    assert_eq!(ciphertext.len() % BLOCK, 0, "the ciphertext is made of whole blocks");
    let mut message = associated.to_vec();
    message.resize(associated.len().next_multiple_of(BLOCK), 0);
    message.extend_from_slice(ciphertext);
    message.extend((associated.len() as u64).to_le_bytes());
    message.extend((ciphertext.len() as u64).to_le_bytes());
    message.chunks(BLOCK).map(|block| number(block) + two_to(8 * BLOCK)).collect()
}

fn value_at(coefficients: &[BigInt], r: &BigInt) -> BigInt {
    coefficients.iter().fold(BigInt::from(0), |sum, block| (sum + block) * r % prime())
}

/// Solves a square system modulo the prime, by elimination; `None` if it has no single solution.
fn solve(mut rows: Vec<Vec<BigInt>>) -> Option<Vec<BigInt>> {
    let (p, size) = (prime(), rows.len());
    for column in 0..size {
        let pivot = (column..size).find(|row| rows[*row][column] != BigInt::from(0))?;
        rows.swap(column, pivot);
        let inverse = rows[column][column].modpow(&(&p - 2), &p);
        rows[column].iter_mut().for_each(|cell| *cell = &*cell * &inverse % &p);
        let leading = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = row[column].clone();
            for (cell, above) in row.iter_mut().zip(&leading) {
                *cell = residue(&*cell - &factor * above, &p);
            }
        }
    }
    rows.into_iter().map(|mut row| row.pop()).collect()
}

/// Ciphertext and tag that every one of these keys opens under this nonce. Under the first one the text is `plain`, but for its last blocks: one less than there are
/// keys. `None` where no block of 16 bytes solves it, which happens mostly: then other text has to be tried.
pub fn sealed_for_all(openers: &[Opener], nonce: &[u8; 24], plain: &[u8]) -> Option<Vec<u8>> {
    let p = prime();
    let keys: Vec<_> = openers.iter().map(|opener| one_time_key(&opener.sealing_key, nonce)).collect();
    let mask = &stream(&openers[0].sealing_key, nonce, plain.len())[64..];
    let mut sealed: Vec<u8> = plain.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    let free = openers.len() - 1;
    let start = sealed.len() - free * BLOCK;
    sealed[start..].fill(0);

    // With the free blocks at 0, and what a one in each of them adds.
    let fixed: Vec<_> = openers
        .iter()
        .zip(&keys)
        .map(|(opener, key)| value_at(&coefficients(&opener.associated, &sealed), &key.r) + &key.s)
        .collect();
    let weight = |key: &OneTimeKey, block: usize| key.r.modpow(&BigInt::from(free - block + 1), &p);
    // Sums modulo 2^128 are compared after sums modulo p: they may differ by some multiples of 2^128.
    let carries = (-4..=4).map(BigInt::from);
    let all_carries =
        (1..free).fold(carries.clone().map(|carry| vec![carry]).collect(), |all: Vec<Vec<_>>, _| {
            let longer = |one: Vec<BigInt>| carries.clone().map(move |carry| [&one[..], &[carry]].concat());
            all.into_iter().flat_map(longer).collect()
        });
    for carries in all_carries {
        let rows = keys.iter().zip(&fixed).skip(1).zip(carries).map(|((key, fixed_here), carry)| {
            let weights = (0..free).map(|block| residue(weight(key, block) - weight(&keys[0], block), &p));
            let wanted = residue(&fixed[0] - fixed_here + carry * two_to(128), &p);
            weights.chain([wanted]).collect()
        });
        let Some(blocks) = solve(rows.collect()) else { continue };
        if blocks.iter().any(|block| *block >= two_to(128)) {
            continue;
        }
        for (block, place) in blocks.iter().zip(sealed[start..].chunks_mut(BLOCK)) {
            let (_, mut bytes) = block.to_bytes_le();
            bytes.resize(BLOCK, 0);
            place.copy_from_slice(&bytes);
        }
        let tags: Vec<_> = openers.iter().zip(&keys).map(|(opener, key)| tag(opener, key, &sealed)).collect();
        if tags.iter().all(|tag| *tag == tags[0]) {
            return Some([&sealed[..], &tags[0]].concat());
        }
    }
    None
}

fn tag(opener: &Opener, key: &OneTimeKey, ciphertext: &[u8]) -> [u8; BLOCK] {
    let value = value_at(&coefficients(&opener.associated, ciphertext), &key.r) + &key.s;
    let (_, mut bytes) = (value % two_to(128)).to_bytes_le();
    bytes.resize(BLOCK, 0);
    bytes.try_into().expect("16 bytes")
}
