//! From the log to what nodes fetch: when a snapshot is due, and how it gets there.

use core::fmt;
use std::sync::{Mutex, PoisonError};

use super::log_writer::LogWriter;
use super::{PublishError, Put, Store, StoreVersion};
use crate::revocation::{Journal, Outline};
use crate::values::Timestamp;

/// How often others may be faster, or the store fail, at one publication.
const MOST_TRIES: u32 = 16;
const MOST_FAILURES: u32 = 3;
/// A delta is published up to this part of the snapshot's length: with 24 probes, an eighth of its entries.
const DELTA_PART: usize = 4;

/// Where snapshots go, and what is known to be there.
pub(super) struct Board<S> {
    snapshots: S,
    pub(super) deltas: Option<S>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    last: Option<Last>,
    /// The log at the version of the snapshot that is published: deltas go on from it.
    base: Option<Journal>,
}

/// The last publication, and what was in the two stores after it.
struct Last {
    log: StoreVersion,
    snapshot: StoreVersion,
    publication: Publication,
}

/// What [`Publisher::publish`](crate::Publisher::publish) did, and when it is to be called again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Publication {
    kind: PublicationKind,
    version: u64,
    not_after: Timestamp,
    next: Timestamp,
}

/// What was published. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicationKind {
    /// Nothing: what is published is what the log holds, and fresh enough.
    Nothing,
    /// A snapshot.
    Snapshot,
    /// A delta.
    Delta,
}

impl Publication {
    /// What was published.
    #[must_use]
    pub const fn kind(&self) -> PublicationKind {
        self.kind
    }

    /// The version that nodes can have now.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// When nodes stop accepting anything on its word, if nothing follows.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// When the next snapshot is due although nothing is revoked. Call again then at the latest, and as often before as log-outs are to reach the nodes: every few
    /// seconds.
    #[must_use]
    pub const fn next(&self) -> Timestamp {
        self.next
    }
}

impl fmt::Display for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            PublicationKind::Nothing => "nothing new",
            PublicationKind::Snapshot => "snapshot published",
            PublicationKind::Delta => "delta published",
        };
        write!(f, "{what}: version {}, good until {}, next at {}", self.version, self.not_after, self.next)
    }
}

/// A document as a store holds it.
type Stored = Option<(alloc::vec::Vec<u8>, StoreVersion)>;

impl<S: Store> Board<S> {
    pub(super) const fn new(snapshots: S) -> Self {
        Self { snapshots, deltas: None, known: Mutex::new(Known { last: None, base: None }) }
    }

    /// What [`Publisher::publish`](crate::Publisher::publish) promises.
    pub(super) fn publish<L: Store>(
        &self,
        log: &LogWriter<L>,
        now: Timestamp,
    ) -> Result<Publication, PublishError> {
        // Its fields are set after the fact, each right by itself.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut failures, mut sent) = (0_u32, None);
        for _ in 0..MOST_TRIES {
            match self.attempt(&mut known, log, now, &mut sent)? {
                Attempt::Done(publication) => return Ok(publication),
                Attempt::Again => {}
                Attempt::Failed(why) => {
                    failures = failures.saturating_add(1);
                    if failures >= MOST_FAILURES {
                        return Err(why);
                    }
                }
            }
        }
        Err(PublishError::Contended)
    }

    /// `sent`: the version that an earlier attempt may have stored.
    fn attempt<L: Store>(
        &self,
        known: &mut Known,
        log: &LogWriter<L>,
        now: Timestamp,
        sent: &mut Option<u64>,
    ) -> Result<Attempt, PublishError> {
        // In this order: the log that is read afterwards is at least as far as the snapshot, or it went back.
        let stored = self.snapshots.get().map_err(PublishError::store::<S>)?;
        let place = stored.as_ref().map(|(_, place)| place);
        let last = known.last.as_ref();
        let last = last.filter(|last| place == Some(&last.snapshot) && now < last.publication.next);
        let Some((journal, log_version)) = log.read_unless(last.map(|last| &last.log))? else {
            let nothing = |last: &Last| Publication { kind: PublicationKind::Nothing, ..last.publication };
            return Ok(last.map_or(Attempt::Again, |last| Attempt::Done(nothing(last))));
        };
        let version = journal.version();
        let shown = shown(&stored, &journal, log)?;
        if journal.next_heartbeat() <= now {
            log.change(now, |journal| journal.next_heartbeat() <= now, |_| Ok(()))?;
            return Ok(Attempt::Again);
        }
        let mut done = |kind, next, snapshot: &StoreVersion| {
            let publication = Publication { kind, version, not_after: journal.not_after(), next };
            known.last = Some(Last { log: log_version.clone(), snapshot: snapshot.clone(), publication });
            Attempt::Done(publication)
        };
        if let (Some(shown), Some((bytes, place))) = (shown, &stored) {
            let next = next_snapshot(&shown, &journal);
            let earlier = *sent;
            let kind = |version| match earlier {
                Some(sent) if sent == version => PublicationKind::Snapshot,
                _ => PublicationKind::Nothing,
            };
            if shown.version == version {
                // The same version with other contents: the log was set back in between, and has caught up.
                if shown.signer == log.signer.start() && *bytes != journal.snapshot(&log.signer)? {
                    log.change(now, |journal| journal.version() <= version, |_| Ok(()))?;
                    return Ok(Attempt::Again);
                }
                let done = done(kind(version), next, place);
                known.base = self.deltas.is_some().then_some(journal);
                return Ok(done);
            }
            // What was to be published is; that the log has gone on since is for the next call, or this one would run after the others for ever.
            if earlier.is_some_and(|sent| sent <= shown.version) {
                let (version, not_after) = (shown.version, shown.not_after);
                return Ok(Attempt::Done(Publication { kind: kind(version), version, not_after, next }));
            }
            let base = known.base.as_ref().filter(|base| base.version() == shown.version && now < next);
            if let (Some(deltas), Some(base)) = (&self.deltas, base) {
                let delta = journal.delta_since(base, &log.signer)?;
                if delta.len().saturating_mul(DELTA_PART) <= bytes.len() {
                    put_delta(deltas, &delta, &journal, log)?;
                    return Ok(done(PublicationKind::Delta, next, place));
                }
            }
        }
        let result = self.snapshots.put_if(&journal.snapshot(&log.signer)?, place);
        if let Ok(Put::Stored(place)) = result {
            let done = done(PublicationKind::Snapshot, journal.next_heartbeat(), &place);
            known.base = self.deltas.is_some().then_some(journal);
            return Ok(done);
        }
        *sent = Some(version);
        Ok(result.map_or_else(|why| Attempt::Failed(PublishError::store::<S>(why)), |_| Attempt::Again))
    }
}

/// How one attempt at publishing ended.
enum Attempt {
    Done(Publication),
    /// Something has changed meanwhile.
    Again,
    /// The store failed, and may have stored it.
    Failed(PublishError),
}

/// The snapshot that nodes see, if it is one of this log. Anything else is replaced: it is damaged, or of a log that is given up.
fn shown<L: Store>(
    stored: &Stored,
    journal: &Journal,
    log: &LogWriter<L>,
) -> Result<Option<Outline>, PublishError> {
    let (found, least) = (journal.version(), log.realm.min_snapshot_version());
    if found < least {
        return Err(PublishError::BelowFloor { found, least });
    }
    let outline = stored.as_ref().and_then(|(bytes, _)| Outline::of_snapshot(bytes, &log.realm).ok());
    match outline.filter(|outline| outline.lineage == journal.lineage()) {
        Some(outline) if outline.version > found => {
            Err(PublishError::WentBack { found, had: outline.version })
        }
        of_this_log => Ok(of_this_log),
    }
}

/// When the snapshot has to be replaced by one of a later version, if there are only deltas meanwhile.
fn next_snapshot(shown: &Outline, journal: &Journal) -> Timestamp {
    let quarter = shown.not_after.seconds_since(shown.issued_at) >> 2;
    let due = shown.issued_at.as_unix().saturating_add(quarter);
    Timestamp::from_unix(due).unwrap_or(Timestamp::MAX).min(journal.next_heartbeat())
}

fn put_delta<S: Store, L: Store>(
    deltas: &S,
    delta: &[u8],
    journal: &Journal,
    log: &LogWriter<L>,
) -> Result<(), PublishError> {
    let mut failures = 0_u32;
    for _ in 0..MOST_TRIES {
        let stored: Stored = deltas.get().map_err(PublishError::store::<S>)?;
        let shown = stored.as_ref().and_then(|(bytes, _)| Outline::of_delta(bytes, &log.realm).ok());
        let is_later =
            |shown: Outline| shown.lineage == journal.lineage() && shown.version >= journal.version();
        if shown.is_some_and(is_later) {
            return Ok(());
        }
        match deltas.put_if(delta, stored.as_ref().map(|(_, version)| version)) {
            Ok(Put::Stored(_)) => return Ok(()),
            Ok(Put::Conflict) => {}
            Err(why) => {
                failures = failures.saturating_add(1);
                if failures >= MOST_FAILURES {
                    return Err(PublishError::store::<S>(why));
                }
            }
        }
    }
    Err(PublishError::Contended)
}
