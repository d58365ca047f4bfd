//! No nonce is used for two tokens: not by threads, not by processes that were forked, and not by processes that were forked together with the state of their random
//! generator. And no token without randomness.
//!
//! Without the test harness: it forks, which a process with threads must not. `cargo test` makes 120,000 tokens; 12 million in a minute or two:
//!
//!     cargo test --release --test nonces -- --ignored
#![allow(unsafe_code)] // `fork` cannot be called without

#[path = "../common/mod.rs"]
mod common;
mod figures;
#[cfg(unix)]
mod processes;

use common::{CONTEXT, Repeatable, at, ring};
use figures::{Nonce, Record, chi_square, duplicates, reused};
use getrandom::SysRng;
use safeconduct::rand_core::{TryCryptoRng, TryRng};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Kind, MintError, Policy, Session, Subject, Token, Verifier,
};
use sha2::{Digest as _, Sha256};

const THREADS: usize = 8;
const CHILDREN: usize = 4;

/// How many tokens of each kind, and how many standard deviations of chi-square are still taken for chance. It goes beyond 4 once in 6,000 runs, beyond 6 once in millions.
struct Size {
    tokens: [(Kind, usize); 3],
    deviations: f64,
}

const SMOKE: Size = Size {
    tokens: [(Kind::Encrypted, 100_000), (Kind::Nested, 10_000), (Kind::Signed, 10_000)],
    deviations: 6.0,
};
const LONG: Size = Size {
    tokens: [(Kind::Encrypted, 10_000_000), (Kind::Nested, 1_000_000), (Kind::Signed, 1_000_000)],
    deviations: 4.0,
};

/// Both halves of a service of one kind.
struct Ends {
    issuer: Issuer,
    verifier: Verifier<ExactList>,
}

impl Ends {
    fn new(kind: Kind) -> Self {
        let ring = ring(&[kind], 7);
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind);
        let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new());
        Self { issuer, verifier }
    }

    fn issue<G: TryCryptoRng>(&self, who: &str, rng: &mut G) -> Result<Token, MintError> {
        let grant = Grant::new(Subject::new(who).unwrap(), AuthLevel::Aal1);
        self.issuer.issue(&grant, at(0), rng)
    }

    fn session(&self, token: &Token) -> Session<()> {
        self.verifier.verify_owned(token.as_str(), at(0)).unwrap()
    }

    /// So many nonces: every second one of a new session, the others of its rotation.
    fn nonces(&self, count: usize) -> Vec<Nonce> {
        let mut nonces = Vec::with_capacity(count);
        while nonces.len() < count {
            let first = self.session(&self.issue("somebody", &mut SysRng).unwrap());
            let second = self.session(&self.issuer.rotate(&first, &mut SysRng).unwrap());
            nonces.extend([figures::nonce(&first), figures::nonce(&second)]);
        }
        nonces
    }
}

fn main() {
    let long = std::env::args().any(|argument| argument == "--ignored");
    let size = if long { LONG } else { SMOKE };
    // Whatever forks comes first, while there is one thread.
    #[cfg(unix)]
    cloned_generators();
    for (kind, count) in size.tokens {
        no_nonce_twice(kind, count, size.deviations);
    }
    no_token_without_randomness();
}

/// Threads and forked children, all of which draw from the system.
fn no_nonce_twice(kind: Kind, count: usize, deviations: f64) {
    let ends = Ends::new(kind);
    let share = count.div_ceil(THREADS + CHILDREN).next_multiple_of(2);
    #[cfg(unix)]
    let children: Vec<_> =
        (0..CHILDREN).map(|_| processes::Child::fork(|| ends.nonces(share).concat())).collect();
    let mut all: Vec<Nonce> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| ends.nonces(share))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    #[cfg(unix)]
    for child in children {
        all.extend(child.wait().chunks_exact(24).map(|nonce| Nonce::try_from(nonce).unwrap()));
    }
    let processes = if cfg!(unix) { CHILDREN } else { 0 };
    assert_eq!(all.len(), share * (THREADS + processes));

    let first_tokens = || all.iter().step_by(2).copied();
    let found = chi_square(first_tokens());
    assert!(
        found.abs() <= deviations,
        "kind {kind}: chi-square is {found:.2} deviations from what it should be"
    );
    // Control: one of 192 bits that is a zero three times in four.
    let biased = first_tokens().enumerate().map(|(number, mut nonce)| {
        nonce[23] &= if number % 2 == 0 { 0xFE } else { 0xFF };
        nonce
    });
    let biased = chi_square(biased);
    assert!(biased > deviations, "control: {biased:.2} deviations with a biased bit");

    let again = all[all.len() / 2];
    assert_eq!(duplicates(&mut all), 0, "kind {kind}: a nonce was used twice");
    println!(
        "kind {kind}: {} tokens of {THREADS} threads and {processes} forked processes, 0 nonces twice; chi-square of {} first tokens {found:+.2} deviations (control {biased:+.1})",
        all.len(),
        all.len() / 2,
    );
    all.push(again);
    assert_eq!(duplicates(&mut all), 1, "control: a nonce that is there twice");
}

/// What one process draws after the fork: for each step one token with the same contents as everybody's, and one with contents of its own. Each as its record.
#[cfg(unix)]
fn records(ends: &Ends, mut rng: Repeatable, own: &str) -> Vec<Record> {
    let record = |token: &Token| Record::of(&ends.session(token), Sha256::digest(token.as_str()).into());
    let names = ["everybody", own];
    let steps = (0..200).flat_map(|_| names);
    steps.map(|name| record(&ends.issue(name, &mut rng).unwrap())).collect()
}

/// The whole process is forked, with a generator that lives in its memory and has not been used: all go on with the same randomness (ISS-04).
#[cfg(unix)]
fn cloned_generators() {
    for kind in Kind::ALL {
        let (ends, rng) = (Ends::new(kind), Repeatable(99));
        let children: Vec<_> = (0..CHILDREN)
            .map(|number| {
                processes::Child::fork(|| {
                    let records = records(&ends, rng.clone(), &format!("child {number}"));
                    records.into_iter().flat_map(Record::to_bytes).collect()
                })
            })
            .collect();
        let ours = records(&ends, rng.clone(), "parent");
        let theirs: Vec<Vec<Record>> = children.into_iter().map(|child| Record::all(&child.wait())).collect();
        let same = |records: &[Record]| records.iter().step_by(2).copied().collect::<Vec<_>>();
        for records in &theirs {
            assert_eq!(records.len(), ours.len());
            if kind != Kind::Signed {
                assert_eq!(
                    same(records),
                    same(&ours),
                    "the same contents and randomness make the same token"
                );
            }
        }
        let all: Vec<_> = theirs.into_iter().flatten().chain(ours).collect();
        let reused = reused(&all);
        if kind == Kind::Signed {
            // The control: ids of kind `s` are not hedged (SPEC 10.3), so that they come again with other contents. They are no nonces there.
            assert_eq!(reused, 200, "every second step of all processes");
        } else {
            assert_eq!(reused, 0, "kind {kind}: a nonce with other contents");
        }
        println!(
            "kind {kind}: {} tokens of {} clones of one generator, {reused} nonces with other contents",
            all.len(),
            CHILDREN + 1
        );
    }
}

/// Gives out what it has, and then fails in the middle of a buffer, again and again.
struct Dry(usize);

impl TryRng for Dry {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            self.0 = self.0.checked_sub(1).ok_or(std::fmt::Error)?;
            *byte = self.0 as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Dry {}

/// A generator that runs dry after any number of bytes: as many tokens as it had bytes for, and then errors (ISS-01).
fn no_token_without_randomness() {
    for kind in Kind::ALL {
        let ends = Ends::new(kind);
        let (for_a_session, for_a_rotation) = if kind == Kind::Signed { (24, 12) } else { (16, 16) };
        let mut made = 0;
        for bytes in 0..100 {
            let mut rng = Dry(bytes);
            for attempt in 0..10 {
                let token = ends.issue("somebody", &mut rng);
                if attempt < bytes / for_a_session {
                    made += usize::from(token.is_ok());
                } else {
                    assert_eq!(token.unwrap_err(), MintError::Random);
                }
            }
        }
        assert_eq!(made, (0..100).map(|bytes| bytes / for_a_session).sum::<usize>(), "kind {kind}");
        let session = ends.session(&ends.issue("somebody", &mut SysRng).unwrap());
        for bytes in 0..for_a_rotation {
            assert_eq!(ends.issuer.rotate(&session, &mut Dry(bytes)).unwrap_err(), MintError::Random);
        }
        assert!(ends.issuer.rotate(&session, &mut Dry(for_a_rotation)).is_ok());
        println!(
            "kind {kind}: generators that run dry made {made} tokens in 1,000 attempts, as many as they had bytes for"
        );
    }
}
