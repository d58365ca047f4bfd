//! What our own paths cost: `cargo bench`, or `cargo bench -- verify` for those with a name like that.
//!
//! Every bench checks once, before it measures, that it measures what its name says.

use std::cell::Cell;
use std::convert::Infallible;

use divan::{Bencher, black_box};
use getrandom::SysRng;
use safeconduct::rand_core::{TryCryptoRng, TryRng};
use safeconduct::{
    Answer, AuthLevel, Context, ExactList, Facts, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Reason,
    Revocation, RevocationLog as _, Revocations, Ring, Scratch, Seconds, SessionId, Subject, Timestamp,
    Verifier, Verifying, Window, context,
};

const CONTEXT: Context = context!("shop.example", "session");
const POLICY: Policy = Policy::AAL1;
const START: Timestamp = match Timestamp::from_unix(1_800_000_000) {
    Ok(moment) => moment,
    Err(_) => Timestamp::MIN,
};
/// When sessions are verified and renewed: late enough for renewal, before the idle deadline.
const NOW: Timestamp = START.saturating_add(Seconds::minutes(16));

fn main() {
    divan::main();
}

/// SplitMix64: stands for a generator that costs next to nothing, and is of course not fit for keys.
struct Cheap(u64);

impl TryRng for Cheap {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| word as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Ok(z ^ (z >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Cheap {}

/// The key that mints is the one that stands last in the ring, the longest to look for.
fn ring(kind: Kind, count: usize) -> Ring<Issuing> {
    let keys: Vec<_> = (0..count).map(|_| IssuingKey::generate(kind, &mut SysRng).unwrap()).collect();
    let last = keys.iter().map(IssuingKey::id).max();
    let mut ring = Ring::new();
    for key in keys {
        let older = if Some(key.id()) == last { Seconds::ZERO } else { Seconds::new(1) };
        let window = Window::new(START.saturating_sub(older), Seconds::days(30), Seconds::hours(1)).unwrap();
        ring.add(key, window).unwrap();
    }
    ring
}

fn grant() -> Grant {
    Grant::new(Subject::new("usr_8f14e45fceea167a").unwrap(), AuthLevel::Aal1)
}

/// Both ends of one kind, and a token between them: no application claims, a 20-byte subject.
struct Ends {
    issuer: Issuer,
    verifier: Verifier<ExactList>,
    token: String,
}

impl Ends {
    fn new(kind: Kind) -> Self {
        Self::with_keys(kind, 1)
    }

    fn with_keys(kind: Kind, keys: usize) -> Self {
        let ring = ring(kind, keys);
        let issuer = Issuer::new(&ring, CONTEXT, &POLICY, kind);
        let verifier = Verifier::new(&ring.verifying(), CONTEXT, &POLICY, kind).revocations(ExactList::new());
        let token = issuer.issue(&grant(), START, &mut SysRng).unwrap().into_string();
        Self { issuer, verifier, token }
    }

    /// The token with one character changed, `back` characters from its end.
    fn forged(&self, back: usize) -> String {
        let (front, rest) = self.token.split_at(self.token.len() - back);
        let other = if rest.starts_with('A') { 'B' } else { 'A' };
        format!("{front}{other}{}", &rest[1..])
    }
}

/// What a request costs.
mod verify {
    use super::*;

    fn accepts(bencher: Bencher, ends: &Ends) {
        let mut scratch = Scratch::new();
        let session = ends.verifier.verify::<()>(&ends.token, NOW, &mut scratch).unwrap();
        assert_eq!(session.rotation(), 0);
        bencher.bench_local(|| ends.verifier.verify::<()>(black_box(&ends.token), NOW, &mut scratch).is_ok());
    }

    #[divan::bench(args = Kind::ALL)]
    fn scratch(bencher: Bencher, kind: Kind) {
        accepts(bencher, &Ends::new(kind));
    }

    #[divan::bench(args = Kind::ALL)]
    fn owned(bencher: Bencher, kind: Kind) {
        let ends = Ends::new(kind);
        assert!(ends.verifier.verify_owned::<()>(&ends.token, NOW).is_ok());
        bencher.bench_local(|| ends.verifier.verify_owned::<()>(black_box(&ends.token), NOW));
    }

    #[divan::bench(args = [1, 16])]
    fn e_in_ring_of(bencher: Bencher, keys: usize) {
        accepts(bencher, &Ends::with_keys(Kind::Encrypted, keys));
    }
}

/// What a login costs.
mod issue {
    use super::*;

    fn issues(bencher: Bencher, kind: Kind, mut rng: impl TryCryptoRng) {
        let Ends { issuer, verifier, .. } = Ends::new(kind);
        let grant = grant();
        let token = issuer.issue(&grant, START, &mut rng).unwrap();
        assert!(verifier.verify_owned::<()>(token.as_str(), START).is_ok());
        bencher.bench_local(|| issuer.issue(black_box(&grant), START, &mut rng));
    }

    #[divan::bench(args = Kind::ALL)]
    fn system_random(bencher: Bencher, kind: Kind) {
        issues(bencher, kind, SysRng);
    }

    #[divan::bench(args = Kind::ALL)]
    fn cheap_random(bencher: Bencher, kind: Kind) {
        issues(bencher, kind, Cheap(1));
    }
}

/// What a renewal costs, of a session that has been verified.
#[divan::bench(args = Kind::ALL)]
fn rotate(bencher: Bencher, kind: Kind) {
    let Ends { issuer, verifier, token } = Ends::new(kind);
    let session = verifier.verify_owned::<()>(&token, NOW).unwrap();
    let successor = issuer.rotate(&session, &mut SysRng).unwrap();
    assert_eq!(verifier.verify_owned::<()>(successor.as_str(), NOW).unwrap().rotation(), 1);
    bencher.bench_local(|| issuer.rotate(black_box(&session), &mut SysRng));
}

/// What an attacker can make a verifier spend.
mod refuse {
    use super::*;

    fn refuses(bencher: Bencher, ends: &Ends, text: &str, reason: Reason) {
        let mut scratch = Scratch::new();
        let rejected = ends.verifier.verify::<()>(text, NOW, &mut scratch).unwrap_err();
        assert_eq!(rejected.reason(), reason);
        bencher.bench_local(|| ends.verifier.verify::<()>(black_box(text), NOW, &mut scratch).is_ok());
    }

    #[divan::bench]
    fn short_garbage(bencher: Bencher) {
        refuses(bencher, &Ends::new(Kind::Encrypted), "not a token", Reason::Malformed);
    }

    #[divan::bench]
    fn garbage_of_1_mib(bencher: Bencher) {
        refuses(bencher, &Ends::new(Kind::Encrypted), &"A".repeat(1 << 20), Reason::Malformed);
    }

    #[divan::bench]
    fn unknown_key(bencher: Bencher) {
        let other = Ends::new(Kind::Encrypted);
        refuses(bencher, &Ends::new(Kind::Encrypted), &other.token, Reason::UnknownKey);
    }

    #[divan::bench(args = [Kind::Encrypted, Kind::Nested])]
    fn forged_tag(bencher: Bencher, kind: Kind) {
        let ends = Ends::new(kind);
        refuses(bencher, &ends, &ends.forged(10), Reason::Forged);
    }

    #[divan::bench]
    fn forged_tag_longest_token(bencher: Bencher) {
        let ends = Ends::new(Kind::Encrypted);
        let text = format!("{}{}", &ends.token[..100], "A".repeat(4096 - 100));
        refuses(bencher, &ends, &text, Reason::Forged);
    }

    /// Changed in the second half of the signature, so that the whole equation is computed before it fails.
    #[divan::bench]
    fn forged_signature(bencher: Bencher) {
        let ends = Ends::new(Kind::Signed);
        refuses(bencher, &ends, &ends.forged(30), Reason::Forged);
    }
}

/// What a start costs: text of a verifier's ring to a verifier.
mod load {
    use super::*;

    const RINGS: [(Kind, usize); 6] = [
        (Kind::Encrypted, 1),
        (Kind::Encrypted, 16),
        (Kind::Nested, 1),
        (Kind::Nested, 16),
        (Kind::Signed, 1),
        (Kind::Signed, 16),
    ];

    #[divan::bench(args = RINGS)]
    fn verifier(bencher: Bencher, (kind, keys): (Kind, usize)) {
        let text = ring(kind, keys).verifying().to_text();
        let load = |text: &str| {
            let ring: Ring<Verifying> = text.parse().unwrap();
            Verifier::new(&ring, CONTEXT, &POLICY, kind)
        };
        assert_eq!(text.as_str().parse::<Ring<Verifying>>().unwrap().count(), keys);
        bencher.bench_local(|| load(black_box(text.as_str())));
    }
}

/// What it costs to ask an exact list about a session that is not on it.
mod exact_list {
    use super::*;

    /// Facts only come from a verification, so the measuring takes place in the middle of one.
    struct Measured<'a, 'b> {
        list: ExactList,
        bencher: Cell<Option<Bencher<'a, 'b>>>,
    }

    impl Revocations for Measured<'_, '_> {
        fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
            if let Some(bencher) = self.bencher.take() {
                bencher.bench_local(|| self.list.check(black_box(facts), now));
            }
            self.list.check(facts, now)
        }
    }

    fn looks_up(bencher: Bencher, count: usize, revocation: impl Fn([u8; SessionId::SIZE]) -> Revocation) {
        let mut list = ExactList::new();
        let mut rng = Cheap(7);
        for _ in 0..count {
            let mut id = [0; SessionId::SIZE];
            let Ok(()) = rng.try_fill_bytes(&mut id);
            let answer = list.record(&revocation(id), START);
            assert!(answer.is_recorded() && !answer.was_already_out());
        }
        let ring = ring(Kind::Encrypted, 1);
        let issuer = Issuer::new(&ring, CONTEXT, &POLICY, Kind::Encrypted);
        let token = issuer.issue(&grant(), START, &mut SysRng).unwrap();
        let verifier = Verifier::new(&ring, CONTEXT, &POLICY, Kind::Encrypted)
            .revocations(Measured { list, bencher: Cell::new(Some(bencher)) });
        assert!(verifier.verify_owned::<()>(token.as_str(), NOW).is_ok());
    }

    #[divan::bench(args = [10, 1_000, 100_000])]
    fn of_sessions(bencher: Bencher, count: usize) {
        looks_up(bencher, count, |id| {
            Revocation::operator_session(SessionId::from_bytes(id), Timestamp::MAX)
        });
    }

    #[divan::bench(args = [10, 1_000, 10_000])]
    fn of_subjects(bencher: Bencher, count: usize) {
        looks_up(bencher, count, |id| Revocation::operator_subject(Subject::new(id).unwrap(), NOW));
    }
}
