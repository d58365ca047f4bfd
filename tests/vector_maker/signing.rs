//! What a signature covers, and which signatures count: TOK-20 to TOK-23.

use super::Vectors;
use super::curve::{
    NOT_CANONICAL, ORDER, SMALL_ORDER, first_y, joined, negated, nonce, plus_order, point_bytes, small_y,
    solved, sum, y_plus_p,
};
use super::draft::{Draft, other_key};
use super::primitives::{context_encoding, sha256};

pub fn add(vectors: &mut Vectors) {
    covered(vectors);
    regions(vectors);
    scalars(vectors);
    points(vectors);
    equation(vectors);
}

/// Signatures over one thing more, less or other than TOK-20 says.
fn covered(vectors: &mut Vectors) {
    for letter in ['s', 'n'] {
        let draft = Draft::new(letter);
        let mut add = |name: &str, comment: &str, message: &[u8]| {
            let name = format!("{name}-kind-{letter}");
            vectors.refused("TOK-20", &name, "Forged", comment, &draft.signed_over(message));
        };
        let pieces = draft.signed_pieces();
        let without = |position: usize| {
            let mut left = pieces.to_vec();
            left.remove(position);
            left.concat()
        };
        let with = |position: usize, piece: &[u8]| {
            let mut changed = pieces.to_vec();
            changed[position] = piece.to_vec();
            changed.concat()
        };
        add("signed-without-label", "The label is covered.", &without(0));
        let comment = "The label of another version.";
        add("signed-with-other-version", comment, &with(0, b"safeconduct/v2/signature"));
        add("signed-without-purpose", "The purpose is covered.", &without(1));
        add("signed-without-header", "The header is covered.", &without(2));
        add("signed-without-identity", "The key identity is covered.", &without(3));
        add("signed-without-context", "The context is covered.", &without(4));
        add("signed-without-body", "The body is covered.", &without(5));
        add("signed-body-only", "More than the body is covered.", &pieces[5]);
        let header = &pieces[2];
        let format_only = "All of the header is covered.";
        add("signed-with-format-only", format_only, &with(2, &header[..3]));
        add("signed-without-token-id", format_only, &with(2, &header[..19]));
        add("signed-without-session-id", format_only, &with(2, &[&header[..7], &header[19..]].concat()));
        let mut other_kind = header.clone();
        other_kind[2] = if letter == 's' { 0x67 } else { 0x6C };
        add("signed-with-letter-of-other-kind", "The letter is covered.", &with(2, &other_kind));
        let identity = &pieces[3];
        add("signed-with-key-id", "The whole identity is covered.", &with(3, &identity[..4]));
        let other = other_key(letter).identity();
        add("signed-with-other-identity", "The identity is that of this key.", &with(3, &other));
        add("signed-with-public-key", "The identity is not the public key.", &with(3, &draft.key.public()));
        let uncounted = context_encoding(&draft.minted_for);
        add("signed-without-context-length", "The length of the context is covered.", &with(4, &uncounted));
        let hash = sha256(&[&draft.signing_input()]);
        add("signed-hash-of-input", "The input is signed and not a hash of it.", &hash);
        let twice = [draft.signing_input(), pieces[5].clone()].concat();
        add("signed-body-twice", "The body is covered once.", &twice);
    }
}

fn regions(vectors: &mut Vectors) {
    let draft = Draft::new('s');
    let mut add = |spec: &str, name: &str, comment: &str, draft: Draft| {
        vectors.refused(spec, name, "Forged", comment, &draft);
    };
    let mut bit = |spec: &str, name: &str, offset: isize| {
        let comment = "One bit is turned over; nothing encrypts it, the signature covers it.";
        add(spec, &format!("bit-of-{name}-kind-s"), comment, draft.flipped(offset));
    };
    bit("TOK-20", "session-id-first-byte", 7);
    bit("TOK-20", "session-id-last-byte", 18);
    bit("TOK-20", "token-id-first-byte", 19);
    bit("TOK-20", "token-id-last-byte", 30);
    bit("TOK-20", "body-first-byte", 31);
    bit("TOK-20", "body-last-byte", -65);
    bit("TOK-23", "r-first-byte", -64);
    bit("TOK-23", "r-last-byte", -33);
    bit("TOK-23", "s-first-byte", -32);
    bit("TOK-23", "s-last-byte", -1);
    let bytes = draft.bytes();
    let cut = draft.as_bytes(&bytes[..bytes.len() - 1]);
    add("TOK-23", "last-byte-missing-kind-s", "The last byte is cut off.", cut);
    let longer = draft.as_bytes(&[&bytes[..], &[0]].concat());
    add("TOK-23", "byte-appended-kind-s", "There is a byte behind the signature.", longer);
    let mut inserted = bytes.clone();
    inserted.insert(bytes.len() - 64, 0);
    let comment = "A byte is put between body and signature, where the application's claims end.";
    add("TOK-20", "byte-inserted-before-signature-kind-s", comment, draft.as_bytes(&inserted));
}

/// TOK-21: `S` below the order.
fn scalars(vectors: &mut Vectors) {
    for letter in ['s', 'n'] {
        let draft = Draft::new(letter);
        let signature = draft.signature();
        let (r, s) = signature.split_first_chunk::<32>().expect("64 bytes");
        let mut add = |name: &str, comment: &str, scalar: [u8; 32]| {
            let changed = draft.but(|draft| draft.signature = Some(joined(r, &scalar)));
            vectors.refused(
                "TOK-21",
                &format!("signature-{name}-kind-{letter}"),
                "Forged",
                comment,
                &changed,
            );
        };
        let comment =
            "S + L satisfies the equation as S does, and a check of the three highest bits passes it.";
        add("s-plus-l", comment, plus_order(s, 1));
        let comment = "S plus as many times L as fit below 2^255 satisfies the equation, too.";
        add("s-plus-many-l", comment, plus_many_orders(s));
        add("s-equal-to-l", "The order itself is not below the order.", ORDER);
        add("s-of-ones", "The largest 32 bytes.", [0xFF; 32]);
        let mut high = *s.first_chunk::<32>().expect("32 bytes");
        high[31] |= 0x80;
        add("s-with-highest-bit", "A reader that ignores the highest bit would read S.", high);
    }
}

/// The largest `S` plus a multiple of the order that leaves the highest bit alone.
fn plus_many_orders(s: &[u8]) -> [u8; 32] {
    (2..=7).rev().map(|times| plus_order(s, times)).find(|sum| sum[31] < 0x80).expect("twice fits")
}

/// TOK-22: what `R` may be.
fn points(vectors: &mut Vectors) {
    for (name, encoding) in SMALL_ORDER {
        let letters: &[char] = if name == "order-1" { &['s', 'n'] } else { &['s'] };
        for letter in letters {
            let draft = Draft::new(*letter);
            let signature = solved(&draft, &point_bytes(encoding), false);
            let comment = match name {
                "order-1" => {
                    "R is the identity and S = k·a: the equation holds, only the rule against small order refuses it."
                }
                _ => {
                    "R has small order and S = k·a: the equation holds when both sides are multiplied by the cofactor."
                }
            };
            let draft = draft.but(|draft| draft.signature = Some(signature));
            vectors.refused(
                "TOK-22",
                &format!("signature-r-{name}-kind-{letter}"),
                "Forged",
                comment,
                &draft,
            );
        }
    }
    let mut add = |name: &str, comment: &str, r: [u8; 32]| {
        let draft = Draft::new('s');
        let signature = solved(&draft, &r, false);
        let draft = draft.but(|draft| draft.signature = Some(signature));
        vectors.refused("TOK-22", &format!("signature-r-{name}"), "Forged", comment, &draft);
    };
    for (name, encoding) in NOT_CANONICAL {
        let comment = "R is a point of small order in a spelling that is not its own, and S = k·a.";
        add(&format!("not-canonical-{name}"), comment, point_bytes(encoding));
    }
    add("not-a-point", "There is no point with this y.", small_y(first_y(false)));
    let draft = Draft::new('s').but(|draft| draft.signature = Some([0; 64]));
    let comment = "64 zero bytes: R is a point of order 4 and S is 0.";
    vectors.refused("TOK-22", "signature-of-zeros", "Forged", comment, &draft);
}

/// TOK-23: the equation, without cofactor.
fn equation(vectors: &mut Vectors) {
    for letter in ['s', 'n'] {
        let draft = Draft::new(letter);
        let own = nonce().verifying_key().to_bytes();
        let crafted = |r: [u8; 32]| draft.but(|changed| changed.signature = Some(solved(&draft, &r, true)));
        let comment = "A signature whose nonce is not derived as RFC 8032 does it: verifiers cannot tell and must not care.";
        vectors.accepted("TOK-23", &format!("other-nonce-kind-{letter}"), comment, &crafted(own));
        let mut add = |name: &str, comment: &str, draft: Draft| {
            vectors.refused("TOK-23", &format!("signature-{name}-kind-{letter}"), "Forged", comment, &draft);
        };
        for (name, encoding) in [SMALL_ORDER[1], SMALL_ORDER[2], SMALL_ORDER[4]] {
            let comment = "A point of small order is added to R: only the equation with cofactor holds.";
            add(&format!("r-plus-{name}"), comment, crafted(sum(&own, &point_bytes(encoding))));
        }
        add("r-negated", "R with the other sign.", crafted(negated(&own)));
        let signature = draft.signature();
        let (r, s) = signature.split_first_chunk::<32>().expect("64 bytes");
        let s = s.first_chunk::<32>().expect("32 bytes");
        let with = |signature: [u8; 64]| draft.but(|draft| draft.signature = Some(signature));
        add("halves-swapped", "R stands in front of S.", with(joined(s, r)));
        let mut big_endian = *s;
        big_endian.reverse();
        big_endian[31] &= 0x0F;
        add("s-big-endian", "S is little-endian.", with(joined(r, &big_endian)));
        add("s-of-zeros", "S is 0, which is below the order.", with(joined(r, &[0; 32])));
        let mut last = ORDER;
        last[0] -= 1;
        add("s-order-minus-1", "The largest S there is, for another equation.", with(joined(r, &last)));
        let other = Draft { key: other_key(letter), ..draft.clone() }.sign(&draft.signing_input());
        add("of-other-key", "A good signature of another key over the same input.", with(other));
        let comment = "A good signature of another token of the same session.";
        let sibling = draft.but(|draft| draft.token_id[0] ^= 1).signature();
        add("of-other-token", comment, with(sibling));
    }
    let draft = Draft::new('s');
    let r = y_plus_p(first_y(true));
    let signature = solved(&draft, &r, true);
    let draft = draft.but(|draft| draft.signature = Some(signature));
    let comment =
        "R is a point of large order in a spelling that is not its own; R' compressed is never that.";
    vectors.refused("TOK-23", "signature-r-not-canonical", "Forged", comment, &draft);
}
