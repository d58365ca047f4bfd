//! From bytes to a document whose signature, numbers and tables are good (SPEC section 9.5).

use super::header::{DOMAIN, FRONT, Form, HASH, Header, Layout, front};
use super::snapshot_keys::RealmKeys;
use super::tables::Tables;
use super::{SnapshotError, SnapshotKeys};
use crate::proof::document;

/// Where the tables and pages are; checked against the length at opening.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) tables: usize,
    pub(super) pages: usize,
}

/// What the signature and the numbers of a document have shown.
pub(super) struct Opened<'k> {
    pub(super) header: Header,
    pub(super) digest: [u8; HASH],
    pub(super) realm: &'k RealmKeys,
    pub(super) places: Places,
}

/// REV-01 to REV-07: everything about a document that does not depend on what came before.
pub(super) fn open<'k>(
    bytes: &[u8],
    keys: &'k SnapshotKeys,
    form: Form,
) -> Result<Opened<'k>, SnapshotError> {
    let (raw, signature, header) = front(bytes)?;
    if header.form != form {
        return Err(SnapshotError::OtherForm);
    }
    let realm = keys.realm(header.realm).ok_or(SnapshotError::ForeignRealm { found: header.realm })?;
    let signer = realm.signer(header.line.signer).ok_or(SnapshotError::UnknownSigner)?;
    let digest = document::verify(signer, &[DOMAIN], raw, signature).ok_or(SnapshotError::BadSignature)?;
    header.check()?;
    let layout = header.layout();
    if u64::try_from(bytes.len()) != Ok(layout.end) {
        return Err(SnapshotError::Length);
    }
    // They are not above the length, so they fit.
    let place = |offset: u64| usize::try_from(offset).map_err(|_| SnapshotError::Length);
    let Layout { tables, pages, end: _ } = layout;
    let places = Places { tables: place(tables)?, pages: place(pages)? };
    let list = bytes.get(FRONT..places.tables).ok_or(SnapshotError::Length)?;
    let rows = bytes.get(places.tables..places.pages).ok_or(SnapshotError::Length)?;
    if document::digest(list) != header.list_hash || document::digest(rows) != header.tables_hash {
        return Err(SnapshotError::Damaged);
    }
    let tables = Tables::divide(rows, &header.counts).ok_or(SnapshotError::Length)?;
    let (fingerprints, _) = list.as_chunks::<8>();
    let in_order = form == Form::Snapshot || fingerprints.is_sorted_by(|one, other| one < other);
    if !in_order || !tables.ascend() {
        return Err(SnapshotError::Order);
    }
    Ok(Opened { header, digest, realm, places })
}
