//! A revocation snapshot, read where it is: one signature at opening, each page hashed when it is first needed (SPEC section 9).

use core::fmt;

use super::fingerprint;
use super::good_pages::GoodPages;
use super::header::{FRONT, Form, HASH, Header};
use super::opened::{Opened, Places, open};
#[cfg(feature = "alloc")]
use super::overlay::Overlay;
use super::tables::Tables;
use super::{Answer, Facts, Floors, Freshness, Grounds, Revocations, SnapshotError, SnapshotKeys};
use crate::error::Scope;
use crate::keys::FilterKey;
use crate::proof::document;
use crate::values::{RealmId, Seconds, Subject, Timestamp};

/// Who is out in one realm, as one signed document: the published bytes themselves, borrowed or owned, and nothing copied out of them.
///
/// `B` is whatever holds the bytes: `&[u8]`, `Vec<u8>`, `Arc<[u8]>`. Opening checks one signature and hashes the short tables, about 40 µs whatever
/// the size; each page of the bloom filter (16 KiB) is hashed when it is first looked at. A page that is not the signed one answers [`Answer::Damaged`], never
/// "not revoked".
///
/// A filter errs on one side: with 24 probes it takes one session in 17 million for revoked that is not, at each look; it never misses one that is.
/// SPEC section 9.8 says what that means over the life of a session.
///
/// It answers [`Answer::Stale`] from `not_after` on. Until then it is as good as its `complete_to`: a log-out reaches this node when a snapshot with it does.
pub struct Snapshot<B> {
    bytes: B,
    filter_key: Option<FilterKey>,
    /// Of the bytes.
    base: Header,
    places: Places,
    /// Of the newest document that was taken: the snapshot itself, or a delta.
    newest: Header,
    not_after: Timestamp,
    digest: [u8; HASH],
    good_pages: GoodPages,
    #[cfg(feature = "alloc")]
    overlay: Overlay,
}

impl<B: AsRef<[u8]>> Snapshot<B> {
    /// Opens a snapshot of one of these realms. Nothing is allocated, and nothing is believed before the signature has been checked.
    ///
    /// `now` is the node's clock; `floors` are its rules and its memory of earlier snapshots: hand them the result with [`remember`](Self::remember).
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], by which the operator sees what is wrong. Go on with the snapshot before it, as long as that is valid.
    pub fn open(
        bytes: B,
        keys: &SnapshotKeys,
        now: Timestamp,
        floors: &Floors,
    ) -> Result<Self, SnapshotError> {
        let Opened { header, digest, realm, places } = open(bytes.as_ref(), keys, Form::Snapshot)?;
        floors.admit(&header, Some(&digest), realm.least_version, now)?;
        Ok(Self {
            filter_key: realm.filter_key.clone(),
            base: header,
            places,
            newest: header,
            not_after: floors.not_after(&header),
            digest,
            good_pages: GoodPages::none(),
            #[cfg(feature = "alloc")]
            overlay: Overlay::default(),
            bytes,
        })
    }

    /// Adds a delta that goes on from this snapshot, or from a version before it. One that brings nothing new is no error and changes nothing.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: those of [`open`](Self::open), `OtherLine` and `Gap`. The snapshot is as before then.
    #[cfg(feature = "alloc")]
    pub fn apply(
        &mut self,
        delta: &[u8],
        keys: &SnapshotKeys,
        now: Timestamp,
        floors: &Floors,
    ) -> Result<(), SnapshotError> {
        let Opened { header, realm, places, .. } = open(delta, keys, Form::Delta)?;
        if header.realm != self.base.realm || header.line != self.newest.line {
            return Err(SnapshotError::OtherLine);
        }
        if header.base > self.newest.version {
            return Err(SnapshotError::Gap { base: header.base, had: self.newest.version });
        }
        if header.version <= self.newest.version {
            return Ok(());
        }
        floors.admit(&header, None, realm.least_version, now)?;
        let (fingerprints, _) = delta.get(FRONT..places.tables).unwrap_or_default().as_chunks();
        let rows = delta.get(places.tables..).unwrap_or_default();
        let tables = Tables::divide(rows, &header.counts).ok_or(SnapshotError::Length)?;
        self.overlay.add(fingerprints, &tables);
        let tokens = self.newest.counts.tokens.max(header.counts.tokens);
        self.newest = header;
        // Whether there are tokens to look for, anywhere.
        self.newest.counts.tokens = tokens;
        self.not_after = floors.not_after(&header);
        Ok(())
    }

    /// Tells the floors that this snapshot was taken: older ones are refused from now on.
    pub fn remember(&self, floors: &mut Floors) {
        floors.raise(&self.newest, self.newest_digest().copied());
    }

    /// The checks of REV-08 and REV-09 once more, against other floors.
    #[cfg(feature = "std")]
    pub(crate) fn admitted_by(&self, floors: &Floors, now: Timestamp) -> Result<(), SnapshotError> {
        floors.admit(&self.newest, self.newest_digest(), 0, now)
    }

    /// Of the header of its version, if no delta has led there.
    fn newest_digest(&self) -> Option<&[u8; HASH]> {
        (self.newest == self.base).then_some(&self.digest)
    }

    /// Who published it, and which version.
    #[cfg(feature = "std")]
    pub(crate) const fn line_and_version(&self) -> ([u8; 8], [u8; 8], u64) {
        (self.newest.line.signer, self.newest.line.lineage, self.newest.version)
    }

    /// The realm that a document names, before anything of it is believed.
    #[cfg(feature = "std")]
    pub(crate) fn realm_of(bytes: &[u8]) -> Result<RealmId, SnapshotError> {
        let header = bytes.first_chunk().ok_or(SnapshotError::NotASnapshot)?;
        Header::read(header).map(|header| header.realm)
    }

    /// The version; of the last delta, if there was one.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.newest.version
    }

    /// The realm it belongs to.
    #[must_use]
    pub const fn realm(&self) -> RealmId {
        self.base.realm
    }

    /// Every revocation accepted before this moment is in it.
    #[must_use]
    pub const fn complete_to(&self) -> Timestamp {
        self.newest.complete_to
    }

    /// From this moment on it answers [`Answer::Stale`].
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The lowest version of a published ring that may be used beside it (REV-14).
    #[must_use]
    pub const fn min_ring_version(&self) -> u64 {
        self.newest.min_ring_version
    }

    /// The longest token that may be minted on its word.
    #[must_use]
    pub const fn token_life(&self) -> Seconds {
        self.newest.token_life
    }

    /// How long after `complete_to` tokens may be minted on its word.
    #[must_use]
    pub const fn staleness_bound(&self) -> Seconds {
        self.newest.staleness_bound
    }

    /// The bytes that it reads.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// Hashes every page now, so that no request has to: about 10 µs a page where the processor helps, 50 µs in wasm.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Damaged`] if a page is not the signed one.
    pub fn check_pages(&self) -> Result<(), SnapshotError> {
        let good = (0..self.base.geometry.pages).all(|page| self.page(page).is_some());
        if good { Ok(()) } else { Err(SnapshotError::Damaged) }
    }

    fn tables(&self) -> Option<Tables<'_>> {
        let rows = self.bytes().get(self.places.tables..self.places.pages)?;
        Tables::divide(rows, &self.base.counts)
    }

    /// A page, if it is the signed one (REV-06).
    fn page(&self, page: u32) -> Option<&[u8]> {
        let (size, place) = (self.base.geometry.page_bytes() as usize, page as usize);
        let start = place.checked_mul(size)?.checked_add(self.places.pages)?;
        let bytes = self.bytes().get(start..)?.get(..size)?;
        if !self.good_pages.has(page) {
            let hash = place.checked_mul(HASH)?.checked_add(FRONT)?;
            let signed = self.bytes().get(hash..)?.first_chunk::<HASH>()?;
            if document::digest(bytes) != *signed {
                return None;
            }
            self.good_pages.add(page);
        }
        Some(bytes)
    }

    /// Whether a session or token is in the filter or was added by a delta. `None` if the page is damaged.
    fn finds(&self, fingerprint: u64) -> Option<bool> {
        #[cfg(feature = "alloc")]
        if self.overlay.finds(fingerprint) {
            return Some(true);
        }
        let geometry = self.base.geometry;
        if geometry.pages == 0 {
            return Some(false);
        }
        let page = self.page(geometry.page_of(fingerprint))?;
        Some(geometry.finds(page, fingerprint))
    }

    /// The cut-off of a subject by its fingerprint.
    fn subject_cut_off(&self, tables: &Tables<'_>, fingerprint: u64) -> Option<u64> {
        let cut_off = tables.cut_off(fingerprint);
        #[cfg(feature = "alloc")]
        let cut_off = cut_off.max(self.overlay.cut_off(fingerprint));
        cut_off
    }

    fn mark(&self, tables: &Tables<'_>, fingerprint: u64) -> Option<u32> {
        let mark = tables.mark(fingerprint);
        #[cfg(feature = "alloc")]
        let mark = mark.max(self.overlay.mark(fingerprint));
        mark
    }

    fn has_key(&self, tables: &Tables<'_>, id: [u8; 4]) -> bool {
        #[cfg(feature = "alloc")]
        if self.overlay.has_key(id) {
            return true;
        }
        tables.has_key(id)
    }

    /// Whether its validity is over, in effective time (REV-10).
    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        now.max(self.newest.complete_to) >= self.not_after
    }

    /// What is known against a token, scope by scope (TOK-37, REV-10); `None` if nothing is.
    fn against(&self, facts: &Facts<'_>) -> Option<Answer> {
        let Some(tables) = self.tables() else { return Some(Answer::Damaged) };
        if let Some(scope) = self.without_filter_key(&tables, facts) {
            return Some(Answer::Revoked(scope));
        }
        // Only a coarse snapshot has none, and asks for itself.
        let Some(key) = self.filter_key.as_ref() else { return Some(Answer::Damaged) };
        let subject = self.subject_cut_off(&tables, fingerprint::of_subject(key, facts.subject));
        if subject.is_some_and(|before| facts.started_at.as_unix() < before) {
            return Some(Answer::Revoked(Scope::Subject));
        }
        let session = fingerprint::of_session(key, facts.session_id);
        match self.finds(session) {
            None => return Some(Answer::Damaged),
            Some(true) => return Some(Answer::Revoked(Scope::Session)),
            Some(false) => {}
        }
        if self.mark(&tables, session).is_some_and(|least| facts.rotation < least) {
            return Some(Answer::Superseded);
        }
        if self.newest.counts.tokens > 0 {
            match self.finds(fingerprint::of_token(key, facts.session_id, facts.token_id)) {
                None => return Some(Answer::Damaged),
                Some(true) => return Some(Answer::Revoked(Scope::Token)),
                Some(false) => {}
            }
        }
        self.too_long(facts)
    }

    /// A token that lives longer than deaths are counted with could outlive its revocation's entry (REV-12).
    fn too_long(&self, facts: &Facts<'_>) -> Option<Answer> {
        let life = facts.expires_at.seconds_since(facts.issued_at);
        (life > u64::from(self.newest.longest_token.get())).then_some(Answer::TooLong(self.newest.token_life))
    }

    /// The scopes that a node without the filter key can see (REV-18).
    fn without_filter_key(&self, tables: &Tables<'_>, facts: &Facts<'_>) -> Option<Scope> {
        if facts.started_at < self.newest.everyone_before {
            return Some(Scope::Everyone);
        }
        self.has_key(tables, facts.key_id.to_bytes()).then_some(Scope::Key)
    }

    /// Like [`against`](Self::against), for those scopes alone.
    pub(super) fn coarsely_against(&self, facts: &Facts<'_>) -> Option<Answer> {
        let Some(tables) = self.tables() else { return Some(Answer::Damaged) };
        self.without_filter_key(&tables, facts).map(Answer::Revoked).or_else(|| self.too_long(facts))
    }

    pub(super) fn freshness(&self) -> Freshness {
        Freshness::new(self.newest.complete_to, self.newest.staleness_bound)
            .token_life(self.newest.token_life)
    }
}

impl<B: AsRef<[u8]>> Revocations for Snapshot<B> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        if self.is_stale(now) {
            return Answer::Stale;
        }
        self.against(facts).unwrap_or(Answer::Clear(self.freshness()))
    }

    fn check_however_old(&self, facts: &Facts<'_>, _: Timestamp) -> Answer {
        self.against(facts).unwrap_or(Answer::Clear(self.freshness().without_minting()))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        let everyone = Some(self.newest.everyone_before).filter(|moment| *moment > Timestamp::MIN);
        let row = || {
            let fingerprint = fingerprint::of_subject(self.filter_key.as_ref()?, subject);
            Timestamp::from_unix(self.subject_cut_off(&self.tables()?, fingerprint)?).ok()
        };
        everyone.max(row())
    }

    fn grounds(&self, facts: &Facts<'_>, _: Timestamp) -> Option<Grounds> {
        let newest = &self.newest;
        let rows = self.filter_key.as_ref().zip(self.tables()).map(|(key, tables)| {
            let subject = self.subject_cut_off(&tables, fingerprint::of_subject(key, facts.subject));
            let least = self.mark(&tables, fingerprint::of_session(key, facts.session_id));
            (subject.and_then(|before| Timestamp::from_unix(before).ok()), least)
        });
        let (subject_before, least_rotation) = rows.unwrap_or_default();
        Some(Grounds {
            realm: Some(newest.realm),
            version: Some(newest.version),
            complete_to: Some(newest.complete_to),
            renews_until: Some(newest.complete_to.saturating_add(newest.staleness_bound)),
            not_after: Some(self.not_after),
            everyone_before: Some(newest.everyone_before).filter(|moment| *moment > Timestamp::MIN),
            subject_before,
            least_rotation,
            longest_token: Some(newest.longest_token),
            probes: Some(self.base.geometry.probes),
        })
    }
}

impl<B: Clone> Clone for Snapshot<B> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            filter_key: self.filter_key.clone(),
            base: self.base,
            places: self.places,
            newest: self.newest,
            not_after: self.not_after,
            digest: self.digest,
            good_pages: self.good_pages.clone(),
            #[cfg(feature = "alloc")]
            overlay: self.overlay.clone(),
        }
    }
}

impl<B> fmt::Debug for Snapshot<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("realm", &self.base.realm)
            .field("version", &self.newest.version)
            .field("complete_to", &self.newest.complete_to)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
