//! Laws: what holds for all claims, all times and all alterations.

mod common;

use common::{CONTEXT, NOW, Repeatable, Service, at, ring};
use proptest::prelude::*;
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Reason, Ring, Scratch, Seconds,
    Subject, Thumbprint, Timestamp, Verifier, Verifying, Window,
};

type App = (String, Vec<u8>, Option<i64>);

/// What a server's log says at its start.
#[cfg(not(feature = "fast"))]
#[test]
fn without_the_fast_backend_the_portable_one_computes() {
    assert_eq!(safeconduct::backend().to_string(), "portable");
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

fn levels() -> impl Strategy<Value = AuthLevel> {
    (0_u8..4).prop_map(|number| AuthLevel::from_number(number).unwrap())
}

fn apps() -> impl Strategy<Value = App> {
    (".{0,40}", prop::collection::vec(any::<u8>(), 0..200), any::<Option<i64>>())
}

prop_compose! {
    fn grants()(
        subject in prop::collection::vec(any::<u8>(), 1..=128),
        level in levels(),
        authenticated in 0_u64..=NOW,
        cap in prop::option::of(1_u64..100_000),
        cut in prop::option::of(0_u64..=241),
        bound_to in prop::option::of(any::<[u8; 32]>()),
        schema: u32,
        app in apps(),
    ) -> (Grant<App>, Subject, Timestamp, Option<Thumbprint>, u32, App) {
        let subject = Subject::new(subject).unwrap();
        let authenticated = Timestamp::from_unix(authenticated).unwrap();
        let bound_to = bound_to.map(Thumbprint::from_bytes);
        let moment = |offset| Timestamp::from_unix(NOW + offset).unwrap();
        let mut grant = Grant::new(subject, level).claims(app.clone()).schema(schema).authenticated_at(authenticated);
        // A cap before a cut-off would end the session before it begins.
        match (cap, cut) {
            (Some(cap), None) => grant = grant.ends_by(moment(cap)),
            (_, cut) => grant = grant.after_cut_off(cut.map(moment)),
        }
        if let Some(bound_to) = bound_to {
            grant = grant.bound_to(bound_to);
        }
        (grant, subject, authenticated, bound_to, schema, app)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_granted_comes_back(kind in kinds(), (grant, subject, authenticated, bound_to, schema, app) in grants(), seed: u64) {
        let ring = ring(&[kind], 7);
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL3, kind);
        let token = issuer.issue(&grant, at(0), &mut Repeatable(seed)).unwrap();
        let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL3, kind).schema(schema).revocations(ExactList::new());
        let mut scratch = Scratch::new();
        let session = match &bound_to {
            Some(proven) => verifier.verify_bound::<App>(token.as_str(), proven, at(0), &mut scratch),
            None => verifier.verify::<App>(token.as_str(), at(0), &mut scratch),
        }.unwrap();
        prop_assert_eq!(session.subject(), &subject);
        prop_assert_eq!(session.authenticated_at(), authenticated);
        prop_assert_eq!(session.bound_to(), bound_to.as_ref());
        prop_assert!(session.expires_at() <= session.ends_at());
        prop_assert_eq!(session.into_claims(), app);
    }

    #[test]
    fn rotation_never_raises_anything(kind in kinds(), level in levels(), steps in prop::collection::vec(0_u32..2_000, 1..20)) {
        let mut service = Service::new(kind, &Policy::AAL3);
        let grant = Grant::new(common::subject(), level);
        let mut token = service.issuer.issue(&grant, at(0), &mut service.rng).unwrap();
        let mut now = at(0);
        let first = service.verifier.verify_owned::<()>(token.as_str(), now).unwrap();
        for (count, step) in steps.into_iter().enumerate() {
            now = now.saturating_add(Seconds::new(step));
            let Ok(session) = service.verifier.verify_owned::<()>(token.as_str(), now) else { break };
            prop_assert_eq!(session.session_id(), first.session_id());
            prop_assert_eq!(session.rotation(), u32::try_from(count).unwrap());
            prop_assert_eq!((session.started_at(), session.ends_at()), (first.started_at(), first.ends_at()));
            prop_assert_eq!((session.base_level(), session.authenticated_at()), (level, first.authenticated_at()));
            prop_assert!(session.level() <= level);
            prop_assert!(session.expires_at() <= session.ends_at());
            token = service.issuer.rotate(&session, &mut service.rng).unwrap();
            prop_assert!(token.expires_at().as_unix() <= now.as_unix() + u64::from(Policy::AAL3.idle().get()));
        }
    }

    #[test]
    fn parallel_rotations_are_equivalent(kind in kinds(), tabs in 2_usize..8, seed: u64) {
        let mut service = Service::new(kind, &Policy::AAL1);
        let token = service.log_in(at(0));
        let parent = service.verifier.verify_owned::<()>(&token, at(1_000)).unwrap();
        let mut rng = Repeatable(seed);
        let children: Vec<_> = (0..tabs)
            .map(|_| service.issuer.rotate(&parent, &mut rng).unwrap())
            .map(|token| service.verifier.verify_owned::<()>(token.as_str(), at(1_000)).unwrap())
            .collect();
        for child in &children {
            let same = |session: &safeconduct::Session<()>| {
                (session.session_id(), session.rotation(), session.expires_at(), session.ends_at(), session.level())
            };
            prop_assert_eq!(same(child), same(&children[0]));
        }
        let mut ids: Vec<_> = children.iter().map(|child| child.token_id()).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), tabs);
    }

    #[test]
    fn deadlines_are_half_open(kind in kinds(), idle in 60_u32..3_600, session in 3_600_u32..80_000, late in 0_u64..90_000) {
        let policy = Policy::builder(AuthLevel::Aal1).idle(Seconds::new(idle)).session(Seconds::new(session)).build().unwrap();
        let mut service = Service::new(kind, &policy);
        let token = service.log_in(at(0));
        let now = Timestamp::from_unix(NOW + late).unwrap();
        let verdict = service.verifier.verify_owned::<()>(&token, now).map(|_| ()).map_err(|rejected| rejected.reason());
        let expected = if late >= u64::from(session) {
            Err(Reason::Expired)
        } else if late >= u64::from(idle) {
            Err(Reason::Idle)
        } else {
            Ok(())
        };
        prop_assert_eq!(verdict, expected);
    }

    #[test]
    fn no_text_is_a_token_by_chance(text in ".{0,300}") {
        let service = Service::new(Kind::Encrypted, &Policy::AAL1);
        prop_assert!(service.verifier.verify_owned::<()>(&text, at(0)).is_err());
        prop_assert!(text.parse::<Ring<Issuing>>().is_err());
        prop_assert!(text.parse::<Ring<Verifying>>().is_err());
    }

    #[test]
    fn rings_come_back_from_their_text(
        keys in prop::collection::vec((kinds(), 0_u64..253_402_300_799, 1_u32.., any::<u32>()), 1..=16),
        seed: u64,
        front in "[ \t\r\n]{0,3}",
        quote in prop::sample::select(vec!["", "\"", "'"]),
    ) {
        let mut rng = Repeatable(seed);
        let mut ring = Ring::<Issuing>::new();
        for (kind, from, minting, tail) in keys {
            let from = Timestamp::from_unix(from).unwrap();
            if let Ok(window) = Window::new(from, Seconds::new(minting), Seconds::new(tail)) {
                ring.add(IssuingKey::generate(kind, &mut rng).unwrap(), window).unwrap();
            }
        }
        prop_assume!(ring.count() > 0);
        let text = ring.to_text();
        let again: Ring<Issuing> = format!("{front}{quote}{}{quote}\n", text.as_str()).parse().unwrap();
        prop_assert!(again.to_text().as_str() == text.as_str());
        let verifying = ring.verifying().to_text();
        let again: Ring<Verifying> = verifying.as_str().parse().unwrap();
        prop_assert!(again.to_text().as_str() == verifying.as_str());
        prop_assert!(again.keys(at(0)).eq(ring.keys(at(0))));
        prop_assert!(verifying.as_str().parse::<Ring<Issuing>>().is_err());
    }
}

/// Every change of one bit or one character, every truncation and every extension by one character, of a token of each kind.
#[test]
fn nothing_but_the_token_itself_is_accepted() {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut tried = 0_u32;
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let token = service.log_in(at(0));
        let mut scratch = Scratch::new();
        let mut refuse = |text: &str| {
            tried += 1;
            let refused = service.verifier.verify::<()>(text, at(1), &mut scratch).map(|_| ());
            let reason = refused.expect_err(text).reason();
            assert!(reason.anybody_can_provoke(), "{text}: {reason}");
        };
        for place in 0..token.len() {
            let with = |c: u8| {
                let mut bytes = token.clone().into_bytes();
                bytes[place] = c;
                String::from_utf8(bytes).unwrap()
            };
            // 64 other characters include every change of one bit of what the character stands for.
            for c in ALPHABET.iter().filter(|c| **c != token.as_bytes()[place]) {
                refuse(&with(*c));
            }
            for c in [b'=', b'+', b'/', b' ', b'\n', 0, b'%', b'.'] {
                refuse(&with(c));
            }
            refuse(&token[..place]);
            refuse(&token[place + 1..]);
            refuse(&format!("{}{}", &token[..place], &token[place + 1..]));
        }
        for c in ALPHABET.iter().chain(b"=+/ \n\0") {
            refuse(&format!("{token}{}", char::from(*c)));
            refuse(&format!("{}{token}", char::from(*c)));
        }
    }
    assert!(tried > 35_000, "{tried}");
}
