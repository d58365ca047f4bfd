//! Law of `ring_text`: what parses is written again as it was, and what the root key has not signed does not open.

use safeconduct::{
    Issuing, KeyEncryptionKey, Kind, Public, Published, Ring, RootKey, RootPublicKey, Timestamp, Verifying,
};

/// Keys under which nobody has ever signed or wrapped anything.
pub struct Pins {
    kek: KeyEncryptionKey,
    root: RootPublicKey,
}

impl Default for Pins {
    fn default() -> Self {
        Self { kek: KeyEncryptionKey::from_bytes([1; 32]), root: RootKey::from_seed(&[2; 32]).public() }
    }
}

/// A ring that parses is written again as the same text, and its verifying half parses as well.
pub fn ring_text(pins: &Pins, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let inner = text.trim_ascii().trim_matches(['"', '\'']);
    if let Ok(ring) = text.parse::<Ring<Issuing>>() {
        assert_eq!(ring.to_text().as_str(), inner);
        let verifying = ring.verifying().to_text();
        assert!(verifying.as_str().parse::<Ring<Verifying>>().is_ok());
    }
    if let Ok(ring) = text.parse::<Ring<Verifying>>() {
        assert_eq!(ring.to_text().as_str(), inner);
    }
    if let Ok(ring) = text.parse::<Ring<Public>>() {
        assert_eq!(ring.to_text().as_str(), inner);
        assert!(ring.keys(Timestamp::MIN).all(|key| key.kind == Kind::Signed));
    }
    assert!(Published::<Verifying>::open(text, &pins.kek, &pins.root).is_err());
}
