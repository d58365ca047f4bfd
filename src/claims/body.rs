//! Claims to bytes and back (SPEC section 4).

use serde::{Deserialize, Serialize};

use super::{CoreClaims, Elevation};
use crate::error::Reason;
use crate::values::{AuthLevel, Seconds, Subject, Thumbprint, Timestamp};

/// Fields 1–10 as they stand in the body. Postcard writes the fields in this order and nothing between them.
#[derive(Serialize, Deserialize)]
struct Fields<'a> {
    schema: u32,
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

#[derive(Serialize, Deserialize)]
enum Extras {
    Nothing,
    Elevation(ElevationFields),
    Binding([u8; 32]),
    Both(ElevationFields, [u8; 32]),
}

#[derive(Serialize, Deserialize)]
struct ElevationFields {
    level: u8,
    lasting: u32,
    elapsed: u32,
}

/// The longest encoding of fields 1–10: 5 + 2 + 128 + 10 + 10 + 5 + 5 + 5 + 1 + 10 + 1 + 11 + 32.
const LONGEST: usize = 225;

/// Reads fields 1–10 and returns how many bytes of application claims follow. TOK-10 to TOK-17.
pub(crate) fn decode(body: &[u8]) -> Result<(CoreClaims, usize), Reason> {
    let (fields, app) = postcard::take_from_bytes::<Fields<'_>>(body).map_err(|_| Reason::BadClaims)?;
    // TOK-10: postcard accepts over-long varints, we accept one spelling.
    let mut again = [0; LONGEST];
    let canonical = postcard::to_slice(&fields, &mut again).map_err(|_| Reason::BadClaims)?;
    if body.strip_prefix(&*canonical) != Some(app) {
        return Err(Reason::BadClaims);
    }
    let claims = from_fields(&fields).ok_or(Reason::BadClaims)?;
    if claims.consistent() { Ok((claims, app.len())) } else { Err(Reason::BadClaims) }
}

/// Reads the application's claims: all of the bytes, nothing left over (TOK-39).
pub(crate) fn decode_app<'a, C: Deserialize<'a>>(app: &'a [u8]) -> Result<C, Reason> {
    match postcard::take_from_bytes(app) {
        Ok((claims, [])) => Ok(claims),
        _ => Err(Reason::BadAppClaims),
    }
}

fn from_fields(fields: &Fields<'_>) -> Option<CoreClaims> {
    let issued_at = Timestamp::from_unix(fields.issued_at).ok()?;
    let started_at = issued_at.checked_sub_signed(fields.age)?;
    let (elevation, bound_to) = match &fields.extras {
        Extras::Nothing => (None, None),
        Extras::Elevation(elevation) => (Some(elevation), None),
        Extras::Binding(bound_to) => (None, Some(bound_to)),
        Extras::Both(elevation, bound_to) => (Some(elevation), Some(bound_to)),
    };
    let elevation = match elevation {
        None => None,
        Some(fields) => Some(Elevation {
            level: AuthLevel::from_number(fields.level)?,
            until: issued_at.checked_add(Seconds::new(fields.lasting))?,
            authenticated_at: issued_at.checked_sub_signed(i64::from(fields.elapsed))?,
        }),
    };
    Some(CoreClaims {
        schema: fields.schema,
        subject: Subject::new(fields.subject).ok()?,
        started_at,
        issued_at,
        expires_at: issued_at.checked_add(Seconds::new(fields.token_life))?,
        ends_at: started_at.checked_add(Seconds::new(fields.session_life))?,
        rotation: fields.rotation,
        level: AuthLevel::from_number(fields.level)?,
        authenticated_at: started_at.checked_sub_signed(fields.lead)?,
        elevation,
        bound_to: bound_to.map(|bytes| Thumbprint::from_bytes(*bytes)),
    })
}

/// Writes fields 1–10 and the application's claims.
#[cfg(feature = "alloc")]
pub(crate) fn encode<C: Serialize>(
    claims: &CoreClaims,
    app: &C,
) -> Result<zeroize::Zeroizing<alloc::vec::Vec<u8>>, crate::error::MintError> {
    use crate::error::MintError;
    use crate::wire::MAX_BYTES;

    let fields = to_fields(claims).filter(|_| claims.consistent()).ok_or(MintError::Times)?;
    let mut body = zeroize::Zeroizing::new(alloc::vec![0; MAX_BYTES]);
    let core_length =
        postcard::to_slice(&fields, body.as_mut_slice()).map_err(|_| MintError::TooLarge)?.len();
    let room = body.get_mut(core_length..).unwrap_or_default();
    let app_length = match postcard::to_slice(app, room) {
        Ok(written) => written.len(),
        Err(postcard::Error::SerializeBufferFull) => return Err(MintError::TooLarge),
        Err(_) => return Err(MintError::AppClaims),
    };
    body.truncate(core_length.saturating_add(app_length));
    Ok(body)
}

#[cfg(feature = "alloc")]
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
