//! One ring, one snapshot, and the calls of the host.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use alloc::vec::Vec;

#[cfg(feature = "mint")]
use safeconduct::{AuthLevel, Grant, Issuer, Issuing, Subject};
use safeconduct::{Context, Kind, Policy, Ring, Scratch, Timestamp, Verifier, Verifying};
use zeroize::Zeroize as _;

#[cfg(feature = "mint")]
use crate::host::HostRandom;
use crate::outbox::Outbox;
use crate::snapshots::{Latest, Snapshots};

/// A refusal, as the operator's log will name it. Those of tokens are not allocated, so that memory does not grow under the host's hands while it verifies.
type Why = Cow<'static, str>;

pub(crate) struct Sessions {
    inbox: Vec<u8>,
    outbox: Outbox,
    ready: Option<Ready>,
    why: Why,
}

/// What there is once a ring was taken.
struct Ready {
    #[cfg_attr(not(feature = "signatures"), expect(dead_code))]
    snapshots: Snapshots,
    verifier: Verifier<Latest>,
    #[cfg(feature = "mint")]
    issuer: Option<Issuer>,
    with_claims: bool,
    scratch: Scratch,
}

impl Ready {
    /// `options`: the kind's letter in the low byte, the policy's level in the next, and 1 in the third if tokens carry claims of the host.
    fn new(context: &[u8], ring: &str, options: u32) -> Result<Self, Why> {
        let [letter, level, with_claims, _] = options.to_le_bytes();
        let kind = Kind::from_letter(char::from(letter)).ok_or("no such kind")?;
        let policy = match level {
            1 => Policy::AAL1,
            2 => Policy::AAL2,
            3 => Policy::AAL3,
            _ => return Err("no such level".into()),
        };
        let context = core::str::from_utf8(context).map_err(|_| "the context is not UTF-8")?;
        let parts: Vec<&str> = context.split_terminator('\0').collect();
        let context = Context::new(&parts).map_err(said)?;
        #[cfg(feature = "mint")]
        let issuing = ring.parse::<Ring<Issuing>>().ok();
        #[cfg(feature = "mint")]
        let verifying = issuing.as_ref().map(|ring| Ok(ring.verifying())).unwrap_or_else(|| ring.parse());
        #[cfg(not(feature = "mint"))]
        let verifying = ring.parse();
        let verifying: Ring<Verifying> = verifying.map_err(said::<safeconduct::RingTextError>)?;
        let snapshots = Snapshots::of(&verifying)?;
        Ok(Self {
            verifier: snapshots.answer(Verifier::new(&verifying, context, &policy, kind)),
            snapshots,
            #[cfg(feature = "mint")]
            issuer: issuing.map(|ring| Issuer::new(&ring, context, &policy, kind)),
            with_claims: with_claims == 1,
            scratch: Scratch::new(),
        })
    }

    fn verify(&mut self, token: &str, now: Timestamp, outbox: &mut Outbox) -> Result<usize, Why> {
        let Self { verifier, scratch, with_claims, .. } = self;
        let refused = |rejected: safeconduct::Rejected| Why::from(rejected.reason().name());
        if *with_claims {
            let session = verifier.verify::<&[u8]>(token, now, scratch).map_err(refused)?;
            Ok(outbox.write_record(&session, session.claims()))
        } else {
            let session = verifier.verify::<()>(token, now, scratch).map_err(refused)?;
            Ok(outbox.write_record(&session, &[]))
        }
    }

    #[cfg(feature = "mint")]
    fn issue(
        &self,
        subject: &[u8],
        claims: &[u8],
        level: u32,
        now: Timestamp,
        outbox: &mut Outbox,
    ) -> Result<usize, Why> {
        let level = u8::try_from(level).ok().and_then(AuthLevel::from_number).ok_or("no such level")?;
        let subject = Subject::new(subject).map_err(said)?;
        let grant = Grant::new(subject, level);
        let issuer = self.issuer()?;
        let token = if self.with_claims {
            issuer.issue_beside(self.snapshots.latest(), &grant.claims(claims), now, &mut HostRandom)
        } else if claims.is_empty() {
            issuer.issue_beside(self.snapshots.latest(), &grant, now, &mut HostRandom)
        } else {
            return Err("set up without claims".into());
        };
        Ok(outbox.write(&[token.map_err(said)?.as_str().as_bytes()]))
    }

    #[cfg(feature = "mint")]
    fn renew(&mut self, token: &str, now: Timestamp, outbox: &mut Outbox) -> Result<usize, Why> {
        let issuer = self.issuer.as_ref().ok_or(CANNOT_MINT)?;
        let refused = |rejected: safeconduct::Rejected| Why::from(rejected.reason().name());
        let renewed = if self.with_claims {
            let session = self.verifier.verify::<&[u8]>(token, now, &mut self.scratch).map_err(refused)?;
            issuer.renew(&session, &mut HostRandom)
        } else {
            let session = self.verifier.verify::<()>(token, now, &mut self.scratch).map_err(refused)?;
            issuer.renew(&session, &mut HostRandom)
        };
        let renewed = renewed.map_err(said)?;
        Ok(renewed.map_or(0, |token| outbox.write(&[token.as_str().as_bytes()])))
    }

    #[cfg(feature = "mint")]
    fn issuer(&self) -> Result<&Issuer, Why> {
        self.issuer.as_ref().ok_or(CANNOT_MINT.into())
    }
}

#[cfg(feature = "mint")]
const CANNOT_MINT: &str = "a verifier's ring cannot mint";
const NOT_SET_UP: &str = "not set up";
const LENGTH: &str = "more than the inbox holds";
const CLOCK: &str = "no moment between 1970 and 9999";

impl Sessions {
    pub(crate) const fn new() -> Self {
        Self { inbox: Vec::new(), outbox: Outbox::new(), ready: None, why: Cow::Borrowed("") }
    }

    pub(crate) fn inbox(&mut self, length: usize) -> usize {
        if self.inbox.len() < length {
            self.inbox = alloc::vec![0; length];
        }
        self.inbox.as_ptr() as usize
    }

    pub(crate) fn outbox(&mut self) -> usize {
        self.outbox.address()
    }

    /// The inbox holds the parts of the context, each with a zero byte behind it, and then the ring's text, which is wiped. For the options see [`Ready::new`].
    pub(crate) fn set_up(&mut self, length: usize, context: usize, options: u32) -> usize {
        let made = self.inbox.get(..length).and_then(|bytes| bytes.split_at_checked(context));
        let made = made.ok_or(LENGTH.into()).and_then(|(context, ring)| {
            let ring = core::str::from_utf8(ring).map_err(|_| "the ring's text is not UTF-8")?;
            Ready::new(context, ring, options)
        });
        self.inbox.zeroize();
        self.inbox = Vec::new();
        let made = made.map(|ready| {
            self.ready = Some(ready);
            1
        });
        self.answer(made)
    }

    #[cfg(feature = "signatures")]
    pub(crate) fn take_snapshot(&mut self, length: usize, now: f64) -> usize {
        let mut bytes = core::mem::take(&mut self.inbox);
        if length > bytes.len() {
            return self.answer(Err(LENGTH.into()));
        }
        bytes.truncate(length);
        let taken = self
            .ready
            .as_mut()
            .ok_or(NOT_SET_UP.into())
            .and_then(|ready| ready.snapshots.take(bytes, moment(now)?).map_err(said).map(|()| 1));
        self.answer(taken)
    }

    pub(crate) fn verify(&mut self, length: usize, now: f64) -> usize {
        let found = self.with_token(length, |ready, token, outbox| ready.verify(token, moment(now)?, outbox));
        self.answer(found)
    }

    #[cfg(feature = "mint")]
    pub(crate) fn issue(&mut self, subject: usize, claims: usize, level: u32, now: f64) -> usize {
        let Self { inbox, outbox, ready, .. } = self;
        let parts =
            inbox.split_at_checked(subject).and_then(|(subject, rest)| Some((subject, rest.get(..claims)?)));
        let issued = parts.ok_or(LENGTH.into()).and_then(|(subject, claims)| {
            ready.as_ref().ok_or(NOT_SET_UP)?.issue(subject, claims, level, moment(now)?, outbox)
        });
        self.answer(issued)
    }

    #[cfg(feature = "mint")]
    pub(crate) fn renew(&mut self, length: usize, now: f64) -> usize {
        let made = self.with_token(length, |ready, token, outbox| ready.renew(token, moment(now)?, outbox));
        self.answer(made)
    }

    pub(crate) fn why(&mut self) -> usize {
        self.outbox.write(&[self.why.as_bytes()])
    }

    fn with_token(
        &mut self,
        length: usize,
        call: impl FnOnce(&mut Ready, &str, &mut Outbox) -> Result<usize, Why>,
    ) -> Result<usize, Why> {
        let token = self.inbox.get(..length).ok_or(LENGTH)?;
        // Not text, not token text.
        let token = core::str::from_utf8(token).unwrap_or_default();
        call(self.ready.as_mut().ok_or(NOT_SET_UP)?, token, &mut self.outbox)
    }

    /// 0 and a reason, or what was found and none.
    fn answer(&mut self, outcome: Result<usize, Why>) -> usize {
        match outcome {
            Ok(found) => {
                self.why = Cow::Borrowed("");
                found
            }
            Err(why) => {
                self.why = why;
                0
            }
        }
    }
}

fn said<E: core::fmt::Display>(why: E) -> Why {
    why.to_string().into()
}

/// The second that a moment of the host's clock lies in.
fn moment(now: f64) -> Result<Timestamp, Why> {
    let seconds = if now >= 0.0 { now as u64 } else { u64::MAX };
    Timestamp::from_unix(seconds).map_err(|_| CLOCK.into())
}
