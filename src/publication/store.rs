//! Where one document is kept.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A place that keeps one document and replaces it by compare-and-swap: an object in object storage, a key in a key-value store, a row, a file.
///
/// Two functions, both of which may block. There is no asynchronous form: where storing is asynchronous, use [`Journal`](crate::Journal) and
/// [`Commit`](crate::Commit) by themselves, or call from a thread that may block.
///
/// What an implementation has to guarantee:
///
/// 1. **One order.** [`put_if`](Self::put_if) compares and replaces in one step, as seen from everywhere. Of two calls that expect the same version, at most one is
///    answered with [`Put::Stored`]. A conditional write does that (`If-Match` and `If-None-Match: *` in object storage, a transaction that compares a revision, `UPDATE …
///    WHERE version = …`); a look followed by a write does not, and loses log-outs without a sign.
/// 2. **Whole documents.** [`get`](Self::get) returns what one `put_if` was given, all of it, and never a version older than one that was already returned or stored. So
///    no cache and no lagging replica may answer it.
/// 3. **Durable.** `Stored` is the answer once the document survives whatever the operator wants it to survive. If `put_if` fails, a document that `get` returns
///    afterwards is as durable as one that was answered with `Stored`.
/// 4. **A version is never used again** for other bytes: an entity tag, a revision, or a hash of the contents.
///
/// A **lost reply** is an error of `put_if` after which the document was replaced all the same, now or a little later: a time-out, a connection that broke. That is
/// allowed, and a [`Conflict`](Put::Conflict) in its place, too (a client library that tries again by itself finds its own first try). A [`Publisher`](crate::Publisher) finds out which it was.
///
/// ```
/// # use safeconduct::{MemStore, Put, Store};
/// let store = MemStore::new();
/// let Put::Stored(version) = store.put_if(b"one", None)? else { panic!("it was empty") };
/// assert!(matches!(store.put_if(b"other", None)?, Put::Conflict));
/// assert!(matches!(store.put_if(b"two", Some(&version))?, Put::Stored(_)));
/// # Ok::<(), std::convert::Infallible>(())
/// ```
pub trait Store {
    /// Why a call failed. It must contain no secret: operators log it.
    type Error: core::error::Error + Send + Sync + 'static;

    /// The document and its version; `None` if nothing was ever stored. Whatever else keeps it from being read is an error, never `None`.
    ///
    /// # Errors
    ///
    /// Whatever the place says.
    fn get(&self) -> Result<Option<(Vec<u8>, StoreVersion)>, Self::Error>;

    /// Puts a document in the place of the version that is expected, `None` for nothing at all. If something else is there, nothing changes.
    ///
    /// # Errors
    ///
    /// Whatever the place says. Whether the document was stored is open then.
    fn put_if(&self, bytes: &[u8], expected: Option<&StoreVersion>) -> Result<Put, Self::Error>;
}

/// What [`Store::put_if`] did. The enum is complete.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a conflict has stored nothing"]
pub enum Put {
    /// The document is stored, durably, and has this version.
    Stored(StoreVersion),
    /// Something else was there than what was expected. Read again.
    Conflict,
}

/// Names one state of a [`Store`]: whatever the place calls a version, as bytes. Only equality means anything.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StoreVersion(Box<[u8]>);

impl StoreVersion {
    /// An entity tag, a revision, a hash.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The same bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for StoreVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreVersion({})", self.0.escape_ascii())
    }
}

macro_rules! forward {
    ($($kind:ty),*) => {$(
        impl<S: Store + ?Sized> Store for $kind {
            type Error = S::Error;

            fn get(&self) -> Result<Option<(Vec<u8>, StoreVersion)>, Self::Error> {
                (**self).get()
            }

            fn put_if(&self, bytes: &[u8], expected: Option<&StoreVersion>) -> Result<Put, Self::Error> {
                (**self).put_if(bytes, expected)
            }
        }
    )*};
}

forward!(&S, Arc<S>, Box<S>);
