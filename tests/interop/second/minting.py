"""Minting tokens (SPEC sections 5 and 6)."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace

from . import sodium, text
from .claims import FURTHEST_START, Claims, Elevation, encode_core, is_time, keeps_rules
from .errors import CannotIssue
from .keys import signing_input, subkeys
from .postcard import U32
from .ring import Entry, Ring
from .verify import LONGEST_TEXT, Session

FORMAT = {"e": b"\xb1\xcd\x5e", "s": b"\xb1\xcd\x6c", "n": b"\xb1\xcd\x67"}
Random = Callable[[int], bytes]


def seal(entry: Entry, context: bytes, ids: bytes, body: bytes) -> str:
    """Section 5, for any body: header, signature, sealing."""
    header = FORMAT[entry.kind] + entry.key_id + ids
    protected = body
    if entry.kind in "sn":
        protected += sodium.ed25519_sign(entry.key.seed, signing_input(header, entry.identity, context, body))
    if entry.kind in "en":
        sealing_key, _ = subkeys(entry.key.aead_key, entry.kind, context)
        protected = sodium.xchacha_seal(sealing_key, ids, header[:7], protected)
    return text.encode(header + protected)


@dataclass(frozen=True)
class Issuer:
    ring: Ring
    context: bytes
    kind: str
    idle: int
    absolute: int
    longest_session: int
    longest_elevation: int = 900
    assurance: int = 1

    def issue(
        self,
        subject: bytes,
        level: int,
        now: int,
        random: Random,
        *,
        schema: int = 0,
        app: bytes = b"",
        cut_off: int | None = None,
        authenticated_at: int | None = None,
        ends_by: int | None = None,
        bound_to: bytes | None = None,
    ) -> str:
        """Section 6.1."""
        started_at = max(now, cut_off or 0)
        if started_at > now + FURTHEST_START:
            raise CannotIssue("the cut-off is too far ahead")
        if level > self.assurance:
            raise CannotIssue("ISS-10")
        ends_at = started_at + self.absolute
        if ends_by is not None:
            ends_at = min(ends_at, ends_by)
        authenticated_at = now if authenticated_at is None else authenticated_at
        expires_at = min(now + self.idle, ends_at)
        claims = Claims(
            schema, subject, started_at, now, expires_at, ends_at, 0, level, authenticated_at, None, bound_to, app
        )
        return self._mint(claims, now, random, None)

    def rotate(self, session: Session, now: int, random: Random, app: bytes) -> str:
        """Section 6.2; whether the revocation data allow it is for the caller to ask (ISS-06)."""
        claims = self._successor(session, now, app)
        elevation = claims.elevation
        if elevation is not None and elevation.until <= claims.issued_at:
            claims = replace(claims, elevation=None)
        if claims.rotation == U32:
            raise CannotIssue("the rotation counter is at its end")
        claims = replace(claims, rotation=claims.rotation + 1)
        return self._mint(claims, now, random, session.token.session_id)

    def elevate(self, session: Session, level: int, lasting: int, now: int, random: Random, app: bytes) -> str:
        """Section 6.3. The token is not to be handed out before ISS-08 is satisfied."""
        if not 0 < lasting <= self.longest_elevation or level < session.claims.level:
            raise CannotIssue("the elevation is out of bounds")
        claims = self._successor(session, now, app)
        until = min(claims.issued_at + lasting, claims.ends_at)
        claims = replace(claims, rotation=0, elevation=Elevation(level, until, claims.issued_at))
        return self._mint(claims, now, random, None)

    def _successor(self, session: Session, now: int, app: bytes) -> Claims:
        parent = session.claims
        if session.token.kind in "en" and self.kind == "s":
            raise CannotIssue("ISS-11")
        if parent.ends_at - parent.started_at > self.longest_session or parent.level > self.assurance:
            raise CannotIssue("ISS-10")
        issued_at = max(now, parent.issued_at)
        if issued_at >= parent.ends_at:
            raise CannotIssue("ISS-05")
        expires_at = min(issued_at + self.idle, parent.ends_at)
        return replace(parent, issued_at=issued_at, expires_at=expires_at, app=app)

    def _mint(self, claims: Claims, now: int, random: Random, session_id: bytes | None) -> str:
        entry = self.ring.minting_key(self.kind, now)
        if entry is None:
            raise CannotIssue("no minting key")
        durations = [claims.expires_at - claims.issued_at, claims.ends_at - claims.started_at]
        if not is_time(now) or not keeps_rules(claims) or not all(0 <= duration <= U32 for duration in durations):
            raise CannotIssue("section 4.3 would refuse it")
        if claims.expires_at > entry.accept_until:
            raise CannotIssue("ISS-02")
        body = encode_core(claims) + claims.app
        minted = seal(entry, self.context, self._ids(entry, body, random, session_id), body)
        if len(minted) > LONGEST_TEXT:
            raise CannotIssue("ISS-03")
        return minted

    def _ids(self, entry: Entry, body: bytes, random: Random, session_id: bytes | None) -> bytes:
        """ISS-04: session id and token id, the first one kept where it is given."""
        kept, label = (b"", b"session") if session_id is None else (session_id, b"rotation")
        if entry.kind == "s":
            return kept + random(24 - len(kept))
        _, hedging_key = subkeys(entry.key.aead_key, entry.kind, self.context)
        message = label + random(16) + entry.identity + kept + body
        return kept + hmac.digest(hedging_key, message, "sha256")[: 24 - len(kept)]
