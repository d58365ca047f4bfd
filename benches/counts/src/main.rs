//! Runs one path of the library so many times inside `measured`; everything around it is not counted. Keys and ids are the same in each run.

mod snapshots;

use std::hint::black_box;

use safeconduct::{
    AuthLevel, Backend, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring, Scratch, Seconds,
    Session, Subject, Timestamp, Verifier, Window,
};
use safeconduct_counts::{CONTEXT, Repeatable, measured};

/// How often `.ci/instructions` divides by.
const TIMES: usize = 20;

struct Ends {
    issuer: Issuer,
    verifier: Verifier<ExactList>,
    token: String,
    now: Timestamp,
}

impl Ends {
    fn new(kind: Kind, keys: usize) -> Self {
        let start = Timestamp::from_unix(1_800_000_000).expect("a time");
        let now = start.saturating_add(Seconds::minutes(16));
        let mut rng = Repeatable(keys as u64);
        let mut ring = Ring::<Issuing>::new();
        let keys: Vec<_> = (0..keys).map(|_| IssuingKey::generate(kind, &mut rng).expect("a key")).collect();
        // The key that mints is the one that stands last, the longest to look for.
        let last = keys.iter().map(IssuingKey::id).max();
        for key in keys {
            let older = if Some(key.id()) == last { Seconds::ZERO } else { Seconds::new(1) };
            let window = Window::new(start.saturating_sub(older), Seconds::days(30), Seconds::days(1));
            ring.add(key, window.expect("a window")).expect("room");
        }
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind);
        let verifier =
            Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new());
        let grant = Self::grant();
        let token = issuer.issue(&grant, start, &mut rng).expect("a token").into_string();
        Self { issuer, verifier, token, now }
    }

    fn grant() -> Grant {
        Grant::new(Subject::new("usr_8f14e45fceea167a").expect("a subject"), AuthLevel::Aal1)
    }

    fn session(&self) -> Session<()> {
        self.verifier.verify_owned(&self.token, self.now).expect("a session")
    }

    fn verify(&self, text: &str, good: bool) {
        let mut scratch = Scratch::new();
        measured(TIMES, || {
            let found = self.verifier.verify::<()>(black_box(text), self.now, &mut scratch);
            assert_eq!(found.is_ok(), good);
        });
    }

    fn issue(&self) {
        let (grant, mut rng) = (Self::grant(), Repeatable(5));
        measured(TIMES, || assert!(self.issuer.issue(black_box(&grant), self.now, &mut rng).is_ok()));
    }

    fn rotate(&self) {
        let (session, mut rng) = (self.session(), Repeatable(5));
        measured(TIMES, || assert!(self.issuer.rotate(black_box(&session), &mut rng).is_ok()));
    }
}

fn main() {
    let expected = if cfg!(feature = "fast") { Backend::Fast } else { Backend::Portable };
    assert_eq!(safeconduct::backend(), expected, "the backend that was built for runs");
    let encrypted = || Ends::new(Kind::Encrypted, 1);
    match std::env::args().nth(1).as_deref() {
        Some("verify-e") => encrypted().verify(&encrypted().token, true),
        Some("verify-e-in-ring-of-16") => {
            let ends = Ends::new(Kind::Encrypted, 16);
            ends.verify(&ends.token, true);
        }
        Some("verify-s") => {
            let ends = Ends::new(Kind::Signed, 1);
            ends.verify(&ends.token, true);
        }
        Some("verify-n") => {
            let ends = Ends::new(Kind::Nested, 1);
            ends.verify(&ends.token, true);
        }
        Some("issue-e") => encrypted().issue(),
        Some("issue-n") => Ends::new(Kind::Nested, 1).issue(),
        Some("rotate-e") => encrypted().rotate(),
        Some("refuse-1-mib") => encrypted().verify(&"A".repeat(1 << 20), false),
        Some("refuse-malformed") => encrypted().verify("not a token", false),
        Some("refuse-unknown-key") => encrypted().verify(&Ends::new(Kind::Encrypted, 2).token, false),
        Some("refuse-forged") => {
            let ends = encrypted();
            let forged = format!("{}AAAA", &ends.token[..ends.token.len() - 4]);
            ends.verify(&forged, false);
        }
        Some("snapshot-open") => snapshots::open(),
        Some("snapshot-hit") => snapshots::hit(),
        Some("snapshot-miss") => snapshots::miss(false),
        Some("snapshot-miss-at-all-scopes") => snapshots::miss(true),
        other => panic!("there is no case {other:?}"),
    }
}
