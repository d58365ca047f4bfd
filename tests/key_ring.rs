//! Two keys at once: which one mints, which are accepted, and what the ring never shows.

mod common;

use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    AdvanceError, AuthLevel, ExactList, Grant, Issuer, Issuing, IssuingKey, KeyId, Kind, Policy, Reason,
    Ring, RingError, RingTextError, Schedule, Seconds, Timestamp, Verifier, Verifying, Window,
};

fn key(seed: u64) -> IssuingKey {
    IssuingKey::generate(Kind::Encrypted, &mut Repeatable(seed)).unwrap()
}

fn window(from: i64, minting: u32, tail: u32) -> Window {
    Window::new(at(from), Seconds::new(minting), Seconds::new(tail)).unwrap()
}

fn issue(ring: &Ring<Issuing>, now: Timestamp) -> String {
    let issuer = Issuer::new(ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    issuer.issue(&grant, now, &mut Repeatable(3)).unwrap().into_string()
}

fn verify(ring: &Ring<Issuing>, token: &str, now: Timestamp) -> Result<KeyId, Reason> {
    let verifier = Verifier::new(ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(ExactList::new());
    verifier
        .verify_owned::<()>(token, now)
        .map(|session| session.key_id())
        .map_err(|rejected| rejected.reason())
}

#[test]
fn a_staged_key_takes_over_and_nobody_is_logged_out() {
    let (old, new) = (key(1), key(2));
    let (old_id, new_id) = (old.id(), new.id());
    let mut ring = Ring::<Issuing>::new();
    ring.add(old, window(0, 10_000, 1_800)).unwrap();
    ring.add(new, window(5_000, 10_000, 1_800)).unwrap();
    let minted_by = |now| verify(&ring, &issue(&ring, at(now)), at(now)).unwrap();
    assert_eq!(minted_by(4_999), old_id);
    assert_eq!(minted_by(5_000), new_id, "the latest that has begun");
    assert_eq!(minted_by(12_000), new_id);
    let last_of_old = issue(&ring, at(4_999));
    assert_eq!(verify(&ring, &last_of_old, at(6_000)), Ok(old_id));
}

#[test]
fn ties_go_to_the_smallest_identity_on_every_node() {
    let build = |order: [u64; 3]| {
        let mut ring = Ring::<Issuing>::new();
        for seed in order {
            ring.add(key(seed), window(0, 10_000, 1_800)).unwrap();
        }
        ring
    };
    let reference = build([1, 2, 3]);
    let smallest = reference.keys(at(0)).map(|key| key.id).min().unwrap();
    for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
        let ring = build(order);
        assert_eq!(ring.to_text().as_str(), reference.to_text().as_str(), "one text for one set of keys");
        assert_eq!(verify(&ring, &issue(&ring, at(1)), at(1)), Ok(smallest));
    }
}

#[test]
fn windows_hold_to_the_second() {
    let mut ring = Ring::<Issuing>::new();
    ring.add(key(1), window(1_000, 100, 2_000)).unwrap();
    // Nobody mints outside the window, so the token is minted under the same key with a wider one.
    let mut wide = Ring::<Issuing>::new();
    wide.add(key(1), window(0, 10_000, 2_000)).unwrap();
    let skew = i64::from(Policy::AAL1.skew().get());
    for (now, expected) in [(-skew - 1, Err(Reason::KeyNotYetValid)), (-skew, Ok(())), (0, Ok(()))] {
        let token = issue(&wide, at(1_000 + now));
        assert_eq!(verify(&ring, &token, at(1_000 + now)).map(|_| ()), expected, "{now}");
    }
    for (now, expected) in [(3_099, Ok(())), (3_100, Err(Reason::KeyExpired))] {
        let token = issue(&wide, at(now));
        assert_eq!(verify(&ring, &token, at(now)).map(|_| ()), expected, "{now}");
    }
}

#[test]
fn a_ring_holds_sixteen_keys_and_no_key_twice() {
    let mut ring = Ring::<Issuing>::new();
    for seed in 0..15 {
        ring.add(key(seed), window(0, 100, 0)).unwrap();
    }
    assert_eq!(ring.add(key(7), window(5, 7, 0)), Err(RingError::DuplicateId), "whatever its window");
    assert_eq!(ring.count(), 15);
    ring.add(key(15), window(0, 100, 0)).unwrap();
    assert_eq!(ring.add(key(99), window(0, 100, 0)), Err(RingError::Full));
    assert_eq!(ring.count(), 16);
}

#[test]
fn a_key_is_used_for_its_own_kind_only() {
    for kind in Kind::ALL {
        let ring = common::ring(&[kind], 1);
        let grant = Grant::new(subject(), AuthLevel::Aal1);
        for wanted in Kind::ALL {
            let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, wanted);
            let minted = issuer.issue(&grant, at(0), &mut Repeatable(1));
            assert_eq!(minted.is_ok(), wanted == kind);
        }
    }
}

/// 32 bytes at every place of the material of one key, as hexadecimal would show them and as they are.
fn secrets(ring: &Ring<Issuing>) -> Vec<Vec<u8>> {
    let text = ring.to_text();
    let payload = decode(text.as_str());
    // One entry; behind it the number of realms, which is 0, and the checksum.
    let material = &payload[1 + 14..payload.len() - 5];
    material.chunks(32).map(<[u8]>::to_vec).collect()
}

fn decode(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    let body = text.rsplit('.').next().unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).unwrap()
}

#[test]
fn a_verifiers_ring_holds_no_seed() {
    for kind in [Kind::Signed, Kind::Nested] {
        let ring = common::ring(&[kind], 1);
        let secrets = secrets(&ring);
        let seed = secrets.last().unwrap();
        let verifying = decode(ring.verifying().to_text().as_str());
        assert!(!verifying.windows(32).any(|bytes| bytes == seed), "the seed must not be in it");
        if kind == Kind::Nested {
            assert!(verifying.windows(32).any(|bytes| bytes == secrets[0]), "control: the AEAD key is");
        }
    }
}

#[test]
fn nothing_printable_shows_a_secret() {
    let ring = common::ring(&Kind::ALL, 1);
    let shown = format!(
        "{ring:?} {:?} {:?} {:?} {:?}",
        ring.verifying(),
        ring.to_text(),
        key(1),
        Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Nested),
    );
    for kind in Kind::ALL {
        let ring = common::ring(&[kind], 1);
        let text = ring.to_text();
        assert!(!shown.contains(text.as_str().rsplit('.').next().unwrap()));
    }
    for secret in
        [secrets(&common::ring(&[Kind::Encrypted], 1)), secrets(&common::ring(&[Kind::Nested], 1))].concat()
    {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!shown.contains(&hex[..16]) && !shown.contains(&hex[..16].to_uppercase()));
    }
    assert!(shown.contains(&ring.keys(at(0)).next().unwrap().id.to_string()), "ids are shown");
}

#[test]
fn an_error_of_a_ring_says_where_and_shows_nothing() {
    let ring = common::ring(&Kind::ALL, 1);
    let text = ring.to_text();
    let text = text.as_str();
    let refuse = |text: &str| text.parse::<Ring<Issuing>>().unwrap_err();
    assert_eq!(refuse(""), RingTextError::NotARing);
    assert_eq!(refuse("sc-ring.v2.issuer.AAAA"), RingTextError::NotARing);
    assert_eq!(refuse(&text.replace("issuer", "owner")), RingTextError::UnknownRole);
    let wrong_role = refuse(ring.verifying().to_text().as_str());
    assert_eq!(wrong_role.to_string(), "the ring has the role verifier, and issuer is wanted");
    for end in 0..text.len() {
        let error = refuse(&text[..end]);
        assert!(end < 18 || !error.to_string().contains(&text[18..end.max(26)]), "{error}");
    }
    for place in 18..text.len() {
        let other = if &text[place..=place] == "A" { "B" } else { "A" };
        let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
        assert!(matches!(refuse(&changed), RingTextError::Checksum | RingTextError::Base64));
    }
    let huge = format!("sc-ring.v1.issuer.{}", "A".repeat(1 << 20));
    assert_eq!(refuse(&huge), RingTextError::Length);
    // Up to a little more than the longest ring, what is wrong with the characters is said first.
    let wrong = |length| format!("sc-ring.v1.issuer.{}!", "A".repeat(length));
    assert_eq!(
        (refuse(&wrong(1_919)), refuse(&wrong(1_920))),
        (RingTextError::Base64, RingTextError::Length)
    );
    assert!("sc-ring.v1.verifier.".parse::<Ring<Verifying>>().is_err());
}

const DAY: i64 = 86_400;

/// A key that mints for so many days from a day on.
fn add(ring: &mut Ring<Issuing>, kind: Kind, seed: u64, (from, days): (i64, u32)) {
    let window = Window::new(at(from * DAY), Seconds::days(days), Seconds::days(1)).unwrap();
    ring.add(IssuingKey::generate(kind, &mut Repeatable(seed)).unwrap(), window).unwrap();
}

#[test]
fn the_clock_is_measured_by_the_keys_of_each_kind() {
    let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)).unwrap();
    let days = i64::from(schedule.minting().get()) / DAY;
    let mut ring = Ring::<Issuing>::new();
    add(&mut ring, Kind::Encrypted, 1, (0, 30));
    for (seed, kind) in [(2, Kind::Nested), (3, Kind::Signed)] {
        add(&mut ring, kind, seed, (30 + days, 30));
    }
    let advance = |now| ring.advance(at(now), &schedule, &mut Repeatable(9)).map(|_| ());
    assert_eq!(advance((30 + days) * DAY), Ok(()));
    assert_eq!(advance((30 + days) * DAY + 1), Err(AdvanceError::ClockJump), "whatever the other kinds have");
}

#[test]
fn of_two_keys_that_end_together_neither_replaces_the_other() {
    let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)).unwrap();
    let mut ring = Ring::<Issuing>::new();
    add(&mut ring, Kind::Encrypted, 1, (0, 30));
    add(&mut ring, Kind::Encrypted, 2, (10, 20));
    let advanced = ring.advance(at(40 * DAY), &schedule, &mut Repeatable(9)).unwrap();
    assert_eq!(advanced.dropped().count(), 0);
}
