//! Revocation realms of a ring: RING-05, RING-07, and the lengths of RING-01.

use super::Vectors;
use super::curve::{NOT_CANONICAL, SMALL_ORDER, first_y, point_bytes, small_y, sum, y_plus_p};
use super::draft::Draft;
use super::keys::{Entry, Key, entry_list, text_of};
use super::primitives::{hkdf, sha256};
use super::ring_draft::{Realm, RingDraft, filter_key, realm_id, some_signers};

const ROLES: [&str; 3] = ["issuer", "verifier", "public"];

pub fn add(vectors: &mut Vectors) {
    good(vectors);
    sizes(vectors);
    numbers_and_order(vectors);
    ids(vectors);
    signers(vectors);
    points(vectors);
    lengths(vectors);
}

/// The usual ring with these realms, in order.
fn with(role: &'static str, realms: Vec<Realm>) -> RingDraft {
    RingDraft::usual(role).with_realms(realms)
}

/// The usual ring with one realm, changed.
fn changed(role: &'static str, change: impl FnOnce(&mut Realm)) -> RingDraft {
    let mut realm = Realm::new("main", role, 2);
    change(&mut realm);
    with(role, vec![realm])
}

fn good(vectors: &mut Vectors) {
    for role in ROLES {
        let mut good = |name: &str, comment: &str, ring: RingDraft| {
            vectors.ring_drafted("RING-07", &format!("{role}-{name}"), comment, &ring);
        };
        good("without-realm", "A ring without realms.", with(role, vec![]));
        good("1-realm-1-signer", "A realm with one signer.", with(role, vec![Realm::new("main", role, 1)]));
        good("1-realm-2-signers", "A realm with two signers.", with(role, vec![Realm::new("main", role, 2)]));
        let two = vec![Realm::new("main", role, 1), Realm::new("other", role, 2)];
        good("2-realms", "The most realms.", with(role, two));
        let mut shared = Realm::new("other", role, 1);
        shared.signers = some_signers("main", 1);
        let two = vec![Realm::new("main", role, 1), shared];
        good("2-realms-1-signer", "One signer for two realms.", with(role, two));
        for (name, version) in [("version-0", 0), ("version-largest", 0xFFFF_FFFF_FFFF)] {
            let ring = changed(role, |realm| realm.min_snapshot_version = version);
            good(name, "The lowest version is any number of six bytes.", ring);
        }
    }
    let id_of_zeros = changed("public", |realm| realm.id = [0; 4]);
    let comment = "In a public ring the filter key is absent: any realm id can be.";
    vectors.ring_drafted("RING-07", "public-realm-id-of-zeros", comment, &id_of_zeros);
    for letter in ['e', 's', 'n'] {
        let realms = vec![Realm::new("main", "verifier", 1), Realm::new("other", "verifier", 2)];
        let draft = Draft::new(letter).but(|draft| draft.settings.ring = with("verifier", realms).text());
        let comment = "A token under a ring with realms.";
        vectors.accepted("RING-07", &format!("token-kind-{letter}"), comment, &draft);
    }
}

fn sizes(vectors: &mut Vectors) {
    let ring = |role: &'static str, keys: usize, signers: usize| {
        let key = |n| Entry::new(&Key::new('n', &format!("many {n}")), role);
        let realms = ["main", "other"].map(|label| Realm::new(label, role, signers));
        RingDraft::new(role, (0..keys).map(key).collect()).with_realms(realms.to_vec())
    };
    for role in ["issuer", "verifier"] {
        let largest = ring(role, 16, 2);
        let comment = "The largest ring.";
        vectors.ring_drafted("RING-07", &format!("{role}-largest"), comment, &largest);
        let mut bytes = largest.payload();
        assert_eq!(bytes.len(), 1 + 16 * 78 + 1 + 2 * 91);
        bytes.push(0);
        let comment = "The largest ring, and a byte left over: no payload is so long.";
        let text = text_of(role, &bytes);
        vectors.ring_refused("RING-01", &format!("{role}-largest-and-a-byte"), comment, role, &text);
    }
    let eight = ring("verifier", 8, 1);
    assert_eq!(eight.text().len(), 1_018, "SPEC section 8.1 says so");
    let comment = "Eight keys of kind n and two realms with one signer each: 1,018 characters.";
    vectors.ring_drafted("RING-07", "8-keys-of-kind-n-and-2-realms", comment, &eight);
}

fn numbers_and_order(vectors: &mut Vectors) {
    for role in ROLES {
        let mut bad = |name: &str, comment: &str, ring: RingDraft| {
            vectors.ring_refused("RING-07", &format!("{role}-{name}"), comment, role, &ring.text());
        };
        let realm = |label: &str| Realm::new(label, role, 1);
        let three = with(role, ["main", "other", "third"].map(realm).to_vec());
        bad("3-realms", "There are two realms at most.", three);
        let swapped = with(role, ["main", "other"].map(realm).to_vec()).but(|ring| ring.realms.reverse());
        bad("realms-swapped", "Realm ids ascend.", swapped);
        let twice = with(role, vec![realm("main"), realm("main")]);
        bad("realm-twice", "No two realms are alike.", twice);
        let mut renewed = realm("main");
        (renewed.min_snapshot_version, renewed.signers) = (259, some_signers("other", 1));
        let comment = "Two realms have one id, and differ in the rest.";
        bad("realm-id-twice", comment, with(role, vec![realm("main"), renewed]));
    }
}

fn ids(vectors: &mut Vectors) {
    for role in ["issuer", "verifier"] {
        let key = filter_key("main");
        let mut bad = |name: &str, comment: &str, id: [u8; 4]| {
            let text = changed(role, |realm| realm.id = id).text();
            vectors.ring_refused("RING-07", &format!("{role}-{name}"), comment, role, &text);
        };
        let good = realm_id(&key);
        let flipped = |byte: usize| std::array::from_fn(|n| good[n] ^ u8::from(n == byte));
        bad("realm-id-first-byte", "The realm id is that of the filter key.", flipped(0));
        bad("realm-id-last-byte", "The realm id is that of the filter key.", flipped(3));
        bad("realm-id-of-other-filter-key", "The realm id is that of the filter key.", {
            realm_id(&filter_key("other"))
        });
        bad("realm-id-of-zeros", "The realm id is that of the filter key.", [0; 4]);
        bad("realm-id-of-key-bytes", "The realm id is derived from the filter key.", {
            *key.first_chunk().expect("16 bytes")
        });
        bad("realm-id-of-other-label", "The label of the realm id is safeconduct/v1/realm.", {
            hkdf(&key, b"safeconduct/v1/kek")
        });
        let hash = sha256(&[b"safeconduct/v1/realm", &key]);
        bad("realm-id-of-plain-hash", "The realm id comes from HKDF.", *hash.first_chunk().expect("32"));
        bad("realm-id-of-padded-key", "The filter key goes into HKDF with its 16 bytes.", {
            hkdf(&[&key[..], &[0; 16]].concat(), b"safeconduct/v1/realm")
        });
        let comment = "The second of two realms has the id of another filter key.";
        let second = with(role, ["main", "other"].map(|label| Realm::new(label, role, 1)).to_vec())
            .but(|ring| ring.realms[1].id[3] ^= 1);
        let name = format!("{role}-realm-id-of-second");
        vectors.ring_refused("RING-07", &name, comment, role, &second.text());
    }
}

fn signers(vectors: &mut Vectors) {
    for role in ROLES {
        let mut bad = |name: &str, comment: &str, change: &dyn Fn(&mut Realm)| {
            let text = changed(role, change).text();
            vectors.ring_refused("RING-07", &format!("{role}-{name}"), comment, role, &text);
        };
        bad("0-signers", "A realm has a signer.", &|realm| realm.signers.clear());
        bad("3-signers", "A realm has two signers at most.", &|realm| {
            realm.signers = some_signers("main", 3);
        });
        bad("signers-swapped", "Signers ascend.", &|realm| realm.signers.reverse());
        bad("signer-twice", "No two signers are alike.", &|realm| realm.signers[1] = realm.signers[0]);
    }
    let one = with("verifier", vec![Realm { count: Some(0), ..Realm::new("main", "verifier", 1) }]).text();
    let comment = "There is one signer and none is named.";
    vectors.ring_refused("RING-07", "0-signers-named-of-1", comment, "verifier", &one);
    let mut bad = |name: &str, comment: &str, count: u8| {
        let text = changed("verifier", |realm| realm.count = Some(count)).text();
        vectors.ring_refused("RING-07", name, comment, "verifier", &text);
    };
    bad("0-signers-named", "There are two signers and none is named.", 0);
    bad("1-signer-named", "There are two signers and one is named.", 1);
    bad("3-signers-named", "There are two signers and three are named.", 3);
    bad("255-signers-named", "There are two signers and 255 are named.", 255);
}

/// RING-05: signers are loaded as other public keys are.
fn points(vectors: &mut Vectors) {
    let role = "verifier";
    let mut bad = |name: &str, comment: &str, signer: [u8; 32]| {
        let text = changed(role, |realm| realm.signers = vec![signer]).text();
        vectors.ring_refused("RING-05", &format!("signer-{name}"), comment, role, &text);
    };
    for (name, encoding) in [SMALL_ORDER[0], SMALL_ORDER[2], SMALL_ORDER[5]] {
        bad(name, "A signer of small order: anybody can sign for it.", point_bytes(encoding));
    }
    let comment = "A signer in a spelling that is not its own.";
    bad("not-canonical", comment, y_plus_p(first_y(true)));
    bad("not-canonical-of-small-order", comment, point_bytes(NOT_CANONICAL[0].1));
    bad("not-a-point", "There is no point with this y.", small_y(first_y(false)));
    let good = some_signers("main", 1)[0];
    let comment = "A good key plus a point of small order: in no subgroup of prime order.";
    bad("mixed-with-order-2", comment, sum(&good, &point_bytes(SMALL_ORDER[1].1)));
    bad("mixed-with-order-8", comment, sum(&good, &point_bytes(SMALL_ORDER[4].1)));
    for role in ROLES {
        let small = point_bytes(SMALL_ORDER[1].1);
        let text = changed(role, |realm| {
            realm.signers[1] = small;
            realm.signers.sort_unstable();
        });
        let comment = "One bad signer spoils the ring, however good the other is.";
        let name = format!("{role}-bad-signer-beside-good-signer");
        vectors.ring_refused("RING-05", &name, comment, role, &text.text());
    }
}

fn lengths(vectors: &mut Vectors) {
    for role in ROLES {
        let ring = with(role, vec![Realm::new("main", role, 1)]);
        let bytes = ring.payload();
        let (front, filter) = (4 + 6, if role == "public" { 0 } else { 16 });
        let start = bytes.len() - (front + filter + 1 + 32);
        let mut bad = |name: &str, comment: &str, bytes: &[u8]| {
            let text = text_of(role, bytes);
            vectors.ring_refused("RING-01", &format!("{role}-{name}"), comment, role, &text);
        };
        let comment = "There is not even the number of realms.";
        bad("number-of-realms-missing", comment, &bytes[..start - 1]);
        bad("realm-missing", "A realm is named, and there is none.", &bytes[..start]);
        bad("realm-id-cut-off", "The realm id is cut off.", &bytes[..start + 3]);
        bad("realm-version-cut-off", "The lowest version is cut off.", &bytes[..start + front - 1]);
        let comment = "The number of signers is missing.";
        bad("number-of-signers-missing", comment, &bytes[..start + front + filter]);
        bad("signer-missing", "A signer is named, and there is none.", &bytes[..bytes.len() - 32]);
        bad("signer-cut-off", "The signer is cut off.", &bytes[..bytes.len() - 1]);
        let comment = "A byte is left over behind the realm.";
        bad("byte-left-over-behind-realm", comment, &[&bytes[..], &[0]].concat());
        let number = |count: u8| [&bytes[..start - 1], &[count], &bytes[start..]].concat();
        bad("0-realms-named", "There is a realm, and none is named.", &number(0));
        bad("2-realms-named", "There is one realm, and two are named.", &number(2));
        bad("255-realms-named", "There is one realm, and 255 are named.", &number(255));
        let second = [&bytes[..], &Realm::new("other", role, 1).bytes()].concat();
        bad("1-of-2-realms-named", "There are two realms, and one is named.", &second);
        if filter > 0 {
            bad("filter-key-cut-off", "The filter key is cut off.", &bytes[..start + front + 15]);
            let mut absent = ring.clone();
            absent.realms[0].filter_key = None;
            bad("filter-key-missing", "The filter key is missing.", &absent.payload());
        }
        let entries = entry_list(&ring.entries);
        let comment = "The number of realms stands behind the entries.";
        bad("number-of-realms-in-front", comment, &[&entries[..1], &[0], &entries[1..]].concat());
    }
}
