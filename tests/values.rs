//! Plain values: order, hashing, conversions, and sets of kinds.

mod common;

use std::cmp::Ordering;
use std::collections::HashSet;

use common::{CONTEXT, Service, at, ring};
use safeconduct::http::{SessionCookie, Transport};
use safeconduct::{Floors, Issuing, Kind, Policy, Ring, Scratch, Subject, Timestamp, Update, Verifier};
use time::OffsetDateTime;

#[test]
fn subjects_are_compared_and_hashed_by_their_bytes() {
    let subject = |text: &str| Subject::new(text).unwrap();
    assert_eq!(subject("a").partial_cmp(&subject("b")), Some(Ordering::Less));
    assert_eq!(subject("b").partial_cmp(&subject("ab")), Some(Ordering::Greater));
    assert_eq!(subject("a").partial_cmp(&subject("a")), Some(Ordering::Equal));
    use std::hash::{BuildHasher as _, RandomState};
    let state = RandomState::new();
    assert_eq!(state.hash_one(subject("a")), state.hash_one(subject("a")));
    assert_ne!(state.hash_one(subject("a")), state.hash_one(subject("b")));
    assert_eq!(HashSet::from([subject("a"), subject("b"), subject("a")]).len(), 2);
    assert_eq!(subject("a b").as_str(), Some("a b"));
    assert_eq!(subject("a b").to_string(), "a b");
    assert_eq!(subject("a\tb").to_string(), "0x610962");
    assert_eq!(subject("0x41").to_string(), "0x30783431");
    assert_eq!(Subject::new([0xFF, 0]).unwrap().to_string(), "0xff00");
    assert_eq!(AsRef::<[u8]>::as_ref(&subject("a b")), b"a b");
    assert_eq!(Kind::Nested.to_string(), "nested");
}

#[test]
fn moments_are_those_of_the_crate_time() {
    let moment = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    assert_eq!(Timestamp::try_from(moment), Ok(at(0)));
    assert_eq!(OffsetDateTime::try_from(at(0)), Ok(moment));
    assert!(Timestamp::try_from(OffsetDateTime::from_unix_timestamp(-1).unwrap()).is_err());
    assert_eq!(Timestamp::try_from(OffsetDateTime::UNIX_EPOCH), Ok(Timestamp::MIN));
}

#[test]
fn what_is_there_by_default_is_what_new_makes() {
    assert_eq!(SessionCookie::default(), SessionCookie::new());
    assert_eq!(format!("{:?}", Transport::default()), format!("{:?}", Transport::new()));
    assert_eq!(Floors::default(), Floors::new());
    assert_eq!(Ring::<Issuing>::default().count(), Ring::<Issuing>::new().count());
    let update = |update: Update<Issuing>| format!("{update:?}");
    assert_eq!(update(Update::default()), update(Update::new()));
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let verifier = Verifier::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1, Kind::Encrypted)
        .dangerous_without_revocation();
    assert!(verifier.verify::<()>(&token, at(1), &mut Scratch::default()).is_ok());
}

#[test]
fn a_kind_that_is_accepted_twice_is_accepted() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let verifier = Verifier::new(&ring(&[Kind::Encrypted], 7), CONTEXT, &Policy::AAL1, Kind::Encrypted)
        .also_accepts(Kind::Encrypted)
        .dangerous_without_revocation();
    assert!(verifier.verify_owned::<()>(&token, at(1)).is_ok());
}
