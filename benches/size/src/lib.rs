//! One function that verifies a token, and nothing else; the memory belongs to whoever calls.
#![no_std]
#![allow(unsafe_code)] // memory of a WebAssembly module is handed over as addresses

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The ring's text, then the token's, then a snapshot: whether the token is good at `now`.
///
/// # Safety
///
/// The ranges are memory of this module that nobody else uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn verify(
    ring: *const u8,
    ring_length: usize,
    token: *const u8,
    token_length: usize,
    snapshot: *const u8,
    snapshot_length: usize,
    now: u64,
) -> u32 {
    // SAFETY: the caller promises it.
    let (ring, token, snapshot) = unsafe {
        (
            core::slice::from_raw_parts(ring, ring_length),
            core::slice::from_raw_parts(token, token_length),
            core::slice::from_raw_parts(snapshot, snapshot_length),
        )
    };
    u32::from(verified(ring, token, snapshot, now).is_some())
}

#[cfg(not(any(feature = "encrypted", feature = "every-kind")))]
fn verified(ring: &[u8], token: &[u8], snapshot: &[u8], now: u64) -> Option<()> {
    (ring.len() as u64 + token.len() as u64 + snapshot.len() as u64 == now).then_some(())
}

#[cfg(any(feature = "encrypted", feature = "every-kind"))]
fn verified(ring: &[u8], token: &[u8], snapshot: &[u8], now: u64) -> Option<()> {
    use safeconduct::{Context, Kind, Policy, Ring, Scratch, Timestamp, Verifier, Verifying, context};

    const CONTEXT: Context = context!("shop.example", "session");

    let now = Timestamp::from_unix(now).ok()?;
    let ring: Ring<Verifying> = core::str::from_utf8(ring).ok()?.parse().ok()?;
    let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    #[cfg(feature = "every-kind")]
    let verifier = verifier.also_accepts(Kind::Signed).also_accepts(Kind::Nested);
    let verifier = verifier.revocations(revocations(&ring, snapshot, now)?);
    let token = core::str::from_utf8(token).ok()?;
    let mut scratch = Scratch::new();
    let session = verifier.verify::<()>(token, now, &mut scratch).ok()?;
    (!session.subject().as_bytes().is_empty()).then_some(())
}

#[cfg(feature = "snapshots")]
fn revocations<'s>(
    ring: &safeconduct::Ring<safeconduct::Verifying>,
    snapshot: &'s [u8],
    now: safeconduct::Timestamp,
) -> Option<safeconduct::Snapshot<&'s [u8]>> {
    use safeconduct::{Floors, Snapshot, SnapshotKeys};
    Snapshot::open(snapshot, &SnapshotKeys::of(ring), now, &Floors::new()).ok()
}

/// Without snapshots: a cut-off for everyone, the smallest list there is, in eight bytes.
#[cfg(all(any(feature = "encrypted", feature = "every-kind"), not(feature = "snapshots")))]
fn revocations(
    _: &safeconduct::Ring<safeconduct::Verifying>,
    cut_off: &[u8],
    _: safeconduct::Timestamp,
) -> Option<impl safeconduct::Revocations> {
    use safeconduct::{Answer, Facts, Freshness, Revocations, Seconds, Timestamp};

    struct Before(Timestamp);

    impl Revocations for Before {
        fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
            if facts.started_at < self.0 {
                Answer::Stale
            } else {
                Answer::Clear(Freshness::new(now, Seconds::hours(1)))
            }
        }
    }

    Timestamp::from_unix(u64::from_le_bytes(cut_off.try_into().ok()?)).ok().map(Before)
}
