//! Verifying allocates nothing, whatever comes in. Without the test harness, whose threads allocate on their own.
#![allow(unsafe_code)] // a global allocator cannot be written without

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{CONTEXT, Repeatable, at, ring, subject};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, Kind, Policy, Reason, Ring, Scratch, Verifier, Verifying,
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
    println!("alloc_free: verifying, refusing and reading rings allocate nothing");
}
