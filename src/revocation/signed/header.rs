//! The signed front of a snapshot or delta (SPEC section 9.4): bytes to numbers and back.

use super::SnapshotError;
use super::filter::Geometry;
use crate::values::{RealmId, Seconds, Timestamp};

/// Size of the header, without the signature behind it.
pub(super) const HEADER: usize = 188;
/// Header and signature.
pub(super) const FRONT: usize = HEADER + 64;
/// What the signature covers in front of the header.
pub(super) const DOMAIN: &[u8] = b"safeconduct/v1/revocation-snapshot";
const FORMAT: [u8; 4] = *b"scr1";
/// Size of a SHA-256.
pub(super) const HASH: usize = 32;

/// A snapshot holds everything; a delta holds what has come since a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Snapshot = 1,
    Delta = 2,
}

/// Who publishes: a line of versions, and the key that signs this one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// The first eight bytes of the signer's public key.
    pub(super) signer: [u8; 8],
    pub(super) lineage: [u8; 8],
}

/// How many of each kind of row there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Counts {
    /// Sessions and tokens in the filter; in a delta, fingerprints.
    pub(super) entries: u32,
    /// How many of them are tokens.
    pub(super) tokens: u32,
    pub(super) keys: u32,
    pub(super) subjects: u32,
    pub(super) retired: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) form: Form,
    pub(super) realm: RealmId,
    pub(super) line: Line,
    pub(super) version: u64,
    /// The version that a delta goes on from; 0 in a snapshot.
    pub(super) base: u64,
    pub(super) issued_at: Timestamp,
    pub(super) complete_to: Timestamp,
    pub(super) not_after: Timestamp,
    /// `Timestamp::MIN` if nobody is cut off.
    pub(super) everyone_before: Timestamp,
    pub(super) min_ring_version: u64,
    /// The longest token that may be minted on the word of this snapshot.
    pub(super) token_life: Seconds,
    /// The longest token that may be accepted on the word of this snapshot.
    pub(super) longest_token: Seconds,
    pub(super) staleness_bound: Seconds,
    pub(super) geometry: Geometry,
    pub(super) counts: Counts,
    pub(super) tables_hash: [u8; HASH],
    /// Of the list of page hashes; in a delta of the fingerprints.
    pub(super) list_hash: [u8; HASH],
}

/// Where the parts of a document are, as offsets from its beginning. Computed in `u64`: on 32-bit targets a hostile header overflows `usize`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Layout {
    pub(super) tables: u64,
    pub(super) pages: u64,
    pub(super) end: u64,
}

/// What every document begins with (REV-01): the header as it is signed, the signature, and the header read.
pub(super) fn front(bytes: &[u8]) -> Result<(&[u8; HEADER], &[u8; 64], Header), SnapshotError> {
    let front: &[u8; FRONT] = bytes.first_chunk().ok_or(SnapshotError::NotASnapshot)?;
    let (raw, signature) = front.split_first_chunk::<HEADER>().ok_or(SnapshotError::NotASnapshot)?;
    let signature = signature.first_chunk().ok_or(SnapshotError::NotASnapshot)?;
    Ok((raw, signature, Header::read(raw)?))
}

impl Header {
    /// Reads the numbers, without a look at what they mean together ([`check`](Self::check)).
    pub(super) fn read(bytes: &[u8; HEADER]) -> Result<Self, SnapshotError> {
        let mut rest = bytes.as_slice();
        if take(&mut rest)? != FORMAT {
            return Err(SnapshotError::NotASnapshot);
        }
        let [form, probes, 0, 0] = take(&mut rest)? else { return Err(SnapshotError::NotASnapshot) };
        let form = match form {
            1 => Form::Snapshot,
            2 => Form::Delta,
            _ => return Err(SnapshotError::NotASnapshot),
        };
        let realm = RealmId::from_bytes(take(&mut rest)?);
        let line = Line { signer: take(&mut rest)?, lineage: take(&mut rest)? };
        let (version, base) = (long(&mut rest)?, long(&mut rest)?);
        let (issued_at, complete_to) = (moment(&mut rest)?, moment(&mut rest)?);
        let (not_after, everyone_before) = (moment(&mut rest)?, moment(&mut rest)?);
        let min_ring_version = long(&mut rest)?;
        let (token_life, longest_token) = (seconds(&mut rest)?, seconds(&mut rest)?);
        let staleness_bound = seconds(&mut rest)?;
        let (entries, tokens) = (word(&mut rest)?, word(&mut rest)?);
        let geometry = Geometry { probes, pages: word(&mut rest)?, page_bits: word(&mut rest)? };
        let (keys, subjects, retired) = (word(&mut rest)?, word(&mut rest)?, word(&mut rest)?);
        Ok(Self {
            form,
            realm,
            line,
            version,
            base,
            issued_at,
            complete_to,
            not_after,
            everyone_before,
            min_ring_version,
            token_life,
            longest_token,
            staleness_bound,
            geometry,
            counts: Counts { entries, tokens, keys, subjects, retired },
            tables_hash: take(&mut rest)?,
            list_hash: take(&mut rest)?,
        })
    }

    /// Whether the numbers go together (REV-05).
    pub(super) fn check(&self) -> Result<(), SnapshotError> {
        let Counts { entries, tokens, .. } = self.counts;
        let shape = match self.form {
            Form::Snapshot => {
                let room = self.geometry.is_possible() && self.geometry.has_room_for(entries);
                self.base == 0 && room && (entries == 0) == (self.geometry.pages == 0)
            }
            Form::Delta => {
                self.base < self.version && self.geometry == Geometry { probes: 0, pages: 0, page_bits: 0 }
            }
        };
        let times = self.complete_to <= self.issued_at && self.issued_at < self.not_after;
        let lives = self.token_life <= self.longest_token && self.token_life > Seconds::ZERO;
        let numbers = (1..=MAX_VERSION).contains(&self.version) && tokens <= entries;
        if shape && times && lives && numbers { Ok(()) } else { Err(SnapshotError::Header) }
    }

    /// Where the parts are.
    pub(super) fn layout(&self) -> Layout {
        let Counts { entries, keys, subjects, retired, .. } = self.counts;
        // Every factor is below 2^32 and every weight below 2^15, so the sums stay below 2^52.
        let times = |count: u32, size: u32| u64::from(count).wrapping_mul(u64::from(size));
        let list = match self.form {
            Form::Snapshot => times(self.geometry.pages, HASH as u32),
            Form::Delta => times(entries, 8),
        };
        let tables = (FRONT as u64).wrapping_add(list);
        let pages = [times(keys, 4), times(subjects, 16), times(retired, 12)]
            .into_iter()
            .fold(tables, u64::wrapping_add);
        let end = pages.wrapping_add(times(self.geometry.pages, self.geometry.page_bytes()));
        Layout { tables, pages, end }
    }

    #[cfg(feature = "alloc")]
    pub(super) fn write(&self) -> [u8; HEADER] {
        let Counts { entries, tokens, keys, subjects, retired } = self.counts;
        let Geometry { probes, pages, page_bits } = self.geometry;
        let times = [self.issued_at, self.complete_to, self.not_after, self.everyone_before];
        let lives = [self.token_life, self.longest_token, self.staleness_bound];
        let pieces = (FORMAT.into_iter())
            .chain([self.form as u8, probes, 0, 0])
            .chain(self.realm.to_bytes())
            .chain(self.line.signer)
            .chain(self.line.lineage)
            .chain([self.version, self.base].into_iter().flat_map(u64::to_be_bytes))
            .chain(times.into_iter().flat_map(|time| time.as_unix().to_be_bytes()))
            .chain(self.min_ring_version.to_be_bytes())
            .chain(lives.into_iter().flat_map(|life| life.get().to_be_bytes()))
            .chain(
                [entries, tokens, pages, page_bits, keys, subjects, retired]
                    .into_iter()
                    .flat_map(u32::to_be_bytes),
            )
            .chain(self.tables_hash)
            .chain(self.list_hash);
        let mut bytes = [0; HEADER];
        for (target, source) in bytes.iter_mut().zip(pieces) {
            *target = source;
        }
        bytes
    }
}

/// Highest version: what a ring's `min_snapshot_version` can name.
pub(super) const MAX_VERSION: u64 = 0xFFFF_FFFF_FFFF;

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], SnapshotError> {
    let (first, others) = rest.split_first_chunk().ok_or(SnapshotError::NotASnapshot)?;
    *rest = others;
    Ok(*first)
}

fn long(rest: &mut &[u8]) -> Result<u64, SnapshotError> {
    take(rest).map(u64::from_be_bytes)
}

fn word(rest: &mut &[u8]) -> Result<u32, SnapshotError> {
    take(rest).map(u32::from_be_bytes)
}

fn seconds(rest: &mut &[u8]) -> Result<Seconds, SnapshotError> {
    word(rest).map(Seconds::new)
}

fn moment(rest: &mut &[u8]) -> Result<Timestamp, SnapshotError> {
    Timestamp::from_unix(long(rest)?).map_err(|_| SnapshotError::Header)
}
