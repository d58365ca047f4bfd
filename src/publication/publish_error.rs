//! Why nothing was recorded or published.

use alloc::sync::Arc;
use core::fmt;

use super::Store;
use crate::revocation::JournalError;

/// Why a [`Publisher`](crate::Publisher) could not record or publish. Clones share the store's own error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PublishError {
    /// A store failed. What was to be recorded may be in the log all the same; trying again is safe.
    Store(Arc<dyn core::error::Error + Send + Sync>),
    /// The log's store is empty. If there should be a log, find out where it went; if this is the first time, call
    /// [`Publisher::create`](crate::Publisher::create).
    NoLog,
    /// There is a log already, and none is created over it.
    AlreadyThere,
    /// The log cannot be read, merged or committed.
    Journal(JournalError),
    /// The log has a lower version than before, or than what was published: it was restored from a backup, and has forgotten revocations. Put the later one back. If it is
    /// lost, move this one away, create a new one, and revoke everyone before now.
    WentBack {
        /// The version of the log.
        found: u64,
        /// The version that it had before.
        had: u64,
    },
    /// Another log has taken the place of this one: it was created anew. Open it again if that is meant.
    OtherLog,
    /// The ring demands a higher version than the log has, so no node would take a snapshot of it.
    BelowFloor {
        /// The version of the log.
        found: u64,
        /// The ring's `min_snapshot_version`.
        least: u64,
    },
    /// Others were faster again and again.
    Contended,
    /// The thread that was recording it panicked. It may be in the log all the same; trying again is safe.
    Abandoned,
}

impl PublishError {
    pub(super) fn store<S: Store + ?Sized>(why: S::Error) -> Self {
        Self::Store(Arc::new(why))
    }
}

impl From<JournalError> for PublishError {
    fn from(why: JournalError) -> Self {
        Self::Journal(why)
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(why) => write!(f, "the store failed: {why}"),
            Self::NoLog => f.write_str("there is no revocation log here: create it, if there never was one"),
            Self::AlreadyThere => {
                f.write_str("there is something here already: no new log is created over it")
            }
            Self::Journal(why) => write!(f, "{why}"),
            Self::WentBack { found, had } => {
                write!(
                    f,
                    "the revocation log went back from version {had} to {found}: revocations are forgotten"
                )
            }
            Self::OtherLog => f.write_str("another revocation log has taken the place of this one"),
            Self::BelowFloor { found, least } => {
                write!(f, "the log has version {found}, and the ring demands {least}: nodes would refuse it")
            }
            Self::Contended => f.write_str("other publishers were faster again and again"),
            Self::Abandoned => f.write_str("the thread that was recording it panicked"),
        }
    }
}

impl core::error::Error for PublishError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Store(why) => Some(&**why),
            Self::Journal(why) => Some(why),
            _ => None,
        }
    }
}
