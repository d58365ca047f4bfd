//! Key rings as SPEC section 8 describes them: the plain text (8.1) and the published form (8.6).
use super::{Bytes, check, from_base64url, hkdf, public_key, take, time};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::AeadInOut};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
/// What a ring text says, without its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RingContents {
    /// kind letter lower-case, key id, issue_from, issue_until, accept_until, revoked
    pub keys: Vec<(char, [u8; 4], u64, u64, u64, bool)>,
    /// realm id, min_snapshot_version, has filter key, signers
    pub realms: Vec<Realm>,
}
pub type Realm = ([u8; 4], u64, bool, Vec<[u8; 32]>);
/// One entry, live or a tombstone.
pub struct Key {
    pub kind: char, // lower-case, of a revoked key too
    pub id: [u8; 4],
    pub issue_from: u64,
    pub issue_until: u64,
    pub accept_until: u64,
    pub revoked: bool,
    pub identity: [u8; 32],
    pub aead: Option<[u8; 32]>,       // live e and n keys
    pub public: Option<VerifyingKey>, // live s and n keys
}
pub struct Ring {
    pub keys: Vec<Key>,
    pub realms: Vec<Realm>,
    pub filter_keys: Vec<Option<[u8; 16]>>, // one for each realm
}
/// Parse a ring text of the wanted role ("issuer", "verifier" or "public"; "" = any of them).
pub fn read_ring(text: &str, role: &str) -> Result<RingContents, String> {
    parse_ring(text, role).map(contents)
}
fn contents(ring: Ring) -> RingContents {
    let row = |k: &Key| (k.kind, k.id, k.issue_from, k.issue_until, k.accept_until, k.revoked);
    RingContents { keys: ring.keys.iter().map(row).collect(), realms: ring.realms }
}
/// RING-01: white space around the text, then one pair of quotes around it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim_ascii(); // space, tab, line feed, form feed, carriage return
    let unquote = |q| text.strip_prefix(q)?.strip_suffix(q);
    unquote('"').or(unquote('\'')).unwrap_or(text)
}
/// The plain text of section 8.1.
pub fn parse_ring(text: &str, wanted_role: &str) -> Result<Ring, String> {
    let text = unwrapped(text).strip_prefix("sc-ring.v1.").ok_or("version")?;
    let (role, data) = text.split_once('.').ok_or("no role")?;
    check(["issuer", "verifier", "public"].contains(&role), "unknown role")?;
    check(wanted_role.is_empty() || wanted_role == role, "another role")?;
    let bytes = from_base64url(data).ok_or("base64url")?;
    let (payload, checksum) = bytes.split_last_chunk::<4>().ok_or("length")?;
    let label = format!("safeconduct/v1/ring/{role}\0");
    let sum = Sha256::digest([label.as_bytes(), payload].concat());
    check(sum[0..4] == *checksum, "checksum")?;
    read_payload(payload, role)
}
fn read_payload(payload: Bytes, role: &str) -> Result<Ring, String> {
    let mut rest = payload;
    let [count] = take(&mut rest).ok_or("length")?;
    check((1..=16).contains(&count), "number of entries")?; // RING-02
    let mut keys: Vec<Key> = Vec::new();
    for _ in 0..count {
        let new = read_entry(&mut rest, role).ok_or("entry")?;
        for old in &keys {
            check((old.kind, old.identity) < (new.kind, new.identity), "order")?; // RING-02
            check((old.kind, old.id) != (new.kind, new.id), "same key id")?; // RING-03
        }
        keys.push(new);
    }
    let [count] = take(&mut rest).ok_or("length")?;
    check(count <= 2, "number of realms")?; // RING-07
    let mut realms: Vec<(Realm, _)> = Vec::new();
    for _ in 0..count {
        let new = read_realm(&mut rest, role).ok_or("realm")?;
        let ascending = realms.iter().all(|old| old.0.0 < new.0.0);
        check(ascending, "order of realms")?; // RING-07
        realms.push(new);
    }
    check(rest.is_empty(), "bytes left over")?; // RING-01: wrong length
    let (realms, filter_keys) = realms.into_iter().unzip();
    Ok(Ring { keys, realms, filter_keys })
}
fn number(bytes: Bytes) -> i128 {
    bytes.iter().fold(0, |n, byte| n * 256 + i128::from(*byte)) // section 1: big-endian
}
fn read_entry(rest: &mut Bytes, role: &str) -> Option<Key> {
    let fixed: [u8; 14] = take(rest)?;
    let kind = fixed[0].to_ascii_lowercase();
    let revoked = fixed[0] != kind;
    let known: Bytes = if role == "public" { b"s" } else { b"esn" }; // RING-06: S is fine, E and N are not
    known.contains(&kind).then_some(())?; // RING-01
    let issue_from = number(&fixed[1..6]);
    let issue_until = issue_from + number(&fixed[6..10]);
    let accept_until = issue_until + number(&fixed[10..14]);
    (issue_from < issue_until).then_some(())?; // RING-04: minting is not 0
    let (mut aead, mut public) = (None, None);
    let identity: [u8; 32] = if revoked {
        take(rest)? // KEY-02: of a revoked key it is read
    } else {
        let mut text = [b"safeconduct/v1/key", &[kind][..]].concat(); // KEY-02
        if kind != b's' {
            let secret: [u8; 32] = take(rest)?;
            text.extend(hkdf::<32>(&secret, b"safeconduct/v1/commitment")?);
            aead = Some(secret);
        }
        if kind != b'e' {
            let raw: [u8; 32] = take(rest)?;
            let derived = || SigningKey::from_bytes(&raw).verifying_key().to_bytes();
            let bytes = if role == "issuer" { derived() } else { raw }; // RING-06: only issuers hold seeds
            public = Some(public_key(bytes)?); // RING-05
            text.extend(bytes);
        }
        Sha256::digest(text).into()
    };
    Some(Key {
        kind: char::from(kind),
        id: take(&mut &identity[..])?,
        issue_from: time(issue_from)?, // RING-04, of a revoked key too
        issue_until: time(issue_until)?,
        accept_until: time(accept_until)?,
        revoked,
        identity,
        aead,
        public,
    })
}
fn read_realm(rest: &mut Bytes, role: &str) -> Option<(Realm, Option<[u8; 16]>)> {
    let id: [u8; 4] = take(rest)?;
    let version: [u8; 6] = take(rest)?; // any value: 0 to 2^48 − 1
    let has_filter_key = role != "public"; // RING-06
    let filter_key: Option<[u8; 16]> = if has_filter_key { Some(take(rest)?) } else { None };
    if let Some(key) = filter_key {
        (hkdf(&key, b"safeconduct/v1/realm")? == id).then_some(())?; // RING-07; if public, as it is
    }
    let [count] = take(rest)?;
    (count == 1 || count == 2).then_some(())?;
    let mut signers: Vec<[u8; 32]> = Vec::new();
    for _ in 0..count {
        let signer = take(rest)?;
        public_key(signer)?; // RING-05
        signers.iter().all(|old| *old < signer).then_some(())?; // RING-07
        signers.push(signer);
    }
    Some(((id, number(&version) as u64, has_filter_key, signers), filter_key))
}
/// Open a published ring (section 8.6). The refusals come in the order of DOC-01.
pub fn read_published(
    text: &str,
    role: &str,
    kek: &[u8; 32],
    root: &[u8; 32],
) -> Result<(u64, RingContents), String> {
    let data = unwrapped(text).strip_prefix("sc-ring.v1.wrapped.").ok_or("NotADocument")?;
    let bytes = from_base64url(data).ok_or("NotADocument")?;
    // DOC-01, of the decoded bytes and for every role: 117 without a payload, and the longest payload.
    check((117..=1549).contains(&bytes.len()), "NotADocument")?;
    let letter: &str = match role {
        "issuer" => "i",
        "verifier" => "v",
        "public" => "p",
        _ => return Err("OtherRole".into()),
    };
    check(bytes[0..1] == *letter.as_bytes(), "OtherRole")?; // DOC-01
    let kek_id: [u8; 4] = hkdf(kek, b"safeconduct/v1/kek").ok_or("OtherKeyEncryptionKey")?;
    check(bytes[1..5] == kek_id, "OtherKeyEncryptionKey")?;
    let plain = unseal(kek, letter, &bytes).ok_or("DoesNotOpen")?;
    let (document, signature) = plain.split_last_chunk().ok_or("DoesNotOpen")?;
    let signed = [b"safeconduct/v1/ring-document", letter.as_bytes(), document].concat();
    let root = public_key(*root).ok_or("BadSignature")?; // KEY-01
    let result = root.verify_strict(&signed, &Signature::from_bytes(signature)); // TOK-21 to TOK-23
    check(result.is_ok(), "BadSignature")?;
    let (version, payload) = document.split_first_chunk().ok_or("NotADocument")?;
    let version = u64::from_be_bytes(*version);
    check(version != 0 && version < 1 << 63, "Version")?; // DOC-04
    let ring = read_payload(payload, role).map_err(|_| "Ring")?; // DOC-01: section 8.1, without checksum
    Ok((version, contents(ring)))
}
fn unseal(kek: &[u8; 32], letter: &str, bytes: Bytes) -> Option<Vec<u8>> {
    let info = format!("safeconduct/v1/wrap{letter}");
    let key: [u8; 32] = hkdf(kek, info.as_bytes())?;
    let cipher = XChaCha20Poly1305::new_from_slice(&key).ok()?;
    let (aad, rest) = bytes.split_at_checked(5)?; // role letter ‖ KEK id
    let (nonce, sealed) = rest.split_first_chunk::<24>()?;
    let (text, tag) = sealed.split_last_chunk::<16>()?;
    let mut plain = text.to_vec();
    let buffer = plain.as_mut_slice().into();
    let result = cipher.decrypt_inout_detached(nonce.into(), aad, buffer, tag.into());
    result.ok().map(|()| plain)
}
