"""The vector files of tests/vectors: what they say, and whether this implementation agrees."""

import json
import re
from pathlib import Path

from . import published, ring, text
from .errors import Refused
from .keys import encode_context
from .node import Node
from .ring import realm_id
from .verify import RevocationList, Session, Verifier

COMMON = {"comment", "spec", "type", "expect"}
VERIFIER = {"now", "context", "kinds", "longest-token", "longest-session", "skew", "schema", "app", "ring", "token"}
REVOKED = {"revoked-everyone-before", "revoked-key", "revoked-subject", "revoked-session", "revoked-token"}
TAKING = {"longest-validity", "least-version", "filter-key", "taken"}
KNOWN = {
    "token": VERIFIER | REVOKED | {"proven", "complete-to"},
    "ring": {"role", "ring"},
    "published": {"role", "kek", "root", "document"},
    "snapshot": TAKING | {"now", "skew", "ring", "ring-version", "read-as", "document"},
    "asked": VERIFIER | TAKING | {"fail-open"},
}
REPEATED = {"revoked-key", "revoked-subject", "revoked-session", "revoked-token", "filter-key", "taken", "key", "realm"}
ESCAPED = {"token", "ring", "document"}


class Vector:
    """One file. Reading a setting marks it as used, so that none is passed over."""

    def __init__(self, path: Path):
        self.name = path.name
        self.lines: dict[str, list[str]] = {}
        for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
            key, separator, value = line.partition(": ")
            if not separator:
                key, value = line.removesuffix(":"), ""
            if key in ESCAPED:
                value = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda match: chr(int(match[1], 16)), value)
            self.lines.setdefault(key, []).append(value)
        for key, values in self.lines.items():
            if len(values) > 1 and key not in REPEATED:
                raise ValueError(f"{self.name}: {key} stands there twice")
        self.type, self.expect = self.one("type"), self.one("expect")
        results = set(self.lines) - COMMON - KNOWN[self.type]
        if results and self.expect != "accepted":
            raise ValueError(f"{self.name}: unknown keys {results}")
        self.results = {key: self.lines[key] for key in results}

    def one(self, key: str) -> str:
        return self.lines[key][0]

    def number(self, key: str) -> int:
        return int(self.one(key))

    def optional_number(self, key: str) -> int | None:
        return self.number(key) if key in self.lines else None

    def many(self, key: str) -> list[str]:
        return self.lines.get(key, [])


def judge(vector: Vector) -> tuple[str, dict[str, list[str]]]:
    """The verdict, and what was read."""
    try:
        return "accepted", _READERS[vector.type](vector)
    except Refused as refused:
        return refused.reason, {}


def ring_lines(read: ring.Ring) -> dict[str, list[str]]:
    keys = []
    for e in read.entries:
        line = f"{e.kind} {e.key_id.hex()} {e.issue_from} {e.issue_until} {e.accept_until}"
        keys.append(line + " revoked" if e.revoked else line)
    realms = []
    for r in read.realms:
        has = "no-filter-key" if r.filter_key is None else "filter-key"
        realms.append(" ".join([r.realm_id.hex(), str(r.min_snapshot_version), has, *(s.hex() for s in r.signers)]))
    return {"key": keys} | ({"realm": realms} if realms else {})


def _ring(vector: Vector) -> dict[str, list[str]]:
    read = ring.read(vector.one("ring"), vector.one("role"))
    if ring.write(read) != text.bare(vector.one("ring")):
        raise ValueError(f"{vector.name}: writing gives another text")
    return ring_lines(read)


def _published(vector: Vector) -> dict[str, list[str]]:
    kek, root = bytes.fromhex(vector.one("kek")), bytes.fromhex(vector.one("root"))
    version, read = published.read(vector.one("document"), vector.one("role"), kek, root)
    return {"version": [str(version)]} | ring_lines(read)


def _any_ring(vector: Vector) -> ring.Ring:
    return ring.read(vector.one("ring"), ring.role_of(vector.one("ring")))


def _verify(vector: Vector, revocations: object) -> Session:
    verifier = Verifier(
        _any_ring(vector),
        encode_context(json.loads(vector.one("context"))),
        vector.one("kinds"),
        vector.number("longest-token"),
        vector.number("longest-session"),
        vector.number("skew"),
        vector.number("schema"),
        vector.one("app"),
        revocations,
    )
    proven = bytes.fromhex(vector.one("proven")) if "proven" in vector.lines else None
    return verifier.verify(vector.one("token"), vector.number("now"), proven)


def _token(vector: Vector) -> dict[str, list[str]]:
    revoked = RevocationList(
        everyone_before=vector.optional_number("revoked-everyone-before") or 0,
        keys={bytes.fromhex(key) for key in vector.many("revoked-key")},
        sessions={bytes.fromhex(session) for session in vector.many("revoked-session")},
        complete_to=vector.optional_number("complete-to") or 0,
    )
    for line in vector.many("revoked-subject"):
        subject, _, before = line.partition(" before ")
        key = bytes.fromhex(subject)
        revoked.subjects[key] = max(int(before), revoked.subjects.get(key, 0))
    for line in vector.many("revoked-token"):
        session, token = line.split(" ")
        revoked.tokens.add((bytes.fromhex(session), bytes.fromhex(token)))
    session = _verify(vector, revoked)
    return {f"claims-{key}": [value] for key, value in claim_lines(session).items()}


def claim_lines(session: Session) -> dict[str, str]:
    """The claims as vectors write them."""
    token, claims = session.token, session.claims
    elevation = "none"
    if claims.elevation is not None:
        raised = claims.elevation
        elevation = f"level {raised.level} until {raised.until} authenticated-at {raised.authenticated_at}"
    return {
        "kind": token.kind,
        "key-id": token.key_id.hex(),
        "session-id": token.session_id.hex(),
        "token-id": token.token_id.hex(),
        "schema": str(claims.schema),
        "subject": claims.subject.hex(),
        "started-at": str(claims.started_at),
        "issued-at": str(claims.issued_at),
        "expires-at": str(claims.expires_at),
        "ends-at": str(claims.ends_at),
        "rotation": str(claims.rotation),
        "level": str(claims.level),
        "authenticated-at": str(claims.authenticated_at),
        "elevation": elevation,
        "bound-to": "none" if claims.bound_to is None else claims.bound_to.hex(),
        "app-text": "none" if session.app is None else json.dumps(session.app, ensure_ascii=False),
    }


def _node(vector: Vector, **more) -> Node:
    filter_keys = [bytes.fromhex(key) for key in vector.many("filter-key")]
    node = Node(
        _any_ring(vector),
        skew=vector.number("skew"),
        longest_validity=vector.number("longest-validity"),
        least_version=vector.number("least-version"),
        filter_keys={realm_id(key): key for key in filter_keys},
        **more,
    )
    for line in vector.many("taken"):
        form, moment, document = line.split(" ")
        node.take(bytes.fromhex(document), form, int(moment))
    return node


def _snapshot(vector: Vector) -> dict[str, list[str]]:
    node = _node(vector, ring_version=vector.optional_number("ring-version"))
    in_force = node.take(bytes.fromhex(vector.one("document")), vector.one("read-as"), vector.number("now"))
    names = ["version", "min_ring_version", "complete_to", "token_life", "staleness_bound"]
    values = {name.replace("_", "-"): [str(in_force.header[name])] for name in names}
    return values | {"good-until": [str(in_force.good_until)]}


def _asked(vector: Vector) -> dict[str, list[str]]:
    fail_open = {"yes": True, "no": False}[vector.one("fail-open")]
    clear = _verify(vector, _node(vector, fail_open=fail_open)).clear
    return {
        "complete-to": [str(clear.complete_to)],
        "minting": ["allowed" if clear.minting else "stale"],
        "new-token-at-most": [str(clear.token_life)],
    }


_READERS = {"token": _token, "ring": _ring, "published": _published, "snapshot": _snapshot, "asked": _asked}


def check_all(folder: Path) -> tuple[int, list[str]]:
    """How many vectors there are, and what is wrong."""
    wrong, count = [], 0
    for path in sorted(folder.glob("*.txt")):
        vector = Vector(path)
        verdict, read = judge(vector)
        count += 1
        if verdict != vector.expect:
            wrong.append(f"{vector.name}: {verdict} instead of {vector.expect}")
        elif read != vector.results:
            wrong.append(f"{vector.name}: read {read} instead of {vector.results}")
    return count, wrong
