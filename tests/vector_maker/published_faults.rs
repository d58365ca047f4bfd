//! Published rings that are refused for what is in them: DOC-01, in its order. `published_text` has those that are no documents.

use ed25519_dalek::{Signer as _, SigningKey};

use super::Vectors;
use super::curve::{
    SMALL_ORDER, first_y, joined, negated, nonce, plus_order, point_bytes, small_y, solved_over, sum,
};
use super::draft::main_key;
use super::keys::{Entry, checksum, payload};
use super::primitives::{hkdf, seeded};
use super::published::{DOMAIN, Document, ROLES, kek_id, kek_of, wrapping_key};
use super::ring_draft::{Realm, RingDraft};
use super::rings::entry;

pub fn add(vectors: &mut Vectors) {
    role(vectors);
    kek(vectors);
    bits(vectors);
    seals(vectors);
    signatures(vectors);
    strictness(vectors);
    rings(vectors);
    order(vectors);
}

fn role(vectors: &mut Vectors) {
    for from in ROLES {
        for to in ROLES.into_iter().filter(|to| *to != from) {
            let mut bad = |name: &str, reason: &str, comment: &str, document: Document| {
                let name = format!("{from}-{name}-{to}");
                vectors.document_refused("DOC-01", &name, reason, comment, &document);
            };
            // Keys of kind s only, so that any reader could read the payload; and one KEK, so that only the role is wrong.
            let document = Document::new(RingDraft::new(from, vec![entry('s', from)]));
            let asked = document.but(|document| document.wanted = to);
            let comment = "A good document of the role that was not asked for.";
            bad("asked-for-as", "OtherRole", comment, asked.clone());
            let renamed = asked.but(|document| document.letter = to.as_bytes()[0]);
            let original = document.signed();
            let comment = "Another letter in front: it is associated with the seal, and in the key.";
            let sealed = document.bytes();
            let lettered = [&renamed.front()[..1], &sealed[1..]].concat();
            bad("letter-changed-to", "DoesNotOpen", comment, asked.as_bytes(&lettered));
            let comment = "Wrapped again for another role: the role is in the signature as well.";
            bad("wrapped-again-for", "BadSignature", comment, renamed.signed_over(&original));
        }
        let mut bad = |name: &str, comment: &str, letter: u8| {
            let document = Document::usual(from).but(|document| document.letter = letter);
            let name = format!("{from}-letter-{name}");
            vectors.document_refused("DOC-01", &name, "OtherRole", comment, &document);
        };
        bad("upper-case", "The letters of roles are lower case.", from.as_bytes()[0].to_ascii_uppercase());
        bad("unknown", "The letters of roles are i, v and p.", b'x');
        bad("00", "The letters of roles are i, v and p.", 0);
    }
}

fn kek(vectors: &mut Vectors) {
    let mut bad = |name: &str, reason: &str, comment: &str, document: Document| {
        vectors.document_refused("DOC-01", name, reason, comment, &document);
    };
    for role in ROLES {
        let usual = Document::usual(role);
        let other = usual.but(|document| document.readers_kek = seeded("other KEK"));
        let comment = "The reader has another KEK.";
        bad(&format!("{role}-other-kek"), "OtherKeyEncryptionKey", comment, other.clone());
        let named = other.but(|document| document.kek_id = Some(kek_id(&document.readers_kek)));
        let comment = "The document names the reader's KEK and is wrapped under another one.";
        bad(&format!("{role}-other-kek-named-as-readers"), "DoesNotOpen", comment, named);
    }
    let usual = Document::usual("verifier");
    let flipped = "One bit of the KEK id: it is the reader's no more.";
    bad("kek-id-first-byte", "OtherKeyEncryptionKey", flipped, usual.flipped(1));
    bad("kek-id-last-byte", "OtherKeyEncryptionKey", flipped, usual.flipped(4));
    let mut id = |name: &str, comment: &str, id: [u8; 4]| {
        let document = usual.but(|document| document.kek_id = Some(id));
        bad(&format!("kek-id-{name}"), "OtherKeyEncryptionKey", comment, document);
    };
    id("of-zeros", "The KEK id is derived.", [0; 4]);
    id("of-key-bytes", "The KEK id is derived.", *usual.kek.first_chunk().expect("32 bytes"));
    let long: [u8; 32] = hkdf(&usual.kek, b"safeconduct/v1/kek");
    id("from-the-end", "The KEK id is the first bytes of what HKDF gives.", *long.last_chunk().expect("32"));
    let label = "The label of the KEK id is safeconduct/v1/kek.";
    id("with-role-letter", label, hkdf(&usual.kek, b"safeconduct/v1/kekv"));
    id("of-other-label", label, hkdf(&usual.kek, b"safeconduct/v1/realm"));
    id("reversed", "The bytes of the KEK id stand in order.", {
        let [a, b, c, d] = kek_id(&usual.kek);
        [d, c, b, a]
    });
}

fn bits(vectors: &mut Vectors) {
    for role in ROLES {
        let usual = Document::usual(role);
        let regions = [
            ("nonce-first-byte", 5),
            ("nonce-last-byte", 28),
            ("version-first-byte", 29),
            ("version-last-byte", 36),
            ("payload-first-byte", 37),
            ("payload-last-byte", -81),
            ("signature-first-byte", -80),
            ("signature-last-byte", -17),
            ("tag-first-byte", -16),
            ("tag-last-byte", -1),
        ];
        for (name, offset) in regions {
            let name = format!("{role}-bit-of-{name}");
            let comment = "One bit of what the seal covers.";
            vectors.document_refused("DOC-01", &name, "DoesNotOpen", comment, &usual.flipped(offset));
        }
    }
}

fn seals(vectors: &mut Vectors) {
    let usual = Document::usual("verifier");
    let bytes = usual.bytes();
    let mut bad = |name: &str, comment: &str, document: Document| {
        vectors.document_refused("DOC-01", name, "DoesNotOpen", comment, &document);
    };
    bad("last-byte-missing", "The last byte is missing.", usual.as_bytes(&bytes[..bytes.len() - 1]));
    bad("byte-appended", "A byte is left over.", usual.as_bytes(&[&bytes[..], &[0]].concat()));
    bad("tag-missing", "The tag is missing.", usual.as_bytes(&bytes[..bytes.len() - 16]));
    let tag_of_zeros = [&bytes[..bytes.len() - 16], &[0; 16]].concat();
    bad("tag-of-zeros", "The tag is computed.", usual.as_bytes(&tag_of_zeros));
    let half = bytes.len() / 2;
    bad("cut-off", "Half of the document is missing.", usual.as_bytes(&bytes[..half]));
    let [_, _, version, payload] = usual.signed_pieces();
    let clear = [&usual.front()[..], &usual.nonce, &version, &payload, &usual.signature()].concat();
    let in_the_clear = [&clear[..], &bytes[bytes.len() - 16..]].concat();
    bad("in-the-clear", "The ring is not encrypted.", usual.as_bytes(&in_the_clear));
    let key = |key: [u8; 32]| usual.but(|document| document.wrapping_key = Some(key));
    bad("sealed-with-kek", "The key is derived from the KEK.", key(usual.kek));
    let comment = "The role letter is in the key.";
    bad("key-without-letter", comment, key(hkdf(&usual.kek, b"safeconduct/v1/wrap")));
    bad("key-of-other-letter", comment, key(wrapping_key(&usual.kek, b'i')));
    bad("key-of-role-name", comment, key(hkdf(&usual.kek, b"safeconduct/v1/wrapverifier")));
    let comment = "The label of the key is safeconduct/v1/wrap.";
    bad("key-of-other-label", comment, key(hkdf(&usual.kek, b"safeconduct/v1/subkeysv")));
    let with = |bytes: Vec<u8>| usual.but(|document| document.associated = Some(bytes));
    let comment = "Role letter and KEK id are associated.";
    bad("nothing-associated", comment, with(Vec::new()));
    bad("letter-associated-only", comment, with(vec![b'v']));
    bad("kek-id-associated-only", comment, with(usual.front()[1..].to_vec()));
    let whole = [&usual.front()[..], &usual.nonce].concat();
    bad("nonce-associated-as-well", comment, with(whole));
}

fn signatures(vectors: &mut Vectors) {
    for role in ROLES {
        let usual = Document::usual(role);
        let mut bad = |name: &str, comment: &str, document: Document| {
            let name = format!("{role}-{name}");
            vectors.document_refused("DOC-01", &name, "BadSignature", comment, &document);
        };
        let other = SigningKey::from_bytes(&seeded("other root key"));
        bad("signed-by-other-root", "Whoever has the KEK can wrap; only the root key can sign.", {
            usual.but(|document| document.root = other.clone())
        });
        bad("other-root-pinned", "The reader has pinned another root key.", {
            usual.but(|document| document.readers_root = other.verifying_key().to_bytes())
        });
        let key_of_ring = SigningKey::from_bytes(&main_key('s').seed);
        bad("signed-by-a-key-of-the-ring", "A key of the ring does not sign rings.", {
            usual.but(|document| document.root = key_of_ring)
        });
        let zeros = usual.but(|document| document.signature = Some([0; 64]));
        bad("signature-of-zeros", "64 zero bytes.", zeros);
    }
    let usual = Document::usual("verifier");
    let pieces = usual.signed_pieces();
    let mut bad = |name: &str, comment: &str, message: &[u8]| {
        let document = usual.signed_over(message);
        vectors.document_refused("DOC-01", &format!("signed-{name}"), "BadSignature", comment, &document);
    };
    for (n, name) in ["domain", "letter", "version", "payload"].into_iter().enumerate() {
        let mut without = pieces.clone();
        without[n].clear();
        bad(&format!("without-{name}"), "A piece of what is signed is missing.", &without.concat());
    }
    let with = |n: usize, piece: &[u8]| {
        let mut changed = pieces.clone();
        changed[n] = piece.to_vec();
        changed.concat()
    };
    let domain = "The domain is safeconduct/v1/ring-document.";
    bad("for-other-domain", domain, &with(0, b"safeconduct/v1/signature"));
    bad("for-domain-with-00", domain, &with(0, &[DOMAIN, &[0]].concat()));
    let letter = "The role letter of the document is signed.";
    bad("for-letter-i", letter, &with(1, b"i"));
    bad("for-letter-upper-case", letter, &with(1, b"V"));
    bad("for-role-name", letter, &with(1, b"verifier"));
    let version = "The version of the document is signed.";
    bad("for-version-before", version, &with(2, &41_u64.to_be_bytes()));
    bad("for-version-after", version, &with(2, &43_u64.to_be_bytes()));
    bad("for-version-little-endian", version, &with(2, &42_u64.to_le_bytes()));
    let payload_signed = "The payload of the document is signed.";
    let smaller = RingDraft::new("verifier", vec![entry('e', "verifier"), entry('s', "verifier")]);
    bad("for-payload-without-a-key", payload_signed, &with(3, &smaller.payload()));
    let revoked =
        RingDraft::usual("verifier").but(|ring| ring.entries[0] = ring.entries[0].clone().revoked());
    bad("for-payload-with-a-key-revoked", payload_signed, &with(3, &revoked.payload()));
    let mut longer = pieces[3].clone();
    longer.extend(checksum("verifier", &longer));
    bad("for-payload-with-checksum", payload_signed, &with(3, &longer));
    bad("for-text", payload_signed, usual.ring.text().as_bytes());
    let [domain, letter, version, payload] = &pieces;
    let order = "The pieces are signed in their order.";
    bad("version-behind-payload", order, &[&domain[..], letter, payload, version].concat());
    bad("version-before-letter", order, &[&domain[..], version, letter, payload].concat());
    bad("hash", "The message is signed, not its hash.", &super::primitives::sha256(&[&usual.signed()]));
    let kek_too = [&domain[..], &usual.front(), version, payload].concat();
    bad("with-kek-id", "The KEK id is not signed: documents can be wrapped again.", &kek_too);
}

/// TOK-21 to TOK-23 for the root key's signature.
fn strictness(vectors: &mut Vectors) {
    let usual = Document::usual("verifier");
    let own = usual.signature();
    let (r, s) = own.split_first_chunk::<32>().expect("64 bytes");
    let mut bad = |name: &str, comment: &str, signature: [u8; 64]| {
        let document = usual.but(|document| document.signature = Some(signature));
        let name = format!("signature-{name}");
        vectors.document_refused("DOC-01", &name, "BadSignature", comment, &document);
    };
    bad(
        "s-plus-l",
        "S plus the order: a second signature that anybody can make.",
        joined(r, &plus_order(s, 1)),
    );
    let many = (2..=7).rev().map(|n| plus_order(s, n)).find(|sum| sum[31] < 0x80).expect("twice fits");
    bad("s-plus-many-l", "S plus a multiple of the order.", joined(r, &many));
    for (name, encoding) in [SMALL_ORDER[0], SMALL_ORDER[1], SMALL_ORDER[4]] {
        let comment = "R has small order and S = k·a: TOK-22.";
        let r = point_bytes(encoding);
        bad(&format!("r-{name}"), comment, solved_over(&usual.root, &usual.signed(), &r, false));
    }
    let crafted = |r: &[u8; 32]| solved_over(&usual.root, &usual.signed(), r, true);
    let good = nonce().verifying_key().to_bytes();
    for (name, encoding) in [SMALL_ORDER[1], SMALL_ORDER[4]] {
        let comment = "A point of small order is added to R: only the equation with cofactor holds.";
        bad(&format!("r-plus-{name}"), comment, crafted(&sum(&good, &point_bytes(encoding))));
    }
    bad("r-negated", "R with the other sign.", crafted(&negated(&good)));
    bad("r-not-a-point", "There is no point with this y.", crafted(&small_y(first_y(false))));
    let s = s.first_chunk::<32>().expect("32 bytes");
    bad("halves-swapped", "R stands in front of S.", joined(s, r));
    let other = Document::usual("verifier").but(|document| document.version += 1).signature();
    bad("of-other-document", "A good signature of the next version.", other);
    let bare = usual.root.sign(&[]).to_bytes();
    bad("of-nothing", "A good signature of nothing.", bare);
}

/// Good documents around payloads that section 8.1 refuses.
fn rings(vectors: &mut Vectors) {
    for role in ROLES {
        let usual = Document::usual(role);
        let good = usual.ring.payload();
        let mut bad = |name: &str, comment: &str, payload: &[u8]| {
            let name = format!("{role}-payload-{name}");
            let document = usual.holding(payload.to_vec());
            vectors.document_refused("DOC-01", &name, "Ring", comment, &document);
        };
        bad("empty", "There is not even the number of entries.", &[]);
        bad("0-keys", "A ring has a key.", &[0, 0]);
        bad("without-number-of-realms", "There is no number of realms.", &good[..good.len() - 1]);
        bad("byte-left-over", "A byte is left over behind the ring.", &[&good[..], &[0]].concat());
        let comment = "There is no checksum inside a document.";
        bad("with-checksum", comment, &[&good[..], &checksum(role, &good)].concat());
        bad("as-text", "The payload is not text.", usual.ring.text().as_bytes());
        let twice = [entry('s', role), entry('s', role)];
        bad("key-twice", "One key stands twice in the ring.", &payload(&twice));
        bad("minting-0", "The key would never mint.", &payload(&[entry('s', role).window(10, 0, 10)]));
        let mut realm = Realm::new("main", role, 2);
        realm.signers.reverse();
        let realms = RingDraft::usual(role).with_realms(vec![realm]).payload();
        bad("signers-swapped", "The signers of a realm ascend.", &realms);
    }
    let usual = Document::usual("public");
    let secret = usual.holding(payload(&[entry('e', "public")]));
    let comment = "A public ring holds no key of kind e, even if the root key says so.";
    vectors.document_refused("DOC-01", "public-payload-kind-e", "Ring", comment, &secret);
    let realms = RingDraft::usual("public").with_realms(vec![Realm::new("main", "verifier", 1)]);
    let comment = "A public ring holds no filter key, even if the root key says so.";
    let secret = usual.holding(realms.payload());
    vectors.document_refused("DOC-01", "public-payload-filter-key", "Ring", comment, &secret);
    let usual = Document::usual("verifier");
    let small = point_bytes(SMALL_ORDER[1].1);
    let weak = Entry { material: small.to_vec(), ..entry('s', "verifier") };
    let comment = "A public key of small order, even if the root key says so.";
    let weak = usual.holding(payload(&[weak]));
    vectors.document_refused("DOC-01", "verifier-payload-small-order", "Ring", comment, &weak);
    let swapped = usual.ring.clone().but(|ring| ring.entries.reverse()).payload();
    let comment = "Entries out of order, even if the root key says so.";
    let swapped = usual.holding(swapped);
    vectors.document_refused("DOC-01", "verifier-payload-out-of-order", "Ring", comment, &swapped);
}

/// Two faults: the one that DOC-01 names first gives the reason.
fn order(vectors: &mut Vectors) {
    const COMMENT: &str = "Two faults: the one that DOC-01 names first gives the reason.";
    let usual = Document::usual("verifier");
    let mut bad = |name: &str, reason: &str, document: Document| {
        vectors.document_refused("DOC-01", name, reason, COMMENT, &document);
    };
    let other_role = |document: &mut Document| document.wanted = "issuer";
    let other_kek = |document: &mut Document| document.readers_kek = kek_of("issuer");
    let unsigned = |document: &mut Document| document.signature = Some([0; 64]);
    let empty = |document: &mut Document| document.payload = Some(vec![0, 0]);
    bad("role-before-kek", "OtherRole", usual.but(other_role).but(other_kek));
    bad("role-before-seal", "OtherRole", usual.but(other_role).flipped(-1));
    bad("role-before-signature", "OtherRole", usual.but(other_role).but(unsigned));
    bad("role-before-ring", "OtherRole", usual.but(other_role).but(empty));
    bad("kek-before-seal", "OtherKeyEncryptionKey", usual.but(other_kek).flipped(-1));
    bad("kek-before-signature", "OtherKeyEncryptionKey", usual.but(other_kek).but(unsigned));
    bad("kek-before-ring", "OtherKeyEncryptionKey", usual.but(other_kek).but(empty));
    bad("seal-before-signature", "DoesNotOpen", usual.but(unsigned).flipped(-1));
    bad("seal-before-ring", "DoesNotOpen", usual.but(empty).flipped(-1));
    bad("signature-before-ring", "BadSignature", usual.but(unsigned).but(empty));
    let version_0 = |document: &mut Document| document.version = 0;
    bad("seal-before-doc-04", "DoesNotOpen", usual.but(version_0).flipped(-1));
    bad("signature-before-doc-04", "BadSignature", usual.but(version_0).but(unsigned));
    vectors.document_refused("DOC-04", "before-ring", "Version", COMMENT, &usual.but(version_0).but(empty));
}
