#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(unreachable_pub)]
// Without `alloc` nothing mints and no ring is written; what only they use is left unused then.
#![cfg_attr(not(feature = "alloc"), allow(dead_code))]
#![deny(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::missing_errors_doc
)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "axum")]
pub mod axum;
mod claims;
mod error;
pub mod http;
#[cfg(feature = "alloc")]
pub mod inspect;
#[cfg(feature = "alloc")]
mod issuer;
mod keys;
#[cfg(feature = "std")]
mod node;
mod policy;
mod proof;
#[cfg(feature = "alloc")]
mod publication;
mod revocation;
mod ring;
mod session;
#[cfg(feature = "tower")]
pub mod tower;
mod values;
mod verifier;
mod wire;

pub use claims::Elevation;
pub use error::{MintError, Reason, Rejected, Scope};
#[cfg(feature = "alloc")]
pub use issuer::{Grant, Issuer, PendingElevation, PendingReissue, Rotated, Token};
pub use keys::{InRing, IssuingKey, PublicKeyError, Signer, SignerError, VerifyingKey, VerifyingKeyError};
#[cfg(feature = "std")]
pub use node::{Current, Node, NodeError, Snapshots, Update};
pub use policy::{Policy, PolicyBuilder, PolicyError, PolicyReport};
pub use proof::{Backend, backend};
#[cfg(feature = "std")]
pub use publication::{
    FileStore, FileStoreError, LoadError, MemStore, Publication, PublicationKind, PublishError, Publisher,
};
#[cfg(feature = "alloc")]
pub use publication::{Put, Store, StoreVersion};
pub use revocation::{
    Answer, CoarseSnapshot, Facts, Floors, Freshness, Grounds, LogAnswer, Origin, Revocation, RevocationLog,
    Revocations, Snapshot, SnapshotError, SnapshotKeys, Spared, Target,
};
#[cfg(feature = "alloc")]
pub use revocation::{Commit, ExactCopy, ExactList, Journal, JournalError, JournalSettings, SnapshotSigner};
#[cfg(feature = "std")]
pub use ring::RingFileError;
#[cfg(feature = "alloc")]
pub use ring::{Advance, AdvanceError, NotStored, RevokedKey, RingText, Unpublished};
pub use ring::{
    HoldsFilterKeys, Issuing, KeyEncryptionKey, KeyState, Pinned, Public, Published, PublishedError, Reads,
    Realm, RealmError, Ring, RingError, RingKeyInfo, RingTextError, Role, RootKey, RootPublicKey, Schedule,
    ScheduleError, Verifying, Window, WindowError,
};
pub use session::{Departing, Session, StepUp};
pub use values::{
    AuthLevel, Context, ContextError, KeyId, Kind, NotAnId, RealmId, Seconds, SessionId, Subject,
    SubjectError, Thumbprint, TimeOutOfRange, Timestamp, TokenId,
};
pub use verifier::{Undecided, Unrevocable, Verifier};
pub use wire::Scratch;

/// Randomness is an argument: the traits that a random source has to have.
pub use rand_core;
