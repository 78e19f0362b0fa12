"""Parses JSON bodies. The number of values, and how deep they are nested, is checked before any of them is created."""

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import orjson
from graphql import GraphQLError

from resolvers.errors import Code, over_limit

BYTES_SETTING, PUBLIC_BYTES_SETTING = "QUOTEGRAPH_MAX_REQUEST_BYTES", "QUOTEGRAPH_MAX_PUBLIC_REQUEST_BYTES"
# The limit of a body without an API key: the customer's page sends its longest document with 5,000 characters.
PUBLIC_BYTES = 16 * 1024
# Bytes for each value in a quote of 200 lines and 2,000 recipients with all their fields.
BYTES_PER_VALUE = 40
LEVELS_SETTING = "QUOTEGRAPH_MAX_VARIABLE_LEVELS"
# What is around variables: a message and its payload, or an array of operations, and the object of one.
LEVELS_AROUND = 3
_BRACKETS = b"[]{}"
_OTHERS = bytes(it for it in range(256) if it not in _BRACKETS)
_STEPS = {it: 1 if it in b"[{" else -1 for it in _BRACKETS}
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class TooMuch(Exception):
    """A body that is too long, or has too many values or operations."""

    def __init__(self, what: str, found: int, limit: int, message: str, setting: str = BYTES_SETTING) -> None:
        super().__init__(message)
        self.error: GraphQLError = over_limit(what, found, limit, setting, message)


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """What a body may be. `setting` is that of its bytes."""

    bytes: int
    levels: int
    setting: str = BYTES_SETTING

    @property
    def values(self) -> int:
        return self.bytes // BYTES_PER_VALUE


# The defaults of the settings, with and without an API key.
BODY = BodyLimits(2 * 1024 * 1024, 25)
PUBLIC_BODY = BodyLimits(PUBLIC_BYTES, 25, PUBLIC_BYTES_SETTING)


def too_long(found: int, limits: BodyLimits) -> TooMuch:
    message = f"A request has at most {limits.bytes:,} bytes ({limits.setting})."
    return TooMuch("request bytes", found, limits.bytes, message, limits.setting)


def without_a_key(much: TooMuch) -> GraphQLError:
    """Returns the error of a body that is too much without an API key, and may not be with one."""
    message = f"{much} That is without an API key. Send `Authorization: Bearer qk_live_…`."
    extensions = {**(much.error.extensions or {}), "code": str(Code.UNAUTHORIZED)}
    return GraphQLError(message, extensions=extensions)


def decoded(data: bytes | str, limits: BodyLimits) -> Any:
    """Parses a body. Raises: TooMuch, orjson.JSONDecodeError."""
    body = data.encode() if isinstance(data, str) else data
    if len(body) > limits.bytes:
        raise too_long(len(body), limits)
    most = limits.values
    if (found := values(body, most)) > most:
        message = f"A request has at most {most:,} values (one for each {BYTES_PER_VALUE} bytes of {limits.setting})."
        raise TooMuch("request values", found, most, message, limits.setting)
    most = limits.levels + LEVELS_AROUND
    if (found := levels(body, most)) > most:
        message = f"A request has at most {most:,} levels of lists and objects ({LEVELS_SETTING} and {LEVELS_AROUND})."
        raise TooMuch("request levels", found, most, message, LEVELS_SETTING)
    return orjson.loads(body)


def levels(body: bytes, most: int) -> int:
    """Returns how deep lists and objects are nested; an upper bound, if that is at most `most`."""
    brackets = body.count(b"[") + body.count(b"{")
    if brackets <= most:
        return brackets
    marks = _TEXT.sub(b"", body).translate(None, _OTHERS)
    return max(accumulate(map(_STEPS.__getitem__, marks), initial=0))


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
