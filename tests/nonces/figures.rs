//! What is counted of nonces.

use safeconduct::Session;

/// Session id and token id.
pub type Nonce = [u8; 24];

pub fn nonce<C>(session: &Session<C>) -> Nonce {
    let both = [session.session_id().to_bytes(), session.token_id().to_bytes()].concat();
    both.try_into().unwrap()
}

/// How many nonces were there before. They are sorted.
pub fn duplicates(nonces: &mut [Nonce]) -> usize {
    nonces.sort_unstable();
    nonces.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

/// Chi-square of the 192 bits, each of which should be one half the time; as standard deviations from its mean.
pub fn chi_square(nonces: impl Iterator<Item = Nonce>) -> f64 {
    let (mut ones, mut count) = ([0_u64; 192], 0_u64);
    for nonce in nonces {
        count += 1;
        for (bit, ones) in ones.iter_mut().enumerate() {
            *ones += u64::from(nonce[bit / 8] >> (bit % 8) & 1);
        }
    }
    let degrees = ones.len() as f64;
    let square = |ones: u64| (2.0 * ones as f64 - count as f64).powi(2) / count as f64;
    let sum: f64 = ones.into_iter().map(square).sum();
    (sum - degrees) / (2.0 * degrees).sqrt()
}

/// A nonce, and the hash of the token that it was used for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Record {
    nonce: Nonce,
    token: [u8; 32],
}

impl Record {
    pub fn of<C>(session: &Session<C>, token: [u8; 32]) -> Self {
        Self { nonce: nonce(session), token }
    }

    pub fn to_bytes(self) -> Vec<u8> {
        [&self.nonce[..], &self.token].concat()
    }

    pub fn all(bytes: &[u8]) -> Vec<Self> {
        let record = |bytes: &[u8]| {
            let (nonce, token) = bytes.split_first_chunk().unwrap();
            Self { nonce: *nonce, token: token.try_into().unwrap() }
        };
        bytes.chunks_exact(56).map(record).collect()
    }
}

/// How many nonces belong to more than one token.
pub fn reused(records: &[Record]) -> usize {
    let mut tokens = std::collections::BTreeMap::new();
    for record in records {
        tokens.entry(record.nonce).or_insert_with(std::collections::BTreeSet::new).insert(record.token);
    }
    tokens.values().filter(|tokens| tokens.len() > 1).count()
}
