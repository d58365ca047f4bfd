//! Law of `claims_codec`: what is decoded from a body and encoded again, by a rotation, is the body that SPEC section 6.2 says, to the byte; claims that borrow and claims that own are the same.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use safeconduct::{
    AuthLevel, ExactList, Issuer, Issuing, IssuingKey, Kind, MintError, Policy, Reason, Ring, Scratch,
    Seconds, Session, Thumbprint, Timestamp, Verifier, Window,
};
use serde::{Deserialize, Serialize};

use super::CONTEXT;
use super::body::{Drawn, Fields, Raised};
use super::chance::Counter;
use super::sealer::Sealer;

const NOW: i128 = 1_800_000_000;
const LONGEST: u32 = u32::MAX;

/// What the fuzzer decides.
#[derive(Arbitrary, Debug)]
pub struct Body<'a> {
    later: i16,
    drawn: Drawn,
    claims: Claims<'a>,
}

#[derive(Arbitrary, Debug)]
enum Claims<'a> {
    Typed(App),
    Bytes(&'a [u8]),
}

/// An application's claims, of most of the types that serde knows.
#[derive(Arbitrary, Serialize, Deserialize, PartialEq, Debug)]
struct App {
    name: String,
    picture: Vec<u8>,
    number: Option<i64>,
    choice: Choice,
    large: (u128, i8, char),
    table: BTreeMap<u16, bool>,
    unit: (),
}

#[derive(Arbitrary, Serialize, Deserialize, PartialEq, Debug)]
enum Choice {
    Nothing,
    Text(String),
    Pair { first: u32, second: Option<u64> },
}

/// The same, borrowing what can be borrowed.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Borrowed<'a> {
    name: &'a str,
    picture: &'a [u8],
    number: Option<i64>,
    #[serde(borrow)]
    choice: BorrowedChoice<'a>,
    large: (u128, i8, char),
    table: BTreeMap<u16, bool>,
    unit: (),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum BorrowedChoice<'a> {
    Nothing,
    Text(&'a str),
    Pair { first: u32, second: Option<u64> },
}

impl Borrowed<'_> {
    fn to_owned(&self) -> App {
        App {
            name: self.name.to_owned(),
            picture: self.picture.to_vec(),
            number: self.number,
            choice: match self.choice {
                BorrowedChoice::Nothing => Choice::Nothing,
                BorrowedChoice::Text(text) => Choice::Text(text.to_owned()),
                BorrowedChoice::Pair { first, second } => Choice::Pair { first, second },
            },
            large: self.large,
            table: self.table.clone(),
            unit: (),
        }
    }
}

/// A key, and a policy that lets nearly everything live.
pub struct Codec {
    sealer: Sealer,
    policy: Policy,
    /// One for each of four schema numbers.
    verifiers: Vec<Verifier<ExactList>>,
    issuer: Issuer,
}

impl Default for Codec {
    fn default() -> Self {
        let mut ring = Ring::<Issuing>::new();
        let Ok(key) = IssuingKey::generate(Kind::Encrypted, &mut Counter(0));
        let longest = Seconds::new(LONGEST);
        ring.add(key, Window::new(Timestamp::MIN, longest, longest).expect("a window")).expect("room");
        let policy = Policy::builder(AuthLevel::Aal2)
            .idle(Seconds::new(LONGEST))
            .session(Seconds::new(LONGEST))
            .longest_elevation(Seconds::hours(12))
            .deviation("whatever has a form is looked at")
            .skew(Seconds::new(120))
            .build()
            .expect("a policy");
        let verifier = |schema| {
            Verifier::new(&ring, CONTEXT, &policy, Kind::Encrypted)
                .schema(schema)
                .revocations(ExactList::new())
        };
        Self {
            sealer: Sealer::all(&ring, "fuzz").remove(0),
            policy,
            verifiers: (0..4).map(verifier).collect(),
            issuer: Issuer::new(&ring, CONTEXT, &policy, Kind::Encrypted),
        }
    }
}

/// SPEC section 6.2, step 1, and what forbids it.
fn successor(fields: &Fields, app: &[u8], now: i128, codec: &Codec) -> Result<Vec<u8>, MintError> {
    let u32_most = i128::from(u32::MAX);
    if fields.level > codec.policy.assurance().number() {
        return Err(MintError::LevelAbovePolicy);
    }
    if fields.rotation == u32_most {
        return Err(MintError::RotationExhausted);
    }
    let issued_at = now.max(fields.issued_at);
    let idle = i128::from(codec.policy.idle().get());
    let expires_at = (issued_at + idle).min(fields.ends_at());
    if expires_at > codec.sealer.accept_until.into() {
        return Err(MintError::OutlivesKey);
    }
    let elevation = fields.elevation.filter(|raised| raised.until(fields.issued_at) > issued_at);
    let next = Fields {
        issued_at,
        age: issued_at - fields.started_at(),
        token_life: expires_at - issued_at,
        rotation: fields.rotation + 1,
        elevation: elevation.map(|raised| Raised {
            level: raised.level,
            lasting: raised.until(fields.issued_at) - issued_at,
            elapsed: issued_at - raised.authenticated_at(fields.issued_at),
        }),
        ..fields.clone()
    };
    if next.elevation.is_some_and(|raised| raised.elapsed > u32_most) {
        return Err(MintError::Times);
    }
    let body = [&next.write(), app].concat();
    if body.len() + 31 + 16 > 3_072 { Err(MintError::TooLarge) } else { Ok(body) }
}

fn encoded(claims: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(claims).expect("what can be encoded")
}

/// Returns why the token was refused, or whether its successor was.
pub fn claims_codec(codec: &Codec, case: &Body<'_>) -> Result<Result<(), MintError>, Reason> {
    let now = NOW + i128::from(case.later);
    let fields = case.drawn.fields(NOW);
    let app = match &case.claims {
        Claims::Typed(app) => encoded(app),
        Claims::Bytes(bytes) => bytes.to_vec(),
    };
    let body = [&fields.write(), app.as_slice()].concat();
    if body.len() > 3_000 {
        return Err(Reason::Malformed);
    }
    let token = codec.sealer.seal([1; 12], [2; 12], &body);
    let moment = Timestamp::from_unix(now as u64).expect("a time");
    let verifier = &codec.verifiers[usize::try_from(fields.schema).expect("one of four")];
    let mut scratch = Scratch::new();
    let bound_to = fields.bound_to.map(Thumbprint::from_bytes);
    let borrowed: Result<Session<Borrowed<'_>>, _> = match &bound_to {
        None => verifier.verify(&token, moment, &mut scratch),
        Some(proven) => verifier.verify_bound(&token, proven, moment, &mut scratch),
    };
    let mut memory = Scratch::new();
    let owned: Result<Session<App>, _> = match &bound_to {
        None => verifier.verify_owned(&token, moment),
        Some(proven) => verifier.verify_bound(&token, proven, moment, &mut memory),
    };
    let (borrowed, owned) = match (borrowed, owned) {
        (Ok(borrowed), Ok(owned)) => (borrowed, owned),
        (Err(borrowed), Err(owned)) => {
            assert_eq!(borrowed.reason(), owned.reason());
            let typed = matches!(case.claims, Claims::Typed(_));
            assert!(!typed || owned.reason() != Reason::BadAppClaims, "claims that were encoded decode");
            return Err(owned.reason());
        }
        (borrowed, owned) => panic!("one is accepted: {borrowed:?} {owned:?}"),
    };
    assert_eq!(&borrowed.claims().to_owned(), owned.claims());
    if let Claims::Typed(app) = &case.claims {
        assert_eq!(owned.claims(), app);
    }
    let app = encoded(owned.claims());
    assert_eq!(app, encoded(borrowed.claims()));
    let (read, _) = Fields::read(&body).expect("what the verifier has read");
    assert_eq!(read, fields);

    let expected = successor(&fields, &app, now, codec);
    let successors = [
        codec.issuer.rotate_without_revocation(&owned, &mut Counter(3)),
        codec.issuer.rotate_without_revocation(&borrowed, &mut Counter(3)),
    ];
    for rotated in successors {
        let rotated = rotated.map(|token| codec.sealer.open(token.as_str()).expect("a token under our key"));
        assert_eq!(rotated, expected);
    }
    Ok(expected.map(|_| ()))
}
