//! safeconduct as one plain wasm module, for any host that speaks JavaScript (or anything else that can call wasm).
//!
//! The host writes bytes into the [`inbox`], calls a function with their length and reads the answer from the [`outbox`]. Moments are seconds since 1970 as the
//! host's clock has them; the module has none. The one import is `host.random(address, length) -> 0`, and without the feature `mint` there is none.
//!
//! | call | the inbox holds | answer | the outbox holds |
//! | --- | --- | --- | --- |
//! | `set_up(length, context, options)` | `context` bytes of [context parts](Sessions::set_up), then the ring's text | 1 | |
//! | `take_snapshot(length, now)` | a snapshot | 1 | |
//! | `verify(length, now)` | a token | length of the record | the [record](outbox::write_record) |
//! | `issue(subject, claims, level, now)` | subject, then claims | length of the token | the token |
//! | `renew(length, now)` | a token | length of the token; 0 if not due, too | the token |
//! | `why()` | | length of the text | why the last call has answered 0, for the operator's log |
//!
//! `take_snapshot` is there with the feature `signatures` only, `issue` and `renew` with the feature `mint` only.
//!
//! Everything that can go wrong is answered with 0. The module does not trap on any input; if it ever did, the instance must be thrown away.
#![no_std]

extern crate alloc;

mod host;
mod outbox;
mod sessions;
#[cfg_attr(not(feature = "signatures"), path = "no_snapshots.rs")]
mod snapshots;

use core::cell::RefCell;

use sessions::Sessions;

/// The module's state. A wasm instance is one thread; a host that calls back in from `host.random` is answered with 0.
struct OneThread(RefCell<Sessions>);

// SAFETY: the module is built for wasm32-unknown-unknown without threads.
unsafe impl Sync for OneThread {}

static SESSIONS: OneThread = OneThread(RefCell::new(Sessions::new()));

fn with(call: impl FnOnce(&mut Sessions) -> usize) -> usize {
    SESSIONS.0.try_borrow_mut().map_or(0, |mut sessions| call(&mut sessions))
}

/// The address of at least `length` bytes for the host to write to. It stays the same until more bytes are asked for or a snapshot was taken.
#[unsafe(no_mangle)]
pub extern "C" fn inbox(length: usize) -> usize {
    with(|sessions| sessions.inbox(length))
}

/// The address of the outbox. It never changes.
#[unsafe(no_mangle)]
pub extern "C" fn outbox() -> usize {
    with(|sessions| sessions.outbox())
}

/// Begins with a ring: see [`Sessions::set_up`].
#[unsafe(no_mangle)]
pub extern "C" fn set_up(length: usize, context: usize, options: u32) -> usize {
    with(|sessions| sessions.set_up(length, context, options))
}

/// Takes a snapshot. A refused one changes nothing: the one before stays in force.
#[cfg(feature = "signatures")]
#[unsafe(no_mangle)]
pub extern "C" fn take_snapshot(length: usize, now: f64) -> usize {
    with(|sessions| sessions.take_snapshot(length, now))
}

/// Verifies a token.
#[unsafe(no_mangle)]
pub extern "C" fn verify(length: usize, now: f64) -> usize {
    with(|sessions| sessions.verify(length, now))
}

/// Verifies a token so many times, and says how often it was good: for benches, which thereby leave out what a call from the host costs.
#[cfg(feature = "measure")]
#[unsafe(no_mangle)]
pub extern "C" fn verify_many(length: usize, now: f64, times: u32) -> usize {
    (0..times).filter(|_| verify(length, now) != 0).count()
}

/// Issues a token to somebody who has just been authenticated.
#[cfg(feature = "mint")]
#[unsafe(no_mangle)]
pub extern "C" fn issue(subject: usize, claims: usize, level: u32, now: f64) -> usize {
    with(|sessions| sessions.issue(subject, claims, level, now))
}

/// Renews a token, if it is good and renewal is due.
#[cfg(feature = "mint")]
#[unsafe(no_mangle)]
pub extern "C" fn renew(length: usize, now: f64) -> usize {
    with(|sessions| sessions.renew(length, now))
}

/// Puts the reason of the last refusal into the outbox. For the operator's log, never for the client.
#[unsafe(no_mangle)]
pub extern "C" fn why() -> usize {
    with(Sessions::why)
}
