"""Verifying a token: the 14 steps of SPEC section 7, in their order."""

import hmac
from dataclasses import dataclass, field

from . import claims as claims_, curve, postcard, sodium, text
from .claims import Claims
from .errors import Refused
from .keys import signing_input, subkeys
from .ring import Entry, Ring

LONGEST_TEXT = 4096
HEADER = 31
PROOF_SIZE = {"e": 16, "s": 64, "n": 80}


@dataclass(frozen=True)
class Token:
    """What a token's text says, all of it unverified (TOK-41)."""

    kind: str
    data: bytes

    @property
    def header(self) -> bytes:
        return self.data[:HEADER]

    @property
    def key_id(self) -> bytes:
        return self.data[3:7]

    @property
    def session_id(self) -> bytes:
        return self.data[7:19]

    @property
    def token_id(self) -> bytes:
        return self.data[19:31]


@dataclass(frozen=True)
class Clear:
    """Nothing is known against a token, in data complete to this moment."""

    complete_to: int
    staleness_bound: int = 0
    token_life: int = 2**32 - 1
    minting: bool = True


@dataclass(frozen=True)
class Session:
    token: Token
    claims: Claims
    app: str | None
    clear: Clear


@dataclass
class RevocationList:
    """Revocation data as a plain list: never stale, never damaged."""

    everyone_before: int = 0
    keys: set[bytes] = field(default_factory=set)
    subjects: dict[bytes, int] = field(default_factory=dict)
    sessions: set[bytes] = field(default_factory=set)
    tokens: set[tuple[bytes, bytes]] = field(default_factory=set)
    complete_to: int = 0

    def ask(self, token: Token, claims: Claims, now: int) -> Clear:
        """TOK-37."""
        if claims.started_at < self.everyone_before:
            raise Refused("Revoked(everyone)")
        if token.key_id in self.keys:
            raise Refused("Revoked(key)")
        if claims.started_at < self.subjects.get(claims.subject, 0):
            raise Refused("Revoked(subject)")
        if token.session_id in self.sessions:
            raise Refused("Revoked(session)")
        if (token.session_id, token.token_id) in self.tokens:
            raise Refused("Revoked(token)")
        return Clear(self.complete_to)


@dataclass(frozen=True)
class Verifier:
    ring: Ring
    context: bytes
    kinds: str
    longest_token: int
    longest_session: int
    skew: int
    schema: int
    app: str  # "nothing" or "text"
    revocations: object = field(default_factory=RevocationList)

    def verify(self, token_text: str, now: int, proven: bytes | None = None) -> Session:
        token, claims = self._authentic(token_text, now)  # steps 1 to 10
        _check_deadlines(claims, now)  # step 11
        _check_binding(claims, proven)  # step 12
        clear = self.revocations.ask(token, claims, now)  # step 13
        if clear.complete_to > now:
            _check_deadlines(claims, clear.complete_to)
        return Session(token, claims, self._read_app(claims), clear)  # step 14

    def departing(self, token_text: str, now: int) -> tuple[bytes, int]:
        """"Logging out with an idle token": the session that it may end, and when that would have ended by itself."""
        token, claims = self._authentic(token_text, now)
        if now >= claims.ends_at:
            raise Refused("Expired")
        return token.session_id, claims.ends_at

    def _authentic(self, token_text: str, now: int) -> tuple[Token, Claims]:
        token = parse(token_text)  # steps 1 to 3
        if token.kind not in self.kinds:  # step 4
            raise Refused("KindNotAccepted")
        entry = self._select(token, now)  # steps 5 and 6
        claims = claims_.decode(open_body(token, entry, self.context))  # steps 7 and 8
        too_long = claims.expires_at - claims.issued_at > self.longest_token
        if too_long or claims.ends_at - claims.started_at > self.longest_session:  # step 9
            raise Refused("CeilingExceeded")
        if claims.issued_at > now + self.skew:  # step 10
            raise Refused("IssuedInFuture")
        return token, claims

    def _select(self, token: Token, now: int) -> Entry:
        entry = self.ring.select(token.key_id, token.kind)
        if entry is None:
            raise Refused("UnknownKey")
        if entry.revoked:
            raise Refused("KeyRevoked")
        if entry.issue_from - self.skew > now:
            raise Refused("KeyNotYetValid")
        if now >= entry.accept_until:
            raise Refused("KeyExpired")
        return entry

    def _read_app(self, claims: Claims) -> str | None:
        if claims.schema != self.schema:
            raise Refused("SchemaMismatch")
        if self.app == "text":
            try:
                return postcard.read_string(claims.app)
            except postcard.Malformed:
                raise Refused("BadAppClaims") from None
        if claims.app:
            raise Refused("BadAppClaims")
        return None


def parse(token_text: str) -> Token:
    """TOK-01 to TOK-05."""
    if len(token_text) > LONGEST_TEXT:
        raise Refused("Malformed")
    data = text.decode(token_text)
    if data is None or not token_text.startswith("sc") or len(data) < 3:
        raise Refused("Malformed")
    if token_text[2] != "1" or token_text[3] not in PROOF_SIZE:
        raise Refused("UnsupportedFormat")
    if len(data) < HEADER + PROOF_SIZE[token_text[3]]:
        raise Refused("Malformed")
    return Token(token_text[3], data)


def open_body(token: Token, entry: Entry, context: bytes) -> bytes:
    """TOK-20 to TOK-25: tag, then signature."""
    opened = token.data[HEADER:]
    if token.kind in "en":
        sealing_key, _ = subkeys(entry.key.aead_key, token.kind, context)
        opened = sodium.xchacha_open(sealing_key, token.header[7:], token.header[:7], opened)
        if opened is None:
            raise Refused("Forged")
        if token.kind == "e":
            return opened
    body, signature = opened[:-64], opened[-64:]
    message = signing_input(token.header, entry.identity, context, body)
    if not curve.verify(entry.key.public_key, message, signature):
        raise Refused("Forged")
    return body


def _check_deadlines(claims: Claims, moment: int) -> None:
    """TOK-35."""
    if moment >= claims.ends_at:
        raise Refused("Expired")
    if moment >= claims.expires_at:
        raise Refused("Idle")


def _check_binding(claims: Claims, proven: bytes | None) -> None:
    """TOK-36."""
    if claims.bound_to is not None:
        if proven is None:
            raise Refused("BindingRequired")
        if not hmac.compare_digest(claims.bound_to, proven):
            raise Refused("BindingMismatch")
    elif proven is not None:
        raise Refused("NotBound")


def satisfies(claims: Claims, level: int, max_age: int, now: int) -> bool:
    """"Step-up" of section 7."""
    max_age = max(5, max_age)
    if claims.level >= level and now - claims.authenticated_at <= max_age:
        return True
    raised = claims.elevation
    lasts = raised is not None and now < raised.until
    return lasts and raised.level >= level and now - raised.authenticated_at <= max_age
