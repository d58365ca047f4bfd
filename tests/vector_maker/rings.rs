//! The text of rings: RING-01 to RING-04 and RING-06.

use super::Vectors;
use super::curve::is_point;
use super::draft::{main_key, other_key};
use super::keys::{DAY, Entry, Key, LAST_TIME, checksum, payload, ring_of, sorted, text_of};
use super::kinds::{ONE_ID_E, ONE_ID_S};
use super::primitives::{base64url, digit, value_of};

/// Labels of two keys of kind `e` that happen to have one key id; found by trying.
pub const TWINS: [&str; 2] = ["one id 31122", "one id 113683"];

pub fn add(vectors: &mut Vectors) {
    good_rings(vectors);
    around_the_text(vectors);
    front(vectors);
    text_itself(vectors);
    lengths(vectors);
    entries(vectors);
    twins(vectors);
    windows(vectors);
    roles(vectors);
}

pub fn entry(letter: char, role: &str) -> Entry {
    Entry::new(&main_key(letter), role)
}

/// A key of each kind, in order.
fn usual(role: &str) -> Vec<Entry> {
    sorted(vec![entry('e', role), entry('n', role), entry('s', role)])
}

fn good_rings(vectors: &mut Vectors) {
    for role in ["issuer", "verifier"] {
        for letter in ['e', 's', 'n'] {
            let entries = [entry(letter, role)];
            let ring = ring_of(role, &entries);
            let name = format!("{role}-kind-{letter}");
            vectors.ring_accepted("RING-01", &name, "A ring of one key.", (role, &ring, &entries));
        }
        let entries = usual(role);
        let ring = ring_of(role, &entries);
        let comment = "A key of each kind: e before n before s.";
        vectors.ring_accepted("RING-02", &format!("{role}-each-kind"), comment, (role, &ring, &entries));
        let many = |count: usize| {
            sorted((0..count).map(|n| Entry::new(&Key::new('n', &format!("many {n}")), role)).collect())
        };
        let comment = "The most keys, of the largest kind.";
        let ring = ring_of(role, &many(16));
        vectors.ring_accepted("RING-02", &format!("{role}-16-keys"), comment, (role, &ring, &many(16)));
        let comment = "One key more than the most.";
        let ring = ring_of(role, &many(17));
        vectors.ring_refused("RING-02", &format!("{role}-17-keys"), comment, role, &ring);
    }
}

fn around_the_text(vectors: &mut Vectors) {
    let role = "verifier";
    let entries = [entry('e', role)];
    let ring = ring_of(role, &entries);
    let mut good = |name: &str, comment: &str, text: String| {
        vectors.ring_accepted("RING-01", name, comment, (role, &text, &entries));
    };
    good("line-feed-at-end", "A file ends with a line end.", format!("{ring}\n"));
    good("carriage-return-line-feed-at-end", "A file ends with a line end.", format!("{ring}\r\n"));
    good("white-space-around", "White space around the text is ignored.", format!(" \t\r\n{ring}\n\t "));
    good("double-quotes-around", "A shell or a settings file leaves quotes.", format!("\"{ring}\""));
    good("single-quotes-around", "A shell or a settings file leaves quotes.", format!("'{ring}'"));
    let comment = "White space, then quotes.";
    good("quotes-in-white-space", comment, format!("  \"{ring}\"\n"));
    good("form-feed-around", "A form feed is white space.", format!("\u{c}{ring}\u{c}"));
    let mut bad = |name: &str, comment: &str, text: String| {
        vectors.ring_refused("RING-01", name, comment, role, &text);
    };
    let comment = "White space is looked for first and quotes second: what is inside the quotes is the text.";
    bad("white-space-in-quotes", comment, format!("\" {ring}\n\""));
    bad("no-break-space-in-front", "White space is ASCII.", format!("\u{a0}{ring}"));
    bad("line-separator-at-end", "White space is ASCII.", format!("{ring}\u{2028}"));
    bad("vertical-tab-at-end", "A vertical tab is not among the white space.", format!("{ring}\u{b}"));
    bad("quotes-twice", "One pair of quotes is ignored.", format!("\"\"{ring}\"\""));
    bad("quotes-of-both-sorts", "One pair of quotes is ignored.", format!("'\"{ring}\"'"));
    bad("quote-in-front-only", "Half a pair is no pair.", format!("\"{ring}"));
    bad("quote-at-end-only", "Half a pair is no pair.", format!("{ring}'"));
    bad("quotes-that-differ", "Two halves are no pair.", format!("\"{ring}'"));
    bad("typographic-quotes", "Quotes are ASCII.", format!("\u{201c}{ring}\u{201d}"));
    bad("grave-accents", "Grave accents are not quotes.", format!("`{ring}`"));
    bad("byte-order-mark", "A byte order mark is not white space.", format!("\u{feff}{ring}"));
    bad("nul-at-end", "NUL is not white space.", format!("{ring}\0"));
    bad("name-of-variable-in-front", "The text alone is read.", format!("SC_RING={ring}"));
    bad("comment-behind", "A ring is one line and nothing behind it.", format!("{ring} # production"));
    bad("two-lines", "There is one ring.", format!("{ring}\n{ring}"));
}

fn front(vectors: &mut Vectors) {
    let role = "verifier";
    let ring = ring_of(role, &[entry('e', role)]);
    let mut bad = |name: &str, comment: &str, from: &str, to: &str| {
        vectors.ring_refused("RING-01", name, comment, role, &ring.replacen(from, to, 1));
    };
    bad("other-name", "The name is sc-ring.", "sc-ring", "sc-keys");
    bad("upper-case-name", "Letters are compared as they are.", "sc-ring", "SC-RING");
    bad("version-2", "There is one version.", ".v1.", ".v2.");
    bad("version-without-v", "There is one version, spelled v1.", ".v1.", ".1.");
    bad("unknown-role", "There are three roles.", "verifier", "observer");
    bad("upper-case-role", "Roles are compared as they are.", "verifier", "Verifier");
    bad("empty-role", "There are three roles.", "verifier", "");
    bad("role-missing", "There are three roles.", "verifier.", "");
    bad("space-behind-role", "White space is ignored around the text only.", "verifier.", "verifier. ");
    let comment = "The role is in the checksum: changing the word is noticed.";
    let renamed = ring.replacen("verifier", "issuer", 1);
    vectors.ring_refused("RING-01", "role-renamed", comment, "issuer", &renamed);
    let mut text = |name: &str, comment: &str, text: &str| {
        vectors.ring_refused("RING-01", name, comment, role, text);
    };
    text("empty", "Nothing is not a ring.", "");
    text("white-space-only", "Nothing is not a ring.", " \n");
    text("quotes-only", "Nothing is not a ring.", "\"\"");
    text("one-quote", "A quote is not a pair of quotes.", "\"");
    text("front-only", "There is no payload.", "sc-ring.v1.verifier.");
    text("front-without-full-stop", "There is no payload.", "sc-ring.v1.verifier");
    let verifier = [entry('s', "verifier")];
    let issuer = [entry('s', "issuer")];
    let comment = "A good ring of the role that was not asked for.";
    vectors.ring_refused(
        "RING-01",
        "verifier-where-issuer",
        comment,
        "issuer",
        &ring_of("verifier", &verifier),
    );
    vectors.ring_refused(
        "RING-01",
        "issuer-where-verifier",
        comment,
        "verifier",
        &ring_of("issuer", &issuer),
    );
}

fn text_itself(vectors: &mut Vectors) {
    let role = "verifier";
    // One entry of kind n is 80 + 4 bytes, whole groups; two of kind e are 98 bytes, with two unused bits in the last character.
    let whole = ring_of(role, &[entry('n', role)]);
    let cut_group = ring_of(role, &[entry('e', role), Entry::new(&other_key('e'), role)]);
    let in_the_middle = |what: &str| {
        let (front, back) = whole.split_at(40);
        format!("{front}{what}{back}")
    };
    let mut bad = |name: &str, comment: &str, text: String| {
        vectors.ring_refused("RING-01", name, comment, role, &text);
    };
    let dashed = (0..64)
        .map(|n| ring_of(role, &[Entry::new(&Key::new('e', &format!("dashed {n}")), role)]))
        .find(|ring| ring[20..].contains('-') && ring[20..].contains('_'))
        .expect("one of 64 rings");
    let (front, data) = dashed.split_at(20);
    let standard = "A decoder of the standard alphabet would read the same bytes.";
    bad("plus-for-minus", standard, format!("{front}{}", data.replacen('-', "+", 1)));
    bad("slash-for-underscore", standard, format!("{front}{}", data.replacen('_', "/", 1)));
    bad("padding", "Padding is not written.", format!("{cut_group}="));
    bad("space-in-the-middle", "White space is ignored around the text only.", in_the_middle(" "));
    bad("line-end-in-the-middle", "A ring is one line.", in_the_middle("\n"));
    bad("nul-in-the-middle", "NUL is not base64url.", in_the_middle("\0"));
    let mut other = cut_group.clone();
    let last = value_of(other.pop().expect("not empty"));
    other.push(digit(last | 1));
    bad("unused-bits", "An unused bit is set: a second spelling of the same bytes.", other);
    bad("one-character-in-last-group", "Six bits are not a byte.", format!("{whole}A"));
    let bytes = payload(&[entry('e', role)]);
    let with = |check: &[u8]| format!("sc-ring.v1.{role}.{}", base64url(&[&bytes[..], check].concat()));
    let right = checksum(role, &bytes);
    let mut flipped = right;
    flipped[3] ^= 1;
    bad("checksum-last-bit", "All four bytes of the checksum are compared.", with(&flipped));
    bad("checksum-of-zeros", "The checksum is computed.", with(&[0; 4]));
    bad("checksum-of-other-role", "The role is in the checksum.", with(&checksum("issuer", &bytes)));
    let mut changed = bytes.clone();
    changed[20] ^= 1;
    let text = format!("sc-ring.v1.{role}.{}", base64url(&[&changed[..], &right].concat()));
    bad("one-bit-of-key", "A mistake in copying is found by the checksum.", text);
}

fn lengths(vectors: &mut Vectors) {
    let role = "verifier";
    let bytes = payload(&usual(role));
    let mut bad = |spec: &str, name: &str, comment: &str, bytes: &[u8]| {
        vectors.ring_refused(spec, name, comment, role, &text_of(role, bytes));
    };
    bad("RING-01", "payload-empty", "There is not even the number of entries.", &[]);
    bad("RING-02", "0-keys", "A ring has a key.", &[0, 0]);
    let comment = "The number of entries is 0, and an entry follows.";
    bad("RING-02", "0-keys-and-an-entry", comment, &[&[0], &entry('e', role).bytes()[..], &[0]].concat());
    let number = |count: u8| [&[count], &bytes[1..]].concat();
    bad("RING-01", "an-entry-too-many", "There are three entries and two are named.", &number(2));
    bad("RING-01", "an-entry-too-few", "There are three entries and four are named.", &number(4));
    bad("RING-02", "255-keys-named", "A ring has 16 keys at most.", &number(255));
    let list = &bytes[..bytes.len() - 1];
    bad("RING-01", "last-byte-missing", "There is no number of realms.", list);
    let comment = "The last key is cut off: the number of realms would be its last byte.";
    bad("RING-01", "last-key-cut-off", comment, &[&list[..list.len() - 1], &[0]].concat());
    let comment = "A byte is left over behind the number of realms.";
    bad("RING-01", "byte-left-over", comment, &[&bytes[..], &[0]].concat());
    let comment = "A byte is left over between the last key and the number of realms.";
    bad("RING-01", "byte-left-over-behind-key", comment, &[list, &[3], &[0]].concat());
    let first = &bytes[..1 + 14];
    bad("RING-01", "key-missing", "There is a window and no key.", &[&[1], &first[1..], &[0]].concat());
    bad("RING-01", "window-cut-off", "The window is cut off.", &[&[1], &first[1..10]].concat());
    let text = ring_of(role, &usual(role));
    vectors.ring_refused(
        "RING-01",
        "text-cut-off",
        "Half of the text is missing.",
        role,
        &text[..text.len() / 2],
    );
    let comment = "More than 16 entries and 2 realms can be, whatever it is.";
    let long = format!("sc-ring.v1.{role}.{}", "A".repeat(8_192));
    vectors.ring_refused("RING-01", "far-too-long", comment, role, &long);
    let three = format!("sc-ring.v1.{role}.{}", base64url(&[1, 2, 3]));
    vectors.ring_refused("RING-01", "shorter-than-checksum", "Three bytes hold no checksum.", role, &three);
}

fn entries(vectors: &mut Vectors) {
    let role = "verifier";
    let of = |entries: &[Entry]| text_of(role, &payload(entries));
    let mut bad = |spec: &str, name: &str, comment: &str, text: String| {
        vectors.ring_refused(spec, name, comment, role, &text);
    };
    let mut two = sorted(vec![entry('e', role), Entry::new(&other_key('e'), role)]);
    two.reverse();
    bad("RING-02", "identities-swapped", "Within a kind the identities ascend.", of(&two));
    let mut three = usual(role);
    three.swap(1, 2);
    bad("RING-02", "s-before-n", "Kinds ascend as their letters: e, n, s.", of(&three));
    three.swap(0, 1);
    bad("RING-02", "s-before-e", "Kinds ascend as their letters: e, n, s.", of(&three));
    for letter in [b'x', b'X', b'E' | 0x80, 0, 1] {
        let strange = Entry { letter, ..entry('e', role) };
        let comment = "There are the kinds e, s and n, and their upper case.";
        bad("RING-01", &format!("kind-{letter:02x}"), comment, of(&[strange]));
    }
    let short = Entry { letter: b'n', ..entry('e', role) };
    bad("RING-01", "kind-n-with-one-key", "An entry of kind n holds two keys.", of(&[short]));
    let long = Entry { letter: b'e', ..entry('n', role) };
    bad("RING-01", "kind-e-with-two-keys", "An entry of kind e holds one key.", of(&[long]));
}

fn twins(vectors: &mut Vectors) {
    let role = "verifier";
    let of = |entries: &[Entry]| text_of(role, &payload(entries));
    let same = [entry('e', role), entry('e', role)];
    vectors.ring_refused("RING-03", "key-twice", "One key stands twice in the ring.", role, &of(&same));
    let renewed = [entry('e', role), entry('e', role).window(2_000_000_000, DAY, DAY)];
    let comment = "One key stands in two windows.";
    vectors.ring_refused("RING-03", "key-in-two-windows", comment, role, &of(&renewed));
    let twins = sorted(TWINS.map(|label| Entry::new(&Key::new('e', label), role)).to_vec());
    assert!(twins[0].identity[..4] == twins[1].identity[..4] && twins[0].identity != twins[1].identity);
    let comment = "Two keys with different identities have one key id.";
    vectors.ring_refused("RING-03", "key-id-twice", comment, role, &of(&twins));
    let kinds = [Key::new('e', ONE_ID_E), Key::new('s', ONE_ID_S)].map(|key| Entry::new(&key, role));
    assert!(kinds[0].identity[..4] == kinds[1].identity[..4]);
    let comment = "Two keys of different kinds may have one key id.";
    vectors.ring_accepted("RING-03", "key-id-of-two-kinds", comment, (role, &of(&kinds), &kinds));
}

fn windows(vectors: &mut Vectors) {
    let role = "issuer";
    let window = |from: u64, minting: u32, tail: u32| [entry('s', role).window(from, minting, tail)];
    let mut good = |name: &str, comment: &str, entries: [Entry; 1]| {
        vectors.ring_accepted("RING-04", name, comment, (role, &ring_of(role, &entries), &entries));
    };
    good("from-the-first-time", "issue_from is the first time there is.", window(0, 1, 0));
    good("without-tail", "A tail of 0 is allowed.", window(1_800_000_000, DAY, 0));
    good("largest-durations", "136 years of minting and as many after.", window(0, u32::MAX, u32::MAX));
    good("until-the-last-time", "accept_until is the last time there is.", window(LAST_TIME - 30, 10, 20));
    good("issue-until-the-last-time", "issue_until is the last time there is.", window(LAST_TIME - 1, 1, 0));
    let mut bad = |name: &str, comment: &str, entries: [Entry; 1]| {
        vectors.ring_refused("RING-04", name, comment, role, &ring_of(role, &entries));
    };
    bad("minting-0", "The key would never mint.", window(1_800_000_000, 0, DAY));
    bad("issue-from-after-the-last-time", "One second after the last time.", window(LAST_TIME + 1, 1, 0));
    bad("issue-from-largest", "The largest number of five bytes.", window((1 << 40) - 1, 1, 0));
    bad("issue-from-the-last-time", "issue_until is after the last time.", window(LAST_TIME, 1, 0));
    bad("issue-until-after-the-last-time", "One second after the last time.", window(LAST_TIME - 10, 11, 0));
    bad(
        "accept-until-after-the-last-time",
        "One second after the last time.",
        window(LAST_TIME - 30, 10, 21),
    );
}

/// RING-06: what the roles hold.
fn roles(vectors: &mut Vectors) {
    for letter in ['s', 'n'] {
        // About one seed in 16 is the encoding of a good point, and then nobody can tell; this one is no point.
        let mut keys = (0..).map(|n| Key::new(letter, &format!("seed that is no point {n}")));
        let key = keys.find(|key| !is_point(&key.seed)).expect("about every second");
        let text = text_of("verifier", &payload(&[Entry::new(&key, "issuer")]));
        let comment = "A seed stands where a verifier has a public key.";
        vectors.ring_refused(
            "RING-06",
            &format!("seed-for-verifier-kind-{letter}"),
            comment,
            "verifier",
            &text,
        );
    }
    let both =
        Entry { material: [main_key('s').seed, main_key('s').public()].concat(), ..entry('s', "verifier") };
    let text = text_of("verifier", &payload(&[both]));
    let comment = "Seed and public key stand together: an entry of kind s holds one key.";
    vectors.ring_refused("RING-06", "seed-and-public-key", comment, "verifier", &text);
}
