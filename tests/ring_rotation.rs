//! Rotation of keys: schedules, advancing, merging, publishing.

mod common;

use common::{Broken, CONTEXT, Constant, Repeatable, at, ring, subject};
use safeconduct::{
    AdvanceError, AuthLevel, ExactList, Grant, Issuer, Issuing, IssuingKey, KeyEncryptionKey, KeyId,
    KeyState, Kind, MintError, NotStored, Pinned, Policy, Published, PublishedError, Realm, Ring, RingError,
    RingTextError, RootKey, Schedule, ScheduleError, Seconds, Timestamp, Verifier, Verifying, Window,
};

const DAY: i64 = 86_400;

fn schedule() -> Schedule {
    Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)).unwrap()
}

fn window(from: i64, minting: u32, tail: u32) -> Window {
    Window::new(at(from), Seconds::new(minting), Seconds::new(tail)).unwrap()
}

/// Advances and stores, as if this were the only node.
fn advance(ring: &Ring<Issuing>, now: Timestamp, seed: u64) -> Ring<Issuing> {
    let advanced = ring.advance(now, &schedule(), &mut Repeatable(seed)).unwrap().into_ring();
    let stored = advanced.to_text().as_str().parse().unwrap();
    advanced.confirm(stored).unwrap()
}

fn text(ring: &Ring<Issuing>) -> String {
    ring.to_text().as_str().to_owned()
}

fn active(ring: &Ring<Issuing>, now: Timestamp) -> Option<KeyId> {
    let mut active = ring.keys(now).filter(|key| key.state == KeyState::Active);
    let first = active.next().map(|key| key.id);
    assert!(active.next().is_none(), "one key mints");
    first
}

#[test]
fn a_schedule_keeps_its_bounds() {
    let hours = Seconds::hours;
    let make = |propagation, minting, ahead| Schedule::new(&Policy::AAL1, propagation, minting, ahead);
    assert_eq!(schedule().tail(), Seconds::minutes(90));
    assert_eq!((schedule().minting(), schedule().publish_ahead()), (Seconds::days(30), hours(24)));
    let day_but_skew = Seconds::new(86_400 - 30);
    assert!(make(day_but_skew, Seconds::days(30), hours(24)).is_ok());
    assert_eq!(
        make(Seconds::new(86_371), Seconds::days(30), hours(24)),
        Err(ScheduleError::PublishedTooLate)
    );
    assert_eq!(
        make(Seconds::new(u32::MAX - 99), Seconds::MAX, Seconds::new(u32::MAX - 1)),
        Err(ScheduleError::TooLong)
    );
    assert_eq!(make(hours(1), hours(24), hours(24)), Err(ScheduleError::StagedAsLongAsItMints));
    let dangerous = Schedule::dangerous(&Policy::AAL1, hours(1), hours(24), hours(24));
    assert_eq!(dangerous, Err(ScheduleError::StagedAsLongAsItMints));
    assert!(make(hours(1), Seconds::new(86_401), hours(24)).is_ok());
    let long = Policy::builder(AuthLevel::Aal1).idle(hours(5)).build().unwrap();
    assert_eq!(schedule().also_for(&long).tail(), hours(6));
    assert_eq!(schedule().also_for(&long).also_for(&Policy::AAL3).tail(), hours(6), "the longest of all");
}

#[test]
fn a_successor_is_staged_in_time_and_the_old_key_goes_in_time() {
    let first = ring(&[Kind::Encrypted], 1);
    let old = active(&first, at(0)).unwrap();
    let end = 30 * DAY;
    // Not yet due.
    let early = first.advance(at(end - DAY - 1), &schedule(), &mut Repeatable(2)).unwrap();
    assert!(!early.changed());
    assert!(early.activated().map(|key| key.id).eq([old]));
    // Due: a day ahead, to begin where the other ends.
    let advanced = first.advance(at(end - DAY + 1), &schedule(), &mut Repeatable(2)).unwrap();
    let staged: Vec<_> = advanced.staged().copied().collect();
    assert_eq!((staged.len(), staged[0].state), (1, KeyState::Staged));
    assert_eq!(staged[0].window, window(end, 30 * DAY as u32, 5_400));
    let second = advance(&first, at(end - DAY + 1), 2);
    assert_eq!(active(&second, at(end - 1)), Some(old));
    assert_eq!(active(&second, at(end)), Some(staged[0].id));
    let later = second.advance(at(end + 10), &schedule(), &mut Repeatable(3)).unwrap();
    assert!(!later.changed());
    assert!(later.retired().map(|key| key.id).eq([old]));
    // The old one is kept until its last token is over, and then dropped. Here its tail is a day.
    let kept = second.advance(at(end + DAY - 1), &schedule(), &mut Repeatable(3)).unwrap();
    assert_eq!(kept.dropped().count(), 0);
    let dropped = second.advance(at(end + DAY), &schedule(), &mut Repeatable(3)).unwrap();
    assert!(dropped.dropped().map(|key| key.id).eq([old]));
    assert_eq!(advance(&second, at(end + DAY), 3).count(), 1);
}

#[test]
fn advancing_twice_changes_nothing() {
    let mut ring = ring(&Kind::ALL, 1);
    for day in 0..150 {
        let now = at(day * DAY);
        ring = advance(&ring, now, 5 + day as u64);
        let again = ring.advance(now, &schedule(), &mut Broken).unwrap();
        assert!(!again.changed(), "and draws nothing");
        assert_eq!(again.into_ring().to_text().as_str(), text(&ring));
        for kind in Kind::ALL {
            assert_eq!(
                ring.keys(now).filter(|key| key.kind == kind && key.state == KeyState::Active).count(),
                1
            );
        }
    }
}

#[test]
fn a_ring_is_not_used_before_it_was_read_back() {
    let first = ring(&[Kind::Encrypted], 1);
    let now = at(29 * DAY + 10);
    let here = first.advance(now, &schedule(), &mut Repeatable(10)).unwrap().into_ring();
    let there = first.advance(now, &schedule(), &mut Repeatable(11)).unwrap().into_ring();
    // The other node has stored its ring; what we read back is not ours.
    let stored: Ring<Issuing> = there.to_text().as_str().parse().unwrap();
    let Err(NotStored::Behind(union)) = here.confirm(stored) else { panic!("it was not stored") };
    let stored: Ring<Issuing> = union.to_text().as_str().parse().unwrap();
    let ours = union.confirm(stored).unwrap();
    // Both successors are in it, and every node chooses the same.
    assert_eq!(ours.count(), 3);
    let next = active(&ours, at(30 * DAY)).unwrap();
    assert_eq!(
        Some(next),
        ours.keys(now).filter(|key| key.state == KeyState::Staged).map(|key| key.id).min()
    );
    // One of them never mints; the next to advance takes it out.
    let again = ours.advance(now, &schedule(), &mut Broken).unwrap();
    assert_eq!((again.dropped().count(), again.staged().count()), (1, 0));
    assert!(
        again
            .into_ring()
            .to_text()
            .as_str()
            .parse::<Ring<Issuing>>()
            .unwrap()
            .keys(now)
            .any(|key| key.id == next)
    );
    // Nothing of it was lost by storing the first ring again.
    let Err(NotStored::Behind(_)) =
        first.advance(now, &schedule(), &mut Repeatable(12)).unwrap().into_ring().confirm(ours)
    else {
        panic!("a third successor is not there either")
    };
}

#[test]
fn advancing_twice_changes_nothing_even_with_no_lead() {
    // Clocks that agree and a ring that is everywhere at once: the successor of a key that is over begins in this second.
    let policy = Policy::builder(AuthLevel::Aal1).skew(Seconds::ZERO).build().unwrap();
    let schedule = Schedule::for_policy(&policy, Seconds::ZERO).unwrap();
    let now = at(45 * DAY);
    let first = ring(&[Kind::Encrypted], 1).advance(now, &schedule, &mut Repeatable(2)).unwrap();
    assert_eq!((first.staged().count(), first.dropped().count()), (1, 0));
    let stored: Ring<Issuing> = first.into_ring().to_text().as_str().parse().unwrap();
    assert!(!stored.advance(now, &schedule, &mut Broken).unwrap().changed());
    let later = stored.advance(at(45 * DAY + 1), &schedule, &mut Broken).unwrap();
    assert_eq!(later.dropped().count(), 1);
}

#[test]
fn a_clock_that_jumps_drops_nothing() {
    let ring = ring(&[Kind::Encrypted], 1);
    // A month ahead: the next key is staged for then, and the one that mints is still there.
    let ahead = ring.advance(at(40 * DAY), &schedule(), &mut Repeatable(2)).unwrap();
    assert_eq!((ahead.dropped().count(), ahead.staged().count()), (0, 1));
    let ahead: Ring<Issuing> = ahead.into_ring().to_text().as_str().parse().unwrap();
    assert_eq!(active(&ahead, at(0)), active(&ring, at(0)));
    let refused = |now| ring.advance(now, &schedule(), &mut Repeatable(2)).map(|_| ()).unwrap_err();
    assert!(ring.advance(at(60 * DAY), &schedule(), &mut Repeatable(2)).is_ok());
    assert_eq!(refused(at(60 * DAY + 1)), AdvanceError::ClockJump);
    assert_eq!(refused(Timestamp::from_unix(4_294_967_295).unwrap()), AdvanceError::ClockJump);
    assert_eq!(ring.count(), 1);
}

#[test]
fn a_gap_is_closed_as_soon_as_every_node_can_know() {
    // Nobody advanced in time: the next key cannot mint before it has reached everybody.
    let late = advance(&ring(&[Kind::Encrypted], 1), at(31 * DAY), 2);
    assert_eq!(active(&late, at(31 * DAY)), None);
    assert_eq!(active(&late, at(31 * DAY + 3_629)), None);
    assert!(active(&late, at(31 * DAY + 3_630)).is_some());
    // The active key was revoked while its successor is staged for much later.
    let staged = advance(&ring(&[Kind::Encrypted], 1), at(29 * DAY + 1), 2);
    let id = active(&staged, at(29 * DAY + 2)).unwrap();
    let now = at(29 * DAY + 2);
    let (revoked, _) = staged.revoke(Kind::Encrypted, id, now, Seconds::hours(1), Seconds::new(30)).unwrap();
    let next = revoked.advance(now, &schedule(), &mut Repeatable(3)).unwrap();
    assert_eq!((next.staged().count(), next.changed()), (1, true));
    let next: Ring<Issuing> = next.into_ring().to_text().as_str().parse().unwrap();
    assert_eq!(active(&next, now), None);
    assert!(active(&next, at(29 * DAY + 3_632)).is_some());
    assert!(active(&next, at(30 * DAY)).is_some());
}

#[test]
fn a_longer_policy_gets_a_key_with_a_longer_tail() {
    let ring = advance(&ring(&[Kind::Encrypted], 1), at(29 * DAY + 1), 2);
    let ring = advance(&ring, at(31 * DAY), 3);
    let long = Policy::builder(AuthLevel::Aal1).idle(Seconds::hours(4)).build().unwrap();
    let schedule = Schedule::for_policy(&long, Seconds::hours(1)).unwrap();
    // The key's tail is 90 minutes: in its last hours it could not mint a token of 4.
    let end = 60 * DAY;
    let due = |now| ring.advance(at(now), &schedule, &mut Repeatable(4)).unwrap().staged().next().copied();
    let early = end - (5 * 3_600 - 5_400) - DAY;
    assert!(due(early - 1).is_none());
    assert_eq!(due(early).unwrap().window.issue_from(), at(end - (5 * 3_600 - 5_400)));
}

#[test]
fn errors_of_advancing_change_nothing() {
    let full = {
        let mut rng = Repeatable(9);
        let mut full = Ring::<Issuing>::new();
        for from in 0..16 {
            full.add(IssuingKey::generate(Kind::Encrypted, &mut rng).unwrap(), window(from, 100, 9_999_999))
                .unwrap();
        }
        full
    };
    let refused = full.advance(at(200), &schedule(), &mut Repeatable(1)).map(|_| ()).unwrap_err();
    assert_eq!(refused, AdvanceError::Full);
    let due = ring(&[Kind::Encrypted], 1);
    let refused = due.advance(at(30 * DAY), &schedule(), &mut Broken).map(|_| ()).unwrap_err();
    assert_eq!(refused, AdvanceError::Random);
    // A generator that says the same each time gives the key that is there already, again and again.
    let key = IssuingKey::generate(Kind::Encrypted, &mut Constant).unwrap();
    let mut ring = Ring::<Issuing>::new();
    ring.add(key, window(0, 30 * 86_400, 86_400)).unwrap();
    let refused = ring.advance(at(30 * DAY), &schedule(), &mut Constant).map(|_| ()).unwrap_err();
    assert_eq!(refused, AdvanceError::Random);
}

#[test]
fn a_revocation_that_stages_nothing_has_to_be_stored_all_the_same() {
    // A revoked key that is not the active one needs no successor.
    let staged = advance(&ring(&[Kind::Encrypted], 1), at(29 * DAY + 1), 2);
    let staged = advance(&staged, at(30 * DAY), 3);
    let old = staged.keys(at(30 * DAY)).find(|key| key.state == KeyState::AcceptOnly).unwrap().id;
    let now = at(30 * DAY + 1);
    let (revoked, _) = staged.revoke(Kind::Encrypted, old, now, Seconds::ZERO, Seconds::ZERO).unwrap();
    let advanced = revoked.advance(now, &schedule(), &mut Repeatable(4)).unwrap();
    assert_eq!((advanced.staged().count(), advanced.dropped().count(), advanced.changed()), (0, 0, true));
    // The ring from before does not pass for it.
    assert!(advanced.into_ring().confirm(text(&staged).parse().unwrap()).is_err());
}

#[test]
fn a_revoked_key_is_out_and_stays_out() {
    let first = ring(&[Kind::Nested], 1);
    let issuer = Issuer::new(&first, CONTEXT, &Policy::AAL1, Kind::Nested);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut Repeatable(1)).unwrap();
    let id = active(&first, at(0)).unwrap();
    assert!(first.revoke(Kind::Encrypted, id, at(1), Seconds::ZERO, Seconds::ZERO).is_none(), "another kind");
    let (revoked, advice) =
        first.revoke(Kind::Nested, id, at(1), Seconds::hours(1), Seconds::new(30)).unwrap();
    assert_eq!((advice.kind, advice.id, advice.repeat_at), (Kind::Nested, id, at(1 + 3_600 + 30 + 241)));
    let revoked: Ring<Issuing> = revoked.to_text().as_str().parse().unwrap();
    for ring in [&revoked, &first.merge(&revoked).unwrap(), &revoked.merge(&first).unwrap()] {
        let verifier = Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, Kind::Nested);
        let rejected =
            verifier.revocations(ExactList::new()).verify_owned::<()>(token.as_str(), at(2)).unwrap_err();
        assert_eq!(rejected.reason().name(), "KeyRevoked");
        let issuer = Issuer::new(ring, CONTEXT, &Policy::AAL1, Kind::Nested);
        let minted = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(2), &mut Repeatable(1));
        assert_eq!(minted.unwrap_err(), MintError::NoMintingKey);
    }
    // The tombstone goes when the key would have expired.
    let later = advance(&revoked, at(31 * DAY), 2);
    assert!(later.keys(at(31 * DAY)).all(|key| key.id != id));
}

#[test]
fn merging_is_a_semilattice() {
    let mut rng = Repeatable(77);
    let base = ring(&[Kind::Encrypted, Kind::Signed], 1);
    let mut states = vec![base];
    for seed in 0..5 {
        states.push(advance(&states[0], at(29 * DAY + 1 + seed), 20 + seed as u64));
    }
    for state in 0..3 {
        let key = states[state].keys(at(0)).next().unwrap();
        let (revoked, _) =
            states[state].revoke(key.kind, key.id, at(9), Seconds::ZERO, Seconds::ZERO).unwrap();
        states.push(revoked.to_text().as_str().parse().unwrap());
    }
    let mut with_realm: Ring<Issuing> = text(&states[0]).parse().unwrap();
    let signer = *RootKey::generate(&mut rng).unwrap().public().to_bytes().first_chunk::<32>().unwrap();
    let mut realm = Realm::generate(&[signer], &mut rng).unwrap();
    with_realm.add_realm(&realm).unwrap();
    states.push(text(&with_realm).parse().unwrap());
    realm.raise_min_snapshot_version(9).unwrap();
    with_realm.add_realm(&realm).unwrap();
    states.push(with_realm);
    for one in &states {
        assert_eq!(text(&one.merge(one).unwrap()), text(one), "idempotent");
        for other in &states {
            let merged = one.merge(other).unwrap();
            assert_eq!(text(&merged), text(&other.merge(one).unwrap()), "commutative");
            for third in &states {
                let left = merged.merge(third).unwrap();
                let right = one.merge(&other.merge(third).unwrap()).unwrap();
                assert_eq!(text(&left), text(&right), "associative");
            }
        }
    }
}

#[test]
fn rings_that_contradict_each_other_are_not_merged() {
    let key = |seed| IssuingKey::generate(Kind::Encrypted, &mut Repeatable(seed)).unwrap();
    let with = |windows: &[(u64, Window)]| {
        let mut ring = Ring::<Issuing>::new();
        windows.iter().for_each(|(seed, window)| ring.add(key(*seed), *window).unwrap());
        ring
    };
    let one = with(&[(1, window(0, 100, 0))]);
    let other = with(&[(1, window(0, 101, 0))]);
    assert_eq!(one.merge(&other).map(|_| ()).unwrap_err(), RingError::WindowConflict);
    // What was read back in the place of ours is not ours either.
    let ours = one.advance(at(0), &schedule(), &mut Repeatable(9)).unwrap().into_ring();
    let refused = ours.confirm(other).unwrap_err();
    assert!(matches!(refused, NotStored::Conflict(RingError::WindowConflict)));
    assert_eq!(
        refused.to_string(),
        "the stored ring cannot be merged with this one: one key has two different windows"
    );
    let many = |from: u64| with(&(from..from + 9).map(|seed| (seed, window(0, 100, 0))).collect::<Vec<_>>());
    assert_eq!(many(1).merge(&many(20)).map(|_| ()).unwrap_err(), RingError::Full);
    assert_eq!(many(1).merge(&many(2)).unwrap().count(), 10);
}

#[test]
fn a_node_never_goes_back() {
    let mut rng = Repeatable(3);
    let (root, kek) = (RootKey::generate(&mut rng).unwrap(), KeyEncryptionKey::generate(&mut rng).unwrap());
    let (old, new) = (ring(&[Kind::Nested], 1).verifying(), ring(&[Kind::Nested], 2).verifying());
    let mut publish = |ring: &Ring<Verifying>, version| ring.publish(version, &root, &kek, &mut rng).unwrap();
    let open = |text: &str| Published::<Verifying>::open(text, &kek, &root.public()).unwrap();
    let mut pinned = Pinned::<Verifying>::new();
    assert!(pinned.take(open(&publish(&old, 4))).unwrap().is_some());
    assert!(
        pinned.take(open(&publish(&old, 4))).unwrap().is_none(),
        "the same again, wrapped with another nonce"
    );
    let equivocation = pinned.take(open(&publish(&new, 4))).map(|_| ()).unwrap_err();
    assert_eq!(equivocation, PublishedError::Equivocation { version: 4 });
    assert!(pinned.take(open(&publish(&new, 9))).unwrap().is_some());
    let older = pinned.take(open(&publish(&old, 8))).map(|_| ()).unwrap_err();
    assert_eq!(older, PublishedError::Older { found: 8, had: 9 });
    assert_eq!(pinned.version(), 9);
    // Over a restart.
    let mut again = Pinned::<Verifying>::from_bytes(&pinned.to_bytes());
    assert!(again.take(open(&publish(&new, 9))).unwrap().is_none());
    assert!(again.take(open(&publish(&old, 9))).is_err() && again.take(open(&publish(&old, 3))).is_err());
    let empty = Ring::<Verifying>::new().publish(1, &root, &kek, &mut rng).unwrap_err();
    assert_eq!(empty, PublishedError::Ring(RingTextError::KeyCount { count: 0 }));
}

#[test]
fn a_refused_document_changes_nothing() {
    let mut rng = Repeatable(3);
    let (root, kek) = (RootKey::generate(&mut rng).unwrap(), KeyEncryptionKey::generate(&mut rng).unwrap());
    let other = KeyEncryptionKey::generate(&mut rng).unwrap();
    let ring = ring(&[Kind::Nested], 1).verifying();
    let text = ring.publish(1, &root, &kek, &mut rng).unwrap();
    let open = |text: &str| Published::<Verifying>::open(text, &kek, &root.public()).map(|_| ());
    assert!(open(&text).is_ok());
    for place in 0..text.len() {
        let letter = if &text[place..=place] == "A" { "B" } else { "A" };
        assert!(open(&format!("{}{letter}{}", &text[..place], &text[place + 1..])).is_err());
        assert!(open(&text[..place]).is_err());
    }
    let foreign = Published::<Verifying>::open(&text, &other, &root.public()).map(|_| ()).unwrap_err();
    assert_eq!(foreign, PublishedError::OtherKeyEncryptionKey { found: kek.id() });
    assert_eq!(
        Published::<Issuing>::open(&text, &kek, &root.public()).map(|_| ()).unwrap_err(),
        PublishedError::OtherRole
    );
    assert_eq!(ring.publish(0, &root, &kek, &mut rng).unwrap_err(), PublishedError::Version);
    assert_eq!(ring.publish(1, &root, &kek, &mut Broken).unwrap_err(), PublishedError::Random);
    assert_eq!(Pinned::<Issuing>::default().version(), 0);
}
