//! Laws of `token_text` and `explain`: nothing is accepted that we did not make, one token has one spelling, and the inspector says what the verifier says.

use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Reason, Ring, Scratch, Seconds,
    Subject, Timestamp, Verifier, Window, inspect,
};

use super::CONTEXT;
use super::base64url::base64url;
use super::chance::Counter;

/// A ring and a genuine token of each kind. The keys are no secret: the fuzzer may know them as far as it can guess.
pub struct Setting {
    /// Takes every kind.
    any: Verifier<ExactList>,
    /// Take one kind each.
    one: Vec<(Kind, Verifier<ExactList>)>,
    tokens: Vec<String>,
    now: Timestamp,
}

impl Setting {
    /// The tokens that are accepted, and no others are.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    fn verdict(&self, verifier: &Verifier<ExactList>, text: &str) -> Result<(), Reason> {
        let verdict = verifier.verify::<()>(text, self.now, &mut Scratch::new());
        verdict.map(|_| ()).map_err(|rejected| rejected.reason())
    }

    /// Whether this text is accepted.
    pub fn accepts(&self, text: &str) -> bool {
        self.verdict(&self.any, text).is_ok()
    }
}

impl Default for Setting {
    fn default() -> Self {
        let now = Timestamp::from_unix(1_800_000_000).expect("a time");
        let mut ring = Ring::<Issuing>::new();
        let window = Window::new(now, Seconds::days(30), Seconds::days(1)).expect("a window");
        for kind in Kind::ALL {
            let Ok(key) = IssuingKey::generate(kind, &mut Counter(0));
            ring.add(key, window).expect("room");
        }
        let grant = Grant::new(Subject::new("fuzz").expect("a subject"), AuthLevel::Aal1);
        let mint = |kind| {
            let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind);
            issuer.issue(&grant, now, &mut Counter(0)).expect("a token").into_string()
        };
        let takes = |kind| Verifier::new(&ring, CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new());
        Self {
            any: takes(Kind::Encrypted).also_accepts(Kind::Signed).also_accepts(Kind::Nested),
            one: Kind::ALL.map(|kind| (kind, takes(kind))).into(),
            tokens: Kind::ALL.map(mint).into(),
            now,
        }
    }
}

/// Whether a reason says that the text is no token at all.
const fn is_no_token(reason: Reason) -> bool {
    matches!(reason, Reason::Malformed | Reason::UnsupportedFormat)
}

/// Text that is accepted is one of the tokens we made, letter by letter; what has the form of a token has one spelling; and a verifier of one kind says the same, or that it does not
/// take the kind.
pub fn token_text(setting: &Setting, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let verdict = setting.verdict(&setting.any, text);
    assert!(verdict.is_err() || setting.tokens.iter().any(|token| token == text), "accepted: {text:?}");
    // One of the three for each text: the fuzzer changes lengths all the time.
    let (kind, verifier) = &setting.one[text.len() % 3];
    let expected = match verdict {
        Err(reason) if is_no_token(reason) => verdict,
        _ if text.as_bytes()[3] == kind.letter() as u8 => verdict,
        _ => Err(Reason::KindNotAccepted),
    };
    assert_eq!(setting.verdict(verifier, text), expected);
    if !verdict.is_err_and(is_no_token) {
        let outline = inspect::outline(text).expect("a token by its form");
        let bytes: Vec<u8> = outline.parts.iter().flat_map(|part| part.content.0.clone()).collect();
        assert_eq!(bytes.len(), outline.bytes);
        assert_eq!(base64url(&bytes), text, "one spelling");
    }
}

/// The inspector's reports give the verifier's reason, for each kind that is asked for, and two answers about one text are the same.
pub fn explain(setting: &Setting, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for (_, verifier) in &setting.one {
        let verdict = setting.verdict(verifier, text);
        let again = verifier.verify_owned::<()>(text, setting.now).map(|_| ()).map_err(|r| r.reason());
        assert_eq!(verdict, again);
        let report = inspect::explain(text, setting.now, verifier);
        assert_eq!(report.reason, verdict.err().map(|reason| reason.name()));
        match inspect::outline(text) {
            Ok(_) => assert!(!verdict.is_err_and(is_no_token)),
            Err(fault) => assert_eq!(Err(fault.reason), verdict),
        }
    }
}
