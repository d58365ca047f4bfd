//! `inspect::explain` and `inspect::outline`.

use crate::common::{CONTEXT, Repeatable, Service, at, ring, subject};
use safeconduct::inspect::{self, Verdict};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Kind, Policy, RevocationLog, Seconds, Thumbprint, Verifier, context,
};

#[test]
fn an_outline_needs_no_key_and_has_no_gaps() {
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let token = service.log_in(at(0));
        let outline = inspect::outline(&token).unwrap();
        assert_eq!((outline.characters, outline.kind), (token.len(), kind.to_string()));
        let mut offset = 0;
        for part in &outline.parts {
            assert_eq!((part.offset, part.size), (offset, part.content.0.len()));
            offset += part.size;
        }
        assert_eq!(offset, outline.bytes);
        let session = service.verifier.verify_owned::<()>(&token, at(1)).unwrap();
        assert_eq!(outline.session_id, session.session_id().to_string());
        assert_eq!(outline.token_id, session.token_id().to_string());
        assert_eq!(outline.key_id, session.key_id().to_string());
    }
}

#[test]
fn a_fault_in_the_text_is_named_with_its_place() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let fault = |text: &str| inspect::outline(text).unwrap_err().fault;
    assert!(fault("").contains("sc"));
    assert!(fault(&"A".repeat(4_097)).contains("4097 characters"));
    assert!(fault(&format!("{token}=")).contains("padding (=) at character 113"));
    assert!(fault(&token.replacen('1', " ", 1)).contains("' ' at character 3"));
    assert!(fault(&format!("\"{token}\"")).contains("quotes"));
    assert!(fault(&format!("Bearer {token}")).contains("header"));
    assert!(fault(&format!("__Host-session={token}")).contains("cookie"));
    assert!(fault(&token[..60]).contains("too few"));
    assert!(fault(&token[..109]).contains("a character is missing"));
    assert!(fault(&format!("sc2{}", &token[3..])).contains("version"));
    assert!(fault(&token[1..]).contains("begin with sc"));
    assert!(fault(&"A".repeat(4_096)).contains("begin with sc"), "as long as a token may be");
    let nested = Service::new(Kind::Nested, &Policy::AAL1).log_in(at(0));
    assert!(fault(&nested[..62]).contains("62 characters are too few"));
    assert!(fault(&nested[..63]).contains("cut off, or its last character"), "long enough for some token");
    assert_eq!(inspect::outline("").unwrap_err().to_string(), fault(""));
    let outline = inspect::outline(&nested).unwrap();
    assert_eq!(format!("{:?}", outline.parts[0].content), format!("Bytes({})", outline.parts[0].size));
}

#[test]
fn what_looks_like_a_token() {
    let like = |front: &str, length: usize| inspect::looks_like_a_token(&format!("{front:A<length$}"));
    assert!(like("sc1", 3) && like("sc1 ", 4) && like("", 63) && like("-_09azAZ", 4_096));
    assert!(!like("", 62) && !like("", 4_097) && !like("sc", 2));
    for foreign in ["=", "+", "é", " "] {
        assert!(!like(foreign, 80), "{foreign}");
    }
}

#[test]
fn the_verdict_is_the_verifiers_own() {
    let mut service = Service::new(Kind::Nested, &Policy::AAL1);
    let token = service.log_in(at(0));
    let altered = format!("{}A{}", &token[..80], &token[81..]);
    let (late, over) = (at(1_800), at(28_800));
    for (text, now) in [(&token, at(1)), (&token, late), (&token, over), (&altered, at(1)), (&token, at(-31))]
    {
        let verdict = service.verifier.verify_owned::<()>(text, now).map(|_| ()).map_err(|r| r.reason());
        let report = inspect::explain(text, now, &service.verifier);
        assert_eq!(report.reason, verdict.err().map(|reason| reason.name()));
        assert_eq!(report.verdict == Verdict::Accepted, verdict.is_ok());
        assert_eq!(report.anybody_can_provoke, verdict.err().map(|reason| reason.anybody_can_provoke()));
        assert!(!report.meaning.is_empty() && !report.advice.is_empty());
        // The claims are shown whenever they are authentic.
        assert_eq!(report.claims.is_some(), text == &token);
    }
    let session = service.verifier.verify_owned::<()>(&token, at(1)).unwrap();
    let answer = service.list.write().unwrap().record(&session.revocation(), at(0));
    assert!(answer.is_recorded());
    let report = inspect::explain(&token, at(1), &service.verifier);
    assert_eq!(report.reason, Some("Revoked(session)"));
    assert_eq!(report.meaning, "its session was logged out");
}

#[test]
fn claims_are_shown_as_they_are() {
    let ring = ring(&[Kind::Encrypted], 7);
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let verifier =
        Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(ExactList::new());
    let mut rng = Repeatable(1);
    let grant = Grant::new(subject(), AuthLevel::Aal1).claims("cart").schema(9);
    let token = issuer.issue(&grant, at(0), &mut rng).unwrap();
    let session = verifier.verify_owned::<String>(token.as_str(), at(0)).err();
    assert!(session.is_some(), "schema 9 is not expected, and the inspector does not judge it");
    let claims = inspect::explain(token.as_str(), at(5), &verifier).claims.unwrap();
    assert_eq!((claims.subject.as_str(), claims.schema, claims.rotation), ("usr_8f14e45fceea167a", 9, 0));
    assert_eq!((claims.issued_at.0, claims.expires_at.0, claims.ends_at.0), (at(0), at(1_800), at(28_800)));
    assert_eq!(claims.app.to_string(), "0463617274");

    // A bound token with an elevation that is over.
    let bound = Grant::new(subject(), AuthLevel::Aal1).bound_to(Thumbprint::from_bytes([7; 32]));
    let token = issuer.issue(&bound, at(0), &mut rng).unwrap();
    let mut scratch = safeconduct::Scratch::new();
    let thumbprint = Thumbprint::from_bytes([7; 32]);
    let session = verifier.verify_bound::<()>(token.as_str(), &thumbprint, at(0), &mut scratch).unwrap();
    let pending = issuer.elevate(&session, AuthLevel::Aal2, Seconds::new(60), &mut rng).unwrap();
    let answer = ExactList::new().record(pending.revocation(), at(0));
    let token = pending.release(answer).unwrap();
    let report = |offset| inspect::explain(token.as_str(), at(offset), &verifier);
    assert_eq!(report(59).claims.unwrap().level_in_force, "aal2");
    let later = report(60);
    assert_eq!(later.verdict, Verdict::Accepted, "the proof is taken as given");
    assert!(later.not_judged.iter().any(|what| what.contains("proof")));
    let claims = later.claims.unwrap();
    assert_eq!((claims.level_in_force, claims.elevation.unwrap().in_force), ("aal1", false));
    assert_eq!(claims.bound_to.unwrap(), "07".repeat(32));
}

#[test]
fn claims_are_readable_after_the_key_is_over() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let report = inspect::explain(&token, at(86_400 * 31), &service.verifier);
    assert_eq!(report.reason, Some("KeyExpired"));
    assert!(report.claims.is_some());
}

#[test]
fn the_json_form_is_stable() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let report = serde_json::to_value(inspect::explain(&token, at(1), &service.verifier)).unwrap();
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&report),
        "advice anybody_can_provoke at claims keys meaning not_judged outline reason report revocation \
         verdict"
    );
    assert_eq!(keys(&report["at"]), "unix utc");
    assert_eq!(keys(&report["outline"]), "bytes characters key_id kind parts session_id token_id version");
    assert_eq!(keys(&report["outline"]["parts"][0]), "name offset size");
    assert_eq!(
        keys(&report["claims"]),
        "app authenticated_at bound_to elevation ends_at expires_at issued_at level level_in_force rotation schema \
         started_at subject"
    );
    assert_eq!(keys(&report["keys"][0]), "accept_until issue_from issue_until key_id kind state");
    assert_eq!(report["report"], "safeconduct-inspect/1");
    assert_eq!(report["verdict"], "accepted");
    assert_eq!(report["at"]["utc"], "2027-01-15T08:00:01Z");
}

#[test]
fn advice_for_a_foreign_context_names_the_context() {
    let mut service = Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let ring = ring(&[Kind::Encrypted], 7);
    let other = Verifier::new(&ring, context!("elsewhere"), &Policy::AAL1, Kind::Encrypted)
        .revocations(ExactList::new());
    let report = inspect::explain(&token, at(1), &other);
    assert_eq!(report.reason, Some("Forged"));
    assert!(report.advice.contains("context"));
}
