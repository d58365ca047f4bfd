"""Published rings (SPEC section 8.6)."""

from . import curve, ring, sodium, text
from .errors import Refused
from .keys import hkdf

_PREFIX = "sc-ring.v1.wrapped."
_LABEL = b"safeconduct/v1/ring-document"


def read(document: str, role: str, kek: bytes, root: bytes) -> tuple[int, ring.Ring]:
    """DOC-01 and DOC-04: the version and the ring."""
    document = text.bare(document)
    data = text.decode(document.removeprefix(_PREFIX)) if document.startswith(_PREFIX) else None
    if data is None or not 117 <= len(data) <= 1549:
        raise Refused("NotADocument")
    letter, name, nonce, sealed = data[:1], data[1:5], data[5:29], data[29:]
    if letter != role[0].encode():
        raise Refused("OtherRole")
    if name != _kek_id(kek):
        raise Refused("OtherKeyEncryptionKey")
    opened = sodium.xchacha_open(_wrapping_key(kek, letter), nonce, data[:5], sealed)
    if opened is None:
        raise Refused("DoesNotOpen")
    signed, signature = opened[:-64], opened[-64:]
    if not curve.verify(root, _LABEL + letter + signed, signature):
        raise Refused("BadSignature")
    version = int.from_bytes(signed[:8], "big")
    if not 1 <= version < 2**63:
        raise Refused("Version")
    try:
        return version, ring.read_payload(signed[8:], role)
    except Refused:
        raise Refused("Ring") from None


def write(payload: bytes, role: str, version: int, kek: bytes, root_seed: bytes, nonce: bytes) -> str:
    letter = role[0].encode()
    signed = version.to_bytes(8, "big") + payload
    signature = sodium.ed25519_sign(root_seed, _LABEL + letter + signed)
    aad = letter + _kek_id(kek)
    sealed = sodium.xchacha_seal(_wrapping_key(kek, letter), nonce, aad, signed + signature)
    return _PREFIX + text.encode(aad + nonce + sealed)


def _kek_id(kek: bytes) -> bytes:
    return hkdf(kek, b"safeconduct/v1/kek", 4)


def _wrapping_key(kek: bytes, letter: bytes) -> bytes:
    return hkdf(kek, b"safeconduct/v1/wrap" + letter, 32)
