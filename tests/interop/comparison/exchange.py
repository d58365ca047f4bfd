"""Tokens both ways: each implementation mints, rotates and elevates, and the other reads what came of it.

In one direction both get the same random bytes, and have to make the same token, byte for byte.
"""

from dataclasses import replace

from second import postcard, ring as ring_
from second.claims import LATEST, encode_core
from second.errors import CannotIssue, Refused
from second.keys import encode_context
from second.minting import Issuer, seal
from second.ring import Entry
from second.verify import Session, Verifier

from .first import First
from .tally import Tally
from .token_mutants import shown
from .world import CONTEXTS, DAY, NOW, SUBJECTS, Chance, claims, issuer_ring

SKEW = 30


class Exchange:
    GROUP = 40

    def __init__(self, first: First, seed: int):
        self.first, self.chance = first, Chance(seed)
        self.by_first = Tally("minted by the first, read by the second")
        self.by_second = Tally("minted by the second, read by the first")
        worlds = [issuer_ring(self.chance)[0] for _ in range(40)]
        self.worlds = [ring for ring in worlds if any(entry.key for entry in ring.entries)]

    def run(self, count: int) -> list[Tally]:
        """So many tokens each way; what could not be minted is not counted."""
        while min(self._read(self.by_first), self._read(self.by_second)) < count:
            self._group()
        return [self.by_first, self.by_second]

    def _read(self, tally: Tally) -> int:
        return tally.verdicts["accepted"]

    def _group(self) -> None:
        """Two issuers with the same settings, and sessions that they begin and carry on."""
        chance = self.chance
        ring = chance.choice(self.worlds)
        kind = chance.choice(ring.entries).kind
        assurance = chance.choice([1, 1, 2, 3])
        absolute = chance.choice([28800, 28800, 3600, 43200])
        settings = {
            "ring": ring_.write(ring),
            "context": chance.choice(CONTEXTS),
            "mints": kind,
            "kinds": "esn",
            "assurance": assurance,
            "idle": chance.choice([1800, 1800, 60, 900]),
            "absolute": absolute,
            "longest_session": chance.choice([absolute, 43200]),
            "longest_elevation": chance.choice([900, 60]),
            "longest_token": 43200,
            "skew": SKEW,
            "schema": chance.choice([0, 1, 2**32 - 1]),
        }
        self.context = encode_context(settings["context"])
        self.text = chance.choice([None, None, "", "hello", "é" * 40, "x" * 2800, "x" * 3000])
        self.app = b"" if self.text is None else postcard.string(self.text)
        self.issuer = Issuer(
            ring,
            self.context,
            kind,
            settings["idle"],
            absolute,
            settings["longest_session"],
            settings["longest_elevation"],
            assurance,
        )
        app = "nothing" if self.text is None else "text"
        verifying = {"longest_token": 43200, "longest_session": 43200, "skew": SKEW, "schema": settings["schema"], "app": app}
        self.verifier = Verifier(ring, self.context, "esn", *verifying.values())
        self.settings = settings
        nothing_revoked = {"complete_to": 0, "revoked": []}
        public_side = ring_.write(ring_.as_role(ring, "verifier"))
        self.first.ask({"do": "mint", **settings})
        self.first.ask({"do": "verifier", **settings, **verifying, **nothing_revoked, "ring": public_side})
        for _ in range(self.GROUP):
            self._session()
        self.first.flush()

    def _session(self) -> None:
        chance = self.chance
        now = NOW if chance.random() < 0.7 else chance.near(NOW)
        grant = self._grant(now)
        if chance.random() < 0.2:
            token = self._found(chance.choice([entry for entry in self.issuer.ring.entries if entry.key]))
        else:
            token = self._step({"do": "issue", **grant, "now": now}, lambda random: self._issue(grant, now, random), now)
        for _ in range(chance.choice([0, 1, 1, 2])):
            if token is None:
                return
            now = max(0, now + chance.choice([0, 1, 60, 900, 1700, -1, -29, -30]))
            token = self._carry_on(token, now)

    def _found(self, entry: Entry) -> str:
        """A token whose claims, kind and key no issuer of this group would choose."""
        some = replace(claims(self.chance, "nothing"), schema=self.settings["schema"])
        return seal(entry, self.context, self.chance.bytes(24), encode_core(some) + self.app)

    def _grant(self, now: int) -> dict:
        chance = self.chance

        def sometimes(value):
            return value if chance.random() < 0.15 else None

        return {
            "subject": chance.choice(SUBJECTS).hex(),
            "level": chance.choice([0, 1, 1, 1, 2, 3]),
            "schema": self.settings["schema"],
            "cut_off": sometimes(now + chance.choice([-5, 1, 31, 240, 241, 242])),
            "authenticated_at": sometimes(max(0, now + chance.choice([0, -60, -DAY, 1]))),
            "ends_by": sometimes(chance.choice([now, now + 1, now + 300, now + 10**6, LATEST, max(0, now - 5)])),
            "bound_to": sometimes(chance.choice([bytes(32), b"\x01" * 32]).hex()),
        }

    def _issue(self, grant: dict, now: int, random) -> str:
        bound_to = grant["bound_to"]
        return self.issuer.issue(
            bytes.fromhex(grant["subject"]),
            grant["level"],
            now,
            random,
            schema=grant["schema"],
            app=self.app,
            cut_off=grant["cut_off"],
            authenticated_at=grant["authenticated_at"],
            ends_by=grant["ends_by"],
            bound_to=bound_to and bytes.fromhex(bound_to),
        )

    def _carry_on(self, token: str, now: int) -> str | None:
        chance = self.chance
        try:
            session = self._verify(token, now)
        except Refused:
            return None
        proven = session.claims.bound_to
        request = {"token": token, "now": now, "proven": proven and proven.hex()}
        if chance.random() < 0.6:
            return self._step(
                {"do": "rotate", **request}, lambda random: self.issuer.rotate(session, now, random, self.app), now
            )
        level, lasting = chance.choice([session.claims.level, 2, 3, 0]), chance.choice([60, 60, 900, 0, 901, 1])
        return self._step(
            {"do": "elevate", **request, "level": level, "lasting": lasting},
            lambda random: self.issuer.elevate(session, level, lasting, now, random, self.app),
            now,
        )

    def _verify(self, token: str, now: int) -> Session:
        try:
            return self.verifier.verify(token, now)
        except Refused as refused:
            if refused.reason != "BindingRequired":
                raise
        for proven in (bytes(32), b"\x01" * 32):
            try:
                return self.verifier.verify(token, now, proven)
            except Refused as refused:
                last = refused
        raise last

    def _step(self, request: dict, mint, now: int) -> str | None:
        """Both mint by the same random bytes; then the second by others, for the first to read."""
        if self.text is not None:
            request = {**request, "text": self.text}
        request["random"] = self.chance.bytes(24).hex()
        answers = []
        self.first.ask(request, answers.append)
        self.first.flush()
        ours = self._minted(mint, bytes.fromhex(request["random"]))
        theirs = answers[0].get("token", "error")
        if ours == theirs == "error":
            self.by_first.compare([self.settings, request], {"verdict": "error"}, {"verdict": "error"})
            return None
        try:
            verdict = shown(self._verify(theirs, now), now)["verdict"]
        except Refused as refused:
            verdict = refused.reason
        first = {"verdict": "accepted", "token": theirs}
        self.by_first.compare([self.settings, request, answers[0]], {"verdict": verdict, "token": ours}, first)
        token = self._minted(mint, self.chance.bytes(24))
        if token == "error":
            return None
        self._read_by_first(token, now)
        return token

    def _minted(self, mint, random_bytes: bytes) -> str:
        try:
            return mint(lambda size: random_bytes[:size])
        except CannotIssue:
            return "error"

    def _read_by_first(self, token: str, now: int) -> None:
        try:
            session = self._verify(token, now)
        except Refused as refused:
            request, answer = {"do": "verify", "token": token, "now": now}, {"verdict": refused.reason}
        else:
            proven = session.claims.bound_to
            request = {"do": "verify", "token": token, "now": now, "proven": proven and proven.hex()}
            answer = shown(session, now)
        self.first.ask(request, lambda first: self.by_second.compare([self.settings, request], answer, first))
