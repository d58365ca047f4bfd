//! Runs one parser once on an input of about so many bytes: `linear CASE BYTES`. `.ci/linear` counts its instructions for several sizes. Each input is the worst that is
//! known for its parser; everything around the parser is not counted.

use std::hint::black_box;
use std::sync::Arc;

use safeconduct::http::{Csrf, Exchange, Incoming, SessionSource, Transport, WebSessions};
use safeconduct::{
    ExactList, Floors, Issuer, Issuing, IssuingKey, Journal, JournalSettings, KeyEncryptionKey, KeyId, Kind,
    Policy, Public, Published, Realm, Revocation, Ring, RootKey, Scratch, Seconds, SessionId, Snapshot,
    SnapshotKeys, SnapshotSigner, Subject, Timestamp, Verifier, Verifying, Window, inspect,
};
use safeconduct_counts::{CONTEXT, Repeatable, measured};

/// How many bytes the parser gets, and the parser at work.
type Work = (usize, Box<dyn FnMut()>);

fn now() -> Timestamp {
    Timestamp::from_unix(1_800_000_000).expect("a time")
}

fn ring() -> Ring<Issuing> {
    let mut ring = Ring::new();
    let window = Window::new(now(), Seconds::days(30), Seconds::days(1)).expect("a window");
    let key = IssuingKey::generate(Kind::Encrypted, &mut Repeatable(1)).expect("a key");
    ring.add(key, window).expect("room");
    ring
}

fn verifier(ring: &Ring<Issuing>) -> Verifier<ExactList> {
    Verifier::new(ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(ExactList::new())
}

/// `front`, and `filling` over and over.
fn filled(front: &str, filling: &str, length: usize) -> String {
    let rest = filling.chars().cycle().take(length.saturating_sub(front.len()));
    front.chars().chain(rest).collect()
}

/// A token of a key that is there, with a wrong tag: everything of it is decoded and authenticated.
fn forged(length: usize) -> String {
    let issuer = Issuer::new(&ring(), CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let grant = safeconduct::Grant::new(subject(0), safeconduct::AuthLevel::Aal1);
    let token = issuer.issue(&grant, now(), &mut Repeatable(2)).expect("a token").into_string();
    filled(&token[..41], "A", length)
}

fn subject(number: u64) -> Subject {
    Subject::new(number.to_be_bytes()).expect("a subject")
}

/// A realm with its publisher, and a log with one row for about `row` bytes of whatever is made of it.
struct Publisher {
    realm: Realm,
    signer: SnapshotSigner,
    keys: SnapshotKeys,
    settings: JournalSettings,
}

impl Publisher {
    fn new() -> Self {
        let mut rng = Repeatable(3);
        let signer = SnapshotSigner::generate(&mut rng).expect("a signer");
        let realm = Realm::generate(&[signer.public()], &mut rng).expect("a realm");
        let mut ring = ring();
        ring.add_realm(&realm).expect("room");
        Self { realm, signer, keys: SnapshotKeys::of(&ring), settings: JournalSettings::new(&Policy::AAL1) }
    }

    /// A log that holds these, and what was stored of it. The first version is empty.
    fn log(&self, revocations: impl Iterator<Item = Revocation>) -> (Journal, Journal, Vec<u8>) {
        let journal = Journal::start(&self.realm, self.settings, &mut Repeatable(4)).expect("a log");
        let empty = journal.commit(now(), &self.signer).expect("a version").stored().0;
        let read = |bytes: &[u8]| Journal::read(bytes, &self.realm, self.settings).expect("a log");
        let start = Journal::start(&self.realm, self.settings, &mut Repeatable(4)).expect("a log");
        let mut full = read(start.commit(now(), &self.signer).expect("a version").bytes());
        revocations.for_each(|revocation| full.record(&revocation));
        let commit = full.commit(now(), &self.signer).expect("a version");
        let bytes = commit.bytes().to_vec();
        (empty, commit.stored().0, bytes)
    }

    fn sessions(count: usize) -> impl Iterator<Item = Revocation> {
        let until = now().saturating_add(Seconds::hours(8));
        (0..count as u64).map(move |number| {
            let mut id = [7; 12];
            id[..8].copy_from_slice(&number.to_be_bytes());
            Revocation::operator_session(SessionId::from_bytes(id), until)
        })
    }

    fn subjects(count: usize) -> impl Iterator<Item = Revocation> {
        (0..count as u64).map(|number| Revocation::operator_subject(subject(number), now()))
    }

    fn open<'b>(&self, bytes: &'b [u8]) -> Snapshot<&'b [u8]> {
        Snapshot::open(bytes, &self.keys, now(), &Floors::new()).expect("a snapshot")
    }
}

fn source() -> Arc<dyn SessionSource<()>> {
    let ring = ring();
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let csrf = Csrf::new(&ring, CONTEXT, &Policy::AAL1).expect("a key");
    Arc::new(WebSessions::new(issuer, verifier(&ring), now, || Repeatable(5)).csrf(csrf))
}

/// The same parser on text of this sort.
fn on_text<T>(text: String, parse: impl Fn(&str) -> T + 'static) -> Work {
    let text_length = text.len();
    let work = move || {
        black_box(parse(black_box(&text)));
    };
    (text_length, Box::new(work))
}

fn text_case(case: &str, length: usize) -> Option<Work> {
    let verifier = verifier(&ring());
    let root = RootKey::from_seed(&[5; 32]).public();
    let kek = KeyEncryptionKey::from_bytes([6; 32]);
    let csrf = Csrf::new(&ring(), CONTEXT, &Policy::AAL1).expect("a key");
    let verify = move |text: &str| verifier.verify::<()>(text, now(), &mut Scratch::new()).is_ok();
    let explain = {
        let verifier = self::verifier(&ring());
        move |text: &str| drop(inspect::explain(text, now(), &verifier))
    };
    Some(match case {
        "verify-forged" => on_text(forged(length), verify),
        "verify-malformed" => on_text(filled("sc1e", "A", length.saturating_sub(1)) + "=", verify),
        "outline" => on_text(filled("sc1e", "é", length / 2), |text| inspect::outline(text).is_ok()),
        "explain-forged" => on_text(forged(length), explain),
        "looks-like-a-token" => on_text(filled("", "A", length), inspect::looks_like_a_token),
        "ring-of-spaces" => on_text(filled("", " ", length), |text| text.parse::<Ring<Verifying>>().is_ok()),
        "ring-of-letters" => {
            on_text(filled("sc-ring.v1.issuer.", "A", length), |text| text.parse::<Ring<Issuing>>().is_ok())
        }
        "ring-without-role" => {
            on_text(filled("sc-ring.v1.", "A", length), |text| text.parse::<Ring<Public>>().is_ok())
        }
        "ring-bytes" => {
            on_text(filled("", "A", length), |text| Ring::<Issuing>::from_bytes(text.as_bytes()).is_ok())
        }
        "published-of-spaces" => on_text(filled("sc-ring.v1.wrapped.", " ", length), move |text| {
            Published::<Verifying>::open(text, &kek, &root).is_ok()
        }),
        "csrf" => on_text(filled("", "A", length), move |text| {
            csrf.check(SessionId::from_bytes([1; 12]), text, now()).is_ok()
        }),
        "id" => on_text(filled("", "a", length), |text| text.parse::<KeyId>().is_ok()),
        "subject" => on_text(filled("", "a", length), |text| Subject::new(text).is_ok()),
        "incoming-many-cookies" => incoming("a=b; ", length),
        "incoming-semicolons" => incoming(";", length),
        "incoming-no-equals" => incoming("a", length),
        "incoming-ours" => incoming("__Host-sid-a=sc1e; ", length),
        "incoming-spaces" => incoming(" ", length),
        "exchange" => {
            let source = source();
            on_text(filled("__Host-sid-a=sc1e", "A", length), move |text| {
                Exchange::begin(source.clone(), &Incoming::new(Transport::new(), "GET", [("cookie", text)]))
                    .carrier()
            })
        }
        // The control: a parser that is not linear.
        "control" => on_text(filled("", "A", length), |text| {
            let steps = text.len() * text.len().isqrt() / 16;
            (0..steps).fold(0_u64, |sum, step| black_box(sum.wrapping_add(step as u64)))
        }),
        _ => return None,
    })
}

fn incoming(filling: &str, length: usize) -> Work {
    on_text(filled("", filling, length), |text| {
        Incoming::new(Transport::new(), "GET", [("cookie", text)]).brings_token()
    })
}

fn document_case(case: &str, length: usize) -> Option<Work> {
    let publisher = Publisher::new();
    // What a session or a subject takes in each document, about.
    let rows: Vec<Revocation> = match case {
        "snapshot-open" | "snapshot-pages" | "inspect-snapshot" => {
            Publisher::sessions(length * 10 / 44).collect()
        }
        "snapshot-open-rows" | "delta-subjects" => Publisher::subjects(length / 16).collect(),
        "delta-sessions" => Publisher::sessions(length / 8).collect(),
        "log" => Publisher::sessions(length / 20).collect(),
        _ => return None,
    };
    let (empty, full, log) = publisher.log(rows.into_iter());
    let base = empty.snapshot(&publisher.signer).expect("a snapshot");
    let bytes = match case {
        "log" => log,
        "delta-sessions" | "delta-subjects" => full.delta_since(&empty, &publisher.signer).expect("a delta"),
        _ => full.snapshot(&publisher.signer).expect("a snapshot"),
    };
    let length = bytes.len();
    let (floors, case) = (Floors::new(), case.to_owned());
    let work = move || {
        let (bytes, keys) = (black_box(&bytes), &publisher.keys);
        match case.as_str() {
            "log" => drop(Journal::read(bytes, &publisher.realm, publisher.settings).expect("a log")),
            "inspect-snapshot" => drop(inspect::snapshot(bytes, Some(keys), now(), &floors)),
            "snapshot-pages" => publisher.open(bytes).check_pages().expect("good pages"),
            "delta-sessions" | "delta-subjects" => {
                publisher.open(&base).apply(bytes, keys, now(), &floors).expect("a delta");
            }
            _ => drop(publisher.open(bytes)),
        }
    };
    Some((length, Box::new(work)))
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (case, length) = (arguments.next().expect("a case"), arguments.next().expect("a length"));
    let length = length.parse().expect("a number of bytes");
    let work = text_case(&case, length).or_else(|| document_case(&case, length));
    let (bytes, mut work) = work.unwrap_or_else(|| panic!("there is no case {case}"));
    // What is looked up once in a process, such as the processor's features, is not the parser's.
    work();
    measured(1, work);
    println!("{bytes}");
}
