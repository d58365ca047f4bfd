//! Deltas beside the snapshot: none is lowered, none outlives its snapshot's turn, and a store that stumbles once is asked again.

use safeconduct::{Floors, MemStore, PublicationKind, PublishError, Revocations, Store};

use crate::common::at;
use crate::stores::{Fault, Faulty};
use crate::{BEAT, Place, named, of_session, of_subject};

/// A place with a log so long that a delta is worth its while.
fn with_snapshot() -> Place {
    let place = Place::new();
    let publisher = place.publisher(place.log.clone());
    let many: Vec<_> = (0..500).map(of_session).collect();
    let _ = publisher.record_all(&many, at(0)).unwrap();
    place
}

#[test]
fn a_delta_in_the_place_of_a_later_one_is_not_put() {
    let place = with_snapshot();
    let deltas = MemStore::new();
    let ours = Faulty::over(&deltas);
    let publisher = place.publish_to(place.log.clone(), Faulty::over(&place.snapshots));
    let publisher = publisher.with_deltas(ours.clone());
    let other = place.publisher(place.log.clone()).with_deltas(deltas.clone());
    assert_eq!(publisher.publish(at(0)).unwrap().kind(), PublicationKind::Snapshot);
    assert_eq!(other.publish(at(0)).unwrap().kind(), PublicationKind::Nothing);
    let _ = publisher.record(&of_subject(1, at(-1)), at(1)).unwrap();
    // Somebody else revokes more, and has it published, between our look at the log and our write.
    ours.next([Fault::Before(Box::new(move || {
        let _ = other.record(&of_subject(2, at(-2)), at(2)).unwrap();
        assert_eq!(other.publish(at(2)).unwrap().kind(), PublicationKind::Delta);
    }))]);
    assert_eq!(publisher.publish(at(2)).unwrap().kind(), PublicationKind::Delta);
    let mut node = place.snapshot(at(3));
    let (delta, _) = deltas.get().unwrap().unwrap();
    node.apply(&delta, &place.keys(), at(3), &Floors::new()).unwrap();
    assert_eq!((node.cut_off(&named(1)), node.cut_off(&named(2))), (Some(at(-1)), Some(at(-2))));
}

#[test]
fn a_store_of_deltas_that_fails_is_asked_three_times() {
    for (faults, gets_through) in [(1, true), (2, true), (3, false)] {
        let place = with_snapshot();
        let deltas = Faulty::default();
        let publisher = place.publish_to(place.log.clone(), Faulty::over(&place.snapshots));
        let publisher = publisher.with_deltas(deltas.clone());
        publisher.publish(at(0)).unwrap();
        let _ = publisher.record(&of_session(1_000), at(1)).unwrap();
        deltas.next((0..faults).map(|_| Fault::Lost));
        match publisher.publish(at(1)) {
            Ok(publication) => assert!(gets_through && publication.kind() == PublicationKind::Delta),
            Err(why) => assert!(!gets_through && matches!(why, PublishError::Store(_)), "{why}"),
        }
        assert_eq!(deltas.get().unwrap().is_some(), gets_through);
    }
}

#[test]
fn at_the_moment_when_a_snapshot_is_due_no_delta_takes_its_place() {
    for (moment, kind) in [(BEAT - 1, PublicationKind::Delta), (BEAT, PublicationKind::Snapshot)] {
        let place = with_snapshot();
        let publisher = place.publisher(place.log.clone()).with_deltas(MemStore::new());
        assert_eq!(publisher.publish(at(0)).unwrap().next(), at(BEAT));
        // The log is younger than the snapshot, so it is not for its own sake that a snapshot is due.
        let _ = publisher.record(&of_session(1_000), at(BEAT - 10)).unwrap();
        assert_eq!(publisher.publish(at(moment)).unwrap().kind(), kind, "at {moment}");
    }
}
