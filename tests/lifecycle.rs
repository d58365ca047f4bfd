//! The life of a session, promise by promise: issuing and renewing.

mod common;

use common::{Broken, CONTEXT, Repeatable, Service, at, reason, ring, session, subject};
use safeconduct::{
    AuthLevel, ExactList, Freshness, Grant, Issuer, Issuing, IssuingKey, Kind, MintError, Policy, Reason,
    Ring, Scratch, Seconds, Thumbprint, Timestamp, Verifier, Window, context,
};

#[test]
fn a_grant_comes_back_as_a_session() {
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL2);
        let grant = Grant::new(subject(), AuthLevel::Aal2)
            .claims(("cart", 3_u8))
            .schema(4)
            .authenticated_at(at(-60))
            .ends_by(at(600));
        let token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
        let verifier = Verifier::new(&ring(&[kind], 7), CONTEXT, &Policy::AAL2, kind)
            .schema(4)
            .revocations(ExactList::new());
        let mut scratch = Scratch::new();
        let session = verifier.verify::<(&str, u8)>(token.as_str(), at(1), &mut scratch).unwrap();
        assert_eq!(*session.claims(), ("cart", 3));
        assert_eq!((*session.subject(), session.kind()), (subject(), kind));
        assert_eq!((session.level(), session.base_level()), (AuthLevel::Aal2, AuthLevel::Aal2));
        assert_eq!((session.started_at(), session.issued_at()), (at(0), at(0)));
        assert_eq!((session.expires_at(), session.ends_at()), (at(600), at(600)));
        assert_eq!((session.authenticated_at(), session.verified_at()), (at(-60), at(1)));
        assert_eq!((session.rotation(), session.elevation(), session.bound_to()), (0, None, None));
        assert_eq!((session.session_id(), token.ends_at()), (token.session_id(), session.ends_at()));
        assert_eq!(session.key_id(), ring(&[kind], 7).keys(at(0)).next().unwrap().id);
        assert_eq!(session.freshness().unwrap().complete_to(), at(1));
        assert_eq!(session.into_claims(), ("cart", 3));
    }
}

#[test]
fn sizes_are_as_promised() {
    let sizes = [(Kind::Encrypted, 112), (Kind::Signed, 176), (Kind::Nested, 198)];
    for (kind, characters) in sizes {
        let mut service = Service::new(kind, &Policy::AAL1);
        let mut token = service.log_in(at(0));
        assert_eq!(token.len(), characters);
        // To the end of the session it grows by four characters at the most.
        let mut now = at(0);
        for _ in 0..31 {
            now = now.saturating_add(Seconds::minutes(15));
            let parent = session(&service, &token, now);
            token = service.issuer.rotate(&parent, &mut service.rng).unwrap().into_string();
            assert!(token.len() <= characters + 4, "{}", token.len());
        }
    }
}

#[test]
fn a_failing_random_source_makes_no_token() {
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let grant = Grant::new(subject(), AuthLevel::Aal1);
        assert_eq!(service.issuer.issue(&grant, at(0), &mut Broken).unwrap_err(), MintError::Random);
        let token = service.log_in(at(0));
        let session = session(&service, &token, at(1));
        assert_eq!(service.issuer.rotate(&session, &mut Broken).unwrap_err(), MintError::Random);
        let elevation = service.issuer.elevate(&session, AuthLevel::Aal2, Seconds::minutes(5), &mut Broken);
        assert_eq!(elevation.unwrap_err(), MintError::Random);
        assert!(IssuingKey::generate(kind, &mut Broken).is_err());
    }
}

#[test]
fn a_token_never_outlives_its_key() {
    let mut rng = Repeatable(1);
    let idle = i64::from(Policy::AAL1.idle().get());
    let mut ring = Ring::<Issuing>::new();
    let window = Window::new(at(0), Seconds::hours(2), Policy::AAL1.idle()).unwrap();
    ring.add(IssuingKey::generate(Kind::Encrypted, &mut rng).unwrap(), window).unwrap();
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let at_the_end = issuer.issue(&grant, at(7_199), &mut rng).unwrap();
    assert_eq!(at_the_end.expires_at(), at(7_199 + idle));
    assert_eq!(issuer.issue(&grant, at(7_200), &mut rng).unwrap_err(), MintError::NoMintingKey);
    assert_eq!(issuer.issue(&grant, at(-1), &mut rng).unwrap_err(), MintError::NoMintingKey);
    let mut short = Ring::<Issuing>::new();
    let window = Window::new(at(0), Seconds::hours(2), Seconds::minutes(29)).unwrap();
    short.add(IssuingKey::generate(Kind::Encrypted, &mut rng).unwrap(), window).unwrap();
    let issuer = Issuer::new(&short, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    assert!(issuer.issue(&grant, at(7_140), &mut rng).is_ok());
    assert_eq!(issuer.issue(&grant, at(7_141), &mut rng).unwrap_err(), MintError::OutlivesKey);
}

#[test]
fn a_token_above_the_limit_is_not_issued() {
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let room = 3_072 - 31 - kind.proof_size() - 37 - 2;
        let mut issue = |size: usize| {
            let grant = Grant::new(subject(), AuthLevel::Aal1).claims("x".repeat(size));
            let token = service.issuer.issue(&grant, at(0), &mut service.rng)?;
            assert!(service.verifier.verify_owned::<String>(token.as_str(), at(0)).is_ok());
            Ok(token.as_str().len())
        };
        assert_eq!(issue(room), Ok(4_096));
        assert_eq!(issue(room + 1), Err(MintError::TooLarge));
        assert_eq!(issue(100_000), Err(MintError::TooLarge));
    }
}

#[test]
fn claims_that_cannot_be_serialized_are_an_error() {
    struct Unserializable;
    impl serde::Serialize for Unserializable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let grant = Grant::new(subject(), AuthLevel::Aal1).claims(Unserializable);
    assert_eq!(service.issuer.issue(&grant, at(0), &mut service.rng).unwrap_err(), MintError::AppClaims);

    /// One byte less every time it is asked.
    struct Shrinking(std::cell::Cell<usize>);
    impl serde::Serialize for Shrinking {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.set(self.0.get() - 1);
            serializer.serialize_str(&"x".repeat(self.0.get()))
        }
    }
    let grant = Grant::new(subject(), AuthLevel::Aal1).claims(Shrinking(std::cell::Cell::new(20)));
    assert_eq!(service.issuer.issue(&grant, at(0), &mut service.rng).unwrap_err(), MintError::AppClaims);
}

#[test]
fn a_repeating_random_source_repeats_only_identical_tokens() {
    for kind in [Kind::Encrypted, Kind::Nested] {
        let service = Service::new(kind, &Policy::AAL1);
        let issue = |name: &str, now| {
            let grant = Grant::new(safeconduct::Subject::new(name).unwrap(), AuthLevel::Aal1);
            let token = service.issuer.issue(&grant, now, &mut Repeatable(5)).unwrap().into_string();
            (session(&service, &token, now), token)
        };
        let (alice, alice_token) = issue("alice", at(0));
        assert_eq!(issue("alice", at(0)).1, alice_token);
        for (other, token) in [issue("bob", at(0)), issue("alice", at(1))] {
            assert_ne!(token, alice_token);
            assert_ne!(other.session_id(), alice.session_id());
            assert_ne!(other.token_id(), alice.token_id());
        }
        // Two rotations of one session at different moments, with the same randomness.
        let rotate = |now| {
            let parent = session(&service, &alice_token, now);
            let token = service.issuer.rotate(&parent, &mut Repeatable(6)).unwrap().into_string();
            session(&service, &token, now).token_id()
        };
        assert_eq!(rotate(at(10)), rotate(at(10)));
        assert_ne!(rotate(at(10)), rotate(at(11)));
    }
}

#[test]
fn rotation_keeps_what_login_fixed() {
    let mut service = Service::new(Kind::Nested, &Policy::AAL1);
    let grant = Grant::new(subject(), AuthLevel::Aal1).authenticated_at(at(-5));
    let first = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
    let parent = session(&service, first.as_str(), at(100));
    let second = service.issuer.rotate(&parent, &mut service.rng).unwrap();
    let child = session(&service, second.as_str(), at(100));
    assert_eq!(child.session_id(), parent.session_id());
    assert_ne!(child.token_id(), parent.token_id());
    assert_eq!((child.rotation(), child.issued_at()), (1, at(100)));
    assert_eq!((child.started_at(), child.ends_at()), (parent.started_at(), parent.ends_at()));
    assert_eq!((child.level(), child.authenticated_at()), (AuthLevel::Aal1, at(-5)));
    assert_eq!(child.expires_at(), at(1_900));
    // The parent is as good as before: a parallel request may come with it.
    session(&service, first.as_str(), at(100));
}

#[test]
fn no_renewal_moves_the_absolute_end() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let mut token = service.log_in(at(0));
    let end = session(&service, &token, at(0)).ends_at();
    let mut now = at(0);
    while now.saturating_add(Seconds::minutes(20)) < end {
        now = now.saturating_add(Seconds::minutes(20));
        let parent = session(&service, &token, now);
        assert_eq!(parent.ends_at(), end);
        token = service.issuer.rotate(&parent, &mut service.rng).unwrap().into_string();
    }
    let last = session(&service, &token, now);
    assert_eq!(last.expires_at(), end);
    assert_eq!(reason(&service, &token, end), Reason::Expired);
    assert!(service.issuer.renew(&last, &mut service.rng).unwrap().is_none(), "nothing to gain");
}

#[test]
fn renewal_is_due_after_the_threshold_only() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let threshold = i64::from(Policy::AAL1.renew_after().get());
    for (now, due) in [(0, false), (threshold - 1, false), (threshold, true), (threshold + 1, true)] {
        let session = session(&service, &token, at(now));
        assert_eq!(service.issuer.renew(&session, &mut service.rng).unwrap().is_some(), due);
    }
}

#[test]
fn a_clock_that_is_behind_does_not_date_a_successor_before_its_parent() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(20));
    let parent = session(&service, &token, at(0));
    let child = service.issuer.rotate(&parent, &mut service.rng).unwrap();
    assert_eq!(session(&service, child.as_str(), at(0)).issued_at(), at(20));
    assert_eq!(child.expires_at(), parent.expires_at());
}

#[test]
fn a_session_of_another_context_is_not_rotated() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(1));
    let other = context!("shop.example", "admin");
    let issuer = Issuer::new(&ring(&[Kind::Encrypted], 7), other, &Policy::AAL1, Kind::Encrypted);
    assert_eq!(issuer.rotate(&parent, &mut service.rng).unwrap_err(), MintError::ForeignContext);
    assert_eq!(issuer.renew(&parent, &mut service.rng).unwrap_err(), MintError::ForeignContext);
    let elevation = issuer.elevate(&parent, AuthLevel::Aal2, Seconds::minutes(5), &mut service.rng);
    assert_eq!(elevation.unwrap_err(), MintError::ForeignContext);
}

#[test]
fn stale_revocation_data_makes_no_new_token() {
    let ring = ring(&[Kind::Encrypted], 7);
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let verify = |now| {
        let freshness = Freshness::new(at(10), Seconds::new(60));
        let list = ExactList::new().copy(freshness, at(500));
        let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(list);
        verifier.verify_owned::<()>(&token, now)
    };
    let fresh = verify(at(70)).unwrap();
    assert!(service.issuer.rotate(&fresh, &mut service.rng).is_ok());
    // Still good for this request, but nothing new is made on its word.
    let stale = verify(at(71)).unwrap();
    assert_eq!(service.issuer.rotate(&stale, &mut service.rng).unwrap_err(), MintError::Stale);
    let elevation = service.issuer.elevate(&stale, AuthLevel::Aal2, Seconds::new(9), &mut service.rng);
    assert_eq!(elevation.unwrap_err(), MintError::Stale);
    assert!(verify(at(499)).is_ok());
    assert_eq!(verify(at(500)).unwrap_err().reason(), Reason::SnapshotStale);
}

#[test]
fn without_revocation_rotation_needs_its_name() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let verifier = Verifier::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1, Kind::Encrypted)
        .dangerous_without_revocation();
    let session = verifier.verify_owned::<()>(&token, at(1)).unwrap();
    assert_eq!(session.freshness(), None);
    assert_eq!(service.issuer.rotate(&session, &mut service.rng).unwrap_err(), MintError::Unrevocable);
    assert!(service.issuer.rotate_without_revocation(&session, &mut service.rng).is_ok());
    let elevation = service.issuer.elevate(&session, AuthLevel::Aal2, Seconds::new(9), &mut service.rng);
    assert_eq!(elevation.unwrap_err(), MintError::Unrevocable);
}

#[test]
fn grants_that_contradict_themselves_are_refused() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let grant = || Grant::new(subject(), AuthLevel::Aal1);
    let mut issue = |grant: Grant| service.issuer.issue(&grant, at(0), &mut service.rng).map(|_| ());
    assert_eq!(issue(grant().authenticated_at(at(1))), Err(MintError::Times));
    assert_eq!(issue(grant().authenticated_at(at(0))), Ok(()));
    assert_eq!(issue(grant().authenticated_at(Timestamp::MIN)), Ok(()));
    assert_eq!(issue(grant().ends_by(at(0))), Err(MintError::Times));
    assert_eq!(issue(grant().ends_by(at(1))), Ok(()));
    let at_the_end_of_time = service.issuer.issue(&grant(), Timestamp::MAX, &mut service.rng);
    assert_eq!(at_the_end_of_time.unwrap_err(), MintError::Times);
}

#[test]
fn a_bound_session_stays_bound() {
    let mut service = Service::new(Kind::Nested, &Policy::AAL1);
    let (key, other) = (Thumbprint::from_bytes([7; 32]), Thumbprint::from_bytes([8; 32]));
    let grant = Grant::new(subject(), AuthLevel::Aal1).bound_to(key);
    let token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
    let mut scratch = Scratch::new();
    let mut verify = |proven: &Thumbprint, token: &str| {
        let verified = service.verifier.verify_bound::<()>(token, proven, at(1), &mut scratch);
        verified.map_err(|rejected| rejected.reason())
    };
    assert_eq!(verify(&other, token.as_str()).unwrap_err(), Reason::BindingMismatch);
    let session = verify(&key, token.as_str()).unwrap();
    assert_eq!(session.bound_to(), Some(&key));
    let rotated = service.issuer.rotate(&session, &mut service.rng).unwrap();
    assert_eq!(verify(&key, rotated.as_str()).unwrap().bound_to(), Some(&key));
    assert_eq!(reason(&service, rotated.as_str(), at(1)), Reason::BindingRequired);
    let bearer = service.log_in(at(0));
    let mut scratch = Scratch::new();
    let refused = service.verifier.verify_bound::<()>(&bearer, &key, at(1), &mut scratch).unwrap_err();
    assert_eq!(refused.reason(), Reason::NotBound);
}

#[test]
fn verifying_changes_nothing() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let before = format!("{:?}{:?}", service.list.read().unwrap(), service.verifier);
    let mut answers = Vec::new();
    for _ in 0..3 {
        for text in [token.as_str(), "sc1e", &token[..100], ""] {
            let answer = service.verifier.verify_owned::<()>(text, at(1)).map(|session| session.token_id());
            answers.push(answer.map_err(|rejected| rejected.reason()));
        }
    }
    assert_eq!(answers[..4], answers[4..8]);
    assert_eq!(answers[..4], answers[8..]);
    assert_eq!(before, format!("{:?}{:?}", service.list.read().unwrap(), service.verifier));
}

#[test]
fn every_refusal_shows_the_client_the_same() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let altered = token.replacen(&token[60..61], if &token[60..61] == "A" { "B" } else { "A" }, 1);
    let huge = "A".repeat(1 << 20);
    let refused = [("", 1), ("sc1e", 1), (huge.as_str(), 1), (altered.as_str(), 1), (token.as_str(), 99_999)];
    let mut reasons = Vec::new();
    for (text, now) in refused {
        let rejected = service.verifier.verify_owned::<()>(text, at(now)).unwrap_err();
        assert_eq!(rejected.to_string(), "session rejected");
        reasons.push(rejected.reason());
    }
    reasons.dedup();
    assert!(reasons.len() > 2, "different reasons, one face: {reasons:?}");
    assert_eq!(size_of::<safeconduct::Rejected>(), 1);
}

#[test]
fn levels_stay_within_what_the_policy_is_for() {
    for policy in [Policy::AAL1, Policy::AAL2, Policy::AAL3] {
        let mut service = Service::new(Kind::Encrypted, &policy);
        for number in 0..=3 {
            let level = AuthLevel::from_number(number).unwrap();
            let issued =
                service.issuer.issue(&Grant::new(subject(), level), at(0), &mut service.rng).map(|_| ());
            let expected = if level > policy.assurance() { Err(MintError::LevelAbovePolicy) } else { Ok(()) };
            assert_eq!(issued, expected);
        }
    }
    // Nor is a session of a higher level taken over by an issuer whose deadlines are for a lower one.
    let strict = Policy::builder(AuthLevel::Aal3).build().unwrap();
    let mut service = Service::new(Kind::Encrypted, &strict);
    let grant = Grant::new(subject(), AuthLevel::Aal3);
    let token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
    let parent = session(&service, token.as_str(), at(1));
    let lax = Issuer::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1, Kind::Encrypted);
    assert_eq!(lax.rotate(&parent, &mut service.rng).unwrap_err(), MintError::LevelAbovePolicy);
    assert!(service.issuer.rotate(&parent, &mut service.rng).is_ok());
}

#[test]
fn no_token_is_minted_that_its_own_verifiers_would_refuse() {
    let long = Policy::builder(AuthLevel::Aal1).session(Seconds::days(7)).build().unwrap();
    let mut service = Service::new(Kind::Encrypted, &long);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(1));
    let short = Issuer::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1, Kind::Encrypted);
    assert_eq!(short.rotate(&parent, &mut service.rng).unwrap_err(), MintError::CeilingExceeded);
    assert!(service.issuer.rotate(&parent, &mut service.rng).is_ok());
}

#[test]
fn an_encrypted_session_does_not_become_readable() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let parent = session(&service, &token, at(1));
    let all = ring(&Kind::ALL, 8);
    for (kind, expected) in
        [(Kind::Encrypted, Ok(())), (Kind::Nested, Ok(())), (Kind::Signed, Err(MintError::WouldReveal))]
    {
        let issuer = Issuer::new(&all, CONTEXT, &Policy::AAL1, kind);
        assert_eq!(issuer.rotate(&parent, &mut service.rng).map(|_| ()), expected);
    }
}

#[test]
fn renewing_without_revocation_fails_from_the_first_request_on() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let verifier = Verifier::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1, Kind::Encrypted)
        .dangerous_without_revocation();
    let session = verifier.verify_owned::<()>(&token, at(1)).unwrap();
    assert_eq!(service.issuer.renew(&session, &mut service.rng).unwrap_err(), MintError::Unrevocable);
}
