//! Out to the nodes: what is due, what is replaced, what is never lowered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use safeconduct::{
    Floors, LoadError, MemStore, PublicationKind, PublishError, Publisher, Revocations, Snapshot, Store,
};

use crate::common::{Repeatable, at};
use crate::stores::{Fault, Faulty};
use crate::{BEAT, Place, named, of_session, of_subject, other_signer, settings, signer};

/// Puts bytes in, whatever is there: a restored backup, an intruder.
fn overwrite(store: &MemStore, bytes: &[u8]) {
    let version = store.get().unwrap().map(|(_, version)| version);
    let _ = store.put_if(bytes, version.as_ref()).unwrap();
}

fn contents(store: &MemStore) -> Vec<u8> {
    store.get().unwrap().unwrap().0
}

#[test]
fn news_and_heartbeats_are_published_and_nothing_else() {
    let place = Place::new();
    let publisher = place.publisher(place.log.clone());
    let publish = |now| {
        let publication = publisher.publish(at(now)).unwrap();
        (publication.kind(), publication.version(), publication.next())
    };
    assert_eq!(publish(1), (PublicationKind::Snapshot, 1, at(BEAT)));
    assert_eq!(publish(2), (PublicationKind::Nothing, 1, at(BEAT)));
    assert_eq!(publish(BEAT - 1), (PublicationKind::Nothing, 1, at(BEAT)));
    assert_eq!(publish(BEAT), (PublicationKind::Snapshot, 2, at(2 * BEAT)));
    assert!(publisher.record(&of_subject(1, at(-5)), at(BEAT + 10)).unwrap().is_recorded());
    assert_eq!(publish(BEAT + 11), (PublicationKind::Snapshot, 3, at(2 * BEAT + 10)));
    assert_eq!(place.snapshot(at(BEAT + 12)).cut_off(&named(1)), Some(at(-5)));
    // An outage of hours, and of the clock's: back by a day.
    assert_eq!(publish(40 * BEAT), (PublicationKind::Snapshot, 4, at(41 * BEAT)));
    let issued_until = place.snapshot(at(40 * BEAT)).not_after();
    assert_eq!(publish(-86_400), (PublicationKind::Nothing, 4, at(41 * BEAT)));
    assert!(publisher.record(&of_session(9), at(-86_400)).unwrap().is_recorded());
    assert_eq!(publish(-86_400), (PublicationKind::Snapshot, 5, at(41 * BEAT)));
    assert_eq!(place.snapshot(at(40 * BEAT)).not_after(), issued_until);
}

#[test]
fn a_ring_that_is_demanded_is_demanded_of_the_nodes() {
    let place = Place::new();
    let publisher = place.publisher(place.log.clone());
    publisher.demand_ring(6, at(1)).unwrap();
    publisher.publish(at(2)).unwrap();
    assert_eq!(place.snapshot(at(3)).min_ring_version(), 6);
}

#[test]
fn one_of_two_publishers_is_enough() {
    let place = Place::new();
    let (log, snapshots) = (place.log.clone(), place.snapshots.clone());
    let rng = &mut Repeatable(5);
    let second = Publisher::open(log, snapshots, place.realm.clone(), settings(), other_signer(), rng);
    let publishers = [place.publisher(place.log.clone()), second.unwrap()];
    assert_eq!(publishers[0].publish(at(0)).unwrap().kind(), PublicationKind::Snapshot);
    assert_eq!(publishers[1].publish(at(0)).unwrap().kind(), PublicationKind::Nothing);
    let _ = publishers[0].record(&of_session(1), at(1)).unwrap();
    assert_eq!(publishers[1].publish(at(2)).unwrap().kind(), PublicationKind::Snapshot);
    assert_eq!(publishers[0].publish(at(2)).unwrap().kind(), PublicationKind::Nothing);
    assert_eq!(publishers[0].publish(at(2)).unwrap().version(), 2);
    assert_eq!(publishers[1].publish(at(BEAT + 1)).unwrap().version(), 3);
    assert_eq!(publishers[0].publish(at(BEAT + 1)).unwrap().version(), 3);
}

#[test]
fn a_damaged_or_foreign_snapshot_is_replaced() {
    let place = Place::new();
    let publisher = place.publisher(place.log.clone());
    let many: Vec<_> = (0..500).map(of_session).collect();
    let _ = publisher.record_all(&many, at(0)).unwrap();
    publisher.publish(at(0)).unwrap();
    let good = contents(&place.snapshots);
    let mut page = good.clone();
    *page.last_mut().unwrap() ^= 1;
    let foreign = {
        let other = Place::without_log(50);
        let realm = other.realm.clone();
        let (log, rng) = (other.log.clone(), &mut Repeatable(9));
        let create = Publisher::create(log, other.snapshots.clone(), realm, settings(), signer(), at(0), rng);
        create.unwrap().publish(at(0)).unwrap();
        contents(&other.snapshots)
    };
    for bad in [page.as_slice(), &good[..good.len() - 1], b"", &foreign] {
        overwrite(&place.snapshots, bad);
        let publication = publisher.publish(at(1)).unwrap();
        assert_eq!((publication.kind(), publication.version()), (PublicationKind::Snapshot, 2));
        assert!(contents(&place.snapshots) == good, "the same version has the same bytes");
    }
    // A good one is left alone: this test can fail.
    assert_eq!(publisher.publish(at(1)).unwrap().kind(), PublicationKind::Nothing);
}

#[test]
fn a_log_that_went_back_is_not_published() {
    let place = Place::new();
    let publisher = place.publisher(place.log.clone());
    let backup = contents(&place.log);
    for number in 0..3 {
        let _ = publisher.record(&of_session(number), at(0)).unwrap();
    }
    publisher.publish(at(0)).unwrap();
    let published = contents(&place.snapshots);
    overwrite(&place.log, &backup);
    // The publisher that was there remembers, and one that comes new sees it by the snapshot.
    let went_back = |error| matches!(error, PublishError::WentBack { found: 1, had: 4 });
    assert!(went_back(publisher.record(&of_session(9), at(1)).unwrap_err()));
    assert!(went_back(publisher.publish(at(1)).unwrap_err()));
    let newcomer = place.publisher(place.log.clone());
    assert!(went_back(newcomer.publish(at(1)).unwrap_err()));
    assert!(contents(&place.snapshots) == published);
    // Once it has caught up in number, but not in contents: nodes must not see two snapshots of one version.
    for number in 10..13 {
        let _ = newcomer.record(&of_session(number), at(2)).unwrap();
    }
    assert_eq!(place.journal().version(), 4);
    let publication = newcomer.publish(at(3)).unwrap();
    assert_eq!((publication.kind(), publication.version()), (PublicationKind::Snapshot, 5));
    // A new log takes the old one's place: those who knew the old one do not go on.
    let empty = MemStore::new();
    let (realm, rng) = (place.realm.clone(), &mut Repeatable(8));
    let create = Publisher::create(empty.clone(), MemStore::new(), realm, settings(), signer(), at(5), rng);
    drop(create.unwrap());
    overwrite(&place.log, &contents(&empty));
    assert!(matches!(newcomer.publish(at(6)), Err(PublishError::OtherLog)));
    let opened = place.publisher(place.log.clone());
    assert_eq!(opened.publish(at(6)).unwrap().kind(), PublicationKind::Snapshot);
}

#[test]
fn what_the_ring_does_not_allow_is_not_published() {
    let mut place = Place::new();
    place.realm.raise_min_snapshot_version(3).unwrap();
    let publisher = place.publisher(place.log.clone());
    let error = publisher.publish(at(0)).unwrap_err();
    assert!(matches!(error, PublishError::BelowFloor { found: 1, least: 3 }));
    assert!(place.snapshots.get().unwrap().is_none());
    for number in 0..2 {
        let _ = publisher.record(&of_session(number), at(0)).unwrap();
    }
    assert_eq!(publisher.publish(at(0)).unwrap().version(), 3);
}

#[test]
fn a_snapshot_is_put_once_whatever_the_store_says() {
    for fault in [Fault::ReplyLost, Fault::OwnConflict, Fault::Lost] {
        let place = Place::new();
        let store = Faulty::over(&place.snapshots);
        let publisher = place.publish_to(place.log.clone(), store.clone());
        store.next([fault]);
        assert_eq!(publisher.publish(at(0)).unwrap().kind(), PublicationKind::Snapshot);
        assert_eq!(place.snapshot(at(0)).version(), 1);
        assert_eq!(publisher.publish(at(0)).unwrap().kind(), PublicationKind::Nothing);
    }
    let place = Place::new();
    let store = Faulty::over(&place.snapshots);
    let publisher = place.publish_to(place.log.clone(), store.clone());
    store.next((0..3).map(|_| Fault::Lost));
    assert!(matches!(publisher.publish(at(0)), Err(PublishError::Store(_))));
    // Somebody else puts a later one first, at the last moment.
    let other = place.publisher(place.log.clone());
    store.next([Fault::Before(Box::new(move || {
        let _ = other.record(&of_session(1), at(1)).unwrap();
        assert_eq!(other.publish(at(1)).unwrap().version(), 2);
    }))]);
    let publication = publisher.publish(at(1)).unwrap();
    assert_eq!((publication.kind(), publication.version()), (PublicationKind::Nothing, 2));
    assert_eq!(place.snapshot(at(1)).version(), 2);
}

#[test]
fn a_publication_ends_although_the_log_goes_on() {
    let place = Place::new();
    let store = Faulty::over(&place.snapshots);
    let publisher = place.publish_to(place.log.clone(), store.clone());
    let other = place.publisher(place.log.clone());
    store.next([Fault::ReplyLostThen(Box::new(move || {
        let _ = other.record(&of_session(1), at(1)).unwrap();
    }))]);
    let publication = publisher.publish(at(1)).unwrap();
    assert_eq!((publication.kind(), publication.version()), (PublicationKind::Snapshot, 1));
    assert_eq!(store.puts(), 1, "what came in meanwhile is for the next call");
    assert_eq!(publisher.publish(at(1)).unwrap().version(), 2);
}

#[test]
fn deltas_go_on_from_the_snapshot_until_they_are_too_long() {
    let place = Place::new();
    let deltas = MemStore::new();
    let publisher = place.publisher(place.log.clone()).with_deltas(deltas.clone());
    let many: Vec<_> = (0..1_000).map(of_session).collect();
    let _ = publisher.record_all(&many, at(0)).unwrap();
    assert_eq!(publisher.publish(at(0)).unwrap().kind(), PublicationKind::Snapshot);
    let (mut base, mut base_at) = (contents(&place.snapshots), 0);
    let mut kinds = Vec::new();
    for round in 0..8_i64 {
        let news: Vec<_> = (0..20).map(|number| of_session(10_000 + 20 * round as u64 + number)).collect();
        let _ = publisher.record_all(&news, at(round + 1)).unwrap();
        let _ = publisher.record(&of_subject(round as u64, at(-round - 1)), at(round + 1)).unwrap();
        let publication = publisher.publish(at(round + 1)).unwrap();
        assert_eq!(publisher.publish(at(round + 1)).unwrap().kind(), PublicationKind::Nothing);
        kinds.push(publication.kind());
        // A node with both has everything.
        let floors = Floors::new();
        let mut snapshot = place.snapshot(at(round + 1));
        snapshot.apply(&contents(&deltas), &place.keys(), at(round + 1), &floors).unwrap();
        assert_eq!(snapshot.version(), publication.version());
        for subject in 0..=round {
            assert_eq!(snapshot.cut_off(&named(subject as u64)), Some(at(-subject - 1)));
        }
        if publication.kind() == PublicationKind::Snapshot {
            (base, base_at) = (contents(&place.snapshots), round + 1);
        } else {
            assert!(contents(&place.snapshots) == base, "only the delta is new");
        }
        assert_eq!(publication.next(), at(base_at + BEAT), "of the snapshot, not of the delta");
    }
    let snapshots = kinds.iter().filter(|kind| **kind == PublicationKind::Snapshot).count();
    assert_eq!(kinds[0], PublicationKind::Delta);
    assert_eq!(snapshots, 1, "at about an eighth it was time for a new snapshot: {kinds:?}");
    // The snapshot's own heartbeat comes all the same.
    assert_eq!(publisher.publish(at(2 * BEAT)).unwrap().kind(), PublicationKind::Snapshot);

    // One that comes new goes on from what is published; a delta of a later version stays.
    let newcomer = place.publisher(place.log.clone()).with_deltas(deltas.clone());
    assert_eq!(newcomer.publish(at(2 * BEAT)).unwrap().kind(), PublicationKind::Nothing);
    let _ = newcomer.record(&of_session(77_777), at(2 * BEAT + 1)).unwrap();
    assert_eq!(newcomer.publish(at(2 * BEAT + 1)).unwrap().kind(), PublicationKind::Delta);
    overwrite(&deltas, b"damaged");
    let _ = newcomer.record(&of_session(77_778), at(2 * BEAT + 2)).unwrap();
    assert_eq!(newcomer.publish(at(2 * BEAT + 2)).unwrap().kind(), PublicationKind::Delta);
    let later = contents(&deltas);
    assert_eq!(publisher.publish(at(2 * BEAT + 2)).unwrap().kind(), PublicationKind::Delta);
    assert!(contents(&deltas) == later);
}

#[test]
fn stores_that_fail_or_never_let_us_through_are_given_up() {
    let place = Place::new();
    let (snapshots, deltas) = (Faulty::over(&place.snapshots), Faulty::over(&MemStore::new()));
    let publisher = place.publish_to(place.log.clone(), snapshots.clone()).with_deltas(deltas.clone());
    let many: Vec<_> = (0..1_000).map(of_session).collect();
    let _ = publisher.record_all(&many, at(0)).unwrap();
    snapshots.next((0..16).map(|_| Fault::FalseConflict));
    assert!(matches!(publisher.publish(at(0)), Err(PublishError::Contended)));
    assert!(place.snapshots.get().unwrap().is_none());
    publisher.publish(at(0)).unwrap();

    let _ = publisher.record(&of_session(5_000), at(1)).unwrap();
    deltas.next((0..16).map(|_| Fault::FalseConflict));
    assert!(matches!(publisher.publish(at(1)), Err(PublishError::Contended)));
    deltas.next((0..3).map(|_| Fault::Lost));
    let error = publisher.publish(at(1)).unwrap_err();
    assert_eq!(error.to_string(), "the store failed: the connection broke");
    assert!(deltas.get().unwrap().is_none());
    // Less than that is overcome.
    deltas.next([Fault::Lost, Fault::FalseConflict, Fault::Lost]);
    let publication = publisher.publish(at(1)).unwrap();
    assert_eq!(publication.kind(), PublicationKind::Delta);
    assert!(publication.to_string().starts_with("delta published: version 3, "), "{publication}");
    let nothing = publisher.publish(at(1)).unwrap();
    assert!(nothing.to_string().starts_with("nothing new: version 3, "), "{nothing}");
    assert_eq!(nothing.not_after(), at(1 + 3_600));
}

#[test]
fn another_signer_of_the_realm_reads_what_the_first_has_written() {
    let place = Place::new();
    let (log, snapshots) = (place.log.clone(), place.snapshots.clone());
    let rng = &mut Repeatable(5);
    let second =
        Publisher::open(log, snapshots, place.realm.clone(), settings(), other_signer(), rng).unwrap();
    let _ = second.record(&of_subject(4, at(-4)), at(0)).unwrap();
    let first = place.publisher(place.log.clone());
    first.publish(at(0)).unwrap();
    let snapshot: Snapshot<Vec<u8>> = place.snapshot(at(0));
    assert_eq!(snapshot.cut_off(&named(4)), Some(at(-4)));
}

/// Recording and publishing at once, by two publishers: no version goes back, and nobody takes what is under way for a log that went back.
#[test]
fn everybody_at_once() {
    let place = Place::new();
    // What is read is old by the time it arrives.
    let slow = || place.publisher(Faulty::slow(&place.log));
    let publishers = [slow(), slow()];
    let still_recording = AtomicUsize::new(4);
    thread::scope(|scope| {
        for number in 0..4 {
            let (publisher, still_recording) = (&publishers[number % 2], &still_recording);
            scope.spawn(move || {
                for update in 0..40 {
                    let revocation = of_session((number * 1_000 + update) as u64);
                    assert!(publisher.record(&revocation, at(0)).unwrap().is_recorded());
                }
                still_recording.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for publisher in &publishers {
            let still_recording = &still_recording;
            scope.spawn(move || {
                let mut last = 0;
                while still_recording.load(Ordering::SeqCst) > 0 {
                    let version = publisher.publish(at(0)).unwrap().version();
                    assert!(version >= last);
                    last = version;
                }
            });
        }
        let (mut floors, place, still_recording) = (Floors::new(), &place, &still_recording);
        scope.spawn(move || {
            while still_recording.load(Ordering::SeqCst) > 0 {
                // A node refuses what is older than what it has, and two contents of one version.
                match Snapshot::load(&place.snapshots, &place.keys(), at(0), &floors) {
                    Ok(snapshot) => snapshot.remember(&mut floors),
                    Err(LoadError::Nothing) => {}
                    Err(why) => panic!("{why}"),
                }
            }
        });
    });
    publishers[0].publish(at(0)).unwrap();
    assert_eq!(place.snapshot(at(0)).version(), place.journal().version());
    assert_eq!(place.journal().count(), 160);
}
