//! Ring and snapshot of a function, kept for as long as the platform keeps the instance.

use std::sync::{Mutex, MutexGuard, PoisonError};

use safeconduct::{
    Current, Floors, HoldsFilterKeys, Issuer, Issuing, Kind, Node, NodeError, Reads, Ring, RingTextError,
    Timestamp, Update, Verifier, Verifying,
};

use crate::setting::{CONTEXT, SetUpError, Settings};

/// What a function has fetched from its platform. Whatever is absent stays as it was.
#[derive(Debug, Default)]
pub struct Fetched {
    /// The ring's text, where the platform's secret can change under a running instance.
    pub ring: Option<String>,
    /// The snapshot's bytes.
    pub snapshot: Option<Vec<u8>>,
    /// Why there is no snapshot, for operators.
    pub failure: Option<String>,
}

/// A ring decides what its function can do: an issuer's mints, a verifier's cannot.
pub(crate) enum Nodes {
    Mints(Node<Issuing, Issuer>),
    Verifies(Node<Verifying>),
}

/// The pair in force and how it came about.
pub(crate) struct Standing {
    pub(crate) nodes: Nodes,
    memory: Mutex<Memory>,
}

struct Memory {
    looked_at: Option<Timestamp>,
    /// The text of the ring in force, to see whether another one was fetched.
    ring: String,
    ring_version: u64,
    failure: Option<String>,
}

const RING: &str = "RING";

impl Standing {
    pub(crate) fn new(ring: Option<&str>, settings: &Settings) -> Result<Self, SetUpError> {
        let text = ring.ok_or_else(|| SetUpError::new(RING, "is missing"))?;
        // The text of a refusal names roles and lengths, never bytes of the ring.
        let unreadable =
            |why: RingTextError| SetUpError::new(RING, &format!("is no ring for this function: {why}"));
        let no_realm = |why: NodeError| SetUpError::new(RING, &format!("does not do: {why}"));
        let floors = Floors::new().longest_validity(settings.validity);
        let nodes = match text.parse::<Ring<Issuing>>() {
            Ok(ring) => {
                has_kind(&ring, settings.kind)?;
                let settings = settings.clone();
                let make = move |ring: &Ring<Issuing>| {
                    (verifier(ring, &settings), Issuer::new(ring, CONTEXT, &settings.policy, settings.kind))
                };
                Nodes::Mints(Node::new(ring, 0, floors, make).map_err(no_realm)?)
            }
            Err(RingTextError::OtherRole { .. }) => {
                let ring = text.parse::<Ring<Verifying>>().map_err(unreadable)?;
                has_kind(&ring, settings.kind)?;
                let settings = settings.clone();
                let make = move |ring: &Ring<Verifying>| (verifier(ring, &settings), ());
                Nodes::Verifies(Node::new(ring, 0, floors, make).map_err(no_realm)?)
            }
            Err(why) => return Err(unreadable(why)),
        };
        let memory = Memory { looked_at: None, ring: text.to_owned(), ring_version: 0, failure: None };
        Ok(Self { nodes, memory: Mutex::new(memory) })
    }

    /// Whether it is time to fetch: the first time, and whenever the refresh interval is over.
    pub(crate) fn is_due(&self, settings: &Settings, now: Timestamp) -> bool {
        let looked_at = self.memory().looked_at;
        looked_at.is_none_or(|before| {
            now < before || now.seconds_since(before) >= u64::from(settings.refresh.get())
        })
    }

    /// Takes ring and snapshot together. If either is bad, the pair before stays in force.
    pub(crate) fn take(&self, fetched: Fetched, now: Timestamp) -> Result<bool, String> {
        let mut memory = self.memory();
        memory.looked_at = Some(now);
        let ring = fetched.ring.filter(|text| *text != memory.ring);
        let taken = match &self.nodes {
            Nodes::Mints(node) => update(node, ring.as_deref(), fetched.snapshot, memory.ring_version, now),
            Nodes::Verifies(node) => {
                update(node, ring.as_deref(), fetched.snapshot, memory.ring_version, now)
            }
        };
        let outcome = match (taken, fetched.failure) {
            (Ok(changed), None) => Ok(changed),
            (Ok(_), Some(failure)) => Err(failure),
            (Err(why), _) => Err(why),
        };
        if let (Ok(_), Some(ring)) = (&outcome, ring) {
            memory.ring = ring;
            memory.ring_version += 1;
        }
        memory.failure = outcome.as_ref().err().cloned();
        outcome
    }

    /// The last thing that went wrong with fetching, until it goes well again.
    pub(crate) fn failure(&self) -> Option<String> {
        self.memory().failure.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn update<R: Reads + HoldsFilterKeys, X>(
    node: &Node<R, X>,
    ring: Option<&str>,
    snapshot: Option<Vec<u8>>,
    ring_version: u64,
    now: Timestamp,
) -> Result<bool, String> {
    let mut update = Update::new();
    if let Some(text) = ring {
        let ring = text.parse::<Ring<R>>().map_err(|why| format!("the new ring: {why}"))?;
        update = update.ring(ring, ring_version + 1);
    }
    if let Some(bytes) = snapshot {
        update = update.snapshot(bytes);
    }
    node.update(update, now).map_err(|why| why.to_string())
}

fn verifier<R: Reads>(ring: &Ring<R>, settings: &Settings) -> Verifier {
    let verifier = Verifier::new(ring, CONTEXT, &settings.policy, settings.kind);
    if settings.go_on_when_stale { verifier.dangerous_fail_open() } else { verifier }
}

fn has_kind<R: Reads>(ring: &Ring<R>, kind: Kind) -> Result<(), SetUpError> {
    if ring.keys(Timestamp::MIN).any(|key| key.kind == kind) {
        return Ok(());
    }
    Err(SetUpError::new(RING, &format!("has no key of kind {}", kind.letter())))
}

/// For operators: versions and ages, no secrets.
pub(crate) fn describe<R: Reads + HoldsFilterKeys, X>(current: &Current<R, X>, now: Timestamp) -> String {
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
