//! Rings as published documents: versioned, signed by the root key, wrapped (section 8.6). This module makes the good ones, `published_faults`
//! the others.

use ed25519_dalek::{Signer as _, SigningKey};

use super::Vectors;
use super::curve::{nonce, solved_over};
use super::draft::other_key;
use super::keys::{Entry, Key};
use super::primitives::{base64url, hkdf, seal, seeded};
use super::ring_draft::{Realm, RingDraft};
use super::rings::entry;

pub const ROLES: [&str; 3] = ["issuer", "verifier", "public"];
pub const DOMAIN: &[u8] = b"safeconduct/v1/ring-document";

/// A published ring and its reader. Whatever is `Some` takes the place of what would be right.
#[derive(Clone)]
pub struct Document {
    pub ring: RingDraft,
    pub version: u64,
    pub kek: [u8; 32],
    pub root: SigningKey,
    pub letter: u8,
    pub kek_id: Option<[u8; 4]>,
    pub nonce: [u8; 24],
    pub wrapping_key: Option<[u8; 32]>,
    pub associated: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub signature: Option<[u8; 64]>,
    /// So many bytes of what would be sealed are left out, from its end.
    pub left_out: usize,
    pub text: Option<String>,
    /// The role that the reader asks for.
    pub wanted: &'static str,
    pub readers_kek: [u8; 32],
    pub readers_root: [u8; 32],
}

/// The key that wraps the rings of a role.
pub fn kek_of(role: &str) -> [u8; 32] {
    seeded(&format!("KEK of role {role}"))
}

pub fn kek_id(kek: &[u8; 32]) -> [u8; 4] {
    hkdf(kek, b"safeconduct/v1/kek")
}

/// The key that a document is sealed with.
pub fn wrapping_key(kek: &[u8; 32], letter: u8) -> [u8; 32] {
    hkdf(kek, &[&b"safeconduct/v1/wrap"[..], &[letter]].concat())
}

impl Document {
    /// A document that its readers accept.
    pub fn new(ring: RingDraft) -> Self {
        let role = ring.role;
        let root = SigningKey::from_bytes(&seeded("root key"));
        Self {
            version: 42,
            kek: kek_of(role),
            letter: role.as_bytes()[0],
            kek_id: None,
            nonce: *seeded("nonce of a document").first_chunk().expect("32 bytes"),
            wrapping_key: None,
            associated: None,
            payload: None,
            signature: None,
            left_out: 0,
            text: None,
            wanted: role,
            readers_kek: kek_of(role),
            readers_root: root.verifying_key().to_bytes(),
            ring,
            root,
        }
    }

    /// The usual document of a role.
    pub fn usual(role: &'static str) -> Self {
        Self::new(RingDraft::usual(role))
    }

    /// The same with a change.
    pub fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    /// The same, signed and sealed around this payload.
    pub fn holding(&self, payload: Vec<u8>) -> Self {
        self.but(|document| document.payload = Some(payload))
    }

    /// The same, carried as this text.
    pub fn as_text(&self, text: impl Into<String>) -> Self {
        self.but(|document| document.text = Some(text.into()))
    }

    /// The same, carried as these bytes.
    pub fn as_bytes(&self, bytes: &[u8]) -> Self {
        self.as_text(format!("sc-ring.v1.wrapped.{}", base64url(bytes)))
    }

    /// The same with one bit of one byte turned over; negative offsets count from the end.
    pub fn flipped(&self, offset: isize) -> Self {
        let mut bytes = self.bytes();
        let start = if offset < 0 { bytes.len() } else { 0 };
        let position = start.checked_add_signed(offset).expect("inside the document");
        bytes[position] ^= 1;
        self.as_bytes(&bytes)
    }

    /// What is signed, piece by piece: domain, role letter, version, payload.
    pub fn signed_pieces(&self) -> [Vec<u8>; 4] {
        let payload = self.payload.clone().unwrap_or_else(|| self.ring.payload());
        [DOMAIN.to_vec(), vec![self.letter], self.version.to_be_bytes().to_vec(), payload]
    }

    pub fn signed(&self) -> Vec<u8> {
        self.signed_pieces().concat()
    }

    pub fn signature(&self) -> [u8; 64] {
        self.signature.unwrap_or_else(|| self.root.sign(&self.signed()).to_bytes())
    }

    /// The same, with a signature over something else than it should cover.
    pub fn signed_over(&self, message: &[u8]) -> Self {
        self.but(|document| document.signature = Some(document.root.sign(message).to_bytes()))
    }

    /// Role letter and KEK id: what stands in front of the nonce, and is associated.
    pub fn front(&self) -> Vec<u8> {
        [&[self.letter][..], &self.kek_id.unwrap_or_else(|| kek_id(&self.kek))].concat()
    }

    pub fn bytes(&self) -> Vec<u8> {
        let [_, _, version, payload] = self.signed_pieces();
        let mut plain = [&version[..], &payload, &self.signature()].concat();
        plain.truncate(plain.len() - self.left_out);
        let associated = self.associated.clone().unwrap_or_else(|| self.front());
        let key = self.wrapping_key.unwrap_or_else(|| wrapping_key(&self.kek, self.letter));
        [self.front(), self.nonce.to_vec(), seal(&key, &associated, &self.nonce, &plain)].concat()
    }

    pub fn text(&self) -> String {
        let text = || format!("sc-ring.v1.wrapped.{}", base64url(&self.bytes()));
        self.text.clone().unwrap_or_else(text)
    }
}

pub fn add(vectors: &mut Vectors) {
    rings(vectors);
    wrapping(vectors);
    around_the_text(vectors);
    versions(vectors);
}

fn rings(vectors: &mut Vectors) {
    for role in ROLES {
        let mut good = |name: &str, comment: &str, ring: RingDraft| {
            vectors.document_accepted("DOC-01", &format!("{role}-{name}"), comment, &Document::new(ring));
        };
        good("usual", "The usual ring of this role, published.", RingDraft::usual(role));
        let two = vec![entry('s', role), Entry::new(&other_key('s'), role).revoked()];
        good("live-and-revoked", "A live key and a revoked one.", RingDraft::new(role, two));
        let realms = vec![Realm::new("main", role, 1), Realm::new("other", role, 2)];
        good("2-realms", "A ring with two realms.", RingDraft::usual(role).with_realms(realms));
        let letter = if role == "public" { 's' } else { 'n' };
        let many = (0..16).map(|n| Entry::new(&Key::new(letter, &format!("many {n}")), role)).collect();
        let realms = ["main", "other"].map(|label| Realm::new(label, role, 2)).to_vec();
        good("largest", "The largest ring of this role.", RingDraft::new(role, many).with_realms(realms));
    }
}

fn wrapping(vectors: &mut Vectors) {
    let usual = Document::usual("verifier");
    let mut good = |name: &str, comment: &str, document: Document| {
        vectors.document_accepted("DOC-01", name, comment, &document);
    };
    good("nonce-of-zeros", "Readers cannot tell how a nonce came about.", {
        usual.but(|document| document.nonce = [0; 24])
    });
    let r = nonce().verifying_key().to_bytes();
    let signature = solved_over(&usual.root, &usual.signed(), &r, true);
    let comment =
        "A signature whose nonce is not derived as RFC 8032 does it: readers cannot tell and must not care.";
    good("other-nonce-of-signature", comment, usual.but(|document| document.signature = Some(signature)));
    good("one-kek-for-two-roles", "The reader's KEK is that of another role; the operator's business.", {
        usual.but(|document| (document.kek, document.readers_kek) = (kek_of("issuer"), kek_of("issuer")))
    });
    let ring_key = SigningKey::from_bytes(&super::draft::main_key('s').seed);
    good("root-key-in-ring", "The root key is a key of the ring as well; the operator's business.", {
        usual.but(|document| {
            document.readers_root = ring_key.verifying_key().to_bytes();
            document.root = ring_key;
        })
    });
}

fn around_the_text(vectors: &mut Vectors) {
    let usual = Document::usual("verifier");
    let text = usual.text();
    let mut good = |name: &str, comment: &str, text: String| {
        vectors.document_accepted("DOC-01", name, comment, &usual.as_text(text));
    };
    good("line-feed-at-end", "A file ends with a line end.", format!("{text}\n"));
    good("carriage-return-line-feed-at-end", "A file ends with a line end.", format!("{text}\r\n"));
    let comment = "White space around the text is ignored.";
    good("white-space-around", comment, format!(" \t\r\n\u{c}{text}\u{c}\n\t "));
    good("double-quotes-around", "A shell or a settings file leaves quotes.", format!("\"{text}\""));
    good("single-quotes-around", "A shell or a settings file leaves quotes.", format!("'{text}'"));
    good("quotes-in-white-space", "White space, then quotes.", format!("  \"{text}\"\n"));
    let mut bad = |name: &str, comment: &str, text: String| {
        vectors.document_refused("DOC-01", name, "NotADocument", comment, &usual.as_text(text));
    };
    bad("white-space-in-quotes", "What is inside the quotes is the text.", format!("\" {text}\n\""));
    bad("quotes-twice", "One pair of quotes is ignored.", format!("\"\"{text}\"\""));
    bad("quote-in-front-only", "Half a pair is no pair.", format!("\"{text}"));
    bad("no-break-space-in-front", "White space is ASCII.", format!("\u{a0}{text}"));
    bad("vertical-tab-at-end", "A vertical tab is not among the white space.", format!("{text}\u{b}"));
    bad("byte-order-mark", "A byte order mark is not white space.", format!("\u{feff}{text}"));
    bad("two-lines", "There is one document.", format!("{text}\n{text}"));
}

fn versions(vectors: &mut Vectors) {
    for role in ROLES {
        let of = |version: u64| Document::usual(role).but(|document| document.version = version);
        let largest = (1 << 63) - 1;
        let good = [
            (1, "version-1", "The first version."),
            (2, "version-2", "The second version."),
            (
                (1 << 53) + 1,
                "version-beyond-2-to-the-53",
                "A reader that counts with doubles would lose the last bit.",
            ),
            (largest, "version-largest", "The last version, 2^63 − 1."),
        ];
        for (version, name, comment) in good {
            vectors.document_accepted("DOC-04", &format!("{role}-{name}"), comment, &of(version));
        }
        let bad = [
            (0, "version-0", "Versions count up from 1."),
            (largest + 1, "version-2-to-the-63", "One more than the last version."),
            (u64::MAX, "version-of-ones", "The largest number of eight bytes."),
        ];
        for (version, name, comment) in bad {
            vectors.document_refused("DOC-04", &format!("{role}-{name}"), "Version", comment, &of(version));
        }
    }
}
