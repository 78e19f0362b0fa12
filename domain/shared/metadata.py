"""External IDs and metadata: what an integrator calls an object, and notes on it (docs/domain.md#metadata)."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import identifier, optional_identifier

MOST_METADATA = 20
KEY_LENGTH = 40
VALUE_LENGTH = 500
EXTERNAL_ID_LENGTH = 200


class MetadataEntry(NamedTuple):
    """A value that is noted on an object, by key. Both are compared exactly."""

    key: str
    value: str


# Entries as entered: keys and values.
GivenMetadata = Sequence[tuple[str, str]]


def parse_metadata(given: GivenMetadata, problems: Problems, path: Path) -> tuple[MetadataEntry, ...]:
    """The entries as entered, trimmed; problems are added under `path`."""
    if len(given) > MOST_METADATA:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_METADATA} entries, not {len(given)}.")
    found: dict[str, MetadataEntry] = {}
    for index, (typed_key, typed_value) in enumerate(given[:MOST_METADATA]):
        here = (*path, str(index))
        key = problems.check((*here, "key"), identifier, typed_key, KEY_LENGTH)
        value = problems.check((*here, "value"), identifier, typed_value, VALUE_LENGTH)
        if key is not None and key in found:
            problems.add((*here, "key"), ErrorCode.ALREADY_EXISTS, "This key is repeated. Send each key once.")
        elif key is not None:
            found[key] = MetadataEntry(key, value or "")
    return tuple(found.values())


def parse_external_id(given: str | None, problems: Problems, path: Path) -> str | None:
    """An external ID as entered; None for None and blank texts. Problems are added at `path`."""
    return problems.check(path, optional_identifier, given, EXTERNAL_ID_LENGTH)
