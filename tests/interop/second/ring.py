"""Ring text (SPEC section 8.1) and which key a token's id selects."""

import hashlib
from dataclasses import dataclass

from . import curve, text
from .claims import is_time
from .errors import Refused
from .keys import Key, hkdf

ROLES = ("issuer", "verifier", "public")
MOST_ENTRIES, MOST_REALMS = 16, 2


@dataclass(frozen=True)
class Entry:
    """A key with its window. Of a revoked key `key` is None."""

    kind: str
    identity: bytes
    issue_from: int
    issue_until: int
    accept_until: int
    key: Key | None

    @property
    def key_id(self) -> bytes:
        return self.identity[:4]

    @property
    def revoked(self) -> bool:
        return self.key is None


@dataclass(frozen=True)
class Realm:
    realm_id: bytes
    min_snapshot_version: int
    filter_key: bytes | None
    signers: tuple[bytes, ...]


@dataclass(frozen=True)
class Ring:
    role: str
    entries: tuple[Entry, ...]
    realms: tuple[Realm, ...]

    def select(self, key_id: bytes, kind: str) -> Entry | None:
        """TOK-31: at most one, since RING-03 rules out two."""
        return next((entry for entry in self.entries if entry.kind == kind and entry.key_id == key_id), None)

    def minting_key(self, kind: str, now: int) -> Entry | None:
        """Section 8.3."""
        may = [e for e in self.entries if e.kind == kind and not e.revoked and e.issue_from <= now < e.issue_until]
        return min(may, key=lambda entry: (-entry.issue_from, entry.identity), default=None)


def realm_id(filter_key: bytes) -> bytes:
    return hkdf(filter_key, b"safeconduct/v1/realm", 4)


def checksum(role: str, payload: bytes) -> bytes:
    return hashlib.sha256(b"safeconduct/v1/ring/" + role.encode() + b"\x00" + payload).digest()[:4]


class _Bytes:
    """A cursor. Running out of bytes is a wrong length."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise Refused("ring-refused")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def _demand(condition: bool) -> None:
    if not condition:
        raise Refused("ring-refused")


def read(ring_text: str, role: str) -> Ring:
    ring_text = text.bare(ring_text)
    prefix = f"sc-ring.v1.{role}."
    _demand(ring_text.startswith(prefix))
    data = text.decode(ring_text.removeprefix(prefix))
    _demand(data is not None and len(data) >= 4)
    payload = data[:-4]
    _demand(checksum(role, payload) == data[-4:])
    return read_payload(payload, role)


def role_of(ring_text: str) -> str:
    """The role that a text names; ROLES[0] if it names none, so that reading it fails."""
    parts = text.bare(ring_text).split(".")
    return parts[2] if len(parts) > 2 and parts[2] in ROLES else ROLES[0]


def read_payload(payload: bytes, role: str) -> Ring:
    data = _Bytes(payload)
    count = data.number(1)
    _demand(1 <= count <= MOST_ENTRIES)
    entries = tuple(_read_entry(data, role) for _ in range(count))
    count = data.number(1)
    _demand(count <= MOST_REALMS)
    realms = tuple(_read_realm(data, role) for _ in range(count))
    _demand(data.at == len(payload))
    order = [entry.kind.encode() + entry.identity for entry in entries]
    _demand(all(a < b for a, b in zip(order, order[1:])))  # RING-02
    _demand(len({(entry.kind, entry.key_id) for entry in entries}) == len(entries))  # RING-03
    _demand(all(a.realm_id < b.realm_id for a, b in zip(realms, realms[1:])))  # RING-07
    return Ring(role, entries, realms)


def _read_entry(data: _Bytes, role: str) -> Entry:
    letter = data.take(1)
    _demand(letter in (b"e", b"s", b"n", b"E", b"S", b"N"))
    kind, revoked = letter.decode().lower(), letter.isupper()
    _demand(role != "public" or kind == "s")  # RING-06
    issue_from, minting, tail = data.number(5), data.number(4), data.number(4)
    issue_until = issue_from + minting
    accept_until = issue_until + tail
    _demand(minting > 0 and is_time(issue_from) and is_time(issue_until) and is_time(accept_until))  # RING-04
    if revoked:
        return Entry(kind, data.take(32), issue_from, issue_until, accept_until, None)
    aead_key = data.take(32) if kind in "en" else None
    seed = public_key = None
    if kind in "sn":
        if role == "issuer":
            seed = data.take(32)
        else:
            public_key = data.take(32)
            _demand(curve.is_good_public_key(public_key))  # RING-05
    key = Key.for_issuer(kind, aead_key, seed) if role == "issuer" else Key(kind, aead_key, None, public_key)
    return Entry(kind, key.identity(), issue_from, issue_until, accept_until, key)


def _read_realm(data: _Bytes, role: str) -> Realm:
    name, least = data.take(4), data.number(6)
    filter_key = None if role == "public" else data.take(16)
    count = data.number(1)
    _demand(count in (1, 2))
    signers = tuple(data.take(32) for _ in range(count))
    _demand(all(curve.is_good_public_key(signer) for signer in signers))
    _demand(all(a < b for a, b in zip(signers, signers[1:])))
    _demand(filter_key is None or realm_id(filter_key) == name)
    return Realm(name, least, filter_key, signers)


def write_payload(ring: Ring) -> bytes:
    out = [bytes([len(ring.entries)])]
    for entry in ring.entries:
        out.append((entry.kind.upper() if entry.revoked else entry.kind).encode())
        out.append(entry.issue_from.to_bytes(5, "big"))
        out.append((entry.issue_until - entry.issue_from).to_bytes(4, "big"))
        out.append((entry.accept_until - entry.issue_until).to_bytes(4, "big"))
        if entry.key is None:
            out.append(entry.identity)
            continue
        signing = entry.key.seed if ring.role == "issuer" else entry.key.public_key
        out += [part for part in (entry.key.aead_key, signing) if part is not None]
    out.append(bytes([len(ring.realms)]))
    for realm in ring.realms:
        out += [realm.realm_id, realm.min_snapshot_version.to_bytes(6, "big"), realm.filter_key or b""]
        out += [bytes([len(realm.signers)]), *realm.signers]
    return b"".join(out)


def write(ring: Ring) -> str:
    return to_text(ring.role, write_payload(ring))


def to_text(role: str, payload: bytes) -> str:
    return f"sc-ring.v1.{role}." + text.encode(payload + checksum(role, payload))


def as_role(ring: Ring, role: str) -> Ring:
    """An issuer's ring for another role (RING-06)."""
    entries = tuple(e for e in ring.entries if role != "public" or e.kind == "s")
    realms = ring.realms
    if role == "public":
        realms = tuple(Realm(r.realm_id, r.min_snapshot_version, None, r.signers) for r in realms)
    return Ring(role, entries, realms)
