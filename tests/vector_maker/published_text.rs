//! Texts that are no published rings: the first check of DOC-01, and the other form of a ring.

use super::Vectors;
use super::draft::{main_key, other_key};
use super::keys::{Entry, Key, checksum};
use super::primitives::{base64url, digit, value_of};
use super::published::{Document, ROLES};
use super::ring_draft::{Realm, RingDraft};
use super::rings::entry;

pub fn add(vectors: &mut Vectors) {
    text(vectors);
    the_other_form(vectors);
    lengths(vectors);
}

fn text(vectors: &mut Vectors) {
    // 5 + 24 + 8 + 48 + 64 + 16 bytes: whole groups. With another entry, 211 bytes: four unused bits in the last character.
    let whole = Document::usual("public");
    let two = vec![entry('s', "public"), Entry::new(&other_key('s'), "public")];
    let cut_group = Document::new(RingDraft::new("public", two));
    let text = whole.text();
    assert_eq!((text.len() - 19) % 4, 0);
    let mut bad = |name: &str, comment: &str, text: String| {
        vectors.document_refused("DOC-01", name, "NotADocument", comment, &whole.as_text(text));
    };
    bad("empty", "Nothing is not a document.", String::new());
    bad("white-space-only", "Nothing is not a document.", " \n".into());
    bad("one-quote", "A quote is not a pair of quotes.", "\"".into());
    bad("front-without-full-stop", "The front ends with a full stop.", "sc-ring.v1.wrapped".into());
    let replaced = |from: &str, to: &str| text.replacen(from, to, 1);
    bad("other-name", "The name is sc-ring.", replaced("sc-ring", "sc-keys"));
    bad("upper-case-name", "Letters are compared as they are.", replaced("sc-ring", "SC-RING"));
    bad("format-2", "There is one version of the format.", replaced(".v1.", ".v2."));
    bad("other-word", "The word is wrapped.", replaced("wrapped", "sealed"));
    bad("upper-case-word", "Letters are compared as they are.", replaced("wrapped", "Wrapped"));
    bad("word-missing", "The word is wrapped.", replaced("wrapped.", ""));
    bad("role-behind-word", "The role is a letter inside.", replaced("wrapped.", "wrapped.public."));
    bad("role-for-word", "The word is wrapped, whatever the role.", replaced("wrapped", "public"));
    let in_the_middle = |what: &str| format!("{}{what}{}", &text[..60], &text[60..]);
    bad("space-in-the-middle", "White space is ignored around the text only.", in_the_middle(" "));
    bad("line-end-in-the-middle", "A document is one line.", in_the_middle("\n"));
    bad("one-character-in-last-group", "Six bits are not a byte.", format!("{text}A"));
    bad("padding", "Padding is not written.", format!("{}==", cut_group.text()));
    let mut unused = cut_group.text();
    let last = value_of(unused.pop().expect("not empty"));
    unused.push(digit(last | 1));
    bad("unused-bits", "An unused bit is set: a second spelling of the same bytes.", unused);
    for (name, from, to) in [("plus-for-minus", '-', "+"), ("slash-for-underscore", '_', "/")] {
        let numbered = |n: u8| whole.but(|document| document.nonce = [n; 24]).text();
        let has = |text: &String| text[19..].contains(from);
        let good = (0..=255).map(numbered).find(has).expect("about every second");
        let comment = "A decoder of the standard alphabet would read the same bytes.";
        bad(name, comment, format!("{}{}", &good[..19], good[19..].replacen(from, to, 1)));
    }
}

/// Rings as they are where published ones are wanted, and the other way round.
fn the_other_form(vectors: &mut Vectors) {
    for role in ROLES {
        let document = Document::usual(role);
        let comment = "A ring that was never published.";
        let ring = document.as_text(document.ring.text());
        vectors.document_refused("DOC-01", &format!("{role}-ring-text"), "NotADocument", comment, &ring);
        let comment = "A published ring has to be opened first.";
        let name = format!("{role}-published");
        vectors.ring_refused("RING-01", &name, comment, role, &document.text());
        let named = document.text().replacen("wrapped", role, 1);
        let comment = "The bytes of a published ring under the name of the role.";
        vectors.ring_refused("RING-01", &format!("{name}-renamed"), comment, role, &named);
        let bytes = document.bytes();
        let checked = [&bytes[..], &checksum(role, &bytes)].concat();
        let text = format!("sc-ring.v1.{role}.{}", base64url(&checked));
        let comment = "The bytes of a published ring under the name of the role, with a good checksum.";
        vectors.ring_refused("RING-01", &format!("{name}-with-checksum"), comment, role, &text);
        // Three keys, so that the bytes are more than any document needs.
        let keys = [main_key('s'), other_key('s'), Key::new('s', "third")];
        let ring = RingDraft::new(role, keys.iter().map(|key| Entry::new(key, role)).collect());
        let text = ring.text().replacen(role, "wrapped", 1);
        // The first byte is the number of entries, which is no letter of a role.
        let comment = "The bytes of a ring under the word of published ones.";
        let renamed = document.as_text(text);
        vectors.document_refused("DOC-01", &format!("{role}-ring-renamed"), "OtherRole", comment, &renamed);
    }
}

/// A document has 117 bytes around an empty payload, and 1,549 around the longest.
fn lengths(vectors: &mut Vectors) {
    let usual = Document::usual("verifier");
    let bytes = usual.bytes();
    let mut bad = |name: &str, comment: &str, document: Document| {
        vectors.document_refused("DOC-01", name, "NotADocument", comment, &document);
    };
    bad("front-only", "There is nothing behind the front.", usual.as_bytes(&[]));
    for count in [1, 4, 5, 28, 29, 44, 45, 52, 53, 108, 116] {
        let comment = "No document is so short.";
        bad(&format!("cut-off-to-{count}-bytes"), comment, usual.as_bytes(&bytes[..count]));
    }
    let shortest = usual.holding(Vec::new());
    assert_eq!(shortest.bytes().len(), 117, "SPEC section 8.6 says so");
    let no_signature = shortest.but(|document| document.left_out = 1);
    bad("sealed-a-byte-too-short", "What is sealed is no version and signature.", no_signature);
    let nothing = shortest.but(|document| document.left_out = 8 + 64);
    bad("nothing-sealed", "Nothing is sealed.", nothing);
    let many = (0..16).map(|n| Entry::new(&Key::new('n', &format!("many {n}")), "verifier")).collect();
    let realms = ["main", "other"].map(|label| Realm::new(label, "verifier", 2)).to_vec();
    let largest = Document::new(RingDraft::new("verifier", many).with_realms(realms));
    assert_eq!(largest.bytes().len(), 1_549, "SPEC section 8.6 says so");
    for count in [1, 2, 3, 16, 1_000] {
        let longer = largest.holding([largest.ring.payload(), vec![0; count]].concat());
        bad(&format!("largest-and-{count}"), "No document is so long.", longer);
    }
    let far_too_long = format!("sc-ring.v1.wrapped.{}", "A".repeat(8_192));
    bad("far-too-long", "No document is so long.", usual.as_text(far_too_long));
    const COMMENT: &str = "Two faults: the one that DOC-01 names first gives the reason.";
    let short = usual.but(|document| document.wanted = "issuer").as_bytes(&bytes[..116]);
    bad("short-before-role", COMMENT, short);
    let longer = largest.holding([largest.ring.payload(), vec![0]].concat());
    bad("long-before-role", COMMENT, longer.but(|document| document.wanted = "issuer"));
    let padded = usual.but(|document| document.wanted = "issuer");
    bad("base64url-before-role", COMMENT, padded.as_text(format!("{}=", usual.text())));
    let full = |role: &'static str| {
        let usual = Document::usual(role);
        let payload = usual.ring.payload();
        let rest = 1_432 - payload.len();
        usual.holding([payload, vec![0; rest]].concat())
    };
    for role in ROLES {
        let document = full(role);
        assert_eq!(document.bytes().len(), 1_549);
        let comment = "As long as a document can be: zeros are left over behind the ring.";
        let name = format!("{role}-payload-filled-up");
        vectors.document_refused("DOC-01", &name, "Ring", comment, &document);
    }
}
