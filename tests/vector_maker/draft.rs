//! One token on its way to a vector: what it says, how it is proved, and under which settings it is verified.

use ed25519_dalek::Signer as _;

use super::body::Body;
use super::keys::{Entry, Key, NOW, first, ring_of, ring_of_keys};
use super::primitives::{base64url, counted_context, hkdf, seal, seeded};

/// What a verifier is configured with and asked.
#[derive(Clone)]
pub struct Settings {
    pub now: u64,
    pub context: Vec<String>,
    pub kinds: String,
    pub longest_token: u64,
    pub longest_session: u64,
    pub skew: u64,
    pub schema: u32,
    pub app: &'static str,
    pub proven: Option<[u8; 32]>,
    /// Lines of revocation data: key and value.
    pub revocation: Vec<(&'static str, String)>,
    pub ring: String,
}

/// A token and its settings. Whatever is `Some` takes the place of what would be right.
#[derive(Clone)]
pub struct Draft {
    pub key: Key,
    pub body: Body,
    pub session_id: [u8; 12],
    pub token_id: [u8; 12],
    pub settings: Settings,
    pub purpose: u8,
    /// The context that the issuer uses.
    pub minted_for: Vec<String>,
    pub letter: Option<u8>,
    pub key_id: Option<[u8; 4]>,
    pub sealing_key: Option<[u8; 32]>,
    pub signature: Option<[u8; 64]>,
    pub raw_body: Option<Vec<u8>>,
    pub text: Option<String>,
}

/// The key of this kind that the usual ring holds.
pub fn main_key(letter: char) -> Key {
    Key::new(letter, "main")
}

/// A key that is in no ring unless a vector puts it there.
pub fn other_key(letter: char) -> Key {
    Key::new(letter, "other")
}

pub fn parts(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

impl Draft {
    /// A token of this kind that is accepted.
    pub fn new(letter: char) -> Self {
        let context = parts(&["shop.example", "session"]);
        let all_keys = [main_key('e'), main_key('n'), main_key('s')];
        Self {
            key: main_key(letter),
            body: Body::usual(),
            session_id: first(seeded("session id")),
            token_id: first(seeded("token id")),
            settings: Settings {
                now: NOW,
                context: context.clone(),
                kinds: letter.to_string(),
                longest_token: 1_800,
                longest_session: 28_800,
                skew: 30,
                schema: 0,
                app: "nothing",
                proven: None,
                revocation: Vec::new(),
                ring: ring_of_keys(&all_keys.each_ref()),
            },
            purpose: 1,
            minted_for: context,
            letter: None,
            key_id: None,
            sealing_key: None,
            signature: None,
            raw_body: None,
            text: None,
        }
    }

    /// The same with a change.
    pub fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    /// The same, carried as this text.
    pub fn as_text(&self, text: impl Into<String>) -> Self {
        self.but(|draft| draft.text = Some(text.into()))
    }

    /// The same, carried as these bytes.
    pub fn as_bytes(&self, bytes: &[u8]) -> Self {
        self.as_text(base64url(bytes))
    }

    /// The same with one bit of one byte turned over; negative offsets count from the end.
    pub fn flipped(&self, offset: isize) -> Self {
        let mut bytes = self.bytes();
        let start = if offset < 0 { bytes.len() } else { 0 };
        let position = start.checked_add_signed(offset).expect("inside the token");
        bytes[position] ^= 1;
        self.as_bytes(&bytes)
    }

    /// The same with text claims of the application, which the verifier expects.
    pub fn with_app_text(&self, text: &str) -> Self {
        self.but(|draft| {
            draft.body.text(text);
            draft.settings.app = "text";
        })
    }

    /// The same under another context, on both sides.
    pub fn in_context(&self, context: &[&str]) -> Self {
        self.but(|draft| {
            draft.settings.context = parts(context);
            draft.minted_for = parts(context);
        })
    }

    /// The same with a ring of this key only, in this window.
    pub fn in_window(&self, issue_from: u64, minting: u32, tail: u32) -> Self {
        let entry = Entry::new(&self.key, "verifier").window(issue_from, minting, tail);
        self.but(|draft| draft.settings.ring = ring_of("verifier", &[entry]))
    }

    /// The same with a line of revocation data.
    pub fn revoking(&self, key: &'static str, value: impl ToString) -> Self {
        self.but(|draft| draft.settings.revocation.push((key, value.to_string())))
    }

    pub fn kind(&self) -> u8 {
        self.letter.unwrap_or(self.key.letter)
    }

    pub fn header(&self) -> [u8; 31] {
        let format = match self.kind() {
            b'e' => [0xB1, 0xCD, 0x5E],
            b's' => [0xB1, 0xCD, 0x6C],
            _ => [0xB1, 0xCD, 0x67],
        };
        let key_id = self.key_id.unwrap_or_else(|| self.key.id());
        let bytes = [&format[..], &key_id, &self.session_id, &self.token_id].concat();
        bytes.try_into().expect("3 + 4 + 12 + 12")
    }

    pub fn body_bytes(&self) -> Vec<u8> {
        self.raw_body.clone().unwrap_or_else(|| self.body.bytes())
    }

    /// Sealing key and hedging key.
    pub fn subkeys(&self) -> [u8; 64] {
        let name = [b"safeconduct/v1/subkeys", &[self.key.letter, self.purpose][..]].concat();
        hkdf(&self.key.aead, &[name, counted_context(&self.minted_for)].concat())
    }

    pub fn sealing_key(&self) -> [u8; 32] {
        self.sealing_key.unwrap_or_else(|| *self.subkeys().first_chunk().expect("64 bytes"))
    }

    /// What the signature covers, piece by piece: label, purpose, header, key identity, context, body.
    pub fn signed_pieces(&self) -> [Vec<u8>; 6] {
        [
            b"safeconduct/v1/signature".to_vec(),
            vec![self.purpose],
            self.header().to_vec(),
            self.key.identity().to_vec(),
            counted_context(&self.minted_for),
            self.body_bytes(),
        ]
    }

    pub fn signing_input(&self) -> Vec<u8> {
        self.signed_pieces().concat()
    }

    pub fn signature(&self) -> [u8; 64] {
        self.signature.unwrap_or_else(|| self.sign(&self.signing_input()))
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.signing().sign(message).to_bytes()
    }

    /// The same, with a signature over something else than it should cover.
    pub fn signed_over(&self, message: &[u8]) -> Self {
        self.but(|draft| draft.signature = Some(draft.sign(message)))
    }

    /// Body, and signature if there is one: what is sealed or, in kind `s`, sent.
    pub fn plain(&self) -> Vec<u8> {
        let mut plain = self.body_bytes();
        if self.kind() != b'e' {
            plain.extend(self.signature());
        }
        plain
    }

    pub fn bytes(&self) -> Vec<u8> {
        let header = self.header();
        let (associated, nonce) = header.split_last_chunk::<24>().expect("7 + 24");
        let rest = match self.kind() {
            b's' => self.plain(),
            _ => seal(&self.sealing_key(), associated, nonce, &self.plain()),
        };
        [&header[..], &rest].concat()
    }

    pub fn token(&self) -> String {
        self.text.clone().unwrap_or_else(|| base64url(&self.bytes()))
    }
}
