//! A store that fails as stores do.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use safeconduct::{MemStore, Put, Store, StoreVersion};

/// What happens at one `put_if`.
pub enum Fault {
    /// Nothing.
    None,
    /// It fails, and nothing was stored.
    Lost,
    /// It is stored, and the reply is lost.
    ReplyLost,
    /// It is stored, and the answer is a conflict: a client library has tried twice.
    OwnConflict,
    /// Nothing was stored, and the answer is a conflict: the store compares wrongly.
    FalseConflict,
    /// It fails, and the document arrives before the next `put_if`.
    Delayed,
    /// Somebody else is faster.
    Before(Box<dyn FnOnce() + Send>),
    /// The reply is lost, and somebody else goes on from there.
    ReplyLostThen(Box<dyn FnOnce() + Send>),
    /// The store's code panics.
    Panic,
}

#[derive(Clone, Default)]
pub struct Faulty(Arc<Inner>);

#[derive(Default)]
struct Inner {
    store: MemStore,
    faults: Mutex<VecDeque<Fault>>,
    delayed: Mutex<Option<(Vec<u8>, Option<StoreVersion>)>>,
    puts: AtomicUsize,
    slow: bool,
}

impl Faulty {
    pub fn over(store: &MemStore) -> Self {
        Self(Arc::new(Inner { store: store.clone(), ..Inner::default() }))
    }

    /// Each call takes two milliseconds, on the way there or on the way back.
    pub fn slow(store: &MemStore) -> Self {
        Self(Arc::new(Inner { store: store.clone(), slow: true, ..Inner::default() }))
    }

    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.faults.lock().unwrap().extend(faults);
    }

    pub fn puts(&self) -> usize {
        self.0.puts.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection broke")
    }
}

impl std::error::Error for Broken {}

impl Store for Faulty {
    type Error = Broken;

    fn get(&self) -> Result<Option<(Vec<u8>, StoreVersion)>, Broken> {
        let found = self.0.store.get().unwrap();
        if self.0.slow {
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(found)
    }

    fn put_if(&self, bytes: &[u8], expected: Option<&StoreVersion>) -> Result<Put, Broken> {
        let store = &self.0.store;
        self.0.puts.fetch_add(1, Ordering::SeqCst);
        if self.0.slow {
            std::thread::sleep(Duration::from_millis(2));
        }
        let put = || store.put_if(bytes, expected).unwrap();
        if let Some((bytes, expected)) = self.0.delayed.lock().unwrap().take() {
            let _ = store.put_if(&bytes, expected.as_ref()).unwrap();
        }
        let fault = self.0.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::None => Ok(put()),
            Fault::Lost => Err(Broken),
            Fault::ReplyLost => {
                let _ = put();
                Err(Broken)
            }
            Fault::OwnConflict => {
                let _ = put();
                Ok(Put::Conflict)
            }
            Fault::FalseConflict => Ok(Put::Conflict),
            Fault::Delayed => {
                *self.0.delayed.lock().unwrap() = Some((bytes.to_vec(), expected.cloned()));
                Err(Broken)
            }
            Fault::Before(other) => {
                other();
                Ok(put())
            }
            Fault::ReplyLostThen(other) => {
                let _ = put();
                other();
                Err(Broken)
            }
            Fault::Panic => panic!("on purpose"),
        }
    }
}
