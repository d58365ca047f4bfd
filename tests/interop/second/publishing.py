"""Building snapshots and deltas (SPEC sections 9.3 and 9.4): the publisher's side, for comparisons."""

import hashlib
from dataclasses import dataclass, field

from . import sodium
from .snapshot import FIELDS, FORMS, HEADER, LABEL, probes, reduce
from .ring import Realm

U = 2**62
PAGE = 131072


@dataclass
class Contents:
    """What a version holds. The fingerprints of section 9.2 are made from these."""

    keys: set[bytes] = field(default_factory=set)
    subjects: dict[bytes, int] = field(default_factory=dict)
    retired: dict[bytes, int] = field(default_factory=dict)
    sessions: set[bytes] = field(default_factory=set)
    tokens: set[bytes] = field(default_factory=set)  # session id and token id, joined


def _fingerprints(realm: Realm, contents: Contents) -> list[int]:
    sessions = {sodium.siphash(realm.filter_key, b"\x01" + session) for session in contents.sessions}
    return sorted(sessions | {sodium.siphash(realm.filter_key, b"\x02" + token) for token in contents.tokens})


def _by_fingerprint(realm: Realm, letter: bytes, rows: dict[bytes, int]) -> list[tuple[int, int]]:
    return sorted((sodium.siphash(realm.filter_key, letter + name), value) for name, value in rows.items())


def tables(realm: Realm, contents: Contents) -> bytes:
    subjects = _by_fingerprint(realm, b"\x03", contents.subjects)
    retired = _by_fingerprint(realm, b"\x01", contents.retired)
    out = sorted(contents.keys)
    out += [fingerprint.to_bytes(8, "big") for fingerprint, _ in subjects]
    out += [cut_off.to_bytes(8, "big") for _, cut_off in subjects]
    out += [fingerprint.to_bytes(8, "big") for fingerprint, _ in retired]
    out += [least.to_bytes(4, "big") for _, least in retired]
    return b"".join(out)


def build_filter(fingerprints: list[int], k: int) -> tuple[list[bytes], int]:
    """The pages, and the bits of each: the first size for which the rate of REV-15 holds."""
    if not fingerprints:
        return [], 0
    growth = 0
    while True:
        m = max(64, _ceiling(len(fingerprints) * k * 1481, 1024) * (128 + growth) // 128)
        count = max(1, _ceiling(m, PAGE))
        bits = 64 * _ceiling(_ceiling(m, count), 64)
        pages = [bytearray(bits // 8) for _ in range(count)]
        for fingerprint in fingerprints:
            page = pages[reduce(fingerprint, count)]
            for bit in probes(fingerprint, k, bits):
                page[bit // 8] |= 1 << bit % 8
        if sum(_rate(page, bits, k) for page in pages) <= count * U // 2**k:
            return [bytes(page) for page in pages], bits
        growth += 1


def _ceiling(a: int, b: int) -> int:
    return -(-a // b)


def _rate(page: bytearray, bits: int, k: int) -> int:
    ones = int.from_bytes(page, "big").bit_count()
    x = rate = _ceiling(ones * U, bits)
    for _ in range(k - 1):
        rate = _ceiling(rate * x, U)
    return rate


def document(form: str, realm: Realm, seed: bytes, lineage: bytes, fields: dict[str, int], contents: Contents, k: int = 24) -> bytes:
    """A signed document. `fields` are those of the header that the contents do not settle."""
    fingerprints = _fingerprints(realm, contents)
    pages, bits = build_filter(fingerprints, k) if form == "snapshot" else ([], 0)
    listed = b"".join(hashlib.sha256(page).digest() for page in pages)
    if form == "delta":
        listed = b"".join(fingerprint.to_bytes(8, "big") for fingerprint in fingerprints)
    settled = {
        "form": FORMS[form],
        "k": k if form == "snapshot" else 0,
        "entries": len(fingerprints),
        "token_entries": len(contents.tokens),
        "pages": len(pages),
        "page_bits": bits,
        "key_rows": len(contents.keys),
        "subject_rows": len(contents.subjects),
        "retired_rows": len(contents.retired),
    }
    signer = sodium.ed25519_public_key(seed)
    return sign(seed, head(realm.realm_id, signer, lineage, settled | fields), listed, tables(realm, contents), b"".join(pages))


def head(realm_id: bytes, signer: bytes, lineage: bytes, fields: dict[str, int]) -> bytearray:
    """A header without its two hashes."""
    header = bytearray(HEADER)
    header[:4] = b"scr1"
    header[8:12], header[12:20], header[20:28] = realm_id, signer[:8], lineage
    for name, value in fields.items():
        at, size = FIELDS[name]
        header[at : at + size] = (value % 2 ** (8 * size)).to_bytes(size, "big")
    return header


def sign(seed: bytes, header: bytearray, listed: bytes, tables_: bytes, pages: bytes) -> bytes:
    header[124:156], header[156:188] = hashlib.sha256(tables_).digest(), hashlib.sha256(listed).digest()
    signature = sodium.ed25519_sign(seed, LABEL + bytes(header))
    return bytes(header) + signature + listed + tables_ + pages


def sign_again(seed: bytes, document_: bytes) -> bytes:
    """A document with a new signature over its header as it is."""
    header = document_[:HEADER]
    return header + sodium.ed25519_sign(seed, LABEL + header) + document_[252:]
