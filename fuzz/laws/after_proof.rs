//! Law of `after_proof`: what the verifier says of any authentic body, at any time and under several policies, is what SPEC section 7 says.

use std::sync::Mutex;

use arbitrary::Arbitrary;
use safeconduct::{
    Answer, AuthLevel, Facts, Freshness, Issuing, IssuingKey, KeyId, Kind, Policy, Reason, Revocations, Ring,
    Scope, Scratch, Seconds, Session, Thumbprint, Timestamp, Verifier, Window, inspect,
};

use super::CONTEXT;
use super::body::{Drawn, Fields, LAST, Number};
use super::chance::Counter;
use super::sealer::Sealer;

const NOW: i128 = 1_800_000_000;

/// What the fuzzer decides.
#[derive(Arbitrary, Debug)]
pub struct Case<'a> {
    key: u8,
    now: Number,
    policy: u8,
    fail_open: bool,
    proven: Option<u8>,
    revocation: Told,
    however_old: Told,
    age: u16,
    explained: bool,
    drawn: Option<Drawn>,
    /// The body, or what follows the drawn fields.
    bytes: &'a [u8],
}

/// What the revocation data are made to answer.
#[derive(Clone, Copy, Arbitrary, Debug)]
enum Told {
    Clear { complete_to: Number, bound: u32 },
    Revoked(u8),
    Superseded,
    Stale,
    Damaged,
    TooLong,
}

impl Told {
    fn complete_to(self, now: i128) -> i128 {
        match self {
            Self::Clear { complete_to, .. } => complete_to.from(now).clamp(0, LAST),
            _ => 0,
        }
    }

    fn answer(self, now: i128) -> Answer {
        match self {
            Self::Clear { bound, .. } => {
                Answer::Clear(Freshness::new(time(self.complete_to(now)), Seconds::new(bound)))
            }
            Self::Revoked(scope) => Answer::Revoked(self.scope(scope)),
            Self::Superseded => Answer::Superseded,
            Self::Stale => Answer::Stale,
            Self::Damaged => Answer::Damaged,
            Self::TooLong => Answer::TooLong(Seconds::new(1)),
        }
    }

    fn scope(self, number: u8) -> Scope {
        [Scope::Everyone, Scope::Key, Scope::Subject, Scope::Session, Scope::Token][usize::from(number % 5)]
    }

    /// Why it refuses, by SPEC section 7, step 13.
    fn refusal(self) -> Option<Reason> {
        match self {
            Self::Clear { .. } => None,
            Self::Revoked(scope) => Some(Reason::Revoked(self.scope(scope))),
            Self::Superseded => Some(Reason::Superseded),
            Self::Stale => Some(Reason::SnapshotStale),
            Self::Damaged => Some(Reason::SnapshotDamaged),
            Self::TooLong => Some(Reason::CeilingExceeded),
        }
    }
}

/// Revocation data that say what they are told to say.
struct Scripted(Mutex<[Answer; 2]>);

impl Scripted {
    fn answers(&self) -> [Answer; 2] {
        *self.0.lock().expect("no panic goes on")
    }
}

impl Revocations for &Scripted {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        self.answers()[0]
    }

    fn check_however_old(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        self.answers()[1]
    }
}

static SCRIPT: Scripted = Scripted(Mutex::new([Answer::Stale; 2]));

/// Keys whose windows differ, and verifiers whose policies do.
pub struct Service {
    sealers: Vec<Sealer>,
    /// Each with its policy; refusing stale data, and going on with them.
    verifiers: Vec<(Policy, [Verifier<&'static Scripted>; 2])>,
}

fn time(seconds: i128) -> Timestamp {
    let seconds = u64::try_from(seconds).expect("not negative");
    Timestamp::from_unix(seconds).expect("a time")
}

/// Policies at the borders of what can be built.
fn policies() -> Vec<Policy> {
    let strange = Policy::builder(AuthLevel::Aal1)
        .idle(Seconds::new(u32::MAX - 1))
        .session(Seconds::new(u32::MAX - 1))
        .longest_elevation(Seconds::hours(12))
        .deviation("the widest")
        .skew(Seconds::new(120));
    let narrow =
        Policy::builder(AuthLevel::Aal1).idle(Seconds::new(1)).session(Seconds::new(1)).skew(Seconds::ZERO);
    let longer = Policy::builder(AuthLevel::Aal2).longest_session(Seconds::hours(20)).skew(Seconds::new(1));
    let built = [strange, narrow, longer].map(|builder| builder.build().expect("a policy"));
    [&[Policy::AAL1, Policy::AAL2, Policy::AAL3], built.as_slice()].concat()
}

impl Default for Service {
    fn default() -> Self {
        let mut ring = Ring::<Issuing>::new();
        let mut chance = Counter(0);
        let longest = Seconds::new(u32::MAX);
        let last = i128::from(longest.get());
        let windows = [
            (0, longest, longest),
            (NOW, Seconds::hours(1), Seconds::days(1)),
            (NOW - 1_000, Seconds::new(1), Seconds::ZERO),
            (LAST - 2 * last, longest, longest),
            (LAST - 1, Seconds::new(1), Seconds::ZERO),
        ];
        for (from, minting, tail) in windows {
            let Ok(key) = IssuingKey::generate(Kind::Encrypted, &mut chance);
            ring.add(key, Window::new(time(from), minting, tail).expect("a window")).expect("room");
        }
        for kind in [Kind::Nested, Kind::Signed] {
            let Ok(key) = IssuingKey::generate(kind, &mut chance);
            ring.add(key, Window::new(time(0), longest, longest).expect("a window")).expect("room");
        }
        let mut sealers = Sealer::all(&ring, "fuzz");
        let revoked = sealers.iter_mut().find(|sealer| sealer.issue_from == NOW as u64 - 1_000);
        let revoked = revoked.expect("the third");
        revoked.revoked = true;
        let id = KeyId::from_bytes(revoked.key_id);
        let (revoked, _) = ring
            .revoke(Kind::Encrypted, id, time(NOW), Seconds::ZERO, Seconds::ZERO)
            .expect("a key of the ring");
        let ring: Ring<Issuing> = revoked.to_text().as_str().parse().expect("a ring");
        let verifier = |policy: &Policy| {
            Verifier::new(&ring, CONTEXT, policy, Kind::Encrypted)
                .also_accepts(Kind::Signed)
                .also_accepts(Kind::Nested)
                .schema(1)
                .revocations(&SCRIPT)
        };
        let both = |policy| (policy, [verifier(&policy), verifier(&policy).dangerous_fail_open()]);
        Self { sealers, verifiers: policies().into_iter().map(both).collect() }
    }
}

/// What is asked, with everything that was drawn put into its range.
struct Question<'a> {
    sealer: &'a Sealer,
    policy: &'a Policy,
    now: i128,
    case: &'a Case<'a>,
}

/// The fields and the application's bytes, where they may be believed.
type Believed<'b> = Option<(Fields, &'b [u8])>;

/// The answer of SPEC section 7 from step 6 on.
fn model<'b>(question: &Question<'_>, body: &'b [u8]) -> (Believed<'b>, Result<(), Reason>) {
    let Question { sealer, policy, now, case } = question;
    let (now, skew) = (*now, i128::from(policy.skew().get()));
    if sealer.revoked {
        return (None, Err(Reason::KeyRevoked));
    }
    if now + skew < sealer.issue_from.into() {
        return (None, Err(Reason::KeyNotYetValid));
    }
    if now >= sealer.accept_until.into() {
        return (None, Err(Reason::KeyExpired));
    }
    let Some((fields, app)) = Fields::read(body) else { return (None, Err(Reason::BadClaims)) };
    let verdict = judge(question, &fields, app, case);
    (Some((fields, app)), verdict)
}

/// Steps 9 to 14.
fn judge(question: &Question<'_>, fields: &Fields, app: &[u8], case: &Case<'_>) -> Result<(), Reason> {
    let (policy, now) = (question.policy, question.now);
    let check = |good: bool, reason| if good { Ok(()) } else { Err(reason) };
    let within = |life: i128, longest: Seconds| life <= i128::from(longest.get());
    check(within(fields.token_life, policy.longest_token()), Reason::CeilingExceeded)?;
    check(within(fields.session_life, policy.longest_session()), Reason::CeilingExceeded)?;
    check(fields.issued_at <= now + i128::from(policy.skew().get()), Reason::IssuedInFuture)?;
    check(now < fields.ends_at(), Reason::Expired)?;
    check(now < fields.expires_at(), Reason::Idle)?;
    match (fields.bound_to, case.proven.map(|byte| [byte; 32])) {
        (Some(_), None) => return Err(Reason::BindingRequired),
        (None, Some(_)) => return Err(Reason::NotBound),
        (bound_to, proven) => check(bound_to == proven, Reason::BindingMismatch)?,
    }
    let told = match case.revocation {
        Told::Stale if case.fail_open => case.however_old,
        told => told,
    };
    told.refusal().map_or(Ok(()), Err)?;
    let effective = now.max(told.complete_to(now));
    check(effective < fields.ends_at(), Reason::Expired)?;
    check(effective < fields.expires_at(), Reason::Idle)?;
    check(fields.schema == 1, Reason::SchemaMismatch)?;
    check(app.len() == 2, Reason::BadAppClaims)
}

/// The verifier's verdict is the model's; what it accepts says what the body says; what it refuses may log out exactly where the SPEC says so; and the inspector agrees.
pub fn after_proof(service: &Service, case: &Case<'_>) -> Result<(), Reason> {
    // Signatures take most of the time there is: one token in 32 has one.
    let place = match case.key % 64 {
        0 => service.sealers.len() - 1,
        1 => service.sealers.len() - 2,
        other => usize::from(other) % (service.sealers.len() - 2),
    };
    let sealer = &service.sealers[place];
    let (policy, verifiers) = &service.verifiers[usize::from(case.policy) % service.verifiers.len()];
    let verifier = &verifiers[usize::from(case.fail_open)];
    let now = case.now.from(NOW).clamp(0, LAST);
    let body = match &case.drawn {
        None => case.bytes.to_vec(),
        Some(drawn) => [&drawn.fields(now).write(), case.bytes].concat(),
    };
    if body.len() > 2_900 {
        return Err(Reason::Malformed);
    }
    *SCRIPT.0.lock().expect("no panic goes on") = [case.revocation.answer(now), case.however_old.answer(now)];
    let token = sealer.seal([1; 12], [2; 12], &body);
    let (claims, expected) = model(&Question { sealer, policy, now, case }, &body);

    let moment = time(now);
    let proven = case.proven.map(|byte| Thumbprint::from_bytes([byte; 32]));
    let mut scratch = Scratch::new();
    let verdict: Result<Session<[u8; 2]>, _> = match &proven {
        None => verifier.verify(&token, moment, &mut scratch),
        Some(proven) => verifier.verify_bound(&token, proven, moment, &mut scratch),
    };
    let outcome = verdict.as_ref().map(|_| ()).map_err(|rejected| rejected.reason());
    assert_eq!(outcome, expected, "{claims:?}");
    if let (Ok(session), Some((fields, app))) = (&verdict, &claims) {
        assert_eq!(session.claims(), app);
        agree(session, fields, now);
        step_up(session, fields, now, case.age);
    }
    let may_leave = claims.as_ref().is_some_and(|(fields, app)| {
        let authentic = judge(&Question { sealer, policy, now, case }, fields, app, case);
        let early = matches!(authentic, Err(Reason::CeilingExceeded)) && exceeds(policy, fields);
        !early && authentic != Err(Reason::IssuedInFuture) && now < fields.ends_at()
    });
    assert_eq!(verifier.departing(&token, moment).is_ok(), may_leave);
    if case.explained {
        explained(verifier, &token, moment, &expected);
    }
    expected
}

/// Whether a ceiling of the policy is exceeded, not one of the revocation data.
fn exceeds(policy: &Policy, fields: &Fields) -> bool {
    let above = |life: i128, longest: Seconds| life > i128::from(longest.get());
    above(fields.token_life, policy.longest_token()) || above(fields.session_life, policy.longest_session())
}

/// The session says what the fields say, and the fields are the ones that were sealed.
fn agree(session: &Session<[u8; 2]>, fields: &Fields, now: i128) {
    let unix = |time: Timestamp| i128::from(time.as_unix());
    assert_eq!(session.subject().as_bytes(), fields.subject);
    assert_eq!(unix(session.started_at()), fields.started_at());
    assert_eq!(unix(session.issued_at()), fields.issued_at);
    assert_eq!(unix(session.expires_at()), fields.expires_at());
    assert_eq!(unix(session.ends_at()), fields.ends_at());
    assert_eq!(i128::from(session.rotation()), fields.rotation);
    assert_eq!(session.base_level().number(), fields.level);
    assert_eq!(unix(session.authenticated_at()), fields.authenticated_at());
    assert_eq!(session.bound_to().map(|bound_to| bound_to.to_bytes()), fields.bound_to);
    assert_eq!((session.session_id().to_bytes(), session.token_id().to_bytes()), ([1; 12], [2; 12]));
    let lasting = fields.elevation.filter(|raised| now < raised.until(fields.issued_at));
    let raised = session.elevation().map(|elevation| {
        (elevation.level().number(), unix(elevation.until()), unix(elevation.authenticated_at()))
    });
    let expected = lasting.map(|raised| {
        (raised.level, raised.until(fields.issued_at), raised.authenticated_at(fields.issued_at))
    });
    assert_eq!(raised, expected);
    assert_eq!(session.level().number(), lasting.map_or(fields.level, |raised| raised.level));
}

/// SPEC section 7, "Step-up".
fn step_up(session: &Session<[u8; 2]>, fields: &Fields, now: i128, age: u16) {
    let most = i128::from(age.max(5));
    for level in 0..=3 {
        let young = |since: i128| now - since <= most;
        let raised = fields.elevation.filter(|raised| now < raised.until(fields.issued_at));
        let enough = fields.level >= level && young(fields.authenticated_at())
            || raised.is_some_and(|raised| {
                raised.level >= level && young(raised.authenticated_at(fields.issued_at))
            });
        let asked = AuthLevel::from_number(level).expect("a level");
        assert_eq!(session.require(asked, Seconds::new(age.into())).is_ok(), enough);
    }
}

/// The inspector takes the proof of possession as given, and does not judge the application's claims.
fn explained(verifier: &Verifier<&Scripted>, token: &str, now: Timestamp, expected: &Result<(), Reason>) {
    let report = inspect::explain(token, now, verifier);
    match expected {
        Err(Reason::BindingRequired | Reason::BindingMismatch | Reason::NotBound) => {}
        Ok(()) | Err(Reason::SchemaMismatch | Reason::BadAppClaims) => assert_eq!(report.reason, None),
        Err(reason) => assert_eq!(report.reason, Some(reason.name())),
    }
}
