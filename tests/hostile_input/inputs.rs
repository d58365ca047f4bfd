//! What strangers may send: any bytes of 0 to 1 MiB, and documents whose numbers announce far more than there is.

use std::path::Path;

use safeconduct::rand_core::TryRng as _;

use crate::common::Repeatable;

const LENGTHS: [usize; 26] = [
    0,
    1,
    2,
    3,
    4,
    8,
    16,
    31,
    32,
    44,
    64,
    100,
    252,
    253,
    1_000,
    1_549,
    2_100,
    4_093,
    4_095,
    4_096,
    4_097,
    5_000,
    8_192,
    65_536,
    262_144,
    1 << 20,
];

/// Beginnings that lead a reader to its later checks.
const FRONTS: [&str; 17] = [
    "",
    "Bearer sc1e",
    "sc1e",
    "sc1s",
    "sc1n",
    "sc2e",
    "sc",
    "\"",
    "'",
    "sc-ring.v1.",
    "sc-ring.v1.issuer.",
    "sc-ring.v1.verifier.",
    "sc-ring.v1.public.",
    "sc-ring.v1.wrapped.",
    "\" sc-ring.v1.verifier.",
    "scr1\u{1}",
    "scl1",
];

/// What follows, over and over.
const FILLINGS: [&str; 11] =
    ["A", ".", " ", "\"", ";", "=", "__Host-sid-a=sc1eAAAA.0001; ", "a=b; ", "\0", "\u{ff}", "A.b-_9%"];

pub fn all() -> Vec<Vec<u8>> {
    let mut rng = Repeatable(41);
    let mut inputs = Vec::new();
    for length in LENGTHS {
        for front in FRONTS {
            for filling in FILLINGS {
                // The longest ones without every combination: they cost time and show nothing else.
                if length <= 8_192 || front.len() < 5 || filling.len() < 2 {
                    let filled = filling.bytes().cycle().take(length.saturating_sub(front.len()));
                    inputs.push(front.bytes().chain(filled).collect());
                }
            }
        }
        for _ in 0..4 {
            let mut random = vec![0; length];
            rng.try_fill_bytes(&mut random).unwrap();
            let digits = random.iter().map(|byte| b"ABCDabcd0189-_Zz"[usize::from(byte % 16)]).collect();
            inputs.extend([random, digits]);
        }
        // Varints that never end, and lists that announce all there could be.
        inputs.push(vec![0xFF; length]);
        inputs.push(vec![0x80; length]);
        inputs.push([0xFF, 0xFF, 0xFF, 0xFF, 0x0F].into_iter().cycle().take(length).collect());
    }
    inputs.extend(corpora());
    inputs
}

/// What the fuzzers have found worth keeping.
fn corpora() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let found: Vec<_> = files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(found.len() > 100, "the corpora are there");
    found
}

/// The same as text: each byte that is not ASCII is a character of Latin-1.
pub fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
