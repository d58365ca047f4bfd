"""The body of a token: fields 1 to 10, and their rules (SPEC section 4)."""

from dataclasses import dataclass

from . import postcard
from .errors import Refused

LATEST = 253402300799
FURTHEST_START = 241


def is_time(moment: int) -> bool:
    return 0 <= moment <= LATEST


@dataclass(frozen=True)
class Elevation:
    level: int
    until: int
    authenticated_at: int


@dataclass(frozen=True)
class Claims:
    """With absolute times. `app` is the application's claims, as bytes."""

    schema: int
    subject: bytes
    started_at: int
    issued_at: int
    expires_at: int
    ends_at: int
    rotation: int
    level: int
    authenticated_at: int
    elevation: Elevation | None = None
    bound_to: bytes | None = None
    app: bytes = b""


def encode_core(claims: Claims) -> bytes:
    """Fields 1 to 10. Whether the claims keep the rules is another question."""
    extras = (claims.elevation is not None) + 2 * (claims.bound_to is not None)
    out = [
        postcard.varint(claims.schema),
        postcard.varint(len(claims.subject)) + claims.subject,
        postcard.varint(claims.issued_at),
        postcard.i64(claims.issued_at - claims.started_at),
        postcard.varint(claims.expires_at - claims.issued_at),
        postcard.varint(claims.ends_at - claims.started_at),
        postcard.varint(claims.rotation),
        bytes([claims.level]),
        postcard.i64(claims.started_at - claims.authenticated_at),
        postcard.varint(extras),
    ]
    if claims.elevation is not None:
        out.append(bytes([claims.elevation.level]))
        out.append(postcard.varint(claims.elevation.until - claims.issued_at))
        out.append(postcard.varint(claims.issued_at - claims.elevation.authenticated_at))
    if claims.bound_to is not None:
        out.append(claims.bound_to)
    return b"".join(out)


def decode(body: bytes) -> Claims:
    """Step 8 of verifying. Every fault is `BadClaims`."""
    try:
        reader = postcard.Reader(body)
        claims = _read(reader)
    except postcard.Malformed:
        raise Refused("BadClaims") from None
    core = body[: reader.at]
    claims = Claims(**{**vars(claims), "app": reader.rest()})
    if not keeps_rules(claims) or encode_core(claims) != core:
        raise Refused("BadClaims")
    return claims


def _read(reader: postcard.Reader) -> Claims:
    schema = reader.varint(postcard.U32)
    subject = reader.take(reader.varint(postcard.U64))
    issued_at = reader.varint(postcard.U64)
    started_at = issued_at - reader.i64()
    expires_at = issued_at + reader.varint(postcard.U32)
    ends_at = started_at + reader.varint(postcard.U32)
    rotation = reader.varint(postcard.U32)
    level = reader.u8()
    authenticated_at = started_at - reader.i64()
    extras = reader.varint(postcard.U32)
    if extras > 3:
        raise postcard.Malformed
    elevation = bound_to = None
    if extras & 1:
        raised = reader.u8()
        until = issued_at + reader.varint(postcard.U32)
        elevation = Elevation(raised, until, issued_at - reader.varint(postcard.U32))
    if extras & 2:
        bound_to = reader.take(32)
    return Claims(
        schema, subject, started_at, issued_at, expires_at, ends_at, rotation, level, authenticated_at, elevation, bound_to
    )


def keeps_rules(claims: Claims) -> bool:
    """TOK-11 to TOK-17, as far as decoding does not settle them."""
    times = [claims.issued_at, claims.started_at, claims.expires_at, claims.ends_at, claims.authenticated_at]
    elevation = claims.elevation
    if elevation is not None:
        times += [elevation.authenticated_at, elevation.until]
        if not claims.level <= elevation.level <= 3:
            return False
        if not claims.issued_at < elevation.until <= claims.ends_at:
            return False
    return (
        claims.level <= 3
        and 1 <= len(claims.subject) <= 128
        and all(is_time(moment) for moment in times)
        and claims.started_at - claims.issued_at <= FURTHEST_START
        and claims.issued_at < claims.expires_at <= claims.ends_at
        and claims.started_at < claims.ends_at
        and claims.authenticated_at <= claims.issued_at
    )
