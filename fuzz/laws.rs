//! The laws that the fuzz targets assert. `tests/corpora.rs` of the library includes this file and replays the corpora through them.

use ed25519_dalek::{Signer as _, SigningKey};
use safeconduct::{
    Answer, AuthLevel, Context, ExactList, Floors, Issuer, Issuing, IssuingKey, Journal, JournalSettings,
    KeyEncryptionKey, Kind, Policy, Public, Published, Realm, Revocation, Revocations, Ring, RootKey,
    Scratch, Seconds, Session, Snapshot, SnapshotError, SnapshotKeys, SnapshotSigner, Subject, Timestamp,
    Verifier, Verifying, Window, context, inspect,
};
use sha2::{Digest as _, Sha256};

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

/// Where the only page of the genuine snapshot is: behind header, signature, its hash and a row of a subject.
const PAGE: usize = 252 + 32 + 16;

/// A realm with its publisher, a genuine snapshot in which one session is out, and that session with one that is not.
pub struct Desk {
    keys: SnapshotKeys,
    signer: SigningKey,
    realm: [u8; 4],
    genuine: Vec<u8>,
    out: Session<()>,
    live: Session<()>,
    now: Timestamp,
}

impl Desk {
    /// The snapshot, for the fuzzer to start from.
    pub fn genuine(&self) -> &[u8] {
        &self.genuine
    }
}

impl Default for Desk {
    fn default() -> Self {
        let now = Timestamp::from_unix(1_800_000_000).expect("a time");
        let mut chance = Counter(0);
        let Ok(signer) = SnapshotSigner::generate(&mut chance);
        let realm = Realm::generate(&[signer.public()], &mut chance).expect("a realm");
        let mut ring = Ring::<Issuing>::new();
        let window = Window::new(now, Seconds::days(30), Seconds::days(1)).expect("a window");
        let Ok(key) = IssuingKey::generate(Kind::Encrypted, &mut chance);
        ring.add(key, window).expect("room");
        ring.add_realm(&realm).expect("room");
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
        let verifier =
            Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).dangerous_without_revocation();
        let mut session = |name: &str| -> Session<()> {
            let grant = safeconduct::Grant::new(Subject::new(name).expect("a subject"), AuthLevel::Aal1);
            let token = issuer.issue(&grant, now, &mut chance).expect("a token");
            verifier.verify_owned(token.as_str(), now).expect("a session")
        };
        let (out, live) = (session("out"), session("live"));
        let mut journal =
            Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut Counter(9)).expect("a log");
        journal.record(&out.revocation());
        journal.record(&Revocation::operator_subject(Subject::new("other").expect("a subject"), now));
        let (journal, _) = journal.commit(now, &signer).expect("a version").stored();
        let genuine = journal.snapshot(&signer).expect("a snapshot");
        let seed = signer.to_secret_seed();
        Self {
            keys: SnapshotKeys::of(&ring),
            signer: SigningKey::from_bytes(&seed),
            realm: realm.id().to_bytes(),
            genuine,
            out,
            live,
            now,
        }
    }
}

/// Nobody's bytes but ours are a snapshot. And if the signer himself signs what the fuzzer made of it: it is refused, or it answers without reading where it must not, always the same,
/// and the inspector says the same of it.
pub fn snapshot(desk: &Desk, data: &[u8]) {
    let floors = Floors::new();
    let open = |bytes: &[u8]| Snapshot::open(bytes.to_vec(), &desk.keys, desk.now, &floors);
    if let Ok(taken) = open(data) {
        // A page is looked at when it is needed; all before it is checked at opening.
        let (bytes, genuine) = (taken.bytes(), desk.genuine());
        let whole = bytes == genuine;
        assert!(bytes.len() == genuine.len() && (whole || bytes[..PAGE] == genuine[..PAGE]), "taken");
        let (out, live) =
            (taken.check(&desk.out.facts(), desk.now), taken.check(&desk.live.facts(), desk.now));
        if whole {
            assert!(matches!((out, live), (Answer::Revoked(_), Answer::Clear(_))));
        } else {
            assert_eq!((out, live), (Answer::Damaged, Answer::Damaged));
        }
    }
    let signed = signed_again(desk, data);
    let report = inspect::snapshot(&signed, Some(&desk.keys), desk.now, &floors);
    match open(&signed) {
        // The inspector reads deltas as well.
        Err(SnapshotError::OtherForm) => {}
        Err(why) => assert_eq!(report.reason, Some(why.name())),
        Ok(mut taken) => {
            for session in [&desk.out, &desk.live] {
                let answer = taken.check(&session.facts(), desk.now);
                assert_eq!(answer, taken.check(&session.facts(), desk.now));
                let _ = taken.cut_off(session.subject());
            }
            let _ = taken.check_pages();
            // The same bytes as a delta: refused, or taken whole.
            let before = taken.version();
            if taken.apply(&signed, &desk.keys, desk.now, &floors).is_err() {
                assert_eq!(taken.version(), before);
            }
        }
    }
}

/// The document with the right realm and signer, the hashes of whatever is there, and a good signature.
fn signed_again(desk: &Desk, data: &[u8]) -> Vec<u8> {
    const FRONT: usize = 252;
    let mut bytes = data.to_vec();
    bytes.resize(bytes.len().max(FRONT), 0);
    let word = |bytes: &[u8], at: usize| {
        bytes[at..at + 4].iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte))
    };
    bytes[..4].copy_from_slice(b"scr1");
    bytes[8..12].copy_from_slice(&desk.realm);
    bytes[12..20].copy_from_slice(&desk.signer.verifying_key().as_bytes()[..8]);
    let list = if bytes[4] == 2 { word(&bytes, 96) * 8 } else { word(&bytes, 104) * 32 };
    let rows = word(&bytes, 112) * 4 + word(&bytes, 116) * 16 + word(&bytes, 120) * 12;
    let end = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let (tables, pages) = (end(FRONT as u64 + list), end(FRONT as u64 + list + rows));
    let list: [u8; 32] = Sha256::digest(&bytes[FRONT..tables]).into();
    let rows: [u8; 32] = Sha256::digest(&bytes[tables..pages]).into();
    bytes[124..156].copy_from_slice(&rows);
    bytes[156..188].copy_from_slice(&list);
    let message = [b"safeconduct/v1/revocation-snapshot", &bytes[..188]].concat();
    let signature = desk.signer.sign(&message).to_bytes();
    bytes[188..FRONT].copy_from_slice(&signature);
    bytes
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
