"""Where requests begin and end in the bytes of a connection, without parsing them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Refused(NamedTuple):
    """The answer to a request that is refused, and how much later its client is read if it sends again too early."""

    answer: bytes
    hold_seconds: float


# The longest request whose bytes are kept until it is answered.
LONGEST_KEPT = 16 * 1024
# Refuses a whole request by its bytes and the address that it came from, or leaves it to be parsed.
AtOnce = Callable[[bytes, str], Refused | None]
# The headers that say what is left to the network of an address; no headers, if clients are behind proxies.
Figures = Callable[[str], Mapping[str, str]]

_END, _LENGTH, _CHUNKED = b"\r\n\r\n", b"\r\ncontent-length:", b"\r\ntransfer-encoding"


def lines_of(headers: Mapping[str, str]) -> bytes:
    """Returns headers as they are written."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


class Framing:
    """Follows a connection from request to request. It gives up for good at anything unusual, so that it never takes a
    part of a body for a request."""

    __slots__ = ("_missing",)

    def __init__(self) -> None:
        # Bytes that are missing of the last request; None, if that is unknown.
        self._missing: int | None = 0

    def is_whole(self, data: bytes) -> bool:
        """Takes the next bytes of a connection. Returns whether these are one whole request."""
        # aiohttp passes nothing on when it parses what it has kept.
        if self._missing is None or not data:
            return False
        is_first = self._missing == 0
        size = _size(data) if is_first else self._missing
        self._missing = None if size is None or size < len(data) else size - len(data)
        return is_first and self._missing == 0


def _size(data: bytes) -> int | None:
    """The size of the request that begins with these bytes, None if they do not tell it beyond doubt."""
    end = data.find(_END)
    if end < 0:
        return None
    head = data[: end + 2].lower()
    if _CHUNKED in head or (lengths := head.count(_LENGTH[:-1])) > 1:
        return None
    size = end + len(_END)
    if not lengths:
        return size
    _, found, rest = head.partition(_LENGTH)
    length = rest[: rest.find(b"\r")].strip(b" ")
    return size + int(length) if found and length.isdigit() and len(length) < 16 else None
