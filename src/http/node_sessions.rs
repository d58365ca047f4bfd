//! Sessions of a node whose ring and snapshots change while it serves.

use alloc::sync::Arc;
use core::fmt;

use rand_core::TryCryptoRng;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{CsrfError, CsrfRejected, CsrfToken, SessionSource, WebIssuer};
use crate::error::{MintError, Rejected};
use crate::issuer::{Grant, PendingElevation, PendingReissue, Token};
use crate::keys::{InRing, Signer};
use crate::node::Node;
use crate::ring::{HoldsFilterKeys, Reads};
use crate::session::{Departing, Session};
use crate::values::{AuthLevel, Seconds, SessionId, Timestamp};

/// A [`Node`] with a clock and a random source: keys and snapshots are exchanged while requests are served.
///
/// ```
/// # use std::sync::Arc;
/// # use safeconduct::*;
/// use safeconduct::http::{Csrf, WebIssuer, NodeSessions};
/// # fn now() -> Timestamp { Timestamp::MIN }
/// # fn make(ring: Ring<Issuing>, bytes: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
/// const SESSION: Context = context!("shop.example", "session");
/// let node = Arc::new(Node::new(ring, 0, Floors::new(), |ring: &Ring<Issuing>| {
///     let verifier = Verifier::new(ring, SESSION, &Policy::AAL1, Kind::Encrypted);
///     let issuer = WebIssuer::new(Issuer::new(ring, SESSION, &Policy::AAL1, Kind::Encrypted));
///     let csrf = Csrf::new(ring, SESSION, &Policy::AAL1);
///     (verifier, match csrf { Ok(csrf) => issuer.csrf(csrf), Err(_) => issuer })
/// })?);
/// let sessions = Arc::new(NodeSessions::new(node.clone(), now, || getrandom::SysRng)); // for the layer
/// node.update(Update::new().snapshot(bytes), now())?; // whenever a new one was fetched
/// # let _ = sessions;
/// # Ok(())
/// # }
/// ```
pub struct NodeSessions<R: Reads + HoldsFilterKeys, K, G, S = InRing> {
    node: Arc<Node<R, WebIssuer<S>>>,
    clock: K,
    random: G,
}

impl<R: Reads + HoldsFilterKeys, K, G, S> NodeSessions<R, K, G, S> {
    /// `clock` tells the time; `random` gives a random source each time one is needed (never one that starts from the same seed again).
    #[must_use]
    pub const fn new(node: Arc<Node<R, WebIssuer<S>>>, clock: K, random: G) -> Self {
        Self { node, clock, random }
    }
}

impl<C, R, K, F, G, S> SessionSource<C> for NodeSessions<R, K, F, S>
where
    C: Serialize + DeserializeOwned,
    R: Reads + HoldsFilterKeys,
    Arc<Node<R, WebIssuer<S>>>: Send + Sync,
    K: Fn() -> Timestamp + Send + Sync,
    F: Fn() -> G + Send + Sync,
    G: TryCryptoRng,
    S: Signer + Send + Sync,
{
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<Session<C>, Rejected> {
        self.node.current().verifier().verify_owned(token, now)
    }

    fn departing(&self, token: &str, now: Timestamp) -> Result<Departing, Rejected> {
        self.node.current().verifier().departing(token, now)
    }

    fn renew(&self, session: &Session<C>) -> Result<Option<Token>, MintError> {
        self.node.current().beside().renew(session, &mut (self.random)())
    }

    fn issue(&self, grant: &Grant<C>, now: Timestamp) -> Result<Token, MintError> {
        let current = self.node.current();
        current.beside().issuer()?.issue_beside(current.snapshots(), grant, now, &mut (self.random)())
    }

    fn elevate(
        &self,
        session: &Session<C>,
        to: AuthLevel,
        lasting: Seconds,
    ) -> Result<PendingElevation, MintError> {
        self.node.current().beside().issuer()?.elevate(session, to, lasting, &mut (self.random)())
    }

    fn end_others(&self, session: &Session<C>, before: Timestamp) -> Result<PendingReissue, MintError> {
        self.node.current().beside().issuer()?.end_others(session, before, &mut (self.random)())
    }

    fn csrf_token(&self, session: SessionId, now: Timestamp) -> Result<CsrfToken, CsrfError> {
        self.node.current().beside().csrf_token(session, now, &mut (self.random)())
    }

    fn check_csrf(&self, session: SessionId, token: &str, now: Timestamp) -> Result<(), CsrfRejected> {
        self.node.current().beside().check_csrf(session, token, now)
    }
}

impl<R: Reads + HoldsFilterKeys, K, G, S> fmt::Debug for NodeSessions<R, K, G, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeSessions").field("node", &self.node).finish_non_exhaustive()
    }
}
