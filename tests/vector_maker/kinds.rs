//! Which kind and which key: KEY-02, KEY-03, TOK-30 to TOK-32, and tokens dressed up as another kind.

use super::Vectors;
use super::draft::{Draft, main_key, other_key};
use super::keys::{ACCEPT_UNTIL, Entry, ISSUE_FROM, Key, LAST_TIME, NOW, first, ring_of, ring_of_keys};
use super::primitives::{seal, sha256};

/// Labels of two keys, of kinds `e` and `s`, that happen to have one key id; found by trying.
pub const ONE_ID_E: &str = "one id 69396";
pub const ONE_ID_S: &str = "one id 35010";

pub fn add(vectors: &mut Vectors) {
    each_kind(vectors);
    kinds_accepted(vectors);
    relabelled(vectors);
    key_ids(vectors);
    selection(vectors);
    windows(vectors);
    inner_seal(vectors);
}

fn each_kind(vectors: &mut Vectors) {
    let mut usual = |spec, name, comment, letter| {
        vectors.accepted(spec, name, comment, &Draft::new(letter));
    };
    usual("KEY-04", "kind-e", "A usual token of kind e.", 'e');
    usual("TOK-20", "kind-s", "A usual token of kind s.", 's');
    usual("TOK-25", "kind-n", "A usual token of kind n.", 'n');
    for letter in ['e', 's', 'n'] {
        let issuer = ring_of("issuer", &[Entry::new(&main_key(letter), "issuer")]);
        let draft = Draft::new(letter).but(|draft| draft.settings.ring = issuer);
        let comment = "An issuer's ring verifies as well: its public key comes from the seed.";
        vectors.accepted("KEY-02", &format!("issuer-ring-kind-{letter}"), comment, &draft);
    }
}

fn kinds_accepted(vectors: &mut Vectors) {
    for (letter, kinds) in [('e', "s"), ('e', "sn"), ('s', "e"), ('s', "en"), ('n', "e"), ('n', "es")] {
        let draft = Draft::new(letter).but(|draft| draft.settings.kinds = kinds.into());
        let comment = "The ring has the key, and the verifier was not told to accept this kind.";
        vectors.refused(
            "TOK-30",
            &format!("kind-{letter}-where-{kinds}"),
            "KindNotAccepted",
            comment,
            &draft,
        );
    }
    for letter in ['e', 's', 'n'] {
        let draft = Draft::new(letter).but(|draft| draft.settings.kinds = "esn".into());
        let comment = "A verifier of several kinds.";
        vectors.accepted("TOK-30", &format!("kind-{letter}-where-esn"), comment, &draft);
    }
}

/// A token of one kind with its letter changed, and the key id where the key of the other kind is to be hit.
fn relabelled(vectors: &mut Vectors) {
    let long = |letter| {
        Draft::new(letter).with_app_text(&"x".repeat(100)).but(|draft| draft.settings.kinds = "esn".into())
    };
    for (from, to) in [('e', 's'), ('e', 'n'), ('s', 'e'), ('s', 'n'), ('n', 'e'), ('n', 's')] {
        let format = Draft::new(to).header();
        let mut bytes = long(from).bytes();
        bytes[..3].copy_from_slice(&format[..3]);
        let comment = "The letter is changed; the key id names no key of the new kind.";
        let name = format!("{from}-relabelled-{to}");
        vectors.refused("KEY-03", &name, "UnknownKey", comment, &long(from).as_bytes(&bytes));
        bytes[..7].copy_from_slice(&format[..7]);
        let spec = if to == 's' { "TOK-20" } else { "TOK-24" };
        let comment = "Letter and key id are changed to those of another kind.";
        let name = format!("{from}-relabelled-{to}-with-its-key-id");
        vectors.refused(spec, &name, "Forged", comment, &long(from).as_bytes(&bytes));
    }
    // One Ed25519 key and one AEAD key used for two kinds: what the library does not do must still not help.
    let nested = long('n');
    let twin = |letter: u8| Key { letter, ..main_key('n') };
    let both = |letter| ring_of_keys(&[&main_key('n'), &twin(letter)]);
    let opened = Draft { key: twin(b's'), ..nested.clone() };
    let opened = opened.but(|draft| {
        draft.signature = Some(nested.signature());
        draft.settings.ring = both(b's');
    });
    let comment =
        "A holder of the AEAD key opens an n and sends its signed body as an s under the same public key.";
    vectors.refused("TOK-20", "n-opened-and-sent-as-s", "Forged", comment, &opened);
    let signed = Draft { key: twin(b's'), ..nested.clone() };
    let wrapped = nested.but(|draft| {
        draft.signature = Some(signed.signature());
        draft.settings.ring = both(b's');
    });
    let comment = "A holder of the AEAD key seals the signed body of an s as an n of the same public key.";
    vectors.refused("TOK-20", "s-sealed-as-n", "Forged", comment, &wrapped);
    let stripped = nested.but(|draft| {
        draft.letter = Some(b'e');
        draft.key_id = Some(twin(b'e').id());
        draft.settings.ring = both(b'e');
    });
    let comment =
        "An n without its signature, as an e of the same AEAD key: the sealing keys of the kinds differ.";
    vectors.refused("KEY-04", "n-stripped-to-e", "Forged", comment, &stripped);
}

fn key_ids(vectors: &mut Vectors) {
    let key = main_key('e');
    let mut add = |name: &str, comment: &str, id: [u8; 4]| {
        let draft = Draft::new('e').but(|draft| draft.key_id = Some(id));
        vectors.refused("KEY-02", name, "UnknownKey", comment, &draft);
    };
    let label = b"safeconduct/v1/key";
    add("id-of-plain-hash", "The id is of the commitment.", first(sha256(&[label, b"e", &key.aead])));
    add("id-without-kind", "The kind is part of the identity.", first(sha256(&[label, &key.commitment()])));
    add("id-of-commitment", "The id is that of the hash, not of the commitment.", first(key.commitment()));
    add("id-of-key-bytes", "The id must not show bytes of the key.", first(key.aead));
    let [.., a, b, c, d] = key.identity();
    add("id-at-end-of-identity", "The id is the front of the identity.", [a, b, c, d]);
    let [a, b, c, d, ..] = key.identity();
    add("id-reversed", "The id stands in the order of the bytes.", [d, c, b, a]);
    let signing = main_key('s');
    let draft = Draft::new('s').but(|draft| draft.key_id = Some(first(signing.public())));
    let comment = "The id is that of the hash, not of the public key.";
    vectors.refused("KEY-02", "id-of-public-key", "UnknownKey", comment, &draft);
    for (letter, other) in [('e', 'n'), ('s', 'e'), ('n', 's')] {
        let draft = Draft::new(letter).but(|draft| draft.key_id = Some(main_key(other).id()));
        let comment = "The ring has this key id, for another kind.";
        let name = format!("kind-{letter}-with-id-of-{other}");
        vectors.refused("KEY-03", &name, "UnknownKey", comment, &draft);
    }
}

fn selection(vectors: &mut Vectors) {
    let mut refused = |name: &str, reason: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-31", name, reason, comment, &draft);
    };
    for letter in ['e', 's', 'n'] {
        let other = Draft { key: other_key(letter), ..Draft::new(letter) };
        let comment = "A good token of another tenant, whose keys this ring does not hold.";
        refused(&format!("other-tenant-kind-{letter}"), "UnknownKey", comment, other);
        let comment = "One bit of the key id is turned over.";
        refused(&format!("key-id-bit-kind-{letter}"), "UnknownKey", comment, Draft::new(letter).flipped(3));
        let keys = [main_key(letter), other_key(letter)];
        let wrong = Draft::new(letter).but(|draft| {
            draft.key_id = Some(keys[1].id());
            draft.settings.ring = ring_of_keys(&keys.each_ref());
        });
        let comment = "Made with one key of the ring and named after another: only the named one is tried.";
        refused(&format!("other-key-of-the-ring-kind-{letter}"), "Forged", comment, wrong);
    }
    let (encrypting, signing) = (Key::new('e', ONE_ID_E), Key::new('s', ONE_ID_S));
    for key in [&encrypting, &signing] {
        let letter = char::from(key.letter);
        let draft = Draft::new(letter).but(|draft| {
            draft.key = key.clone();
            draft.settings.kinds = "es".into();
            draft.settings.ring = ring_of_keys(&[&encrypting, &signing]);
        });
        let comment = "Two kinds of the ring have one key id: the kind selects as well.";
        vectors.accepted("TOK-31", &format!("one-id-of-two-kinds-{letter}"), comment, &draft);
    }
    let mut many: Vec<Key> = (0..15).map(|n| Key::new('e', &format!("one of many {n}"))).collect();
    many.push(main_key('e'));
    let full: Vec<&Key> = many.iter().collect();
    let draft = Draft::new('e').but(|draft| draft.settings.ring = ring_of_keys(&full));
    vectors.accepted("TOK-31", "one-of-sixteen-keys", "A full ring, and one key of it.", &draft);
}

fn windows(vectors: &mut Vectors) {
    // A token of the moment the window begins; then each side of each border.
    let early = |now: u64, skew: u64| {
        Draft::new('s').but(|draft| {
            (draft.settings.now, draft.settings.skew) = (now, skew);
            (draft.body.issued_at, draft.body.age, draft.body.lead) = (ISSUE_FROM - 120, 0, 0);
        })
    };
    let mut good = |name: &str, comment: &str, draft: &Draft| {
        vectors.accepted("TOK-32", name, comment, draft);
    };
    let comment = "The window begins a skew before issue_from.";
    good("skew-before-issue-from", comment, &early(ISSUE_FROM - 30, 30));
    good("largest-skew-before-issue-from", comment, &early(ISSUE_FROM - 120, 120));
    good("at-issue-from-without-skew", "issue_from is inside.", &early(ISSUE_FROM, 0));
    let comment = "The window is compared with now and not with issued_at, which may lie before it.";
    good("issued-before-the-window", comment, &early(ISSUE_FROM + 60, 30));
    let late = |now: u64| {
        Draft::new('s').but(|draft| {
            draft.settings.now = now;
            (draft.body.issued_at, draft.body.age, draft.body.lead) = (ACCEPT_UNTIL - 600, 0, 0);
        })
    };
    good("last-second", "accept_until is the first second outside.", &late(ACCEPT_UNTIL - 1));
    let comment =
        "A verifier does not ask whether the key could mint at issued_at; issue_until is the issuer's.";
    good("issued-after-issue-until", comment, &late(ACCEPT_UNTIL - 300));
    let zero = early(0, 30).but(|draft| draft.body.issued_at = 0).in_window(10, 1_000_000, 0);
    good("issue-from-below-skew", "issue_from − skew is below the first time there is.", &zero);
    let end = Draft::new('s').but(|draft| {
        draft.settings.now = LAST_TIME - 1;
        (draft.body.issued_at, draft.body.age, draft.body.lead) = (LAST_TIME - 10, 0, 0);
        (draft.body.token_life, draft.body.session_life) = (10, 10);
    });
    good("accept-until-last-time", "The last window there is.", &end.in_window(LAST_TIME - 100, 50, 50));
    let at_end = |now: u64| Draft::new('s').but(|draft| draft.settings.now = now);
    let no_tail = at_end(NOW).in_window(NOW - 100, 101, 0);
    good("without-tail-last-second", "Without a tail the window ends at issue_until.", &no_tail);
    let mut bad = |name: &str, reason: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-32", name, reason, comment, draft);
    };
    let comment = "One second before the window.";
    bad("second-before-skew", "KeyNotYetValid", comment, &early(ISSUE_FROM - 31, 30));
    bad("second-before-largest-skew", "KeyNotYetValid", comment, &early(ISSUE_FROM - 121, 120));
    bad("second-before-issue-from-without-skew", "KeyNotYetValid", comment, &early(ISSUE_FROM - 1, 0));
    bad("at-accept-until", "KeyExpired", "accept_until is outside.", &late(ACCEPT_UNTIL));
    bad("second-after-accept-until", "KeyExpired", "accept_until is past.", &late(ACCEPT_UNTIL + 1));
    let skewed = late(ACCEPT_UNTIL).but(|draft| draft.settings.skew = 120);
    bad("skew-does-not-lengthen", "KeyExpired", "Skew is never added to accept_until.", &skewed);
    let no_tail = at_end(NOW).in_window(NOW - 100, 100, 0);
    bad(
        "without-tail-at-issue-until",
        "KeyExpired",
        "Without a tail the window ends at issue_until.",
        &no_tail,
    );
    let far = at_end(NOW).in_window(LAST_TIME - 1_000, 1, 1);
    bad("window-in-the-year-9999", "KeyNotYetValid", "The window is thousands of years away.", &far);
}

/// Kind `n` sealed by a holder of the AEAD key who has no seed: TOK-20.
fn inner_seal(vectors: &mut Vectors) {
    let good = Draft::new('n');
    let resealed = |change: &dyn Fn(&mut Draft)| {
        good.but(|draft| {
            draft.signature = Some(good.signature());
            change(draft);
        })
    };
    let mut bad = |name: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-20", name, "Forged", comment, &draft);
    };
    let comment = "A holder of the AEAD key seals a signed body again under another session id.";
    bad("n-under-other-session-id", comment, resealed(&|draft| draft.session_id[11] ^= 1));
    let comment = "A holder of the AEAD key seals a signed body again under another token id.";
    bad("n-under-other-token-id", comment, resealed(&|draft| draft.token_id[0] ^= 1));
    let sibling = Key { aead: other_key('n').aead, ..main_key('n') };
    let ring = ring_of_keys(&[&sibling, &main_key('n')]);
    let comment = "A signed body is sealed again under another AEAD key with the same public key: the identity differs.";
    bad(
        "n-under-other-aead-key",
        comment,
        resealed(&|draft| {
            draft.key = sibling.clone();
            draft.settings.ring = ring.clone();
        }),
    );
    let comment = "A holder of the AEAD key changes a claim: level 1 becomes 3.";
    bad("n-with-other-claims", comment, resealed(&|draft| draft.body.level = 3));
    let header = good.header();
    let (associated, nonce) = header.split_last_chunk::<24>().expect("7 + 24");
    let sealed = seal(&good.sealing_key(), associated, nonce, &good.body_bytes());
    let bytes = [&header[..], &sealed, &[0; 64]].concat();
    let comment = "The body is sealed alone and 64 zero bytes follow in the place of a signature.";
    vectors.refused("TOK-25", "n-with-signature-outside", "Forged", comment, &good.as_bytes(&bytes));
}
