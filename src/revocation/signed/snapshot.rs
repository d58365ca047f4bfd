//! A revocation snapshot, read where it is: one signature at opening, each page hashed when it is first needed (SPEC section 9).

use core::fmt;

use super::good_pages::GoodPages;
#[cfg(feature = "alloc")]
use super::header::FRONT;
#[cfg(feature = "std")]
use super::header::front;
use super::header::{Form, HASH, Header};
use super::opened::{Opened, Places, open};
#[cfg(feature = "alloc")]
use super::overlay::Overlay;
#[cfg(feature = "alloc")]
use super::tables::Tables;
use super::{Floors, SnapshotError, SnapshotKeys};
use crate::keys::FilterKey;
use crate::values::{RealmId, Seconds, Timestamp};

/// Who is out in one realm, as one signed document: the published bytes themselves, borrowed or owned, and nothing copied out of them.
///
/// `B` is whatever holds the bytes: `&[u8]`, `Vec<u8>`, `Arc<[u8]>`. Opening checks one signature and hashes the short tables, about 40 µs whatever
/// the size; each page of the bloom filter (16 KiB) is hashed when it is first looked at. A page that is not the signed one answers [`Answer::Damaged`](crate::Answer::Damaged), never
/// "not revoked".
///
/// A filter errs on one side: with 24 probes it takes one session in 17 million for revoked that is not, at each look; it never misses one that is.
/// SPEC section 9.8 says what that means over the life of a session.
///
/// It answers [`Answer::Stale`](crate::Answer::Stale) from `not_after` on. Until then it is as good as its `complete_to`: a log-out reaches this node when a snapshot with it does.
pub struct Snapshot<B> {
    bytes: B,
    pub(super) filter_key: Option<FilterKey>,
    /// Of the bytes.
    pub(super) base: Header,
    pub(super) places: Places,
    /// Of the newest document that was taken: the snapshot itself, or a delta.
    pub(super) newest: Header,
    pub(super) not_after: Timestamp,
    digest: [u8; HASH],
    pub(super) good_pages: GoodPages,
    #[cfg(feature = "alloc")]
    pub(super) overlay: Overlay,
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
        let (fingerprints, _) = delta.get(FRONT..places.tables).unwrap_or_default().as_chunks();
        floors.admit(&header, None, realm.least_version, now)?;
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
        // Of the header of its version, if no delta has led there.
        let digest = (self.newest == self.base).then_some(self.digest);
        floors.raise(&self.newest, digest);
    }

    /// Whether these keys would take it still: its realm, its signer and the lowest version. A ring that drops a signer drops what he has signed.
    #[cfg(feature = "std")]
    pub(crate) fn is_trusted_by(&self, keys: &SnapshotKeys) -> bool {
        keys.realm(self.base.realm).is_some_and(|realm| {
            let signers = [self.base.line.signer, self.newest.line.signer];
            let known = signers.into_iter().all(|signer| realm.signer(signer).is_some());
            known && self.newest.version >= realm.least_version
        })
    }

    /// Who published it, and which version.
    #[cfg(feature = "std")]
    pub(crate) const fn line_and_version(&self) -> ([u8; 8], [u8; 8], u64) {
        (self.newest.line.signer, self.newest.line.lineage, self.newest.version)
    }

    /// The realm that a document names, before anything of it is believed.
    #[cfg(feature = "std")]
    pub(crate) fn realm_of(bytes: &[u8]) -> Result<RealmId, SnapshotError> {
        front(bytes).map(|(.., header)| header.realm)
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

    /// From this moment on it answers [`Answer::Stale`](crate::Answer::Stale).
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
