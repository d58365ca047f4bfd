//! Verifying allocates nothing, whatever comes in. Without the test harness, whose threads allocate on their own.
#![allow(unsafe_code)] // a global allocator cannot be written without

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::forge::{self, field};
use common::realm::Desk;
use common::{CONTEXT, Repeatable, at, ring, subject};
use safeconduct::http::{Csrf, Incoming, Provenance, Transport};
use safeconduct::{
    AuthLevel, ExactList, Floors, Grant, Issuer, Issuing, KeyId, Kind, Policy, Reason, Revocation, Ring,
    Scope, Scratch, Session, SessionId, Snapshot, SnapshotError, Subject, Verifier, Verifying,
};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = CALLS.load(Ordering::Relaxed);
    let result = work();
    (CALLS.load(Ordering::Relaxed) - before, result)
}

fn main() {
    let (counted, _) = allocations(|| vec![1_u8; 10]);
    assert_eq!(counted, 1, "the counter counts");

    for kind in Kind::ALL {
        let ring = ring(&[kind], 7);
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind);
        let grant = Grant::new(subject(), AuthLevel::Aal1).claims(("borrowed text", 7_u32));
        let token = issuer.issue(&grant, at(0), &mut Repeatable(1)).unwrap();
        let (counted, verifier) =
            allocations(|| Verifier::new(&ring, CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new()));
        assert_eq!(counted, 0, "loading a ring into a verifier");
        let mut scratch = Scratch::new();
        let (counted, claims) = allocations(|| {
            let session = verifier.verify::<(&str, u32)>(token.as_str(), at(1), &mut scratch).unwrap();
            *session.claims()
        });
        assert_eq!((counted, claims), (0, ("borrowed text", 7)), "verifying kind {kind}");
        let (counted, _) = allocations(|| verifier.departing(token.as_str(), at(1)).is_ok());
        assert_eq!(counted, 0, "departing");

        let text = token.as_str().to_owned();
        let mut hostile =
            vec![String::new(), "sc1e".into(), "A".repeat(1 << 20), "é".repeat(60), "\0".repeat(99)];
        hostile.extend((0..text.len()).map(|length| text[..length].to_owned()));
        hostile.extend((0..text.len()).map(|place| {
            let other = if &text[place..=place] == "A" { "B" } else { "A" };
            format!("{}{other}{}", &text[..place], &text[place + 1..])
        }));
        for token in &hostile {
            let mut scratch = Scratch::new();
            let (counted, refused) = allocations(|| {
                verifier.verify::<(&str, u32)>(token, at(1), &mut scratch).map(|_| ()).unwrap_err()
            });
            assert_eq!(counted, 0, "refusing {:?} of {} characters", refused.reason(), token.len());
            assert!(refused.reason().anybody_can_provoke());
        }
        let (counted, late) =
            allocations(|| verifier.verify_owned::<()>(&text, at(99_999)).map(|_| ()).unwrap_err());
        assert_eq!((counted, late.reason()), (0, Reason::Expired));

        let (issuing, verifying) = (ring.to_text(), ring.verifying().to_text());
        let (counted, _) = allocations(|| issuing.as_str().parse::<Ring<Issuing>>().unwrap().verifying());
        assert_eq!(counted, 0, "reading an issuer's ring");
        let (counted, _) = allocations(|| verifying.as_str().parse::<Ring<Verifying>>().unwrap());
        assert_eq!(counted, 0, "reading a verifier's ring");
    }
    snapshots();
    println!("alloc_free: verifying, refusing, reading rings and snapshots and asking them allocate nothing");
}

/// Opening a snapshot, asking it at every scope, and refusing what was altered or claims to be huge.
fn snapshots() {
    let policy = Policy::AAL1;
    let mut desk = Desk::new(Kind::Encrypted, &policy, at(0));
    let issuer = Issuer::new(&desk.ring, CONTEXT, &policy, Kind::Encrypted);
    let bare = Verifier::new(&desk.ring, CONTEXT, &policy, Kind::Encrypted).revocations(ExactList::new());
    let session = |token: &str| -> Session<()> { bare.verify_owned(token, at(1)).unwrap() };
    let mut rng = Repeatable(1);
    let tokens = ["live", "token", "session", "subject", "superseded"].map(|who| {
        let grant = Grant::new(Subject::new(who).unwrap(), AuthLevel::Aal1);
        issuer.issue(&grant, at(0), &mut rng).unwrap()
    });
    let [_, token, out, cut_off, first] = tokens.each_ref().map(|token| session(token.as_str()));
    let second = session(issuer.rotate(&first, &mut rng).unwrap().as_str());
    let all = [
        Revocation::operator_token(token.session_id(), token.token_id(), at(3_600)),
        out.revocation(),
        Revocation::operator_subject(*cut_off.subject(), at(40)),
        issuer.rotate_strictly(&second, &mut rng).unwrap().retired.unwrap(),
        Revocation::operator_key(KeyId::from_bytes([1; 4])),
    ];
    desk.revoke_all(&all, at(2));
    let bytes = desk.snapshot();
    let floors = Floors::new();
    let keys = desk.keys.clone();
    let error = |bytes: &[u8]| Snapshot::open(bytes, &keys, at(3), &floors).err();

    let (counted, snapshot) =
        allocations(|| Snapshot::open(bytes.as_slice(), &keys, at(3), &floors).unwrap());
    assert_eq!(counted, 0, "opening a snapshot");
    let verifier = Verifier::new(&desk.ring, CONTEXT, &policy, Kind::Encrypted).revocations(snapshot);
    let expected = [
        None,
        Some(Reason::Revoked(Scope::Token)),
        Some(Reason::Revoked(Scope::Session)),
        Some(Reason::Revoked(Scope::Subject)),
        Some(Reason::Superseded),
    ];
    for (token, expected) in tokens.iter().zip(expected) {
        let mut scratch = Scratch::new();
        let (counted, reason) = allocations(|| {
            let verified = verifier.verify::<()>(token.as_str(), at(3), &mut scratch);
            verified.err().map(|why| why.reason())
        });
        assert_eq!((counted, reason), (0, expected), "asking a snapshot");
    }

    // Numbers that would be gigabytes, well signed.
    for (offset, size) in [(field::ENTRIES, 4), (field::PAGES, 4), (field::PAGE_BITS, 4), (field::KEYS, 4)]
        .into_iter()
        .chain([(field::SUBJECTS, 4), (field::RETIRED, 4), (field::VERSION, 8), (field::PROBES, 1)])
    {
        let hostile = forge::forged(&bytes, &[(offset, vec![0xFF; size])], &desk.signer);
        let (counted, error) = allocations(|| error(&hostile));
        assert_eq!((counted, error.is_some()), (0, true), "{error:?}");
    }
    for length in 0..bytes.len() {
        let (counted, refused) = allocations(|| error(&bytes[..length]).is_some());
        assert_eq!((counted, refused), (0, true), "refusing {length} bytes");
    }
    let last = bytes.len() - 1;
    let mut damaged = bytes.clone();
    damaged[last] ^= 1;
    let opened = Snapshot::open(damaged.as_slice(), &keys, at(3), &floors).unwrap();
    let (counted, good) = allocations(|| opened.check_pages().is_ok());
    assert_eq!((counted, good), (0, false), "finding a damaged page");

    // A delta is refused before anything is allocated by its numbers.
    let journal = desk.read();
    desk.end(&Revocation::operator_session(SessionId::from_bytes([7; 12]), at(9_000)), at(3));
    let delta = desk.read().delta_since(&journal, &desk.signer).unwrap();
    let mut snapshot = Snapshot::open(bytes.as_slice(), &keys, at(3), &floors).unwrap();
    for offset in [field::ENTRIES, field::KEYS, field::SUBJECTS, field::RETIRED] {
        let hostile = forge::forged(&delta, &[(offset, vec![0xFF; 4])], &desk.signer);
        let (counted, error) = allocations(|| snapshot.apply(&hostile, &keys, at(3), &floors).err());
        assert_eq!((counted, error), (0, Some(SnapshotError::Length)), "refusing a delta");
    }

    // What a request brings is read in place, however long it is.
    let ring = ring(&[Kind::Encrypted], 7);
    let csrf = Csrf::new(&ring, CONTEXT, &Policy::AAL1).unwrap();
    let session = SessionId::from_bytes([1; 12]);
    let form = csrf.token(session, at(0), &mut Repeatable(1)).unwrap();
    let cookies = format!("{}__Host-sid-a=sc1e.0001", "a=b; ".repeat(20_000));
    let headers = [("cookie", cookies.as_str()), ("host", "shop.example"), ("authorization", "Basic dTpw")];
    let (counted, found) = allocations(|| {
        let incoming = Incoming::new(Transport::new(), "POST", headers);
        (incoming.brings_token(), incoming.provenance(), csrf.check(session, form.as_str(), at(1)))
    });
    assert_eq!((counted, found), (0, (true, Provenance::Unsaid, Ok(()))), "reading a request");
}
