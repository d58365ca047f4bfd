//! What a publisher makes of fixed seeds: a log, its snapshot and a delta, with rows of every scope and a filter of two pages.
#![allow(dead_code)] // each test uses a part of it

use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, KeyId, Kind, Policy, Revocation, Session, SessionId, Subject,
    TokenId, Verifier, rand_core::TryRng as _,
};
use sha2::{Digest as _, Sha256};

use super::realm::Desk;
use super::{CONTEXT, Repeatable, at};

/// Names and contents.
pub fn documents() -> [(&'static str, Vec<u8>); 4] {
    let mut desk = Desk::new(Kind::Nested, &Policy::AAL1, at(0));
    let (base, before) = (desk.snapshot(), desk.read());
    let mut rng = Repeatable(2_026);
    let mut random = || {
        let mut bytes = [0; 12];
        let Ok(()) = rng.try_fill_bytes(&mut bytes);
        bytes
    };
    let mut all = Vec::new();
    for number in 0..5_000_u32 {
        let until = at(600 + i64::from(number));
        let session = SessionId::from_bytes(random());
        all.push(Revocation::operator_session(session, until));
        if number % 50 == 0 {
            all.push(Revocation::operator_token(session, TokenId::from_bytes(random()), until));
            all.push(Revocation::operator_subject(Subject::new(random()).unwrap(), until));
        }
    }
    all.extend((0..5).map(|number| Revocation::operator_key(KeyId::from_bytes([number; 4]))));
    all.push(Revocation::operator_everyone(at(-86_400)));
    all.push(retired(&desk));
    desk.revoke_all(&all, at(10));
    let journal = desk.read();
    let delta = journal.delta_since(&before, &desk.signer).unwrap();
    [
        ("golden empty snapshot", base),
        ("golden snapshot", desk.snapshot()),
        ("golden delta", delta),
        ("golden log", desk.stored),
    ]
}

fn retired(desk: &Desk) -> Revocation {
    let issuer = Issuer::new(&desk.ring, CONTEXT, &Policy::AAL1, Kind::Nested);
    let verifier = Verifier::new(&desk.ring, CONTEXT, &Policy::AAL1, Kind::Nested);
    let verifier = verifier.revocations(ExactList::new());
    let mut rng = Repeatable(7);
    let grant = Grant::new(Subject::new("strict").unwrap(), AuthLevel::Aal1);
    let first = issuer.issue(&grant, at(0), &mut rng).unwrap();
    let first: Session<()> = verifier.verify_owned(first.as_str(), at(1)).unwrap();
    let second = issuer.rotate(&first, &mut rng).unwrap();
    let second: Session<()> = verifier.verify_owned(second.as_str(), at(1)).unwrap();
    issuer.rotate_strictly(&second, &mut rng).unwrap().retired.unwrap()
}

/// Each with the SHA-256 of its contents.
pub fn hashes() -> Vec<String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    documents().iter().map(|(name, bytes)| format!("{name}: {}", hex(&Sha256::digest(bytes)))).collect()
}
