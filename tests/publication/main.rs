//! Publishers over stores that fail: nothing is lost, nothing is accepted twice, and no version is lowered.

#[path = "../common/mod.rs"]
mod common;
mod deltas;
mod publishing;
mod recording;
mod stores;

use std::sync::Arc;

use common::{Repeatable, at};
use safeconduct::{
    FileStore, Floors, Issuing, Journal, JournalSettings, MemStore, Policy, Publisher, Realm, Revocation,
    Revocations, Ring, SessionId, Snapshot, SnapshotKeys, SnapshotSigner, Store, Subject, Timestamp,
};

/// A quarter of the usual validity: a snapshot is due after it.
const BEAT: i64 = 900;

/// A realm, its ring, and the two places of its documents.
struct Place {
    realm: Realm,
    ring: Ring<Issuing>,
    log: MemStore,
    snapshots: MemStore,
}

fn signer() -> SnapshotSigner {
    SnapshotSigner::from_seed(&[1; 32])
}

fn other_signer() -> SnapshotSigner {
    SnapshotSigner::from_seed(&[2; 32])
}

fn settings() -> JournalSettings {
    JournalSettings::new(&Policy::AAL1)
}

impl Place {
    /// With an empty log.
    fn new() -> Self {
        let place = Self::without_log(1);
        let (log, snapshots) = (place.log.clone(), place.snapshots.clone());
        let rng = &mut Repeatable(2);
        let created =
            Publisher::create(log, snapshots, place.realm.clone(), settings(), signer(), at(0), rng);
        drop(created.unwrap());
        place
    }

    fn without_log(seed: u64) -> Self {
        let signers = [signer().public(), other_signer().public()];
        let realm = Realm::generate(&signers, &mut Repeatable(seed)).unwrap();
        let mut ring = common::ring(&[safeconduct::Kind::Encrypted], seed);
        ring.add_realm(&realm).unwrap();
        Self { realm, ring, log: MemStore::new(), snapshots: MemStore::new() }
    }

    fn publisher<L: Store>(&self, log: L) -> Publisher<L, MemStore> {
        self.publish_to(log, self.snapshots.clone())
    }

    fn publish_to<L: Store, S: Store>(&self, log: L, snapshots: S) -> Publisher<L, S> {
        self.publish_by(settings(), log, snapshots)
    }

    /// With a log of so many entries at most.
    fn small_publisher(&self, most_entries: u32) -> Publisher<MemStore, MemStore> {
        let settings = settings().most_entries(most_entries);
        self.publish_by(settings, self.log.clone(), self.snapshots.clone())
    }

    fn publish_by<L: Store, S: Store>(&self, by: JournalSettings, log: L, snapshots: S) -> Publisher<L, S> {
        let rng = &mut getrandom::SysRng;
        Publisher::open(log, snapshots, self.realm.clone(), by, signer(), rng).unwrap()
    }

    fn journal(&self) -> Journal {
        let (bytes, _) = self.log.get().unwrap().unwrap();
        Journal::read(&bytes, &self.realm, settings()).unwrap()
    }

    /// What a node that knows nothing takes.
    fn snapshot(&self, now: Timestamp) -> Snapshot<Vec<u8>> {
        Snapshot::load(&self.snapshots, &self.keys(), now, &Floors::new()).unwrap()
    }

    fn keys(&self) -> SnapshotKeys {
        SnapshotKeys::of(&self.ring)
    }
}

fn of_session(number: u64) -> Revocation {
    let mut id = [0; 12];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Revocation::operator_session(SessionId::from_bytes(id), Timestamp::MAX)
}

fn of_subject(number: u64, before: Timestamp) -> Revocation {
    Revocation::operator_subject(named(number), before)
}

fn named(number: u64) -> Subject {
    Subject::new(format!("usr_{number}")).unwrap()
}

#[test]
fn stores_are_shared_and_boxed() {
    let place = Place::without_log(1);
    let snapshots = Arc::new(MemStore::new());
    let boxed: Box<dyn Store<Error = <MemStore as Store>::Error>> = Box::new(place.log.clone());
    let (realm, rng) = (place.realm.clone(), &mut Repeatable(2));
    let publisher =
        Publisher::create(boxed, snapshots.clone(), realm, settings(), signer(), at(0), rng).unwrap();
    publisher.publish(at(0)).unwrap();
    assert_eq!(place.journal().version(), 1);
    let load = |store: &dyn Store<Error = <MemStore as Store>::Error>| {
        Snapshot::load(&store, &place.keys(), at(1), &Floors::new()).unwrap().version()
    };
    assert_eq!((load(&snapshots), load(&*snapshots)), (1, 1));
}

#[test]
fn a_snapshot_comes_out_of_a_file_too() {
    let place = Place::new();
    let file = std::env::temp_dir().join(format!("safeconduct-load-{}", std::process::id()));
    let load = || Snapshot::load(&FileStore::new(&file), &place.keys(), at(1), &Floors::new());
    assert!(matches!(load(), Err(safeconduct::LoadError::Nothing)));
    let publisher = place.publish_to(place.log.clone(), FileStore::new(&file));
    let _ = publisher.record(&of_subject(1, at(-5)), at(0)).unwrap();
    publisher.publish(at(0)).unwrap();
    assert_eq!(load().unwrap().cut_off(&named(1)), Some(at(-5)));
    std::fs::write(&file, b"nonsense").unwrap();
    assert!(matches!(load(), Err(safeconduct::LoadError::Snapshot(_))));
    for file in [file.with_extension("lock"), file] {
        std::fs::remove_file(file).unwrap();
    }
}
