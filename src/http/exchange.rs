//! One request and its response: who is it, what changes, what has to be sent back.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use zeroize::Zeroizing;

use super::change::Way;
use super::events::{self, NotRenewed};
use super::evidence::{Evidence, Place};
use super::incoming::Field;
use super::{
    ClearSiteData, CsrfError, CsrfRejected, CsrfToken, Incoming, Provenance, ResponseHeaders, SessionSource,
    Slot, Transport,
};
use crate::error::Reason;
use crate::session::Session;
use crate::values::Timestamp;

/// One request and its response.
///
/// [`begin`](Exchange::begin) verifies what the request brings and renews it if that is due; a handler reads the session and logs in, steps up or logs out;
/// [`finish`](Exchange::finish) says which headers the response needs. All of it is synchronous, and it knows no framework: the tower layer is this and nothing more.
///
/// The module's documentation has a whole example.
pub struct Exchange<C> {
    pub(super) source: Arc<dyn SessionSource<C>>,
    pub(super) transport: Transport,
    pub(super) now: Timestamp,
    pub(super) provenance: Provenance,
    pub(super) slots: [Place<C>; 2],
    pub(super) bearer: Place<C>,
    /// Where the live session was found.
    pub(super) carrier: Option<Carrier>,
    pub(super) session: Option<Arc<Session<C>>>,
    /// Somebody is there, and the revocation data does not allow to say whether he may be.
    pub(super) undecidable: bool,
    /// Why the request's tokens were refused, where none was good.
    reason: Option<Reason>,
    csrf: Option<String>,
    /// The parent's successor, to be sent if all goes well.
    pub(super) renewal: Option<Way>,
    /// What the handler's acts put into each slot.
    pub(super) writes: [Option<Zeroizing<String>>; 2],
    pub(super) bearer_write: Option<(&'static str, Zeroizing<String>)>,
    clear: Option<ClearSiteData>,
    pub(super) finished: bool,
}

/// How the token of a session came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    /// In the cookie of this slot.
    Cookie(Slot),
    /// As a bearer token.
    Bearer,
}

/// Why a handler gets no answer to who is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// Another site made the browser send this request: 403.
    Foreign,
    /// The revocation data is too old or damaged, and the verifier fails closed: 503.
    Unavailable,
}

impl Refusal {
    /// The status to answer with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Foreign => 403,
            Self::Unavailable => 503,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "the request comes from another site",
            Self::Unavailable => "who is logged in cannot be said at the moment",
        })
    }
}

impl core::error::Error for Refusal {}

impl<C> Exchange<C> {
    /// Verifies what the request brings, and renews it if that is due.
    ///
    /// Of two live sessions in the two slots, the newer is meant (WEB-08). A request without a token, or with a refused one, is not an error: there is no session then, and
    /// the handler decides. Refusing changes no cookie (WEB-07).
    #[must_use]
    pub fn begin(source: Arc<dyn SessionSource<C>>, incoming: &Incoming<'_>) -> Self {
        let now = source.now();
        // A bearer token is not sent by a browser on its own, so other sites cannot make it do so.
        let by_bearer = incoming.bearer != Field::Absent;
        let provenance = if by_bearer { Provenance::Ours } else { incoming.provenance() };
        let (evidence, why) = Evidence::of(&*source, incoming.bearer, now);
        let bearer = Place { evidence, ..Place::EMPTY };
        let mut reasons = [why, None];
        let mut slots = [Place::EMPTY, Place::EMPTY];
        if !by_bearer {
            for ((slot, place), why) in Slot::BOTH.into_iter().zip(&mut slots).zip(&mut reasons) {
                (*place, *why) = Place::of_cookie(&*source, incoming.slot(slot), now);
            }
        }
        let csrf = match incoming.csrf {
            Field::One(text) if text.len() <= 64 => Some(text.to_owned()),
            _ => None,
        };
        let mut exchange = Self {
            source,
            transport: incoming.transport,
            now,
            provenance,
            slots,
            bearer,
            carrier: None,
            session: None,
            undecidable: false,
            reason: None,
            csrf,
            renewal: None,
            writes: [None, None],
            bearer_write: None,
            clear: None,
            finished: false,
        };
        exchange.choose(&reasons);
        exchange.renew();
        exchange
    }

    /// The newest live session; without one, what to say about those that are not live.
    fn choose(&mut self, reasons: &[Option<Reason>]) {
        let [a, b] = &self.slots;
        let places =
            [(Carrier::Bearer, &self.bearer), (Carrier::Cookie(Slot::A), a), (Carrier::Cookie(Slot::B), b)];
        let live = places.iter().filter_map(|(carrier, place)| Some((*carrier, place, place.live()?)));
        if let Some((carrier, _, session)) = live.max_by_key(|(_, place, session)| place.newness(session)) {
            (self.carrier, self.session) = (Some(carrier), Some(session.clone()));
            return;
        }
        self.undecidable =
            reasons.iter().any(|why| matches!(why, Some(Reason::SnapshotStale | Reason::SnapshotDamaged)));
        let session = places.iter().find_map(|(_, place)| place.evidence.dead_session());
        for reason in reasons.iter().flatten() {
            events::refused(*reason, session);
        }
        let refused = || reasons.iter().flatten().copied();
        self.reason = refused().find(|reason| !reason.anybody_can_provoke()).or_else(|| refused().next());
    }

    /// WEB-06: a successor, if it is due and there is a way back for it. Handlers see it in the same request.
    fn renew(&mut self) {
        let (Some(session), Some(carrier)) = (&self.session, self.carrier) else { return };
        let no_way = carrier == Carrier::Bearer && self.transport.renewed_bearer.is_none();
        if no_way || self.provenance == Provenance::Foreign {
            return;
        }
        let id = session.session_id();
        let token = match self.source.renew(session) {
            Ok(Some(token)) => token,
            Ok(None) => return,
            Err(why) => return events::not_renewed(id, NotRenewed::Mint(why)),
        };
        // A successor that our own verifier refuses must not take the place of a good token.
        let successor = match self.source.verify(token.as_str(), self.now) {
            Ok(successor) => Arc::new(successor),
            Err(rejected) => return events::not_renewed(id, NotRenewed::Refused(rejected.reason())),
        };
        let way = match carrier {
            Carrier::Bearer => self
                .transport
                .renewed_bearer
                .map(|name| Way::Bearer(name, Zeroizing::new(token.into_string()))),
            Carrier::Cookie(slot) => {
                let generation = self.place(carrier).generation;
                let line = self
                    .transport
                    .cookie
                    .and_then(|cookie| cookie.set_cookie(slot, generation, &token, self.now).ok());
                line.map(|line| Way::Cookie(slot, generation, line))
            }
        };
        let Some(way) = way else { return events::not_renewed(id, NotRenewed::TooLarge) };
        self.place(carrier).evidence = Evidence::Live(successor.clone());
        (self.session, self.renewal) = (Some(successor), Some(way));
    }

    pub(super) fn place(&mut self, carrier: Carrier) -> &mut Place<C> {
        let [a, b] = &mut self.slots;
        match carrier {
            Carrier::Bearer => &mut self.bearer,
            Carrier::Cookie(Slot::A) => a,
            Carrier::Cookie(Slot::B) => b,
        }
    }

    /// The session of this request, renewed if that was due; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: answer with its status. It comes where there is no session, too: a login form that another site posts is refused.
    pub fn session(&self) -> Result<Option<&Arc<Session<C>>>, Refusal> {
        if self.provenance == Provenance::Foreign {
            return Err(Refusal::Foreign);
        }
        if self.undecidable { Err(Refusal::Unavailable) } else { Ok(self.session.as_ref()) }
    }

    /// How the session's token came.
    #[must_use]
    pub const fn carrier(&self) -> Option<Carrier> {
        self.carrier
    }

    /// Why the request's tokens were refused; `None` if one was good, or if it brought none. Of two that were refused, what proves more. For the operator's log, never for
    /// the client: a handler answers every one of them alike.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// The time of this request.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// An anti-forgery token for the forms of this session. After a login or step-up in this request, it is the new session's.
    ///
    /// # Errors
    ///
    /// [`CsrfError`].
    pub fn csrf_token(&self) -> Result<CsrfToken, CsrfError> {
        let session = self.session.as_ref().ok_or(CsrfError::NoSession)?;
        self.source.csrf_token(session.session_id(), self.now)
    }

    /// Checks the anti-forgery token from a form's field, or the one in [`CSRF_HEADER`](super::CSRF_HEADER) if there is no field. A request that was let in by a bearer token needs none.
    ///
    /// # Errors
    ///
    /// [`CsrfRejected`]: answer 403. Also when there is no session to compare with.
    pub fn check_csrf(&self, field: Option<&str>) -> Result<(), CsrfRejected> {
        let session = self.session.as_ref().ok_or(CsrfRejected)?;
        if self.provenance == Provenance::Foreign {
            return Err(CsrfRejected);
        }
        if self.carrier == Some(Carrier::Bearer) {
            return Ok(());
        }
        let token = field.or(self.csrf.as_deref()).ok_or(CsrfRejected)?;
        self.source.check_csrf(session.session_id(), token, self.now)
    }

    /// Asks the browser to forget more than the cookie: for logging out.
    pub fn clear_site_data(&mut self, what: ClearSiteData) {
        self.clear = Some(what);
    }

    /// The headers that the response with this status needs. Nothing can be changed after that.
    ///
    /// What the handler did is always in them. A renewal is left out of responses of the server's failure (5xx), which clients may drop, and of 304, whose headers caches merge into
    /// what they have stored (WEB-06).
    pub fn finish(&mut self, status: u16) -> ResponseHeaders {
        self.finished = true;
        let mut headers = ResponseHeaders::new();
        let mut acted = false;
        for line in self.writes.iter_mut().filter_map(Option::take) {
            headers = headers.set_cookie(line);
            acted = true;
        }
        if let Some((name, token)) = self.bearer_write.take() {
            headers = headers.bearer(name, token);
            acted = true;
        }
        if let Some(what) = self.clear.take() {
            headers = headers.clear_site_data(what);
        }
        if let (Some(way), false, 200..=303 | 305..=499) = (self.renewal.take(), acted, status) {
            if let Some(session) = &self.session {
                events::renewed(session.session_id(), session.rotation());
            }
            headers = match way {
                Way::Cookie(_, _, line) => headers.set_cookie(line),
                Way::Bearer(name, token) => headers.bearer(name, token),
            };
        }
        headers
    }
}

impl<C> fmt::Debug for Exchange<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("session", &self.session)
            .field("carrier", &self.carrier)
            .field("provenance", &self.provenance)
            .finish_non_exhaustive()
    }
}
