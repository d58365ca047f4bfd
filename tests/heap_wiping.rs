//! No secret is left on the heap: an allocator that looks at every block when it is given back, while rings are read, written, advanced, merged and published,
//! and issuers made of them.
//! (Rings themselves are kept off the heap; `wiping.rs` looks at their own memory.) Without the test harness, whose threads allocate on their own.
#![allow(unsafe_code)] // a global allocator cannot be written without

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    AuthLevel, Grant, Issuer, Issuing, IssuingKey, KeyEncryptionKey, Kind, Policy, Published, Ring, RootKey,
    Schedule, Seconds, Verifying, Window,
};

struct Searching;

thread_local! {
    /// What is looked for: the first 8 bytes of each secret.
    static WANTED: Cell<[[u8; 8]; 8]> = const { Cell::new([[0; 8]; 8]) };
}
static FOUND: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator unchanged; blocks are only read before they are given back.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system allocator's. Zeroed, so that old contents of the heap are not found again.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the block is still allocated and was initialised.
        let bytes = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
        let wanted = WANTED.get();
        for secret in wanted.iter().filter(|secret| **secret != [0; 8]) {
            let found = bytes.windows(8).filter(|window| window == secret).count();
            FOUND.fetch_add(found, Ordering::Relaxed);
        }
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// 32 bytes from a source that can be repeated: what the keys below will hold.
fn secrets(seed: u64) -> [[u8; 8]; 8] {
    use safeconduct::rand_core::TryRng as _;
    let mut rng = Repeatable(seed);
    let mut secrets = [[0; 8]; 8];
    for secret in &mut secrets {
        let mut bytes = [0; 32];
        let Ok(()) = rng.try_fill_bytes(&mut bytes);
        secret.copy_from_slice(&bytes[..8]);
    }
    secrets
}

fn main() {
    const SEED: u64 = 50;
    WANTED.set(secrets(SEED));
    drop(secrets(SEED)[0].to_vec());
    assert_eq!(FOUND.swap(0, Ordering::Relaxed), 1, "control: a copy that is not wiped is found");

    let mut rng = Repeatable(SEED);
    let window = Window::new(at(0), Seconds::days(30), Seconds::hours(2)).unwrap();
    let mut ring = Ring::<Issuing>::new();
    for kind in Kind::ALL {
        ring.add(IssuingKey::generate(kind, &mut rng).unwrap(), window).unwrap();
    }
    let kek = KeyEncryptionKey::generate(&mut rng).unwrap();
    let root = RootKey::generate(&mut rng).unwrap();

    let text = ring.to_text();
    let again: Ring<Issuing> = text.as_str().parse().unwrap();
    let bytes = ring.to_bytes();
    assert!(Ring::<Issuing>::from_bytes(&bytes).is_ok());
    let merged = ring.merge(&again).unwrap();
    let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)).unwrap();
    let advance = || ring.advance(at(29 * 86_400 + 1), &schedule, &mut Repeatable(1)).unwrap();
    let advanced = advance().into_ring();
    let advanced_text = advanced.to_text();
    let id = ring.keys(at(0)).next().unwrap().id;
    let revoked = ring.revoke(Kind::Encrypted, id, at(0), Seconds::ZERO, Seconds::ZERO);
    let verifying = ring.verifying();
    let published = verifying.publish(1, &root, &kek, &mut Repeatable(2)).unwrap();
    let issuers = Kind::ALL.map(|kind| Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind));
    let open = || Published::<Verifying>::open(&published, &kek, &root.public()).unwrap();
    let opened = open();
    drop((
        text,
        again,
        bytes,
        merged,
        advanced,
        advanced_text,
        revoked,
        issuers,
        opened,
        published,
        verifying,
        ring,
        kek,
        root,
    ));
    assert_eq!(FOUND.load(Ordering::Relaxed), 0, "secrets were left on the heap");
    tokens();
    println!("heap_wiping: no secret was left on the heap");
}

/// Whoever has a token is logged in, so it is wiped unless it was taken out as text.
fn tokens() {
    let mut rng = Repeatable(51);
    let mut ring = Ring::<Issuing>::new();
    let window = Window::new(at(0), Seconds::days(30), Seconds::hours(2)).unwrap();
    ring.add(IssuingKey::generate(Kind::Encrypted, &mut rng).unwrap(), window).unwrap();
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let issue = || issuer.issue(&grant, at(0), &mut Repeatable(4)).unwrap();
    let (kept, dropped) = (issue().into_string(), issue());
    WANTED.set([kept.as_bytes()[60..68].try_into().unwrap(); 8]);
    drop(dropped);
    assert_eq!(FOUND.swap(0, Ordering::Relaxed), 0, "a token was left on the heap");
    // The bytes that the text is made of were on the heap, too.
    let bytes = URL_SAFE_NO_PAD.decode(&kept).unwrap();
    WANTED.set([bytes[40..48].try_into().unwrap(); 8]);
    drop(bytes.clone());
    assert_ne!(FOUND.swap(0, Ordering::Relaxed), 0, "control");
    drop(issue());
    assert_eq!(FOUND.swap(0, Ordering::Relaxed), 0, "a draft was left on the heap");
    WANTED.set([kept.as_bytes()[60..68].try_into().unwrap(); 8]);
    drop(kept);
    assert_ne!(FOUND.load(Ordering::Relaxed), 0, "control: text that was taken out is the caller's");
}
