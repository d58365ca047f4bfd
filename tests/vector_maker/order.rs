//! Two faults at once: the earlier step of section 7 names the reason.
//!
//! A token issued in the future cannot have expired, a key cannot be too early and too late, and tag and signature share a reason: those
//! pairs cannot be told apart by a vector.

use super::Vectors;
use super::body::Field;
use super::claims::bound;
use super::draft::{Draft, other_key};
use super::keys::{Entry, NOW, ring_of};
use super::primitives::{base64url, seeded};
use super::revocation::out;

const COMMENT: &str = "Two faults: the earlier step of section 7 gives the reason.";

pub fn add(vectors: &mut Vectors) {
    before_any_key(vectors);
    around_the_proof(vectors);
    claims_and_clock(vectors);
    deadlines_and_binding(vectors);
    revocation_and_app(vectors);
}

fn idle(draft: &mut Draft) {
    draft.settings.now = NOW + 1_740;
}

fn ended(draft: &mut Draft) {
    draft.settings.now = NOW + 25_200;
}

fn future(draft: &mut Draft) {
    draft.body.issued_at = NOW + 31;
}

fn long_token(draft: &mut Draft) {
    draft.settings.longest_token = 1_799;
}

fn bad_claims(draft: &mut Draft) {
    draft.body.level = 4;
}

fn other_schema(draft: &mut Draft) {
    draft.settings.schema = 1;
}

fn no_proof(draft: &mut Draft) {
    draft.settings.proven = None;
}

fn other_proof(draft: &mut Draft) {
    draft.settings.proven = Some(seeded("other thumbprint"));
}

fn before_any_key(vectors: &mut Vectors) {
    let text = Draft::new('e').token();
    let rest = &text[4..];
    let mut text_of = |spec: &str, name: &str, text: String| {
        vectors.refused(spec, name, "Malformed", COMMENT, &Draft::new('e').as_text(text));
    };
    text_of("TOK-01", "before-tok-04", format!("sc2e{}", "A".repeat(4_094)));
    text_of("TOK-02", "before-tok-04", format!("sc2e{rest}="));
    text_of("TOK-02", "before-tok-04-unused-bits", "sc2eB".to_owned() + "B");
    text_of("TOK-03", "before-tok-04", format!("xx2e{rest}"));
    text_of("TOK-03", "before-tok-04-other-kind", format!("xx1x{rest}"));
    let short = Draft::new('n').as_bytes(&Draft::new('n').bytes()[..110]);
    let short = short.but(|draft| draft.settings.kinds = "e".into());
    vectors.refused("TOK-05", "before-tok-30", "Malformed", COMMENT, &short);
    let unknown = Draft { key: other_key('e'), ..Draft::new('e') };
    let elsewhere = unknown.but(|draft| draft.settings.kinds = "s".into());
    vectors.refused("TOK-30", "before-tok-31", "KindNotAccepted", COMMENT, &elsewhere);
    let old_ring = ring_of("verifier", &[Entry::new(&Draft::new('e').key, "verifier").window(10, 10, 10)]);
    let old = unknown.but(|draft| draft.settings.ring = old_ring);
    vectors.refused("TOK-31", "before-tok-32", "UnknownKey", COMMENT, &old);
    let forged = unknown.flipped(-1);
    vectors.refused("TOK-31", "before-tok-24", "UnknownKey", COMMENT, &forged);
}

fn around_the_proof(vectors: &mut Vectors) {
    for (letter, rule) in [('e', "tok-24"), ('s', "tok-23"), ('n', "tok-24")] {
        let forged = Draft::new(letter).flipped(-1);
        let mut add = |name: &str, reason: &str, draft: Draft| {
            vectors.refused(
                "TOK-32",
                &format!("{name}-before-{rule}-kind-{letter}"),
                reason,
                COMMENT,
                &draft,
            );
        };
        add("too-late", "KeyExpired", forged.in_window(NOW - 100, 50, 50));
        add("too-early", "KeyNotYetValid", forged.in_window(NOW + 31, 50, 50));
    }
    let unsigned = |letter| Draft::new(letter).but(|draft| draft.signature = Some([0; 64]));
    let mut add = |spec: &str, name: &str, draft: Draft| {
        vectors.refused(spec, name, "Forged", COMMENT, &draft);
    };
    for letter in ['s', 'n'] {
        add("TOK-22", &format!("before-tok-11-kind-{letter}"), unsigned(letter).but(bad_claims));
        add("TOK-22", &format!("before-tok-33-kind-{letter}"), unsigned(letter).but(long_token));
        add("TOK-22", &format!("before-tok-35-kind-{letter}"), unsigned(letter).but(ended));
        let revoked = out(&unsigned(letter), "everyone");
        add("TOK-22", &format!("before-tok-37-kind-{letter}"), revoked.but(other_schema));
    }
    let forged = Draft::new('e').but(bad_claims).flipped(-1);
    add("TOK-24", "before-tok-11", forged);
    add("TOK-24", "before-tok-35", Draft::new('e').but(ended).flipped(-1));
    add("TOK-24", "before-tok-37", out(&Draft::new('e'), "session").flipped(-1));
}

fn claims_and_clock(vectors: &mut Vectors) {
    let usual = Draft::new('e');
    let mut add = |spec: &str, name: &str, reason: &str, draft: Draft| {
        vectors.refused(spec, name, reason, COMMENT, &draft);
    };
    add("TOK-11", "before-tok-33", "BadClaims", usual.but(bad_claims).but(long_token));
    let over_long = |draft: &mut Draft| draft.body.spelled.push((Field::Rotation, vec![0x82, 0]));
    add("TOK-10", "before-tok-33", "BadClaims", usual.but(over_long).but(long_token));
    add(
        "TOK-15",
        "before-tok-33",
        "BadClaims",
        usual.but(|draft| {
            draft.body.token_life = 0;
            draft.settings.longest_session = 28_799;
        }),
    );
    add("TOK-11", "before-tok-34", "BadClaims", usual.but(bad_claims).but(future));
    add("TOK-11", "before-tok-35", "BadClaims", usual.but(bad_claims).but(ended));
    add("TOK-11", "before-tok-37", "BadClaims", out(&usual, "session").but(bad_claims));
    add("TOK-11", "before-tok-39", "BadClaims", usual.but(bad_claims).but(other_schema));
    add("TOK-33", "before-tok-34", "CeilingExceeded", usual.but(long_token).but(future));
    let long_session = |draft: &mut Draft| draft.settings.longest_session = 28_799;
    add("TOK-33", "session-before-tok-34", "CeilingExceeded", usual.but(long_session).but(future));
    add("TOK-33", "before-tok-35", "CeilingExceeded", usual.but(long_token).but(idle));
    add("TOK-33", "session-before-tok-35-end", "CeilingExceeded", usual.but(long_session).but(ended));
    add("TOK-33", "before-tok-36", "CeilingExceeded", bound('e').but(long_token).but(no_proof));
    add("TOK-33", "before-tok-37", "CeilingExceeded", out(&usual, "everyone").but(long_token));
    add("TOK-34", "before-tok-36", "IssuedInFuture", bound('e').but(future).but(no_proof));
    add("TOK-34", "before-tok-36-not-bound", "IssuedInFuture", usual.but(future).but(other_proof));
    add("TOK-34", "before-tok-37", "IssuedInFuture", out(&usual, "session").but(future));
    let complete = usual.revoking("complete-to", NOW + 86_400);
    add("TOK-34", "before-tok-38", "IssuedInFuture", complete.but(future));
    add("TOK-34", "before-tok-39", "IssuedInFuture", usual.but(future).but(other_schema));
}

fn deadlines_and_binding(vectors: &mut Vectors) {
    let usual = Draft::new('e');
    let mut add = |spec: &str, name: &str, reason: &str, draft: Draft| {
        vectors.refused(spec, name, reason, COMMENT, &draft);
    };
    add("TOK-35", "idle-before-tok-36-required", "Idle", bound('e').but(idle).but(no_proof));
    add("TOK-35", "idle-before-tok-36-mismatch", "Idle", bound('e').but(idle).but(other_proof));
    add("TOK-35", "idle-before-tok-36-not-bound", "Idle", usual.but(idle).but(other_proof));
    add("TOK-35", "end-before-tok-36-required", "Expired", bound('e').but(ended).but(no_proof));
    add("TOK-35", "end-before-tok-36-mismatch", "Expired", bound('e').but(ended).but(other_proof));
    add("TOK-35", "end-before-tok-36-not-bound", "Expired", usual.but(ended).but(other_proof));
    add("TOK-35", "idle-before-tok-37", "Idle", out(&usual, "everyone").but(idle));
    add("TOK-35", "end-before-tok-37", "Expired", out(&usual, "session").but(ended));
    let complete = usual.revoking("complete-to", NOW + 86_400);
    add("TOK-35", "idle-before-tok-38-end", "Idle", complete.but(idle));
    add("TOK-35", "idle-before-tok-39", "Idle", usual.but(idle).but(other_schema));
    for scope in ["everyone", "session"] {
        let required = out(&bound('e'), scope).but(no_proof);
        add("TOK-36", &format!("required-before-tok-37-{scope}"), "BindingRequired", required);
        let mismatch = out(&bound('e'), scope).but(other_proof);
        add("TOK-36", &format!("mismatch-before-tok-37-{scope}"), "BindingMismatch", mismatch);
        let not_bound = out(&usual, scope).but(other_proof);
        add("TOK-36", &format!("not-bound-before-tok-37-{scope}"), "NotBound", not_bound);
    }
    let complete = |draft: &Draft| draft.revoking("complete-to", NOW + 86_400);
    add("TOK-36", "required-before-tok-38", "BindingRequired", complete(&bound('e')).but(no_proof));
    add("TOK-36", "not-bound-before-tok-38", "NotBound", complete(&usual).but(other_proof));
    add("TOK-36", "required-before-tok-39", "BindingRequired", bound('e').but(no_proof).but(other_schema));
}

fn revocation_and_app(vectors: &mut Vectors) {
    let usual = Draft::new('e');
    let mut add = |spec: &str, name: &str, reason: &str, draft: Draft| {
        vectors.refused(spec, name, reason, COMMENT, &draft);
    };
    for scope in ["everyone", "key", "subject", "session", "token"] {
        let draft = out(&usual, scope).but(other_schema);
        add("TOK-37", &format!("{scope}-before-tok-39"), &format!("Revoked({scope})"), draft);
    }
    let left_over = |draft: &mut Draft| draft.body.app = vec![0];
    add("TOK-37", "session-before-tok-39-app", "Revoked(session)", out(&usual, "session").but(left_over));
    let complete = |to: u64| usual.revoking("complete-to", to);
    add("TOK-38", "idle-before-tok-39", "Idle", complete(NOW + 1_740).but(other_schema));
    add("TOK-38", "end-before-tok-39", "Expired", complete(NOW + 25_200).but(other_schema));
    add("TOK-38", "idle-before-tok-39-app", "Idle", complete(NOW + 1_740).but(left_over));
    add("TOK-39", "schema-before-app-claims", "SchemaMismatch", usual.but(other_schema).but(left_over));
    let everything = out(&bound('s'), "everyone").but(bad_claims).but(no_proof).but(ended).but(other_schema);
    let everything = everything.but(|draft| draft.signature = Some([0; 64]));
    let bytes = everything.bytes();
    let comment = "Everything behind the proof is wrong, too: the proof is what is told.";
    vectors.refused("TOK-22", "before-everything-else", "Forged", comment, &everything);
    let text = base64url(&bytes).replacen("sc1s", "sc9s", 1);
    let comment = "Everything is wrong: the version is what is told.";
    vectors.refused(
        "TOK-04",
        "before-everything-else",
        "UnsupportedFormat",
        comment,
        &everything.as_text(text),
    );
}
