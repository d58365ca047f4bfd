//! Every way in which the library takes bytes or text from outside, and what each may take from the heap.

use safeconduct::http::{Csrf, Exchange, Incoming, Transport};
use safeconduct::{
    CoarseSnapshot, Context, ExactList, Floors, Issuing, Journal, KeyEncryptionKey, KeyId, Kind, Policy,
    Public, Published, RealmId, Ring, RootKey, Scratch, SessionId, Snapshot, Subject, Thumbprint, TokenId,
    Verifier, Verifying, inspect,
};

use crate::allocator::{Taken, taken};
use crate::common::realm::Desk;
use crate::common::web::Web;
use crate::common::{CONTEXT, at, ring};

/// At most `per_byte` times the length of the input and `fixed` bytes, in `calls` allocations and one more for each `bytes_per_call` of the input.
#[derive(Clone, Copy)]
pub struct Bound {
    per_byte: usize,
    fixed: usize,
    calls: usize,
    bytes_per_call: usize,
}

impl Bound {
    /// Whoever reads in place.
    const NOTHING: Self = Self { per_byte: 0, fixed: 0, calls: 0, bytes_per_call: usize::MAX };
    /// Whoever keeps a copy, at most.
    const COPY: Self = Self { per_byte: 1, fixed: 4_096, calls: 8, bytes_per_call: usize::MAX };

    /// Whether it allows no more than a copy.
    pub fn is_tight(&self) -> bool {
        self.per_byte <= 1 && self.fixed <= 4_096 && self.calls <= 8
    }

    pub fn holds(&self, taken: Taken, input: usize) -> bool {
        taken.peak <= self.per_byte * input + self.fixed
            && taken.calls <= self.calls + input / self.bytes_per_call
    }
}

type Run = Box<dyn Fn(&[u8], &str) -> Taken>;

pub struct Parser {
    pub name: &'static str,
    pub bound: Bound,
    pub run: Run,
}

fn parser<T>(name: &'static str, bound: Bound, run: impl Fn(&[u8], &str) -> T + 'static) -> Parser {
    Parser { name, bound, run: Box::new(move |bytes, text| taken(|| run(bytes, text))) }
}

pub fn all(desk: &Desk) -> Vec<Parser> {
    [tokens(), rings(), snapshots(desk), requests(), names()].into_iter().flatten().collect()
}

fn verifier() -> Verifier<ExactList> {
    let ring = ring(&Kind::ALL, 7);
    let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    verifier.also_accepts(Kind::Signed).also_accepts(Kind::Nested).revocations(ExactList::new())
}

fn tokens() -> Vec<Parser> {
    let [verify, owned, bound, departing, superseded, explain] = std::array::from_fn(|_| verifier());
    let proven = Thumbprint::from_bytes([1; 32]);
    vec![
        parser("verify", Bound::NOTHING, move |_, text| {
            verify.verify::<(&str, &[u8])>(text, at(1), &mut Scratch::new()).is_ok()
        }),
        parser("verify_owned", Bound::NOTHING, move |_, text| owned.verify_owned::<()>(text, at(1)).is_ok()),
        parser("verify_bound", Bound::NOTHING, move |_, text| {
            bound.verify_bound::<()>(text, &proven, at(1), &mut Scratch::new()).is_ok()
        }),
        parser("departing", Bound::NOTHING, move |_, text| departing.departing(text, at(1)).is_ok()),
        parser("superseded", Bound::NOTHING, move |_, text| superseded.superseded(text, at(1)).is_some()),
        parser("looks_like_a_token", Bound::NOTHING, |_, text| inspect::looks_like_a_token(text)),
        // They hand out copies of the parts, each a vector of its own, and explanations. A token has 3,072 bytes at most.
        parser("inspect::outline", Bound { calls: 20, ..Bound::COPY }, |_, text| inspect::outline(text)),
        parser("inspect::explain", Bound { calls: 32, ..Bound::COPY }, move |_, text| {
            inspect::explain(text, at(1), &explain)
        }),
    ]
}

fn rings() -> Vec<Parser> {
    let root = RootKey::from_seed(&[5; 32]).public();
    let kek = KeyEncryptionKey::from_bytes([6; 32]);
    vec![
        parser("Ring<Issuing> from text", Bound::NOTHING, |_, text| text.parse::<Ring<Issuing>>().is_ok()),
        parser("Ring<Verifying> from text", Bound::NOTHING, |_, text| {
            text.parse::<Ring<Verifying>>().is_ok()
        }),
        parser("Ring<Public> from text", Bound::NOTHING, |_, text| text.parse::<Ring<Public>>().is_ok()),
        parser("Ring<Issuing> from bytes", Bound::NOTHING, |bytes, _| {
            Ring::<Issuing>::from_bytes(bytes).is_ok()
        }),
        parser("Ring<Verifying> from bytes", Bound::NOTHING, |bytes, _| {
            Ring::<Verifying>::from_bytes(bytes).is_ok()
        }),
        parser("Ring<Public> from bytes", Bound::NOTHING, |bytes, _| {
            Ring::<Public>::from_bytes(bytes).is_ok()
        }),
        parser("Published::open", Bound::NOTHING, move |_, text| {
            Published::<Verifying>::open(text, &kek, &root).is_ok()
        }),
    ]
}

fn snapshots(desk: &Desk) -> Vec<Parser> {
    let base = desk.snapshot();
    let public = || {
        let mut ring = ring(&[Kind::Signed], 3);
        ring.add_realm(&desk.realm).unwrap();
        ring.public()
    };
    let (for_coarse, for_report) = (public(), public());
    let [opening, applying, reporting, after] = std::array::from_fn(|_| desk.keys.clone());
    let had = base.clone();
    let floors = Floors::new;
    let (realm, settings) = (desk.realm.clone(), desk.settings);
    // A report has its own size, whatever the document says.
    let report = Bound { per_byte: 0, calls: 16, ..Bound::COPY };
    // A log is read into maps: rows of 3 bytes take 12 and more, and maps that grow in order leave half of their nodes empty.
    let log = Bound { per_byte: 16, bytes_per_call: 16, ..Bound::COPY };
    // What a delta brings is kept: rows of 12 bytes take 16.
    let delta = Bound { per_byte: 2, ..Bound::COPY };
    vec![
        parser("Snapshot::open", Bound::NOTHING, move |bytes, _| {
            Snapshot::open(bytes, &opening, at(3), &floors())
                .is_ok_and(|snapshot| snapshot.check_pages().is_ok())
        }),
        parser("CoarseSnapshot::open", Bound::NOTHING, move |bytes, _| {
            CoarseSnapshot::open(bytes, &for_coarse, at(3), &floors()).is_ok()
        }),
        parser("Snapshot::apply", delta, move |bytes, _| {
            let mut snapshot = Snapshot::open(base.as_slice(), &applying, at(3), &floors()).unwrap();
            snapshot.apply(bytes, &applying, at(3), &floors()).is_ok()
        }),
        parser("inspect::snapshot", report, move |bytes, _| {
            inspect::snapshot(bytes, Some(&reporting), at(3), &floors())
        }),
        parser("inspect::snapshot_after", Bound { calls: 16, ..delta }, move |bytes, _| {
            inspect::snapshot_after(&had, bytes, &after, at(3), &floors()).is_ok()
        }),
        parser("inspect::snapshot_by_public_ring", report, move |bytes, _| {
            inspect::snapshot_by_public_ring(bytes, &for_report, at(3), &floors())
        }),
        parser("Journal::read", log, move |bytes, _| Journal::read(bytes, &realm, settings).is_ok()),
    ]
}

fn requests() -> Vec<Parser> {
    let (cookie, bearer) = (Web::new(), Web::new());
    let csrf = Csrf::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1).unwrap();
    const NAMES: [&str; 6] = ["cookie", "authorization", "host", "origin", "sec-fetch-site", "x-csrf-token"];
    vec![
        parser("Incoming::new", Bound::NOTHING, |bytes, _| {
            let incoming = Incoming::new(Transport::new(), "POST", NAMES.map(|name| (name, bytes)));
            (incoming.brings_token(), incoming.provenance())
        }),
        parser("Exchange::begin with cookies", Bound::COPY, move |bytes, _| {
            let incoming = Incoming::new(Transport::new(), "GET", [("cookie", bytes)]);
            Exchange::begin(cookie.source.clone(), &incoming)
        }),
        parser("Exchange::begin with everything", Bound::COPY, move |bytes, _| {
            let incoming = Incoming::new(Transport::new(), "POST", NAMES.map(|name| (name, bytes)));
            Exchange::begin(bearer.source.clone(), &incoming)
        }),
        parser("Csrf::check", Bound::NOTHING, move |_, text| {
            csrf.check(SessionId::from_bytes([1; 12]), text, at(1)).is_ok()
        }),
    ]
}

fn names() -> Vec<Parser> {
    vec![
        parser("SessionId from text", Bound::NOTHING, |_, text| text.parse::<SessionId>().is_ok()),
        parser("TokenId from text", Bound::NOTHING, |_, text| text.parse::<TokenId>().is_ok()),
        parser("KeyId from text", Bound::NOTHING, |_, text| text.parse::<KeyId>().is_ok()),
        parser("RealmId from text", Bound::NOTHING, |_, text| text.parse::<RealmId>().is_ok()),
        parser("Subject::new", Bound::NOTHING, |bytes, _| Subject::new(bytes).is_ok()),
        parser("Context::new", Bound::NOTHING, |_, text| Context::new(&[text, text]).is_ok()),
    ]
}
