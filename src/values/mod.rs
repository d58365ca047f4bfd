//! Plain values: small, `Copy`, without behaviour beyond their own meaning.

mod auth_level;
mod context;
mod ids;
mod kind;
mod subject;
mod thumbprint;
mod time;

pub use auth_level::AuthLevel;
pub use context::{Context, ContextError};
#[cfg(any(feature = "alloc", feature = "signatures"))]
pub(crate) use ids::write_hex;
pub use ids::{KeyId, NotAnId, RealmId, SessionId, TokenId};
pub use kind::Kind;
pub(crate) use kind::Kinds;
pub use subject::{Subject, SubjectError};
pub use thumbprint::Thumbprint;
pub use time::{Seconds, TimeOutOfRange, Timestamp};
