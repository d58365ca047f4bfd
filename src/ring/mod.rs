//! WHICH KEY: windows, selection and the ring's text. Holds at most 16 keys inline; knows no tokens.

mod entries;
mod role;
mod text;
mod window;

pub(crate) use entries::{Entries, Entry};
pub use role::{Issuing, Reads, Ring, RingError, RingKeyInfo, Role, Verifying};
#[cfg(feature = "alloc")]
pub use text::RingText;
pub use text::RingTextError;
pub use window::{Window, WindowError};
