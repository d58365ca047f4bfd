//! Rings of role `public`, and payloads that wander between roles: RING-01, RING-02 and RING-06.

use super::Vectors;
use super::curve::is_point;
use super::draft::{Draft, main_key, other_key};
use super::keys::{Entry, Key, checksum, payload, ring_of, text_of};
use super::primitives::base64url;
use super::ring_draft::{Realm, RingDraft};
use super::rings::entry;

const ROLES: [&str; 3] = ["issuer", "verifier", "public"];

pub fn add(vectors: &mut Vectors) {
    good_rings(vectors);
    other_kinds(vectors);
    secrets(vectors);
    tokens(vectors);
    wandering(vectors);
}

fn good_rings(vectors: &mut Vectors) {
    let role = "public";
    let mut good = |spec: &str, name: &str, comment: &str, entries: Vec<Entry>| {
        vectors.ring_drafted(spec, name, comment, &RingDraft::new(role, entries));
    };
    good("RING-01", "public-kind-s", "A ring of one key.", vec![entry('s', role)]);
    let comment = "A ring of one revoked key: its identity and nothing else.";
    good("RING-01", "public-revoked-kind-s", comment, vec![entry('s', role).revoked()]);
    let comment = "A live key and a revoked one.";
    let two = vec![entry('s', role), Entry::new(&other_key('s'), role).revoked()];
    good("RING-02", "public-live-and-revoked", comment, two);
    let many = |count: usize| {
        (0..count).map(|n| Entry::new(&Key::new('s', &format!("many {n}")), role)).collect::<Vec<_>>()
    };
    good("RING-02", "public-16-keys", "The most keys.", many(16));
    let text = ring_of(role, &many(17));
    vectors.ring_refused("RING-02", "public-17-keys", "One key more than the most.", role, &text);
}

fn other_kinds(vectors: &mut Vectors) {
    let role = "public";
    let mut bad = |name: &str, comment: &str, entries: &[Entry]| {
        vectors.ring_refused("RING-06", &format!("public-{name}"), comment, role, &ring_of(role, entries));
    };
    for letter in ['e', 'n'] {
        let secret = entry(letter, role);
        let comment = "A public ring holds keys of kind s only.";
        bad(&format!("kind-{letter}"), comment, std::slice::from_ref(&secret));
        bad(&format!("kind-{letter}-beside-s"), comment, &[secret.clone(), entry('s', role)]);
        let comment = "A public ring holds keys of kind s only, revoked or not.";
        bad(&format!("revoked-kind-{letter}"), comment, &[secret.clone().revoked()]);
        bad(&format!("revoked-kind-{letter}-beside-s"), comment, &[secret.revoked(), entry('s', role)]);
    }
    let public_half = Entry { material: main_key('n').public().to_vec(), ..entry('n', role) };
    let comment = "Not even the public half of a key of kind n.";
    bad("kind-n-without-secret", comment, &[public_half]);
}

fn secrets(vectors: &mut Vectors) {
    let role = "public";
    let mut keys = (0..).map(|n| Key::new('s', &format!("seed that is no point {n}")));
    let key = keys.find(|key| !is_point(&key.seed)).expect("about every second");
    let text = ring_of(role, &[Entry::new(&key, "issuer")]);
    let comment = "A seed stands where a public ring has a public key.";
    vectors.ring_refused("RING-06", "public-seed", comment, role, &text);
    let with = |label: &str| RingDraft::usual(role).with_realms(vec![Realm::new(label, "verifier", 1)]);
    let comment = "The filter key is a secret.";
    vectors.ring_refused("RING-06", "public-filter-key", comment, role, &with("main").text());
    // Where the first byte of the filter key looks like a number of signers, the realm is too long.
    for count in [1, 2] {
        let mut labels = (0..).map(|n| format!("filter key that counts {n}"));
        let first = |label: &String| super::ring_draft::filter_key(label)[0] == count;
        let label = labels.find(first).expect("about every 256th");
        let name = format!("public-filter-key-that-begins-with-{count}");
        vectors.ring_refused("RING-06", &name, comment, role, &with(&label).text());
    }
}

fn tokens(vectors: &mut Vectors) {
    let ring = ring_of("public", &[entry('s', "public")]);
    let in_public = |letter| Draft::new(letter).but(|draft| draft.settings.ring = ring.clone());
    let comment = "A public ring is enough for tokens of kind s.";
    vectors.accepted("RING-06", "public-ring-kind-s", comment, &in_public('s'));
    let realms = vec![Realm::new("main", "public", 1), Realm::new("other", "public", 2)];
    let ring = RingDraft::usual("public").with_realms(realms).text();
    let draft = Draft::new('s').but(|draft| draft.settings.ring = ring);
    let comment = "A public ring with realms.";
    vectors.accepted("RING-06", "public-ring-with-realms-kind-s", comment, &draft);
    for letter in ['e', 'n'] {
        let comment = "A public ring has no key of this kind.";
        let name = format!("public-ring-kind-{letter}");
        vectors.refused("TOK-31", &name, "UnknownKey", comment, &in_public(letter));
    }
    vectors.refused(
        "TOK-23",
        "forged-public-ring-kind-s",
        "Forged",
        "The last bit of the signature.",
        &in_public('s').flipped(-1),
    );
}

/// One payload under the names and checksums of other roles. A verifier's ring and a public one of the same keys of kind `s` have one payload.
fn wandering(vectors: &mut Vectors) {
    for from in ROLES {
        for to in ROLES.into_iter().filter(|to| *to != from) {
            let bytes = payload(&[entry('s', from)]);
            let body = base64url(&[&bytes[..], &checksum(from, &bytes)].concat());
            let comment = "The role is in the checksum: a payload does not pass under another name.";
            let renamed = format!("sc-ring.v1.{to}.{body}");
            vectors.ring_refused("RING-01", &format!("{from}-renamed-{to}"), comment, to, &renamed);
            if ![from, to].contains(&"public") {
                continue; // module `rings` has these two
            }
            let comment = "A good ring of the role that was not asked for.";
            let text = text_of(from, &bytes);
            vectors.ring_refused("RING-01", &format!("{from}-asked-for-as-{to}"), comment, to, &text);
        }
    }
    let bytes = payload(&[entry('s', "public")]);
    for (name, label) in [("empty-role", ""), ("upper-case-role", "PUBLIC"), ("letter-of-role", "p")] {
        let body = base64url(&[&bytes[..], &checksum(label, &bytes)].concat());
        let comment = "The checksum is over the name of the role.";
        let text = format!("sc-ring.v1.public.{body}");
        vectors.ring_refused("RING-01", &format!("public-checksum-of-{name}"), comment, "public", &text);
    }
}
