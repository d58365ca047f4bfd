//! Into the log: conflicts, lost replies, many threads.

use std::sync::Arc;
use std::thread;

use safeconduct::{
    JournalError, LogAnswer, MemStore, PublishError, Publisher, Revocation, RevocationLog, SessionId,
    SnapshotSigner, Store,
};

use crate::common::{Repeatable, at};
use crate::stores::{Fault, Faulty};
use crate::{Place, of_session, of_subject, settings, signer};

fn is_new(answer: &LogAnswer) -> bool {
    answer.is_recorded() && !answer.was_already_out()
}

#[test]
fn a_store_that_holds_nothing_is_no_empty_log() {
    let place = Place::without_log(1);
    let open = || {
        let (log, snapshots) = (place.log.clone(), place.snapshots.clone());
        let rng = &mut Repeatable(1);
        Publisher::open(log, snapshots, place.realm.clone(), settings(), signer(), rng)
    };
    assert!(matches!(open(), Err(PublishError::NoLog)));
    let create = |store: Faulty, seed| {
        let (realm, rng) = (place.realm.clone(), &mut Repeatable(seed));
        Publisher::create(store, place.snapshots.clone(), realm, settings(), signer(), at(0), rng)
    };
    let store = Faulty::over(&place.log);
    store.next([Fault::Lost]);
    assert!(matches!(create(store.clone(), 3), Err(PublishError::Store(_))));
    assert!(place.log.get().unwrap().is_none());
    store.next([Fault::ReplyLost]);
    let first = create(store.clone(), 3).unwrap();
    assert!(is_new(&first.record(&of_session(1), at(0)).unwrap()));
    assert!(matches!(create(store, 4), Err(PublishError::AlreadyThere)));
    let again = open().unwrap().record(&of_session(1), at(0)).unwrap();
    assert!(again.was_already_out(), "the log is as it was");
    let stranger = SnapshotSigner::from_seed(&[9; 32]);
    let rng = &mut Repeatable(1);
    let (log, snapshots) = (place.log.clone(), place.snapshots.clone());
    let opened = Publisher::open(log, snapshots, place.realm.clone(), settings(), stranger, rng);
    assert!(matches!(opened, Err(PublishError::Journal(JournalError::NotASigner))));
}

#[test]
fn publishers_take_turns_and_lose_nothing() {
    let place = Place::new();
    let stores = [Faulty::over(&place.log), Faulty::over(&place.log), Faulty::over(&place.log)];
    let publishers = stores.each_ref().map(|store| place.publisher(store.clone()));
    for number in 0..60 {
        let publisher = &publishers[number as usize % 3];
        assert!(is_new(&publisher.record(&of_session(number), at(0)).unwrap()));
    }
    assert_eq!(place.journal().count(), 60);
    assert_eq!(place.journal().version(), 61);
    // Each has tried first with what it knew, and been told of a conflict.
    assert!(stores.iter().all(|store| store.puts() > 20));
}

/// A full log refuses, but whether it is full is a question for the log that is stored, not for the one that was stored when it was last looked at.
#[test]
fn a_log_that_was_full_is_looked_at_again() {
    let place = Place::new();
    let (publisher, other) = (place.small_publisher(2), place.small_publisher(2));
    let brief = |number| Revocation::operator_session(SessionId::from_bytes([number; 12]), at(60));
    assert!(publisher.record_all(&[brief(1), brief(2)], at(0)).unwrap().iter().all(is_new));
    assert!(!publisher.record(&of_session(3), at(1)).unwrap().is_recorded());
    // Later, somebody else commits a version without the two.
    other.demand_ring(1, at(120)).unwrap();
    assert!(is_new(&publisher.record(&of_session(3), at(121)).unwrap()));
}

#[test]
fn a_lost_reply_is_found_out() {
    for (fault, puts) in [
        (Fault::ReplyLost, 1),
        (Fault::OwnConflict, 1),
        (Fault::Lost, 2),
        // The second try meets a log that has the first one in it.
        (Fault::Delayed, 2),
    ] {
        let place = Place::new();
        let store = Faulty::over(&place.log);
        let publisher = place.publisher(store.clone());
        store.next([fault]);
        let answer = publisher.record(&of_session(1), at(0)).unwrap();
        assert!(is_new(&answer), "it was not out before");
        assert_eq!(store.puts(), puts);
        assert_eq!((place.journal().count(), place.journal().version()), (1, 2));
        assert!(publisher.record(&of_session(1), at(0)).unwrap().was_already_out());
        assert_eq!(store.puts(), puts, "without news nothing is written");
    }
}

#[test]
fn a_lost_reply_is_found_out_after_others_have_gone_on() {
    for others in [1, 16, 17] {
        let place = Place::new();
        let store = Faulty::over(&place.log);
        let publisher = place.publisher(store.clone());
        let other = place.publisher(place.log.clone());
        store.next([Fault::ReplyLostThen(Box::new(move || {
            for number in 0..others {
                assert!(is_new(&other.record(&of_session(100 + number), at(1)).unwrap()));
            }
        }))]);
        let answer = publisher.record(&of_session(1), at(0)).unwrap();
        // A version names 16 ancestors. Beyond that nobody knows whose it was, and the cautious answer is that it was out.
        assert_eq!(answer.was_already_out(), others > 16);
        assert!(answer.is_recorded());
    }
}

#[test]
fn a_store_that_keeps_failing_is_an_error_and_nothing_is_claimed() {
    let place = Place::new();
    let store = Faulty::over(&place.log);
    let publisher = place.publisher(store.clone());
    store.next((0..3).map(|_| Fault::Lost));
    let error = publisher.record(&of_session(1), at(0)).unwrap_err();
    assert_eq!(error.to_string(), "the store failed: the connection broke");
    assert_eq!(place.journal().count(), 0);

    // As a log it can only refuse, and operators see why.
    store.next((0..3).map(|_| Fault::Lost));
    let answer = RevocationLog::record(&mut &publisher, &of_session(1), at(0));
    assert!(!answer.is_recorded());
    assert!(matches!(publisher.last_error(), Some(PublishError::Store(_))));
    let mut shared = Arc::new(publisher);
    assert!(is_new(&RevocationLog::record(&mut shared, &of_session(1), at(0))));
    assert!(shared.last_error().is_none());
}

#[test]
fn a_store_that_never_lets_us_through_is_given_up() {
    let place = Place::new();
    let store = Faulty::over(&place.log);
    let publisher = place.publisher(store.clone());
    store.next((0..2_000).map(|_| Fault::FalseConflict));
    let error = publisher.record(&of_session(1), at(0)).unwrap_err();
    assert!(matches!(error, PublishError::Contended), "{error}");
    assert_eq!((place.journal().count(), store.puts()), (0, 1_000));
}

#[test]
fn a_full_log_has_room_again_when_somebody_has_dropped_what_is_over() {
    let place = Place::new();
    let (publisher, other) = (place.small_publisher(2), place.small_publisher(2));
    for number in 0..2 {
        assert!(is_new(&publisher.record(&of_session(number), at(0)).unwrap()));
    }
    assert!(!publisher.record(&of_session(2), at(1)).unwrap().is_recorded());
    // What this one remembers of the log is full still.
    let later = 3_600 + 1_800 + 200;
    other.publish(at(later)).unwrap();
    assert!(is_new(&publisher.record(&of_session(2), at(later)).unwrap()));
}

/// Two publishers with one key that record the same at the same moment: one of them was first.
#[test]
fn what_two_record_at_once_is_new_for_one_of_them() {
    let place = Place::new();
    let (tell, told) = std::sync::mpsc::channel();
    let other = place.publisher(place.log.clone());
    let store = Faulty::over(&place.log);
    let publisher = place.publisher(store.clone());
    store.next([Fault::Before(Box::new(move || {
        tell.send(other.record(&of_subject(1, at(0)), at(0)).unwrap()).unwrap();
    }))]);
    let answer = publisher.record(&of_subject(1, at(0)), at(0)).unwrap();
    assert!(is_new(&told.recv().unwrap()));
    assert!(answer.was_already_out());
}

#[test]
fn threads_that_record_at_once_share_a_write() {
    const THREADS: u64 = 8;
    const EACH: u64 = 40;
    let place = Place::new();
    let store = Faulty::slow(&place.log);
    let publisher = place.publisher(store.clone());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let publisher = &publisher;
            scope.spawn(move || {
                for number in 0..EACH {
                    let revocation = of_session(thread * EACH + number);
                    let answer = publisher.record(&revocation, at(0)).unwrap();
                    assert!(is_new(&answer) && answer.is_about(&revocation));
                }
            });
        }
    });
    assert_eq!(place.journal().count(), (THREADS * EACH) as usize);
    let puts = store.puts() as u64;
    assert!(puts < THREADS * EACH / 2, "{puts} writes");
    assert!(puts >= EACH, "a thread's next one cannot share with its last one");
}

#[test]
fn a_batch_is_answered_one_by_one() {
    let place = Place::new();
    let publisher = place.publisher(place.log.clone());
    let batch: Vec<_> = [1, 2, 1, 3].map(of_session).into();
    let answers = publisher.record_all(&batch, at(0)).unwrap();
    assert_eq!(
        answers.iter().map(LogAnswer::was_already_out).collect::<Vec<_>>(),
        [false, false, true, false]
    );
    assert!(answers.iter().zip(&batch).all(|(answer, revocation)| answer.is_about(revocation)));
    assert_eq!(place.journal().version(), 2, "one write");
    assert!(publisher.record_all(&[], at(0)).unwrap().is_empty());
}

#[test]
fn a_store_that_panics_takes_nobody_down_with_it() {
    let place = Place::new();
    let store = Faulty::slow(&place.log);
    let publisher = place.publisher(store.clone());
    store.next([Fault::Panic]);
    let mut panicked = 0;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let publisher = &publisher;
                scope.spawn(move || publisher.record(&of_session(number), at(0)))
            })
            .collect();
        for thread in threads {
            match thread.join() {
                Ok(Ok(answer)) => assert!(is_new(&answer)),
                Ok(Err(error)) => assert!(matches!(error, PublishError::Abandoned)),
                Err(_) => panicked += 1,
            }
        }
    });
    assert_eq!(panicked, 1);
    for number in 0..8 {
        assert!(publisher.record(&of_session(number), at(0)).unwrap().is_recorded());
    }
    assert_eq!(place.journal().count(), 8);
}

#[test]
fn another_region_is_taken_in() {
    let place = Place::new();
    let far = MemStore::new();
    let rng = &mut Repeatable(77);
    let (realm, snapshots) = (place.realm.clone(), MemStore::new());
    let region = Publisher::create(far.clone(), snapshots, realm, settings(), signer(), at(0), rng).unwrap();
    assert!(is_new(&region.record(&of_session(1), at(0)).unwrap()));
    let publisher = place.publisher(place.log.clone());
    let (bytes, _) = far.get().unwrap().unwrap();
    publisher.merge_region(&bytes, at(5)).unwrap();
    assert!(publisher.record(&of_session(1), at(6)).unwrap().was_already_out());
    let version = place.journal().version();
    publisher.merge_region(&bytes, at(7)).unwrap();
    assert_eq!(place.journal().version(), version, "the same again is no news");
    for length in [0, 50, bytes.len() - 1] {
        let error = publisher.merge_region(&bytes[..length], at(8)).unwrap_err();
        assert!(matches!(error, PublishError::Journal(_)), "{error}");
    }
    // It waits for that region from now on, until it is told not to.
    let _ = publisher.record(&of_session(2), at(100)).unwrap();
    assert_eq!(place.journal().complete_to(), at(0));
    publisher.forget_region(region.journal().unwrap().lineage(), at(101)).unwrap();
    assert_eq!(place.journal().complete_to(), at(101));
}
