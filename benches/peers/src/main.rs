//! `cargo run --release --manifest-path benches/peers/Cargo.toml`: everything in one process, interleaved; a table, a JSON file, and exit code 1 when a target is missed by more than the spread.
#![allow(unsafe_code)] // a counting allocator cannot be written without

mod limits;
mod measure;
mod ours;
mod peers;
mod proof;
mod report;
mod revocation;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// 20 characters.
pub const SUBJECT: &str = "usr_8f14e45fceea167a";

/// What a row of the table is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Ours,
    OursReadable,
    /// The client cannot read the claims.
    Encrypted,
    /// It can.
    Readable,
    /// Not a token.
    Store,
}

pub struct Peer {
    pub name: &'static str,
    pub package: &'static str,
    pub sort: Sort,
    pub mint: Box<dyn FnMut() -> String>,
    pub verify: Box<dyn FnMut(&str) -> bool>,
}

pub struct Limit {
    pub name: &'static str,
    pub work: Box<dyn FnMut() -> bool>,
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

pub fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs()
}

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
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

pub fn allocations<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let result = work();
    (ALLOCATIONS.load(Ordering::Relaxed) - before, result)
}

/// One row, with everything but its times.
pub struct Row {
    pub name: &'static str,
    pub package: &'static str,
    pub sort: Sort,
    pub characters: usize,
    pub allocations: usize,
}

/// Looks at what a peer does before it is measured.
fn examined(peer: &mut Peer) -> (Row, String) {
    let text = (peer.mint)();
    assert!((peer.verify)(&text), "{} verifies its own", peer.name);
    let middle = text.len() / 2;
    let other = if &text[middle..=middle] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &text[..middle], &text[middle + 1..]);
    assert!(!(peer.verify)(&changed), "{} refuses another", peer.name);
    let (allocations, _) = allocations(|| (peer.verify)(&text));
    let row =
        Row { name: peer.name, package: peer.package, sort: peer.sort, characters: text.len(), allocations };
    (row, text)
}

fn main() {
    assert_eq!(safeconduct::backend(), safeconduct::Backend::Fast, "this processor runs the fast backend");
    assert_eq!(safeconduct_portable::backend(), safeconduct_portable::Backend::Portable);
    let mut peers = ours::fast::all();
    peers.extend(ours::portable::all());
    peers.extend(peers::all());
    let mut limits = limits::all();
    limits.extend(revocation::all());
    let (rows, texts): (Vec<Row>, Vec<String>) = peers.iter_mut().map(examined).unzip();

    let mut work: Vec<Box<dyn FnMut() -> bool + '_>> = Vec::new();
    for (peer, text) in peers.iter_mut().zip(&texts) {
        let Peer { mint, verify, .. } = peer;
        work.push(Box::new(move || !mint().is_empty()));
        work.push(Box::new(move || verify(std::hint::black_box(text))));
    }
    for limit in &mut limits {
        work.push(Box::new(|| (limit.work)()));
    }
    let mut borrowed: Vec<&mut dyn FnMut() -> bool> = work.iter_mut().map(|work| &mut **work as _).collect();
    let samples = measure::interleaved(&mut borrowed);
    drop(work);
    let limits: Vec<&str> = limits.iter().map(|limit| limit.name).collect();
    if !report::print(&rows, &limits, &samples) {
        std::process::exit(1);
    }
}
