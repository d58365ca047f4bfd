//! Law of `ring_changes`: bytes of a ring with a good checksum are refused or written again as they were; merging and advancing do what SPEC sections 8.4 and 8.5 promise, on any ring at any time.

use arbitrary::Arbitrary;
use safeconduct::{
    Issuing, IssuingKey, KeyState, Kind, Policy, Public, Realm, Ring, Role, Schedule, Seconds,
    SnapshotSigner, Timestamp, Verifying, Window,
};
use sha2::{Digest as _, Sha256};

use super::base64url::base64url;
use super::body::{LAST, Number};
use super::chance::Counter;

const NOW: i128 = 1_800_000_000;

/// Two rings, changes to the bytes of the first, and a moment.
#[derive(Arbitrary, Debug)]
pub struct Rings {
    first: Vec<Key>,
    second: Vec<Key>,
    realm: Option<u8>,
    role: u8,
    changes: Vec<Change>,
    now: Number,
    schedule: u8,
}

#[derive(Clone, Copy, Arbitrary, Debug)]
struct Key {
    kind: u8,
    seed: u8,
    from: Number,
    minting: Number,
    tail: Number,
    revoked: bool,
}

/// To the payload, under the checksum.
#[derive(Clone, Copy, Arbitrary, Debug)]
enum Change {
    Flip { at: u16, bit: u8 },
    Set { at: u16, to: u8 },
    Insert { at: u16, byte: u8 },
    Remove { at: u16, count: u8 },
    Copy { from: u16, to: u16, count: u8 },
}

fn time(seconds: i128) -> Timestamp {
    Timestamp::from_unix(seconds.clamp(0, LAST) as u64).expect("a time")
}

fn ring(keys: &[Key], realm: Option<u8>) -> Ring<Issuing> {
    let mut ring = Ring::<Issuing>::new();
    for key in keys.iter().take(5) {
        let kind = Kind::ALL[usize::from(key.kind) % 3];
        let Ok(fresh) = IssuingKey::generate(kind, &mut Counter(key.seed));
        let seconds = |number: Number, usual| Seconds::new(number.from(usual) as u32);
        let (minting, tail) = (seconds(key.minting, 2_592_000), seconds(key.tail, 90_000));
        let Ok(window) = Window::new(time(key.from.from(NOW)), minting, tail) else { continue };
        let id = fresh.id();
        if ring.add(fresh, window).is_ok() && key.revoked {
            let revoked = ring.revoke(kind, id, time(NOW), Seconds::ZERO, Seconds::ZERO);
            let (revoked, _) = revoked.expect("a key of the ring");
            ring = revoked.to_text().as_str().parse().expect("a ring");
        }
    }
    if let Some(seed) = realm {
        let mut chance = Counter(seed);
        let Ok(signer) = SnapshotSigner::generate(&mut chance);
        let realm = Realm::generate(&[signer.public()], &mut chance).expect("a realm");
        ring.add_realm(&realm).expect("room");
    }
    ring
}

fn change(payload: &mut Vec<u8>, change: Change) {
    let length = payload.len();
    let place = |at: u16| usize::from(at) % length.max(1);
    match change {
        Change::Flip { at, bit } if length > 0 => payload[place(at)] ^= 1 << (bit % 8),
        Change::Set { at, to } if length > 0 => payload[place(at)] = to,
        Change::Insert { at, byte } => payload.insert(place(at), byte),
        Change::Remove { at, count } => {
            payload.drain(place(at)..length.min(place(at) + usize::from(count)));
        }
        Change::Copy { from, to, count } if length > 0 => {
            for step in 0..usize::from(count) {
                payload[(place(to) + step) % length] = payload[(place(from) + step) % length];
            }
        }
        _ => {}
    }
}

/// The payload in the two forms of a role, with the right checksum: read, and what is read is written as it was.
fn read<R: Role>(payload: &[u8], role: &str) -> Option<Ring<R>> {
    let label = [b"safeconduct/v1/ring/", role.as_bytes(), &[0]].concat();
    let checksum = Sha256::new_with_prefix(label).chain_update(payload).finalize();
    let bytes = [payload, &checksum[..4]].concat();
    let text = format!("sc-ring.v1.{role}.{}", base64url(&bytes));
    let ring = Ring::<R>::from_bytes(&bytes);
    let by_text = text.parse::<Ring<R>>();
    assert_eq!(ring.is_ok(), by_text.is_ok(), "two forms, one answer");
    let ring = ring.ok()?;
    assert_eq!(ring.to_bytes().as_slice(), bytes);
    assert_eq!(ring.to_text().as_str(), text);
    assert!((1..=16).contains(&ring.count()));
    Some(ring)
}

/// RING-14: commutative and idempotent, and whoever is revoked in one is revoked in the union.
fn merge(first: &Ring<Issuing>, second: &Ring<Issuing>, now: Timestamp) -> bool {
    let bytes = |ring: &Ring<Issuing>| ring.to_bytes().to_vec();
    let (Ok(one), Ok(other)) = (first.merge(second), second.merge(first)) else {
        assert!(first.merge(second).is_err() && second.merge(first).is_err(), "one way only");
        return false;
    };
    assert_eq!(bytes(&one), bytes(&other));
    for part in [first, second, &one] {
        assert_eq!(bytes(&one.merge(part).expect("a part of it")), bytes(&one));
        for key in part.keys(now).filter(|key| key.state == KeyState::Revoked) {
            let there = one.keys(now).find(|there| (there.kind, there.id) == (key.kind, key.id));
            assert!(there.is_some_and(|there| there.state == KeyState::Revoked), "brought back");
        }
    }
    true
}

/// RING-12, and what may not be dropped: tombstones before their time, and the key that mints.
fn advance(ring: &Ring<Issuing>, now: Timestamp, schedule: &Schedule) -> bool {
    let Ok(advanced) = ring.advance(now, schedule, &mut Counter(77)) else { return false };
    let after: Ring<Issuing> = advanced.into_ring().to_text().as_str().parse().expect("a ring");
    let again = after.advance(now, schedule, &mut Counter(99)).expect("what went once goes twice");
    assert!(!again.changed());
    assert_eq!(again.into_ring().to_text().as_str(), after.to_text().as_str());
    for key in ring.keys(now) {
        let stays = match key.state {
            KeyState::Active => true,
            KeyState::Revoked => now < key.window.accept_until(),
            _ => false,
        };
        let there = after.keys(now).any(|there| (there.kind, there.id) == (key.kind, key.id));
        assert!(there || !stays, "{key:?} was dropped");
    }
    true
}

/// Returns whether the changed bytes were a ring, whether the two merged, and whether one advanced.
pub fn ring_changes(case: &Rings) -> (bool, bool, bool) {
    let (first, second) = (ring(&case.first, case.realm), ring(&case.second, None));
    let now = time(case.now.from(NOW));
    let merged = merge(&first, &second, now);
    let schedule = match case.schedule % 3 {
        0 => Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)),
        1 => Schedule::for_policy(&Policy::AAL2, Seconds::minutes(1)),
        _ => Schedule::for_policy(&Policy::AAL3, Seconds::ZERO),
    };
    let advanced = first.count() > 0 && advance(&first, now, &schedule.expect("a schedule"));
    let bytes = match case.role % 3 {
        0 => first.to_bytes().to_vec(),
        1 => first.verifying().to_bytes().to_vec(),
        _ => first.public().to_bytes().to_vec(),
    };
    let mut payload = bytes[..bytes.len() - 4].to_vec();
    case.changes.iter().take(8).for_each(|step| change(&mut payload, *step));
    let is_ring = match case.role % 3 {
        0 => read::<Issuing>(&payload, "issuer").is_some_and(|ring| {
            let verifying = ring.verifying().to_text();
            assert!(verifying.as_str().parse::<Ring<Verifying>>().is_ok());
            merge(&ring, &first, now);
            true
        }),
        1 => read::<Verifying>(&payload, "verifier").is_some(),
        _ => read::<Public>(&payload, "public").is_some(),
    };
    (is_ring, merged, advanced)
}
