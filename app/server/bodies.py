"""Parses JSON bodies. The number of values is checked before any of them is created."""

import re
from typing import Any

import orjson
from graphql import GraphQLError

from resolvers.errors import over_limit

BYTES_SETTING = "QUOTEGRAPH_MAX_REQUEST_BYTES"
# Bytes for each value in a quote of 200 lines and 2,000 recipients with all their fields.
BYTES_PER_VALUE = 40
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


class TooMuch(Exception):
    """A body that is too long, or has too many values or operations."""

    def __init__(self, what: str, found: int, limit: int, message: str, setting: str = BYTES_SETTING) -> None:
        super().__init__(message)
        self.error: GraphQLError = over_limit(what, found, limit, setting, message)


def too_long(found: int, limit: int) -> TooMuch:
    return TooMuch("request bytes", found, limit, f"A request has at most {limit:,} bytes ({BYTES_SETTING}).")


def decoded(data: bytes | str, max_bytes: int) -> Any:
    """Parses a body. Raises: TooMuch, orjson.JSONDecodeError."""
    body = data.encode() if isinstance(data, str) else data
    if len(body) > max_bytes:
        raise too_long(len(body), max_bytes)
    most = max_bytes // BYTES_PER_VALUE
    if (found := values(body, most)) > most:
        message = f"A request has at most {most:,} values (one for each {BYTES_PER_VALUE} bytes of {BYTES_SETTING})."
        raise TooMuch("request values", found, most, message)
    return orjson.loads(body)


def values(body: bytes, most: int) -> int:
    """Returns an upper bound of the number of values: one more than the commas and opening brackets. If that exceeds
    `most`, those inside strings are not counted."""
    found = _marks(body)
    if found <= most:
        return found
    # A value has at most two strings, itself and its name. With too many strings, the exact count is not needed.
    texts = (body.count(b'"') - body.count(b'\\"')) // 2
    return min(found, texts // 2) if texts // 2 > most else _marks(_TEXT.sub(b"", body))


def _marks(body: bytes) -> int:
    return 1 + body.count(b",") + body.count(b"[") + body.count(b"{")
