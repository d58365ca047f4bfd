//! First tokens that are made beside revocation data: what these may have against every one of them.

mod common;

use common::{Broken, CONTEXT, Repeatable, Service, at, ring, subject};
use safeconduct::{
    Answer, AuthLevel, Facts, Freshness, Grant, Issuer, Kind, MintError, Policy, Revocations, Scope, Seconds,
    Timestamp,
};

/// Answers as it is told to.
struct Says(Answer);

impl Revocations for Says {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        self.0
    }
}

#[test]
fn no_token_is_made_that_verifiers_would_refuse() {
    let ring = ring(&[Kind::Encrypted], 7);
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let issue = |answer| {
        issuer.issue_beside(&Says(answer), &grant, at(0), &mut Repeatable(1)).map(|token| token.expires_at())
    };
    for (answer, outcome) in [
        (Answer::Clear(Freshness::new(at(0), Seconds::hours(1))), Ok(at(1_800))),
        // Too old to verify by, and no reason to keep anybody from logging in.
        (Answer::Stale, Ok(at(1_800))),
        (Answer::Damaged, Err(MintError::Stale)),
        (Answer::Revoked(Scope::Key), Err(MintError::Revoked)),
        (Answer::Revoked(Scope::Everyone), Err(MintError::Revoked)),
        // Every id that is drawn hits.
        (Answer::Revoked(Scope::Session), Err(MintError::Revoked)),
        (Answer::Superseded, Err(MintError::Revoked)),
        // However short it gets.
        (Answer::TooLong(Seconds::new(60)), Err(MintError::CeilingExceeded)),
    ] {
        assert_eq!(issue(answer), outcome, "{answer:?}");
    }
}

#[test]
fn a_failing_random_source_makes_none() {
    let service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let grant = Grant::new(subject(), AuthLevel::Aal1);
    let refused = service.issuer.issue_beside(&service.list, &grant, at(0), &mut Broken).unwrap_err();
    assert_eq!(refused, MintError::Random);
}
