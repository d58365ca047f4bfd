//! The laws that the fuzz targets assert. `tests/corpora.rs` of the library includes this file and replays the corpora through them.

use safeconduct::{
    AuthLevel, Context, ExactList, Issuer, Issuing, IssuingKey, KeyEncryptionKey, Kind, Policy, Public,
    Published, Ring, RootKey, Scratch, Seconds, Subject, Timestamp, Verifier, Verifying, Window, context,
    inspect,
};

const CONTEXT: Context = context!("fuzz");

/// A ring and a genuine token of each kind. The keys are no secret: the fuzzer may know them as far as it can guess.
pub struct Setting {
    verifiers: Vec<Verifier<ExactList>>,
    tokens: Vec<String>,
    now: Timestamp,
}

impl Setting {
    /// The tokens that are accepted, and no others are.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Whether one of the verifiers accepts this text.
    pub fn accepts(&self, text: &str) -> bool {
        self.verifiers.iter().any(|verifier| verifier.verify_owned::<()>(text, self.now).is_ok())
    }
}

/// A counter in the place of a random source: repeatable, so that a finding is.
struct Counter(u8);

impl safeconduct::rand_core::TryRng for Counter {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0 = self.0.wrapping_add(1);
        Ok(u32::from(self.0))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl safeconduct::rand_core::TryCryptoRng for Counter {}

impl Default for Setting {
    fn default() -> Self {
        let now = Timestamp::from_unix(1_800_000_000).expect("a time");
        let mut ring = Ring::<Issuing>::new();
        let window = Window::new(now, Seconds::days(30), Seconds::days(1)).expect("a window");
        for kind in Kind::ALL {
            let Ok(key) = IssuingKey::generate(kind, &mut Counter(0));
            ring.add(key, window).expect("room");
        }
        let grant = safeconduct::Grant::new(Subject::new("fuzz").expect("a subject"), AuthLevel::Aal1);
        let mint = |kind| {
            let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind);
            issuer.issue(&grant, now, &mut Counter(0)).expect("a token").into_string()
        };
        Self {
            verifiers: Kind::ALL
                .map(|kind| Verifier::new(&ring, CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new()))
                .into(),
            tokens: Kind::ALL.map(mint).into(),
            now,
        }
    }
}

/// Text that is accepted is one of the tokens we made, letter by letter; text that can be outlined has one spelling; two answers about one text are the same.
pub fn token_text(setting: &Setting, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut scratch = Scratch::new();
    for verifier in &setting.verifiers {
        let verdict =
            verifier.verify::<()>(text, setting.now, &mut scratch).map(|_| ()).map_err(|r| r.reason());
        assert!(verdict.is_err() || setting.tokens.iter().any(|token| token == text), "accepted: {text:?}");
        let again = verifier.verify_owned::<()>(text, setting.now).map(|_| ()).map_err(|r| r.reason());
        assert_eq!(verdict, again);
        let report = inspect::explain(text, setting.now, verifier);
        assert_eq!(report.reason, verdict.err().map(|reason| reason.name()));
    }
    if let Ok(outline) = inspect::outline(text) {
        let bytes: Vec<u8> = outline.parts.iter().flat_map(|part| part.content.0.clone()).collect();
        assert_eq!(bytes.len(), outline.bytes);
        assert_eq!(base64url(&bytes), text, "one spelling");
    }
}

/// A ring that parses is written again as the same text, and its verifying half parses as well. What the root key has not signed does not open.
pub fn ring_text(data: &[u8]) {
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
    // Nobody has ever signed or wrapped anything under these keys.
    let kek = KeyEncryptionKey::from_bytes([1; 32]);
    let root = RootKey::from_seed(&[2; 32]).public();
    assert!(Published::<Verifying>::open(text, &kek, &root).is_err());
}

/// Plain base64url, written here so that the law does not lean on what it checks.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * index)) as usize & 63]));
        }
    }
    text
}
