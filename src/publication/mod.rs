//! WHAT EVERYBODY GETS TO SEE: where the log and the snapshots are kept, and who writes them there.

#[cfg(feature = "std")]
mod file_store;
#[cfg(feature = "std")]
mod group;
#[cfg(feature = "std")]
mod load;
#[cfg(feature = "std")]
mod log_writer;
#[cfg(feature = "std")]
mod mem_store;
#[cfg(feature = "std")]
mod publish;
#[cfg(feature = "std")]
mod publish_error;
#[cfg(feature = "std")]
mod publisher;
mod store;

#[cfg(feature = "std")]
pub use file_store::{FileStore, FileStoreError};
#[cfg(feature = "std")]
pub use load::LoadError;
#[cfg(feature = "std")]
pub use mem_store::MemStore;
#[cfg(feature = "std")]
pub use publish::{Publication, PublicationKind};
#[cfg(feature = "std")]
pub use publish_error::PublishError;
#[cfg(feature = "std")]
pub use publisher::Publisher;
pub use store::{Put, Store, StoreVersion};
