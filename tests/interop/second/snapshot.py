"""A revocation snapshot or delta as bytes: what section 9.5 checks before it compares with a clock or a memory (REV-01 to REV-07)."""

import hashlib
from dataclasses import dataclass

from . import curve
from .claims import is_time
from .errors import Refused
from .ring import Realm

FORMS = {"snapshot": 1, "delta": 2}
HEADER, PREFIX = 188, 252
LABEL = b"safeconduct/v1/revocation-snapshot"
WRAP = 2**64 - 1

# Name, offset and size of every number in the header (section 9.4).
FIELDS = {
    "form": (4, 1),
    "k": (5, 1),
    "zero": (6, 2),
    "version": (28, 8),
    "base": (36, 8),
    "issued_at": (44, 8),
    "complete_to": (52, 8),
    "not_after": (60, 8),
    "everyone_before": (68, 8),
    "min_ring_version": (76, 8),
    "token_life": (84, 4),
    "longest_token": (88, 4),
    "staleness_bound": (92, 4),
    "entries": (96, 4),
    "token_entries": (100, 4),
    "pages": (104, 4),
    "page_bits": (108, 4),
    "key_rows": (112, 4),
    "subject_rows": (116, 4),
    "retired_rows": (120, 4),
}


@dataclass
class Document:
    """A document that has passed REV-01 to REV-07."""

    data: bytes
    header: dict[str, int]
    realm: Realm
    fingerprints: list[int]  # of a delta
    page_hashes: list[bytes]  # of a snapshot
    keys: set[bytes]
    cut_offs: dict[int, int]
    retired: dict[int, int]
    pages_at: int

    @property
    def line(self) -> tuple[bytes, bytes]:
        """Lineage and signer."""
        return self.data[20:28], self.data[12:20]

    def holds(self, fingerprint: int) -> bool:
        """Whether the filter holds it. A page that is not the signed one, or too full, is `SnapshotDamaged` (REV-06)."""
        pages, bits = self.header["pages"], self.header["page_bits"]
        if pages == 0:
            return False
        number = reduce(fingerprint, pages)
        start = self.pages_at + number * (bits // 8)
        page = self.data[start : start + bits // 8]
        too_full = 4 * int.from_bytes(page, "big").bit_count() > 3 * bits
        if hashlib.sha256(page).digest() != self.page_hashes[number] or too_full:
            raise Refused("SnapshotDamaged")
        return all(page[bit // 8] >> (bit % 8) & 1 for bit in probes(fingerprint, self.header["k"], bits))


def reduce(number: int, n: int) -> int:
    return ((number >> 32) * n) >> 32


def probes(fingerprint: int, k: int, bits: int):
    """Section 9.3: the bits of a fingerprint in its page."""
    state = fingerprint * 0xD1342543DE82EF95 & WRAP
    for _ in range(k):
        yield reduce(state, bits)
        state = (state * 0xD1342543DE82EF95 + 0x9E3779B97F4A7C15) & WRAP


def read(data: bytes, form: str, realms: tuple[Realm, ...]) -> Document:
    if len(data) < PREFIX or data[:4] != b"scr1":
        raise Refused("NotASnapshot")
    header = {name: int.from_bytes(data[at : at + size], "big") for name, (at, size) in FIELDS.items()}
    if header["form"] not in FORMS.values() or header["zero"] != 0:
        raise Refused("NotASnapshot")
    if not all(is_time(header[name]) for name in ("issued_at", "complete_to", "not_after", "everyone_before")):
        raise Refused("Header")
    if header["form"] != FORMS[form]:
        raise Refused("OtherForm")
    realm = next((realm for realm in realms if realm.realm_id == data[8:12]), None)
    if realm is None:
        raise Refused("ForeignRealm")
    signer = next((key for key in realm.signers if key[:8] == data[12:20]), None)
    if signer is None:
        raise Refused("UnknownSigner")
    if not curve.verify(signer, LABEL + data[:HEADER], data[HEADER:PREFIX]):
        raise Refused("BadSignature")
    _check_header(header)
    return _read_tables(data, header, realm)


def _check_header(header: dict[str, int]) -> None:
    """REV-05, as far as it goes without the length."""
    good = (
        1 <= header["version"] < 2**48
        and header["token_entries"] <= header["entries"]
        and header["complete_to"] <= header["issued_at"] < header["not_after"]
        and 0 < header["token_life"] <= header["longest_token"]
    )
    filter_ = header["k"], header["pages"], header["page_bits"]
    if header["form"] == FORMS["delta"]:
        good = good and header["base"] < header["version"] and filter_ == (0, 0, 0)
    else:
        good = good and header["base"] == 0 and is_filter(*filter_) and (header["pages"] > 0) == (header["entries"] > 0)
        good = good and header["pages"] * header["page_bits"] >= -(-header["entries"] * header["k"] * 1481 // 1024)
    if not good:
        raise Refused("Header")


def is_filter(k: int, pages: int, bits: int) -> bool:
    if k % 4 or not 8 <= k <= 32:
        return False
    if pages == 0:
        return bits == 0
    return pages <= 1024 and bits % 64 == 0 and 64 <= bits <= 131072


def _read_tables(data: bytes, header: dict[str, int], realm: Realm) -> Document:
    delta = header["form"] == FORMS["delta"]
    list_size = 8 * header["entries"] if delta else 32 * header["pages"]
    key_rows, subject_rows, retired_rows = header["key_rows"], header["subject_rows"], header["retired_rows"]
    tables_size = 4 * key_rows + 16 * subject_rows + 12 * retired_rows
    tables_at = PREFIX + list_size
    pages_at = tables_at + tables_size
    if len(data) != pages_at + header["pages"] * (header["page_bits"] // 8):
        raise Refused("Length")
    listed, tables = data[PREFIX:tables_at], data[tables_at:pages_at]
    if hashlib.sha256(tables).digest() != data[124:156] or hashlib.sha256(listed).digest() != data[156:188]:
        raise Refused("Damaged")

    fingerprints = _numbers(listed, 8) if delta else []
    page_hashes = [] if delta else [listed[at : at + 32] for at in range(0, len(listed), 32)]
    at = 4 * key_rows
    keys = _numbers(tables[:at], 4)
    subjects, at = _numbers(tables[at : at + 8 * subject_rows], 8), at + 8 * subject_rows
    cut_offs, at = _numbers(tables[at : at + 8 * subject_rows], 8), at + 8 * subject_rows
    sessions, at = _numbers(tables[at : at + 8 * retired_rows], 8), at + 8 * retired_rows
    rotations = _numbers(tables[at:], 4)
    for column in (fingerprints, keys, subjects, sessions):
        if any(a >= b for a, b in zip(column, column[1:])):
            raise Refused("Order")
    return Document(
        data,
        header,
        realm,
        fingerprints,
        page_hashes,
        {key.to_bytes(4, "big") for key in keys},
        dict(zip(subjects, cut_offs)),
        dict(zip(sessions, rotations)),
        pages_at,
    )


def _numbers(data: bytes, size: int) -> list[int]:
    return [int.from_bytes(data[at : at + size], "big") for at in range(0, len(data), size)]
