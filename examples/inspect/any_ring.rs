//! A ring of whatever role its text says.

use safeconduct::{
    Issuing, KeyEncryptionKey, Public, Published, PublishedError, Ring, RingText, RingTextError, Role,
    RootPublicKey, Verifying,
};

pub enum AnyRing {
    Issuer(Box<Ring<Issuing>>),
    Verifier(Box<Ring<Verifying>>),
    Public(Box<Ring<Public>>),
}

impl AnyRing {
    /// The ring of a text. Messages contain nothing of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let outcome = match text.parse::<Ring<Issuing>>() {
            Ok(ring) => Ok(Self::Issuer(Box::new(ring))),
            Err(RingTextError::OtherRole { found: "verifier", .. }) => {
                text.parse().map(|ring| Self::Verifier(Box::new(ring)))
            }
            Err(RingTextError::OtherRole { found: "public", .. }) => {
                text.parse().map(|ring| Self::Public(Box::new(ring)))
            }
            Err(why) => Err(why),
        };
        outcome.map_err(|why| match why {
            RingTextError::UnknownRole if text.contains("sc-ring.v1.wrapped.") => {
                "this is a published ring: --unwrap shows it".into()
            }
            other => other.to_string(),
        })
    }

    /// The ring of a published document and its version.
    pub fn open(
        text: &str,
        kek: &KeyEncryptionKey,
        root: &RootPublicKey,
    ) -> Result<(Self, u64), PublishedError> {
        match opened(text, kek, root) {
            Err(PublishedError::OtherRole) => {}
            other => return other.map(|(ring, version)| (Self::Issuer(ring), version)),
        }
        match opened(text, kek, root) {
            Err(PublishedError::OtherRole) => {}
            other => return other.map(|(ring, version)| (Self::Verifier(ring), version)),
        }
        opened(text, kek, root).map(|(ring, version)| (Self::Public(ring), version))
    }

    pub fn role(&self) -> &'static str {
        match self {
            Self::Issuer(_) => "issuer",
            Self::Verifier(_) => "verifier",
            Self::Public(_) => "public",
        }
    }

    /// The ring of an issuer, or a message that it is none.
    pub fn into_issuing(self) -> Result<Ring<Issuing>, String> {
        match self {
            Self::Issuer(ring) => Ok(*ring),
            other => {
                Err(format!("this needs an issuer's ring, and the role of this one is {}", other.role()))
            }
        }
    }

    /// The ring for nodes that verify.
    pub fn verifying(&self) -> Result<Ring<Verifying>, String> {
        match self {
            Self::Issuer(ring) => Ok(ring.verifying()),
            Self::Verifier(ring) => Ok(ring.verifying()),
            Self::Public(_) => Err("a public ring does not hold what a verifier's ring needs".into()),
        }
    }

    /// The ring for anybody.
    pub fn public(&self) -> Result<Ring<Public>, String> {
        let ring = match self {
            Self::Issuer(ring) => ring.public(),
            Self::Verifier(ring) => ring.public(),
            Self::Public(ring) => ring.public(),
        };
        // A ring without keys has no text.
        if ring.count() == 0 {
            Err("a public ring holds keys of kind s, and this ring has none".into())
        } else {
            Ok(ring)
        }
    }

    /// Its text: a secret, unless it is public.
    pub fn to_text(&self) -> RingText {
        match self {
            Self::Issuer(ring) => ring.to_text(),
            Self::Verifier(ring) => ring.to_text(),
            Self::Public(ring) => ring.to_text(),
        }
    }
}

fn opened<R: Role>(
    text: &str,
    kek: &KeyEncryptionKey,
    root: &RootPublicKey,
) -> Result<(Box<Ring<R>>, u64), PublishedError> {
    let found = Published::<R>::open(text, kek, root)?;
    let version = found.version();
    Ok((Box::new(found.into_ring()), version))
}
