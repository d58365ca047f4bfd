"""Strict base64url, and what may stand around a ring."""

import base64
import re

_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*")


def decode(text: str) -> bytes | None:
    """The bytes, or None where this is not the one text of any (TOK-02)."""
    try:
        ascii_text = text.encode("ascii")
    except UnicodeEncodeError:
        return None
    if _ALPHABET.fullmatch(ascii_text) is None or len(ascii_text) % 4 == 1:
        return None
    decoded = base64.urlsafe_b64decode(ascii_text + b"=" * (-len(ascii_text) % 4))
    return decoded if encode(decoded) == text else None  # else unused bits are not zero


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bare(text: str) -> str:
    """RING-01: without white space around it, then without one pair of quotes."""
    text = text.strip(" \t\n\f\r")
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text
