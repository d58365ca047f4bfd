#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(unreachable_pub)]
// Without `alloc` nothing mints and no ring is written, without `signatures` nothing is signed; what only they use is left unused then.
#![cfg_attr(not(all(feature = "alloc", feature = "signatures")), allow(dead_code, unreachable_pub))]
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
#[cfg(all(feature = "std", feature = "signatures"))]
mod node;
mod policy;
mod proof;
#[cfg(all(feature = "alloc", feature = "signatures"))]
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
pub use keys::{InRing, IssuingKey, PublicKeyError, VerifyingKey};
#[cfg(feature = "signatures")]
pub use keys::{Signer, SignerError, VerifyingKeyError};
#[cfg(all(feature = "std", feature = "signatures"))]
pub use node::{Current, Node, NodeError, Snapshots, Update};
pub use policy::{Policy, PolicyBuilder, PolicyError, PolicyReport};
pub use proof::{Backend, backend};
#[cfg(all(feature = "std", feature = "signatures"))]
pub use publication::{
    FileStore, FileStoreError, LoadError, MemStore, Publication, PublicationKind, PublishError, Publisher,
};
#[cfg(all(feature = "alloc", feature = "signatures"))]
pub use publication::{Put, Store, StoreVersion};
pub use revocation::{
    Answer, Facts, Freshness, Grounds, LogAnswer, Origin, Revocation, RevocationLog, Revocations, Spared,
    Target,
};
#[cfg(feature = "signatures")]
pub use revocation::{CoarseSnapshot, Floors, Snapshot, SnapshotError, SnapshotKeys};
#[cfg(all(feature = "alloc", feature = "signatures"))]
pub use revocation::{Commit, Journal, JournalError, JournalSettings, SnapshotSigner};
#[cfg(feature = "alloc")]
pub use revocation::{ExactCopy, ExactList};
#[cfg(feature = "std")]
pub use ring::RingFileError;
#[cfg(feature = "alloc")]
pub use ring::{Advance, AdvanceError, NotStored, RevokedKey, RingText, Unpublished};
pub use ring::{
    HoldsFilterKeys, Issuing, KeyState, Public, Reads, Realm, RealmError, Ring, RingError, RingKeyInfo,
    RingTextError, Role, Schedule, ScheduleError, Verifying, Window, WindowError,
};
#[cfg(feature = "signatures")]
pub use ring::{KeyEncryptionKey, Pinned, Published, PublishedError, RootKey, RootPublicKey};
pub use session::{Departing, Session, StepUp};
pub use values::{
    AuthLevel, Context, ContextError, KeyId, Kind, NotAnId, RealmId, Seconds, SessionId, Subject,
    SubjectError, Thumbprint, TimeOutOfRange, Timestamp, TokenId,
};
pub use verifier::{Undecided, Unrevocable, Verifier};
pub use wire::Scratch;

/// Randomness is an argument: the traits that a random source has to have.
pub use rand_core;
