//! Revoked keys: what a ring says of them (RING-01 to RING-04), and the tokens under them (RING-08).

use super::Vectors;
use super::draft::{Draft, main_key, other_key};
use super::keys::{ACCEPT_UNTIL, DAY, Entry, ISSUE_FROM, Key, LAST_TIME, NOW, payload, ring_of, text_of};
use super::kinds::{ONE_ID_E, ONE_ID_S};
use super::ring_draft::RingDraft;
use super::rings::{TWINS, entry};

pub fn add(vectors: &mut Vectors) {
    good_rings(vectors);
    material(vectors);
    order(vectors);
    twins(vectors);
    windows(vectors);
    each_token(vectors);
    steps(vectors);
    selection(vectors);
}

fn good_rings(vectors: &mut Vectors) {
    for role in ["issuer", "verifier"] {
        for letter in ['e', 's', 'n'] {
            let ring = RingDraft::new(role, vec![entry(letter, role).revoked()]);
            let comment = "A ring of one revoked key: its identity and nothing else.";
            vectors.ring_drafted("RING-01", &format!("{role}-revoked-kind-{letter}"), comment, &ring);
        }
        let keys = ['e', 'n', 's'].into_iter().flat_map(|letter| [main_key(letter), other_key(letter)]);
        let entries = keys.enumerate().map(|(n, key)| match n % 2 {
            0 => Entry::new(&key, role),
            _ => Entry::new(&key, role).revoked(),
        });
        let ring = RingDraft::new(role, entries.collect());
        let comment = "Of each kind a live key and a revoked one: kinds ascend, then identities.";
        vectors.ring_drafted("RING-02", &format!("{role}-each-kind-live-and-revoked"), comment, &ring);
    }
    let many = |count: usize| {
        (0..count).map(|n| Entry::new(&Key::new('n', &format!("many {n}")), "verifier")).collect::<Vec<_>>()
    };
    let revoked = many(16).into_iter().map(Entry::revoked).collect();
    let comment = "A ring may hold nothing but revoked keys.";
    vectors.ring_drafted("RING-02", "16-revoked-keys", comment, &RingDraft::new("verifier", revoked));
    let mut entries = many(17);
    let last = entries.pop().expect("17 of them");
    entries.push(last.revoked());
    let text = RingDraft::new("verifier", entries).text();
    let comment = "Sixteen live keys and a revoked one: revoked ones count.";
    vectors.ring_refused("RING-02", "17-entries-with-a-revoked-one", comment, "verifier", &text);
}

fn material(vectors: &mut Vectors) {
    for role in ["issuer", "verifier"] {
        for letter in ['e', 's', 'n'] {
            let revoked = entry(letter, role).revoked();
            let mut bad = |name: &str, comment: &str, material: Vec<u8>| {
                let text = text_of(role, &payload(&[Entry { material, ..revoked.clone() }]));
                let name = format!("{role}-revoked-kind-{letter}-{name}");
                vectors.ring_refused("RING-01", &name, comment, role, &text);
            };
            let mut short = revoked.material.clone();
            short.pop();
            bad("identity-too-short", "The identity of a revoked key has 32 bytes.", short);
            let long = [&revoked.material[..], &[0]].concat();
            bad("identity-too-long", "The identity of a revoked key has 32 bytes.", long);
            let both = [&revoked.material[..], &entry(letter, role).material].concat();
            bad("material-behind-identity", "A revoked key has no material any more.", both);
            bad("key-id-only", "A revoked key is named by its whole identity.", revoked.material[..4].into());
        }
    }
    let role = "verifier";
    let two = RingDraft::new(role, vec![entry('e', role).revoked(), entry('s', role)]);
    let cut = two.but(|ring| {
        ring.entries[0].material.pop();
    });
    let comment = "The identity of the first of two keys is a byte too short.";
    vectors.ring_refused("RING-01", "revoked-identity-too-short-beside-a-key", comment, role, &cut.text());
}

fn order(vectors: &mut Vectors) {
    let role = "verifier";
    let two = RingDraft::new(role, vec![entry('e', role), Entry::new(&other_key('e'), role)]);
    for (place, name) in [(0, "first"), (1, "second")] {
        let ring = two.clone().but(|ring| ring.entries[place] = ring.entries[place].clone().revoked());
        let comment = "A live and a revoked key of one kind: their identities ascend.";
        vectors.ring_drafted("RING-02", &format!("revoked-{name}-of-two"), comment, &ring);
        let swapped = ring.but(|ring| ring.entries.reverse()).text();
        let comment = "Within a kind the identities ascend, of revoked keys and live ones together.";
        vectors.ring_refused("RING-02", &format!("revoked-{name}-of-two-swapped"), comment, role, &swapped);
    }
    let mut bad = |name: &str, comment: &str, entries: Vec<Entry>| {
        vectors.ring_refused("RING-02", name, comment, role, &text_of(role, &payload(&entries)));
    };
    let comment = "The order is that of the lower-case letters: s comes last, revoked or not.";
    bad("revoked-s-in-front-of-e", comment, vec![entry('s', role).revoked(), entry('e', role)]);
    bad("revoked-n-in-front-of-e", comment, vec![entry('n', role).revoked(), entry('e', role)]);
    let comment = "Revoked keys do not stand behind the live ones.";
    bad("revoked-e-behind-s", comment, vec![entry('s', role), entry('e', role).revoked()]);
    let mut tombs = RingDraft::new(role, vec![entry('e', role), Entry::new(&other_key('e'), role)]).entries;
    tombs.reverse();
    let comment = "Two revoked keys: their identities ascend.";
    bad("two-revoked-swapped", comment, tombs.into_iter().map(Entry::revoked).collect());
}

fn twins(vectors: &mut Vectors) {
    let role = "verifier";
    for letter in ['e', 's', 'n'] {
        let (live, revoked) = (entry(letter, role), entry(letter, role).revoked());
        let mut bad = |name: &str, comment: &str, entries: [&Entry; 2]| {
            let text = text_of(role, &payload(&entries.map(Clone::clone)));
            vectors.ring_refused("RING-03", &format!("{name}-kind-{letter}"), comment, role, &text);
        };
        bad("live-and-revoked", "One key stands in the ring live, then revoked.", [&live, &revoked]);
        bad("revoked-and-live", "One key stands in the ring revoked, then live.", [&revoked, &live]);
        bad("revoked-twice", "One key stands in the ring revoked twice.", [&revoked, &revoked]);
    }
    let keys = TWINS.map(|label| Entry::new(&Key::new('e', label), role));
    for revoked in [0, 1] {
        let mut keys = keys.clone();
        keys[revoked] = keys[revoked].clone().revoked();
        let text = ring_of(role, &keys);
        let comment = "A live key and a revoked one with different identities have one key id.";
        vectors.ring_refused("RING-03", &format!("key-id-twice-one-revoked-{revoked}"), comment, role, &text);
    }
    let kinds = [Key::new('e', ONE_ID_E), Key::new('s', ONE_ID_S)].map(|key| Entry::new(&key, role));
    let [e, s] = kinds;
    let ring = RingDraft::new(role, vec![e, s.revoked()]);
    let comment = "A live key and a revoked one of different kinds may have one key id.";
    vectors.ring_drafted("RING-03", "key-id-of-two-kinds-one-revoked", comment, &ring);
}

fn windows(vectors: &mut Vectors) {
    let role = "verifier";
    let mut bad = |name: &str, comment: &str, from: u64, minting: u32, tail: u32| {
        let text = ring_of(role, &[entry('e', role).revoked().window(from, minting, tail)]);
        vectors.ring_refused("RING-04", &format!("revoked-{name}"), comment, role, &text);
    };
    bad("minting-0", "The window of a revoked key is checked, too.", ISSUE_FROM, 0, DAY);
    let comment = "The window of a revoked key is checked, too: one second after the last time.";
    bad("issue-from-after-the-last-time", comment, LAST_TIME + 1, 1, 0);
    bad("accept-until-after-the-last-time", comment, LAST_TIME - 30, 10, 21);
}

/// A token of this kind in a ring where its key is revoked, in this window.
fn under_tombstone(letter: char, window: (u64, u32, u32)) -> Draft {
    let draft = Draft::new(letter);
    let tomb = Entry::new(&draft.key, "verifier").window(window.0, window.1, window.2).revoked();
    draft.but(|draft| draft.settings.ring = ring_of("verifier", &[tomb]))
}

const USUAL: (u64, u32, u32) = (ISSUE_FROM, 30 * DAY, DAY);

fn each_token(vectors: &mut Vectors) {
    for letter in ['e', 's', 'n'] {
        let mut bad = |name: &str, comment: &str, draft: &Draft| {
            let name = format!("{name}-kind-{letter}");
            vectors.refused("RING-08", &name, "KeyRevoked", comment, draft);
        };
        bad("token", "The key is revoked.", &under_tombstone(letter, USUAL));
        let comment = "The key is revoked, and its window has not begun.";
        bad("token-too-early", comment, &under_tombstone(letter, (NOW + 31, DAY, DAY)));
        let comment = "The key is revoked, and its window is over.";
        bad("token-too-late", comment, &under_tombstone(letter, (NOW - 100, 50, 50)));
        let tomb = ring_of("issuer", &[entry(letter, "issuer").revoked()]);
        let draft = Draft::new(letter).but(|draft| draft.settings.ring = tomb);
        bad("token-issuer-ring", "The key is revoked in an issuer's ring.", &draft);
        let entries = ['e', 'n', 's'].map(|other| match other == letter {
            true => entry(other, "verifier").revoked(),
            false => entry(other, "verifier"),
        });
        let draft = Draft::new(letter).but(|draft| draft.settings.ring = ring_of("verifier", &entries));
        bad("token-beside-live-keys", "The key of this token is revoked, and no other.", &draft);
        let others = entries.map(|entry| match char::from(entry.letter.to_ascii_lowercase()) == letter {
            true => Entry::new(&main_key(letter), "verifier"),
            false => entry.revoked(),
        });
        let draft = Draft::new(letter).but(|draft| draft.settings.ring = ring_of("verifier", &others));
        let comment = "Every key but that of this token is revoked.";
        vectors.accepted("RING-08", &format!("beside-revoked-keys-kind-{letter}"), comment, &draft);
    }
    let last = under_tombstone('e', USUAL).but(|draft| draft.settings.now = ACCEPT_UNTIL);
    let comment = "The key is revoked, and this second its window ends.";
    vectors.refused("RING-08", "token-at-accept-until", "KeyRevoked", comment, &last);
    let ring = RingDraft::new("public", vec![entry('s', "public").revoked()]).text();
    let draft = Draft::new('s').but(|draft| draft.settings.ring = ring);
    vectors.refused(
        "RING-08",
        "token-public-ring",
        "KeyRevoked",
        "The key is revoked in a public ring.",
        &draft,
    );
}

/// The place of RING-08 among the steps of section 7.
fn steps(vectors: &mut Vectors) {
    const COMMENT: &str = "Two faults: the earlier step of section 7 gives the reason.";
    for (letter, rule) in [('e', "tok-24"), ('s', "tok-23"), ('n', "tok-24")] {
        let draft = under_tombstone(letter, USUAL).flipped(-1);
        let name = format!("before-{rule}-kind-{letter}");
        vectors.refused("RING-08", &name, "KeyRevoked", COMMENT, &draft);
    }
    let usual = under_tombstone('e', USUAL);
    let ended = usual.but(|draft| draft.settings.now = NOW + 25_200);
    vectors.refused("RING-08", "before-tok-35", "KeyRevoked", COMMENT, &ended);
    let listed = usual.revoking("revoked-key", super::hex(&usual.key.id()));
    vectors.refused("RING-08", "before-tok-37-key", "KeyRevoked", COMMENT, &listed);
    let elsewhere = usual.but(|draft| draft.settings.kinds = "s".into());
    vectors.refused("TOK-30", "before-ring-08", "KindNotAccepted", COMMENT, &elsewhere);
    let other = Draft { key: other_key('e'), ..usual };
    let comment = "Another key of this kind is revoked, and this one is not in the ring.";
    vectors.refused("TOK-31", "beside-a-revoked-key", "UnknownKey", comment, &other);
}

/// A tombstone is selected as a key is: by key id and kind.
fn selection(vectors: &mut Vectors) {
    let [e, s] = [Key::new('e', ONE_ID_E), Key::new('s', ONE_ID_S)];
    let (live_e, live_s) = (Entry::new(&e, "verifier"), Entry::new(&s, "verifier"));
    let draft = Draft { key: e, ..Draft::new('e') };
    let ring = ring_of("verifier", &[live_e.clone(), live_s.clone().revoked()]);
    let beside = draft.but(|draft| draft.settings.ring = ring);
    let comment = "The revoked key has this key id and another kind.";
    vectors.accepted("RING-08", "revoked-key-of-other-kind-e", comment, &beside);
    let ring = ring_of("verifier", &[live_s.clone().revoked()]);
    let alone = draft.but(|draft| draft.settings.ring = ring);
    vectors.refused("TOK-31", "revoked-key-of-other-kind", "UnknownKey", comment, &alone);
    let signed = Draft { key: s, ..Draft::new('s') };
    let ring = ring_of("verifier", &[live_e.revoked(), live_s]);
    let signed = signed.but(|draft| draft.settings.ring = ring);
    vectors.accepted("RING-08", "revoked-key-of-other-kind-s", comment, &signed);
    let tomb = Entry::new(&Key::new('e', TWINS[1]), "verifier").revoked();
    let draft = Draft { key: Key::new('e', TWINS[0]), ..Draft::new('e') };
    let draft = draft.but(|draft| draft.settings.ring = ring_of("verifier", &[tomb]));
    let comment = "A revoked key has this key id and kind, and another identity: a token names no more.";
    vectors.refused("RING-08", "token-of-a-twin", "KeyRevoked", comment, &draft);
}
