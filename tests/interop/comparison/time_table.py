"""The time table: extreme moments in every combination, and both neighbours of every boundary, against the oracle in plain integers and the second implementation."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from second import minting, oracle, postcard, ring as ring_
from second.errors import Refused
from second.keys import Key, encode_context
from second.oracle import LATEST, U32, U64, Numbers, Raised
from second.ring import Entry, Ring
from second.verify import Verifier

from .first import First
from .tally import Tally

INSTANTS = [
    -(2**63), -(2**63) + 1, -(2**53), -1, 0, 1,
    951782400,  # 29 February 2000
    1483228799, 1483228800,  # around a leap second
    2**31 - 1, 2**31, 2**32,
    LATEST, 2**53, 2**63 - 2, 2**63 - 1,
]  # fmt: skip
SKEWS = [0, 1, 30, 120, 121]
PARTS = ["shop.example", "session"]
CONTEXT = encode_context(PARTS)
IDS = bytes(range(24))


def _entry(issue_from: int, fill: int) -> Entry:
    """A key that is accepted for as long as one can be, or to the last time of all."""
    key = Key.for_issuer("e", bytes([fill]) * 32, None)
    issue_until = issue_from + U32
    return Entry("e", key.identity(), issue_from, issue_until, min(issue_until + U32, LATEST), key)


EARLY, LATE = _entry(0, 1), _entry(LATEST - U32, 2)
RING = Ring("verifier", tuple(sorted([EARLY, LATE], key=lambda entry: entry.identity)), ())


@dataclass(frozen=True)
class Case:
    """A token, and how it is read."""

    numbers: Numbers
    skew: int
    longest_token: int = U32
    longest_session: int = U32

    @property
    def entry(self) -> Entry:
        """The late key for late tokens: no key is accepted for all of time."""
        return LATE if 2**37 < self.numbers.issued_at <= LATEST else EARLY

    def token(self) -> str:
        return minting.seal(self.entry, CONTEXT, IDS, body(self.numbers))

    def oracle(self, now: int) -> str:
        ceilings = self.longest_token, self.longest_session
        reader = oracle.Reader(self.skew, *ceilings, self.entry.issue_from, self.entry.accept_until)
        return oracle.verdict(reader, self.numbers, now)

    def second(self, token: str, now: int) -> str:
        """The second implementation, where it can be asked at all."""
        if self.skew > oracle.LARGEST_SKEW or not oracle.is_time(now):
            return self.oracle(now)
        verifier = Verifier(RING, CONTEXT, "e", self.longest_token, self.longest_session, self.skew, 0, "nothing")
        try:
            verifier.verify(token, now)
        except Refused as refused:
            return refused.reason
        return "accepted"


def body(numbers: Numbers) -> bytes:
    """Fields 1 to 10, with numbers that no issuer would write."""
    front = [0, 1]
    middle = postcard.varint(numbers.issued_at) + postcard.i64(numbers.age)
    middle += postcard.varint(numbers.token_life) + postcard.varint(numbers.session_life) + postcard.varint(0)
    end = bytes([numbers.level]) + postcard.i64(numbers.lead)
    raised = numbers.raised
    if raised is None:
        end += b"\x00"
    else:
        end += bytes([1, raised.level]) + postcard.varint(raised.lasting) + postcard.varint(raised.elapsed)
    return bytes(front) + b"u" + middle + end


def extremes() -> Iterator[tuple[Case, list[int]]]:
    """16 instants for now, issued_at, expires_at and ends_at, with 5 skews. What is negative is written as a forger would: modulo 2^64."""
    for skew, issued_at, expires_at, ends_at in product(SKEWS, INSTANTS, INSTANTS, INSTANTS):
        lives = (expires_at - issued_at) & U64, (ends_at - issued_at) & U64
        yield Case(Numbers(issued_at & U64, 0, *lives), skew), INSTANTS


def neighbours() -> Iterator[tuple[Case, list[int]]]:
    """Each boundary of sections 4.3 and 7 a second before, at and after, around several moments."""
    token_life, session_life = 1_800, 28_800
    moments = [0, 1, 1483228800, 2**31, 2**32, LATEST - session_life, LATEST - token_life, LATEST - 2, LATEST - 1, LATEST]
    near = [-1, 0, 1]
    for now, skew in product(moments, SKEWS[:4]):
        issued = {now + skew + d for d in near} | {now - token_life + d for d in near} | {now - 1, now}
        for issued_at, head_start in product(sorted(issued), [-1, 0, 1, 240, 241, 242]):
            started_at = issued_at + head_start
            expires = {issued_at + d for d in [0, 1]} | {issued_at + token_life + d for d in near} | {now + d for d in near}
            for expires_at in sorted(expires):
                ends = {expires_at + d for d in near} | {started_at + d for d in [0, 1]} | {now + d for d in near}
                ends |= {started_at + session_life + d for d in near}
                for ends_at in sorted(ends):
                    durations = expires_at - issued_at, ends_at - started_at
                    if issued_at < 0 or min(durations) < 0:
                        continue  # there is no way to write it but modulo 2^64, and the other table does
                    for authenticated_at in [min(issued_at, started_at), issued_at + 1]:
                        numbers = Numbers(issued_at, -head_start, *durations, started_at - authenticated_at)
                        yield Case(numbers, skew, token_life, session_life), [now]


def elevations() -> Iterator[tuple[Case, list[int]]]:
    """TOK-17, a second before, at and after."""
    for now, level, raised in product([1, 1483228800, LATEST - 28_801, LATEST - 1], range(4), range(4)):
        for lasting, elapsed in product([0, 1, 2, 899, 900, 901, U32], [0, 1, 2, now - 1, now, now + 1, U32]):
            numbers = Numbers(now, 0, 1, 900, 0, level, Raised(raised, lasting, elapsed))
            if elapsed <= U32:
                yield Case(numbers, 30, 1_800, 28_800), [now]


def pinned() -> list[tuple[str, Case, dict[int, str]]]:
    """Boundaries whose verdicts are written down here, so that oracle and crate cannot be wrong in the same way."""
    t = 1483228800
    usual = Numbers(t, 0, 1_800, 28_800)
    last = Numbers(t, 0, 1_800, 1_800)
    at_the_end = Numbers(LATEST - 2, 0, 2, 2)

    def case(numbers: Numbers, skew: int = 30) -> Case:
        return Case(numbers, skew, 1_800, 28_800)

    skews = [
        ("now + skew", case(usual, s), {t - s - 1: "IssuedInFuture", t - s: "accepted", t - s + 1: "accepted"}) for s in SKEWS[:4]
    ]
    return skews + [
        ("expires_at", case(usual), {t + 1_799: "accepted", t + 1_800: "Idle", t + 1_801: "Idle"}),
        ("ends_at", case(last), {t + 1_799: "accepted", t + 1_800: "Expired", t + 1_801: "Expired"}),
        ("the last time", case(at_the_end), {LATEST - 1: "accepted", LATEST: "KeyExpired", LATEST + 1: "TimeOutOfRange"}),
        ("the first time", case(Numbers(0, 0, 2, 2)), {-1: "TimeOutOfRange", 0: "accepted", 1: "accepted", 2: "Expired"}),
        ("the ceiling of tokens, at", case(Numbers(t, 0, 1_800, 28_800)), {t: "accepted"}),
        ("the ceiling of tokens, above", case(Numbers(t, 0, 1_801, 28_800)), {t: "CeilingExceeded"}),
        ("the ceiling of sessions, at", case(Numbers(t, 1, 1_800, 28_800)), {t: "accepted"}),
        ("the ceiling of sessions, above", case(Numbers(t, 1, 1_800, 28_801)), {t: "CeilingExceeded"}),
        ("the furthest start, at", case(Numbers(t, -241, 1_800, 28_800, 241)), {t: "accepted"}),
        ("the furthest start, above", case(Numbers(t, -242, 1_800, 28_800, 242)), {t: "BadClaims"}),
        ("expires_at at ends_at", case(Numbers(t, 0, 60, 60)), {t: "accepted"}),
        ("expires_at above ends_at", case(Numbers(t, 0, 61, 60)), {t: "BadClaims"}),
        ("a token of a second", case(Numbers(t, 0, 1, 60)), {t: "accepted", t + 1: "Idle"}),
        ("a token of nothing", case(Numbers(t, 0, 0, 60)), {t: "BadClaims"}),
        ("ends_at at the last time", case(Numbers(LATEST - 60, 0, 60, 60)), {LATEST - 60: "accepted"}),
        ("ends_at above the last time", case(Numbers(LATEST - 60, 0, 60, 61)), {LATEST - 60: "BadClaims"}),
        ("authenticated when issued", case(Numbers(t, 0, 60, 60, 0)), {t: "accepted"}),
        ("authenticated after it was issued", case(Numbers(t, 0, 60, 60, -1)), {t: "BadClaims"}),
        ("a skew that is too large", case(usual, 121), {t: "SkewTooLarge"}),
    ]


class TimeTable:
    def __init__(self, first: First):
        self.first, self.ring = first, ring_.write(RING)

    def run(self, step: int) -> list[Tally]:
        """Every case of the first table; of the others every `step`-th. The second implementation is asked about every `step`-th row."""
        tables = [("extreme times", extremes(), 1), ("neighbours", neighbours(), step), ("elevations", elevations(), 1)]
        tallies = []
        for name, cases, every in tables:
            tally = Tally(f"time table, {name}")
            for number, (case, nows) in enumerate(cases):
                if number % every == 0:
                    self._ask(tally, case, {now: case.oracle(now) for now in nows}, number % step == 0)
            self.first.flush()
            tallies.append(tally)
        tally = Tally("time table, boundaries by hand")
        for name, case, expected in pinned():
            self._ask(tally, case, expected, True, name)
        self.first.flush()
        return [*tallies, tally]

    def _ask(self, tally: Tally, case: Case, expected: dict[int, str], thrice: bool, name: str = "") -> None:
        token, nows = case.token(), list(expected)
        question = {
            "do": "times", "ring": self.ring, "context": PARTS, "kinds": "e", "schema": 0, "token": token, "nows": nows,
            "skew": case.skew, "longest_token": case.longest_token, "longest_session": case.longest_session,
        }  # fmt: skip

        def compare(first: list[str]) -> None:
            for now, found in zip(nows, first, strict=True):
                by_first, by_hand = {"verdict": found}, {"verdict": expected[now]}
                tally.compare([name, now, str(case)], by_hand, by_first)
                if thrice and case.second(token, now) != expected[now]:
                    tally.differences.append(f"{name}: the second implementation differs at {now} of {case}")

        self.first.ask(question, compare)
