//! The bytes inside every form of a ring (SPEC section 8.1).

use zeroize::Zeroizing;

use super::entries::MAX_KEYS;
use super::realm::{MAX_REALMS, MAX_SIGNERS};
use super::role::{Ring, Role};
use super::{Entry, Realm, RealmError, RingError, RingTextError, Window, WindowError};
use crate::keys::{FilterKey, KeyIdentity, MAX_MATERIAL, RingKey};
use crate::values::{Kind, RealmId, Seconds, Timestamp};

/// Kind, start, minting and tail of an entry.
const FRONT: usize = 14;
const MAX_REALM: usize = 4 + 6 + 16 + 1 + 32 * MAX_SIGNERS;
/// The longest payload there is.
pub(super) const MAX_PAYLOAD: usize = 1 + MAX_KEYS * (FRONT + MAX_MATERIAL) + 1 + MAX_REALMS * MAX_REALM;

/// Takes a fixed number of bytes off the front.
fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Result<&'a [u8; N], RingTextError> {
    let (front, rest) = bytes.split_first_chunk().ok_or(RingTextError::Length)?;
    *bytes = rest;
    Ok(front)
}

pub(super) fn read<R: Role>(payload: &[u8]) -> Result<Ring<R>, RingTextError> {
    let mut rest = payload;
    let &[count] = take(&mut rest)?;
    if count == 0 || usize::from(count) > MAX_KEYS {
        return Err(RingTextError::KeyCount { count });
    }
    let mut ring = Ring::new();
    let mut previous: Option<(u8, KeyIdentity)> = None;
    for number in 1..=count {
        let entry = read_entry::<R>(&mut rest, number)?;
        let order = (entry.kind.byte(), entry.identity);
        if previous.is_some_and(|previous| previous > order) {
            return Err(RingTextError::Order { entry: number });
        }
        previous = Some(order);
        ring.entries.insert(entry).map_err(|why| match why {
            RingError::DuplicateId => RingTextError::DuplicateId { entry: number },
            _ => RingTextError::KeyCount { count },
        })?;
    }
    let &[count] = take(&mut rest)?;
    if usize::from(count) > MAX_REALMS {
        return Err(RingTextError::RealmCount { count });
    }
    let mut previous = None;
    for number in 1..=count {
        let realm = read_realm::<R>(&mut rest, number)?;
        if previous.is_some_and(|previous| previous >= realm.id()) {
            return Err(RingTextError::RealmOrder { realm: number });
        }
        previous = Some(realm.id());
        ring.realms.merge(&realm).map_err(|_| RingTextError::RealmOrder { realm: number })?;
    }
    if rest.is_empty() { Ok(ring) } else { Err(RingTextError::Length) }
}

fn read_entry<R: Role>(rest: &mut &[u8], number: u8) -> Result<Entry<R::Key>, RingTextError> {
    let &[letter, a, b, c, d, e, m1, m2, m3, m4, t1, t2, t3, t4] = take::<FRONT>(rest)?;
    let revoked = letter.is_ascii_uppercase();
    let kind = Kind::from_letter(char::from(letter.to_ascii_lowercase()))
        .filter(|kind| R::holds(*kind))
        .ok_or(RingTextError::UnknownKind { entry: number })?;
    if !kind.is_built() {
        return Err(RingTextError::SignaturesNotBuilt { entry: number });
    }
    let window = Timestamp::from_unix(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
        .map_err(|_| WindowError::OutOfRange)
        .and_then(|from| {
            let minting = Seconds::new(u32::from_be_bytes([m1, m2, m3, m4]));
            Window::new(from, minting, Seconds::new(u32::from_be_bytes([t1, t2, t3, t4])))
        })
        .map_err(|why| RingTextError::Window { entry: number, why })?;
    if revoked {
        let identity = KeyIdentity::from_bytes(*take(rest)?);
        return Ok(Entry { kind, id: identity.key_id(), identity, window, key: None });
    }
    let size = if kind == Kind::Nested { MAX_MATERIAL } else { 32 };
    let (material, next) = rest.split_at_checked(size).ok_or(RingTextError::Length)?;
    *rest = next;
    let key = R::Key::read(kind, material)
        .ok_or(RingTextError::Length)?
        .map_err(|why| RingTextError::PublicKey { entry: number, why })?;
    let identity = *key.identity();
    Ok(Entry { kind, id: identity.key_id(), identity, window, key: Some(key) })
}

fn read_realm<R: Role>(rest: &mut &[u8], number: u8) -> Result<Realm, RingTextError> {
    let refused = |why: RealmError| RingTextError::Realm { realm: number, why };
    let id = RealmId::from_bytes(*take(rest)?);
    let &[a, b, c, d, e, f] = take(rest)?;
    let version = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let filter_key = if R::HOLDS_SECRETS { Some(FilterKey::from_bytes(*take(rest)?)) } else { None };
    let signers = match take(rest)? {
        [1] => [Some(*take(rest)?), None],
        [2] => [Some(*take(rest)?), Some(*take(rest)?)],
        _ => return Err(refused(RealmError::SignerCount)),
    };
    Realm::new(id, version, filter_key, signers).map_err(refused)
}

/// Bytes written one after the other into memory that is wiped.
pub(super) struct Writer {
    bytes: Zeroizing<[u8; MAX_PAYLOAD]>,
    length: usize,
}

impl Writer {
    fn put(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        // Everything that a ring can hold fits: `MAX_PAYLOAD` says so.
        if let Some(target) = self.bytes.get_mut(self.length..end) {
            target.copy_from_slice(bytes);
            self.length = end;
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

pub(super) fn write<R: Role>(ring: &Ring<R>) -> Writer {
    let mut writer = Writer { bytes: Zeroizing::new([0; MAX_PAYLOAD]), length: 0 };
    let count = |number: usize| [u8::try_from(number).unwrap_or_default()];
    writer.put(&count(ring.entries.count()));
    for entry in ring.entries.iter() {
        let (minting, tail) = entry.window.durations();
        let [_, _, _, from @ ..] = entry.window.issue_from().as_unix().to_be_bytes();
        let letter = entry.kind.byte();
        writer.put(&[if entry.key.is_some() { letter } else { letter.to_ascii_uppercase() }]);
        writer.put(&from);
        writer.put(&minting.to_be_bytes());
        writer.put(&tail.to_be_bytes());
        match &entry.key {
            None => writer.put(entry.identity.as_bytes()),
            Some(key) => {
                let mut material = Zeroizing::new([0; MAX_MATERIAL]);
                let length = key.write(&mut material);
                writer.put(material.get(..length).unwrap_or_default());
            }
        }
    }
    writer.put(&count(ring.realms.iter().count()));
    for realm in ring.realms.iter() {
        let [_, _, version @ ..] = realm.min_snapshot_version.to_be_bytes();
        writer.put(&realm.id.to_bytes());
        writer.put(&version);
        if let Some(filter_key) = &realm.filter_key {
            writer.put(filter_key.as_bytes());
        }
        writer.put(&count(realm.signers().count()));
        realm.signers().for_each(|signer| writer.put(&signer));
    }
    writer
}
