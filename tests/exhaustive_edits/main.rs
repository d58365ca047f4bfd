//! Whatever is one edit, one bit, two bits or one splice away from a good token is refused, and each token has one text. Counted, and with controls that show that the
//! counting can find something.
//!
//! `cargo test` tries a sample. All of it, 16 million texts in a minute:
//!
//!     cargo test --release --test exhaustive_edits -- --ignored --nocapture
#![cfg(all(feature = "alloc", feature = "signatures"))]

#[path = "../vector_maker/keys.rs"]
#[allow(dead_code)]
mod keys;
#[path = "../vector_maker/primitives.rs"]
#[allow(dead_code)]
mod primitives;
#[path = "../reference/mod.rs"]
#[allow(dead_code)]
mod reference;
#[path = "../vector_reader/mod.rs"]
#[allow(dead_code)]
mod vector_reader;

mod edits;
mod lax;
mod spellings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safeconduct::{Kind, Scratch};

use lax::HalfOfTheTag;
use vector_reader::Vector;
use vector_reader::by_crate::TokenReader;

/// A token that is accepted, and the reader that accepts it.
struct Positive {
    name: String,
    token: String,
    bytes: Vec<u8>,
    kind: Kind,
    context: Vec<String>,
    reader: TokenReader,
}

impl Positive {
    fn proof(&self) -> usize {
        match self.kind {
            Kind::Encrypted => 16,
            Kind::Signed => 64,
            Kind::Nested => 80,
        }
    }
}

/// The vectors of type `token` that are accepted.
fn positives() -> Vec<Positive> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let files = std::fs::read_dir(directory).expect("the vectors").map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> = files.filter(|path| path.to_string_lossy().contains("-accepted-")).collect();
    files.sort();
    let vectors = files.iter().map(|path| Vector::read(path));
    let found: Vec<_> = vectors.filter(Vector::is_token).map(positive).collect();
    assert!(found.len() >= 64, "there are {} vectors of accepted tokens", found.len());
    found
}

/// The same, each token once.
fn different_positives() -> Vec<Positive> {
    let mut seen = BTreeSet::new();
    positives().into_iter().filter(|positive| seen.insert(positive.token.clone())).collect()
}

fn positive(vector: Vector) -> Positive {
    let token = vector.unescaped("token");
    let positive = Positive {
        bytes: URL_SAFE_NO_PAD.decode(&token).expect("base64url"),
        kind: Kind::from_letter(token.chars().nth(3).expect("a letter")).expect("a kind"),
        context: vector.context(),
        reader: TokenReader::of(&vector),
        name: vector.name,
        token,
    };
    assert_eq!(positive.reader.refusal(&positive.token, &mut Scratch::new()), None, "{}", positive.name);
    assert_eq!(URL_SAFE_NO_PAD.encode(&positive.bytes), positive.token, "encoding what was decoded");
    positive
}

/// Puts every `step`-th text that it is offered to a reader, and keeps count.
struct Count {
    step: usize,
    offered: usize,
    tried: usize,
    accepted: Vec<String>,
    reasons: BTreeMap<&'static str, usize>,
    scratch: Scratch,
}

impl Count {
    fn every(step: usize) -> Self {
        let (accepted, reasons) = Default::default();
        Self { step, offered: 0, tried: 0, accepted, reasons, scratch: Scratch::new() }
    }

    /// Whether this one is among those that are put to the reader.
    fn takes(&mut self) -> bool {
        self.offered += 1;
        self.offered.is_multiple_of(self.step)
    }

    fn offer(&mut self, positive: &Positive, text: &str) {
        if !self.takes() {
            return;
        }
        self.tried += 1;
        match positive.reader.refusal(text, &mut self.scratch) {
            None => self.accepted.push(format!("{}: {text:?}", positive.name)),
            Some(reason) => {
                assert!(reason.anybody_can_provoke(), "{}: {reason:?} for {text:?}", positive.name);
                *self.reasons.entry(reason.name()).or_default() += 1;
            }
        }
    }

    fn nothing_accepted(&self, what: &str) {
        println!("{what}: {} tried, {} accepted; {:?}", self.tried, self.accepted.len(), self.reasons);
        assert!(self.tried > 0, "{what}: nothing was tried");
        assert!(self.accepted.is_empty(), "{what}: accepted {:#?}", self.accepted);
    }
}

/// SplitMix64, for extensions and nothing else.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 29)
}

fn single_edits(step: usize) -> usize {
    let (mut count, mut expected, mut state) = (Count::every(step), 0, 1);
    for positive in positives() {
        edits::single_edits(&positive.token, |text| count.offer(&positive, text));
        expected += edits::number_of_single_edits(positive.token.len());
    }
    assert_eq!(count.offered, expected, "386 n + 128 for each token");
    count.nothing_accepted("single edits of characters");
    let mut longer = Count::every(step);
    for positive in positives().iter().filter(|positive| positive.token.len() < 4_000) {
        edits::extensions(&positive.token, 64, || random(&mut state), |text| longer.offer(positive, text));
    }
    longer.nothing_accepted("1 to 64 characters more");
    count.tried + longer.tried
}

/// The shortest token of each kind.
fn one_of_each_kind(positives: &[Positive]) -> [&Positive; 3] {
    Kind::ALL.map(|kind| {
        let of_kind = positives.iter().filter(|positive| positive.kind == kind);
        of_kind.min_by_key(|positive| positive.bytes.len()).expect("a token of each kind")
    })
}

fn bits(step: usize, step_of_pairs: usize) -> usize {
    let positives = positives();
    let mut count = Count::every(step);
    for positive in &positives {
        edits::bits(&positive.bytes, |_, text| count.offer(positive, text));
    }
    assert_eq!(count.offered, positives.iter().map(|positive| 8 * positive.bytes.len()).sum::<usize>());
    count.nothing_accepted("single bits");
    let mut pairs = Count::every(step_of_pairs);
    for positive in one_of_each_kind(&positives) {
        edits::bit_pairs(&positive.bytes, |_, text| pairs.offer(positive, text));
    }
    pairs.nothing_accepted("pairs of bits, one token of each kind");
    count.tried + pairs.tried
}

fn splices(step: usize) -> usize {
    let positives = different_positives();
    let (mut cut, mut swapped, mut whole) = (Count::every(step), Count::every(step), 0);
    for front in &positives {
        for back in positives.iter().filter(|back| back.token != front.token) {
            // Either reader: the front says which key is meant, the back may be what a reader has settings for.
            for reader in [front, back] {
                let mut offer = |count: &mut Count, text: &str| {
                    if text == front.token || text == back.token {
                        whole += 1
                    } else {
                        count.offer(reader, text)
                    }
                };
                edits::splices(&front.token, &back.token, |text| offer(&mut cut, text));
                let proofs = [front.proof(), back.proof()];
                edits::field_swaps(&front.bytes, &back.bytes, proofs, |text| offer(&mut swapped, text));
            }
        }
    }
    cut.nothing_accepted("splices at every character");
    swapped.nothing_accepted("swaps of fields");
    println!("splices and swaps: {whole} gave back one of the two tokens whole");
    assert!(whole > 0, "tokens with a common beginning or end give themselves back");
    cut.tried + swapped.tried
}

#[test]
fn a_sample_of_what_is_close_to_a_token_is_refused() {
    assert!(single_edits(997) + bits(31, 997) + splices(499) > 20_000);
}

#[test]
#[ignore = "16 million texts: a minute in release, far more without"]
fn everything_close_to_a_token_is_refused() {
    let all = single_edits(1) + bits(1, 1) + splices(1);
    println!("in all: {all} tried, 0 accepted");
    assert!(all >= 4_000_000);
}

#[test]
fn each_token_has_one_text() {
    let (mut tried, mut would_pass) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, usize>::new());
    let mut scratch = Scratch::new();
    for positive in different_positives().iter().filter(|positive| positive.token.len() < 4_000) {
        spellings::others(&positive.token, |what, text| {
            *tried.entry(what).or_default() += 1;
            let refused = positive.reader.refusal(text, &mut scratch);
            assert!(refused.is_some(), "{}: {what}: {text:?} is accepted", positive.name);
            // Control: somebody who decodes laxly before he verifies would take many of them.
            if lax::decode(text).is_some_and(|bytes| bytes == positive.bytes) {
                *would_pass.entry(what).or_default() += 1;
            }
        });
    }
    println!("other spellings tried: {tried:?}\ntaken by a lax decoder: {would_pass:?}");
    for what in ["something to skip", "padding", "trailing bits", "standard alphabet", "look-alike"] {
        assert!(would_pass.get(what).is_some_and(|count| *count > 0), "no {what} passes a lax decoder");
    }
}

/// Controls: the same edits, put to readers that are wrong in one thing.
#[test]
fn readers_that_are_wrong_are_found_out() {
    let positives = positives();
    let main = keys::Key::new('e', "main");
    let usual = |positive: &&Positive| positive.kind == Kind::Encrypted && positive.bytes[3..7] == main.id();
    let tokens: Vec<_> = positives.iter().filter(usual).collect();
    let token = tokens.iter().min_by_key(|positive| positive.bytes.len()).expect("a token of the usual key");
    let reader = HalfOfTheTag::new(&main, &token.context);
    assert!(reader.accepts(&token.bytes), "it accepts the token itself");

    // The 64 bits of the tag that it does not compare, and their pairs.
    let mut singles = 0;
    edits::bits(&token.bytes, |bytes, _| singles += usize::from(reader.accepts(bytes)));
    let end = token.bytes[token.bytes.len() - 12..].to_vec();
    let (mut pairs, front) = (0, &token.bytes[..token.bytes.len() - 12]);
    edits::bit_pairs(&end, |bytes, _| pairs += usize::from(reader.accepts(&[front, bytes].concat())));
    assert_eq!((singles, pairs), (64, 64 * 63 / 2), "half of the tag");

    let of_text = |text: &str| URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| reader.accepts(&bytes));
    let mut characters = 0;
    edits::single_edits(&token.token, |text| characters += usize::from(of_text(text)));
    let mut spliced = 0;
    for back in tokens.iter().filter(|back| back.token != token.token) {
        edits::splices(&token.token, &back.token, |text| {
            spliced += usize::from(text != token.token && of_text(text));
        });
    }
    let mut skipped = 0;
    edits::single_edits(&token.token, |text| {
        skipped += usize::from(lax::decode(text).is_some_and(|bytes| bytes == token.bytes));
    });
    println!(
        "half of the tag: {characters} edits and {spliced} splices accepted; a lax decoder: {skipped} edits"
    );
    assert!(characters >= 600 && spliced > 0 && skipped > 60 * token.token.len());
}
