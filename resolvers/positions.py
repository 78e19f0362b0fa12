"""Positions in the event logs of many tenants, and the cursors that stand for them.

A cursor has the number of each tenant's last event. Numbers are stored byte by byte, the first bytes of all before the
second of all, because most of these are equal and are compressed away: it takes 1.5 to 4 bytes for each company.
"""

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import accumulate

from domain.shared.access import Environment

# The limit of tenants that one cursor stands for, so that it fits into a header.
MOST_TENANTS = 1_500
LONGEST_CURSOR = 8_000
_PREFIX = "all_"
_HEAD = struct.Struct(">BI")
_ENVIRONMENTS = tuple(Environment)
_WIDTH = 8
# Of a cursor before it is compressed. Companies may have been added since a subscription began.
MOST_BYTES = _HEAD.size + 2 * _WIDTH * 4 * MOST_TENANTS


class NoPositions(Exception):
    """A text that is no cursor of positions in these logs."""


def encode_positions(environment: Environment, positions: Mapping[int, int]) -> str:
    """Returns the cursor of a position in each tenant of an environment."""
    ids = sorted(positions)
    steps = [after - before for before, after in zip([0, *ids], ids, strict=False)]
    head = _HEAD.pack(_ENVIRONMENTS.index(environment), len(ids))
    packed = head + _planes(steps) + _planes([positions[it] for it in ids])
    return _PREFIX + base64.urlsafe_b64encode(zlib.compress(packed, 1)).decode().rstrip("=")


def decode_positions(cursor: str, environment: Environment) -> dict[int, int]:
    """Returns the position in each tenant that a cursor stands for. Raises: NoPositions."""
    if not cursor.startswith(_PREFIX) or len(cursor) > LONGEST_CURSOR:
        raise NoPositions
    text = cursor.removeprefix(_PREFIX)
    try:
        packed = _inflated(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        of, count = _HEAD.unpack_from(packed)
    except (ValueError, zlib.error, struct.error):
        raise NoPositions from None
    middle = _HEAD.size + _WIDTH * count
    if len(packed) != middle + _WIDTH * count or of != _ENVIRONMENTS.index(environment):
        raise NoPositions
    steps, numbers = _numbers(packed[_HEAD.size : middle], count), _numbers(packed[middle:], count)
    return dict(zip(accumulate(steps), numbers, strict=True))


def _inflated(compressed: bytes) -> bytes:
    """Decompresses no more than the longest cursor has. Raises: zlib.error, ValueError."""
    inflating = zlib.decompressobj()
    packed = inflating.decompress(compressed, MOST_BYTES)
    if not inflating.eof:
        raise ValueError
    return packed


def _planes(numbers: Sequence[int]) -> bytes:
    raw = struct.pack(f"<{len(numbers)}Q", *numbers)
    return b"".join(raw[byte::_WIDTH] for byte in range(_WIDTH))


def _numbers(planes: bytes, count: int) -> tuple[int, ...]:
    raw = bytearray(len(planes))
    for byte in range(_WIDTH):
        raw[byte::_WIDTH] = planes[byte * count : (byte + 1) * count]
    return struct.unpack(f"<{count}Q", raw)
