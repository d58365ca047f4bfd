//! Claims to bytes and back (SPEC section 4).

use serde::Deserialize;

use super::reader::Reader;
use super::{CoreClaims, Elevation};
use crate::error::Reason;
use crate::values::{AuthLevel, Seconds, Subject, Thumbprint, Timestamp};

/// Reads fields 1–10 and returns how many bytes of application claims follow. TOK-10 to TOK-17.
pub(crate) fn decode(body: &[u8]) -> Result<(CoreClaims, usize), Reason> {
    let mut reader = Reader::new(body);
    match fields(&mut reader) {
        Some(claims) if claims.consistent() => Ok((claims, reader.rest().len())),
        _ => Err(Reason::BadClaims),
    }
}

/// Reads the application's claims: all of the bytes, nothing left over (TOK-39).
pub(crate) fn decode_app<'a, C: Deserialize<'a>>(app: &'a [u8]) -> Result<C, Reason> {
    match postcard::take_from_bytes(app) {
        Ok((claims, [])) => Ok(claims),
        _ => Err(Reason::BadAppClaims),
    }
}

/// Fields 1–10, in their order.
fn fields(reader: &mut Reader<'_>) -> Option<CoreClaims> {
    let schema = reader.unsigned_32()?;
    let length = reader.unsigned_32()?.try_into().ok()?;
    let subject = Subject::new(reader.bytes(length)?).ok()?;
    let issued_at = Timestamp::from_unix(reader.unsigned_64()?).ok()?;
    let started_at = issued_at.checked_sub_signed(reader.signed_64()?)?;
    let expires_at = issued_at.checked_add(Seconds::new(reader.unsigned_32()?))?;
    let ends_at = started_at.checked_add(Seconds::new(reader.unsigned_32()?))?;
    let rotation = reader.unsigned_32()?;
    let level = AuthLevel::from_number(reader.byte()?)?;
    let authenticated_at = started_at.checked_sub_signed(reader.signed_64()?)?;
    let (elevation, bound_to) = match reader.unsigned_32()? {
        0 => (None, None),
        1 => (Some(elevation(reader, issued_at)?), None),
        2 => (None, Some(binding(reader)?)),
        3 => (Some(elevation(reader, issued_at)?), Some(binding(reader)?)),
        _ => return None,
    };
    Some(CoreClaims {
        schema,
        subject,
        started_at,
        issued_at,
        expires_at,
        ends_at,
        rotation,
        level,
        authenticated_at,
        elevation,
        bound_to,
    })
}

fn elevation(reader: &mut Reader<'_>, issued_at: Timestamp) -> Option<Elevation> {
    Some(Elevation {
        level: AuthLevel::from_number(reader.byte()?)?,
        until: issued_at.checked_add(Seconds::new(reader.unsigned_32()?))?,
        authenticated_at: issued_at.checked_sub_signed(reader.unsigned_32()?.into())?,
    })
}

fn binding(reader: &mut Reader<'_>) -> Option<Thumbprint> {
    reader.array().copied().map(Thumbprint::from_bytes)
}
