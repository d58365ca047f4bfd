//! What a report on a snapshot holds. Field names are part of the JSON form.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::report::{Bytes, Moment};

/// Everything that is known about a snapshot or delta at one moment.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SnapshotReport {
    /// The name and version of this form: `safeconduct-snapshot/1`.
    pub report: &'static str,
    /// The moment it was judged at.
    pub at: Moment,
    /// What a node would do with it; `None` without keys, because nothing can be said then.
    pub verdict: Option<SnapshotVerdict>,
    /// The reason of the refusal, as SPEC section 9.5 names it.
    pub reason: Option<&'static str>,
    /// What the verdict means: for people.
    pub meaning: String,
    /// What to do about it: for people.
    pub advice: String,
    /// Length of what was given, in bytes.
    pub bytes: usize,
    /// What could be checked of it.
    pub checks: Checks,
    /// What its header says. **Whatever somebody wrote, unless the signature is good.**
    pub header: Option<SnapshotHeader>,
    /// What stands behind the header, if it is as long as the header says.
    pub contents: Option<SnapshotContents>,
    /// What an operator should know before it hurts.
    pub warnings: Vec<SnapshotWarning>,
}

/// What becomes of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotVerdict {
    /// A node with these keys and floors takes it.
    Taken,
    /// It goes on with the one that it has.
    Refused,
}

/// What could be checked. Hashes are as good as the signature over them, and no better.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Checks {
    /// Whether the signature is good, under the key of the realm that the header names.
    pub signature: Check,
    /// Whether the list of page hashes, or of a delta's fingerprints, has the header's hash and is in order.
    pub list: Check,
    /// The same for the tables.
    pub tables: Check,
    /// Whether every page has its hash of the list.
    pub pages: Check,
    /// Pages that do not, counted from 0. The first hundred.
    pub damaged_pages: Vec<usize>,
}

/// The outcome of one check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Nobody could tell: no key, or a document that is not as long as it says.
    Unchecked,
}

impl Check {
    pub(super) const fn of(good: Option<bool>) -> Self {
        match good {
            Some(true) => Self::Good,
            Some(false) => Self::Bad,
            None => Self::Unchecked,
        }
    }
}

/// The numbers of the header, and what they mean at the moment of the report. Durations are seconds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SnapshotHeader {
    /// `snapshot` or `delta`.
    pub form: &'static str,
    /// The realm, 8 hexadecimal digits.
    pub realm_id: String,
    /// The beginning of the signer's public key, 16 hexadecimal digits.
    pub signer: Bytes,
    /// The line of versions, 16 hexadecimal digits.
    pub lineage: Bytes,
    /// The version.
    pub version: u64,
    /// In a delta, the version that it goes on from.
    pub base: Option<u64>,
    /// When it was signed.
    pub issued_at: Moment,
    /// Every revocation accepted before this moment is in it.
    pub complete_to: Moment,
    /// From this moment on it must not be relied on.
    pub not_after: Moment,
    /// The same on a node with these floors, which may grant less.
    pub valid_until: Moment,
    /// Until this moment tokens are renewed and elevated on its word.
    pub renews_until: Moment,
    /// How long ago `complete_to` is; 0 if it lies ahead.
    pub age: u64,
    /// How long it is still good; 0 if it is over.
    pub valid_for: u64,
    /// How long tokens are still renewed on its word; 0 if they are not.
    pub renews_for: u64,
    /// Bits of the filter that an entry sets (k); `None` in a delta.
    pub probes: Option<u8>,
    /// The lowest version of a published ring to be used beside it; 0 for any.
    pub min_ring_version: u64,
    /// The longest token that may be minted (T).
    pub token_life: u32,
    /// The longest token that may still be about.
    pub longest_token: u32,
    /// How long after `complete_to` minting is allowed (S).
    pub staleness_bound: u32,
    /// What is revoked, scope by scope.
    pub revoked: RevokedCounts,
    /// How long the document should be, in bytes.
    pub expected_bytes: u64,
}

/// What is revoked. Whose it is cannot be read out: there are fingerprints only.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RevokedCounts {
    /// Every session begun before this moment is over.
    pub everyone_before: Option<Moment>,
    /// Keys.
    pub keys: u32,
    /// Subjects with a cut-off.
    pub subjects: u32,
    /// Sessions.
    pub sessions: u32,
    /// Sessions with retired rotations (strict rotation).
    pub retired: u32,
    /// Single tokens.
    pub tokens: u32,
}

impl RevokedCounts {
    /// How many there are of all scopes.
    #[must_use]
    pub fn all(&self) -> u64 {
        let everyone = u32::from(self.everyone_before.is_some());
        [everyone, self.keys, self.subjects, self.sessions, self.retired, self.tokens]
            .into_iter()
            .map(u64::from)
            .fold(0, u64::saturating_add)
    }
}

/// What stands behind the header.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SnapshotContents {
    /// The document, part by part and without gaps.
    pub parts: Vec<SnapshotPart>,
    /// All bytes divided by all revocations; `None` if there are none.
    pub bytes_per_revocation: Option<f64>,
    /// The bloom filter; `None` in a delta and where nothing is in it.
    pub filter: Option<FilterReport>,
}

/// A stretch of the document.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SnapshotPart {
    /// What it is.
    pub name: &'static str,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// How long it is, in bytes.
    pub size: usize,
}

/// The bloom filter, counted on its bits as they are.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FilterReport {
    /// Bits that an entry sets (k).
    pub probes: u8,
    /// Pages.
    pub pages: u32,
    /// Bits of each page.
    pub page_bits: u32,
    /// Bits that are set, in all pages.
    pub ones: u64,
    /// Their share, from 0 to 1. A filter that is built by the rule is about half full.
    pub fill: f64,
    /// One look in so many takes what is not revoked for revoked.
    pub one_in: u64,
    /// What `one_in` has to be at least: 2^probes.
    pub least_one_in: u64,
    /// The fill of each page.
    pub page_fill: Vec<f64>,
    /// How many pages are how full, in steps of equal width.
    pub histogram: Vec<HistogramRow>,
}

/// Pages that are about as full.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct HistogramRow {
    /// Fill from here on …
    pub from: f64,
    /// … and below this.
    pub below: f64,
    /// How many pages.
    pub pages: usize,
}

/// Something to look after.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SnapshotWarning {
    /// A name for programs: `over`, `renewing-stopped`, `publisher-late`, `behind`, `rate`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}
