//! What opens rings that lie in a store which is not trusted.

use safeconduct::{KeyEncryptionKey, RootPublicKey};

use crate::setting::SetUpError;

/// The key that published rings are wrapped under, and the half of the root key that checks their signatures.
pub(crate) struct DocumentKeys {
    pub(crate) wrapping: KeyEncryptionKey,
    pub(crate) root: RootPublicKey,
}

/// The prefix of a key file, as the inspector and the desk write it.
const KEK: &str = "sc-kek.v1.";

impl DocumentKeys {
    /// `None` where rings come as a secret and in no other way.
    pub(crate) fn read(key: Option<&str>, root: Option<&str>) -> Result<Option<Self>, SetUpError> {
        let (key, root) = match (key, root) {
            (None, None) => return Ok(None),
            (Some(key), Some(root)) => (key, root),
            (None, _) => return Err(SetUpError::new("RING_KEY", "is missing, and RING_ROOT is there")),
            (_, None) => return Err(SetUpError::new("RING_ROOT", "is missing, and RING_KEY is there")),
        };
        let bytes = key.trim().strip_prefix(KEK).and_then(unhex);
        let bytes = bytes
            .ok_or_else(|| SetUpError::new("RING_KEY", "is not sc-kek.v1. and 64 hexadecimal digits"))?;
        let wrapping = KeyEncryptionKey::from_bytes(bytes);
        let bytes =
            unhex(root.trim()).ok_or_else(|| SetUpError::new("RING_ROOT", "is not 64 hexadecimal digits"))?;
        let root = RootPublicKey::from_bytes(&bytes)
            .map_err(|why| SetUpError::new("RING_ROOT", &why.to_string()))?;
        Ok(Some(Self { wrapping, root }))
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}
