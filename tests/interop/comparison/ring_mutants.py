"""Rings and published rings with something done to them."""

from second import published, ring as ring_, sodium, text
from second.errors import Refused
from second.vectors import ring_lines

from .first import First
from .tally import Tally
from .world import STRANGE_KEYS, Chance, issuer_ring, realm

AROUND = ["", "", " ", "\n", "\r\n", "\t", "\f", "\v", "\0", "\u00a0", '"', "'", '"\'', " \" ", "\ufeff"]
LAST = 253402300799
WINDOWS = [(LAST, 1, 0), (LAST - 1, 1, 0), (LAST - 2, 1, 1), (LAST - 2, 1, 2), (0, 0, 5), (0, 2**32 - 1, 2**32 - 1), (2**40 - 1, 1, 1)]


class RingMutants:
    def __init__(self, first: First, seed: int):
        self.first, self.chance = first, Chance(seed)
        self.rings, self.documents = Tally("mutated rings"), Tally("mutated published rings")
        self.root_seed, self.kek = self.chance.bytes(32), self.chance.bytes(32)
        self.root = sodium.ed25519_public_key(self.root_seed)

    def run(self, count: int) -> list[Tally]:
        """So many rings, and a quarter as many documents."""
        for number in range(count):
            if number % 50 == 0:
                self._new_ring()
            self._ring()
            if number % 4 == 0:
                self._document()
        self.first.flush()
        return [self.rings, self.documents]

    def _new_ring(self) -> None:
        chance = self.chance
        realms = sorted((realm(chance)[0] for _ in range(chance.choice([0, 1, 2]))), key=lambda one: one.realm_id)
        issuers, _ = issuer_ring(chance, tuple(realms))
        self.by_role = {role: ring_.as_role(issuers, role) for role in ring_.ROLES}

    def _payload(self) -> tuple[str, bytes]:
        role = self.chance.choice(ring_.ROLES)
        return role, ring_.write_payload(self.by_role[role])

    def _ring(self) -> None:
        chance = self.chance
        role, payload = self._payload()
        way = chance.randrange(8)
        if way < 5:
            written = ring_.to_text(role, self._edited(payload))
        elif way == 5:
            written = self._edited_text(ring_.to_text(role, payload))
        elif way == 6:
            written = ring_.to_text(chance.choice(ring_.ROLES), payload)
        else:
            written = ring_.to_text(role, payload)
        before, after = chance.choice(AROUND), chance.choice(AROUND)
        if way >= 6 or chance.random() < 0.1:
            written = before + written + after
        asked = role if chance.random() < 0.9 else chance.choice(ring_.ROLES)
        request = {"do": "ring", "ring": written, "role": asked}
        try:
            read = ring_.read(written, asked)
            answer = {"verdict": "accepted", "text": ring_.write(read), "lines": _lines(read)}
        except Refused as refused:
            answer = {"verdict": refused.reason}
        self.first.ask(request, lambda first: self.rings.compare(request, answer, first))

    def _document(self) -> None:
        chance = self.chance
        role, payload = self._payload()
        if chance.random() < 0.4:
            payload = self._edited(payload)
        version = chance.choice([1, 1, 2, 2**48, 2**63 - 1, 2**63, 2**64 - 1, 0])
        kek, root_seed = self.kek, self.root_seed
        if chance.random() < 0.1:
            kek = chance.bytes(32)
        if chance.random() < 0.1:
            root_seed = chance.bytes(32)
        written = published.write(payload, role, version, kek, root_seed, chance.bytes(24))
        if chance.random() < 0.3:
            written = self._edited_text(written)
        elif chance.random() < 0.2:
            prefix, data = written[:19], bytearray(text.decode(written[19:]))
            data[chance.choice([0, 1, 4, 5, 28, 29, chance.randrange(len(data))])] ^= 1 << chance.randrange(8)
            written = prefix + text.encode(bytes(data))
        if chance.random() < 0.2:
            written = chance.choice(AROUND) + written + chance.choice(AROUND)
        asked = role if chance.random() < 0.9 else chance.choice(ring_.ROLES)
        request = {"do": "published", "document": written, "role": asked, "kek": self.kek.hex(), "root": self.root.hex()}
        try:
            number, read = published.read(written, asked, self.kek, self.root)
            answer = {"verdict": "accepted", "version": number, "text": ring_.write(read), "lines": _lines(read)}
        except Refused as refused:
            answer = {"verdict": refused.reason}
        self.first.ask(request, lambda first: self.documents.compare(request, answer, first))

    def _edited_text(self, written: str) -> str:
        chance = self.chance
        at = chance.randrange(min(len(written), chance.choice([24, 10**6])))
        letter = chance.choice("AaZz09-_.=+/ \n\"'iév")
        return chance.choice(
            [
                written[:at] + letter + written[at + 1 :],
                written[:at] + letter + written[at:],
                written[:at] + written[at + 1 :],
                written[:at],
                written[:-1] + letter,
                written.replace("v1", "v2"),
                written.upper(),
                written + written,
            ]
        )

    def _edited(self, payload: bytes) -> bytes:
        """The checksum, or the seal, is made good again afterwards."""
        chance = self.chance
        way = chance.randrange(7)
        data = bytearray(payload)
        at = chance.randrange(len(data))
        if way == 0:
            data[at] ^= 1 << chance.randrange(8)
            return bytes(data)
        if way == 1:
            return payload[:at] + chance.bytes(chance.choice([1, 32, 46])) + payload[at:]
        if way == 2:
            return payload[:at] + payload[at + chance.choice([1, 32, 46]) :]
        if way == 3:
            return payload[: chance.choice([at, 0, 1])]
        if way == 4:
            data[chance.choice([0, 1, len(data) - 1])] = chance.choice([0, 1, 2, 3, 16, 17, 69, 83, 78, 101, 115, 110, 255])
            return bytes(data)
        return self._edited_entry(payload)

    def _edited_entry(self, payload: bytes) -> bytes:
        """One entry or realm of the ring with another value in it, or in another place."""
        chance = self.chance
        pieces, realms = _pieces(payload, self.by_role)
        if not pieces:
            return payload
        way = chance.randrange(6)
        at = chance.randrange(len(pieces))
        if way == 0:
            pieces.insert(chance.randrange(len(pieces) + 1), pieces[at])
        elif way == 1:
            other = chance.randrange(len(pieces))
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif way == 2:
            window = b"".join(number.to_bytes(size, "big") for number, size in zip(chance.choice(WINDOWS), (5, 4, 4)))
            pieces[at] = pieces[at][:1] + window + pieces[at][14:]
        elif way == 3:
            pieces[at] = pieces[at][:-32] + chance.choice(STRANGE_KEYS)
        elif way == 4:
            pieces[at] = pieces[at][:1].swapcase() + pieces[at][1:]
        else:
            pieces[at] = pieces[at][:1].upper() + pieces[at][1:14] + chance.bytes(32)
        if chance.random() < 0.7:
            pieces.sort(key=lambda piece: piece[:1].lower())
        if chance.random() < 0.3 and realms:
            realms = realms[:-32] + chance.choice(STRANGE_KEYS + [realms[-32:]])
        return bytes([len(pieces) % 256]) + b"".join(pieces) + realms


def _pieces(payload: bytes, by_role: dict[str, ring_.Ring]) -> tuple[list[bytes], bytes]:
    """The entries one by one, and all that comes after them."""
    ring = next(ring for ring in by_role.values() if ring_.write_payload(ring) == payload)
    pieces, at = [], 1
    for entry in ring.entries:
        size = 14 + (64 if entry.kind == "n" and not entry.revoked else 32)
        pieces.append(payload[at : at + size])
        at += size
    return pieces, payload[at:]


def _lines(read: ring_.Ring) -> list[str]:
    lines = ring_lines(read)
    return lines["key"] + lines.get("realm", [])
