"""Rings, claims and settings to be compared over. All of it comes from one seed."""

import random

from second import curve, sodium
from second.claims import Claims, Elevation, LATEST
from second.keys import Key
from second.ring import Entry, Realm, Ring, realm_id

NOW = 1_800_000_000
DAY = 86400
CONTEXTS = [["shop.example", "session"], ["shop.example", "sessions"], ["a"], ["x" * 127], ["shop", ".examplesession"]]
SUBJECTS = [b"usr_8f14e45fceea167a", b"u", bytes(range(128)), b"usr_8f14e45fceea167b", b"\xff\x00"]


class Chance(random.Random):
    def bytes(self, size: int) -> bytes:
        return self.randbytes(size)

    def near(self, moment: int) -> int:
        """A time at, or not far from, a moment."""
        return min(LATEST, max(0, moment + self.choice([0, 0, -1, 1, -2, 2, -30, 30, -31, 31, -241, 241, -242, 242, -DAY, DAY])))


def window(chance: Chance) -> tuple[int, int, int]:
    """Mostly one that mints and accepts at NOW."""
    shape = chance.randrange(16)
    if shape == 0:
        issue_from = NOW + chance.choice([0, 1, 29, 30, 31, 120, 121, 3600])
    elif shape == 1:
        issue_from = NOW - 3 * DAY + chance.choice([-1, 0, 1])
        return issue_from, issue_from + 2 * DAY, issue_from + 3 * DAY
    else:
        issue_from = NOW - chance.choice([1, 30, DAY, 10 * DAY])
    return issue_from, issue_from + 30 * DAY, issue_from + 31 * DAY


def entry(chance: Chance, kind: str, revoked: bool = False) -> tuple[Entry, Key]:
    aead_key = chance.bytes(32) if kind in "en" else None
    key = Key.for_issuer(kind, aead_key, chance.bytes(32) if kind in "sn" else None)
    return Entry(kind, key.identity(), *window(chance), None if revoked else key), key


def realm(chance: Chance) -> tuple[Realm, list[bytes]]:
    """A realm, and the seeds of its signers in the ring's order."""
    filter_key = chance.bytes(16)
    seeds = sorted((chance.bytes(32) for _ in range(chance.choice([1, 2]))), key=sodium.ed25519_public_key)
    signers = tuple(sodium.ed25519_public_key(seed) for seed in seeds)
    return Realm(realm_id(filter_key), chance.choice([0, 0, 3, 2**48 - 1]), filter_key, signers), seeds


def issuer_ring(chance: Chance, realms: tuple[Realm, ...] = ()) -> tuple[Ring, list[tuple[Entry, Key]]]:
    """A ring, and its entries with the keys that even revoked ones once had."""
    kinds = chance.choice(["een", "essn", "sn", "eennss", "eeeessssnnnnessn", "s", "e", "n"])
    made = [entry(chance, kind, chance.random() < 0.05) for kind in kinds]
    made.sort(key=lambda pair: (pair[0].kind, pair[0].identity))
    return Ring("issuer", tuple(pair[0] for pair in made), realms), made


def claims(chance: Chance, app: str) -> Claims:
    """Claims that keep the rules; one half of them plain, and good at NOW, the others at some edge."""

    def edge(usual, *others):
        return usual if plain else chance.choice([usual, usual, *others])

    plain = chance.random() < 0.5
    issued_at = NOW - edge(chance.randrange(1700), 1799, 1800, 1801, -30, -31)
    started_at = issued_at + edge(-3600, 0, -1, -28000, 1, 241)
    expires_at = issued_at + edge(1800, 1801, 1799, 60)
    ends_at = max(expires_at, started_at + edge(28800, 28801, 3600))
    level = edge(1, 0, 2, 3)
    authenticated_at = min(started_at, issued_at) - edge(0, 5, 10**6)
    elevation = bound_to = None
    if chance.random() < 0.25:
        until = min(ends_at, issued_at + chance.choice([1, 60, 900, 10**9]))
        elevation = Elevation(chance.randint(level, 3), until, issued_at - chance.choice([0, 1, 10**6]))
    if chance.random() < 0.15:
        bound_to = chance.choice([bytes(32), b"\x01" * 32])
    body = b"" if app == "nothing" else chance.choice([b"\x00", b"\x05hello", b"\x02\xc3\xa9", b"\x80\x00", b"\x85\x00hello"])
    schema = edge(0, 1, 2**32 - 1)
    rotation = edge(0, 1, 7, 2**32 - 1)
    subject = chance.choice(SUBJECTS)
    return Claims(
        schema, subject, started_at, issued_at, expires_at, ends_at, rotation, level, authenticated_at, elevation, bound_to, body
    )


def _strange_keys() -> list[bytes]:
    """Public keys and values of `R` that KEY-01 and TOK-22 are about: small order, mixed order, not canonical, off the curve."""
    torsion = []
    y = 0
    while len(torsion) < 8:
        y += 1
        point = curve.decompress(y.to_bytes(32, "little"))
        if point is None:
            continue
        small = curve.multiply(curve.L, point)
        for _ in range(8):
            encoded = curve.compress(small)
            if encoded not in torsion:
                torsion.append(encoded)
            small = curve.add(small, curve.multiply(curve.L, point))
    mixed = [curve.compress(curve.add(curve.BASE, curve.decompress(small))) for small in torsion]
    high = [(curve.P + extra).to_bytes(32, "little") for extra in range(19)]
    negative = [bytes(number[:31]) + bytes([number[31] | 0x80]) for number in torsion + high]
    return torsion + mixed + high + negative + [b"\xff" * 32, bytes(32), curve.compress(curve.BASE)]


STRANGE_KEYS = _strange_keys()
