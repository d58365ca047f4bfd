//! A slow, obvious reader of safeconduct tokens and rings, written from SPEC.md alone. Rings are in `ring`, snapshots in
//! `snapshot`.
mod ring;
mod siphash;
pub mod snapshot;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::AeadInOut};
use ed25519_dalek::{Signature, VerifyingKey};
use hkdf::Hkdf;
use ring::Key;
#[allow(unused_imports, reason = "not every test reads rings themselves")]
pub use ring::{RingContents, read_published, read_ring};
use sha2::Sha256;
pub struct Input<'a> {
    pub token: &'a str,
    pub now: u64,
    pub ring: &'a str,
    pub context: &'a [&'a str],
    pub kinds: &'a str,
    pub longest_token: u64,
    pub longest_session: u64,
    pub skew: u64,
    pub schema: u32,
    pub app: App,
    pub proven: Option<[u8; 32]>,
    pub revoked: Revoked,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum App {
    Nothing,
    Text,
}
#[derive(Default, Clone, Debug)]
pub struct Revoked {
    pub complete_to: u64,
    pub everyone_before: Option<u64>,
    pub keys: Vec<[u8; 4]>,
    pub subjects: Vec<(Vec<u8>, u64)>,
    pub sessions: Vec<[u8; 12]>,
    pub tokens: Vec<([u8; 12], [u8; 12])>,
}
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    pub kind: char,
    pub key_id: [u8; 4],
    pub session_id: [u8; 12],
    pub token_id: [u8; 12],
    pub schema: u32,
    pub subject: Vec<u8>,
    pub started_at: u64,
    pub issued_at: u64,
    pub expires_at: u64,
    pub ends_at: u64,
    pub rotation: u32,
    pub level: u8,
    pub authenticated_at: u64,
    pub elevation: Option<(u8, u64, u64)>,
    pub bound_to: Option<[u8; 32]>,
    pub app: Option<String>,
}
type Bytes<'a> = &'a [u8];
const U32: u64 = u32::MAX as u64;
/// Verify. The steps and reasons are those of SPEC section 7.
pub fn verify(input: &Input<'_>) -> Result<Claims, String> {
    let keys = ring::parse_ring(input.ring, "").map_err(|_| "Ring")?.keys; // of any role
    let context = encode_context(input.context).ok_or("Context")?; // a reason not in section 7
    check(input.skew <= 120, "Skew")?; // TOK-34; a reason not in section 7
    let (now, skew) = (i128::from(input.now), i128::from(input.skew));
    check(input.token.chars().count() <= 4096, "Malformed")?; // step 1: TOK-01
    let bytes = from_base64url(input.token).ok_or("Malformed")?; // step 2: TOK-02
    check(input.token.starts_with("sc"), "Malformed")?; // TOK-03
    let form = input.token.get(2..4).ok_or("Malformed")?; // TOK-03: 3 bytes are 4 characters
    check(["1e", "1s", "1n"].contains(&form), "UnsupportedFormat")?; // step 3: TOK-04
    let kind = char::from(input.token.as_bytes()[3]);
    let tag_size = if kind == 's' { 0 } else { 16 };
    let signature_size = if kind == 'e' { 0 } else { 64 };
    check(bytes.len() >= 31 + tag_size + signature_size, "Malformed")?; // TOK-05
    check(input.kinds.contains(kind), "KindNotAccepted")?; // step 4: TOK-30
    let (header, mut body) = (&bytes[0..31], bytes[31..].to_vec());
    let wanted = |key: &&Key| key.kind == kind && key.id == header[3..7]; // TOK-31, KEY-03
    let key = keys.iter().find(wanted).ok_or("UnknownKey")?; // step 5
    check(!key.revoked, "KeyRevoked")?; // step 6: RING-08, whatever its window
    check(i128::from(key.issue_from) - skew <= now, "KeyNotYetValid")?; // TOK-32
    check(input.now < key.accept_until, "KeyExpired")?;
    if tag_size > 0 {
        body = open(key, &context, header, &body).ok_or("Forged")?; // step 7: TOK-25
    }
    if signature_size > 0 {
        body = signed(key, &context, header, &body).ok_or("Forged")?;
    }
    let (mut claims, app) = read_body(kind, header, &body).ok_or("BadClaims")?; // step 8
    let token_good = claims.expires_at - claims.issued_at <= input.longest_token;
    let session_good = claims.ends_at - claims.started_at <= input.longest_session;
    check(token_good && session_good, "CeilingExceeded")?; // step 9: TOK-33
    check(i128::from(claims.issued_at) <= now + skew, "IssuedInFuture")?; // step 10: TOK-34
    check(input.now < claims.ends_at, "Expired")?; // step 11: TOK-35
    check(input.now < claims.expires_at, "Idle")?;
    let (bound, proven) = (claims.bound_to, input.proven); // step 12: TOK-36
    check(bound.is_none() || proven.is_some(), "BindingRequired")?;
    check(bound.is_some() || proven.is_none(), "NotBound")?;
    check(bound == proven, "BindingMismatch")?;
    let (out, ids) = (&input.revoked, (claims.session_id, claims.token_id));
    let before = |cut_off: u64| claims.started_at < cut_off;
    let everyone_out = out.everyone_before.is_some_and(before);
    let subject_out = |(s, t): &(Vec<u8>, u64)| *s == claims.subject && before(*t);
    check(!everyone_out, "Revoked(everyone)")?; // step 13: TOK-37
    check(!out.keys.contains(&claims.key_id), "Revoked(key)")?;
    check(!out.subjects.iter().any(subject_out), "Revoked(subject)")?;
    check(!out.sessions.contains(&ids.0), "Revoked(session)")?;
    check(!out.tokens.contains(&ids), "Revoked(token)")?;
    let effective = input.now.max(out.complete_to); // TOK-38: step 11 again
    check(effective < claims.ends_at, "Expired")?;
    check(effective < claims.expires_at, "Idle")?;
    check(claims.schema == input.schema, "SchemaMismatch")?; // step 14: TOK-39
    claims.app = read_app(input.app, app).ok_or("BadAppClaims")?;
    Ok(claims)
}
fn check(good: bool, reason: &str) -> Result<(), String> {
    if good { Ok(()) } else { Err(reason.into()) }
}
fn take<const N: usize>(rest: &mut Bytes) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*first)
}
/// base64url without padding; each byte string has exactly one text (TOK-02, RING-01).
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = String::new();
    for character in text.chars() {
        bits += &format!("{:06b}", alphabet.find(character)?);
    }
    let (whole, unused) = bits.split_at(bits.len() / 8 * 8);
    (unused.len() < 6 && !unused.contains('1')).then_some(())?; // 6: length mod 4 is 1
    let byte = |n| u8::from_str_radix(&whole[n..n + 8], 2).ok();
    (0..whole.len()).step_by(8).map(byte).collect()
}
fn hkdf<const N: usize>(key: Bytes, info: Bytes) -> Option<[u8; N]> {
    let mut out = [0; N];
    let result = Hkdf::<Sha256>::new(None, key).expand(info, &mut out);
    result.ok().map(|()| out)
}
/// u8(length of context encoding) ‖ context encoding, as sections 3.4 and 5.1 use it.
fn encode_context(parts: &[&str]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for part in parts {
        (1..=127).contains(&part.len()).then_some(())?;
        out.extend([&[part.len() as u8], part.as_bytes()].concat());
    }
    (1..=128).contains(&out.len()).then_some(())?;
    Some([&[out.len() as u8], &out[..]].concat())
}
fn public_key(bytes: [u8; 32]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(&bytes).ok()?; // KEY-01
    let point = key.to_edwards();
    let canonical = point.compress().to_bytes() == bytes;
    (canonical && !point.is_small_order() && point.is_torsion_free()).then_some(key)
}
fn open(key: &Key, context: Bytes, header: Bytes, sealed: Bytes) -> Option<Vec<u8>> {
    let label = format!("safeconduct/v1/subkeys{}\x01", key.kind); // KEY-04; 01 is the purpose
    let subkeys: [u8; 64] = hkdf(&key.aead?, &[label.as_bytes(), context].concat())?;
    let cipher = XChaCha20Poly1305::new_from_slice(&subkeys[0..32]).ok()?;
    let (aad, nonce) = header.split_at(7); // section 5.2, TOK-24
    let (text, tag) = sealed.split_last_chunk::<16>()?;
    let (mut plain, nonce) = (text.to_vec(), nonce.try_into().ok()?);
    let buffer = plain.as_mut_slice().into();
    let result = cipher.decrypt_inout_detached(nonce, aad, buffer, tag.into());
    result.ok().map(|()| plain)
}
fn signed(key: &Key, context: Bytes, header: Bytes, signed: Bytes) -> Option<Vec<u8>> {
    let (body, signature) = signed.split_last_chunk::<64>()?;
    let mut text = b"safeconduct/v1/signature\x01".to_vec(); // TOK-20; 01 is the purpose
    text.extend([header, &key.identity, context, body].concat());
    let (public, signature) = (key.public?, Signature::from_bytes(signature));
    let result = public.verify_strict(&text, &signature); // TOK-21, TOK-22, TOK-23
    result.ok().map(|()| body.to_vec())
}
/// A varint of at most ten bytes, not above `max` (TOK-11); if `strict`, not over-long (TOK-10).
fn varint(rest: &mut Bytes, max: u64, strict: bool) -> Option<i128> {
    let last = rest.iter().take(10).position(|byte| *byte < 128)?;
    let (groups, after) = rest.split_at(last + 1);
    *rest = after;
    let join = |sum, byte: &u8| (sum << 7) + i128::from(byte & 127);
    let value = groups.iter().rev().fold(0, join);
    let over_long = last > 0 && groups[last] == 0;
    (value <= i128::from(max) && !(strict && over_long)).then_some(value)
}
fn zigzag(rest: &mut Bytes) -> Option<i128> {
    let n = varint(rest, u64::MAX, true)?;
    Some(if n % 2 == 0 { n / 2 } else { -(n / 2) - 1 })
}
fn time(value: i128) -> Option<u64> {
    let good = (0..=253_402_300_799).contains(&value); // TOK-13, RING-04
    good.then_some(value as u64)
}
/// Fields 1 to 10, and the bytes of the application's claims.
fn read_body<'a>(kind: char, header: Bytes, body: Bytes<'a>) -> Option<(Claims, Bytes<'a>)> {
    let (rest, id) = (&mut &body[..], &mut &header[3..]);
    let schema = varint(rest, U32, true)? as u32;
    let length = varint(rest, 128, true)? as usize; // TOK-12
    let (subject, after) = rest.split_at_checked(length)?;
    *rest = after;
    let issued_at = varint(rest, u64::MAX, true)?;
    let started_at = issued_at - zigzag(rest)?;
    let expires_at = issued_at + varint(rest, U32, true)?;
    let ends_at = started_at + varint(rest, U32, true)?;
    let rotation = varint(rest, U32, true)? as u32;
    let [level] = take(rest)?;
    let authenticated_at = started_at - zigzag(rest)?;
    let extras = varint(rest, 3, true)?; // TOK-11: 0 to 3 are known
    let (mut good, mut elevation) = (level <= 3, None); // TOK-11
    if extras == 1 || extras == 3 {
        let [raised] = take(rest)?;
        let until = issued_at + varint(rest, U32, true)?;
        let elevated_at = issued_at - varint(rest, U32, true)?;
        good &= raised <= 3 && raised >= level; // TOK-11, TOK-17
        good &= issued_at < until && until <= ends_at; // TOK-17
        elevation = Some((raised, time(until)?, time(elevated_at)?));
    }
    good &= !subject.is_empty() && started_at - issued_at <= 241; // TOK-12, TOK-14
    good &= issued_at < expires_at && expires_at <= ends_at && started_at < ends_at; // TOK-15
    good &= authenticated_at <= issued_at; // TOK-16
    let claims = Claims {
        kind,
        key_id: take(id)?,
        session_id: take(id)?,
        token_id: take(id)?,
        schema,
        subject: subject.to_vec(),
        started_at: time(started_at)?,
        issued_at: time(issued_at)?,
        expires_at: time(expires_at)?,
        ends_at: time(ends_at)?,
        rotation,
        level,
        authenticated_at: time(authenticated_at)?,
        elevation,
        bound_to: if extras >= 2 { Some(take(rest)?) } else { None },
        app: None,
    };
    good.then_some((claims, rest))
}
/// TOK-39: nothing left over. TOK-10 does not reach here: an over-long length is accepted.
fn read_app(app: App, mut bytes: Bytes) -> Option<Option<String>> {
    if app == App::Nothing {
        return bytes.is_empty().then_some(None);
    }
    let length = varint(&mut bytes, u64::MAX, false)?;
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    (text.len() as i128 == length).then_some(Some(text))
}
