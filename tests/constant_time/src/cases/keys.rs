//! Keys: made, written, read, compared.

use std::hint::black_box;

use safeconduct::{Issuing, IssuingKey, Kind, Realm, Ring, SnapshotSigner};

use super::{public_ring, secret_ring};
use crate::secret::{self, Source};

/// Drawing keys of each kind, deriving their ids and public keys, and wiping them.
pub fn generated() {
    for kind in [Kind::Encrypted, Kind::Signed, Kind::Nested] {
        let key = IssuingKey::generate(kind, &mut Source::secret()).expect("a key");
        let id = key.id().to_bytes();
        assert_eq!(secret::secret_bytes(&id), id.len(), "the id was derived from the secret");
    }
    let realm = Realm::generate(&[signer().public()], &mut Source::secret()).expect("a realm");
    assert!(secret::secret_bytes(&realm.id().to_bytes()) > 0);
}

/// A signer that is no secret.
fn signer() -> SnapshotSigner {
    SnapshotSigner::from_seed(&[9; 32])
}

/// A ring's binary form in which the material of its one key is secret and nothing else is.
fn with_secret_material(bytes: &mut [u8], size: usize) {
    // Number of keys, then kind, window and material of the first.
    secret::hide(&mut bytes[15..][..size]);
}

const KINDS: [(Kind, usize); 3] = [(Kind::Encrypted, 32), (Kind::Signed, 32), (Kind::Nested, 64)];

/// A ring in its binary form: read and written.
pub fn ring_as_bytes() {
    for (kind, size) in KINDS {
        let mut bytes = public_ring(kind).to_bytes();
        with_secret_material(&mut bytes, size);
        let ring = Ring::<Issuing>::from_bytes(&bytes).expect("a ring");
        assert!(secret::secret_bytes(&ring.to_bytes()) >= size);
        assert!(secret::secret_bytes(&secret_ring(kind).to_bytes()) >= size);
    }
}

/// A ring as text.
pub fn ring_as_text() {
    for (kind, size) in KINDS {
        assert!(secret_ring(kind).to_text().as_str().len() > size);
        let mut text = public_ring(kind).to_text().as_str().to_owned().into_bytes();
        // Three bytes are four characters; a few of the material at its edges stay public.
        let front = "sc-ring.v1.issuer.".len();
        secret::hide(&mut text[front + 20..][..size / 3 * 4]);
        // SAFETY: bytes of a string a moment ago, and the same since; checking it again would be a report of its own.
        let text = unsafe { String::from_utf8_unchecked(text) };
        let ring: Ring<Issuing> = text.parse().expect("a ring");
        assert_eq!(ring.count(), 1);
    }
}

/// Two states of a ring, with the same key and the same realm.
pub fn merged() {
    let ring = || {
        let mut source = Source::secret();
        let filter_key: [u8; 16] = source.peek();
        let mut realm = Realm::generate(&[signer().public()], &mut source).expect("a realm");
        secret::reveal_all_but(&mut realm, &[&filter_key]);
        let mut ring = secret_ring(Kind::Nested);
        ring.add_realm(&realm).expect("room");
        ring
    };
    let both = ring().merge(&ring()).expect("a ring");
    assert_eq!((both.count(), both.realms().count()), (1, 1));
}

fn two_secrets() -> [[u8; 32]; 2] {
    black_box([secret::secret([1; 32]), secret::secret([1; 32])])
}

/// Compares as nobody should.
pub fn leak_by_comparing() {
    let [one, other] = two_secrets();
    assert!(one == other);
}

/// Looks up by a secret number.
pub fn leak_by_index() {
    let table = black_box([7_u8; 256]);
    let [[first, ..], _] = two_secrets();
    black_box(table[usize::from(first)]);
}
