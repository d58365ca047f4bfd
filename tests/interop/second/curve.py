"""Ed25519 points in plain integers: what KEY-01 and TOK-21 to TOK-23 demand beyond a library call (RFC 8032 section 5.1)."""

import hashlib
from functools import lru_cache

from . import sodium

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

# Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
IDENTITY = (0, 1, 1, 0)


def add(a, b):
    """The complete addition of RFC 8032 section 5.1.4: good for doubling, too."""
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c = 2 * a[3] * b[3] * D % P
    d = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def compress(point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress(encoded: bytes):
    """A point, or None. Takes a `y` from `P` on and the sign of a zero as they come: whoever must not compares with `compress`."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, (number & (2**255 - 1)) % P
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == P - u and u:
        x = x * _ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u:
        return None
    if x & 1 != sign:
        x = -x % P
    return x, y, 1, x * y % P


def is_identity(point) -> bool:
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def has_small_order(point) -> bool:
    return is_identity(multiply(8, point))


@lru_cache(maxsize=65536)
def is_good_public_key(encoded: bytes) -> bool:
    """KEY-01."""
    point = decompress(encoded)
    if point is None or compress(point) != encoded:
        return False
    return not has_small_order(point) and is_identity(multiply(L, point))


def _is_good_form(signature: bytes) -> bool:
    """TOK-21 and TOK-22: what is asked of `S` and `R` alone."""
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    r = decompress(signature[:32])
    return r is not None and not has_small_order(r)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """TOK-21 to TOK-23 for a key that has passed KEY-01; the equation by libsodium."""
    return sodium.ed25519_verify(public_key, message, signature) and _is_good_form(signature)


_BASE_Y = 4 * pow(5, -1, P) % P
BASE = decompress(_BASE_Y.to_bytes(32, "little"))


def verify_plainly(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """The same without libsodium, word for word as the SPEC has it. Slow: it checks `verify`."""
    if not _is_good_form(signature):
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + public_key + message).digest(), "little") % L
    x, y, z, t = decompress(public_key)
    minus_a = (-x % P, y, z, -t % P)
    return compress(add(multiply(s, BASE), multiply(k, minus_a))) == r
