//! WHAT IS SIGNED: snapshots and deltas, as nodes hold them and ask them, and the log that they are made from. Absent without the feature `signatures`.

#[cfg(feature = "alloc")]
mod anatomy;
mod asking;
#[cfg(feature = "alloc")]
mod build;
mod coarse;
#[cfg(feature = "alloc")]
mod envelope;
mod filter;
mod fingerprint;
mod floors;
mod good_pages;
mod header;
#[cfg(feature = "alloc")]
mod journal;
#[cfg(feature = "alloc")]
mod journal_answer;
#[cfg(feature = "alloc")]
mod journal_by_hand;
#[cfg(feature = "alloc")]
mod journal_document;
#[cfg(feature = "alloc")]
mod journal_error;
#[cfg(feature = "std")]
mod journal_publication;
#[cfg(feature = "alloc")]
mod journal_regions;
#[cfg(feature = "alloc")]
mod journal_settings;
mod opened;
#[cfg(feature = "std")]
mod outline;
#[cfg(feature = "alloc")]
mod overlay;
#[cfg(feature = "alloc")]
mod rows;
mod snapshot;
mod snapshot_error;
mod snapshot_keys;
#[cfg(feature = "alloc")]
mod snapshot_signer;
mod tables;

#[cfg(feature = "alloc")]
pub(crate) use anatomy::{Anatomy, Page, judge, judge_after};
pub use coarse::CoarseSnapshot;
#[cfg(feature = "std")]
pub(crate) use envelope::Digest;
pub use floors::Floors;
#[cfg(feature = "alloc")]
pub use journal::{Commit, Journal};
#[cfg(feature = "alloc")]
pub use journal_error::JournalError;
#[cfg(feature = "alloc")]
pub use journal_settings::JournalSettings;
#[cfg(feature = "std")]
pub(crate) use outline::Outline;
pub use snapshot::Snapshot;
pub use snapshot_error::SnapshotError;
pub use snapshot_keys::SnapshotKeys;
#[cfg(feature = "alloc")]
pub use snapshot_signer::SnapshotSigner;

use super::{Answer, Facts, Freshness, Grounds, Revocations};
#[cfg(feature = "alloc")]
use super::{LogAnswer, Origin, Revocation, Spared, Target};
