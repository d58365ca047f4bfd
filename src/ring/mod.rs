//! WHICH KEY: windows, states, selection, schedule, merging, and the ring's text and published form. Holds at most 16 keys inline; knows no tokens.

#[cfg(feature = "alloc")]
mod advance;
#[cfg(feature = "signatures")]
mod document_keys;
mod entries;
mod error;
#[cfg(feature = "std")]
mod file;
mod merge;
mod payload;
#[cfg(all(feature = "alloc", feature = "signatures"))]
mod publish;
#[cfg(feature = "signatures")]
mod published;
mod realm;
mod role;
mod schedule;
mod state;
mod text;
mod window;

#[cfg(feature = "alloc")]
pub use advance::{Advance, AdvanceError, NotStored, RevokedKey, Unpublished};
#[cfg(feature = "signatures")]
pub use document_keys::{KeyEncryptionKey, RootKey, RootPublicKey};
pub(crate) use entries::{Entries, Entry};
pub use error::{RingError, RingTextError};
#[cfg(feature = "std")]
pub use file::RingFileError;
#[cfg(feature = "signatures")]
pub use published::{Pinned, Published, PublishedError};
pub use realm::{Realm, RealmError};
pub use role::{HoldsFilterKeys, Issuing, Public, Reads, Ring, RingKeyInfo, Role, Verifying};
pub use schedule::{Schedule, ScheduleError};
pub use state::KeyState;
#[cfg(feature = "alloc")]
pub use text::RingText;
pub use window::{Window, WindowError};
