"""Frames of a WebSocket as a server sends them: unmasked, uncompressed, each a message of its own (RFC 6455)."""

from struct import Struct

LONGEST_REASON = 123

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_SHORT, _MEDIUM, _LONG = Struct("!BB"), Struct("!BBH"), Struct("!BBQ")
_CODE = Struct("!H")


def text_header(length: int) -> bytes:
    """The header of a text message with so many bytes."""
    if length < 126:
        return _SHORT.pack(_TEXT, length)
    if length < 65536:
        return _MEDIUM.pack(_TEXT, 126, length)
    return _LONG.pack(_TEXT, 127, length)


def text(message: bytes) -> bytes:
    return text_header(len(message)) + message


def close(code: int, reason: str) -> bytes:
    """The frame that closes a WebSocket. A reason that is too long is cut."""
    shown = reason.encode()[:LONGEST_REASON].decode(errors="ignore").encode()
    return _SHORT.pack(_CLOSE, 2 + len(shown)) + _CODE.pack(code) + shown


def pong(payload: bytes) -> bytes:
    return _SHORT.pack(_PONG, len(payload)) + payload


PING = _SHORT.pack(_PING, 0)
# Nothing comes back for a pong that answers no ping.
UNSOLICITED_PONG = _SHORT.pack(_PONG, 0)
