"""Nodes that are given snapshots and deltas, good and bad, and asked about tokens in between."""

import copy
from dataclasses import replace

from second import minting, publishing, ring as ring_
from second.claims import Claims, encode_core
from second.errors import Refused
from second.keys import encode_context
from second.node import Node
from second.publishing import Contents
from second.ring import Realm
from second.snapshot import FIELDS
from second.verify import Verifier

from .first import First
from .tally import Tally
from .token_mutants import shown
from .world import NOW, SUBJECTS, Chance, entry, realm

CONTEXT = ["shop.example", "session"]
EDGES = [0, 1, 2, 7, 8, 24, 36, 63, 64, 128, 1024, 1025, 65536, 131072, 131136]
EDGES += [2**31, 2**32 - 1, 2**48 - 1, 2**48, 2**64 - 1, 253402300799, 253402300800]


class SnapshotMutants:
    STEPS = 40

    def __init__(self, first: First, seed: int):
        self.first, self.chance = first, Chance(seed)
        self.documents, self.asked = Tally("mutated snapshots and deltas"), Tally("tokens beside snapshots")

    def run(self, count: int) -> list[Tally]:
        """So many documents, and about as many questions."""
        while sum(self.documents.verdicts.values()) < count:
            self._node()
            self.first.flush()
        return [self.documents, self.asked]

    def _node(self) -> None:
        chance = self.chance
        realms = sorted((realm(chance) for _ in range(chance.choice([1, 1, 2]))), key=lambda pair: pair[0].realm_id)
        realms = [(replace(one, min_snapshot_version=chance.choice([0, 0, 4])), seeds) for one, seeds in realms]
        self.seeds = dict(realms)
        usual = (NOW - 864000, NOW + 864000, NOW + 950400)
        made = sorted((entry(chance, kind) for kind in "es"), key=lambda pair: pair[0].kind)
        entries = tuple(replace(one, issue_from=usual[0], issue_until=usual[1], accept_until=usual[2]) for one, _ in made)
        issuers = ring_.Ring("issuer", entries, tuple(one for one, _ in realms))
        written = ring_.write(ring_.as_role(issuers, "verifier"))
        self.entries = entries
        ring_version = chance.choice([0, 0, 7])
        self.settings = {
            "ring": written,
            "ring_version": ring_version,
            "context": CONTEXT,
            "kinds": "es",
            "longest_token": 86400,
            "longest_session": 10**6,
            "skew": 30,
            "schema": 0,
            "app": "nothing",
            "node_skew": chance.choice([30, 30, 0, 600]),
            "longest_validity": chance.choice([86400, 86400, 3600, 60, 0]),
            "least_version": chance.choice([0, 0, 3]),
            "fail_open": chance.random() < 0.5,
        }
        ring = ring_.read(written, "verifier")
        self.node = Node(
            ring,
            skew=self.settings["node_skew"],
            longest_validity=self.settings["longest_validity"],
            least_version=self.settings["least_version"],
            ring_version=ring_version or None,  # to the first, 0 is a ring that was not published
            fail_open=self.settings["fail_open"],
        )
        self.context = encode_context(CONTEXT)
        self.verifier = Verifier(ring, self.context, "es", 86400, 10**6, 30, 0, "nothing", self.node)
        self.first.ask({"do": "node", **self.settings})
        self.sessions = [chance.bytes(24) for _ in range(12)]
        self.lineages = [chance.bytes(8) for _ in range(2 if all(len(seeds) == 1 for _, seeds in realms) else 1)]
        self.version, self.now = 5, NOW
        self.same = [True]  # until the two have different documents in force
        for one, _ in realms:
            self._take("snapshot", self._good("snapshot", one))
        for _ in range(self.STEPS):
            self._step()

    def _step(self) -> None:
        chance = self.chance
        self.now += chance.choice([0, 0, 0, 1, 30, 60, 600, -60])
        if chance.random() < 0.5:
            form = chance.choice(["snapshot", "delta"]) if len(self.node.in_force) == len(self.seeds) else "snapshot"
            made = self._good(form, chance.choice(list(self.seeds)))
            if chance.random() < 0.5:
                made = self._mutated(made)
            self._take(form if chance.random() < 0.95 else "snapshot", made)
            self.version += chance.choice([0, 0, 1, 1, 2])
        else:
            self._ask()

    def _good(self, form: str, one: Realm) -> bytes:
        """A document that could be taken, had not some of its numbers been drawn from further away."""
        chance = self.chance

        def seldom(usual, *others):
            return chance.choice(others) if chance.random() < 0.06 else usual

        complete_to = self.now + seldom(0, -1, -600, -3600, 30, 31, 600, 601)
        issued_at = complete_to + seldom(0, 1, 30, 31, 600)
        version = max(1, self.version + seldom(0, -1, -2, -4, 1, 2**47))
        fields = {
            "version": version,
            "base": 0 if form == "snapshot" else max(0, version - 1 + seldom(0, -1, -5, 1, 0)),
            "issued_at": issued_at,
            "complete_to": complete_to,
            "not_after": issued_at + seldom(3600, 1, 60, 86400, 0),
            "everyone_before": seldom(0, NOW - 3600, NOW - 3599, NOW),
            "min_ring_version": seldom(0, 1, 7, 8),
            "token_life": seldom(1800, 1, 60),
            "longest_token": seldom(1800, 1801, 1799, 86400),
            "staleness_bound": seldom(600, 0, 1, 2**32 - 1),
        }
        some = Contents()
        for ids in self.sessions:
            if chance.random() < 0.06:
                some.sessions.add(ids[:12])
            if chance.random() < 0.06:
                some.tokens.add(ids)
            if chance.random() < 0.06:
                some.retired[ids[:12]] = chance.choice([0, 1, 2, 7])
        for subject in SUBJECTS:
            if chance.random() < 0.06:
                some.subjects[subject] = chance.choice([NOW - 3600, NOW - 3599, NOW, 0])
        if chance.random() < 0.06:
            some.keys.add(chance.choice(self.entries).key_id)
        seed = chance.choice(self.seeds[one])
        k = seldom(24, 8, 12, 20, 32)
        return publishing.document(form, one, seed, chance.choice(self.lineages), fields, some, k)

    def _mutated(self, made: bytes) -> bytes:
        chance = self.chance
        data = bytearray(made)
        way = chance.randrange(8)
        at = chance.randrange(len(data))
        if way == 0:
            data[at] ^= 1 << chance.randrange(8)
            return bytes(data)
        if way == 1:
            return chance.choice([made[:at], made + b"\0", made[:at] + made[at + 1 :], made[:251], made[:252], b""])
        if way == 2:  # a byte somewhere in the header
            data[chance.randrange(188)] = chance.choice([0, 1, 2, 255])
        elif way in (3, 4, 5):  # a number of the header
            name = chance.choice(list(FIELDS))
            start, size = FIELDS[name]
            usual = int.from_bytes(data[start : start + size], "big")
            value = chance.choice([usual + 1, usual - 1, usual ^ 1, *EDGES]) % 2 ** (8 * size)
            data[start : start + size] = value.to_bytes(size, "big")
        elif way == 6:  # something in the list or the tables, with good hashes
            return self._rehashed(made)
        else:  # something in the pages: found when it is looked at, or never
            pages_at = self._parts(made)[1]
            if pages_at < len(data):
                data[chance.randrange(pages_at, len(data))] ^= 1 << chance.randrange(8)
            return bytes(data)
        return publishing.sign_again(self._seed_of(made), bytes(data))

    def _parts(self, made: bytes) -> tuple[int, int]:
        """Where the tables and the pages begin."""
        number = {name: int.from_bytes(made[at : at + size], "big") for name, (at, size) in FIELDS.items()}
        tables_at = 252 + (32 * number["pages"] if number["form"] == 1 else 8 * number["entries"])
        return tables_at, tables_at + 4 * number["key_rows"] + 16 * number["subject_rows"] + 12 * number["retired_rows"]

    def _rehashed(self, made: bytes) -> bytes:
        chance = self.chance
        tables_at, pages_at = self._parts(made)
        listed, tables, pages = made[252:tables_at], made[tables_at:pages_at], made[pages_at:]
        edited = bytearray(chance.choice([listed, tables, tables]))
        is_list = bytes(edited) == listed
        if len(edited) >= 8:
            at = 4 * chance.randrange(len(edited) // 4)
            if chance.random() < 0.5:
                edited[at : at + 4] = chance.choice([bytes(4), b"\xff" * 4, chance.bytes(4)])
            else:
                other = 4 * chance.randrange(len(edited) // 4)
                edited[at : at + 4] = edited[other : other + 4]
        listed, tables = (bytes(edited), tables) if is_list else (listed, bytes(edited))
        header = bytearray(made[:188])
        return publishing.sign(self._seed_of(made), header, listed, tables, pages)

    def _seed_of(self, made: bytes) -> bytes:
        for seeds in self.seeds.values():
            for seed in seeds:
                if publishing.sodium.ed25519_public_key(seed)[:8] == made[12:20]:
                    return seed
        return next(iter(self.seeds.values()))[0]

    def _take(self, form: str, data: bytes) -> None:
        request = {"do": "take", "now": self.now, "documents": [{"form": form, "bytes": data.hex()}]}
        before, memory, lines = dict(self.node.in_force), copy.deepcopy(self.node._memory), self._in_force()
        try:
            self.node.take(data, form, self.now)
            if form == "snapshot" and self._was_in_force(data, before):
                self.node.in_force, self.node._memory = before, memory
            answer = {"verdict": "accepted", "in_force": self._in_force()}
        except Refused as refused:
            answer = {"verdict": refused.reason}
        settings, same = self.settings, self.same

        def compare(first: dict) -> None:
            if same[0]:
                why = _known(form, data, first, answer["verdict"], lines)
                if why is not None:
                    self.documents.known[why] += 1
                    return
                self.documents.compare([settings, request], answer, first)
                same[0] = first == answer

        self.first.ask(request, compare)

    def _was_in_force(self, data: bytes, before: dict) -> bool:
        """`Node` goes on with what it has when a snapshot of that line and version comes, perhaps after a delta. The SPEC replaces it."""
        had, has = before.get(data[8:12]), self.node.in_force[data[8:12]]
        return had is not None and had.document.line == has.document.line and had.header["version"] == has.header["version"]

    def _in_force(self) -> list[str]:
        lines = []
        for realm_id, one in self.node.in_force.items():
            names = ["version", "min_ring_version", "complete_to", None, "token_life", "staleness_bound"]
            values = [one.good_until if name is None else one.header[name] for name in names]
            lines.append(" ".join([realm_id.hex(), *map(str, values)]))
        return sorted(lines)

    def _ask(self) -> None:
        chance = self.chance
        now = self.now + chance.choice([0, 0, 0, 0, -10, 600, 601, 3599, 3600, 86400])
        issued_at = chance.choice([now, now, self.now]) - chance.choice([0, 60, 1700, 1799])
        started_at = NOW - 3600 + chance.choice([0, 0, 1, -1])
        life = chance.choice([1800, 1800, 1800, 1801, 60])
        some = Claims(
            0,
            chance.choice(SUBJECTS),
            started_at,
            issued_at,
            issued_at + life,
            max(started_at + 28800, issued_at + life),
            chance.choice([0, 1, 2, 6, 7]),
            1,
            started_at - 1,
        )
        token = minting.seal(chance.choice(self.entries), self.context, chance.choice(self.sessions), encode_core(some))
        request = {"do": "ask", "token": token, "now": now}
        try:
            session = self.verifier.verify(token, now)
            clear = session.clear
            answer = shown(session, now)
            answer["word"] = f"{clear.complete_to} {clear.token_life} {str(clear.minting).lower()}"
        except Refused as refused:
            answer = {"verdict": refused.reason}
        settings, same = self.settings, self.same
        self.first.ask(request, lambda first: same[0] and self.asked.compare([settings, request], answer, first))


def _known(form: str, data: bytes, first: dict, second: str, before: list[str]) -> str | None:
    """Where the first implementation's `Node` does with a bad document what the SPEC demands, but for the reason it gives."""
    verdict = first["verdict"]
    unchanged = verdict == "accepted" and first["in_force"] == before
    realm_and_version = f"{data[8:12].hex()} {int.from_bytes(data[28:36], 'big')} "
    in_force = any(line.startswith(realm_and_version) for line in before)
    if form == "snapshot" and second == "RingTooOld" and unchanged and in_force:
        return "a snapshot of the version in force changes nothing, whatever ring it demands (not RingTooOld)"
    if form != "delta" or second == "accepted":
        return None
    if verdict == "NoBase":
        return "a delta of a realm without a snapshot is looked at no further (NoBase)"
    return None
