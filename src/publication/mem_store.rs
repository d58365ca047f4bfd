//! A document in memory.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Put, Store, StoreVersion};

/// Keeps a document in memory, for tests and for a service of one process whose log-outs may be forgotten when it ends. Clones share the document.
#[derive(Clone, Default)]
pub struct MemStore(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    revision: u64,
    document: Option<Vec<u8>>,
}

impl MemStore {
    /// An empty place.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        // Nothing can panic between the two fields' changes.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn version(&self) -> StoreVersion {
        StoreVersion::new(&self.revision.to_be_bytes())
    }
}

impl Store for MemStore {
    type Error = Infallible;

    fn get(&self) -> Result<Option<(Vec<u8>, StoreVersion)>, Self::Error> {
        let contents = self.lock();
        Ok(contents.document.as_ref().map(|document| (document.clone(), contents.version())))
    }

    fn put_if(&self, bytes: &[u8], expected: Option<&StoreVersion>) -> Result<Put, Self::Error> {
        let mut contents = self.lock();
        let found = contents.document.as_ref().map(|_| contents.version());
        if found.as_ref() != expected {
            return Ok(Put::Conflict);
        }
        contents.document = Some(bytes.to_vec());
        contents.revision = contents.revision.wrapping_add(1);
        Ok(Put::Stored(contents.version()))
    }
}

impl fmt::Debug for MemStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contents = self.lock();
        let length = contents.document.as_ref().map(Vec::len);
        f.debug_struct("MemStore").field("revision", &contents.revision).field("length", &length).finish()
    }
}
