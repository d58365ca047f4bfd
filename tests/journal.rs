//! The revocation log by itself: what it answers, what it refuses, and when its rows end (SPEC sections 9.6 and 9.7).

mod common;

use common::realm::Desk;
use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    AuthLevel, Grant, Issuer, Journal, JournalError, JournalSettings, KeyId, Kind, LogAnswer, Policy, Realm,
    Revocation, Seconds, Session, SessionId, SnapshotSigner, Subject, TokenId, Unrevocable, Verifier,
};

const POLICY: Policy = Policy::AAL1;
/// Of tokens, and of the staleness bound, in the usual settings.
const TOKEN: i64 = 1_800;
const BOUND: i64 = 3_600;

fn session_id(number: u8) -> SessionId {
    SessionId::from_bytes([number; SessionId::SIZE])
}

fn by_id(number: u8) -> Revocation {
    Revocation::operator_session(session_id(number), at(28_800))
}

fn user(number: usize) -> Subject {
    Subject::new(format!("user {number}")).unwrap()
}

/// A desk and real sessions.
struct Counter {
    desk: Desk,
    issuer: Issuer,
    verifier: Verifier<Unrevocable>,
    rng: Repeatable,
}

impl Counter {
    fn new(settings: JournalSettings) -> Self {
        let desk = Desk::with(Kind::Encrypted, settings, at(0));
        let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        let verifier = Verifier::new(&desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted)
            .dangerous_without_revocation();
        Self { desk, issuer, verifier, rng: Repeatable(4) }
    }

    fn session(&mut self, subject: Subject, now: i64) -> Session<()> {
        let token = self.issuer.issue(&Grant::new(subject, AuthLevel::Aal1), at(now), &mut self.rng).unwrap();
        self.verifier.verify_owned(token.as_str(), at(now)).unwrap()
    }
}

/// The header's token life and longest token.
fn lives(snapshot: &[u8]) -> (u32, u32) {
    let word = |place: usize| u32::from_be_bytes(*snapshot[place..].first_chunk().unwrap());
    (word(84), word(88))
}

/// Entries, key rows, subject rows, retired rows.
fn rows(snapshot: &[u8]) -> [u32; 4] {
    [96, 112, 116, 120].map(|place| u32::from_be_bytes(*snapshot[place..].first_chunk().unwrap()))
}

#[test]
fn settings_come_back_from_a_log_that_has_a_version() {
    let strict = JournalSettings::strict(&POLICY);
    let desk = Desk::with(Kind::Encrypted, strict, at(0));
    let journal = Journal::read(&desk.stored, &desk.realm, JournalSettings::new(&POLICY)).unwrap();
    assert_eq!(journal.recorded_settings(), strict);
    let unborn = Journal::start(&desk.realm, JournalSettings::new(&POLICY), &mut Repeatable(1)).unwrap();
    assert_eq!(unborn.recorded_settings(), JournalSettings::new(&POLICY));
    assert!(strict.to_string().contains("5 min"), "{strict}");
}

#[test]
fn a_subject_over_its_quota_needs_a_cut_off() {
    let mut counter = Counter::new(JournalSettings::new(&POLICY));
    let sessions: Vec<Session<()>> = (0..34).map(|_| counter.session(subject(), 0)).collect();
    for (number, session) in (1..).zip(&sessions[..32]) {
        let answer = counter.desk.revoke(&session.revocation(), at(number));
        assert!(answer.is_recorded() && !answer.was_already_out() && !answer.is_quota_reached());
    }
    let answer = counter.desk.revoke(&sessions[32].revocation(), at(40));
    assert!(answer.is_quota_reached() && !answer.is_recorded());
    // Again the first: it is in the log. Others are not concerned.
    assert!(counter.desk.revoke(&sessions[0].revocation(), at(41)).was_already_out());
    let other = counter.session(user(1), 41);
    counter.desk.end(&other.revocation(), at(41));
    // One row ends them all.
    counter.desk.end(&Revocation::operator_subject(subject(), POLICY.cut_off(at(42), None)), at(42));
    assert!(counter.desk.revoke(&sessions[32].revocation(), at(43)).was_already_out());
    // The quota is of rows that are alive.
    counter.desk.heartbeat(at(43 + BOUND + TOKEN + 120));
    let late = counter.session(subject(), 43 + BOUND + TOKEN + 120);
    counter.desk.end(&late.revocation(), at(43 + BOUND + TOKEN + 121));
}

#[test]
fn a_full_log_refuses_and_keeps_room_for_cut_offs() {
    let settings = JournalSettings::new(&POLICY).most_entries(4).most_subjects(2).most_retired(1);
    let mut desk = Desk::with(Kind::Encrypted, settings, at(0));
    let token = Revocation::operator_token(session_id(9), TokenId::from_bytes([1; 12]), at(900));
    desk.revoke_all(&[by_id(0), by_id(1), by_id(2)], at(1));
    desk.end(&token, at(1));
    let before = desk.snapshot();
    let refused = |answer: &LogAnswer| !answer.is_recorded() && !answer.is_quota_reached();
    let answers = desk.revoke_all(&[by_id(3), by_id(0), token], at(2));
    assert!(refused(&answers[0]), "{answers:?}");
    // What is in it already needs no room.
    assert!(answers[1].was_already_out() && answers[2].was_already_out(), "{answers:?}");
    let cut_off = |number| Revocation::operator_subject(user(number), at(50));
    let key = |number: u32| Revocation::operator_key(KeyId::from_bytes(number.to_be_bytes()));
    let all = [cut_off(0), cut_off(1), cut_off(2), key(1), Revocation::operator_everyone(at(20))];
    let answers = desk.revoke_all(&all, at(3));
    let recorded: Vec<bool> = answers.iter().map(LogAnswer::is_recorded).collect();
    assert_eq!(recorded, [true, true, false, true, true]);
    assert_eq!((rows(&before), rows(&desk.snapshot())), ([4, 0, 0, 0], [4, 1, 2, 0]));
    // A subject that has a row gets a later cut-off without room for another.
    desk.end(&Revocation::operator_subject(user(1), at(60)), at(4));
    let keys: Vec<Revocation> = (2..1_030).map(key).collect();
    let recorded = desk.revoke_all(&keys, at(5)).iter().filter(|answer| answer.is_recorded()).count();
    assert_eq!(recorded, 1_023, "1,024 with the first");
}

#[test]
fn it_says_what_was_out_already_whatever_the_scope() {
    let mut counter = Counter::new(JournalSettings::new(&POLICY));
    let session = counter.session(subject(), 10);
    let other = counter.session(user(1), 10);
    let of_session = session.revocation();
    let by_id = Revocation::operator_session(session.session_id(), session.ends_at());
    let of_token = Revocation::operator_token(session.session_id(), session.token_id(), session.expires_at());
    let of_subject = |before| Revocation::operator_subject(subject(), at(before));
    let of_key = Revocation::operator_key(session.key_id());
    let everyone = |before| Revocation::operator_everyone(at(before));
    // What is in the log; what is asked; whether it was out.
    let table = [
        (&by_id, &of_session, true),
        (&of_session, &by_id, true),
        (&of_session, &of_token, true),
        (&of_token, &of_token, true),
        (&of_token, &of_session, true),
        (&of_token, &by_id, false),
        (&of_subject(11), &of_session, true),
        (&of_subject(10), &of_session, false),
        (&of_subject(11), &of_subject(11), true),
        (&of_subject(11), &of_subject(12), false),
        (&of_subject(11), &of_subject(10), true),
        (&of_key, &of_session, true),
        (&of_key, &of_key, true),
        (&of_key, &by_id, false),
        (&everyone(11), &of_session, true),
        (&everyone(10), &of_session, false),
        (&everyone(11), &of_subject(11), true),
        (&everyone(11), &of_subject(12), false),
        (&everyone(11), &everyone(11), true),
        (&everyone(11), &everyone(12), false),
        (&other.revocation(), &of_session, false),
        (&of_session, &of_subject(11), false),
        (&of_session, &everyone(11), false),
    ];
    let empty = counter.desk.stored.clone();
    for (held, asked, was_out) in table {
        for in_one_version in [false, true] {
            counter.desk.stored.clone_from(&empty);
            let answer = if in_one_version {
                counter.desk.revoke_all(&[held.clone(), asked.clone()], at(20)).pop().unwrap()
            } else {
                counter.desk.end(held, at(20));
                counter.desk.revoke(asked, at(21))
            };
            assert!(answer.is_recorded(), "{held:?}, then {asked:?}: {answer:?}");
            assert_eq!(answer.was_already_out(), was_out, "{held:?}, then {asked:?}");
        }
    }
}

#[test]
fn logging_out_with_an_old_token_ends_what_elevations_made_of_it() {
    let mut counter = Counter::new(JournalSettings::new(&POLICY));
    let desk = |counter: &Counter| {
        let data = counter.desk.open(counter.desk.snapshot(), at(100));
        Verifier::new(&counter.desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted).revocations(data)
    };
    let token =
        counter.issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut counter.rng).unwrap();
    let first = token.as_str().to_owned();
    let mut current = first.clone();
    for step in 1..4 {
        let session: Session<()> = desk(&counter).verify_owned(&current, at(100)).unwrap();
        let pending =
            counter.issuer.elevate(&session, AuthLevel::Aal1, Seconds::minutes(5), &mut counter.rng);
        let pending = pending.unwrap();
        let answer = counter.desk.revoke(pending.revocation(), at(100 + step));
        current = pending.release(answer).unwrap().into_string();
    }
    assert!(desk(&counter).verify_owned::<()>(&current, at(100)).is_ok());
    // A tab that still has the first of four tokens.
    let departing = counter.verifier.departing(&first, at(104)).unwrap();
    assert!(counter.desk.revoke(departing.revocation(), at(104)).is_recorded());
    assert!(desk(&counter).verify_owned::<()>(&current, at(104)).is_err());
}

#[test]
fn rows_end_at_their_death_and_not_before() {
    let mut counter = Counter::new(JournalSettings::new(&POLICY));
    let session = counter.session(subject(), 0);
    let token_id = TokenId::from_bytes([1; 12]);
    let rotations = {
        let rotated = counter.issuer.rotate_without_revocation(&session, &mut counter.rng).unwrap();
        let rotated: Session<()> = counter.verifier.verify_owned(rotated.as_str(), at(1)).unwrap();
        rotated
    };
    assert_eq!(rotations.rotation(), 1);
    // Of the rows: how they are asked for, when they end. A version of second 30 stands for minting until 30 + the bound, which is the whole minute above.
    let stamp = 60 + BOUND;
    let cases = [
        (session.revocation(), stamp + TOKEN),
        (Revocation::operator_session(session_id(1), at(1_000)), 1_020),
        (Revocation::operator_session(session_id(1), at(1_020)), 1_020),
        (Revocation::operator_token(session_id(1), token_id, at(7_200)), 7_200),
        (Revocation::operator_token(session_id(1), token_id, at(7_201)), 7_260),
        (Revocation::operator_subject(subject(), at(40)), stamp + TOKEN),
        (Revocation::operator_subject(subject(), at(stamp + 1)), stamp + 60 + TOKEN),
    ];
    let empty = counter.desk.stored.clone();
    for (revocation, death) in cases {
        counter.desk.stored.clone_from(&empty);
        counter.desk.end(&revocation, at(30));
        counter.desk.heartbeat(at(death - 1));
        assert_eq!(counter.desk.read().count(), 1, "{revocation:?} a second before {death}");
        counter.desk.heartbeat(at(death));
        assert_eq!(counter.desk.read().count(), 0, "{revocation:?} at {death}");
    }
    // Keys and everyone stay.
    counter.desk.end(&Revocation::operator_key(session.key_id()), at(30));
    counter.desk.end(&Revocation::operator_everyone(at(20)), at(30));
    counter.desk.settings = counter.desk.settings.longest_pause(Seconds::days(366));
    let snapshot = counter.desk.heartbeat(at(365 * 86_400));
    assert_eq!(rows(&snapshot), [0, 1, 0, 0]);
    assert_eq!(snapshot[68..76], at(20).as_unix().to_be_bytes());
}

#[test]
fn a_row_outlives_a_token_from_a_clock_that_is_ahead() {
    let mut counter = Counter::new(JournalSettings::new(&POLICY));
    let ahead = 2 * BOUND;
    let session = counter.session(subject(), ahead);
    counter.desk.end(&session.revocation(), at(30));
    counter.desk.heartbeat(at(ahead + TOKEN - 1));
    assert_eq!(counter.desk.read().count(), 1);
    counter.desk.heartbeat(at(ahead + TOKEN));
    assert_eq!(counter.desk.read().count(), 0);
}

#[test]
fn a_clock_that_is_far_ahead_makes_no_version() {
    let counter = Counter::new(JournalSettings::new(&Policy::AAL1));
    let month = 31 * 86_400;
    let commit = |settings, offset| {
        let journal = Journal::read(&counter.desk.stored, &counter.desk.realm, settings).unwrap();
        journal.commit(at(offset), &counter.desk.signer).map(|_| ())
    };
    let settings = counter.desk.settings;
    assert_eq!(commit(settings, month), Ok(()));
    assert_eq!(commit(settings, month + 1), Err(JournalError::Clock));
    assert_eq!(commit(settings.longest_pause(Seconds::days(32)), month + 1), Ok(()));
}

#[test]
fn what_is_not_committed_is_not_published() {
    let mut counter = Counter::new(JournalSettings::new(&Policy::AAL1));
    let fresh = Journal::start(&counter.desk.realm, counter.desk.settings, &mut Repeatable(8)).unwrap();
    assert_eq!(fresh.snapshot(&counter.desk.signer), Err(JournalError::Uncommitted));
    let before = counter.desk.read();
    counter.desk.end(&Revocation::operator_session(session_id(1), at(1_000)), at(30));
    let mut other = counter.desk.read();
    assert!(other.snapshot(&counter.desk.signer).is_ok());
    other.demand_ring(7);
    assert_eq!(other.snapshot(&counter.desk.signer), Err(JournalError::Uncommitted));
    assert_eq!(other.delta_since(&before, &counter.desk.signer), Err(JournalError::Uncommitted));
}

#[test]
fn clocks_that_go_back_take_no_version_back() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(1_000));
    let mut last = desk.read();
    for now in [2_000, 500, 1_999, 2_001, 0] {
        desk.heartbeat(at(now));
        let next = desk.read();
        assert_eq!(next.version(), last.version() + 1);
        assert!(next.complete_to() >= last.complete_to() && next.issued_at() >= last.issued_at());
        assert!(next.complete_to() >= at(now) && next.complete_to() <= next.issued_at());
        last = next;
    }
    assert_eq!(last.complete_to(), at(2_001));
    // A row of a publisher that is behind lives as long as one of the others.
    desk.end(&by_id(1), at(0));
    let death = (2_001 + BOUND + 59) / 60 * 60 + TOKEN;
    desk.heartbeat(at(death - 1));
    assert_eq!(desk.read().count(), 1);
    desk.heartbeat(at(death));
    assert_eq!(desk.read().count(), 0);
}

#[test]
fn a_shorter_token_is_minted_at_once_and_the_longer_one_lives_out() {
    let settings = |minutes| JournalSettings::new(&POLICY).longest_token(Seconds::minutes(minutes));
    let mut desk = Desk::with(Kind::Encrypted, settings(30), at(0));
    assert_eq!(lives(&desk.snapshot()), (1_800, 1_800));
    desk.settings = settings(10);
    assert_eq!(lives(&desk.heartbeat(at(100))), (600, 1_800));
    let over = 100 + BOUND + TOKEN;
    assert_eq!(lives(&desk.heartbeat(at(over - 1))), (600, 1_800));
    assert_eq!(lives(&desk.heartbeat(at(over))), (600, 600));
    // Nothing was dropped, so a longer one counts at once.
    desk.settings = settings(30);
    assert_eq!(lives(&desk.heartbeat(at(over + 1))), (1_800, 1_800));
    // Shortened and lengthened again before the first is over.
    desk.settings = settings(10);
    assert_eq!(lives(&desk.heartbeat(at(over + 2))), (600, 1_800));
    desk.settings = settings(20);
    assert_eq!(lives(&desk.heartbeat(at(over + 3))), (1_200, 1_800));
    desk.settings = settings(30);
    assert_eq!(lives(&desk.heartbeat(at(over + 4))), (1_800, 1_800));
}

#[test]
fn a_longer_token_brings_back_nothing_that_was_dropped() {
    // Nodes mint tokens of half an hour, while the publisher reckons with 10 minutes: nobody accepts them, and their log-outs are dropped.
    let settings = |minutes| {
        let settings = JournalSettings::new(&POLICY).staleness_bound(Seconds::minutes(1));
        settings.longest_token(Seconds::minutes(minutes))
    };
    let mut counter = Counter::new(settings(10));
    let token =
        counter.issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut counter.rng).unwrap();
    let departing = counter.verifier.departing(token.as_str(), at(60)).unwrap();
    counter.desk.end(departing.revocation(), at(60));
    counter.desk.heartbeat(at(720));
    assert_eq!(counter.desk.read().count(), 0);
    // The publisher is set right. The token has half of its life before it.
    counter.desk.settings = settings(30);
    for now in [800, 1_799] {
        let data = counter.desk.heartbeat(at(now));
        // As far as what was dropped, minted until 120 at the latest, would be over.
        let life = u32::try_from(now - 120).unwrap();
        assert_eq!(lives(&data), (life, life));
        let data = counter.desk.open(data, at(now));
        let verifier = Verifier::new(&counter.desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted);
        assert!(verifier.revocations(data).verify_owned::<()>(token.as_str(), at(now)).is_err());
    }
    assert_eq!(lives(&counter.desk.heartbeat(at(1_920))), (1_800, 1_800));
    // Rows are kept for the longer one from the beginning.
    counter.desk.end(&by_id(1), at(1_921));
    counter.desk.heartbeat(at(1_921 + 700));
    assert_eq!(counter.desk.read().count(), 1);
}

#[test]
fn only_its_own_log_is_read_and_only_whole() {
    let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
    desk.end(&by_id(1), at(1));
    let read = |bytes: &[u8], realm: &Realm| Journal::read(bytes, realm, desk.settings).map(|_| ()).err();
    assert_eq!(read(&desk.stored, &desk.realm), None);
    let mut rng = Repeatable(99);
    let foreign = Realm::generate(&[desk.signer.public()], &mut rng).unwrap();
    assert_eq!(read(&desk.stored, &foreign), Some(JournalError::OtherRealm));
    // Another signer in the place of ours, by its name only: every byte of the name, the hash and the signature counts.
    for place in 0..desk.stored.len() {
        for bit in 0..8 {
            let mut bytes = desk.stored.clone();
            bytes[place] ^= 1 << bit;
            let expected = match place {
                0..4 => JournalError::NotAJournal,
                4..8 => JournalError::OtherRealm,
                8..16 => JournalError::NotASigner,
                16..112 => JournalError::BadSignature,
                _ => JournalError::Damaged,
            };
            assert_eq!(read(&bytes, &desk.realm), Some(expected), "bit {bit} of byte {place}");
        }
    }
    for length in 0..desk.stored.len() {
        let expected = if length < 112 { JournalError::NotAJournal } else { JournalError::Damaged };
        assert_eq!(read(&desk.stored[..length], &desk.realm), Some(expected), "{length} bytes");
    }
    let longer = [desk.stored.as_slice(), &[0]].concat();
    assert_eq!(read(&longer, &desk.realm), Some(JournalError::Damaged));
    let stranger = SnapshotSigner::generate(&mut rng).unwrap();
    assert_eq!(desk.read().commit(at(2), &stranger).err(), Some(JournalError::NotASigner));
}
