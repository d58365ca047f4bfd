//! Contexts, purposes, subkeys and tags: KEY-04, TOK-24, TOK-25.

use super::Vectors;
use super::draft::{Draft, parts};
use super::primitives::{context_encoding, counted_context, hkdf, seal};

pub fn add(vectors: &mut Vectors) {
    contexts_accepted(vectors);
    contexts_refused(vectors);
    subkeys(vectors);
    regions(vectors);
    other_seals(vectors);
    nested(vectors);
}

/// The rule that binds the context in this kind.
fn context_rule(letter: char) -> &'static str {
    if letter == 's' { "TOK-20" } else { "KEY-04" }
}

fn contexts_accepted(vectors: &mut Vectors) {
    let longest = "x".repeat(127);
    let half = "y".repeat(63);
    let many = vec!["z"; 64];
    let cases: [(&str, &str, &[&str]); 6] = [
        ("one-short-part", "The shortest context.", &["s"]),
        ("one-longest-part", "The longest part: 127 bytes, 128 with its length.", &[&longest]),
        ("two-parts-of-63", "The longest context of two equal parts.", &[&half, &half]),
        ("64-parts", "The most parts: 64 of one byte.", &many),
        ("not-ascii", "Lengths count bytes of UTF-8 and not characters.", &["sh\u{f6}p", "\u{1f36a}"]),
        ("odd-characters", "Parts are any text: quotes, slashes, NUL.", &["a\"b\\c/d", "e\0f\n"]),
    ];
    for (name, comment, context) in cases {
        for letter in ['e', 's'] {
            let name = format!("context-{name}-kind-{letter}");
            let draft = Draft::new(letter).in_context(context);
            vectors.accepted(context_rule(letter), &name, comment, &draft);
        }
    }
}

fn contexts_refused(vectors: &mut Vectors) {
    let cases: [(&str, &str, &[&str], &[&str]); 8] = [
        ("other-audience", "A token for another audience.", &["a.example", "s"], &["b.example", "s"]),
        ("border-moved", "The parts say the same when joined.", &["a/b", "c"], &["a", "b/c"]),
        ("border-moved-by-a-letter", "The parts say the same when joined.", &["ab", "c"], &["a", "bc"]),
        ("parts-joined", "One part is not two.", &["shop", "session"], &["shopsession"]),
        ("parts-swapped", "The order of the parts counts.", &["shop", "session"], &["session", "shop"]),
        ("part-missing", "A context is not its beginning.", &["shop", "session"], &["shop"]),
        ("other-case", "Parts are compared as bytes.", &["Shop.example"], &["shop.example"]),
        (
            "length-byte-as-text",
            "The length of a part is not text of the part before.",
            &["a", "b"],
            &["a\u{1}b"],
        ),
    ];
    for (name, comment, minted_for, context) in cases {
        for letter in ['e', 's', 'n'] {
            let draft = Draft::new(letter).in_context(context);
            let draft = draft.but(|draft| draft.minted_for = parts(minted_for));
            let name = format!("context-{name}-kind-{letter}");
            vectors.refused(context_rule(letter), &name, "Forged", comment, &draft);
        }
    }
    for letter in ['e', 's', 'n'] {
        for purpose in [0, 2, 255] {
            let draft = Draft::new(letter).but(|draft| draft.purpose = purpose);
            let comment = "A ticket for another use than sessions.";
            let name = format!("purpose-{purpose}-kind-{letter}");
            vectors.refused(context_rule(letter), &name, "Forged", comment, &draft);
        }
    }
}

fn subkeys(vectors: &mut Vectors) {
    let mut add = |letter: char, name: &str, comment: &str, key: [u8; 32]| {
        let draft = Draft::new(letter).but(|draft| draft.sealing_key = Some(key));
        vectors.refused("KEY-04", &format!("{name}-kind-{letter}"), "Forged", comment, &draft);
    };
    for letter in ['e', 'n'] {
        let draft = Draft::new(letter);
        let key = &draft.key;
        let (aead, context) = (&key.aead, counted_context(&draft.minted_for));
        let derived = |pieces: [&[u8]; 3]| hkdf::<32>(aead, &pieces.concat());
        let label = b"safeconduct/v1/subkeys";
        let use_of = [key.letter, 1];
        add(letter, "sealed-with-aead-key", "Sealed with the AEAD key itself.", key.aead);
        let hedging = *draft.subkeys().last_chunk().expect("64 bytes");
        add(letter, "sealed-with-hedging-key", "Sealed with the second half of the subkeys.", hedging);
        let comment = "Sealed with the commitment, of which the identity is a hash.";
        add(letter, "sealed-with-commitment", comment, key.commitment());
        let other = if letter == 'e' { b'n' } else { b'e' };
        let comment = "Sealed with the sealing key that the same AEAD key has for another kind.";
        add(letter, "sealed-as-other-kind", comment, derived([label, &[other, 1], &context]));
        let comment = "The length of the context was left out of the derivation.";
        let uncounted = context_encoding(&draft.minted_for);
        add(letter, "subkey-without-context-length", comment, derived([label, &use_of, &uncounted]));
        add(letter, "subkey-without-context", "Derived without a context.", derived([label, &use_of, &[]]));
        add(letter, "subkey-without-kind", "Derived without the kind.", derived([label, &[1], &context]));
        let comment = "Derived under the label of another version.";
        add(letter, "subkey-other-version", comment, derived([b"safeconduct/v2/subkeys", &use_of, &context]));
    }
}

/// One bit in each part of a sealed token, first and last byte. The key id is TOK-31's; the format is TOK-03's and TOK-04's.
fn regions(vectors: &mut Vectors) {
    for letter in ['e', 'n'] {
        let draft = Draft::new(letter);
        let mut add = |name: &str, comment: &str, offset: isize| {
            let name = format!("bit-of-{name}-kind-{letter}");
            vectors.refused("TOK-24", &name, "Forged", comment, &draft.flipped(offset));
        };
        add("session-id-first-byte", "The session id is in the nonce.", 7);
        add("session-id-last-byte", "The session id is in the nonce.", 18);
        add("token-id-first-byte", "The token id is in the nonce.", 19);
        add("token-id-last-byte", "The token id is in the nonce.", 30);
        add("ciphertext-first-byte", "The tag covers the ciphertext.", 31);
        let last = if letter == 'e' { -17 } else { -81 };
        add("body-last-byte", "The tag covers the ciphertext.", last);
        add("tag-first-byte", "The tag is compared in full.", -16);
        add("tag-last-byte", "The tag is compared in full.", -1);
    }
    for (name, offset) in [("r-first-byte", -80), ("s-last-byte", -17)] {
        let comment = "The tag covers the encrypted signature.";
        vectors.refused(
            "TOK-24",
            &format!("bit-of-{name}-kind-n"),
            "Forged",
            comment,
            &Draft::new('n').flipped(offset),
        );
    }
    let draft = Draft::new('e');
    let bytes = draft.bytes();
    let mut add = |name: &str, comment: &str, bytes: &[u8]| {
        vectors.refused("TOK-24", name, "Forged", comment, &draft.as_bytes(bytes));
    };
    let (front, tag) = bytes.split_last_chunk::<16>().expect("it has a tag");
    add("tag-of-zeros", "No tag is the right one by itself.", &[front, &[0; 16]].concat());
    let reversed: Vec<u8> = tag.iter().rev().copied().collect();
    add("tag-reversed", "The tag stands in the order of its bytes.", &[front, &reversed[..]].concat());
    add("last-byte-missing", "The last byte is cut off.", &bytes[..bytes.len() - 1]);
    add("byte-appended", "There is a byte behind the tag.", &[&bytes[..], &[0]].concat());
    add(
        "ciphertext-byte-missing",
        "A byte of the ciphertext is cut out.",
        &[&bytes[..31], &bytes[32..]].concat(),
    );
    let swapped = [&bytes[..7], &bytes[19..31], &bytes[7..19], &bytes[31..]].concat();
    add("ids-swapped", "The session id stands in front of the token id.", &swapped);
}

/// Seals with the right key and other associated data or another nonce.
fn other_seals(vectors: &mut Vectors) {
    let draft = Draft::new('e');
    let header = draft.header();
    let (associated, nonce) = header.split_last_chunk::<24>().expect("7 + 24");
    let mut add = |name: &str, comment: &str, associated: &[u8], nonce: &[u8; 24]| {
        let sealed = seal(&draft.sealing_key(), associated, nonce, &draft.plain());
        let bytes = [&header[..], &sealed].concat();
        vectors.refused("TOK-24", name, "Forged", comment, &draft.as_bytes(&bytes));
    };
    add("without-associated-data", "Format and key id are associated data.", &[], nonce);
    add("whole-header-associated", "Associated data ends before the session id.", &header, nonce);
    add("format-associated-only", "The key id is associated data, too.", &header[..3], nonce);
    let mut swapped = *nonce;
    swapped.rotate_left(12);
    add("nonce-ids-swapped", "The nonce is session id, then token id.", associated, &swapped);
    add("nonce-of-zeros", "The nonce is in the header.", associated, &[0; 24]);
    let bytes = [&header[..], &draft.plain(), &[0; 16]].concat();
    let comment = "The body is not encrypted and has a tag of zeros.";
    vectors.refused("TOK-24", "body-in-the-clear", "Forged", comment, &draft.as_bytes(&bytes));
}

fn nested(vectors: &mut Vectors) {
    let good = Draft::new('n');
    let mut add = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-25", name, "Forged", comment, draft);
    };
    let comment =
        "The seal is right and the signature is 64 zero bytes: whoever holds the AEAD key could do it.";
    add("sealed-with-signature-of-zeros", comment, &good.but(|draft| draft.signature = Some([0; 64])));
    let other = super::draft::other_key('n');
    let signed = Draft { key: other, ..good.clone() }.sign(&good.signing_input());
    let comment = "The seal is right and the signature is that of another key.";
    add("sealed-with-signature-of-other-key", comment, &good.but(|draft| draft.signature = Some(signed)));
    let comment = "The signature is right and the tag is not.";
    add("signed-with-wrong-tag", comment, &good.flipped(-1));
    let both = good.but(|draft| draft.signature = Some([0; 64]));
    add("both-wrong", "Neither tag nor signature is right.", &both.flipped(-1));
    let header = good.header();
    let (associated, nonce) = header.split_last_chunk::<24>().expect("7 + 24");
    let [label, purpose, front, identity, context, _] = good.signed_pieces();
    let sealed_body = seal(&good.sealing_key(), associated, nonce, &good.body_bytes());
    let message = [label, purpose, front, identity, context, sealed_body.clone()].concat();
    let bytes = [&header[..], &sealed_body, &good.sign(&message)].concat();
    let comment = "Encrypted first and signed second, with the signature in the clear.";
    add("encrypted-then-signed", comment, &good.as_bytes(&bytes));
    let short = good.but(|draft| draft.raw_body = Some(vec![0; 20]));
    let plain = &short.plain()[..63];
    let bytes = [&header[..], &seal(&good.sealing_key(), associated, nonce, plain)].concat();
    let comment =
        "The seal is right and holds 63 bytes: not even a signature. Refused by its size, before any key.";
    vectors.refused(
        "TOK-05",
        "nested-without-room-for-signature",
        "Malformed",
        comment,
        &good.as_bytes(&bytes),
    );
}
