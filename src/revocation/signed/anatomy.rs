//! What a snapshot or delta says about itself, part by part, whether it is believed or not: for the inspector.

use alloc::vec::Vec;

use super::build::counted_rate;
use super::filter::Geometry;
use super::header::{DOMAIN, FRONT, Form, HASH, HEADER, Header, Layout, front};
use super::opened::open;
use super::tables::Tables;
use super::{Floors, Snapshot, SnapshotError, SnapshotKeys};
use crate::proof::document;
use crate::values::{RealmId, Seconds, Timestamp};

/// The numbers of a header, and what stands behind it if that is as long as the numbers say.
pub(crate) struct Anatomy {
    pub(crate) is_delta: bool,
    pub(crate) realm: RealmId,
    pub(crate) signer: [u8; 8],
    pub(crate) lineage: [u8; 8],
    pub(crate) version: u64,
    pub(crate) base: u64,
    pub(crate) issued_at: Timestamp,
    pub(crate) complete_to: Timestamp,
    pub(crate) not_after: Timestamp,
    /// When its validity ends on a node with these floors.
    pub(crate) valid_until: Timestamp,
    pub(crate) everyone_before: Option<Timestamp>,
    pub(crate) min_ring_version: u64,
    pub(crate) token_life: Seconds,
    pub(crate) longest_token: Seconds,
    pub(crate) staleness_bound: Seconds,
    pub(crate) probes: u8,
    pub(crate) pages: u32,
    pub(crate) page_bits: u32,
    /// In the filter or the list of a delta, tokens included.
    pub(crate) entries: u32,
    pub(crate) tokens: u32,
    pub(crate) keys: u32,
    pub(crate) subjects: u32,
    pub(crate) retired: u32,
    /// The length that the header gives.
    pub(crate) length: u64,
    /// Whether the signature is good; `None` where there is no key to say so.
    pub(crate) signature: Option<bool>,
    /// `None` if the numbers are impossible, or the document is not as long as they say.
    pub(crate) contents: Option<Contents>,
}

/// What stands behind the header.
pub(crate) struct Contents {
    /// Name and size, from the beginning on and without gaps.
    pub(crate) parts: [(&'static str, usize); 5],
    pub(crate) list_is_good: bool,
    pub(crate) tables_are_good: bool,
    pub(crate) pages: Vec<Page>,
    /// So many looks at the filter find one that is not in it, on the bits as they are; `None` without a filter.
    pub(crate) one_in: Option<u64>,
}

/// A page of the filter.
pub(crate) struct Page {
    /// How many of its bits are set.
    pub(crate) ones: u32,
    /// Whether it has the hash of the list.
    pub(crate) is_good: bool,
}

impl Anatomy {
    /// What can be read, as far as it can be. The work is bounded by the length of the bytes, and by nothing that stands in them.
    ///
    /// # Errors
    ///
    /// `NotASnapshot`, or `Header` if not even the numbers can be read.
    pub(crate) fn of(
        bytes: &[u8],
        keys: Option<&SnapshotKeys>,
        floors: &Floors,
    ) -> Result<Self, SnapshotError> {
        let (raw, signature, header) = front(bytes)?;
        let signer = keys.and_then(|keys| keys.realm(header.realm)?.signer(header.line.signer));
        let signature = signer.map(|signer| document::verify(signer, &[DOMAIN], raw, signature).is_some());
        let (counts, geometry) = (header.counts, header.geometry);
        Ok(Self {
            is_delta: header.form == Form::Delta,
            realm: header.realm,
            signer: header.line.signer,
            lineage: header.line.lineage,
            version: header.version,
            base: header.base,
            issued_at: header.issued_at,
            complete_to: header.complete_to,
            not_after: header.not_after,
            valid_until: floors.not_after(&header),
            everyone_before: Some(header.everyone_before).filter(|moment| *moment > Timestamp::MIN),
            min_ring_version: header.min_ring_version,
            token_life: header.token_life,
            longest_token: header.longest_token,
            staleness_bound: header.staleness_bound,
            probes: geometry.probes,
            pages: geometry.pages,
            page_bits: geometry.page_bits,
            entries: counts.entries,
            tokens: counts.tokens,
            keys: counts.keys,
            subjects: counts.subjects,
            retired: counts.retired,
            length: header.layout().end,
            signature,
            contents: contents(bytes, &header),
        })
    }
}

fn contents(bytes: &[u8], header: &Header) -> Option<Contents> {
    header.check().ok()?;
    let Layout { tables, pages, end } = header.layout();
    if u64::try_from(bytes.len()) != Ok(end) {
        return None;
    }
    let (tables, pages) = (usize::try_from(tables).ok()?, usize::try_from(pages).ok()?);
    let (list, rows, filter) = (bytes.get(FRONT..tables)?, bytes.get(tables..pages)?, bytes.get(pages..)?);
    let geometry = header.geometry;
    let size = geometry.page_bytes() as usize;
    let found = if size == 0 {
        Vec::new()
    } else {
        filter
            .chunks_exact(size)
            .zip(list.chunks_exact(HASH))
            .map(|(page, hash)| look_at(page, hash))
            .collect()
    };
    Some(Contents {
        parts: [
            ("header", HEADER),
            ("signature", FRONT.saturating_sub(HEADER)),
            (if header.form == Form::Delta { "fingerprints" } else { "page hashes" }, list.len()),
            ("tables", rows.len()),
            ("pages", filter.len()),
        ],
        list_is_good: document::digest(list) == header.list_hash && list_ascends(list, header.form),
        tables_are_good: document::digest(rows) == header.tables_hash
            && Tables::divide(rows, &header.counts).is_some_and(|tables| tables.ascend()),
        pages: found,
        one_in: one_in(geometry, filter),
    })
}

fn look_at(page: &[u8], hash: &[u8]) -> Page {
    Page {
        ones: page.iter().fold(0, |ones, byte| byte.count_ones().saturating_add(ones)),
        is_good: document::digest(page).as_slice() == hash,
    }
}

/// The rate of REV-15, the other way round.
fn one_in(geometry: Geometry, pages: &[u8]) -> Option<u64> {
    if geometry.pages == 0 {
        return None;
    }
    // The sum is in units of 2^-62, over at most 2^10 pages.
    let all = u128::from(geometry.pages) << 62;
    Some(
        all.checked_div(counted_rate(geometry, pages))
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(u64::MAX),
    )
}

fn list_ascends(list: &[u8], form: Form) -> bool {
    form == Form::Snapshot || list.as_chunks::<8>().0.is_sorted_by(|one, other| one < other)
}

/// What a node with these keys and floors says to a document that is shown to it, pages included: REV-01 to REV-09. Of a delta, whether it goes on from what the node
/// has (REV-13) is left out.
pub(crate) fn judge(
    bytes: &[u8],
    keys: &SnapshotKeys,
    now: Timestamp,
    floors: &Floors,
) -> Result<(), SnapshotError> {
    match open(bytes, keys, Form::Delta) {
        Err(SnapshotError::OtherForm) => Snapshot::open(bytes, keys, now, floors)?.check_pages(),
        Err(why) => Err(why),
        Ok(delta) => floors.admit(&delta.header, None, delta.realm.least_version, now),
    }
}

/// The same for a node that has this snapshot already, whatever its age: it remembers it, and applies deltas to it.
///
/// # Errors
///
/// Why the snapshot that it is said to have is none.
pub(crate) fn judge_after(
    bytes: &[u8],
    had: &[u8],
    keys: &SnapshotKeys,
    now: Timestamp,
    floors: &Floors,
) -> Result<Result<(), SnapshotError>, SnapshotError> {
    let issued_at = open(had, keys, Form::Snapshot)?.header.issued_at;
    // At the moment of its issue it was neither over nor from the future.
    let mut had = Snapshot::open(had, keys, issued_at, &Floors::new().longest_validity(Seconds::MAX))?;
    let mut floors = *floors;
    had.remember(&mut floors);
    Ok(match open(bytes, keys, Form::Delta) {
        Ok(_) => had.apply(bytes, keys, now, &floors),
        Err(_) => judge(bytes, keys, now, &floors),
    })
}
