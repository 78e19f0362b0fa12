"""The columns of what integrators note on objects: an external ID and metadata."""

from typing import Any

from sqlalchemy import Column, Index, text

from adapters.database.core.columns import Key
from adapters.database.node_metadata.column_types import MetadataColumn

# Most rows have none, and are in no index then.
_IS_GIVEN = text("external_id IS NOT NULL")


def metadata_column() -> Column[Any]:
    return Column("metadata", MetadataColumn, nullable=False, server_default=text("'[]'"))


def external_id_columns(*further: str) -> list[Any]:
    """The external ID, with its index and what else is in that, and the metadata."""
    index = Index(None, "external_id", *further, sqlite_where=_IS_GIVEN, postgresql_where=_IS_GIVEN)
    return [Column("external_id", Key), metadata_column(), index]
