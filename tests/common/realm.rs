//! A realm with its publisher, for tests of snapshots.
#![allow(dead_code)] // each test uses a part of it

use safeconduct::{
    Commit, Floors, Issuing, Journal, JournalSettings, Kind, LogAnswer, Policy, Realm, Revocation, Ring,
    Snapshot, SnapshotKeys, SnapshotSigner, Timestamp,
};

use super::{Repeatable, ring};

pub struct Desk {
    pub ring: Ring<Issuing>,
    pub realm: Realm,
    pub signer: SnapshotSigner,
    pub settings: JournalSettings,
    pub keys: SnapshotKeys,
    /// The log as it is stored.
    pub stored: Vec<u8>,
}

impl Desk {
    /// A ring with one key and a realm, and an empty log at version 1.
    pub fn new(kind: Kind, policy: &Policy, now: Timestamp) -> Self {
        Self::with(kind, JournalSettings::new(policy), now)
    }

    pub fn with(kind: Kind, settings: JournalSettings, now: Timestamp) -> Self {
        let mut rng = Repeatable(5);
        let signer = SnapshotSigner::generate(&mut rng).unwrap();
        let realm = Realm::generate(&[signer.public()], &mut rng).unwrap();
        let mut ring = ring(&[kind], 7);
        ring.add_realm(&realm).unwrap();
        let keys = SnapshotKeys::of(&ring);
        let journal = Journal::start(&realm, settings, &mut rng).unwrap();
        let stored = journal.commit(now, &signer).unwrap().bytes().to_vec();
        Self { ring, realm, signer, settings, keys, stored }
    }

    pub fn read(&self) -> Journal {
        Journal::read(&self.stored, &self.realm, self.settings).unwrap()
    }

    /// Records these in one version and stores it.
    pub fn revoke_all(&mut self, revocations: &[Revocation], now: Timestamp) -> Vec<LogAnswer> {
        let mut journal = self.read();
        revocations.iter().for_each(|revocation| journal.record(revocation));
        let commit: Commit = journal.commit(now, &self.signer).unwrap();
        self.stored = commit.bytes().to_vec();
        commit.stored().1
    }

    pub fn revoke(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        self.revoke_all(std::slice::from_ref(revocation), now).pop().unwrap()
    }

    /// Revokes what was not out before.
    pub fn end(&mut self, revocation: &Revocation, now: Timestamp) {
        let answer = self.revoke(revocation, now);
        assert!(answer.is_recorded() && !answer.was_already_out(), "{answer:?}");
    }

    /// The snapshot of the version that is stored.
    pub fn snapshot(&self) -> Vec<u8> {
        self.read().snapshot(&self.signer).unwrap()
    }

    /// The next version without news, and its snapshot.
    pub fn heartbeat(&mut self, now: Timestamp) -> Vec<u8> {
        self.revoke_all(&[], now);
        self.snapshot()
    }

    pub fn open(&self, bytes: Vec<u8>, now: Timestamp) -> Snapshot<Vec<u8>> {
        Snapshot::open(bytes, &self.keys, now, &Floors::new()).unwrap()
    }
}
