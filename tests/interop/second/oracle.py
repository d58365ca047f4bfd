"""What becomes of a token, from its numbers alone (SPEC sections 1, 4.3 and 7). No bytes are read and every number is as large as it likes."""

from dataclasses import dataclass

LATEST = 253402300799
U32 = 2**32 - 1
U64 = 2**64 - 1
LARGEST_SKEW = 120


@dataclass(frozen=True)
class Raised:
    """An elevation as it stands in the body."""

    level: int
    lasting: int
    elapsed: int


@dataclass(frozen=True)
class Numbers:
    """Times and durations of a token as they stand in the body."""

    issued_at: int
    age: int
    token_life: int
    session_life: int
    lead: int = 0
    level: int = 1
    raised: Raised | None = None


@dataclass(frozen=True)
class Reader:
    skew: int
    longest_token: int
    longest_session: int
    issue_from: int
    accept_until: int


def is_time(moment: int) -> bool:
    return 0 <= moment <= LATEST


def verdict(reader: Reader, numbers: Numbers, now: int) -> str:
    """`accepted`, the reason of section 7, or what keeps the question from being asked."""
    if reader.skew > LARGEST_SKEW:  # TOK-34
        return "SkewTooLarge"
    if not is_time(now):
        return "TimeOutOfRange"
    if reader.issue_from - reader.skew > now:  # TOK-32
        return "KeyNotYetValid"
    if now >= reader.accept_until:
        return "KeyExpired"
    if not fit(numbers) or not keep_rules(numbers):
        return "BadClaims"
    started_at = numbers.issued_at - numbers.age
    if numbers.token_life > reader.longest_token or numbers.session_life > reader.longest_session:  # TOK-33
        return "CeilingExceeded"
    if numbers.issued_at > now + reader.skew:  # TOK-34
        return "IssuedInFuture"
    if now >= started_at + numbers.session_life:  # TOK-35
        return "Expired"
    if now >= numbers.issued_at + numbers.token_life:
        return "Idle"
    return "accepted"


def fit(numbers: Numbers) -> bool:
    """TOK-11: what the types of section 4.2 can hold."""
    raised = numbers.raised
    return (
        0 <= numbers.issued_at <= U64
        and -(2**63) <= numbers.age < 2**63
        and -(2**63) <= numbers.lead < 2**63
        and 0 <= numbers.token_life <= U32
        and 0 <= numbers.session_life <= U32
        and (raised is None or (0 <= raised.lasting <= U32 and 0 <= raised.elapsed <= U32))
    )


def keep_rules(numbers: Numbers) -> bool:
    """TOK-13 to TOK-17."""
    issued_at = numbers.issued_at
    started_at = issued_at - numbers.age
    expires_at = issued_at + numbers.token_life
    ends_at = started_at + numbers.session_life
    authenticated_at = started_at - numbers.lead
    times = [issued_at, started_at, expires_at, ends_at, authenticated_at]
    good = (
        started_at - issued_at <= 241
        and issued_at < expires_at <= ends_at
        and started_at < ends_at
        and authenticated_at <= issued_at
    )
    if numbers.raised is not None:
        until = issued_at + numbers.raised.lasting
        times += [until, issued_at - numbers.raised.elapsed]
        good = good and numbers.raised.level >= numbers.level and issued_at < until <= ends_at
    return good and all(is_time(moment) for moment in times)
