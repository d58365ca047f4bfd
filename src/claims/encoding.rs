//! Claims to bytes (SPEC section 4), by postcard.

use postcard::ser_flavors::Size;
use serde::{Serialize, Serializer};

use super::CoreClaims;
use crate::error::MintError;
use crate::values::Timestamp;
use crate::wire::{Draft, HEADER, MAX_BYTES};

/// Fields 1–10 as they stand in the body. Postcard writes the fields in this order and nothing between them.
#[derive(Serialize)]
struct Fields<'a> {
    schema: u32,
    #[serde(serialize_with = "bytes")]
    subject: &'a [u8],
    issued_at: u64,
    age: i64,
    token_life: u32,
    session_life: u32,
    rotation: u32,
    level: u8,
    lead: i64,
    extras: Extras,
}

#[derive(Serialize)]
enum Extras {
    Nothing,
    Elevation(ElevationFields),
    Binding([u8; 32]),
    Both(ElevationFields, [u8; 32]),
}

#[derive(Serialize)]
struct ElevationFields {
    level: u8,
    lasting: u32,
    elapsed: u32,
}

/// Serde writes a slice byte by byte; postcard spells it the same in one piece.
fn bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

/// Writes fields 1–10 and the application's claims where they stand in a token: behind room for the header, with room for a proof of this size after them.
pub(crate) fn encode<C: Serialize>(
    claims: &CoreClaims,
    app: &C,
    proof_size: usize,
) -> Result<Draft, MintError> {
    let fields = to_fields(claims).filter(|_| claims.consistent()).ok_or(MintError::Times)?;
    let both = (fields, app);
    // Measured first, so that the memory is as large as it has to be, and secrets never move to larger memory.
    let size = postcard::serialize_with_flavor(&both, Size::default()).map_err(|_| MintError::AppClaims)?;
    let end = HEADER.saturating_add(size);
    let capacity = end.saturating_add(proof_size);
    if capacity > MAX_BYTES {
        return Err(MintError::TooLarge);
    }
    let mut draft = Draft::new(end, capacity);
    let body = draft.bytes_mut().get_mut(HEADER..).unwrap_or_default();
    // Claims that are of another size now than a moment ago cannot be relied on.
    match postcard::to_slice(&both, body) {
        Ok(written) if written.len() == size => Ok(draft),
        _ => Err(MintError::AppClaims),
    }
}

fn to_fields(claims: &CoreClaims) -> Option<Fields<'_>> {
    let seconds = |from: Timestamp, to: Timestamp| u32::try_from(to.seconds_since(from)).ok();
    let elevation = match claims.elevation {
        None => None,
        Some(elevation) => Some(ElevationFields {
            level: elevation.level.number(),
            lasting: seconds(claims.issued_at, elevation.until)?,
            elapsed: seconds(elevation.authenticated_at, claims.issued_at)?,
        }),
    };
    Some(Fields {
        schema: claims.schema,
        subject: claims.subject.as_bytes(),
        issued_at: claims.issued_at.as_unix(),
        age: claims.issued_at.signed_since(claims.started_at),
        token_life: seconds(claims.issued_at, claims.expires_at)?,
        session_life: seconds(claims.started_at, claims.ends_at)?,
        rotation: claims.rotation,
        level: claims.level.number(),
        lead: claims.started_at.signed_since(claims.authenticated_at),
        extras: match (elevation, claims.bound_to) {
            (None, None) => Extras::Nothing,
            (Some(elevation), None) => Extras::Elevation(elevation),
            (None, Some(bound_to)) => Extras::Binding(bound_to.to_bytes()),
            (Some(elevation), Some(bound_to)) => Extras::Both(elevation, bound_to.to_bytes()),
        },
    })
}
