//! Inward: text becomes a session, or a reason why not.

use core::fmt;
use core::ops::Range;

use serde::Deserialize;

use crate::claims::{self, CoreClaims};
use crate::error::{Reason, Rejected};
use crate::keys::{ContextTag, Purpose, RingKey};
use crate::policy::Policy;
use crate::proof::{self, OpeningKey};
use crate::revocation::{Answer, Freshness, Revocations};
use crate::ring::{Entries, Reads, Ring};
use crate::session::{Departing, Session, SessionIdentity};
use crate::values::{Context, Kind, Kinds, Thumbprint, Timestamp};
use crate::wire::{Scratch, Unverified};

/// Turns token text into a [`Session`].
///
/// It is made once, from a ring, and used for every request; it holds everything it needs inline (6 KB) and allocates nothing. Before it can verify, the
/// revocation question must be answered.
///
/// ```
/// use safeconduct::{Context, ExactList, Issuing, Kind, Policy, Ring, Scratch, Timestamp, Verifier, context};
///
/// const SESSION: Context = context!("shop.example", "session");
/// # let now = Timestamp::from_unix(1_800_000_000)?;
/// # let mut ring = Ring::<Issuing>::new();
/// # ring.add(
/// #     safeconduct::IssuingKey::generate(Kind::Encrypted, &mut getrandom::SysRng)?,
/// #     safeconduct::Window::new(now, safeconduct::Seconds::days(30), safeconduct::Seconds::days(1))?,
/// # )?;
/// # let issuer = safeconduct::Issuer::new(&ring, SESSION, &Policy::AAL1, Kind::Encrypted);
/// # let grant = safeconduct::Grant::new(safeconduct::Subject::new("u")?, safeconduct::AuthLevel::Aal1);
/// # let token = issuer.issue(&grant, now, &mut getrandom::SysRng)?;
/// let verifier = Verifier::new(&ring.verifying(), SESSION, &Policy::AAL1, Kind::Encrypted)
///     .revocations(ExactList::new());
///
/// let mut scratch = Scratch::new();
/// match verifier.verify::<()>(token.as_str(), now, &mut scratch) {
///     Ok(session) => println!("hello, {}", session.subject()),
///     Err(rejected) => eprintln!("{}", rejected.reason()), // to the log; the client gets a plain 401
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Verifier<V = Undecided> {
    keys: Entries<OpeningKey>,
    context: Context,
    tag: ContextTag,
    policy: Policy,
    kinds: Kinds,
    schema: u32,
    fail_open: bool,
    revocations: V,
}

/// The revocation question has not been answered, so there is nothing to verify with yet.
#[derive(Clone, Copy, Debug)]
pub struct Undecided(());

/// The revocation question has been answered with "nobody is ever out": see [`Verifier::dangerous_without_revocation`].
#[derive(Clone, Copy, Debug)]
pub struct Unrevocable(());

/// What the steps up to the clock have found.
pub(crate) struct Opened {
    pub(crate) identity: SessionIdentity,
    pub(crate) core: CoreClaims,
    /// Where in the scratch the application's claims are.
    pub(crate) app: Range<usize>,
}

impl Opened {
    /// Room for it. Moving 300 bytes from function to function would take a tenth of a verification, so what is found is written where it is to stay.
    const ROOM: Self = Self { identity: SessionIdentity::ROOM, core: CoreClaims::ROOM, app: 0..0 };
}

impl Verifier {
    /// A verifier for tokens of one kind, under the keys of this ring. Keys are derived here, once: load again when the ring changes.
    ///
    /// Tokens of other kinds are refused even if the ring has keys for them (TOK-30); [`also_accepts`](Verifier::also_accepts) names more.
    #[must_use]
    pub fn new<R: Reads>(ring: &Ring<R>, context: Context, policy: &Policy, accepts: Kind) -> Self {
        Self {
            keys: ring.entries.map(|key| OpeningKey::new(&key.to_verifying(), Purpose::Session, &context)),
            context,
            tag: ContextTag::of(&context),
            policy: *policy,
            kinds: Kinds::only(accepts),
            schema: 0,
            fail_open: false,
            revocations: Undecided(()),
        }
    }

    /// Answers the revocation question: this knows who is out.
    #[must_use]
    pub fn revocations<V: Revocations>(self, revocations: V) -> Verifier<V> {
        self.decided(revocations)
    }

    /// Answers the revocation question with "nobody is ever out". **Logging out then only deletes a cookie**: whoever has a copy of the token goes on using it until
    /// it expires, and renews it if `rotate_without_revocation` is called for him.
    #[must_use]
    pub fn dangerous_without_revocation(self) -> Verifier<Unrevocable> {
        self.decided(Unrevocable(()))
    }

    fn decided<V>(self, revocations: V) -> Verifier<V> {
        let Self { keys, context, tag, policy, kinds, schema, fail_open, revocations: Undecided(()) } = self;
        Verifier { keys, context, tag, policy, kinds, schema, fail_open, revocations }
    }
}

impl<V> Verifier<V> {
    /// Accepts this kind as well.
    #[must_use]
    pub fn also_accepts(mut self, kind: Kind) -> Self {
        self.kinds = self.kinds.and(kind);
        self
    }

    /// Expects this schema number of the application's claims; 0 if not said (TOK-39).
    #[must_use]
    pub fn schema(mut self, schema: u32) -> Self {
        self.schema = schema;
        self
    }

    /// Goes on when the revocation data are too old, instead of refusing everybody. **Whoever was logged out since then is let in** until fresh data
    /// arrive; what the old data have against a token still counts, and nothing is renewed or elevated meanwhile.
    #[must_use]
    pub fn dangerous_fail_open(mut self) -> Self {
        self.fail_open = true;
        self
    }

    /// What knows who is out.
    #[must_use]
    pub const fn revocation_data(&self) -> &V {
        &self.revocations
    }

    /// Verifies a token that is not bound to a key of the client.
    ///
    /// `now` is the caller's clock, read once per request. The application's claims `C` may borrow from `scratch`; use `()` if there are none.
    ///
    /// # Errors
    ///
    /// [`Rejected`]: one answer for the client, with a reason for the operator. Refusing changes nothing.
    pub fn verify<'s, C: Deserialize<'s>>(
        &self,
        token: &str,
        now: Timestamp,
        scratch: &'s mut Scratch,
    ) -> Result<Session<C>, Rejected>
    where
        V: Revocations,
    {
        self.admit(token, None, now, scratch)
    }

    /// Verifies a token that is bound to a key, of which the caller has just checked a proof (TOK-36).
    ///
    /// A token that is bound to nothing is refused here: who asks for proofs does not take bearers.
    ///
    /// # Errors
    ///
    /// As [`verify`](Verifier::verify).
    pub fn verify_bound<'s, C: Deserialize<'s>>(
        &self,
        token: &str,
        proven: &Thumbprint,
        now: Timestamp,
        scratch: &'s mut Scratch,
    ) -> Result<Session<C>, Rejected>
    where
        V: Revocations,
    {
        self.admit(token, Some(proven), now, scratch)
    }

    /// Verifies with memory of its own, for claims that own what they hold. The memory is on the stack: 3 KB.
    ///
    /// # Errors
    ///
    /// As [`verify`](Verifier::verify).
    pub fn verify_owned<C: serde::de::DeserializeOwned>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Session<C>, Rejected>
    where
        V: Revocations,
    {
        self.admit(token, None, now, &mut Scratch::new())
    }

    /// Reads a token for logging out: authentic and before the session's absolute end, though maybe idle, unbound or already revoked.
    ///
    /// # Errors
    ///
    /// [`Rejected`], for anything else.
    pub fn departing(&self, token: &str, now: Timestamp) -> Result<Departing, Rejected> {
        let mut scratch = Scratch::new();
        let opened = self.open(token, now, &mut scratch)?;
        self.check_ceilings(&opened, now)?;
        Policy::check_end(&opened.core, now)?;
        Ok(Departing { revocation: opened.identity.revocation(&opened.core) })
    }

    /// For strict rotation: what to revoke when a token is refused as [`Superseded`](Reason::Superseded), namely the whole session, since it cannot be told
    /// whether the thief or the owner shows the old token. `None` if the token is not refused, or for another reason.
    pub fn superseded(&self, token: &str, now: Timestamp) -> Option<Departing>
    where
        V: Revocations,
    {
        let mut scratch = Scratch::new();
        let opened = self.open(token, now, &mut scratch).ok()?;
        let superseded = self.judge(&opened, opened.core.bound_to.as_ref(), now).err()? == Reason::Superseded;
        superseded.then(|| Departing { revocation: opened.identity.revocation(&opened.core) })
    }

    /// The whole of SPEC section 7, in its order.
    fn admit<'s, C: Deserialize<'s>>(
        &self,
        token: &str,
        proven: Option<&Thumbprint>,
        now: Timestamp,
        scratch: &'s mut Scratch,
    ) -> Result<Session<C>, Rejected>
    where
        V: Revocations,
    {
        let mut opened = Opened::ROOM;
        if let Err(reason) = self.open_into(token, now, scratch, &mut opened) {
            return Err(refused(reason, scratch));
        }
        let judged = self.judge(&opened, proven, now).and_then(|freshness| {
            self.check_schema(&opened)?;
            Ok(freshness)
        });
        let freshness = match judged {
            Ok(freshness) => freshness,
            Err(reason) => return Err(refused(reason, scratch)),
        };
        let Opened { identity, core, app } = opened;
        let app = claims::decode_app(scratch.get(app))?;
        Ok(Session { identity, core, app, verified_at: now, freshness, context: self.tag })
    }

    /// Steps 1–8: from text to claims that are authentic.
    pub(crate) fn open(&self, token: &str, now: Timestamp, scratch: &mut Scratch) -> Result<Opened, Reason> {
        let mut opened = Opened::ROOM;
        self.open_into(token, now, scratch, &mut opened)?;
        Ok(opened)
    }

    fn open_into(
        &self,
        token: &str,
        now: Timestamp,
        scratch: &mut Scratch,
        opened: &mut Opened,
    ) -> Result<(), Reason> {
        let unverified = scratch.parse(token)?;
        let header = unverified.header;
        if !self.kinds.contains(header.kind) {
            return Err(Reason::KindNotAccepted);
        }
        if !header.kind.is_built() {
            return Err(Reason::SignaturesNotBuilt);
        }
        let key = self.keys.accepting(header.kind, header.key_id, now, self.policy.skew())?;
        self.open_under(unverified, key, opened)
    }

    /// Steps 7 and 8: proof and claims.
    fn open_under(
        &self,
        unverified: Unverified<'_>,
        key: &OpeningKey,
        opened: &mut Opened,
    ) -> Result<(), Reason> {
        opened.identity = SessionIdentity::from(&unverified.header);
        let authentic = proof::open(unverified, key, Purpose::Session, &self.context)?;
        let app_length = claims::decode(authentic.body(), &mut opened.core)?;
        opened.app = authentic.tail(app_length);
        Ok(())
    }

    /// The same for the inspector, which tells what a token says under a key that is not good at the time.
    #[cfg(feature = "alloc")]
    pub(crate) fn open_whenever(&self, token: &str, scratch: &mut Scratch) -> Option<Opened> {
        let unverified = scratch.parse(token).ok()?;
        let entry = self.keys.named(unverified.header.kind, unverified.header.key_id)?;
        let mut opened = Opened::ROOM;
        self.open_under(unverified, entry.key.as_ref()?, &mut opened).ok()?;
        Some(opened)
    }

    /// The keys, for the inspector: names and windows.
    #[cfg(feature = "alloc")]
    pub(crate) const fn keys(&self) -> &Entries<OpeningKey> {
        &self.keys
    }

    /// Steps 9 and 10.
    pub(crate) fn check_ceilings(&self, opened: &Opened, now: Timestamp) -> Result<(), Reason> {
        self.policy.check_ceilings(&opened.core, now)
    }

    /// Steps 9–13: ceilings, deadlines, binding, revocation, and deadlines again in the time of the revocation data.
    pub(crate) fn judge(
        &self,
        opened: &Opened,
        proven: Option<&Thumbprint>,
        now: Timestamp,
    ) -> Result<Freshness, Reason>
    where
        V: Revocations,
    {
        let core = &opened.core;
        self.check_ceilings(opened, now)?;
        Policy::check_deadlines(core, now)?;
        match (&core.bound_to, proven) {
            (None, None) => {}
            (Some(_), None) => return Err(Reason::BindingRequired),
            (None, Some(_)) => return Err(Reason::NotBound),
            (Some(bound_to), Some(proven)) if bound_to != proven => return Err(Reason::BindingMismatch),
            (Some(_), Some(_)) => {}
        }
        let facts = opened.identity.facts(core);
        let answer = match self.revocations.check(&facts, now) {
            Answer::Stale if self.fail_open => self.revocations.check_however_old(&facts, now),
            answer => answer,
        };
        let freshness = match answer {
            Answer::Clear(freshness) => freshness,
            Answer::Revoked(scope) => return Err(Reason::Revoked(scope)),
            Answer::Superseded => return Err(Reason::Superseded),
            Answer::Stale => return Err(Reason::SnapshotStale),
            Answer::Damaged => return Err(Reason::SnapshotDamaged),
            Answer::TooLong(_) => return Err(Reason::CeilingExceeded),
        };
        Policy::check_deadlines(core, now.max(freshness.complete_to()))?;
        Ok(freshness)
    }

    /// The first half of step 14.
    fn check_schema(&self, opened: &Opened) -> Result<(), Reason> {
        if opened.core.schema == self.schema { Ok(()) } else { Err(Reason::SchemaMismatch) }
    }
}

#[cold]
fn refused(reason: Reason, scratch: &mut Scratch) -> Rejected {
    scratch.wipe();
    Rejected::new(reason)
}

impl Revocations for Unrevocable {
    fn check(&self, _: &crate::revocation::Facts<'_>, _: Timestamp) -> Answer {
        Answer::Clear(Freshness::unknown())
    }
}

impl<V> fmt::Debug for Verifier<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("context", &self.context)
            .field("keys", &self.keys.count())
            .finish_non_exhaustive()
    }
}
