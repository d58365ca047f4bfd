//! The forms a ring travels in: roles, text, bytes, files, published documents. What each holds, and what it must not.

mod common;

use common::{CONTEXT, Repeatable, at, ring, subject};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, KeyEncryptionKey, Kind, NotStored, Policy, Public,
    Published, PublishedError, Realm, RealmError, Ring, RingError, RingFileError, RingTextError, RootKey,
    RootPublicKey, Schedule, Seconds, Verifier, Verifying,
};
use sha2::{Digest as _, Sha256};

fn realm(seed: u64, signers: usize) -> Realm {
    let mut rng = Repeatable(seed);
    let keys: Vec<[u8; 32]> =
        (0..signers).map(|_| RootKey::generate(&mut rng).unwrap().public().to_bytes()).collect();
    Realm::generate(&keys, &mut rng).unwrap()
}

fn full_ring() -> Ring<Issuing> {
    let mut ring = ring(&Kind::ALL, 1);
    ring.add_realm(&realm(10, 1)).unwrap();
    ring.add_realm(&realm(11, 2)).unwrap();
    ring
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn every_role_comes_back_from_text_and_bytes() {
    fn check<R: safeconduct::Role>(ring: &Ring<R>) {
        let text = ring.to_text();
        let again: Ring<R> = text.as_str().parse().unwrap();
        assert_eq!(again.to_text().as_str(), text.as_str());
        let again = Ring::<R>::from_bytes(&ring.to_bytes()).unwrap();
        assert_eq!(again.to_text().as_str(), text.as_str());
        assert!(again.keys(at(0)).eq(ring.keys(at(0))));
        assert_eq!(again.realms().count(), ring.realms().count());
    }
    let ring = full_ring();
    check(&ring);
    check(&ring.verifying());
    check(&ring.public());
    let id = ring.keys(at(0)).next().unwrap().id;
    let (revoked, _) = ring.revoke(Kind::Encrypted, id, at(0), Seconds::ZERO, Seconds::ZERO).unwrap();
    check(&revoked.to_text().as_str().parse::<Ring<Issuing>>().unwrap());
}

#[test]
fn a_public_ring_holds_no_secret_and_verifies_what_is_signed() {
    let ring = full_ring();
    let public = ring.public();
    assert!(public.keys(at(0)).all(|key| key.kind == Kind::Signed));
    assert!(public.realms().all(|realm| !realm.has_filter_key()) && ring.realms().all(Realm::has_filter_key));
    // The material of every key of the issuer's ring, searched for in the public bytes.
    let bytes = public.to_bytes();
    for kind in Kind::ALL {
        let one = common::ring(&[kind], 1);
        let secret = one.to_bytes();
        let material =
            |bytes: &[u8]| bytes[15..bytes.len() - 5].chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>();
        assert!(material(&secret).iter().all(|part| !contains(&bytes, part)), "no secret of kind {kind}");
    }
    let merged = common::ring(&[Kind::Signed], 1).verifying().to_bytes();
    let signed = common::ring(&[Kind::Signed], 1).public().to_bytes();
    assert_eq!(
        merged[..merged.len() - 4],
        signed[..signed.len() - 4],
        "control: the public key itself is in it"
    );
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Signed);
    let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut Repeatable(1)).unwrap();
    let verifier = Verifier::new(&public, CONTEXT, &Policy::AAL1, Kind::Signed).revocations(ExactList::new());
    assert!(verifier.verify_owned::<()>(token.as_str(), at(1)).is_ok());
    // A ring without keys of kind s has no public ring.
    let none = common::ring(&[Kind::Nested], 1).public();
    assert_eq!(none.count(), 0);
    assert_eq!(
        none.to_text().as_str().parse::<Ring<Public>>().unwrap_err(),
        RingTextError::KeyCount { count: 0 }
    );
}

#[test]
fn sizes_are_as_the_specification_says() {
    let mut rng = Repeatable(2);
    let mut eight = Ring::<Issuing>::new();
    for kind in [Kind::Nested, Kind::Signed] {
        let mut ring = Ring::<Issuing>::new();
        for _ in 0..8 {
            let key = safeconduct::IssuingKey::generate(kind, &mut rng).unwrap();
            let window = safeconduct::Window::new(at(0), Seconds::days(30), Seconds::hours(2)).unwrap();
            ring.add(key, window).unwrap();
        }
        ring.add_realm(&realm(10, 1)).unwrap();
        ring.add_realm(&realm(11, 1)).unwrap();
        eight = ring;
        if kind == Kind::Nested {
            assert_eq!(eight.verifying().to_text().as_str().len(), 1_018);
            assert_eq!(eight.to_text().as_str().len(), 1_016);
        }
    }
    let public = eight.public().to_text().as_str().len();
    assert!(public <= 1_024, "eight public keys with two realms: {public}");
    let root = RootKey::generate(&mut rng).unwrap();
    let kek = KeyEncryptionKey::generate(&mut rng).unwrap();
    assert!(eight.verifying().publish(1, &root, &kek, &mut rng).unwrap().len() < 1_024);
}

#[test]
fn the_longest_ring_comes_back_in_every_form() {
    let mut rng = Repeatable(2);
    let mut longest = Ring::<Issuing>::new();
    for _ in 0..16 {
        let key = safeconduct::IssuingKey::generate(Kind::Nested, &mut rng).unwrap();
        let window = safeconduct::Window::new(at(0), Seconds::days(30), Seconds::hours(2)).unwrap();
        longest.add(key, window).unwrap();
    }
    for seed in [10, 11] {
        longest.add_realm(&realm(seed, 2)).unwrap();
    }
    let text = longest.to_text();
    assert_eq!(text.as_str().parse::<Ring<Issuing>>().unwrap().to_text().as_str(), text.as_str());
    let (root, kek) = (RootKey::generate(&mut rng).unwrap(), KeyEncryptionKey::generate(&mut rng).unwrap());
    let document = longest.publish(1, &root, &kek, &mut rng).unwrap();
    let opened = Published::<Issuing>::open(&document, &kek, &root.public()).unwrap();
    assert_eq!(opened.into_ring().to_text().as_str(), text.as_str());
    for longer in [format!("{document}A"), format!("{document}AA"), format!("{document}{document}")] {
        let refused = Published::<Issuing>::open(&longer, &kek, &root.public()).map(|_| ());
        assert_eq!(refused, Err(PublishedError::NotADocument));
    }
}

#[test]
fn realms_keep_their_rules() {
    let mut rng = Repeatable(3);
    let key = RootKey::generate(&mut rng).unwrap().public().to_bytes();
    let refuse = |signers: &[[u8; 32]]| Realm::generate(signers, &mut Repeatable(4)).map(|_| ()).unwrap_err();
    assert_eq!(refuse(&[]), RealmError::SignerCount);
    assert_eq!(refuse(&[key, key]), RealmError::SignerOrder);
    assert_eq!(refuse(&[key; 3]), RealmError::SignerCount);
    assert!(matches!(refuse(&[[0; 32]]), RealmError::Signer(_)));
    assert_eq!(Realm::generate(&[key], &mut common::Broken).map(|_| ()).unwrap_err(), RealmError::Random);
    let mut ring = full_ring();
    assert_eq!(ring.add_realm(&realm(12, 1)), Err(RingError::TooManyRealms));
    assert_eq!(ring.add_realm(&realm(10, 1)), Ok(()), "the same once more");
    let id = realm(10, 1).id();
    assert_eq!(ring.realm_mut(id).unwrap().raise_min_snapshot_version(7), Ok(()));
    assert_eq!(ring.realm_mut(id).unwrap().raise_min_snapshot_version(3), Ok(()), "never lower");
    assert_eq!(ring.realms().find(|realm| realm.id() == id).unwrap().min_snapshot_version(), 7);
    assert_eq!(ring.realm_mut(id).unwrap().raise_min_snapshot_version(1 << 48), Err(RealmError::Version));
    assert!(ring.remove_realm(id) && !ring.remove_realm(id));
    assert_eq!(ring.realms().count(), 1);
    assert!(ring.add_realm(&realm(12, 1)).is_ok());
}

#[test]
fn a_ring_is_loaded_from_a_file() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("ring_forms");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ring.txt");
    let ring = full_ring();
    std::fs::write(&file, format!("  \"{}\"\r\n", ring.to_text().as_str())).unwrap();
    let loaded = Ring::<Issuing>::load(&file).unwrap();
    assert_eq!(loaded.to_text().as_str(), ring.to_text().as_str());
    let other = Ring::<Verifying>::load(&file).unwrap_err();
    assert!(matches!(other, RingFileError::Text(RingTextError::OtherRole { .. })));
    for no_file in [folder.join("none"), folder] {
        assert!(matches!(Ring::<Issuing>::load(&no_file).unwrap_err(), RingFileError::Io(_)), "{no_file:?}");
    }
    for (contents, expected) in [
        (vec![], RingTextError::NotARing),
        (vec![0xFF; 10], RingTextError::NotARing),
        (vec![b' '; 1 << 20], RingTextError::Length),
        (b"sc-ring.v1.issuer.AAAA".to_vec(), RingTextError::Length),
    ] {
        std::fs::write(&file, contents).unwrap();
        match Ring::<Issuing>::load(&file).unwrap_err() {
            RingFileError::Text(why) => assert_eq!(why, expected),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn keys_of_documents_come_back_and_are_checked() {
    let mut rng = Repeatable(5);
    let (root, kek) = (RootKey::generate(&mut rng).unwrap(), KeyEncryptionKey::generate(&mut rng).unwrap());
    let text = full_ring().publish(3, &root, &kek, &mut rng).unwrap();
    let root = RootKey::from_seed(&root.to_secret_seed());
    let public = RootPublicKey::from_bytes(&root.public().to_bytes()).unwrap();
    let kek = KeyEncryptionKey::from_bytes(*kek.to_secret_bytes());
    let opened = Published::<Issuing>::open(&format!("\t'{text}' \n"), &kek, &public).unwrap();
    assert_eq!((opened.version(), opened.ring().count()), (3, full_ring().count()));
    assert_eq!(opened.into_ring().to_text().as_str(), full_ring().to_text().as_str());
    assert!(RootPublicKey::from_bytes(&[0; 32]).is_err() && RootPublicKey::from_bytes(&[0xFF; 32]).is_err());
    // Nothing of the secrets is shown.
    let shown = format!("{root:?} {kek:?} {public:?}");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(
        !shown.contains(&hex(&root.to_secret_seed()[..8]))
            && !shown.contains(&hex(&kek.to_secret_bytes()[..8]))
    );
    assert!(shown.contains(&hex(&kek.id())));
}

#[test]
fn hostile_documents_cost_a_length_check() {
    let mut rng = Repeatable(6);
    let (root, kek) = (RootKey::generate(&mut rng).unwrap(), KeyEncryptionKey::generate(&mut rng).unwrap());
    for text in
        ["A".repeat(1 << 20), "\u{e9}".repeat(1_000), String::new(), "AAAA".into(), "AAAA.BBBB".into()]
    {
        for prefix in ["sc-ring.v1.wrapped.", "sc-ring.v1.verifier.", "sc-ring.v1.", ""] {
            let text = format!("{prefix}{text}");
            assert!(Published::<Verifying>::open(&text, &kek, &root.public()).is_err());
            assert!(text.parse::<Ring<Verifying>>().is_err());
        }
    }
    assert!(Ring::<Verifying>::from_bytes(&vec![0; 1 << 20]).is_err());
    assert!(Ring::<Verifying>::from_bytes(&[]).is_err());
}

#[test]
fn a_key_that_stands_there_twice_is_named() {
    let ring = ring(&[Kind::Encrypted], 7);
    let bytes = ring.to_bytes();
    let [1, entry @ .., 0, _, _, _, _] = &bytes[..] else { panic!("a key, no realm, four bytes of a hash") };
    let mut twice = [&[2], entry, entry, &[0]].concat();
    let hash = Sha256::digest([b"safeconduct/v1/ring/issuer\0", &twice[..]].concat());
    twice.extend_from_slice(&hash[..4]);
    assert_eq!(Ring::<Issuing>::from_bytes(&twice).unwrap_err(), RingTextError::DuplicateId { entry: 2 });
}

#[test]
fn versions_at_their_limits() {
    let (ring, mut rng) = (ring(&[Kind::Encrypted], 7), Repeatable(3));
    let (kek, root) = (KeyEncryptionKey::generate(&mut rng).unwrap(), RootKey::generate(&mut rng).unwrap());
    let most = i64::MAX.cast_unsigned();
    for (version, good) in
        [(0, false), (1, true), (most - 1, true), (most, true), (most + 1, false), (u64::MAX, false)]
    {
        assert_eq!(ring.publish(version, &root, &kek, &mut rng).is_ok(), good, "{version}");
    }
    let mut realm = realm(1, 1);
    let most = (1 << 48) - 1;
    assert_eq!(realm.raise_min_snapshot_version(most), Ok(()));
    assert_eq!(realm.raise_min_snapshot_version(most + 1), Err(RealmError::Version));
    assert_eq!(realm.min_snapshot_version(), most);
}

#[test]
fn what_is_not_published_yet_is_published_for_issuers() {
    let (ring, mut rng) = (ring(&[Kind::Encrypted], 7), Repeatable(3));
    let (kek, root) = (KeyEncryptionKey::generate(&mut rng).unwrap(), RootKey::generate(&mut rng).unwrap());
    let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)).unwrap();
    let unpublished = ring.advance(at(29 * 86_400 + 1), &schedule, &mut rng).unwrap().into_ring();
    let text = unpublished.publish(5, &root, &kek, &mut rng).unwrap();
    let opened = Published::<Issuing>::open(&text, &kek, &root.public()).unwrap();
    assert_eq!(opened.into_ring().to_text().as_str(), unpublished.to_text().as_str());
}

/// An id has 32 bits, so somebody's two realms may have the same: then they are not taken for one.
#[test]
fn two_realms_of_one_id_are_not_merged() {
    let signer = RootKey::generate(&mut Repeatable(8)).unwrap().public().to_bytes();
    // Found by trying 95,000 seeds.
    for seeds in [[2_463, 32_607], [34_196, 55_967], [59_934, 94_802]] {
        let [one, other] = seeds.map(|seed| {
            let mut ring = ring(&[Kind::Encrypted], 7);
            ring.add_realm(&Realm::generate(&[signer], &mut Repeatable(seed)).unwrap()).unwrap();
            ring
        });
        assert!(one.realms().map(Realm::id).eq(other.realms().map(Realm::id)), "this test can fail");
        assert_eq!(one.merge(&other).map(|_| ()), Err(RingError::RealmConflict));
    }
}

#[test]
fn two_states_of_a_realm_are_one_realm_only_with_the_same_signers() {
    let mut rng = Repeatable(8);
    let realm = realm(1, 1);
    let moved = realm.with_signers(&[RootKey::generate(&mut rng).unwrap().public().to_bytes()]).unwrap();
    let with = |realm: &Realm| {
        let mut ring = ring(&[Kind::Encrypted], 7);
        ring.add_realm(realm).unwrap();
        ring
    };
    assert!(with(&realm).merge(&with(&realm)).is_ok());
    assert_eq!(with(&realm).merge(&with(&moved)).map(|_| ()), Err(RingError::RealmConflict));
    // Without filter keys as well.
    assert!(with(&realm).public().merge(&with(&realm).public()).is_ok());
    let conflict = with(&realm).public().merge(&with(&moved).public()).map(|_| ());
    assert_eq!(conflict, Err(RingError::RealmConflict));
    // What was read back covers what was to be stored only if its versions are not lower.
    let mut raised = realm.clone();
    raised.raise_min_snapshot_version(5).unwrap();
    let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::hours(1)).unwrap();
    let unpublished =
        || with(&raised).advance(at(29 * 86_400 + 1), &schedule, &mut Repeatable(4)).unwrap().into_ring();
    let stored: Ring<Issuing> = unpublished().to_text().as_str().parse().unwrap();
    assert!(unpublished().confirm(stored).is_ok());
    let behind: Ring<Issuing> = with(&realm)
        .advance(at(29 * 86_400 + 1), &schedule, &mut Repeatable(4))
        .unwrap()
        .into_ring()
        .to_text()
        .as_str()
        .parse()
        .unwrap();
    let refused = unpublished().confirm(behind).unwrap_err();
    assert!(matches!(refused, NotStored::Behind(_)));
    assert_eq!(refused.to_string(), "another node has stored its ring; store the union of both");
}
