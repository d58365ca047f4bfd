//! Records revocations in the log, and publishes what the log holds.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::sync::{Mutex, PoisonError};

use rand_core::TryCryptoRng;

use super::group::Group;
use super::log_writer::LogWriter;
use super::publish::{Board, Publication};
use super::{PublishError, Store};
use crate::revocation::{
    Journal, JournalError, JournalSettings, LogAnswer, Revocation, RevocationLog, SnapshotSigner,
};
use crate::ring::Realm;
use crate::values::Timestamp;

/// Keeps the revocation log of a realm in one [`Store`] and publishes its snapshots in another one. Any number of publishers, in any number of processes, may share the two.
///
/// It may be shared by threads: those that record at once share one compare-and-swap. It starts no thread and reads no clock, so somebody has to call
/// [`publish`](Self::publish) every few seconds.
///
/// ```
/// # use safeconduct::*;
/// # let now = Timestamp::from_unix(1_800_000_000)?;
/// let mut rng = getrandom::SysRng;
/// let signer = SnapshotSigner::generate(&mut rng)?;
/// let realm = Realm::generate(&[signer.public()], &mut rng)?;
/// let (log, snapshots) = (MemStore::new(), MemStore::new()); // or `FileStore`s
/// let settings = JournalSettings::new(&Policy::AAL1);
///
/// // Once, when the service is set up. Later it is `Publisher::open`.
/// let publisher = Publisher::create(log, snapshots, realm, settings, signer, now, &mut rng)?;
///
/// // Somebody logs out, on any thread.
/// let revocation = Revocation::operator_session("0102030405060708090a0b0c".parse()?, Timestamp::MAX);
/// assert!(publisher.record(&revocation, now)?.is_recorded());
///
/// // In a loop, every few seconds.
/// let publication = publisher.publish(now)?;
/// assert_eq!(publication.kind(), PublicationKind::Snapshot);
/// assert_eq!(publisher.publish(now)?.kind(), PublicationKind::Nothing);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Publisher<L, S> {
    log: LogWriter<L>,
    group: Group<Batch, Result<Vec<LogAnswer>, PublishError>>,
    board: Board<S>,
    last_error: Mutex<Option<PublishError>>,
}

/// What one thread hands in.
struct Batch {
    revocations: Vec<Revocation>,
    now: Timestamp,
}

impl<L: Store, S: Store> Publisher<L, S> {
    /// Creates the log: for the first time only, and only where its store is empty. If there was a log before and it was lost, revoke everyone before now.
    ///
    /// # Errors
    ///
    /// [`PublishError`]: `AlreadyThere` if the store holds anything.
    pub fn create<G: TryCryptoRng + ?Sized>(
        log: L,
        snapshots: S,
        realm: Realm,
        settings: JournalSettings,
        signer: SnapshotSigner,
        now: Timestamp,
        rng: &mut G,
    ) -> Result<Self, PublishError> {
        let journal = Journal::start(&realm, settings, rng)?;
        let publisher = Self::new(log, snapshots, realm, settings, signer, rng)?;
        publisher.log.create(journal, now)?;
        Ok(publisher)
    }

    /// Goes on with a log that is there.
    ///
    /// # Errors
    ///
    /// [`PublishError`]: `NoLog` if the store is empty, `Journal` if it holds something else, `Store`.
    pub fn open<G: TryCryptoRng + ?Sized>(
        log: L,
        snapshots: S,
        realm: Realm,
        settings: JournalSettings,
        signer: SnapshotSigner,
        rng: &mut G,
    ) -> Result<Self, PublishError> {
        let publisher = Self::new(log, snapshots, realm, settings, signer, rng)?;
        let _ = publisher.log.read()?;
        Ok(publisher)
    }

    fn new<G: TryCryptoRng + ?Sized>(
        log: L,
        snapshots: S,
        realm: Realm,
        settings: JournalSettings,
        signer: SnapshotSigner,
        rng: &mut G,
    ) -> Result<Self, PublishError> {
        if !realm.signers().any(|known| known == signer.public()) {
            return Err(JournalError::NotASigner.into());
        }
        let mut writer = [0; 8];
        rng.try_fill_bytes(&mut writer).map_err(|_| JournalError::Random)?;
        Ok(Self {
            log: LogWriter::new(log, realm, settings, signer, writer),
            group: Group::new(),
            board: Board::new(snapshots),
            last_error: Mutex::new(None),
        })
    }

    /// Publishes deltas, too, in a third store: what has come since the snapshot, as long as that is short (up to a quarter of the snapshot's length). The snapshot itself
    /// is replaced then only when it is time for it anyway, or when the delta has become too long.
    ///
    /// A node fetches both and applies the delta to the snapshot ([`Snapshot::apply`](crate::Snapshot::apply)); one that has the snapshot fetches the delta alone, until it
    /// is told of a gap. It costs the publisher a second copy of the log in memory. Where several publishers take turns, there will be more snapshots and fewer deltas.
    #[must_use]
    pub fn with_deltas(mut self, deltas: S) -> Self {
        self.board.deltas = Some(deltas);
        self
    }

    /// Records one revocation, durably, before it returns.
    ///
    /// # Errors
    ///
    /// [`PublishError`]. The revocation may be in the log all the same. Trying again is safe: it is answered with
    /// [`was_already_out`](LogAnswer::was_already_out) at worst.
    pub fn record(&self, revocation: &Revocation, now: Timestamp) -> Result<LogAnswer, PublishError> {
        let answer = self.record_all(core::slice::from_ref(revocation), now)?.pop();
        answer.ok_or(PublishError::Abandoned)
    }

    /// Records several revocations at once, and returns an answer to each, in their order. A full log may take the first and refuse the rest.
    ///
    /// # Errors
    ///
    /// As for [`record`](Self::record), for all of them together.
    pub fn record_all(
        &self,
        revocations: &[Revocation],
        now: Timestamp,
    ) -> Result<Vec<LogAnswer>, PublishError> {
        if revocations.is_empty() {
            return Ok(Vec::new());
        }
        let batch = Batch { revocations: revocations.to_vec(), now };
        let result =
            self.group.hand_in(batch, |all| self.record_batches(all), || Err(PublishError::Abandoned));
        self.noted(result)
    }

    /// One version for what several threads have handed in.
    fn record_batches(&self, batches: &[Batch]) -> Vec<Result<Vec<LogAnswer>, PublishError>> {
        let now = batches.iter().map(|batch| batch.now).max().unwrap_or(Timestamp::MIN);
        let record = |journal: &mut Journal| {
            let revocations = batches.iter().flat_map(|batch| &batch.revocations);
            revocations.for_each(|revocation| journal.record(revocation));
            Ok(())
        };
        match self.log.change(now, |_| false, record) {
            Ok(answers) => {
                let mut answers = answers.into_iter();
                let of = |batch: &Batch| answers.by_ref().take(batch.revocations.len()).collect();
                batches.iter().map(of).map(Ok).collect()
            }
            Err(why) => batches.iter().map(|_| Err(why.clone())).collect(),
        }
    }

    /// Publishes what the log holds if that is news, and signs it again if that is due. To be called in a loop, by every publisher or by one.
    ///
    /// It verifies what it finds in the place of the snapshot. What is damaged, foreign, or of a log that was given up, is replaced; a snapshot of this log is never replaced
    /// by one of a lower version, and if the log itself has a lower version, that is an error. A clock that goes backwards delays heartbeats and lowers nothing.
    ///
    /// # Errors
    ///
    /// [`PublishError`]. What is published stays good until its `not_after`: try again soon.
    pub fn publish(&self, now: Timestamp) -> Result<Publication, PublishError> {
        let result = self.board.publish(&self.log, now);
        self.noted(result)
    }

    /// Takes in the log of another region as bytes, fetched from there ([`Journal::merge`]).
    ///
    /// # Errors
    ///
    /// [`PublishError`]: `Journal` for bytes that are no log of this realm, or one of other settings.
    pub fn merge_region(&self, bytes: &[u8], now: Timestamp) -> Result<(), PublishError> {
        let other = Journal::read(bytes, &self.log.realm, self.log.settings).map_err(PublishError::Journal);
        let result = other.and_then(|other| self.log.change(now, |_| false, |journal| journal.merge(&other)));
        self.noted(result).map(|_| ())
    }

    /// Stops waiting for another region ([`Journal::forget_region`]).
    ///
    /// # Errors
    ///
    /// [`PublishError`].
    pub fn forget_region(&self, lineage: [u8; 8], now: Timestamp) -> Result<(), PublishError> {
        let forget = |journal: &mut Journal| {
            journal.forget_region(lineage);
            Ok(())
        };
        self.noted(self.log.change(now, |_| false, forget)).map(|_| ())
    }

    /// Demands that nodes have at least this version of the published ring ([`Journal::demand_ring`]).
    ///
    /// # Errors
    ///
    /// [`PublishError`].
    pub fn demand_ring(&self, version: u64, now: Timestamp) -> Result<(), PublishError> {
        let demand = |journal: &mut Journal| {
            journal.demand_ring(version);
            Ok(())
        };
        self.noted(self.log.change(now, |_| false, demand)).map(|_| ())
    }

    /// The log as it is stored now, to look at: cut-offs, how much is in it.
    ///
    /// # Errors
    ///
    /// [`PublishError`].
    pub fn journal(&self) -> Result<Journal, PublishError> {
        self.noted(self.log.read()).map(|(journal, _)| journal)
    }

    /// What went wrong last, if nothing has gone well since: for operators, where [`RevocationLog::record`] could only say "refused".
    #[must_use]
    pub fn last_error(&self) -> Option<PublishError> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn noted<T>(&self, result: Result<T, PublishError>) -> Result<T, PublishError> {
        let error = result.as_ref().err().cloned();
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
        result
    }
}

/// Errors are answered with "refused"; [`Publisher::last_error`] tells what they were.
impl<L: Store, S: Store> RevocationLog for &Publisher<L, S> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        Publisher::record(self, revocation, now).unwrap_or_else(|_| LogAnswer::refused(revocation))
    }
}

/// As for `&Publisher`.
impl<L: Store, S: Store> RevocationLog for Arc<Publisher<L, S>> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        (&mut &**self).record(revocation, now)
    }
}

impl<L, S> fmt::Debug for Publisher<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").finish_non_exhaustive()
    }
}
