"""Identifiers. Every row has a UUID of version 7 (RFC 9562), which sorts by creation time."""

import os
import re
import time
import uuid
from typing import NewType

from domain.shared.errors import ErrorCode, Invalid, InvalidInput, Path, Problem

# The id of a node in the graph, and the id of its row. An id in an input is plain text until it is parsed.
GlobalId = NewType("GlobalId", str)
RowId = NewType("RowId", str)

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> RowId:
    """A new UUIDv7 as text. Later ids sort later, so that indexes grow at one end."""
    millis = time.time_ns() // 1_000_000
    value = (millis & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return RowId(str(uuid.UUID(int=value)))


def global_id(type_name: str, row_id: str) -> GlobalId:
    """The opaque id of a node in the graph."""
    return GlobalId(f"{type_name}_{row_id}")


def is_uuid(given: str) -> bool:
    """Whether the text is a UUID as we write it."""
    return _UUID.fullmatch(given) is not None


def parse_id(given: str, *types: str) -> tuple[str | None, RowId]:
    """The type name and row id of a global id of one of `types`; the type name is None for a bare UUID.

    Raises: Invalid, if it is not an id, or the id of another type.
    """
    type_name, mark, row_id = given.rpartition("_")
    wanted = " or ".join(types) or "any type"
    try:
        if len(row_id) > 36:
            raise ValueError
        row_id = str(uuid.UUID(row_id))
    except ValueError:
        raise Invalid(ErrorCode.INVALID_ID, f"This is not an id. Send the id of {wanted}.") from None
    if mark and types and type_name not in types:
        raise Invalid(ErrorCode.INVALID_ID, f"This is the id of {type_name[:40]}. Send the id of {wanted}.")
    return (type_name if mark else None), RowId(row_id)


def parse_reference(path: Path, given: str, *types: str) -> RowId:
    """The row id of the global id in the field at `path`, which has one of `types`. Raises: InvalidInput."""
    return parse_typed_reference(path, given, *types)[1]


def parse_typed_reference(path: Path, given: str, *types: str) -> tuple[str | None, RowId]:
    """Like `parse_reference`, with the type name if the id contains one. Raises: InvalidInput."""
    try:
        return parse_id(given, *types)
    except Invalid as invalid:
        raise InvalidInput(Problem(invalid.code, invalid.message, path)) from None
