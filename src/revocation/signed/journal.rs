//! The revocation log: rows, and the version that holds them (SPEC section 9.6).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use rand_core::TryCryptoRng;

use super::build;
use super::envelope::{Digest, Envelope};
use super::filter::Geometry;
use super::header::{Counts, Form, HASH, Header, Line};
use super::journal_document;
use super::journal_settings::JournalSettings;
use super::rows::Rows;
use super::{JournalError, LogAnswer, Revocation, SnapshotSigner};
use crate::keys::FilterKey;
use crate::ring::Realm;
use crate::values::{RealmId, Subject, Timestamp};

/// The revocation log of a realm at one version: everything that is revoked and still needed.
///
/// It is read from where it is kept, takes revocations, and is committed as the next version. Nothing counts as recorded before the new version was stored in the place
/// of exactly the one that was read (compare-and-swap), so the answers come out of [`Commit::stored`] only. [`Publisher`](crate::Publisher) does all of that over a
/// [`Store`](crate::Store); use this by itself where storing is asynchronous.
///
/// ```
/// # use safeconduct::*;
/// # let now = Timestamp::from_unix(1_800_000_000)?;
/// let mut rng = getrandom::SysRng;
/// let signer = SnapshotSigner::generate(&mut rng)?;
/// let realm = Realm::generate(&[signer.public()], &mut rng)?;
///
/// let mut journal = Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut rng)?;
/// journal.record(&Revocation::operator_session("0102030405060708090a0b0c".parse()?, Timestamp::MAX));
/// let commit = journal.commit(now, &signer)?;
/// let stored = commit.bytes().to_vec(); // put it where it is kept, if nobody else has been there
/// let (journal, answers) = commit.stored();
/// assert!(answers[0].is_recorded());
///
/// let snapshot = journal.snapshot(&signer)?; // for the nodes
/// let journal = Journal::read(&stored, &realm, JournalSettings::new(&Policy::AAL1))?; // the next time
/// # let _ = (snapshot, journal);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "nothing is recorded before it is committed and stored"]
pub struct Journal {
    pub(super) realm: RealmId,
    pub(super) key: FilterKey,
    signers: [Option<[u8; 32]>; 2],
    pub(super) settings: JournalSettings,
    pub(super) envelope: Envelope,
    pub(super) rows: Rows,
    /// Accepted since it was read, and not in any version yet.
    pub(super) pending: Rows,
    /// How many sessions of each subject the rows hold.
    pub(super) quota: BTreeMap<u64, u32>,
    pub(super) answers: Vec<LogAnswer>,
    /// Something besides rows is to be written.
    pub(super) changed: bool,
    /// Digest of the document that it was read from.
    pub(super) parent: Option<Digest>,
}

impl Journal {
    /// A new, empty log of a realm: a new line of versions, which begins above the realm's `min_snapshot_version`.
    ///
    /// If there was a log before and it was lost, what it held is forgotten: revoke everyone before now.
    ///
    /// # Errors
    ///
    /// [`JournalError`]: `NoFilterKey` or `Random`.
    pub fn start<G: TryCryptoRng + ?Sized>(
        realm: &Realm,
        settings: JournalSettings,
        rng: &mut G,
    ) -> Result<Self, JournalError> {
        let mut lineage = [0; 8];
        rng.try_fill_bytes(&mut lineage).map_err(|_| JournalError::Random)?;
        let envelope = Envelope::new(lineage, realm.min_snapshot_version());
        Self::new(realm, settings, envelope, Rows::default(), None)
    }

    /// Reads a log. It has to be signed by one of the realm's signers.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. Never go on with an empty log in the place of one that cannot be read: everything in it would be forgotten.
    pub fn read(bytes: &[u8], realm: &Realm, settings: JournalSettings) -> Result<Self, JournalError> {
        let (mut envelope, rows, digest) = journal_document::read(bytes, realm)?;
        // The next version is by whoever makes it.
        envelope.writer = [0; 8];
        Self::new(realm, settings, envelope, rows, Some(digest))
    }

    fn new(
        realm: &Realm,
        settings: JournalSettings,
        envelope: Envelope,
        rows: Rows,
        parent: Option<Digest>,
    ) -> Result<Self, JournalError> {
        let key = realm.filter_key().ok_or(JournalError::NoFilterKey)?.clone();
        let mut quota = BTreeMap::new();
        for row in rows.sessions.values() {
            count_session(&mut quota, row.subject);
        }
        Ok(Self {
            realm: realm.id(),
            key,
            signers: realm.signer_keys().map(|signer| signer.map(|signer| *signer.as_bytes())),
            settings,
            envelope,
            rows,
            pending: Rows::default(),
            quota,
            answers: Vec::new(),
            changed: false,
            parent,
        })
    }

    /// Takes a revocation up for the next version. What the log says about it comes out of [`Commit::stored`].
    pub fn record(&mut self, revocation: &Revocation) {
        let (answer, news) = self.weigh(revocation);
        for (session, row) in &news.sessions {
            if !self.either(|rows| rows.sessions.contains_key(session)) {
                count_session(&mut self.quota, row.subject);
            }
        }
        self.pending.merge(&news);
        self.answers.push(answer);
    }

    /// The latest cut-off that concerns a subject, if there is one: for the subject's next [`Grant`](crate::Grant) and for
    /// [`Policy::cut_off`](crate::Policy::cut_off).
    #[must_use]
    pub fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        let of = |rows: &Rows| rows.cut_off(subject, &self.key);
        let latest = of(&self.rows).max(of(&self.pending));
        Timestamp::from_unix(latest).ok().filter(|moment| *moment > Timestamp::MIN)
    }

    /// Demands that nodes have at least this version of the published ring (REV-14). Never lowered.
    pub fn demand_ring(&mut self, version: u64) {
        self.changed |= version > self.envelope.min_ring_version;
        self.envelope.min_ring_version = self.envelope.min_ring_version.max(version);
    }

    /// Makes the next version.
    ///
    /// # Errors
    ///
    /// [`JournalError`]: `NotASigner` if the realm does not know the signer, `Version` at the last version.
    pub fn commit(mut self, now: Timestamp, signer: &SnapshotSigner) -> Result<Commit, JournalError> {
        if !self.signers.contains(&Some(signer.public())) {
            return Err(JournalError::NotASigner);
        }
        self.envelope.next(now, &self.settings, self.parent)?;
        let mut news = core::mem::take(&mut self.pending);
        news.stamp(self.envelope.mint_until());
        self.rows.merge(&news);
        let dropped = self.rows.drop_dead(self.envelope.complete_to(), self.envelope.kept_token());
        self.envelope.note_dropped(dropped);
        let (bytes, digest) = journal_document::write(self.realm, &self.envelope, &self.rows, signer)
            .ok_or(JournalError::TooLarge)?;
        self.parent = Some(digest);
        self.changed = false;
        let answers = core::mem::take(&mut self.answers);
        Ok(Commit { journal: self, answers, bytes })
    }

    /// Whether the next version would hold anything that this one does not.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.changed || !self.pending.is_empty()
    }

    /// The snapshot of this version, for the nodes. What has been recorded since is not in it.
    ///
    /// # Errors
    ///
    /// [`JournalError`]: `TooLarge` if there are more entries than a filter holds, about 3.8 million; `Uncommitted` before the first commit and after a
    /// [`merge`](Self::merge).
    pub fn snapshot(&self, signer: &SnapshotSigner) -> Result<Vec<u8>, JournalError> {
        let header = self.header(Form::Snapshot, 0, signer)?;
        build::snapshot(header, &self.rows, &signer.0).ok_or(JournalError::TooLarge)
    }

    /// What this version has and an earlier version of this log had not, for nodes that have a snapshot of the earlier one or of any later one: 8 bytes for each
    /// revocation and about 250 more.
    ///
    /// # Errors
    ///
    /// [`JournalError::OtherRealm`] or [`JournalError::Version`] for what is not an earlier version of this log, and `Uncommitted`.
    pub fn delta_since(&self, earlier: &Self, signer: &SnapshotSigner) -> Result<Vec<u8>, JournalError> {
        if earlier.realm != self.realm || earlier.envelope.lineage != self.envelope.lineage {
            return Err(JournalError::OtherRealm);
        }
        if earlier.envelope.version >= self.envelope.version {
            return Err(JournalError::Version);
        }
        let header = self.header(Form::Delta, earlier.envelope.version, signer)?;
        let mut news = self.rows.clone();
        news.keep_only_news(&earlier.rows);
        build::delta(header, &news, &signer.0).ok_or(JournalError::TooLarge)
    }

    fn header(&self, form: Form, base: u64, signer: &SnapshotSigner) -> Result<Header, JournalError> {
        if self.changed || self.envelope.issued_at == 0 {
            return Err(JournalError::Uncommitted);
        }
        let envelope = &self.envelope;
        Ok(Header {
            form,
            realm: self.realm,
            line: Line { signer: signer.start(), lineage: envelope.lineage },
            version: envelope.version,
            base,
            issued_at: envelope.issued_at(),
            complete_to: envelope.complete_to(),
            not_after: envelope.not_after(),
            everyone_before: Timestamp::from_unix(self.rows.everyone_before).unwrap_or(Timestamp::MAX),
            min_ring_version: envelope.min_ring_version,
            token_life: envelope.token_life(),
            longest_token: envelope.longest_token(),
            staleness_bound: envelope.staleness_bound(),
            geometry: Geometry { probes: self.settings.probes, pages: 0, page_bits: 0 },
            counts: Counts::default(),
            tables_hash: [0; HASH],
            list_hash: [0; HASH],
        })
    }
}

fn count_session(quota: &mut BTreeMap<u64, u32>, subject: u64) {
    // 0 stands for a subject that nobody named.
    if subject != 0 {
        let count = quota.entry(subject).or_default();
        *count = count.saturating_add(1);
    }
}

/// The next version of a [`Journal`], to be stored in the place of the one that was read. If somebody else has stored another one meanwhile, drop this and begin again
/// from that.
#[must_use = "store the bytes, then call `stored`"]
pub struct Commit {
    pub(super) journal: Journal,
    answers: Vec<LogAnswer>,
    bytes: Vec<u8>,
}

impl Commit {
    /// What to store.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The journal at its new version, and an answer to each revocation in the order in which they were recorded. To be called once the bytes are stored durably, and
    /// not otherwise: an elevation that is released on an answer that was never stored escapes its log-out.
    pub fn stored(self) -> (Journal, Vec<LogAnswer>) {
        (self.journal, self.answers)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("realm", &self.realm)
            .field("version", &self.envelope.version)
            .field("complete_to", &self.envelope.complete_to())
            .field("sessions", &self.rows.sessions.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commit({:?}, {} answers)", self.journal, self.answers.len())
    }
}
