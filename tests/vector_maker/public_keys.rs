//! Public keys that a ring must not hold: KEY-01 and RING-05.

use super::Vectors;
use super::curve::{NOT_CANONICAL, SMALL_ORDER, first_y, is_point, point_bytes, small_y, sum, y_plus_p};
use super::draft::main_key;
use super::keys::{Entry, Key, identity_of, ring_of};
use super::primitives::seeded;

pub fn add(vectors: &mut Vectors) {
    let mut bad = |name: &str, comment: &str, public: [u8; 32]| {
        let ring = ring_with('s', public);
        vectors.ring_refused("KEY-01", &format!("public-key-{name}"), comment, "verifier", &ring);
    };
    for (name, encoding) in SMALL_ORDER {
        bad(name, "A point of small order: anybody can sign for it.", point_bytes(encoding));
    }
    for (name, encoding) in NOT_CANONICAL {
        let comment = "A point of small order in a spelling that is not its own.";
        bad(&format!("not-canonical-{name}"), comment, point_bytes(encoding));
    }
    // Of the 19 values of y that have such a spelling, none belongs to the subgroup of prime order.
    let comment =
        "A point of large order in a spelling that is not its own, y + p; it is of mixed order as well.";
    bad("not-canonical-large-order", comment, y_plus_p(first_y(true)));
    let mut signed = y_plus_p(first_y(true));
    signed[31] |= 0x80;
    bad("not-canonical-large-order-odd", comment, signed);
    bad("not-a-point", "There is no point with this y.", small_y(first_y(false)));
    bad("of-ones", "The largest 32 bytes.", [0xFF; 32]);
    let good = main_key('s').public();
    for (name, encoding) in [SMALL_ORDER[1], SMALL_ORDER[2], SMALL_ORDER[4], SMALL_ORDER[7]] {
        let comment = "A good key plus a point of small order: in no subgroup of prime order.";
        bad(&format!("mixed-with-{name}"), comment, sum(&good, &point_bytes(encoding)));
    }
    let reversed = (0..)
        .map(|n| Key::new('s', &format!("reversed {n}")).public())
        .map(|public| std::array::from_fn(|n| public[31 - n]))
        .find(|bytes| !is_point(bytes))
        .expect("about every second");
    bad("big-endian", "A public key written from its end; it is not a point.", reversed);
    nested(vectors);
}

/// A verifier's ring of one key with this public half.
fn ring_with(letter: char, public: [u8; 32]) -> String {
    let usual = Entry::new(&main_key(letter), "verifier");
    let aead = seeded("AEAD key beside a bad public key");
    let material = if letter == 'n' { [aead, public].concat() } else { public.to_vec() };
    let entry = Entry { identity: identity_of(letter as u8, &aead, &public), material, ..usual };
    ring_of("verifier", &[entry])
}

fn nested(vectors: &mut Vectors) {
    let mut bad = |name: &str, comment: &str, public: [u8; 32]| {
        let ring = ring_with('n', public);
        vectors.ring_refused("RING-05", &format!("kind-n-public-key-{name}"), comment, "verifier", &ring);
    };
    let comment = "The second half of a key of kind n has small order.";
    bad("small-order", comment, point_bytes(SMALL_ORDER[0].1));
    let comment = "The second half of a key of kind n is a point in a spelling that is not its own.";
    bad("not-canonical", comment, y_plus_p(first_y(true)));
    bad("not-a-point", "The second half of a key of kind n is not a point.", small_y(first_y(false)));
    let mixed = sum(&main_key('n').public(), &point_bytes(SMALL_ORDER[4].1));
    bad("mixed", "The second half of a key of kind n is in no subgroup of prime order.", mixed);
    let good = Entry::new(&main_key('s'), "verifier");
    let small = Entry { material: point_bytes(SMALL_ORDER[1].1).to_vec(), ..good.clone() };
    let small = Entry { identity: identity_of(b's', &[0; 32], &point_bytes(SMALL_ORDER[1].1)), ..small };
    let comment = "One bad key spoils the ring, however good the other is.";
    vectors.ring_refused(
        "RING-05",
        "bad-key-beside-good-key",
        comment,
        "verifier",
        &ring_of("verifier", &[good, small]),
    );
}
