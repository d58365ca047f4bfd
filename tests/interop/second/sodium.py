"""The four primitives that come from libsodium, by ctypes. Nothing here knows the format."""

import ctypes
import ctypes.util

_NAMES = ("libsodium.so.23", "libsodium.so.26", ctypes.util.find_library("sodium"))


def _load():
    for name in _NAMES:
        if name:
            try:
                return ctypes.CDLL(name)
            except OSError:
                continue
    raise ImportError("libsodium is not installed")


_lib = _load()
if _lib.sodium_init() < 0:
    raise ImportError("libsodium does not start")

_ULL = ctypes.c_ulonglong
TAG = 16


def xchacha_open(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes | None:
    """The plaintext, or None where the tag is wrong."""
    if len(sealed) < TAG:
        return None
    plaintext = ctypes.create_string_buffer(max(1, len(sealed) - TAG))
    failed = _lib.crypto_aead_xchacha20poly1305_ietf_decrypt(
        plaintext, None, None, sealed, _ULL(len(sealed)), aad, _ULL(len(aad)), nonce, key
    )
    return None if failed else plaintext.raw[: len(sealed) - TAG]


def xchacha_seal(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
    sealed = ctypes.create_string_buffer(len(plaintext) + TAG)
    _lib.crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed, None, plaintext, _ULL(len(plaintext)), aad, _ULL(len(aad)), None, nonce, key
    )
    return sealed.raw


def ed25519_public_key(seed: bytes) -> bytes:
    return _pair(seed)[0]


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    signature = ctypes.create_string_buffer(64)
    _lib.crypto_sign_ed25519_detached(signature, None, message, _ULL(len(message)), _pair(seed)[1])
    return signature.raw


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """The equation without cofactor, as libsodium computes it. The rules around it are in `curve`."""
    return _lib.crypto_sign_ed25519_verify_detached(signature, message, _ULL(len(message)), public_key) == 0


def siphash(key: bytes, message: bytes) -> int:
    """SipHash-2-4 as the number of SPEC section 9.2."""
    out = ctypes.create_string_buffer(8)
    _lib.crypto_shorthash_siphash24(out, message, _ULL(len(message)), key)
    return int.from_bytes(out.raw, "little")


_pairs: dict[bytes, tuple[bytes, bytes]] = {}


def _pair(seed: bytes) -> tuple[bytes, bytes]:
    assert len(seed) == 32
    if seed not in _pairs:
        public_key, secret_key = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        _lib.crypto_sign_ed25519_seed_keypair(public_key, secret_key, seed)
        _pairs[seed] = public_key.raw, secret_key.raw
    return _pairs[seed]
