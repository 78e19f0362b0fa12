"""What clients send, as JSON: its values are counted before any of them is made."""

import re
from typing import Any

import orjson
from graphql import GraphQLError

from resolvers.errors import over_limit

BYTES_SETTING = "QUOTEGRAPH_MAX_REQUEST_BYTES"
# A quote of 200 lines and 2,000 recipients with all that is known of them takes as many bytes for each value.
BYTES_EACH = 40
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


class TooMuch(Exception):
    """A body that is longer, or has more values, than is taken."""

    def __init__(self, what: str, found: int, limit: int, told: str) -> None:
        super().__init__(told)
        self.error: GraphQLError = over_limit(what, found, limit, BYTES_SETTING, told)


def too_long(found: int, limit: int) -> TooMuch:
    return TooMuch("request bytes", found, limit, f"A request has at most {limit:,} bytes ({BYTES_SETTING}).")


def decoded(data: bytes | str, most_bytes: int) -> Any:
    """What a body says. Raises: TooMuch; orjson.JSONDecodeError."""
    body = data.encode() if isinstance(data, str) else data
    if len(body) > most_bytes:
        raise too_long(len(body), most_bytes)
    most = most_bytes // BYTES_EACH
    if (found := values(body, most)) > most:
        told = f"A request has at most {most:,} values (one for each {BYTES_EACH} bytes of {BYTES_SETTING})."
        raise TooMuch("request values", found, most, told)
    return orjson.loads(body)


def values(body: bytes, most: int) -> int:
    """How many values a body has at most: each but the first follows a comma or opens something. Where that is more
    than `most`, what stands in texts is left out."""
    found = _marks(body)
    if found <= most:
        return found
    # Of a value there are two texts at most, itself and its name: of very many nothing need be left out.
    texts = (body.count(b'"') - body.count(b'\\"')) // 2
    return min(found, texts // 2) if texts // 2 > most else _marks(_TEXT.sub(b"", body))


def _marks(body: bytes) -> int:
    return 1 + body.count(b",") + body.count(b"[") + body.count(b"{")
