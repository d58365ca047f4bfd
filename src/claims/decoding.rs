//! Claims to bytes and back (SPEC section 4).

use serde::Deserialize;

use super::reader::Reader;
use super::{CoreClaims, Elevation};
use crate::error::Reason;
use crate::values::{AuthLevel, Seconds, Thumbprint, Timestamp};

/// Reads fields 1–10 into `claims` and returns how many bytes of application claims follow. TOK-10 to TOK-17. What is in `claims` after a refusal means nothing.
pub(crate) fn decode(body: &[u8], claims: &mut CoreClaims) -> Result<usize, Reason> {
    let mut reader = Reader::new(body);
    match fields(&mut reader, claims) {
        Some(()) if claims.consistent() => Ok(reader.rest().len()),
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
fn fields(reader: &mut Reader<'_>, claims: &mut CoreClaims) -> Option<()> {
    claims.schema = reader.unsigned_32()?;
    let length = reader.unsigned_32()?.try_into().ok()?;
    claims.subject.replace(reader.bytes(length)?).ok()?;
    claims.issued_at = Timestamp::from_unix(reader.unsigned_64()?).ok()?;
    claims.started_at = claims.issued_at.checked_sub_signed(reader.signed_64()?)?;
    claims.expires_at = claims.issued_at.checked_add(Seconds::new(reader.unsigned_32()?))?;
    claims.ends_at = claims.started_at.checked_add(Seconds::new(reader.unsigned_32()?))?;
    claims.rotation = reader.unsigned_32()?;
    claims.level = AuthLevel::from_number(reader.byte()?)?;
    claims.authenticated_at = claims.started_at.checked_sub_signed(reader.signed_64()?)?;
    let extras = reader.unsigned_32()?;
    if extras > 3 {
        return None;
    }
    claims.elevation = if extras & 1 == 0 { None } else { Some(elevation(reader, claims.issued_at)?) };
    claims.bound_to = if extras & 2 == 0 { None } else { Some(binding(reader)?) };
    Some(())
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
