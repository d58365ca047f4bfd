//! A build without the feature `signatures`: kind `e` as ever, and everything signed refused by name. With the feature: how such a build gets its ring.
#![cfg(feature = "alloc")]

use safeconduct::{Issuing, IssuingKey, Ring, Seconds, Timestamp, Verifying, Window};

fn now() -> Timestamp {
    Timestamp::from_unix(1_800_000_000).unwrap()
}

fn window() -> Window {
    Window::new(now(), Seconds::days(30), Seconds::days(1)).unwrap()
}

#[cfg(feature = "signatures")]
#[test]
fn a_ring_for_such_a_build_keeps_kind_e_and_nothing_else() {
    use safeconduct::{Kind, Realm, SnapshotSigner};

    let mut rng = getrandom::SysRng;
    let mut ring = Ring::<Issuing>::new();
    let key = IssuingKey::generate_encrypted(&mut rng).unwrap();
    let id = key.id();
    ring.add(key, window()).unwrap();
    for kind in Kind::ALL {
        ring.add(IssuingKey::generate(kind, &mut rng).unwrap(), window()).unwrap();
    }
    let signer = SnapshotSigner::generate(&mut rng).unwrap();
    ring.add_realm(&Realm::generate(&[signer.public()], &mut rng).unwrap()).unwrap();

    let part = ring.without_signatures();
    assert_eq!((part.count(), part.realms().count()), (2, 0));
    assert!(part.keys(now()).all(|key| key.kind == Kind::Encrypted));
    assert!(part.keys(now()).any(|key| key.id == id));
    let again: Ring<Verifying> = part.verifying().to_text().as_str().parse().unwrap();
    assert_eq!(again.count(), 2);
    assert_eq!((ring.count(), ring.realms().count()), (4, 1), "the whole ring is as it was");
}

#[cfg(not(feature = "signatures"))]
mod absent {
    use std::path::Path;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use safeconduct::{
        AuthLevel, Context, ExactList, Grant, Issuer, Kind, Policy, Public, PublicKeyError, RealmError,
        Reason, RevocationLog as _, RingTextError, Role, Schedule, Scratch, Subject, Verifier, context,
        inspect,
    };
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::vector_reader::{Vector, by_crate};

    const SESSION: Context = context!("shop.example", "session");

    fn vectors(wanted: fn(&Vector) -> bool) -> Vec<Vector> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let texts = files.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
        let found: Vec<_> = texts.map(|path| Vector::read(&path)).filter(wanted).collect();
        assert!(!found.is_empty());
        found
    }

    /// A ring's text taken apart byte by byte (SPEC section 8.1).
    struct Parts {
        kind_e: Vec<u8>,
        count: u8,
        others: u8,
        /// Their number, and they themselves.
        realms: Vec<u8>,
    }

    fn parts<R: Role>(text: &str) -> Parts {
        let body = text.strip_prefix("sc-ring.v1.").and_then(|rest| rest.strip_prefix(R::NAME)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&body[1..]).unwrap();
        let (mut kind_e, mut count, mut rest) = (Vec::new(), 0, &bytes[1..bytes.len() - 4]);
        for _ in 0..bytes[0] {
            let size = 14 + if rest[0] == b'n' { 64 } else { 32 };
            if rest[0].eq_ignore_ascii_case(&b'e') {
                kind_e.extend_from_slice(&rest[..size]);
                count += 1;
            }
            rest = &rest[size..];
        }
        Parts { kind_e, count, others: bytes[0] - count, realms: rest.to_vec() }
    }

    fn assembled<R: Role>(count: u8, keys: &[u8], realms: &[u8]) -> Result<Ring<R>, RingTextError> {
        let payload = [&[count], keys, realms].concat();
        let check = Sha256::new_with_prefix(b"safeconduct/v1/ring/").chain_update(R::NAME).chain_update([0]);
        let check = check.chain_update(&payload).finalize();
        Ring::from_bytes(&[&payload[..], &check[..4]].concat())
    }

    /// The ring of a vector without what this build refuses, and whether something was left out.
    fn kind_e_of<R: Role>(text: &str) -> (Ring<R>, bool) {
        let Parts { kind_e, count, others, realms } = parts::<R>(text);
        let left_out = others > 0 || realms[0] != 0;
        let ring = if count == 0 { Ring::new() } else { assembled(count, &kind_e, &[0]).unwrap() };
        (ring, left_out)
    }

    #[test]
    fn tokens_of_kind_e_are_judged_as_ever_and_others_refused_by_name() {
        let (mut accepted, mut refused, mut not_built) = (0, 0, 0);
        for vector in vectors(Vector::is_token) {
            let text = vector.unescaped("ring");
            let found = match text.split('.').nth(2) {
                Some("verifier") => by_crate::verify(&vector, &kind_e_of::<Verifying>(&text).0),
                Some("issuer") => by_crate::verify(&vector, &kind_e_of::<Issuing>(&text).0),
                _ => by_crate::verify(&vector, &kind_e_of::<Public>(&text).0),
            };
            let token = vector.unescaped("token");
            let signed = token.starts_with("sc1s") || token.starts_with("sc1n");
            let expected = match vector.one("expect") {
                // What is found before the kind is asked for.
                same @ ("Malformed" | "UnsupportedFormat" | "KindNotAccepted") => same,
                _ if signed => "SignaturesNotBuilt",
                same => same,
            };
            match found {
                Ok(claims) => {
                    assert_eq!(expected, "accepted", "{}", vector.name);
                    assert_eq!(claims, by_crate::shown_claims(&vector), "{}", vector.name);
                    accepted += 1;
                }
                Err(reason) => {
                    assert_eq!(reason, expected, "{}", vector.name);
                    if reason == "SignaturesNotBuilt" { not_built += 1 } else { refused += 1 }
                }
            }
        }
        println!("{accepted} accepted, {refused} refused, {not_built} of kinds that are not built");
        assert!(accepted >= 40 && refused >= 80 && not_built >= 80);
    }

    /// Nothing is accepted that the whole library refuses, and nothing of a ring is passed over.
    #[test]
    fn rings_with_anything_signed_are_refused_whole() {
        let (mut accepted, mut not_built) = (0, 0);
        for vector in vectors(Vector::is_ring) {
            let found = match vector.one("role") {
                "issuer" => judged::<Issuing>(&vector),
                "verifier" => judged::<Verifying>(&vector),
                _ => judged::<Public>(&vector),
            };
            match found {
                Ok(()) => accepted += 1,
                Err(RingTextError::SignaturesNotBuilt { .. }) => not_built += 1,
                Err(_) => {}
            }
        }
        println!("{accepted} accepted, {not_built} refused for what is not built");
        assert!(accepted >= 10 && not_built >= 10);
    }

    /// A ring that would be fine but for its realm: who passed over that would verify without revocation.
    #[test]
    fn a_realm_beside_keys_of_kind_e_is_refused_by_name() {
        let mut seen = 0;
        for vector in vectors(|vector| Vector::is_ring(vector) && vector.one("expect") == "accepted") {
            let text = vector.unescaped("ring");
            let bare = text.trim_ascii().trim_matches(['"', '\'']).trim_ascii();
            if vector.one("role") != Verifying::NAME {
                continue;
            }
            let Parts { kind_e, count, realms, .. } = parts::<Verifying>(bare);
            if count > 0 && realms[0] > 0 {
                let refused = assembled::<Verifying>(count, &kind_e, &realms).map(|_| ()).unwrap_err();
                let why = RealmError::Signer(PublicKeyError::SignaturesNotBuilt);
                assert_eq!(refused, RingTextError::Realm { realm: 1, why }, "{}", vector.name);
                seen += 1;
            }
        }
        assert!(seen > 0);
    }

    fn judged<R: Role>(vector: &Vector) -> Result<(), RingTextError> {
        let text = vector.unescaped("ring");
        let found = text.parse::<Ring<R>>().map(|_| ());
        if vector.one("expect") == "accepted" {
            let bare = text.trim_ascii().trim_matches(['"', '\'']).trim_ascii();
            let (_, left_out) = kind_e_of::<R>(bare);
            assert_eq!(found.is_err(), left_out, "{}: {found:?}", vector.name);
            let why = found.as_ref().err();
            assert!(why.is_none_or(|why| why.to_string().contains("without the feature `signatures`")));
        } else {
            assert!(found.is_err(), "{}", vector.name);
        }
        found
    }

    #[test]
    fn a_session_lives_and_ends_without_signatures() {
        let mut rng = getrandom::SysRng;
        let mut ring = Ring::<Issuing>::new();
        ring.add(IssuingKey::generate_encrypted(&mut rng).unwrap(), window()).unwrap();
        let ring: Ring<Issuing> = ring.to_text().as_str().parse().unwrap();
        let issuer = Issuer::new(&ring, SESSION, &Policy::AAL1, Kind::Encrypted);
        let verifier = Verifier::new(&ring.verifying(), SESSION, &Policy::AAL1, Kind::Encrypted);
        let verifier = verifier.also_accepts(Kind::Nested);
        let grant = Grant::new(Subject::new("ada").unwrap(), AuthLevel::Aal1);
        let token = issuer.issue(&grant, now(), &mut rng).unwrap();

        let mut scratch = Scratch::new();
        let mut list = ExactList::new();
        let session = verifier.departing(token.as_str(), now()).unwrap();
        assert!(list.record(session.revocation(), now()).is_recorded());
        let other = issuer.issue(&grant, now(), &mut rng).unwrap();
        let verifier = verifier.revocations(list);
        assert!(verifier.verify::<()>(other.as_str(), now(), &mut scratch).is_ok());
        let out = verifier.verify::<()>(token.as_str(), now(), &mut scratch).unwrap_err();
        assert_eq!(out.reason().name(), "Revoked(session)");
        // Its kind is asked for before its key is, so that the log says what is missing.
        let nested = other.as_str().replacen("sc1e", "sc1n", 1) + &"A".repeat(88);
        let refused = verifier.verify::<()>(&nested, now(), &mut scratch).unwrap_err();
        assert_eq!(refused.reason(), Reason::SignaturesNotBuilt);
        assert_eq!(refused.to_string(), out.to_string(), "clients see one refusal");
        assert!(refused.reason().anybody_can_provoke());
        let report = inspect::explain(&nested, now(), &verifier);
        assert_eq!(report.reason, Some("SignaturesNotBuilt"));
        for text in [&report.meaning, &report.advice] {
            assert!(text.contains("feature `signatures`"), "{text}");
        }
    }

    #[test]
    fn rotation_goes_on() {
        let mut rng = getrandom::SysRng;
        let mut ring = Ring::<Issuing>::new();
        ring.add(IssuingKey::generate_encrypted(&mut rng).unwrap(), window()).unwrap();
        let later = window().issue_until().saturating_sub(Seconds::hours(1));
        let (propagation, ahead) = (Seconds::hours(1), Seconds::days(1));
        let schedule = Schedule::new(&Policy::AAL1, propagation, Seconds::days(30), ahead).unwrap();
        let advance = ring.advance(later, &schedule, &mut rng).unwrap();
        assert_eq!(advance.staged().count(), 1);
        assert!(advance.staged().all(|key| key.kind == Kind::Encrypted));
    }
}

#[cfg(not(feature = "signatures"))]
#[allow(dead_code)] // the rest reads vectors of what is signed
mod vector_reader;
