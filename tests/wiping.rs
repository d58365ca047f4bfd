//! Secrets are wiped where they stand: the memory of a ring is searched after a key was revoked, and after the ring was dropped.
#![allow(unsafe_code)] // memory is read that safe code cannot see any more

mod common;

use std::mem::ManuallyDrop;

use common::{CONTEXT, Service, at, ring};
use safeconduct::{Issuer, Issuing, Kind, Policy, Ring, Scratch, Seconds, Verifier};

/// How often a secret stands in the memory of a value.
fn count<T>(value: &ManuallyDrop<T>, secret: &[u8]) -> usize {
    let start = std::ptr::from_ref(value).cast::<u8>();
    // SAFETY: the bytes belong to the value and stay allocated, dropped or not; volatile reads see what is there.
    let bytes: Vec<u8> = (0..size_of::<T>()).map(|at| unsafe { start.add(at).read_volatile() }).collect();
    bytes.windows(secret.len()).filter(|window| *window == secret).count()
}

/// The secrets of the one key of a ring.
fn secrets(ring: &Ring<Issuing>) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let text = ring.to_text();
    let body = text.as_str().rsplit('.').next().unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).unwrap();
    let size = if ring.keys(at(0)).next().unwrap().kind == Kind::Nested { 64 } else { 32 };
    bytes[15..15 + size].chunks(32).map(<[u8]>::to_vec).collect()
}

#[test]
fn a_revoked_key_leaves_a_tombstone_without_a_secret() {
    for kind in Kind::ALL {
        let ring = ManuallyDrop::new(ring(&[kind], 1));
        let secrets = secrets(&ring);
        let id = ring.keys(at(0)).next().unwrap().id;
        let (revoked, _) = ring.revoke(kind, id, at(0), Seconds::hours(1), Seconds::new(30)).unwrap();
        let revoked: ManuallyDrop<Ring<Issuing>> =
            ManuallyDrop::new(revoked.to_text().as_str().parse().unwrap());
        let merged = ManuallyDrop::new(ring.merge(&revoked).unwrap());
        for secret in &secrets {
            assert!(count(&ring, secret) > 0, "control: it is in the ring before");
            assert_eq!((count(&revoked, secret), count(&merged, secret)), (0, 0), "kind {kind}");
        }
    }
}

#[test]
fn a_ring_and_an_issuer_that_are_dropped_are_wiped() {
    for kind in Kind::ALL {
        let mut ring = ManuallyDrop::new(ring(&[kind], 1));
        let secrets = secrets(&ring);
        let mut issuer = ManuallyDrop::new(Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind));
        let mut verifier = ManuallyDrop::new(Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, kind));
        // What an issuer signs with is on the heap, which `heap_wiping.rs` looks at.
        if kind != Kind::Encrypted {
            assert_eq!(count(&verifier, secrets.last().unwrap()), 0, "no seed is in the verifier");
        }
        // SAFETY: none of them is used again, but for looking at its bytes.
        unsafe {
            ManuallyDrop::drop(&mut ring);
            ManuallyDrop::drop(&mut issuer);
            ManuallyDrop::drop(&mut verifier);
        }
        for secret in &secrets {
            assert_eq!(
                (count(&ring, secret), count(&issuer, secret), count(&verifier, secret)),
                (0, 0, 0),
                "{kind}"
            );
        }
    }
}

#[test]
fn what_a_verification_wrote_is_wiped() {
    const SUBJECT: &[u8] = b"usr_8f14e45fceea167a";
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let token = service.log_in(at(0));
        let mut scratch = ManuallyDrop::new(Scratch::new());
        assert!(service.verifier.verify::<()>(&token, at(1), &mut scratch).is_ok());
        assert_ne!(count(&scratch, SUBJECT), 0, "control: kind {kind}");
        scratch.wipe();
        assert_eq!(count(&scratch, SUBJECT), 0, "asked to");
        assert!(service.verifier.verify::<()>(&token, at(2_000), &mut scratch).is_err());
        assert_eq!(count(&scratch, SUBJECT), 0, "refused, because it is idle");
        assert!(service.verifier.verify::<()>(&token, at(1), &mut scratch).is_ok());
        assert!(service.verifier.verify::<()>("sc1e", at(1), &mut scratch).is_err());
        assert_eq!(count(&scratch, SUBJECT), 0, "the next use");
        assert!(service.verifier.verify::<()>(&token, at(1), &mut scratch).is_ok());
        // SAFETY: it is not used again, but for looking at its bytes.
        unsafe { ManuallyDrop::drop(&mut scratch) };
        assert_eq!(count(&scratch, SUBJECT), 0, "dropped");
    }
}
