//! Read the log, change it, put it in its place, and see whether that got through.

use alloc::vec::Vec;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{PublishError, Put, Store, StoreVersion};
use crate::revocation::{Digest, Journal, JournalError, JournalSettings, LogAnswer, SnapshotSigner};
use crate::ring::Realm;
use crate::values::Timestamp;

/// How often others may be faster. One of them has got through each time, so this is no loop of quarrels; processes over one file are unfair to each other.
const MOST_TRIES: u32 = 1_000;
/// How often the store may fail at one change.
const MOST_FAILURES: u32 = 3;
/// Own commits that are looked for among the ancestors; a version names no more of them.
const MOST_REMEMBERED: usize = 16;

/// The log in its store.
pub(super) struct LogWriter<L> {
    store: L,
    pub(super) realm: Realm,
    pub(super) settings: JournalSettings,
    pub(super) signer: SnapshotSigner,
    /// Of this publisher alone.
    writer: [u8; 8],
    /// What was stored last, as far as this publisher knows. Taken out while it changes, so that a panic leaves nothing half done.
    current: Mutex<Option<(Journal, StoreVersion)>>,
    /// The log and the highest version of it that was seen.
    seen: Mutex<Option<Seen>>,
}

#[derive(Clone, Copy)]
struct Seen {
    lineage: [u8; 8],
    version: u64,
}

/// A commit that was sent to the store and not confirmed.
struct Sent {
    digest: Option<Digest>,
    /// They count once the commit is found in the log.
    answers: Vec<LogAnswer>,
}

impl<L: Store> LogWriter<L> {
    pub(super) const fn new(
        store: L,
        realm: Realm,
        settings: JournalSettings,
        signer: SnapshotSigner,
        writer: [u8; 8],
    ) -> Self {
        Self { store, realm, settings, signer, writer, current: Mutex::new(None), seen: Mutex::new(None) }
    }

    fn current(&self) -> MutexGuard<'_, Option<(Journal, StoreVersion)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, journal: &Journal) {
        let (lineage, version) = (journal.lineage(), journal.version());
        let mut seen = self.seen();
        let before = seen.map_or(0, |seen| seen.version);
        *seen = Some(Seen { lineage, version: version.max(before) });
    }

    /// Stores a first version where nothing is.
    pub(super) fn create(&self, journal: Journal, now: Timestamp) -> Result<(), PublishError> {
        let mut current = self.current();
        let commit = journal.commit(now, &self.signer)?;
        let result = self.store.put_if(commit.bytes(), None).map_err(PublishError::store::<L>);
        let (ours, _) = commit.stored();
        if let Ok(Put::Stored(version)) = result {
            self.note(&ours);
            *current = Some((ours, version));
            return Ok(());
        }
        // It may have got through: the line of versions was drawn at random, so it is this one or somebody else's.
        let stored = self.store.get().map_err(PublishError::store::<L>)?;
        let found = stored.and_then(|(bytes, _)| Journal::read(&bytes, &self.realm, self.settings).ok());
        match (found, result) {
            (Some(found), _) if found.lineage() == ours.lineage() => {
                self.note(&found);
                Ok(())
            }
            (_, Err(why)) => Err(why),
            _ => Err(PublishError::AlreadyThere),
        }
    }

    /// The log as it is stored, verified; `None` if it has the version `known`. A log never goes back.
    pub(super) fn read_unless(
        &self,
        known: Option<&StoreVersion>,
    ) -> Result<Option<(Journal, StoreVersion)>, PublishError> {
        // What others see from here on may be later than what this reads.
        let seen = *self.seen();
        let stored = self.store.get().map_err(PublishError::store::<L>)?;
        let (bytes, version) = stored.ok_or(PublishError::NoLog)?;
        if known == Some(&version) {
            return Ok(None);
        }
        let journal = Journal::read(&bytes, &self.realm, self.settings)?;
        let found = journal.version();
        match seen {
            Some(seen) if seen.lineage != journal.lineage() => return Err(PublishError::OtherLog),
            Some(Seen { version: had, .. }) if found < had => {
                return Err(PublishError::WentBack { found, had });
            }
            _ => self.note(&journal),
        }
        Ok(Some((journal, version)))
    }

    pub(super) fn read(&self) -> Result<(Journal, StoreVersion), PublishError> {
        self.read_unless(None)?.ok_or(PublishError::NoLog)
    }

    /// Changes the log by compare-and-swap: `apply` is called on what is stored, again and again until nobody was faster. Without news nothing is written, unless
    /// `is_due`.
    pub(super) fn change(
        &self,
        now: Timestamp,
        is_due: impl Fn(&Journal) -> bool,
        apply: impl Fn(&mut Journal) -> Result<(), JournalError>,
    ) -> Result<Vec<LogAnswer>, PublishError> {
        let mut current = self.current();
        let mut sent: Vec<Sent> = Vec::new();
        let mut failures = Vec::new();
        for _ in 0..MOST_TRIES {
            let remembered = current.take();
            let is_remembered = remembered.is_some();
            let (mut journal, version) = match remembered {
                Some(remembered) => remembered,
                None => self.read()?,
            };
            // What looked like a failure or a conflict may have been stored.
            let got_through = sent.iter().position(|sent| journal.has_in_it(sent.digest));
            if let Some(place) = got_through {
                *current = Some((journal, version));
                return Ok(sent.swap_remove(place).answers);
            }
            if u32::try_from(failures.len()).is_ok_and(|count| count >= MOST_FAILURES) {
                return Err(failures.pop().unwrap_or(PublishError::Contended));
            }
            apply(&mut journal)?;
            if !journal.has_news() && !is_due(&journal) {
                let answers = journal.take_answers();
                // What was in the log is in it still; but whether it is full or not may have changed.
                if is_remembered && !answers.iter().all(LogAnswer::is_recorded) {
                    continue;
                }
                *current = Some((journal, version));
                return Ok(answers);
            }
            journal.set_writer(self.writer);
            let commit = journal.commit(now, &self.signer)?;
            let digest = commit.digest();
            let result = self.store.put_if(commit.bytes(), Some(&version));
            let (journal, answers) = commit.stored();
            match result {
                Ok(Put::Stored(version)) => {
                    self.note(&journal);
                    *current = Some((journal, version));
                    return Ok(answers);
                }
                Ok(Put::Conflict) => {}
                Err(why) => failures.push(PublishError::store::<L>(why)),
            }
            if sent.len() >= MOST_REMEMBERED {
                sent.remove(0);
            }
            sent.push(Sent { digest, answers });
        }
        Err(failures.pop().unwrap_or(PublishError::Contended))
    }
}
