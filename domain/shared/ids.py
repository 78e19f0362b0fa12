"""Identifiers. Every row has a UUID of version 7 (RFC 9562), whose order is the order of creation."""

import os
import time
import uuid

from domain.shared.errors import ErrorCode, Invalid


def new_id() -> str:
    """A fresh UUIDv7 as text: ids made later sort later, so that indexes grow at one end."""
    millis = time.time_ns() // 1_000_000
    value = (millis & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def global_id(type_name: str, row_id: str) -> str:
    """The id of a node in the whole graph. Clients treat it as opaque."""
    return f"{type_name}_{row_id}"


def parse_id(given: str, *types: str) -> tuple[str | None, str]:
    """The type and the row id of a global id of one of `types`; the type is None for a bare UUID.

    Raises: Invalid, when it is no id at all or that of another type.
    """
    type_name, mark, row_id = given.rpartition("_")
    wanted = " or ".join(types) or "any type"
    try:
        if len(row_id) > 36:
            raise ValueError
        row_id = str(uuid.UUID(row_id))
    except ValueError:
        raise Invalid(ErrorCode.INVALID_ID, f"This is not an id. Send one of {wanted}.") from None
    if mark and types and type_name not in types:
        raise Invalid(ErrorCode.INVALID_ID, f"This is an id of {type_name[:40]}. Send one of {wanted}.")
    return (type_name if mark else None), row_id
