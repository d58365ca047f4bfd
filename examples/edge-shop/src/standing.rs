//! Ring and snapshot of a function, kept for as long as the platform keeps the instance.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use safeconduct::http::{NodeSessions, SessionSource, WebIssuer};
use safeconduct::rand_core::TryCryptoRng;
use safeconduct::{Issuer, Issuing, Ring, RingTextError, Timestamp, Verifying};

use crate::held::Held;
use crate::setting::{CONTEXT, RING, SetUpError, Settings};

/// What a function has fetched from its platform. Whatever is absent stays as it was.
#[derive(Debug, Default)]
pub struct Fetched {
    /// The text of the ring, where the platform's secret can change under a running instance. Not looked at where rings are published.
    pub ring: Option<String>,
    /// The published ring, from a store that need not be trusted: it is opened by `RING_KEY` and `RING_ROOT`.
    pub document: Option<String>,
    /// The snapshot's bytes.
    pub snapshot: Option<Vec<u8>>,
    /// What could not be fetched and why, for operators.
    pub failure: Option<String>,
}

/// A ring decides what its function can do: an issuer's mints, a verifier's cannot.
pub(crate) enum Nodes {
    Mints(Held<Issuing>),
    Verifies(Held<Verifying>),
}

/// The pair in force and how it came about.
pub(crate) struct Standing {
    pub(crate) nodes: Nodes,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    looked_at: Option<Timestamp>,
    failure: Option<String>,
}

impl Standing {
    pub(crate) fn new(ring: Option<&str>, settings: &Settings) -> Result<Self, SetUpError> {
        let text = ring.ok_or_else(|| SetUpError::new(RING, "is missing"))?;
        // The text of a refusal names roles and lengths, never bytes of the ring.
        let unreadable =
            |why: RingTextError| SetUpError::new(RING, &format!("is no ring for this function: {why}"));
        let nodes = match text.parse::<Ring<Issuing>>() {
            Ok(ring) => Nodes::Mints(Held::new(text, ring, settings, |ring, settings| {
                WebIssuer::new(Issuer::new(ring, CONTEXT, &settings.policy, settings.kind))
            })?),
            Err(RingTextError::OtherRole { .. }) => {
                let ring = text.parse::<Ring<Verifying>>().map_err(unreadable)?;
                Nodes::Verifies(Held::new(text, ring, settings, |_, _| WebIssuer::verifying())?)
            }
            Err(why) => return Err(unreadable(why)),
        };
        Ok(Self { nodes, memory: Mutex::default() })
    }

    /// What exchanges ask.
    pub(crate) fn source<G: TryCryptoRng>(
        &self,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn() -> G + Send + Sync + 'static,
    ) -> Arc<dyn SessionSource<()>> {
        match &self.nodes {
            Nodes::Mints(held) => Arc::new(NodeSessions::new(held.node.clone(), clock, random)),
            Nodes::Verifies(held) => Arc::new(NodeSessions::new(held.node.clone(), clock, random)),
        }
    }

    /// Whether it is time to fetch: the first time, and whenever the refresh interval is over.
    pub(crate) fn is_due(&self, settings: &Settings, now: Timestamp) -> bool {
        let looked_at = self.memory().looked_at;
        looked_at.is_none_or(|before| {
            now < before || now.seconds_since(before) >= u64::from(settings.refresh.get())
        })
    }

    /// Takes what was fetched.
    pub(crate) fn take(&self, fetched: Fetched, now: Timestamp) -> Result<bool, String> {
        let outcome = match &self.nodes {
            Nodes::Mints(held) => held.take(fetched, now),
            Nodes::Verifies(held) => held.take(fetched, now),
        };
        *self.memory() = Memory { looked_at: Some(now), failure: outcome.as_ref().err().cloned() };
        outcome
    }

    /// For operators.
    pub(crate) fn describe(&self, now: Timestamp) -> String {
        match &self.nodes {
            Nodes::Mints(held) => format!("mints; {}", held.describe(now)),
            Nodes::Verifies(held) => format!("verifies; {}", held.describe(now)),
        }
    }

    /// The last thing that went wrong with fetching, until it goes well again.
    pub(crate) fn failure(&self) -> Option<String> {
        self.memory().failure.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
