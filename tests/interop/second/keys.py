"""Keys, their identities and subkeys (SPEC section 3)."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from . import sodium

PURPOSE_SESSION = b"\x01"


def hkdf(key: bytes, info: bytes, size: int) -> bytes:
    """RFC 5869 with SHA-256 and an empty salt."""
    pseudorandom_key = hmac.digest(bytes(32), key, "sha256")
    out, block, counter = b"", b"", 1
    while len(out) < size:
        block = hmac.digest(pseudorandom_key, block + info + bytes([counter]), "sha256")
        out += block
        counter += 1
    return out[:size]


def encode_context(parts: list[str]) -> bytes:
    """Section 3.3."""
    encoded = [part.encode() for part in parts]
    if not encoded or any(not 1 <= len(part) <= 127 for part in encoded):
        raise ValueError("a context has one or more parts of 1 to 127 bytes")
    whole = b"".join(bytes([len(part)]) + part for part in encoded)
    if len(whole) > 128:
        raise ValueError("the encoding of a context is at most 128 bytes")
    return whole


@dataclass(frozen=True)
class Key:
    """A key of a ring: what section 3.1 says that its role holds."""

    kind: str
    aead_key: bytes | None = None
    seed: bytes | None = None
    public_key: bytes | None = None

    @staticmethod
    def for_issuer(kind: str, aead_key: bytes | None, seed: bytes | None) -> "Key":
        return Key(kind, aead_key, seed, sodium.ed25519_public_key(seed) if seed else None)

    def identity(self) -> bytes:
        material = b""
        if self.aead_key is not None:
            material += hkdf(self.aead_key, b"safeconduct/v1/commitment", 32)
        if self.public_key is not None:
            material += self.public_key
        return hashlib.sha256(b"safeconduct/v1/key" + self.kind.encode() + material).digest()


@lru_cache(maxsize=4096)
def subkeys(aead_key: bytes, kind: str, context: bytes) -> tuple[bytes, bytes]:
    """Sealing key and hedging key (section 3.4)."""
    info = b"safeconduct/v1/subkeys" + kind.encode() + PURPOSE_SESSION + bytes([len(context)]) + context
    both = hkdf(aead_key, info, 64)
    return both[:32], both[32:]


def signing_input(header: bytes, identity: bytes, context: bytes, body: bytes) -> bytes:
    """Section 5.1."""
    return b"safeconduct/v1/signature" + PURPOSE_SESSION + header + identity + bytes([len(context)]) + context + body
