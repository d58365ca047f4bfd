//! Snapshots that are refused for what is in them: REV-01 to REV-07, in that order, and good ones beside each border.

use super::Vectors;
use super::curve::{SMALL_ORDER, joined, nonce, plus_order, point_bytes, solved_over, sum};
use super::keys::{LAST_TIME, NOW};
use super::reading::{Reading, realm};
use super::ring_draft::{filter_key, signing_key};
use super::snapshot_draft::{DELTA, DOMAIN, SNAPSHOT, Snapshot, stranger};
use ed25519_dalek::Signer as _;

/// The fields of the header between the form and the hashes: name, offset, size.
const FIELDS: [(&str, usize, usize); 22] = [
    ("k", 5, 1),
    ("realm-id", 8, 4),
    ("signer", 12, 8),
    ("lineage", 20, 8),
    ("version", 28, 8),
    ("base", 36, 8),
    ("issued-at", 44, 8),
    ("complete-to", 52, 8),
    ("not-after", 60, 8),
    ("everyone-before", 68, 8),
    ("min-ring-version", 76, 8),
    ("token-life", 84, 4),
    ("longest-token", 88, 4),
    ("staleness-bound", 92, 4),
    ("entries", 96, 4),
    ("token-entries", 100, 4),
    ("pages", 104, 4),
    ("bits", 108, 4),
    ("key-rows", 112, 4),
    ("subject-rows", 116, 4),
    ("retired-rows", 120, 4),
    ("hash-of-tables", 124, 32),
];

pub fn add(vectors: &mut Vectors) {
    forms(vectors);
    times(vectors);
    realms_and_signers(vectors);
    flipped_bits(vectors);
    signatures(vectors);
    order(vectors);
}

fn forms(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let bytes = usual.bytes();
    vectors.taken("REV-01", "usual", "A snapshot with rows of every scope.", &node, &usual);
    vectors.taken(
        "REV-01",
        "empty",
        "Nobody is revoked: there is no page and no row.",
        &node,
        &Snapshot::empty(),
    );
    let mut bad = |name: &str, bytes: &[u8], comment: &str| {
        vectors.turned_away_as("REV-01", name, "NotASnapshot", comment, (&node, SNAPSHOT, bytes));
    };
    for length in [0, 4, 188, 251] {
        let name = format!("cut-off-to-{length}-bytes");
        bad(&name, &bytes[..length], "There is no room for a header and its signature.");
    }
    for format in ["scr2", "scr0", "SCR1", "scl1", "1rcs"] {
        let comment = "Another format than scr1.";
        bad(&format!("format-{format}"), &usual.patched(0, format.as_bytes()).bytes(), comment);
    }
    for form in [0, 3, 255] {
        let comment = "Forms are 1 and 2.";
        bad(&format!("form-{form}"), &usual.patched(4, &[form]).bytes(), comment);
    }
    for offset in [6, 7] {
        let name = format!("byte-{offset}-not-zero");
        bad(&name, &usual.patched(offset, &[1]).bytes(), "A byte that has to be 0.");
    }
    let foreign = usual.but(|snapshot| snapshot.filter_key = filter_key("other"));
    bad("before-rev-02", &foreign.patched(7, &[1]).bytes(), "Also of a foreign realm.");
    let node = node.after(&Snapshot::empty());
    let comment = "A delta where a snapshot is wanted.";
    let delta = Snapshot::delta(300);
    vectors.turned_away_as(
        "REV-01",
        "delta-as-snapshot",
        "OtherForm",
        comment,
        (&node, SNAPSHOT, &delta.bytes()),
    );
    let comment = "A snapshot where a delta is wanted.";
    let next = usual.but(|snapshot| snapshot.version = 301);
    vectors.turned_away_as(
        "REV-01",
        "snapshot-as-delta",
        "OtherForm",
        comment,
        (&node, DELTA, &next.bytes()),
    );
    let comment = "A delta of a foreign realm where a snapshot is wanted.";
    let foreign = delta.but(|delta| delta.filter_key = filter_key("other")).bytes();
    vectors.turned_away_as(
        "REV-01",
        "other-form-before-rev-02",
        "OtherForm",
        comment,
        (&node, SNAPSHOT, &foreign),
    );
}

fn times(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    for (name, offset) in [("issued-at", 44), ("complete-to", 52), ("not-after", 60), ("everyone-before", 68)]
    {
        for (which, time) in [("after-9999", LAST_TIME + 1), ("of-ones", u64::MAX)] {
            let comment = "This is no time.";
            let snapshot = usual.patched(offset, &time.to_be_bytes());
            vectors.turned_away("REV-01", &format!("{name}-{which}"), "Header", comment, (&node, &snapshot));
        }
    }
    let last = usual.but(|snapshot| (snapshot.not_after, snapshot.everyone_before) = (LAST_TIME, LAST_TIME));
    let node = node.but(|node| node.longest_validity = u64::from(u32::MAX));
    vectors.taken("REV-01", "last-time", "The last moment of 9999 is a time.", &node, &last);
    let delta = Snapshot::delta(300).patched(68, &(LAST_TIME + 1).to_be_bytes());
    let comment = "A delta with a time out of range where a snapshot is wanted: the time is looked at first.";
    let read = (&node, SNAPSHOT, &delta.bytes()[..]);
    vectors.turned_away_as("REV-01", "header-before-other-form", "Header", comment, read);
}

fn realms_and_signers(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let foreign = usual.but(|snapshot| snapshot.filter_key = filter_key("other"));
    let other = Reading::new().with_realms(vec![realm("other", "verifier", 1)]);
    let third =
        Reading::new().with_realms(vec![realm("other", "verifier", 1), realm("third", "verifier", 2)]);
    let none = Reading::new().with_realms(Vec::new());
    let mut bad = |name: &str, comment: &str, node: &Reading, snapshot: &Snapshot| {
        vectors.turned_away("REV-02", name, "ForeignRealm", comment, (node, snapshot));
    };
    bad("foreign-realm", "A snapshot of another realm, by a signer of this one.", &node, &foreign);
    bad("ring-with-other-realm", "The ring has another realm.", &other, &usual);
    bad("ring-with-2-other-realms", "The ring has two other realms.", &third, &usual);
    bad("ring-without-realms", "The ring has no realm.", &none, &usual);
    bad("realm-of-zeros", "A realm id is derived from a filter key.", &node, &usual.patched(8, &[0; 4]));
    let unknown = foreign.but(|snapshot| snapshot.signer = signing_key("third", 0));
    bad("before-rev-03", "The signer is unknown as well.", &node, &unknown);

    let both = Reading::new().with_realms(vec![realm("main", "verifier", 2), realm("other", "verifier", 1)]);
    let main = signing_key("main", 0).verifying_key().to_bytes();
    let by = |label: &str, number: usize| usual.but(|snapshot| snapshot.signer = signing_key(label, number));
    for number in 0..2 {
        let comment = "Each of two signers of a realm signs.";
        vectors.taken("REV-03", &format!("signer-{number}-of-2"), comment, &both, &by("main", number));
    }
    let mut bad = |name: &str, comment: &str, node: &Reading, snapshot: &Snapshot| {
        vectors.turned_away("REV-03", name, "UnknownSigner", comment, (node, snapshot));
    };
    bad("second-signer-where-one", "The ring does not have this signer (yet).", &node, &by("main", 1));
    bad("signer-of-other-realm", "A signer of the other realm of this ring.", &both, &by("other", 0));
    bad("end-of-public-key", "The last bytes of the public key.", &node, &usual.patched(12, &main[24..]));
    bad("signer-of-zeros", "No public key begins so.", &node, &usual.patched(12, &[0; 8]));
    let forged = by("main", 1).signed_over(b"something else");
    bad("before-rev-04", "The signature is wrong as well.", &node, &forged);
}

/// One bit of a document that its signature covers, wherever it is.
fn flipped_bits(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let mut flip = |rule: &str, error: &str, name: &str, offset: isize| {
        let comment = "One bit of a good snapshot was turned over.";
        let read = (&node, SNAPSHOT, &usual.flipped(offset)[..]);
        vectors.turned_away_as(rule, &format!("bit-of-{name}"), error, comment, read);
    };
    flip("REV-01", "NotASnapshot", "format", 0);
    flip("REV-01", "NotASnapshot", "form", 4);
    for (name, offset, size) in FIELDS {
        let (rule, error) = match name {
            "realm-id" => ("REV-02", "ForeignRealm"),
            "signer" => ("REV-03", "UnknownSigner"),
            _ => ("REV-04", "BadSignature"),
        };
        flip(rule, error, name, (offset + size - 1) as isize);
    }
    flip("REV-04", "BadSignature", "hash-of-list", 187);
    flip("REV-04", "BadSignature", "first-byte-of-signature", 188);
    flip("REV-04", "BadSignature", "last-byte-of-signature", 251);
    flip("REV-06", "Damaged", "first-byte-of-list", 252);
    flip("REV-06", "Damaged", "last-byte-of-list", 283);
    flip("REV-06", "Damaged", "key-row", 284);
    flip("REV-06", "Damaged", "subject", 292);
    flip("REV-06", "Damaged", "cut-off", 323);
    flip("REV-06", "Damaged", "rotated-session", 324);
    flip("REV-06", "Damaged", "least-rotation", 347);
    let node = node.after(&Snapshot::empty());
    let delta = Snapshot::delta(300);
    for (name, offset) in
        [("fingerprint-of-delta", 252), ("last-fingerprint-of-delta", 275), ("row-of-delta", -1)]
    {
        let comment = "One bit of a good delta was turned over.";
        let read = (&node, DELTA, &delta.flipped(offset)[..]);
        vectors.turned_away_as("REV-06", &format!("bit-of-{name}"), "Damaged", comment, read);
    }
    let comment = "Tables and list of another document of the same sizes behind the header of this one.";
    let other = usual.but(|snapshot| snapshot.key_rows[0] = *b"once").bytes();
    let mixed = [&usual.bytes()[..252], &other[252..]].concat();
    vectors.turned_away_as(
        "REV-06",
        "mix-and-match-of-tables",
        "Damaged",
        comment,
        (&node, SNAPSHOT, &mixed),
    );
    let other = usual.but(|snapshot| snapshot.sessions[0] += 1).bytes();
    let mixed = [&usual.bytes()[..252], &other[252..]].concat();
    let comment = "The list and the page of another document behind the header of this one.";
    vectors.turned_away_as("REV-06", "mix-and-match-of-pages", "Damaged", comment, (&node, SNAPSHOT, &mixed));
    for (name, offset) in [("tables", 124), ("list", 156)] {
        let comment = "The signed hash is of something else.";
        let snapshot = usual.patched(offset, &[7; 32]);
        vectors.turned_away(
            "REV-06",
            &format!("signed-hash-of-{name}"),
            "Damaged",
            comment,
            (&node, &snapshot),
        );
    }
}

fn signatures(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let mut bad = |name: &str, comment: &str, snapshot: &Snapshot| {
        vectors.turned_away("REV-04", name, "BadSignature", comment, (&node, snapshot));
    };
    let header = usual.header();
    let signed = |pieces: &[&[u8]]| usual.signed_over(&pieces.concat());
    bad("signed-without-domain", "The domain is signed, too.", &signed(&[&header]));
    bad("signed-for-ring-document", "Another domain.", &signed(&[b"safeconduct/v1/ring-document", &header]));
    bad("signed-for-log", "Another domain.", &signed(&[b"safeconduct/v1/revocation-log", &header]));
    bad("signed-for-domain-with-00", "The domain has no terminator.", &signed(&[DOMAIN, &[0], &header]));
    let rest = &usual.bytes()[252..];
    bad(
        "signed-with-rest",
        "The header is signed, and the rest by its hashes.",
        &signed(&[DOMAIN, &header, rest]),
    );
    bad("signed-without-last-byte", "The whole header is signed.", &signed(&[DOMAIN, &header[..187]]));
    let other = usual.but(|snapshot| snapshot.version += 1).signed();
    bad("signed-for-next-version", "A good signature of another version.", &usual.signed_over(&other));
    let with = |signature: [u8; 64]| usual.but(|snapshot| snapshot.signature = Some(signature));
    bad("signature-of-zeros", "No signature.", &with([0; 64]));
    let stolen = signing_key("main", 1).sign(&usual.signed()).to_bytes();
    bad("signature-of-other-signer", "The header names one signer, and another one signed.", &with(stolen));
    let own = usual.signer.sign(&usual.signed()).to_bytes();
    let (r, s) = own.split_first_chunk::<32>().expect("64 bytes");
    bad("signature-s-plus-l", "S plus the order: TOK-21.", &with(joined(r, &plus_order(s, 1))));
    let small = solved_over(&usual.signer, &usual.signed(), &point_bytes(SMALL_ORDER[1].1), false);
    bad("signature-r-small-order", "R has small order and S = k·a: TOK-22.", &with(small));
    let r = sum(&nonce().verifying_key().to_bytes(), &point_bytes(SMALL_ORDER[1].1));
    let mixed = solved_over(&usual.signer, &usual.signed(), &r, true);
    bad("signature-r-plus-small-order", "Only the equation with cofactor holds: TOK-23.", &with(mixed));
    let absurd = usual.patched(104, &[255; 4]).signed_over(b"something else");
    bad("before-rev-05-header", "The number of pages is absurd as well.", &absurd);
    let good = solved_over(&usual.signer, &usual.signed(), &nonce().verifying_key().to_bytes(), true);
    vectors.taken("REV-04", "other-nonce", "Readers cannot tell how a nonce came about.", &node, &with(good));
}

fn order(vectors: &mut Vectors) {
    let node = Reading::new();
    let mut bad = |name: &str, comment: &str, change: fn(&mut Snapshot)| {
        let snapshot = Snapshot::usual().but(|snapshot| {
            change(snapshot);
            snapshot.sorted = false;
        });
        vectors.turned_away("REV-07", name, "Order", comment, (&node, &snapshot));
    };
    let (twice, swapped) = ("Something stands twice.", "Something stands before what is less.");
    bad("key-row-twice", twice, |snapshot| snapshot.key_rows = vec![*b"same"; 2]);
    bad("key-rows-swapped", swapped, |snapshot| snapshot.key_rows = vec![*b"bbba", *b"aaab"]);
    bad("subject-twice", twice, |snapshot| snapshot.subjects = vec![(7, NOW), (7, NOW)]);
    bad("subject-twice-with-later-cut-off", twice, |snapshot| {
        snapshot.subjects = vec![(7, NOW - 1), (7, NOW)]
    });
    bad("subjects-swapped", swapped, |snapshot| snapshot.subjects = vec![(1 << 63, NOW), (1, NOW)]);
    bad("rotated-session-twice", twice, |snapshot| snapshot.retired = vec![(7, 1), (7, 2)]);
    bad("rotated-sessions-swapped", swapped, |snapshot| snapshot.retired = vec![(256, 1), (255, 1)]);
    let comment = "The last two of three are out of order.";
    bad("third-key-row-out-of-order", comment, |snapshot| {
        snapshot.key_rows = vec![[0, 0, 0, 1], [0, 0, 0, 3], [0, 0, 0, 2]];
    });
    let close = Snapshot::usual().but(|snapshot| {
        snapshot.key_rows = vec![[0; 4], [0, 0, 0, 1], [255; 4]];
        snapshot.subjects = vec![(0, NOW + 9), (1, 0), (1 << 63, 5), (u64::MAX, 4)];
        snapshot.retired = vec![(0, 9), (1, 8), (u64::MAX, 0)];
    });
    let comment = "Rows one apart, and only what names them ascends.";
    vectors.taken("REV-07", "rows-one-apart", comment, &node, &close);
    let node = node.after(&Snapshot::empty());
    let mut delta = |name: &str, comment: &str, sessions: Vec<u64>| {
        let delta = Snapshot::delta(300).but(|delta| {
            (delta.sessions, delta.tokens, delta.sorted) = (sessions, Vec::new(), false);
            delta.subjects.clear();
            delta.retired.clear();
            delta.key_rows.clear();
        });
        vectors.turned_away("REV-07", name, "Order", comment, (&node, &delta));
    };
    delta("fingerprint-of-delta-twice", twice, vec![stranger("twice"); 2]);
    delta("fingerprints-of-delta-swapped", swapped, vec![1 << 63, 1]);
    let comment = "Out of order, and damaged as well: damage is looked at first.";
    let snapshot = Snapshot::usual().but(|snapshot| {
        (snapshot.key_rows, snapshot.sorted) = (vec![*b"same"; 2], false);
        snapshot.patches.push((124, vec![7; 32]));
    });
    vectors.turned_away("REV-06", "before-rev-07", "Damaged", comment, (&node, &snapshot));
}
