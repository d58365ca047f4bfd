//! What every error says: something of its own, in one line, as part of a sentence (`error: the ring is full`), so without a capital and a full stop. Reasons say their names, as the
//! SPEC has them.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;

use safeconduct::http::{Csrf, CsrfError, SessionCookie};
use safeconduct::{
    AdvanceError, Context, JournalError, LoadError, MintError, NodeError, Policy, PolicyError,
    PublicKeyError, PublishError, PublishedError, RealmError, RealmId, Reason, Ring, RingError,
    RingFileError, RingTextError, ScheduleError, Scope, Seconds, SignerError, SnapshotError, Subject,
    Timestamp, Verifying, VerifyingKeyError, WindowError,
};

fn check(messages: &[String]) {
    let mut seen = BTreeSet::new();
    for message in messages {
        assert!(seen.insert(message), "said twice: {message}");
        assert!(message.len() > 5 && message.len() < 160, "{message}");
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        let first = message.chars().next().unwrap();
        assert!(!first.is_uppercase() || message.starts_with("AAL"), "{message}");
    }
}

fn said<E: Error>(errors: impl IntoIterator<Item = E>) {
    check(&errors.into_iter().map(|error| error.to_string()).collect::<Vec<_>>());
}

fn realm() -> RealmId {
    RealmId::from_bytes([0xA1, 0xB2, 0xC3, 0xD4])
}

#[test]
fn reasons_and_scopes() {
    for scope in [Scope::Everyone, Scope::Key, Scope::Subject, Scope::Session, Scope::Token] {
        assert_eq!(scope.name(), format!("{scope:?}").to_lowercase());
        assert_eq!(Reason::Revoked(scope).to_string(), format!("Revoked({})", scope.name()));
    }
    let others = [
        Reason::Malformed,
        Reason::UnsupportedFormat,
        Reason::KindNotAccepted,
        Reason::UnknownKey,
        Reason::KeyNotYetValid,
        Reason::KeyExpired,
        Reason::KeyRevoked,
        Reason::Forged,
        Reason::BadClaims,
        Reason::CeilingExceeded,
        Reason::IssuedInFuture,
        Reason::Expired,
        Reason::Idle,
        Reason::BindingRequired,
        Reason::BindingMismatch,
        Reason::NotBound,
        Reason::Superseded,
        Reason::SnapshotStale,
        Reason::SnapshotDamaged,
        Reason::SchemaMismatch,
        Reason::BadAppClaims,
    ];
    for reason in others {
        assert_eq!(reason.to_string(), format!("{reason:?}"));
    }
}

#[test]
fn minting() {
    said([
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
    said([SignerError]);
}

#[test]
fn policies() {
    let ceiling = Seconds::hours(12);
    said([
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
    assert!(PolicyError::IdleCeiling { ceiling }.to_string().contains("12 h"));
    let report = Policy::AAL1.report().to_string();
    assert_eq!(report.lines().count(), 9, "{report}");
}

#[test]
fn keys_and_rings() {
    let keys = [
        PublicKeyError::NotAPoint,
        PublicKeyError::NotCanonical,
        PublicKeyError::SmallOrder,
        PublicKeyError::MixedOrder,
    ];
    said(keys);
    said(keys.map(VerifyingKeyError::Public).into_iter().chain([VerifyingKeyError::Random]));
    said([
        RingError::Full,
        RingError::DuplicateId,
        RingError::WindowConflict,
        RingError::RealmConflict,
        RingError::TooManyRealms,
    ]);
    said([WindowError::NeverMints, WindowError::OutOfRange]);
    said([ScheduleError::PublishedTooLate, ScheduleError::TooLong, ScheduleError::StagedAsLongAsItMints]);
    said([AdvanceError::ClockJump, AdvanceError::Full, AdvanceError::OutOfRange, AdvanceError::Random]);
    let texts = [
        RingTextError::NotARing,
        RingTextError::UnknownRole,
        RingTextError::OtherRole { found: "public", wanted: "issuer" },
        RingTextError::Base64,
        RingTextError::Length,
        RingTextError::Checksum,
        RingTextError::KeyCount { count: 17 },
        RingTextError::UnknownKind { entry: 3 },
        RingTextError::Window { entry: 3, why: WindowError::NeverMints },
        RingTextError::PublicKey { entry: 3, why: PublicKeyError::SmallOrder },
        RingTextError::Order { entry: 3 },
        RingTextError::DuplicateId { entry: 3 },
        RingTextError::RealmCount { count: 9 },
        RingTextError::Realm { realm: 2, why: RealmError::WrongId },
        RingTextError::RealmOrder { realm: 2 },
    ];
    said(texts);
    said(
        texts
            .map(RingFileError::Text)
            .into_iter()
            .chain([RingFileError::Io(std::io::Error::other("no room"))]),
    );
    let published = texts.map(PublishedError::Ring).into_iter().chain([
        PublishedError::NotADocument,
        PublishedError::OtherRole,
        PublishedError::OtherKeyEncryptionKey { found: [1, 2, 3, 4] },
        PublishedError::DoesNotOpen,
        PublishedError::BadSignature,
        PublishedError::Version,
        PublishedError::Older { found: 3, had: 4 },
        PublishedError::Equivocation { version: 4 },
        PublishedError::Random,
    ]);
    said(published);
    assert!(PublishedError::OtherKeyEncryptionKey { found: [1, 2, 3, 4] }.to_string().contains("01020304"));
}

#[test]
fn revocation() {
    let journal = [
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
    ];
    said(journal);
    let publish = journal.map(PublishError::Journal).into_iter().chain([
        PublishError::Store(Arc::new(std::io::Error::other("no room"))),
        PublishError::NoLog,
        PublishError::AlreadyThere,
        PublishError::WentBack { found: 3, had: 4 },
        PublishError::OtherLog,
        PublishError::BelowFloor { found: 3, least: 4 },
        PublishError::Contended,
        PublishError::Abandoned,
    ]);
    said(publish);
    let snapshot = [
        SnapshotError::NotASnapshot,
        SnapshotError::OtherForm,
        SnapshotError::ForeignRealm { found: realm() },
        SnapshotError::UnknownSigner,
        SnapshotError::BadSignature,
        SnapshotError::Header,
        SnapshotError::Length,
        SnapshotError::Damaged,
        SnapshotError::Order,
        SnapshotError::FromTheFuture,
        SnapshotError::Expired { not_after: Timestamp::MAX },
        SnapshotError::BelowFloor { found: 3, least: 4 },
        SnapshotError::Older,
        SnapshotError::Equivocation { version: 4 },
        SnapshotError::Gap { base: 3, had: 2 },
        SnapshotError::OtherLine,
        SnapshotError::RingTooOld { had: 2, least: 3 },
    ];
    said(snapshot);
    let node = snapshot.map(NodeError::Snapshot).into_iter().chain([
        NodeError::NoRealm,
        NodeError::OlderRing { found: 3, had: 4 },
        NodeError::NoSnapshot { realm: realm() },
        NodeError::NoBase { realm: realm() },
    ]);
    said(node);
    let load = snapshot
        .map(LoadError::Snapshot)
        .into_iter()
        .chain([LoadError::Store(Box::new(std::io::Error::other("no room"))), LoadError::Nothing]);
    said(load);
}

#[test]
fn values_and_web() {
    said(
        [Context::new(&[]), Context::new(&[""]), Context::new(&["x"; 65])]
            .map(|context| context.unwrap_err()),
    );
    said([Subject::new("").unwrap_err()]);
    said([Timestamp::from_unix(u64::MAX).unwrap_err()]);
    said(
        ["", "00", "zz"].map(|text| text.parse::<safeconduct::SessionId>().unwrap_err()).into_iter().take(1),
    );
    said([CsrfError::Random, CsrfError::NoMintingKey, CsrfError::NoSession]);
    said([SessionCookie::named("sid").unwrap_err()]);
    let csrf = Csrf::new(&Ring::<Verifying>::new(), safeconduct::context!("x"), &Policy::AAL1);
    said([csrf.unwrap_err()]);
}
