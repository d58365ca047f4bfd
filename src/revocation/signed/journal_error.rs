//! Why a log is not read, merged or committed.

use core::fmt;

/// Why a log is not read, merged, committed or published. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JournalError {
    /// The bytes do not begin as a log does.
    NotAJournal,
    /// The log of another realm, or an earlier version of another log.
    OtherRealm,
    /// The signer is none of the realm's.
    NotASigner,
    /// The signature is wrong: altered, or forged.
    BadSignature,
    /// The contents are not the signed ones.
    Damaged,
    /// The realm comes from a public ring and has no filter key.
    NoFilterKey,
    /// The other region keeps its entries for another time: the longest token and the staleness bound have to be the same.
    OtherSettings,
    /// There is no version after this one, or it is not later than the other.
    Version,
    /// Longer after the last version than the settings allow: the clock is wrong, or the log was left alone for very long
    /// ([`JournalSettings::longest_pause`](crate::JournalSettings::longest_pause)).
    Clock,
    /// Something besides revocations has changed since the log was committed ([`Journal::merge`](crate::Journal::merge) or a setting): commit and store it first.
    Uncommitted,
    /// More entries than a filter holds, or more bytes than can be signed.
    TooLarge,
    /// The random source failed.
    Random,
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAJournal => "not a revocation log: it does not begin as one does",
            Self::OtherRealm => "the revocation log of another realm, or not an earlier version of this one",
            Self::NotASigner => "the signer is none of the realm's",
            Self::BadSignature => "the signature of the revocation log is wrong",
            Self::Damaged => "the revocation log is damaged",
            Self::NoFilterKey => "the realm has no filter key: it comes from a public ring",
            Self::OtherSettings => "the other region has another longest token or staleness bound",
            Self::Version => "there is no later version",
            Self::Clock => "the clock is too far ahead of the log's last version",
            Self::Uncommitted => "the log was changed and has to be committed first",
            Self::TooLarge => "there are more entries than a filter holds",
            Self::Random => "the random source failed",
        })
    }
}

impl core::error::Error for JournalError {}
