//! Law of `mutants`: of everything that can be made of a token by changing it, only the token itself is accepted.

use arbitrary::Arbitrary;
use safeconduct::{
    AuthLevel, Context, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Reason, Ring, Scratch,
    Seconds, Session, Subject, Thumbprint, Timestamp, Verifier, Window, context,
};

use super::CONTEXT;
use super::base64url::{base64url, from_base64url};
use super::chance::Counter;

const ELSEWHERE: Context = context!("fuzz", "elsewhere");
const NOW: u64 = 1_800_000_000;

/// A login, and what is done to its token.
#[derive(Arbitrary, Debug)]
pub struct Mutant<'a> {
    kind: u8,
    subject: u8,
    level: u8,
    bound_to: Option<u8>,
    chance: u8,
    changes: Vec<Change>,
    claims: &'a [u8],
}

/// A change to a token. Places are counted from its beginning, and go around at its end.
#[derive(Clone, Copy, Arbitrary, Debug)]
enum Change {
    /// Of the decoded bytes.
    Flip {
        at: u16,
        bit: u8,
    },
    Set {
        at: u16,
        to: u8,
    },
    Insert {
        at: u16,
        byte: u8,
    },
    Remove {
        at: u16,
        count: u8,
    },
    Keep {
        count: u16,
    },
    Swap {
        at: u16,
        with: u16,
        count: u8,
    },
    Copy {
        from: u16,
        to: u16,
        count: u8,
    },
    /// A stretch of another genuine token: of another kind, key, context or session.
    Splice {
        other: u8,
        at: u16,
        count: u8,
    },
    /// Everything from a place on.
    Tail {
        other: u8,
        at: u16,
    },
    /// Of the text.
    Letter {
        at: u16,
        to: u8,
    },
    Append {
        letter: u8,
    },
    Cut {
        count: u8,
    },
    Space {
        at: u16,
    },
}

/// Issuers of two rings and two contexts, verifiers of one of each, and tokens to take pieces from.
pub struct Mint {
    issuers: Vec<(Kind, Issuer)>,
    verifier: Verifier<ExactList>,
    elsewhere: Verifier<ExactList>,
    others: Vec<Vec<u8>>,
}

fn now() -> Timestamp {
    Timestamp::from_unix(NOW).expect("a time")
}

impl Default for Mint {
    fn default() -> Self {
        let mut chance = Counter(0);
        let window = Window::new(now(), Seconds::days(30), Seconds::days(1)).expect("a window");
        let mut rings = [Ring::<Issuing>::new(), Ring::<Issuing>::new()];
        // The counter comes around after 256 bytes: each ring begins elsewhere.
        for ((ring, keys), start) in rings.iter_mut().zip([2, 1]).zip([0, 100]) {
            let mut chance = Counter(start);
            for kind in Kind::ALL.repeat(keys) {
                let Ok(key) = IssuingKey::generate(kind, &mut chance);
                ring.add(key, window).expect("room");
            }
        }
        let [ring, foreign] = &rings;
        let mut others = Vec::new();
        for (ring, context) in [(ring, CONTEXT), (ring, ELSEWHERE), (foreign, CONTEXT)] {
            for kind in Kind::ALL {
                let issuer = Issuer::new(ring, context, &Policy::AAL3, kind);
                let grant = Grant::new(Subject::new("other").expect("a subject"), AuthLevel::Aal3);
                let token = issuer.issue(&grant, now(), &mut chance).expect("a token");
                others.push(from_base64url(token.as_str()).expect("base64url"));
            }
        }
        let verifier = |context| {
            Verifier::new(ring, context, &Policy::AAL3, Kind::Encrypted)
                .also_accepts(Kind::Signed)
                .also_accepts(Kind::Nested)
                .revocations(ExactList::new())
        };
        Self {
            issuers: Kind::ALL.map(|kind| (kind, Issuer::new(ring, CONTEXT, &Policy::AAL3, kind))).into(),
            verifier: verifier(CONTEXT),
            elsewhere: verifier(ELSEWHERE),
            others,
        }
    }
}

impl Mint {
    fn verdict(
        &self,
        verifier: &Verifier<ExactList>,
        text: &str,
        bound_to: Option<u8>,
    ) -> Result<Vec<u8>, Reason> {
        let mut scratch = Scratch::new();
        let session: Result<Session<&[u8]>, _> = match bound_to {
            None => verifier.verify(text, now(), &mut scratch),
            Some(byte) => {
                verifier.verify_bound(text, &Thumbprint::from_bytes([byte; 32]), now(), &mut scratch)
            }
        };
        session.map(|session| session.claims().to_vec()).map_err(|rejected| rejected.reason())
    }
}

/// Applies a change, to the bytes or to the text.
fn change(bytes: &mut Vec<u8>, text: &mut Vec<u8>, others: &[Vec<u8>], change: Change) {
    let place = |at: u16, length: usize| usize::from(at) % length.max(1);
    let length = bytes.len();
    let other = |number: u8| &others[usize::from(number) % others.len()];
    match change {
        Change::Flip { at, bit } if length > 0 => bytes[place(at, length)] ^= 1 << (bit % 8),
        Change::Set { at, to } if length > 0 => bytes[place(at, length)] = to,
        Change::Insert { at, byte } => bytes.insert(place(at, length + 1), byte),
        Change::Remove { at, count } => {
            let at = place(at, length);
            bytes.drain(at..length.min(at + usize::from(count)));
        }
        Change::Keep { count } => bytes.truncate(usize::from(count)),
        Change::Swap { at, with, count } if length > 0 => {
            for step in 0..usize::from(count) {
                bytes.swap((place(at, length) + step) % length, (place(with, length) + step) % length);
            }
        }
        Change::Copy { from, to, count } if length > 0 => {
            for step in 0..usize::from(count) {
                bytes[(place(to, length) + step) % length] = bytes[(place(from, length) + step) % length];
            }
        }
        Change::Splice { other: number, at, count } if length > 0 => {
            let (at, other) = (place(at, length), other(number));
            let end = (at + usize::from(count)).min(length).min(other.len());
            if at < end {
                bytes[at..end].copy_from_slice(&other[at..end]);
            }
        }
        Change::Tail { other: number, at } => {
            let other = other(number);
            let at = place(at, length.min(other.len()));
            bytes.truncate(at);
            bytes.extend(&other[at..]);
        }
        Change::Letter { at, to } if !text.is_empty() => {
            let at = place(at, text.len());
            text[at] = to & 127;
        }
        Change::Append { letter } => text.push(letter & 127),
        Change::Cut { count } => text.truncate(text.len().saturating_sub(usize::from(count))),
        Change::Space { at } => text.insert(place(at, text.len() + 1), b' '),
        _ => {}
    }
}

/// Returns what was said of the mutant, or nothing where it is the token itself.
pub fn mutants(mint: &Mint, case: &Mutant<'_>) -> Option<Reason> {
    // Signatures take most of the time there is.
    let (_, issuer) = &mint.issuers[match case.kind % 16 {
        0 => 1,
        1 => 2,
        _ => 0,
    }];
    let claims = &case.claims[..case.claims.len().min(200)];
    let subject = vec![b'u'; usize::from(case.subject % 128) + 1];
    let level = AuthLevel::from_number(case.level % 4).expect("a level");
    let mut grant = Grant::new(Subject::new(&subject).expect("a subject"), level).claims(claims);
    if let Some(byte) = case.bound_to {
        grant = grant.bound_to(Thumbprint::from_bytes([byte; 32]));
    }
    let token = issuer.issue(&grant, now(), &mut Counter(case.chance)).expect("a token");
    assert_eq!(mint.verdict(&mint.verifier, token.as_str(), case.bound_to).as_deref(), Ok(claims));

    let original = from_base64url(token.as_str()).expect("base64url");
    assert_eq!(base64url(&original), token.as_str());
    let (mut bytes, mut text) = (original.clone(), token.as_str().as_bytes().to_vec());
    for step in case.changes.iter().take(8) {
        let before = bytes.clone();
        change(&mut bytes, &mut text, &mint.others, *step);
        if bytes != before {
            text = base64url(&bytes).into_bytes();
        }
    }
    let text = String::from_utf8(text).expect("ASCII");
    let verdict = mint.verdict(&mint.verifier, &text, case.bound_to);
    if text == token.as_str() {
        assert_eq!(verdict.as_deref(), Ok(claims));
        return None;
    }
    // Those that the pieces come from are genuine as well, where they belong; only they get beyond the proof.
    let genuine = |verifier: usize| {
        mint.others[verifier * 3..verifier * 3 + 3].iter().any(|other| *text == base64url(other))
    };
    let refused = |verdict: &Result<Vec<u8>, Reason>| {
        verdict.as_ref().is_err_and(|reason| reason.anybody_can_provoke())
    };
    assert!(refused(&verdict) || genuine(0), "{verdict:?} {text}");
    let elsewhere = mint.verdict(&mint.elsewhere, &text, case.bound_to);
    assert!(refused(&elsewhere) || genuine(1), "{elsewhere:?} {text}");
    assert!(refused(&mint.verdict(&mint.elsewhere, token.as_str(), case.bound_to)));
    verdict.err()
}
