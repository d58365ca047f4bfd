//! A snapshot in the hands of an attacker: whoever carries it, whoever stores it, and a thief of one signing key.
//!
//! Whatever is done to the bytes, the answer is an error or "damaged", never "not revoked".

mod common;

use common::forge::{self, FRONT, HEADER, Parts, field};
use common::realm::Desk;
use common::{CONTEXT, Repeatable, at};
use safeconduct::{
    Answer, AuthLevel, Floors, Grant, Issuer, Kind, Policy, Realm, Revocation, Revocations as _, Scope,
    Session, SessionId, Snapshot, SnapshotError, SnapshotKeys, SnapshotSigner, Subject, Timestamp, Verifier,
};

const POLICY: Policy = Policy::AAL1;
const NO_MEMORY: Floors = Floors::new();

/// A realm with something revoked at each scope, and one session of each kind to ask about.
struct Scene {
    desk: Desk,
    live: Session<()>,
    out: Session<()>,
    token_out: Session<()>,
    cut_off: Session<()>,
}

fn ids(count: usize, seed: u64) -> impl Iterator<Item = SessionId> {
    let mut rng = Repeatable(seed);
    (0..count).map(move |_| {
        let mut bytes = [0; SessionId::SIZE];
        let Ok(()) = safeconduct::rand_core::TryRng::try_fill_bytes(&mut rng, &mut bytes);
        SessionId::from_bytes(bytes)
    })
}

impl Scene {
    /// With so many sessions in the filter; 825 make a snapshot of 4 KiB.
    fn new(sessions: usize) -> Self {
        let mut desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
        let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        let bare =
            Verifier::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted).dangerous_without_revocation();
        let mut rng = Repeatable(31);
        let mut log_in = |who: &str| -> Session<()> {
            let grant = Grant::new(Subject::new(who).unwrap(), AuthLevel::Aal1);
            let token = issuer.issue(&grant, at(0), &mut rng).unwrap();
            bare.verify_owned(token.as_str(), at(1)).unwrap()
        };
        let (live, out) = (log_in("live"), log_in("out"));
        let (token_out, cut_off) = (log_in("token"), log_in("cut off"));
        let mut all: Vec<Revocation> =
            ids(sessions, 3).map(|id| Revocation::operator_session(id, at(28_800))).collect();
        all.push(out.revocation());
        all.push(Revocation::operator_token(token_out.session_id(), token_out.token_id(), at(9_000)));
        all.push(Revocation::operator_subject(*cut_off.subject(), at(40)));
        all.extend((0..6_u8).map(|who| Revocation::operator_subject(Subject::new([who]).unwrap(), at(40))));
        all.extend((1..5).map(|id| Revocation::operator_key(safeconduct::KeyId::from_bytes([id; 4]))));
        desk.revoke_all(&all, at(2));
        Self { desk, live, out, token_out, cut_off }
    }

    fn open<'b>(&self, bytes: &'b [u8]) -> Result<Snapshot<&'b [u8]>, SnapshotError> {
        Snapshot::open(bytes, &self.desk.keys, at(3), &NO_MEMORY)
    }

    /// The answers about all four.
    fn answers<B: AsRef<[u8]>>(&self, snapshot: &Snapshot<B>) -> [Answer; 4] {
        [&self.live, &self.out, &self.token_out, &self.cut_off]
            .map(|session| snapshot.check(&session.facts(), at(3)))
    }

    fn error(&self, bytes: &[u8]) -> Option<SnapshotError> {
        self.open(bytes).err()
    }
}

/// Every bit of the bytes turned over, one after the other.
fn bit_flips(bytes: &[u8], mut check: impl FnMut(usize, &[u8])) {
    let mut changed = bytes.to_vec();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            changed[place] ^= 1 << bit;
            check(place, &changed);
            changed[place] ^= 1 << bit;
        }
    }
}

#[test]
fn no_bit_of_a_snapshot_can_be_turned() {
    let scene = Scene::new(825);
    let bytes = scene.desk.snapshot();
    assert!((4_000..4_200).contains(&bytes.len()), "{} bytes", bytes.len());
    let good = scene.open(&bytes).unwrap();
    let Answer::Clear(_) = scene.answers(&good)[0] else { panic!("the live session is clear") };
    assert_eq!(
        scene.answers(&good)[1..],
        [Scope::Session, Scope::Token, Scope::Subject].map(Answer::Revoked)
    );
    let pages = Parts::of(&bytes).pages;
    let (mut refused, mut damaged) = (0, 0);
    bit_flips(&bytes, |place, changed| match scene.open(changed) {
        Err(_) => refused += 1,
        Ok(snapshot) => {
            assert!(place >= pages, "byte {place} does not count");
            damaged += 1;
            assert_eq!(snapshot.check_pages(), Err(SnapshotError::Damaged));
            // What needs no page is still answered.
            assert_eq!(
                scene.answers(&snapshot),
                [Answer::Damaged, Answer::Damaged, Answer::Damaged, Answer::Revoked(Scope::Subject)]
            );
        }
    });
    assert_eq!((refused, damaged), (8 * pages, 8 * (bytes.len() - pages)));
}

#[test]
fn no_length_but_its_own_is_taken() {
    let scene = Scene::new(825);
    let bytes = scene.desk.snapshot();
    for length in 0..bytes.len() {
        let expected = if length < FRONT { SnapshotError::NotASnapshot } else { SnapshotError::Length };
        assert_eq!(scene.error(&bytes[..length]), Some(expected), "the first {length} bytes");
    }
    for more in [1, 7, 64, 4_096, 1 << 20] {
        let appended = [bytes.clone(), vec![0; more]].concat();
        assert_eq!(scene.error(&appended), Some(SnapshotError::Length));
    }
    assert_eq!(scene.error(&bytes.repeat(2)), Some(SnapshotError::Length));
}

#[test]
fn no_bit_of_a_delta_can_be_turned() {
    let mut scene = Scene::new(20);
    let (base, before) = (scene.desk.snapshot(), scene.desk.read());
    let more = [
        scene.live.revocation(),
        Revocation::operator_subject(Subject::new("another").unwrap(), at(50)),
        Revocation::operator_key(safeconduct::KeyId::from_bytes([9; 4])),
    ];
    scene.desk.revoke_all(&more, at(3));
    let delta = scene.desk.read().delta_since(&before, &scene.desk.signer).unwrap();
    let (keys, desk) = (&scene.desk.keys, &scene.desk);
    let mut snapshot = Snapshot::open(base.as_slice(), keys, at(3), &NO_MEMORY).unwrap();
    let as_before = scene.answers(&snapshot);
    let mut refused = 0;
    bit_flips(&delta, |place, changed| {
        assert!(snapshot.apply(changed, keys, at(3), &NO_MEMORY).is_err(), "byte {place}");
        refused += 1;
    });
    assert_eq!(refused, 8 * delta.len());
    for length in 0..delta.len() {
        assert!(snapshot.apply(&delta[..length], keys, at(3), &NO_MEMORY).is_err(), "{length} bytes");
    }
    let appended = [delta.as_slice(), &[0]].concat();
    assert_eq!(snapshot.apply(&appended, keys, at(3), &NO_MEMORY), Err(SnapshotError::Length));
    // A snapshot is no delta, and a delta no snapshot.
    assert_eq!(snapshot.apply(&desk.snapshot(), keys, at(3), &NO_MEMORY), Err(SnapshotError::OtherForm));
    assert_eq!(scene.error(&delta), Some(SnapshotError::OtherForm));
    assert_eq!((snapshot.version(), scene.answers(&snapshot)), (2, as_before), "nothing has changed");
    snapshot.apply(&delta, keys, at(3), &NO_MEMORY).unwrap();
    assert_eq!(scene.answers(&snapshot)[0], Answer::Revoked(Scope::Session));
}

#[test]
fn a_delta_out_of_order_is_refused_before_anything_else() {
    let mut scene = Scene::new(5);
    let (base, before) = (scene.desk.snapshot(), scene.desk.read());
    let all: Vec<Revocation> = ids(3, 8).map(|id| Revocation::operator_session(id, at(9_000))).collect();
    scene.desk.revoke_all(&all, at(3));
    let desk = &scene.desk;
    let delta = desk.read().delta_since(&before, &desk.signer).unwrap();
    let mut snapshot = Snapshot::open(base, &desk.keys, at(3), &NO_MEMORY).unwrap();
    let mut disordered = delta.clone();
    disordered[FRONT..FRONT + 16].rotate_left(8);
    let disordered = forge::rehashed(&disordered, &desk.signer);
    let mut twice = delta.clone();
    twice.copy_within(FRONT..FRONT + 8, FRONT + 8);
    let twice = forge::rehashed(&twice, &desk.signer);
    // Also where it is of another line or brings nothing (REV-13).
    let other_line = forge::forged(&disordered, &[(field::LINEAGE, vec![1; 8])], &desk.signer);
    let numbers = [(field::BASE, 1_u64), (field::VERSION, 2)];
    let old = numbers.map(|(offset, number)| (offset, number.to_be_bytes().to_vec()));
    let old = forge::forged(&disordered, &old, &desk.signer);
    for document in [disordered, twice, other_line, old] {
        assert_eq!(snapshot.apply(&document, &desk.keys, at(3), &NO_MEMORY), Err(SnapshotError::Order));
        let report = safeconduct::inspect::snapshot(&document, Some(&desk.keys), at(3), &NO_MEMORY);
        assert_eq!(report.reason, Some("Order"), "operators see the same");
    }
    assert_eq!(snapshot.version(), 2);
}

/// Two versions with filters of the same shape.
fn two_versions() -> (Scene, [Vec<u8>; 2]) {
    // Two pages: the first version has one entry more than a page holds, the other one row more.
    let mut scene = Scene::new(4_000);
    let first = scene.desk.snapshot();
    scene.desk.end(&Revocation::operator_subject(Subject::new("late").unwrap(), at(41)), at(3));
    scene.desk.revoke_all(
        &ids(3, 77).map(|id| Revocation::operator_session(id, at(9_000))).collect::<Vec<_>>(),
        at(3),
    );
    let second = scene.desk.snapshot();
    assert_eq!(forge::word(&first, field::PAGES), 2);
    (scene, [first, second])
}

#[test]
fn parts_of_two_versions_do_not_mix() {
    let (scene, versions) = two_versions();
    let cut = |bytes: &[u8]| -> [Vec<u8>; 6] {
        let Parts { tables, pages } = Parts::of(bytes);
        let page = (bytes.len() - pages) / 2;
        let borders = [0, HEADER, FRONT, tables, pages, pages + page, bytes.len()];
        std::array::from_fn(|part| bytes[borders[part]..borders[part + 1]].to_vec())
    };
    let parts = versions.each_ref().map(|bytes| cut(bytes));
    let (mut good, mut bad) = (0, 0);
    for choice in 0..1_u32 << 6 {
        let mixed: Vec<u8> =
            (0..6).flat_map(|part| parts[(choice >> part & 1) as usize][part].clone()).collect();
        let whole = choice == 0 || choice == 63;
        match scene.open(&mixed) {
            Ok(snapshot) if whole => {
                snapshot.check_pages().unwrap();
                good += 1;
            }
            Ok(snapshot) => {
                assert!(choice & 15 == 0 || choice & 15 == 15, "only pages are from elsewhere");
                assert_eq!(snapshot.check_pages(), Err(SnapshotError::Damaged));
                bad += 1;
            }
            Err(_) => bad += 1,
        }
    }
    assert_eq!((good, bad), (2, 62));
}

#[test]
fn pages_do_not_change_places() {
    let (scene, [bytes, _]) = two_versions();
    let pages = Parts::of(&bytes).pages;
    let half = (bytes.len() - pages) / 2;
    let mut swapped = bytes.clone();
    swapped[pages..].rotate_left(half);
    let snapshot = scene.open(&swapped).unwrap();
    assert_eq!(snapshot.check_pages(), Err(SnapshotError::Damaged));
    assert_eq!(scene.answers(&snapshot)[..3], [Answer::Damaged; 3]);
    // The list of hashes with them: it is signed.
    swapped[FRONT..FRONT + 64].rotate_left(32);
    assert_eq!(scene.error(&swapped), Some(SnapshotError::Damaged));
}

#[test]
fn other_realms_and_other_signers_count_for_nothing() {
    let scene = Scene::new(10);
    let bytes = scene.desk.snapshot();
    let mut rng = Repeatable(1_234);
    let foreign = Realm::generate(&[scene.desk.signer.public()], &mut rng).unwrap();
    let mut ring = common::ring(&[Kind::Encrypted], 8);
    ring.add_realm(&foreign).unwrap();
    let opened = Snapshot::open(&bytes, &SnapshotKeys::of(&ring), at(3), &NO_MEMORY);
    assert_eq!(opened.err(), Some(SnapshotError::ForeignRealm { found: scene.desk.realm.id() }));
    // The same signer in two realms: the realm is signed.
    let relabelled = |sign: bool| {
        let mut bytes = bytes.clone();
        forge::put(&mut bytes, field::REALM, &foreign.id().to_bytes());
        if sign {
            forge::sign(&mut bytes, &SnapshotSigner::generate(&mut Repeatable(4)).unwrap());
        }
        Snapshot::open(bytes, &SnapshotKeys::of(&ring), at(3), &NO_MEMORY).err()
    };
    assert_eq!(relabelled(false), Some(SnapshotError::BadSignature));
    assert_eq!(relabelled(true), Some(SnapshotError::UnknownSigner));
    // Somebody who puts the right name before the wrong signature.
    let stranger = SnapshotSigner::generate(&mut Repeatable(4)).unwrap();
    let mut forged = bytes.clone();
    forge::sign(&mut forged, &stranger);
    assert_eq!(scene.error(&forged), Some(SnapshotError::UnknownSigner));
    forge::put(&mut forged, field::SIGNER, &scene.desk.signer.public()[..8]);
    assert_eq!(scene.error(&forged), Some(SnapshotError::BadSignature));
    // The signature of another document of the same signer.
    let log = &scene.desk.stored;
    let mut crossed = bytes.clone();
    forge::put(&mut crossed, HEADER, &log[48..112]);
    assert_eq!(scene.error(&crossed), Some(SnapshotError::BadSignature));
}

#[test]
fn a_filter_with_all_bits_set_is_damage() {
    let scene = Scene::new(10);
    let mut bytes = scene.desk.snapshot();
    let pages = Parts::of(&bytes).pages;
    let size = bytes.len() - pages;
    let filled = |bytes: &mut Vec<u8>, ones: usize| {
        bytes[pages..].fill(0);
        for bit in 0..ones {
            bytes[pages + bit / 8] |= 1 << (bit % 8);
        }
        let bytes = forge::rehashed(bytes, &scene.desk.signer);
        let snapshot = scene.open(&bytes).unwrap();
        (snapshot.check_pages().is_ok(), scene.answers(&snapshot)[0])
    };
    assert_eq!(filled(&mut bytes, size * 8), (false, Answer::Damaged));
    // Three quarters are the limit.
    assert_eq!(filled(&mut bytes, size * 6 + 1), (false, Answer::Damaged));
    assert!(filled(&mut bytes, size * 6).0);
}

#[test]
fn impossible_numbers_are_refused_though_well_signed() {
    let scene = Scene::new(20);
    let bytes = scene.desk.snapshot();
    let long = |number: u64| number.to_be_bytes().to_vec();
    let short = |number: u32| number.to_be_bytes().to_vec();
    let time = |moment: Timestamp| long(moment.as_unix());
    let page_bits = forge::word(&bytes, field::PAGE_BITS) as u32;
    let header = [
        (field::PROBES, vec![0]),
        (field::PROBES, vec![4]),
        (field::PROBES, vec![9]),
        (field::PROBES, vec![36]),
        (field::PROBES, vec![255]),
        (field::VERSION, long(0)),
        (field::VERSION, long(1 << 48)),
        (field::VERSION, long(1 << 63)),
        (field::VERSION, long(u64::MAX)),
        (field::BASE, long(1)),
        (field::ISSUED_AT, time(at(1))),
        (field::ISSUED_AT, long(u64::MAX)),
        (field::COMPLETE_TO, time(at(3))),
        (field::NOT_AFTER, time(at(2))),
        (field::NOT_AFTER, long(0)),
        (field::NOT_AFTER, long(u64::MAX)),
        (field::EVERYONE_BEFORE, long(1 << 63)),
        (field::TOKEN_LIFE, short(0)),
        (field::TOKEN_LIFE, short(u32::MAX)),
        (field::TOKENS, short(u32::MAX)),
        (field::PAGES, short(0)),
        (field::PAGES, short(1_025)),
        (field::PAGES, short(u32::MAX)),
        (field::PAGE_BITS, short(0)),
        (field::PAGE_BITS, short(page_bits + 1)),
        (field::PAGE_BITS, short(131_136)),
        (field::PAGE_BITS, short(u32::MAX)),
        (field::ENTRIES, short(0)),
        (field::ENTRIES, short(u32::MAX)),
        (field::PAGE_BITS, short(page_bits - 64)),
    ];
    let length = [
        (field::PAGES, short(2)),
        (field::PAGES, short(1_024)),
        (field::PAGE_BITS, short(131_072)),
        (field::KEYS, short(0)),
        (field::KEYS, short(u32::MAX)),
        (field::SUBJECTS, short(u32::MAX)),
        (field::RETIRED, short(1)),
        (field::RETIRED, short(u32::MAX)),
    ];
    let check = |cases: &[(usize, Vec<u8>)], expected| {
        for (offset, value) in cases {
            let forged = forge::forged(&bytes, &[(*offset, value.clone())], &scene.desk.signer);
            assert_eq!(scene.error(&forged), Some(expected), "{value:?} at {offset}");
        }
    };
    check(&header, SnapshotError::Header);
    check(&length, SnapshotError::Length);
    // Rows that a search would miss.
    let parts = Parts::of(&bytes);
    for (place, row) in [(parts.tables, 4), (parts.tables + 4 * 4, 8)] {
        let mut disordered = bytes.clone();
        disordered[place..place + 2 * row].rotate_left(row);
        let disordered = forge::rehashed(&disordered, &scene.desk.signer);
        assert_eq!(scene.error(&disordered), Some(SnapshotError::Order));
    }
}
