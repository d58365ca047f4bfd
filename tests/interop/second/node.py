"""A node that takes snapshots and deltas, remembers them and asks them (REV-08 to REV-18)."""

import hashlib
from dataclasses import dataclass, field

from . import snapshot, sodium
from .claims import Claims
from .errors import Refused
from .ring import Realm, Ring
from .snapshot import HEADER, Document
from .verify import Clear, Token

_ORDER = ["Revoked(everyone)", "Revoked(key)", "Revoked(subject)", "Revoked(session)", "Revoked(token)"]
_ORDER += ["Superseded", "SnapshotDamaged", "SnapshotStale", "CeilingExceeded"]  # REV-16


@dataclass
class InForce:
    """A snapshot with the deltas that were put to it."""

    document: Document
    header: dict[str, int]  # of the latest version
    good_until: int
    keys: set[bytes]
    cut_offs: dict[int, int]
    retired: dict[int, int]
    fingerprints: set[int]
    has_tokens: bool

    @staticmethod
    def of(document: Document, good_until: int) -> "InForce":
        header = document.header
        return InForce(
            document,
            header,
            good_until,
            document.keys,
            document.cut_offs,
            document.retired,
            set(),
            header["token_entries"] > 0,
        )

    def forward(self, delta: Document, good_until: int) -> "InForce":
        """REV-13."""
        return InForce(
            self.document,
            delta.header,
            good_until,
            self.keys | delta.keys,
            _greater(self.cut_offs, delta.cut_offs),
            _greater(self.retired, delta.retired),
            self.fingerprints | set(delta.fingerprints),
            self.has_tokens or delta.header["token_entries"] > 0,
        )

    def ask(self, token: Token, claims: Claims, filter_key: bytes | None) -> Clear:
        """REV-10 but for `Stale`."""
        header = self.header
        if header["everyone_before"] > claims.started_at:
            raise Refused("Revoked(everyone)")
        if token.key_id in self.keys:
            raise Refused("Revoked(key)")
        if filter_key is not None:  # REV-18
            self._ask_rows_and_filter(token, claims, filter_key)
        if claims.expires_at - claims.issued_at > header["longest_token"]:  # REV-12
            raise Refused("CeilingExceeded")
        return Clear(header["complete_to"], header["staleness_bound"], header["token_life"])

    def _ask_rows_and_filter(self, token: Token, claims: Claims, filter_key: bytes) -> None:
        subject = sodium.siphash(filter_key, b"\x03" + claims.subject)
        if self.cut_offs.get(subject, 0) > claims.started_at:
            raise Refused("Revoked(subject)")
        session = sodium.siphash(filter_key, b"\x01" + token.session_id)
        if session in self.fingerprints or self.document.holds(session):
            raise Refused("Revoked(session)")
        if self.retired.get(session, 0) > claims.rotation:
            raise Refused("Superseded")
        if self.has_tokens:
            one = sodium.siphash(filter_key, b"\x02" + token.session_id + token.token_id)
            if one in self.fingerprints or self.document.holds(one):
                raise Refused("Revoked(token)")


def _greater(a: dict[int, int], b: dict[int, int]) -> dict[int, int]:
    return a | {key: max(value, a.get(key, 0)) for key, value in b.items()}


@dataclass
class _Memory:
    """REV-09, of one realm."""

    taken: dict[tuple[bytes, bytes], tuple[int, bytes | None]] = field(default_factory=dict)
    complete_to: int = 0

    def check(self, document: Document) -> None:
        version, header_digest = self.taken.get(document.line, (0, None))
        if document.header["version"] < version:
            raise Refused("Older")
        if document.header["version"] == version and header_digest not in (None, _digest(document)):
            raise Refused("Equivocation")
        if document.header["complete_to"] < self.complete_to:
            raise Refused("Older")

    def remember(self, document: Document, form: str) -> None:
        digest = _digest(document) if form == "snapshot" else None
        self.taken[document.line] = document.header["version"], digest
        self.complete_to = max(self.complete_to, document.header["complete_to"])


def _digest(document: Document) -> bytes:
    return hashlib.sha256(document.data[:HEADER]).digest()


class Node:
    def __init__(
        self,
        ring: Ring,
        *,
        skew: int = 30,
        longest_validity: int = 86400,
        least_version: int = 0,
        ring_version: int | None = None,
        filter_keys: dict[bytes, bytes] | None = None,
        fail_open: bool = False,
    ):
        self.realms = ring.realms
        self.skew, self.longest_validity, self.least_version = skew, longest_validity, least_version
        self.ring_version, self.fail_open = ring_version, fail_open
        self._filter_keys = filter_keys or {}
        self._memory = {realm.realm_id: _Memory() for realm in ring.realms}
        self.in_force: dict[bytes, InForce] = {}

    def take(self, data: bytes, form: str, now: int) -> InForce:
        """Section 9.5, and what is in force then. Where it is refused, nothing has changed."""
        document = snapshot.read(data, form, self.realms)
        realm = document.realm.realm_id
        base = None
        if form == "delta":
            base = self.in_force.get(realm)
            _check_line(base, document)
            if document.header["version"] <= base.header["version"]:
                return base
        good_until = self._check_moment(document, now)
        self._memory[realm].check(document)
        if self.ring_version is not None and document.header["min_ring_version"] > self.ring_version:
            raise Refused("RingTooOld")
        self._memory[realm].remember(document, form)
        self.in_force[realm] = InForce.of(document, good_until) if base is None else base.forward(document, good_until)
        return self.in_force[realm]

    def _check_moment(self, document: Document, now: int) -> int:
        """REV-08."""
        header = document.header
        if max(header["issued_at"], header["complete_to"]) > now + self.skew:
            raise Refused("FromTheFuture")
        good_until = min(header["not_after"], header["issued_at"] + self.longest_validity)
        if good_until <= now:
            raise Refused("Expired")
        if header["version"] < max(self.least_version, document.realm.min_snapshot_version):
            raise Refused("BelowFloor")
        return good_until

    def ask(self, token: Token, claims: Claims, now: int) -> Clear:
        """REV-16 and REV-17: every realm is asked, and asked again for what old data say if that is wanted."""
        try:
            return self._ask_realms(token, claims, now, old_data=False)
        except Refused as refused:
            if refused.reason != "SnapshotStale" or not self.fail_open:
                raise
        return self._ask_realms(token, claims, now, old_data=True)

    def _ask_realms(self, token: Token, claims: Claims, now: int, old_data: bool) -> Clear:
        refusals, clears = [], []
        for realm in self.realms:
            try:
                clears.append(self._ask_realm(realm, token, claims, now, old_data))
            except Refused as refused:
                refusals.append(refused)
        if refusals:
            raise min(refusals, key=lambda refused: _ORDER.index(refused.reason))
        return Clear(
            max(clear.complete_to for clear in clears),
            0,
            min(clear.token_life for clear in clears),
            all(clear.minting for clear in clears),
        )

    def _ask_realm(self, realm: Realm, token: Token, claims: Claims, now: int, old_data: bool) -> Clear:
        in_force = self.in_force.get(realm.realm_id)
        if in_force is None:
            raise Refused("SnapshotStale")
        stale = max(now, in_force.header["complete_to"]) >= in_force.good_until
        if stale and not old_data:
            raise Refused("SnapshotStale")
        filter_key = realm.filter_key or self._filter_keys.get(realm.realm_id)
        clear = in_force.ask(token, claims, filter_key)
        minting = not stale and filter_key is not None and now - clear.complete_to <= clear.staleness_bound
        return Clear(clear.complete_to, clear.staleness_bound, clear.token_life, minting)


def _check_line(base: InForce | None, delta: Document) -> None:
    if base is None or base.document.line != delta.line:
        raise Refused("OtherLine")
    if base.header["version"] < delta.header["base"]:
        raise Refused("Gap")
