"""External IDs and metadata: fields of objects, of inputs and of filters."""

from collections.abc import Sequence
from typing import Any

import strawberry

from domain.shared import metadata as rows
from domain.shared.metadata import GivenMetadata
from schema.declare import column, type_of
from schema.shared.audiences import INTERNAL
from schema.shared.filters import MUST_HOLD

_EXTERNAL_ID = "ID of the object in a system of the integrator. At most 200 characters. It does not have to be unique."
_METADATA = "At most 20 entries; each key occurs once."


@type_of(rows.MetadataEntry)
class MetadataEntry:
    """A value that is noted on an object, by key."""

    key: str = column("Key of the entry.")
    value: str = column("The value, as text.")


@strawberry.input(description="Input fields for a value that is noted on an object, by key.")
class MetadataEntryInput:
    key: str = strawberry.field(description="Key of the entry. At most 40 characters; case matters.")
    value: str = strawberry.field(description="The value. At most 500 characters on one line. It cannot be empty.")

    def draft(self) -> tuple[str, str]:
        return self.key, self.value


@strawberry.input(
    description="Filter for metadata: objects with an entry with this key and, if `value` is given, exactly this value."
)
class MetadataFilter:
    key: str = strawberry.field(description="The key; case matters.")
    value: str | None = strawberry.field(default=None, description="The value, if only one is wanted.")


@strawberry.input(
    description=f"Filters for the lines or the recipients of quotes. Each filter can match another one. {MUST_HOLD}"
)
class QuotePartFilter:
    external_id: str | None = strawberry.field(
        default=None, description="Only quotes with one that has exactly this external ID."
    )
    metadata: MetadataFilter | None = strawberry.field(
        default=None, description="Only quotes with one that has such an entry in its metadata."
    )


def external_id(readers: str = INTERNAL) -> Any:
    """The field of an object with what an integrator calls it."""
    return column(f"ID of the object in a system of the integrator. {readers}")


def metadata(is_of_origin: bool = True) -> Any:
    """The field of an object with what is noted on it, or on the record that it comes from."""
    of_record = " If it comes from a connected system: those of its record that have no field here."
    return column(f"Values that are noted on the object.{of_record if is_of_origin else ''} {INTERNAL}")


def external_id_field(readers: str = INTERNAL, default: Any = None) -> Any:
    """The field of an input with what an integrator calls an object."""
    removed = " `null` or an empty text removes it." if default is strawberry.UNSET else ""
    return strawberry.field(default=default, description=f"{_EXTERNAL_ID}{removed} {readers}")


def metadata_field(default: Any = None) -> Any:
    """The field of an input with what is noted on an object."""
    replaced = " Replaces the current ones." if default is strawberry.UNSET else ""
    return strawberry.field(
        default=default, description=f"Values to note on the object. {_METADATA}{replaced} {INTERNAL}"
    )


def external_id_filter() -> Any:
    """The filter of a list by what an integrator calls its objects."""
    return strawberry.field(default=None, description="Only objects with exactly this external ID.")


def metadata_filter() -> Any:
    """The filter of a list by what is noted on its objects."""
    return strawberry.field(default=None, description="Only objects with such an entry in their metadata.")


def given_metadata(entries: Sequence[MetadataEntryInput] | None) -> GivenMetadata:
    return tuple(it.draft() for it in entries or ())
