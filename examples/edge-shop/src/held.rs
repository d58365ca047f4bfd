//! The pair of ring and snapshots in force, for one role of ring.

use std::sync::{Arc, Mutex, PoisonError};

use safeconduct::http::WebIssuer;
use safeconduct::{
    Floors, HoldsFilterKeys, Kind, Node, Pinned, Published, Reads, Ring, Timestamp, Update, Verifier,
};

use crate::document_keys::DocumentKeys;
use crate::setting::{CONTEXT, RING, SetUpError, Settings};
use crate::standing::Fetched;

/// The pair, and what has to be remembered of the ring in it.
pub(crate) struct Held<R: Reads + HoldsFilterKeys> {
    pub(crate) node: Arc<Node<R, WebIssuer>>,
    kind: Kind,
    documents: Option<Arc<DocumentKeys>>,
    memory: Mutex<Memory<R>>,
}

struct Memory<R: Reads + HoldsFilterKeys> {
    /// The secret in force, to see whether another one was fetched.
    secret: String,
    /// Of the document taken last: the store can bring back no older one.
    pinned: Pinned<R>,
}

/// A ring that was fetched, with the version of its document: 0 for one out of a secret.
type Candidate<R> = Option<(Ring<R>, u64)>;

impl<R: Reads + HoldsFilterKeys> Held<R> {
    pub(crate) fn new(
        secret: &str,
        ring: Ring<R>,
        settings: &Settings,
        issuer: impl Fn(&Ring<R>, &Settings) -> WebIssuer + Send + Sync + 'static,
    ) -> Result<Self, SetUpError> {
        has_kind(&ring, settings.kind).map_err(|why| SetUpError::new(RING, &why))?;
        let floors = Floors::new().longest_validity(settings.validity);
        let own = settings.clone();
        let make = move |ring: &Ring<R>| (verifier(ring, &own), issuer(ring, &own));
        let node = Node::new(ring, 0, floors, make)
            .map_err(|why| SetUpError::new(RING, &format!("does not do: {why}")))?;
        Ok(Self {
            node: Arc::new(node),
            kind: settings.kind,
            documents: settings.documents.clone(),
            memory: Mutex::new(Memory { secret: secret.to_owned(), pinned: Pinned::new() }),
        })
    }

    /// Takes ring and snapshot together. Where the ring is no good, the snapshot is taken with the ring before: who has logged out must not come back because a ring was damaged.
    pub(crate) fn take(&self, fetched: Fetched, now: Timestamp) -> Result<bool, String> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Fetched { ring, document, snapshot, failure } = fetched;
        // What is remembered changes only when the node has taken the ring.
        let mut pinned = Pinned::from_bytes(&memory.pinned.to_bytes());
        let candidate = self.candidate(ring.as_deref(), document.as_deref(), &memory.secret, &mut pinned);
        let snapshot: Option<Arc<[u8]>> = snapshot.map(Arc::from);
        let update = || snapshot.clone().map_or_else(Update::new, |bytes| Update::new().snapshot(bytes));
        let mut trouble = failure;
        match candidate {
            Ok(Some((found, version))) => match self.node.update(update().ring(found, version), now) {
                Ok(changed) => {
                    *memory = Memory { secret: ring.unwrap_or_else(|| memory.secret.clone()), pinned };
                    return trouble.map_or(Ok(changed), Err);
                }
                Err(why) => trouble = Some(why.to_string()),
            },
            Ok(None) => {}
            Err(why) => trouble = Some(why),
        }
        let changed = self.node.update(update(), now).map_err(|why| why.to_string())?;
        trouble.map_or(Ok(changed), Err)
    }

    /// The ring that was fetched, if it is another one.
    fn candidate(
        &self,
        secret: Option<&str>,
        document: Option<&str>,
        secret_before: &str,
        pinned: &mut Pinned<R>,
    ) -> Result<Candidate<R>, String> {
        let found = match (&self.documents, document, secret) {
            (Some(keys), Some(text), _) => {
                let document =
                    Published::open(text, &keys.wrapping, &keys.root).map_err(|why| why.to_string())?;
                let version = document.version();
                pinned.take(document).map_err(|why| why.to_string())?.map(|ring| (ring, version))
            }
            (None, _, Some(text)) if text != secret_before => {
                Some((text.parse().map_err(|why| format!("the new ring: {why}"))?, 0))
            }
            _ => None,
        };
        if let Some((ring, _)) = &found {
            has_kind(ring, self.kind).map_err(|why| format!("the new ring {why}"))?;
        }
        Ok(found)
    }

    /// For operators: versions and ages, no secrets.
    pub(crate) fn describe(&self, now: Timestamp) -> String {
        let current = self.node.current();
        let mut text = format!("ring={}", current.ring_version());
        let mut found = false;
        for snapshot in current.snapshots().iter() {
            found = true;
            let age = now.seconds_since(snapshot.complete_to());
            text.push_str(&format!("; snapshot={} age={age}", snapshot.version()));
        }
        if !found {
            text.push_str("; snapshot=none");
        }
        text
    }
}

fn verifier<R: Reads>(ring: &Ring<R>, settings: &Settings) -> Verifier {
    let verifier = Verifier::new(ring, CONTEXT, &settings.policy, settings.kind);
    if settings.go_on_when_stale { verifier.dangerous_fail_open() } else { verifier }
}

fn has_kind<R: Reads>(ring: &Ring<R>, kind: Kind) -> Result<(), String> {
    if ring.keys(Timestamp::MIN).any(|key| key.kind == kind) {
        return Ok(());
    }
    Err(format!("has no key of kind {}", kind.letter()))
}
