//! What a snapshot answers (SPEC section 9.5).

use super::fingerprint;
use super::header::{FRONT, HASH};
use super::snapshot::Snapshot;
use super::tables::Tables;
use super::{Answer, Facts, Freshness, Grounds, Revocations};
use crate::error::Scope;
use crate::keys::FilterKey;
use crate::proof::document;
use crate::values::{Subject, Timestamp};

/// Whether more than three quarters of the bits of a page are set (REV-06). Half of them is usual; a page with so many takes every thousandth session for revoked.
fn is_overfull(page: &[u8]) -> bool {
    // A page has at most 2^17 bits.
    let ones = page.iter().fold(0_u64, |ones, byte| ones.wrapping_add(byte.count_ones().into()));
    ones.wrapping_mul(4) > (page.len() as u64).wrapping_mul(24)
}

impl<B: AsRef<[u8]>> Snapshot<B> {
    fn tables(&self) -> Option<Tables<'_>> {
        let rows = self.bytes().get(self.places.tables..self.places.pages)?;
        Tables::divide(rows, &self.base.counts)
    }

    /// A page, if it is the signed one (REV-06).
    pub(super) fn page(&self, page: u32) -> Option<&[u8]> {
        let size = self.base.geometry.page_bytes() as usize;
        let start = (page as usize).checked_mul(size)?.checked_add(self.places.pages)?;
        let bytes = self.bytes().get(start..)?.get(..size)?;
        (self.good_pages.has(page) || self.is_good(page, bytes)).then_some(bytes)
    }

    /// Hashes a page, which is remembered if it is good. Out of the way of the many looks that find it remembered.
    #[cold]
    fn is_good(&self, page: u32, bytes: &[u8]) -> bool {
        let hash = (page as usize).saturating_mul(HASH).saturating_add(FRONT);
        let signed = self.bytes().get(hash..).and_then(<[u8]>::first_chunk::<HASH>);
        let good = signed.is_some_and(|signed| document::digest(bytes) == *signed) && !is_overfull(bytes);
        if good {
            self.good_pages.add(page);
        }
        good
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

    /// The cut-off of a subject. Where nobody has one, the subject is not hashed.
    fn subject_cut_off(&self, tables: &Tables<'_>, key: &FilterKey, subject: &Subject) -> Option<u64> {
        let nobody = tables.subjects.is_empty();
        #[cfg(feature = "alloc")]
        let nobody = nobody && !self.overlay.has_cut_offs();
        if nobody {
            return None;
        }
        let fingerprint = fingerprint::of_subject(key, subject);
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

    /// What is known against a token (TOK-37, REV-10); `None` if nothing is.
    fn against(&self, facts: &Facts<'_>) -> Option<Answer> {
        self.in_scopes(facts).or_else(|| self.too_long(facts))
    }

    /// A token that lives longer than deaths are counted with could outlive its revocation's entry (REV-12).
    fn too_long(&self, facts: &Facts<'_>) -> Option<Answer> {
        let life = facts.expires_at.seconds_since(facts.issued_at);
        let longest = u64::from(self.newest.longest_token.get());
        (life > longest).then_some(Answer::TooLong(self.newest.token_life))
    }

    /// Scope by scope, the widest first.
    fn in_scopes(&self, facts: &Facts<'_>) -> Option<Answer> {
        let Some(tables) = self.tables() else { return Some(Answer::Damaged) };
        if let Some(scope) = self.without_filter_key(&tables, facts) {
            return Some(Answer::Revoked(scope));
        }
        // Only a coarse snapshot has none, and asks for itself.
        let Some(key) = self.filter_key.as_ref() else { return Some(Answer::Damaged) };
        let subject = self.subject_cut_off(&tables, key, facts.subject);
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
        None
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
            let before = self.subject_cut_off(&self.tables()?, self.filter_key.as_ref()?, subject);
            Timestamp::from_unix(before?).ok()
        };
        everyone.max(row())
    }

    fn grounds(&self, facts: &Facts<'_>, _: Timestamp) -> Option<Grounds> {
        let newest = &self.newest;
        let rows = self.filter_key.as_ref().zip(self.tables()).map(|(key, tables)| {
            let subject = self.subject_cut_off(&tables, key, facts.subject);
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
