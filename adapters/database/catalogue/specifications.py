"""The specification of a device in tables that have one: eight columns as one attribute, `specification`."""

from sqlalchemy import Column, Table, Text

from adapters.database.core.composite_attributes import of_columns
from adapters.database.core.row_mapping import CompositeAttribute
from domain.catalogue.products import Specification


def specification_columns() -> list[Column[str | None]]:
    """The columns of a table whose rows have a specification."""
    return [Column(name, Text) for name in Specification._fields]


def specification_attribute(table: Table) -> CompositeAttribute:
    """The attribute that these columns are."""
    return of_columns(table, Specification._fields)
