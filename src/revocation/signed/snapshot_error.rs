//! Why bytes are not taken as a snapshot.

use core::fmt;

use crate::values::{RealmId, Timestamp};

/// Why a snapshot or delta was refused. What was in force before stays in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The bytes do not begin as a snapshot or delta does, or end within the header.
    NotASnapshot,
    /// A delta where a snapshot is wanted, or the other way round.
    OtherForm,
    /// A realm that the ring does not have: another service, another environment, or a ring without this realm yet.
    ForeignRealm {
        /// The realm of the document.
        found: RealmId,
    },
    /// None of the realm's signers has signed it.
    UnknownSigner,
    /// The signature is wrong: altered on the way, or forged.
    BadSignature,
    /// The numbers of the header are impossible, alone or together.
    Header,
    /// The document is not as long as its header says: cut off, or something was appended.
    Length,
    /// The tables or the list of page hashes are not the signed ones: altered on the way, or parts of two versions.
    Damaged,
    /// Rows of a table are out of order.
    Order,
    /// Issued, or complete to a moment, later than now by more than the skew: a clock is wrong.
    FromTheFuture,
    /// Its validity is over.
    Expired {
        /// When it ended.
        not_after: Timestamp,
    },
    /// Its version is below what the ring or the configuration demands.
    BelowFloor {
        /// Its version.
        found: u64,
        /// The lowest to take.
        least: u64,
    },
    /// It is older than what was taken before.
    Older,
    /// It has the version of one that was taken before, and other contents: somebody signed twice.
    Equivocation {
        /// The version of both.
        version: u64,
    },
    /// A delta that goes on from a later version than the one at hand: one in between is missing.
    Gap {
        /// The version that it goes on from.
        base: u64,
        /// The version at hand.
        had: u64,
    },
    /// A delta of another line of versions than the snapshot at hand.
    OtherLine,
    /// It demands a newer ring than the one at hand.
    RingTooOld {
        /// The version of the ring at hand.
        had: u64,
        /// The lowest that it demands.
        least: u64,
    },
}

impl SnapshotError {
    /// The name as SPEC section 9.5 writes it, for logs and metrics: `BelowFloor`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotASnapshot => "NotASnapshot",
            Self::OtherForm => "OtherForm",
            Self::ForeignRealm { .. } => "ForeignRealm",
            Self::UnknownSigner => "UnknownSigner",
            Self::BadSignature => "BadSignature",
            Self::Header => "Header",
            Self::Length => "Length",
            Self::Damaged => "Damaged",
            Self::Order => "Order",
            Self::FromTheFuture => "FromTheFuture",
            Self::Expired { .. } => "Expired",
            Self::BelowFloor { .. } => "BelowFloor",
            Self::Older => "Older",
            Self::Equivocation { .. } => "Equivocation",
            Self::Gap { .. } => "Gap",
            Self::OtherLine => "OtherLine",
            Self::RingTooOld { .. } => "RingTooOld",
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASnapshot => f.write_str("not a revocation snapshot: it does not begin as one does"),
            Self::OtherForm => f.write_str("a delta where a snapshot is wanted, or the other way round"),
            Self::ForeignRealm { found } => write!(f, "the ring has no realm {found}"),
            Self::UnknownSigner => f.write_str("its signer is none of the realm's"),
            Self::BadSignature => f.write_str("the signature is wrong"),
            Self::Header => f.write_str("the numbers of its header are impossible"),
            Self::Length => f.write_str("it is not as long as its header says: cut off or appended to"),
            Self::Damaged => f.write_str("its tables or page hashes are not the signed ones"),
            Self::Order => f.write_str("rows of its tables are out of order"),
            Self::FromTheFuture => {
                f.write_str("it is from the future: clocks disagree by more than the skew")
            }
            Self::Expired { not_after } => write!(f, "its validity ended at {not_after}"),
            Self::BelowFloor { found, least } => {
                write!(f, "it has version {found}, and {least} is the lowest to take")
            }
            Self::Older => f.write_str("it is older than what was taken before"),
            Self::Equivocation { version } => {
                write!(f, "two different snapshots are signed as version {version}")
            }
            Self::Gap { base, had } => {
                write!(f, "a delta from version {base} on, and the snapshot at hand has version {had}")
            }
            Self::OtherLine => f.write_str("a delta of another line of versions than the snapshot at hand"),
            Self::RingTooOld { had, least } => {
                write!(f, "it demands a ring of version {least}, and the one at hand has version {had}")
            }
        }
    }
}

impl core::error::Error for SnapshotError {}
