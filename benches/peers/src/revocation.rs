//! What it costs to ask a snapshot about a token: every scope, with a hundred thousand entries and with none.

use std::hint::black_box;

use safeconduct::{
    Answer, AuthLevel, Context, Floors, Grant, Issuer, Issuing, IssuingKey, Journal, JournalSettings, Kind,
    Policy, Realm, Revocation, Revocations, Ring, Seconds, Session, SessionId, Snapshot, SnapshotKeys,
    SnapshotSigner, Subject, Timestamp, TokenId, Verifier, Window, context,
};

use crate::Limit;

const CONTEXT: Context = context!("shop.example", "session");
pub const FULL: &str = "revocation, all scopes: 100,000 entries";
pub const SESSIONS: &str = "revocation: 100,000 sessions, nothing else";
pub const EMPTY: &str = "revocation, all scopes: no entry";

pub fn all() -> [Limit; 3] {
    [asked(FULL, 100_000, true), asked(SESSIONS, 100_000, false), asked(EMPTY, 0, false)]
}

fn asked(name: &'static str, entries: u32, all_scopes: bool) -> Limit {
    let mut rng = getrandom::SysRng;
    let now = Timestamp::from_unix(crate::now()).expect("a time");
    let signer = SnapshotSigner::generate(&mut rng).expect("a signer");
    let realm = Realm::generate(&[signer.public()], &mut rng).expect("a realm");
    let window = Window::new(now, Seconds::days(30), Seconds::days(1)).expect("a window");
    let mut ring = Ring::<Issuing>::new();
    ring.add(IssuingKey::generate(Kind::Encrypted, &mut rng).expect("a key"), window).expect("room");
    ring.add_realm(&realm).expect("room");
    let mut journal =
        Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut rng).expect("a journal");
    let until = now.saturating_add(Seconds::hours(8));
    for _ in 0..entries {
        journal.record(&Revocation::operator_session(SessionId::from_bytes(crate::random()), until));
    }
    if all_scopes {
        // Rows of the other scopes, so that each is really looked at.
        let token = TokenId::from_bytes(crate::random());
        journal.record(&Revocation::operator_token(SessionId::from_bytes(crate::random()), token, until));
        for number in 0..1_000 {
            let subject = Subject::new(format!("somebody {number}")).expect("a subject");
            journal.record(&Revocation::operator_subject(subject, now));
        }
    }
    let (journal, _) = journal.commit(now, &signer).expect("a version").stored();
    let bytes = journal.snapshot(&signer).expect("a snapshot");
    let snapshot =
        Snapshot::open(bytes, &SnapshotKeys::of(&ring), now, &Floors::new()).expect("a good snapshot");
    snapshot.check_pages().expect("good pages");

    // Some sessions in turn: with one alone the processor would learn its bits. More would not find the cache warm in the short turns that the cases take here, and it is
    // memory that would be measured; `cargo bench --bench revocation` has that.
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let verifier =
        Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).dangerous_without_revocation();
    let grant = Grant::new(Subject::new(crate::SUBJECT).expect("a subject"), AuthLevel::Aal1);
    let session = || -> Session<()> {
        let token = issuer.issue_beside(&snapshot, &grant, now, &mut getrandom::SysRng).expect("a token");
        verifier.verify_owned(token.as_str(), now).expect("a session")
    };
    let sessions: Vec<Session<()>> = (0..16).map(|_| session()).collect();
    let mut turn = 0;
    Limit {
        name,
        work: Box::new(move || {
            turn = (turn + 1) % sessions.len();
            matches!(snapshot.check(black_box(&sessions[turn].facts()), now), Answer::Clear(_))
        }),
    }
}
