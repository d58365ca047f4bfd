//! What people read: errors say what is wrong, each variant in words of its own.
#![cfg(feature = "std")]

use std::error::Error;
use std::fmt::{Debug, Display};
use std::sync::Arc;

use safeconduct::http::{
    ChangeError, CsrfError, CsrfRejected, Generation, NoSharedKey, Refusal, SessionCookie,
};
use safeconduct::{
    AdvanceError, Backend, ContextError, FileStoreError, JournalError, LoadError, MintError, NodeError,
    NotAnId, PolicyError, PublicKeyError, PublishError, PublishedError, RealmError, RealmId, Reason,
    RingError, RingFileError, RingTextError, ScheduleError, Scope, Seconds, SignerError, SnapshotError,
    SubjectError, TimeOutOfRange, Verifying, VerifyingKeyError, WindowError, inspect,
};

const REALM: RealmId = RealmId::from_bytes([0xAB, 1, 2, 3]);

#[track_caller]
fn says(value: impl Display, text: &str) {
    assert_eq!(value.to_string(), text);
}

/// Each text is of its own, and none is empty.
#[track_caller]
fn are_told_apart<E: Display + Debug>(errors: &[E]) {
    let texts: std::collections::BTreeSet<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), errors.len(), "{texts:?}");
    assert!(texts.iter().all(|text| text.len() > 10), "{texts:?}");
}

#[test]
fn errors_of_values_and_policies() {
    for (text, is_id) in [
        ("0aFf", false),
        ("0aFf0102", true),
        ("0aFf01021", false),
        ("0aFf010203", false),
        ("0aFg0102", false),
    ] {
        assert_eq!(text.parse::<RealmId>().is_ok(), is_id, "{text}");
    }
    says(TimeOutOfRange, "a time must be between the years 1970 and 9999");
    says(SubjectError, "a subject must be 1 to 128 bytes");
    says(NotAnId, "not an id: it must be hexadecimal digits of exactly the right number");
    says(ContextError::NoParts, "a context needs at least one part");
    are_told_apart(&[ContextError::NoParts, ContextError::EmptyPart, ContextError::TooLong]);
    says(PolicyError::SkewTooLarge, "the skew is at most 2 min");
    let ceiling = Seconds::hours(24);
    says(
        PolicyError::SessionCeiling { ceiling },
        "sessions of this level are at most 1 d; `deviation` allows more, with a reason",
    );
    are_told_apart(&[
        PolicyError::Zero,
        PolicyError::IdleAboveSession,
        PolicyError::RenewalTooLate,
        PolicyError::SkewTooLarge,
        PolicyError::ElevationTooLong,
        PolicyError::OwnTokensTooLong,
        PolicyError::SessionCeiling { ceiling },
        PolicyError::IdleCeiling { ceiling },
        PolicyError::Aal3Session,
        PolicyError::DeviationNeedsReason,
    ]);
    says(MintError::TooLarge, "the token would be longer than 4,096 characters");
    are_told_apart(&[
        MintError::Random,
        MintError::Signer,
        MintError::NoMintingKey,
        MintError::OutlivesKey,
        MintError::TooLarge,
        MintError::AppClaims,
        MintError::Times,
        MintError::SessionOver,
        MintError::RotationExhausted,
        MintError::ForeignContext,
        MintError::Stale,
        MintError::Unrevocable,
        MintError::LevelAbovePolicy,
        MintError::CeilingExceeded,
        MintError::WouldReveal,
        MintError::LevelTooLow,
        MintError::ElevationLife,
        MintError::AlreadyOut,
        MintError::NotLogged,
        MintError::Revoked,
    ]);
    for scope in [Scope::Everyone, Scope::Key, Scope::Subject, Scope::Session, Scope::Token] {
        says(Reason::Revoked(scope), &format!("Revoked({})", scope.name()));
    }
    says(Reason::Expired, Reason::Expired.name());
    says(Backend::Portable, "portable");
    says(Backend::Fast, "fast");
}

#[test]
fn errors_of_keys_and_rings() {
    says(PublicKeyError::SmallOrder, "the public key is of small order");
    says(VerifyingKeyError::Public(PublicKeyError::NotAPoint), "the public key is not a point of the curve");
    says(VerifyingKeyError::Random, "the random source failed");
    says(SignerError, "no signature was made");
    says(RingError::Full, "the ring is full: it has 16 keys");
    are_told_apart(&[
        RingError::Full,
        RingError::DuplicateId,
        RingError::WindowConflict,
        RingError::RealmConflict,
        RingError::TooManyRealms,
    ]);
    says(RingTextError::UnknownRole, "the role of the ring is unknown");
    says(RingFileError::Text(RingTextError::UnknownRole), "the role of the ring is unknown");
    says(AdvanceError::OutOfRange, "the next key would reach beyond the year 9999");
    are_told_apart(&[
        AdvanceError::ClockJump,
        AdvanceError::Full,
        AdvanceError::Random,
        AdvanceError::OutOfRange,
    ]);
    says(ScheduleError::TooLong, "a duration is beyond all use");
    are_told_apart(&[
        ScheduleError::PublishedTooLate,
        ScheduleError::TooLong,
        ScheduleError::StagedAsLongAsItMints,
    ]);
    says(WindowError::NeverMints, "the key would never mint");
    are_told_apart(&[WindowError::NeverMints, WindowError::OutOfRange]);
    says(RealmError::SignerCount, "a realm has one or two signers");
    are_told_apart(&[
        RealmError::SignerCount,
        RealmError::SignerOrder,
        RealmError::Signer(PublicKeyError::SmallOrder),
        RealmError::WrongId,
        RealmError::Version,
        RealmError::Random,
    ]);
    are_told_apart(&[
        PublicKeyError::NotAPoint,
        PublicKeyError::NotCanonical,
        PublicKeyError::SmallOrder,
        PublicKeyError::MixedOrder,
        PublicKeyError::SignaturesNotBuilt,
    ]);
    says(
        PublishedError::Older { found: 3, had: 5 },
        "the published ring has version 3, and 5 was taken before",
    );
    says(
        PublishedError::OtherKeyEncryptionKey { found: [0xAB, 1, 2, 3] },
        "the ring is wrapped under another key, ab010203",
    );
    says(PublishedError::Equivocation { version: 7 }, "two different rings are signed as version 7");
    says(
        PublishedError::Ring(RingTextError::UnknownRole),
        "the published ring: the role of the ring is unknown",
    );
    are_told_apart(&[
        PublishedError::NotADocument,
        PublishedError::OtherRole,
        PublishedError::DoesNotOpen,
        PublishedError::BadSignature,
        PublishedError::Version,
        PublishedError::Random,
    ]);
    let missing = safeconduct::Ring::<Verifying>::load(std::path::Path::new("/nowhere/ring")).unwrap_err();
    assert!(missing.to_string().starts_with("the ring's file could not be read: "), "{missing}");
    assert!(missing.source().is_some());
    assert!(RingFileError::Text(RingTextError::Checksum).source().is_some());
}

#[test]
fn errors_of_revocation_and_publication() {
    says(SnapshotError::ForeignRealm { found: REALM }, "the ring has no realm ab010203");
    says(JournalError::NotASigner, "the signer is none of the realm's");
    are_told_apart(&[
        JournalError::NotAJournal,
        JournalError::OtherRealm,
        JournalError::NotASigner,
        JournalError::BadSignature,
        JournalError::Damaged,
        JournalError::NoFilterKey,
        JournalError::OtherSettings,
        JournalError::Version,
        JournalError::Clock,
        JournalError::Uncommitted,
        JournalError::TooLarge,
        JournalError::Random,
    ]);
    says(NodeError::NoSnapshot { realm: REALM }, "there is no snapshot of the ring's realm ab010203");
    says(NodeError::NoBase { realm: REALM }, "a delta of realm ab010203 without a snapshot to go on from");
    says(NodeError::NoRealm, "the ring has no revocation realm");
    says(NodeError::OlderRing { found: 3, had: 4 }, "the ring has version 3, and 4 is in force");
    says(NodeError::Snapshot(SnapshotError::BadSignature), "the revocation snapshot: the signature is wrong");
    says(LoadError::Nothing, "no snapshot was published here yet");
    says(LoadError::Snapshot(SnapshotError::BadSignature), "the signature is wrong");
    let failed = || LoadError::Store(Box::from("no network"));
    says(failed(), "the snapshot's store failed: no network");
    assert_eq!(failed().source().unwrap().to_string(), "no network");
    assert!(LoadError::Nothing.source().is_none());
    assert!(LoadError::Snapshot(SnapshotError::Length).source().is_some());
    let store = || PublishError::Store(Arc::from(Box::<dyn Error + Send + Sync>::from("no network")));
    says(store(), "the store failed: no network");
    assert_eq!(store().source().unwrap().to_string(), "no network");
    says(PublishError::Journal(JournalError::NotASigner), "the signer is none of the realm's");
    assert!(PublishError::Journal(JournalError::NotASigner).source().is_some());
    assert!(PublishError::NoLog.source().is_none());
    says(
        PublishError::WentBack { found: 3, had: 5 },
        "the revocation log went back from version 5 to 3: revocations are forgotten",
    );
    says(
        PublishError::BelowFloor { found: 3, least: 5 },
        "the log has version 3, and the ring demands 5: nodes would refuse it",
    );
    are_told_apart(&[
        PublishError::NoLog,
        PublishError::AlreadyThere,
        PublishError::OtherLog,
        PublishError::Contended,
        PublishError::Abandoned,
    ]);
    let path = || std::path::PathBuf::from("/var/log.scl");
    says(FileStoreError::TooLong { path: path(), most_bytes: 9 }, "/var/log.scl: longer than 9 bytes");
    says(FileStoreError::NotAFile { path: path() }, "/var/log.scl: not a plain file, so it is not replaced");
    assert!(FileStoreError::NotAFile { path: path() }.source().is_none());
    let why = std::io::Error::other("no disk");
    let failed = FileStoreError::Io { action: "read", path: path(), why };
    assert_eq!(failed.to_string(), "cannot read /var/log.scl: no disk");
    assert_eq!(failed.source().unwrap().to_string(), "no disk");
}

#[test]
fn errors_on_the_web() {
    says(ChangeError::NoSession, "there is no session to step up from");
    says(ChangeError::Mint(MintError::Random), "the random source failed");
    says(ChangeError::Refused(Reason::Idle), "the new token is refused by our own verifier: Idle");
    are_told_apart(&[ChangeError::NoSession, ChangeError::Foreign, ChangeError::NoWay, ChangeError::TooLate]);
    let name = SessionCookie::named("session").unwrap_err();
    says(name, "a session cookie is called `__Host-` and 1 to 57 letters, digits, `-`, `_` or `.` more");
    says(CsrfRejected, "request rejected");
    says(NoSharedKey, "the ring has no key of kind `e` or `n` to make anti-forgery tokens with");
    are_told_apart(&[CsrfError::Random, CsrfError::NoMintingKey, CsrfError::NoSession]);
    are_told_apart(&[Refusal::Foreign, Refusal::Unavailable]);
    says(Generation::default(), "0000");
    let fault = inspect::outline("sc1e%").err().unwrap();
    assert!(!fault.to_string().is_empty());
}
