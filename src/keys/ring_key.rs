//! What a ring holds for each key: everything, or what verifying needs.

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::{AeadKey, KeyIdentity, PublicKey, PublicKeyError, Purpose, SigningKey, Subkeys};
use crate::values::{Context, KeyId, Kind};

/// The most bytes of material of one key in a ring document.
pub(crate) const MAX_MATERIAL: usize = 64;

/// A key that can mint: what an issuer's ring holds.
///
/// There is no way to make one from a passphrase or from a slice of bytes; [`generate`](IssuingKey::generate) one, or read a ring's text.
/// Secrets are wiped on drop, and `Debug` prints kind and id only.
pub struct IssuingKey(Material<SigningKey>, KeyIdentity);

/// A key that can verify: what a verifier's ring holds.
///
/// Of kind `e` it is the same secret as the issuer's, so it can mint as well; of kinds `s` and `n` it holds no seed.
pub struct VerifyingKey(Material<PublicKey>, KeyIdentity);

/// The secrets or public keys of one ring entry; `S` is the Ed25519 half.
#[derive(Clone)]
pub(crate) enum Material<S> {
    Encrypted(AeadKey),
    Signed(S),
    Nested(AeadKey, S),
}

impl<S> Material<S> {
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Encrypted(_) => Kind::Encrypted,
            Self::Signed(_) => Kind::Signed,
            Self::Nested(..) => Kind::Nested,
        }
    }

    const fn aead(&self) -> Option<&AeadKey> {
        match self {
            Self::Encrypted(aead) | Self::Nested(aead, _) => Some(aead),
            Self::Signed(_) => None,
        }
    }

    /// The keys for this kind, purpose and context, in kinds `e` and `n` (SPEC section 3.4).
    pub(crate) fn subkeys(&self, purpose: Purpose, context: &Context) -> Option<Subkeys> {
        self.aead().map(|aead| aead.subkeys(self.kind(), purpose, context))
    }

    pub(crate) const fn ed25519(&self) -> Option<&S> {
        match self {
            Self::Encrypted(_) => None,
            Self::Signed(half) | Self::Nested(_, half) => Some(half),
        }
    }

    fn map<T>(&self, half: impl FnOnce(&S) -> T) -> Material<T> {
        match self {
            Self::Encrypted(aead) => Material::Encrypted(aead.clone()),
            Self::Signed(signing) => Material::Signed(half(signing)),
            Self::Nested(aead, signing) => Material::Nested(aead.clone(), half(signing)),
        }
    }

    /// Reads the material of a ring entry; `None` if the length is wrong for the kind.
    fn read<E>(
        kind: Kind,
        bytes: &[u8],
        half: impl FnOnce(&[u8; 32]) -> Result<S, E>,
    ) -> Option<Result<Self, E>> {
        let (first, rest) = bytes.split_first_chunk::<32>()?;
        Some(match (kind, rest) {
            (Kind::Encrypted, []) => Ok(Self::Encrypted(AeadKey::from_bytes(*first))),
            (Kind::Signed, []) => half(first).map(Self::Signed),
            (Kind::Nested, rest) => {
                let second = rest.try_into().ok()?;
                half(second).map(|half| Self::Nested(AeadKey::from_bytes(*first), half))
            }
            _ => return None,
        })
    }

    fn write(&self, half: impl FnOnce(&S) -> [u8; 32], out: &mut [u8; MAX_MATERIAL]) -> usize {
        let (first, second) = match self {
            Self::Encrypted(aead) => (Zeroizing::new(*aead.as_bytes()), None),
            Self::Signed(signing) => (Zeroizing::new(half(signing)), None),
            Self::Nested(aead, signing) => {
                (Zeroizing::new(*aead.as_bytes()), Some(Zeroizing::new(half(signing))))
            }
        };
        let mut length = 0_usize;
        for (target, source) in out.iter_mut().zip(first.iter().chain(second.iter().flat_map(|s| s.iter()))) {
            *target = *source;
            length = length.saturating_add(1);
        }
        length
    }
}

impl Material<PublicKey> {
    fn identity(&self) -> KeyIdentity {
        match self {
            Self::Encrypted(aead) => KeyIdentity::of(Kind::Encrypted, &[&aead.commitment()]),
            Self::Signed(public) => KeyIdentity::of(Kind::Signed, &[public.as_bytes()]),
            Self::Nested(aead, public) => {
                KeyIdentity::of(Kind::Nested, &[&aead.commitment(), public.as_bytes()])
            }
        }
    }
}

impl IssuingKey {
    /// A fresh random key of kind `e`: what [`generate`](Self::generate) makes of it, also without the feature `signatures`.
    ///
    /// # Errors
    ///
    /// Whatever the random source returns; no key is made then.
    pub fn generate_encrypted<G: TryCryptoRng + ?Sized>(rng: &mut G) -> Result<Self, G::Error> {
        AeadKey::generate(rng).map(Material::Encrypted).map(Self::from_material)
    }

    /// A fresh random key of this kind.
    ///
    /// # Errors
    ///
    /// Whatever the random source returns; no key is made then.
    #[cfg(feature = "signatures")]
    pub fn generate<G: TryCryptoRng + ?Sized>(kind: Kind, rng: &mut G) -> Result<Self, G::Error> {
        Ok(Self::from_material(match kind {
            Kind::Encrypted => Material::Encrypted(AeadKey::generate(rng)?),
            Kind::Signed => Material::Signed(SigningKey::generate(rng)?),
            Kind::Nested => Material::Nested(AeadKey::generate(rng)?, SigningKey::generate(rng)?),
        }))
    }

    /// A fresh random key for a ring that has one of this kind: so it is a kind that this build has. `None` if the random source fails.
    pub(crate) fn draw<G: TryCryptoRng + ?Sized>(kind: Kind, rng: &mut G) -> Option<Self> {
        match kind {
            Kind::Encrypted => Self::generate_encrypted(rng).ok(),
            #[cfg(feature = "signatures")]
            Kind::Signed | Kind::Nested => Self::generate(kind, rng).ok(),
            #[cfg(not(feature = "signatures"))]
            Kind::Signed | Kind::Nested => None,
        }
    }

    fn from_material(material: Material<SigningKey>) -> Self {
        let identity = material.map(SigningKey::public).identity();
        Self(material, identity)
    }
}

impl VerifyingKey {
    /// A key of kind `s` whose seed is elsewhere, in a hardware module for example.
    ///
    /// # Errors
    ///
    /// [`PublicKeyError`] for keys that KEY-01 refuses.
    #[cfg(feature = "signatures")]
    pub fn signed(public: &[u8; 32]) -> Result<Self, PublicKeyError> {
        PublicKey::from_bytes(public).map(|public| Self::from_material(Material::Signed(public)))
    }

    /// A key of kind `n` whose seed is elsewhere, with a fresh AEAD key.
    ///
    /// # Errors
    ///
    /// [`VerifyingKeyError`]: a public key that KEY-01 refuses, or a failing random source.
    #[cfg(feature = "signatures")]
    pub fn nested<G: TryCryptoRng + ?Sized>(
        public: &[u8; 32],
        rng: &mut G,
    ) -> Result<Self, VerifyingKeyError> {
        let public = PublicKey::from_bytes(public).map_err(VerifyingKeyError::Public)?;
        let aead = AeadKey::generate(rng).map_err(|_| VerifyingKeyError::Random)?;
        Ok(Self::from_material(Material::Nested(aead, public)))
    }

    fn from_material(material: Material<PublicKey>) -> Self {
        let identity = material.identity();
        Self(material, identity)
    }
}

/// Why a [`VerifyingKey`] was not made. The enum is complete.
#[cfg(feature = "signatures")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerifyingKeyError {
    /// The public key is refused (KEY-01).
    Public(PublicKeyError),
    /// The random source failed.
    Random,
}

#[cfg(feature = "signatures")]
impl fmt::Display for VerifyingKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public(why) => write!(f, "{why}"),
            Self::Random => f.write_str("the random source failed"),
        }
    }
}

#[cfg(feature = "signatures")]
impl core::error::Error for VerifyingKeyError {}

/// What a ring needs of the keys it holds.
pub(crate) trait RingKey: Sized {
    /// The Ed25519 half.
    type Half;
    fn material(&self) -> &Material<Self::Half>;
    fn identity(&self) -> &KeyIdentity;
    fn to_verifying(&self) -> VerifyingKey;
    /// A copy, for merging rings. Keys are not `Clone`, so that no application copies one by accident.
    fn duplicate(&self) -> Self;
    /// Reads an entry's material; `None` if its length does not fit the kind.
    fn read(kind: Kind, bytes: &[u8]) -> Option<Result<Self, PublicKeyError>>;
    /// Writes the material and returns its length: 32 or 64.
    fn write(&self, out: &mut [u8; MAX_MATERIAL]) -> usize;
}

impl RingKey for IssuingKey {
    type Half = SigningKey;

    fn material(&self) -> &Material<SigningKey> {
        &self.0
    }

    fn identity(&self) -> &KeyIdentity {
        &self.1
    }

    fn to_verifying(&self) -> VerifyingKey {
        VerifyingKey(self.0.map(SigningKey::public), self.1)
    }

    fn duplicate(&self) -> Self {
        Self(self.0.clone(), self.1)
    }

    fn read(kind: Kind, bytes: &[u8]) -> Option<Result<Self, PublicKeyError>> {
        let material = Material::read(kind, bytes, SigningKey::from_ring)?;
        Some(material.map(Self::from_material))
    }

    fn write(&self, out: &mut [u8; MAX_MATERIAL]) -> usize {
        self.0.write(|signing| *signing.seed(), out)
    }
}

impl RingKey for VerifyingKey {
    type Half = PublicKey;

    fn material(&self) -> &Material<PublicKey> {
        &self.0
    }

    fn identity(&self) -> &KeyIdentity {
        &self.1
    }

    fn to_verifying(&self) -> VerifyingKey {
        self.duplicate()
    }

    fn duplicate(&self) -> Self {
        Self(self.0.clone(), self.1)
    }

    fn read(kind: Kind, bytes: &[u8]) -> Option<Result<Self, PublicKeyError>> {
        Some(Material::read(kind, bytes, PublicKey::from_bytes)?.map(Self::from_material))
    }

    fn write(&self, out: &mut [u8; MAX_MATERIAL]) -> usize {
        self.0.write(|public| *public.as_bytes(), out)
    }
}

macro_rules! names {
    ($key:ident) => {
        impl $key {
            /// The kind of token this key is for (KEY-03).
            #[must_use]
            pub const fn kind(&self) -> Kind {
                self.0.kind()
            }

            /// The id that tokens under this key carry.
            #[must_use]
            pub fn id(&self) -> KeyId {
                self.1.key_id()
            }
        }

        impl fmt::Debug for $key {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($key), "({} {})"), self.kind().letter(), self.id())
            }
        }
    };
}

names!(IssuingKey);
names!(VerifyingKey);
