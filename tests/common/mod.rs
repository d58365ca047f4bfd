//! What several tests need: a repeatable random source, a ring, an issuer and a verifier over one list.
#![allow(dead_code)] // each test uses a part of it

pub mod forge;
pub mod golden;
pub mod realm;
pub mod web;

use std::sync::{Arc, RwLock};

use safeconduct::rand_core::{TryCryptoRng, TryRng};
use safeconduct::{
    AuthLevel, Context, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Reason, Ring, Seconds,
    Session, Subject, Timestamp, Verifier, Window, context,
};

pub const CONTEXT: Context = context!("shop.example", "session");
pub const NOW: u64 = 1_800_000_000;

/// A moment so many seconds after [`NOW`].
pub fn at(offset: i64) -> Timestamp {
    Timestamp::from_unix(NOW.checked_add_signed(offset).unwrap()).unwrap()
}

pub fn subject() -> Subject {
    Subject::new("usr_8f14e45fceea167a").unwrap()
}

/// SplitMix64: repeatable, and of course not fit for keys.
#[derive(Clone)]
pub struct Repeatable(pub u64);

impl TryRng for Repeatable {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Ok(z ^ (z >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

/// A random source that is broken.
pub struct Broken;

impl TryRng for Broken {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        Err(std::fmt::Error)
    }
}

impl TryCryptoRng for Broken {}

/// A generator that is stuck.
pub struct Constant;

impl TryRng for Constant {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Constant {}

/// A ring with one key of each of these kinds, minting for 30 days from [`NOW`] on.
pub fn ring(kinds: &[Kind], seed: u64) -> Ring<Issuing> {
    let mut rng = Repeatable(seed);
    let mut ring = Ring::new();
    for kind in kinds {
        let window = Window::new(at(0), Seconds::days(30), Seconds::days(1)).unwrap();
        ring.add(IssuingKey::generate(*kind, &mut rng).unwrap(), window).unwrap();
    }
    ring
}

pub type SharedList = Arc<RwLock<ExactList>>;

/// Issuer, verifier and revocation list of one small service.
pub struct Service {
    pub issuer: Issuer,
    pub verifier: Verifier<SharedList>,
    pub list: SharedList,
    pub rng: Repeatable,
}

impl Service {
    pub fn new(kind: Kind, policy: &Policy) -> Self {
        let ring = ring(&[kind], 7);
        let list = SharedList::default();
        Self {
            issuer: Issuer::new(&ring, CONTEXT, policy, kind),
            verifier: Verifier::new(&ring.verifying(), CONTEXT, policy, kind).revocations(list.clone()),
            list,
            rng: Repeatable(99),
        }
    }

    /// Text of a first token at AAL1 without claims of the application.
    pub fn log_in(&mut self, now: Timestamp) -> String {
        let grant = Grant::new(subject(), AuthLevel::Aal1);
        self.issuer.issue(&grant, now, &mut self.rng).unwrap().into_string()
    }
}

/// The session of a token that must be good.
pub fn session(service: &Service, token: &str, now: Timestamp) -> Session<()> {
    service.verifier.verify_owned(token, now).unwrap()
}

/// Why a token is refused that must be.
pub fn reason(service: &Service, token: &str, now: Timestamp) -> Reason {
    service.verifier.verify_owned::<()>(token, now).unwrap_err().reason()
}
