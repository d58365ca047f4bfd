//! What the crate makes of published rings.

use safeconduct::{
    Issuing, KeyEncryptionKey, Public, Published, PublishedError, Role, RootPublicKey, Verifying,
};

use super::by_crate::described_ring;
use super::{Vector, unhex};

/// Version, keys and realms of a published ring, or the name of the error.
pub fn read_published(vector: &Vector) -> Result<(u64, Vec<String>), String> {
    match vector.one("role") {
        "issuer" => read_published_of::<Issuing>(vector),
        "verifier" => read_published_of::<Verifying>(vector),
        "public" => read_published_of::<Public>(vector),
        other => panic!("unknown role {other}"),
    }
}

fn read_published_of<R: Role>(vector: &Vector) -> Result<(u64, Vec<String>), String> {
    let kek = KeyEncryptionKey::from_bytes(unhex(vector.one("kek")));
    let root = RootPublicKey::from_bytes(&unhex(vector.one("root"))).expect("a public key");
    let opened = Published::<R>::open(&vector.unescaped("document"), &kek, &root);
    let published = opened.map_err(|why| error_name(&why).to_owned())?;
    Ok((published.version(), described_ring(&published.into_ring())))
}

fn error_name(error: &PublishedError) -> &'static str {
    match error {
        PublishedError::NotADocument => "NotADocument",
        PublishedError::OtherRole => "OtherRole",
        PublishedError::OtherKeyEncryptionKey { .. } => "OtherKeyEncryptionKey",
        PublishedError::DoesNotOpen => "DoesNotOpen",
        PublishedError::BadSignature => "BadSignature",
        PublishedError::Version => "Version",
        PublishedError::Ring(_) => "Ring",
        other => panic!("opening a document says {other:?}"),
    }
}
