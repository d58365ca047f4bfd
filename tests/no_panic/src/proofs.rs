//! One function for each thing that must not panic. `#[no_panic]` leaves a symbol without definition in the program if the compiler cannot show that it does not.
//!
//! What is not here goes through libraries of which the compiler cannot show it: base64 (token and ring text), XChaCha20-Poly1305 and Ed25519 (opening, minting, loading
//! keys, opening snapshots and documents), and memory that grows (encoding claims, logs). The fuzz targets and `.ci/no_panic` go through those, with overflow checks.

use core::hint::black_box;

use no_panic::no_panic;

use crate::claims::{self, CoreClaims};
use crate::error::Reason;
use crate::http::{Incoming, Provenance, SessionCookie, Transport};
use crate::keys::FilterKey;
use crate::policy::{Policy, PolicyBuilder, PolicyError};
use crate::proof::{OpeningKey, document};
use crate::revocation::{
    Answer, CoarseSnapshot, ExactCopy, ExactList, Facts, Floors, Freshness, Revocations, Snapshot,
};
use crate::ring::{
    Entries, Entry, KeyState, Pinned, Public, Ring, RingError, Schedule, ScheduleError, Window, WindowError,
};
use crate::values::{
    Context, ContextError, KeyId, Kind, NotAnId, Seconds, SessionId, Subject, SubjectError, Thumbprint,
    Timestamp,
};
use crate::verifier::{Opened, Verifier};
use crate::wire::{HEADER, Header};

type Bytes = &'static [u8];

// --- wire

#[no_panic]
fn header_parse(bytes: Bytes) -> Result<Header, Reason> {
    Header::parse(bytes)
}

#[no_panic]
fn header_write(header: Header) -> [u8; HEADER] {
    header.to_bytes()
}

#[no_panic]
fn header_split(header: &'static [u8; HEADER]) -> bool {
    crate::wire::split_header(header).is_some()
}

// --- claims

#[no_panic]
fn claims_decode(body: Bytes, claims: &mut CoreClaims) -> Result<usize, Reason> {
    claims::decode(body, claims)
}

#[no_panic]
fn app_claims_decode(body: Bytes) -> Result<(&'static str, u64, Option<&'static [u8]>), Reason> {
    claims::decode_app(body)
}

// --- values and policy

#[no_panic]
fn subject(bytes: Bytes) -> Result<Subject, SubjectError> {
    Subject::new(bytes)
}

#[no_panic]
fn id(text: &'static str) -> Result<SessionId, NotAnId> {
    text.parse()
}

#[no_panic]
fn context(parts: &'static [&'static str]) -> Result<Context, ContextError> {
    Context::new(parts)
}

#[no_panic]
fn policy(builder: PolicyBuilder) -> Result<Policy, PolicyError> {
    builder.build()
}

#[no_panic]
fn deadlines(policy: Policy, claims: CoreClaims, now: Timestamp) -> Result<(), Reason> {
    policy.check_ceilings(&claims, now)?;
    Policy::check_end(&claims, now)?;
    Policy::check_deadlines(&claims, now)
}

/// Steps 9 to 13 of SPEC section 7 on claims of any value, with the snapshot looked at: tables, pages, hashes, fingerprints.
#[no_panic]
fn judge_by_snapshot(
    verifier: &'static Verifier<Snapshot<Bytes>>,
    opened: &'static Opened,
    proven: Option<&'static Thumbprint>,
    now: Timestamp,
) -> Result<Freshness, Reason> {
    verifier.judge(opened, proven, now)
}

#[no_panic]
fn judge_by_coarse_snapshot(
    verifier: &'static Verifier<CoarseSnapshot<Bytes>>,
    opened: &'static Opened,
    proven: Option<&'static Thumbprint>,
    now: Timestamp,
) -> Result<Freshness, Reason> {
    verifier.judge(opened, proven, now)
}

#[no_panic]
fn judge_by_list(
    verifier: &'static Verifier<ExactCopy>,
    opened: &'static Opened,
    proven: Option<&'static Thumbprint>,
    now: Timestamp,
) -> Result<Freshness, Reason> {
    verifier.judge(opened, proven, now)
}

// --- ring

#[no_panic]
fn ring_accepting(
    keys: &'static Entries<OpeningKey>,
    kind: Kind,
    id: KeyId,
    now: Timestamp,
    skew: Seconds,
) -> Result<&'static OpeningKey, Reason> {
    keys.accepting(kind, id, now, skew)
}

#[no_panic]
fn ring_minting(
    keys: &'static Entries<OpeningKey>,
    kind: Kind,
    now: Timestamp,
) -> Option<&'static Entry<OpeningKey>> {
    keys.minting(kind, now)
}

#[no_panic]
fn ring_state(
    keys: &'static Entries<OpeningKey>,
    entry: &'static Entry<OpeningKey>,
    now: Timestamp,
) -> KeyState {
    keys.state(entry, now)
}

#[no_panic]
fn window(from: Timestamp, minting: Seconds, tail: Seconds) -> Result<Window, WindowError> {
    Window::new(from, minting, tail)
}

#[no_panic]
fn schedule(policy: Policy, propagation: Seconds) -> Result<Schedule, ScheduleError> {
    Schedule::for_policy(&policy, propagation)
}

#[no_panic]
fn rings_merged(one: &'static Ring<Public>, other: &'static Ring<Public>) -> Result<Ring<Public>, RingError> {
    one.merge(other)
}

#[no_panic]
fn pinned(bytes: &'static [u8; 40]) -> [u8; 40] {
    Pinned::<Public>::from_bytes(bytes).to_bytes()
}

// --- revocation

#[no_panic]
fn snapshot_check(snapshot: &'static Snapshot<Bytes>, facts: &Facts<'static>, now: Timestamp) -> Answer {
    snapshot.check(facts, now)
}

#[no_panic]
fn snapshot_however_old(
    snapshot: &'static Snapshot<Bytes>,
    facts: &Facts<'static>,
    now: Timestamp,
) -> Answer {
    snapshot.check_however_old(facts, now)
}

#[no_panic]
fn snapshot_cut_off(snapshot: &'static Snapshot<Bytes>, subject: &'static Subject) -> Option<Timestamp> {
    snapshot.cut_off(subject)
}

#[no_panic]
fn snapshot_remembered(snapshot: &'static Snapshot<Bytes>, floors: &'static mut Floors) {
    snapshot.remember(floors);
}

#[no_panic]
fn list_check(list: &'static ExactList, facts: &Facts<'static>, now: Timestamp) -> Answer {
    list.check(facts, now)
}

/// SHA-256 and SipHash, which a look-up goes through.
#[no_panic]
fn page_digest(bytes: Bytes) -> [u8; 32] {
    document::digest(bytes)
}

#[no_panic]
fn fingerprint(key: &'static FilterKey, bytes: Bytes) -> u64 {
    key.hash_bytes(1, bytes)
}

// --- web

#[no_panic]
fn incoming(
    transport: Transport,
    method: &'static str,
    headers: &'static [(&'static str, &'static [u8])],
    authority: Option<&'static str>,
) -> Incoming<'static> {
    Incoming::new(transport, method, headers.iter().copied()).authority(authority)
}

#[no_panic]
fn provenance(incoming: &'static Incoming<'static>) -> (Provenance, bool) {
    (incoming.provenance(), incoming.brings_token())
}

#[no_panic]
fn cookie_name(name: &'static str) -> bool {
    SessionCookie::named(name).is_ok()
}

// --- what must not link

#[cfg(feature = "control")]
#[no_panic]
fn control_index(bytes: Bytes, index: usize) -> u8 {
    bytes[index]
}

#[cfg(feature = "control")]
#[no_panic]
fn control_overflow(one: u64, other: u64) -> u64 {
    one + other
}

#[cfg(feature = "control")]
#[no_panic]
fn control_unwrap(bytes: Bytes) -> Subject {
    Subject::new(bytes).unwrap()
}

/// Keeps functions in the program without calling them, and counts them.
macro_rules! keep {
    ($($function:expr),* $(,)?) => { [$( black_box($function as *const ()) ),*].len() };
}

pub fn keep_all() -> usize {
    #[cfg(feature = "control")]
    let _ = keep!(control_index, control_overflow, control_unwrap);
    keep!(
        header_parse,
        header_write,
        header_split,
        claims_decode,
        app_claims_decode,
        subject,
        id,
        context,
        policy,
        deadlines,
        judge_by_snapshot,
        judge_by_coarse_snapshot,
        judge_by_list,
        ring_accepting,
        ring_minting,
        ring_state,
        window,
        schedule,
        rings_merged,
        pinned,
        snapshot_check,
        snapshot_however_old,
        snapshot_cut_off,
        snapshot_remembered,
        list_check,
        page_digest,
        fingerprint,
        incoming,
        provenance,
        cookie_name,
    )
}
