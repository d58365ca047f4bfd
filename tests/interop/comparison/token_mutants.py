"""Tokens with something done to them, and the verdicts of both implementations."""

import string
from dataclasses import fields, replace

from second import minting, postcard, ring as ring_, sodium, text
from second.claims import Claims, Elevation, encode_core
from second.curve import L
from second.errors import Refused
from second.keys import Key, encode_context, signing_input, subkeys
from second.ring import Entry
from second.vectors import claim_lines
from second.verify import Session, Token, Verifier, satisfies

from .first import First
from .tally import Tally
from .world import CONTEXTS, NOW, STRANGE_KEYS, SUBJECTS, Chance, claims, issuer_ring

LETTERS = string.ascii_letters + string.digits + "-_"
STRANGERS = "=+/% \n\r\t\0.~éA\u0661\uff41\U0001f600"
EDGES = [0, 1, 2, 3, 4, 127, 128, 129, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 253402300799, 253402300800]
OVERLONG = [b"\x80\x00", b"\x81\x00", b"\xff" * 9 + b"\x01", b"\xff" * 9 + b"\x02"]
OVERLONG += [b"\xff" * 4 + b"\x0f", b"\xff" * 4 + b"\x10", b"\x80" * 10]


def shown(session: Session, now: int) -> dict:
    """As the first implementation shows a session: an elevation only while it lasts, the schema not at all."""
    lines = claim_lines(session)
    del lines["schema"], lines["app-text"]
    elevation = session.claims.elevation
    if elevation is not None and elevation.until <= now:
        lines["elevation"] = "none"
    return {"verdict": "accepted", "claims": lines, "app": session.app}


class TokenMutants:
    GROUP = 60

    def __init__(self, first: First, seed: int):
        self.first, self.chance = first, Chance(seed)
        self.tally = Tally("mutated tokens")
        self.by_way: dict[str, int] = {}
        self.worlds = [issuer_ring(self.chance) for _ in range(40)]

    def run(self, count: int) -> Tally:
        while count > 0:
            self._group(min(count, self.GROUP))
            count -= self.GROUP
        self.first.flush()
        return self.tally

    def _group(self, count: int) -> None:
        """One verifier, and mutants put to it."""
        chance = self.chance
        self.ring, self.made = chance.choice(self.worlds)
        role = chance.choice(["verifier", "verifier", "issuer", "public"])
        ring = ring_.as_role(self.ring, role)
        if not ring.entries:
            role, ring = "verifier", ring_.as_role(self.ring, "verifier")
        self.context = encode_context(parts := chance.choice(CONTEXTS))
        self.app = chance.choice(["nothing", "nothing", "text"])
        plain = chance.random() < 0.5

        def edge(usual, *others):
            return usual if plain else chance.choice([usual, usual, *others])

        settings = {
            "ring": ring_.write(ring),
            "context": parts,
            "kinds": edge("esn", "e", "s", "n", "sn"),
            "longest_token": edge(1801, 86400, 1800, 1799),
            "longest_session": edge(28801, 10**9, 28800, 28799),
            "skew": edge(30, 0, 120),
            "schema": edge(0, 1),
            "app": self.app,
            "complete_to": edge(0, NOW, chance.near(NOW + 1800), chance.near(NOW + 28800)),
        }
        self.keys = [pair for pair in self.made if pair[0].kind in settings["kinds"] and (pair[0].kind == "s" or role != "public")]
        if not self.keys or chance.random() < 0.1:
            self.keys = self.made
        names = ["longest_token", "longest_session", "skew", "schema", "app"]
        parsed = ring_.read(settings["ring"], role)
        self.verifier = Verifier(parsed, self.context, settings["kinds"], *(settings[name] for name in names))
        tokens = [self._token() for _ in range(4)]
        settings |= self._revocations(tokens, settings["complete_to"])
        self.first.ask({"do": "verifier", **settings})
        for _ in range(count):
            name, token = self._mutant(tokens)
            self.by_way[name] = self.by_way.get(name, 0) + 1
            self._compare(settings, token)

    def _compare(self, settings: dict, token: str) -> None:
        chance = self.chance
        now = NOW if chance.random() < 0.7 else chance.near(chance.choice([NOW, NOW - 1800, NOW + 1800, NOW + 28800]))
        request = {"do": "verify", "token": token, "now": now}
        proven = chance.choice([None] * 14 + [bytes(32), b"\x01" * 32])
        if proven is not None:
            request["proven"] = proven.hex()
        wanted = {"level": chance.randrange(4), "max_age": chance.choice([0, 5, 65, 3600, 10**6, 10**7])}
        try:
            if chance.random() < 0.1:
                request["do"] = "depart"
                session_id, until = self.verifier.departing(token, now)
                answer = {"verdict": "accepted", "session-id": session_id.hex(), "until": until}
            else:
                request |= wanted
                session = self.verifier.verify(token, now, proven)
                answer = shown(session, now) | {"satisfies": satisfies(session.claims, wanted["level"], wanted["max_age"], now)}
        except Refused as refused:
            answer = {"verdict": refused.reason}
        self.first.ask(request, lambda first: self.tally.compare([settings, request], answer, first))

    def _revocations(self, tokens: list[str], complete_to: int) -> dict:
        """Something is revoked in one group of five."""
        chance = self.chance
        data = self.verifier.revocations
        data.complete_to = complete_to
        listed, everyone = [], None
        if chance.random() < 0.2:
            parsed = Token("e", text.decode(chance.choice(tokens)))
            scope = chance.randrange(5)
            if scope == 0:
                data.everyone_before = everyone = chance.near(NOW - 3600)
            elif scope == 1:
                data.keys.add(parsed.key_id)
                listed.append({"scope": "key", "key": parsed.key_id.hex()})
            elif scope == 2:
                subject, before = chance.choice(SUBJECTS), chance.near(NOW)
                data.subjects[subject] = before
                listed.append({"scope": "subject", "subject": subject.hex(), "before": before})
            elif scope == 3:
                data.sessions.add(parsed.session_id)
                listed.append({"scope": "session", "session": parsed.session_id.hex()})
            else:
                session, token = parsed.session_id, parsed.token_id
                data.tokens.add((session, token))
                listed.append({"scope": "token", "session": session.hex(), "token": token.hex()})
        return {"revoked": listed, "revoked_everyone_before": everyone}

    def _key(self) -> tuple[Entry, Key]:
        """A key to mint under: mostly one that is accepted."""
        return self.chance.choice(self.keys)

    def _sealed(self, body: bytes, context: bytes | None = None) -> str:
        entry, key = self._key()
        entry = replace(entry, key=key)
        return minting.seal(entry, self.context if context is None else context, self.chance.bytes(24), body)

    def _token(self) -> str:
        some = claims(self.chance, self.app)
        return self._sealed(encode_core(some) + some.app)

    # What can be done to a token.

    def _mutant(self, tokens: list[str]) -> tuple[str, str]:
        chance = self.chance
        token = chance.choice(tokens)
        way = chance.choices(list(self.WAYS), [weight for _, weight in self.WAYS.values()])[0]
        return way, self.WAYS[way][0](self, token)

    def _none(self, token: str) -> str:
        return token

    def _fresh(self, token: str) -> str:
        return self._token()

    def _character(self, token: str) -> str:
        at = self.chance.randrange(len(token))
        letter = self.chance.choice(LETTERS if self.chance.random() < 0.7 else STRANGERS)
        kind = self.chance.randrange(4)
        if kind == 0:
            return token[:at] + letter + token[at:]
        if kind == 1:
            return token[:at] + token[at + 1 :]
        if kind == 2:
            return token[:at] + token[at : at + 2][::-1] + token[at + 2 :]
        return token[:at] + letter + token[at + 1 :]

    def _prefix(self, token: str) -> str:
        at = self.chance.randrange(4)
        return token[:at] + self.chance.choice("sc1esn02EN-_A=") + token[at + 1 :]

    def _last(self, token: str) -> str:
        return token[:-1] + self.chance.choice(LETTERS)

    def _around(self, token: str) -> str:
        stranger = self.chance.choice(STRANGERS + "A\"'")
        return self.chance.choice([stranger + token, token + stranger, token + token, token.swapcase(), token + "A" * 4096])

    def _cut(self, token: str) -> str:
        at = self.chance.randrange(len(token) + 1)
        return self.chance.choice([token[:at], token[at:], token[: min(at, 8)]])

    def _bits(self, token: str) -> str:
        data = bytearray(text.decode(token))
        for _ in range(self.chance.choice([1, 1, 1, 2, 3])):
            data[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        return text.encode(bytes(data))

    def _bytes(self, token: str) -> str:
        return text.encode(self._edited(text.decode(token)))

    def _edited(self, data: bytes) -> bytes:
        at = self.chance.randrange(len(data) + 1)
        piece = self.chance.choice([b"\0", b"\xff", self.chance.bytes(1), self.chance.bytes(3), *OVERLONG])
        return self.chance.choice([data[:at] + piece + data[at:], data[:at] + piece + data[at + len(piece) :], data[:at] + data[at + 1 :]])

    def _splice(self, token: str) -> str:
        a, b = text.decode(token), text.decode(self._token())
        at = self.chance.choice([3, 7, 19, 31, min(len(a), len(b)) - 64, min(len(a), len(b)) - 16, self.chance.randrange(len(a))])
        return text.encode(a[:at] + b[at:])

    def _long(self, token: str) -> str:
        some = claims(self.chance, "nothing")
        core = encode_core(some)
        proof = {"e": 16, "s": 64, "n": 80}[token[3]]
        room = 3072 - 31 - proof - len(core) + self.chance.choice([-1, 0, 0, 1, 2, -200])
        app = postcard.varint(room - 2) + b"x" * (room - 2)
        entry, key = self._key()
        return minting.seal(replace(entry, key=key), self.context, self.chance.bytes(24), core + app)

    def _body(self, token: str) -> str:
        """Authentic, with bytes of the body that nobody should have written."""
        some = claims(self.chance, self.app)
        return self._sealed(self._edited(encode_core(some) + some.app))

    def _body_cut(self, token: str) -> str:
        some = claims(self.chance, self.app)
        body = encode_core(some) + some.app
        return self._sealed(body[: self.chance.randrange(len(body) + 1)])

    def _spelled(self, token: str) -> str:
        """Each varint of the fields from its own list of values, over-long ones included."""
        chance = self.chance

        def number(usual: int) -> bytes:
            if chance.random() < 0.75:
                return postcard.varint(usual)
            return chance.choice(OVERLONG) if chance.random() < 0.4 else postcard.varint(chance.choice(EDGES))

        subject = chance.choice(SUBJECTS) if chance.random() < 0.9 else chance.choice([b"", b"x" * 129])
        extras = chance.choice([0, 0, 1, 2, 3, 4])
        body = number(0) + number(len(subject)) + subject + number(NOW) + number(chance.choice([0, 1, 481, 482, 483, 7200]))
        body += number(1800) + number(28800) + number(1) + bytes([chance.choice([1, 1, 1, 0, 3, 4, 255])])
        body += number(chance.choice([0, 2, 482, 484, 2000, 1]))
        body += postcard.varint(extras) if chance.random() < 0.95 else chance.choice(OVERLONG)
        if extras in (1, 3):
            body += bytes([chance.choice([1, 2, 3, 4])]) + number(60) + number(0)
        if extras in (2, 3):
            body += bytes(chance.choice([32, 32, 32, 31, 33]))
        return self._sealed(body)

    def _claim(self, token: str) -> str:
        """Authentic, with one claim somewhere else."""
        chance = self.chance
        some = claims(chance, self.app)
        name = chance.choice([field.name for field in fields(Claims) if field.name not in ("app", "bound_to")])
        moments = [some.issued_at, some.started_at, some.expires_at, some.ends_at, NOW]
        if name == "subject":
            changed = {"subject": chance.choice([b"", b"x" * 128, b"x" * 129, *SUBJECTS])}
        elif name == "elevation":
            near = [chance.near(chance.choice(moments)) for _ in range(2)]
            changed = {"elevation": Elevation(chance.randrange(5), *near)}
        elif name == "level":
            changed = {"level": chance.randrange(6)}
        elif name in ("schema", "rotation"):
            changed = {name: chance.choice(EDGES[:11])}
        else:
            close = chance.choice(moments) + chance.choice([0, 1, -1])
            ahead = some.issued_at + chance.choice([240, 241, 242, 243])
            changed = {name: chance.choice([close, chance.near(chance.choice(moments)), chance.choice(EDGES), ahead])}
        some = replace(some, **changed)
        try:
            core = encode_core(some)
        except (ValueError, OverflowError):
            return token
        if min(some.expires_at - some.issued_at, some.ends_at - some.started_at) < 0:
            return token  # these durations have no encoding
        if some.elevation and min(some.elevation.until - some.issued_at, some.issued_at - some.elevation.authenticated_at) < 0:
            return token
        return self._sealed(core + some.app)

    def _other_context(self, token: str) -> str:
        some = claims(self.chance, self.app)
        return self._sealed(encode_core(some) + some.app, encode_context(self.chance.choice(CONTEXTS)))

    def _signature(self, token: str) -> str:
        """A signature that is off by something small, inside a good seal in kind n."""
        chance = self.chance
        entry, key = self._key()
        if entry.kind == "e":
            return self._bits(token)
        some = claims(chance, self.app)
        body = encode_core(some) + some.app
        header = minting.FORMAT[entry.kind] + entry.key_id + chance.bytes(24)
        signed_header = header if chance.random() < 0.8 else header[:30] + bytes([header[30] ^ 1])
        signature = sodium.ed25519_sign(key.seed, signing_input(signed_header, entry.identity, self.context, body))
        signature = self._other_signature(signature)
        protected = body + signature
        if entry.kind == "n":
            sealing_key, _ = subkeys(key.aead_key, "n", self.context)
            protected = sodium.xchacha_seal(sealing_key, header[7:], header[:7], protected)
        return text.encode(header + protected)

    def _other_signature(self, signature: bytes) -> bytes:
        chance = self.chance
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        way = chance.randrange(5)
        if way == 0:
            s += chance.choice([L, 2 * L, 8 * L])
            return r + (s % 2**256).to_bytes(32, "little")
        if way == 1:
            return chance.choice(STRANGE_KEYS) + signature[32:]
        if way == 2:
            return r + chance.choice([bytes(32), L.to_bytes(32, "little"), (L - 1).to_bytes(32, "little"), b"\xff" * 32])
        if way == 3:
            return chance.choice(STRANGE_KEYS) + bytes(32)
        return signature

    def _under_other_id(self, token: str) -> str:
        """Sealed by a key that is not the one that the header names."""
        entry, key = self._key()
        other, _ = self._key()
        some = claims(self.chance, self.app)
        lying = replace(entry, key=key, identity=other.identity)
        return minting.seal(lying, self.context, self.chance.bytes(24), encode_core(some) + some.app)

    WAYS = {
        "nothing": (_none, 8),
        "a fresh one": (_fresh, 6),
        "a character": (_character, 16),
        "the first characters": (_prefix, 4),
        "the last character": (_last, 3),
        "around": (_around, 3),
        "cut off": (_cut, 4),
        "bits": (_bits, 12),
        "bytes": (_bytes, 8),
        "two spliced": (_splice, 6),
        "nearly too long": (_long, 1),
        "bytes of the body": (_body, 10),
        "the body cut off": (_body_cut, 4),
        "spellings": (_spelled, 8),
        "a claim": (_claim, 12),
        "another context": (_other_context, 3),
        "the signature": (_signature, 5),
        "another key id": (_under_other_id, 3),
    }

