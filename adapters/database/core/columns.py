"""Columns that several tables share, and naming conventions."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, ForeignKey, Integer, MetaData, String, Text, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.database.core.column_types import UtcDateTime

# The option of a connection with the time that its writes happen at. Without it, they happen now.
MOMENT = "moment"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# UUIDs are stored as text: their order is the same on both databases, and the API returns them unchanged.
# They are compared by bytes, like all sort columns: PostgreSQL would otherwise sort by the locale.
Uuid = String(36).with_variant(String(36, collation="C"), "postgresql")
Key = Text().with_variant(Text(collation="C"), "postgresql")


def identity() -> Column[str]:
    return Column("id", Uuid, primary_key=True)


def tenant() -> Column[int]:
    return Column("tenant_id", Integer, ForeignKey("tenants.id"), nullable=False)


def part_of(table: str, column: str) -> Column[str]:
    return Column(column, Uuid, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


class Epoch(ColumnElement[Any]):
    """The beginning of 1970, as the column type of times stores it."""

    inherit_cache = True


@compiles(Epoch)
def _epoch(_element: Epoch, compiler: SQLCompiler, **_options: Any) -> str:
    return "'1970-01-01 00:00:00+00'" if compiler.dialect.name == "postgresql" else "0"


def _moment(execution: Any) -> datetime:
    moment: datetime | None = execution.execution_options.get(MOMENT)
    return datetime.now(UTC) if moment is None else moment


def created_at() -> Column[datetime]:
    """When the row was added, which is noted where the row is written. A row that a process of an earlier version adds
    has the epoch."""
    return Column("created_at", UtcDateTime, nullable=False, default=_moment, server_default=Epoch())


def updated_at() -> Column[datetime]:
    """When the row was last written, which is noted where it is written."""
    return Column("updated_at", UtcDateTime, nullable=False, default=_moment, onupdate=_moment, server_default=Epoch())


def is_noted(column: Column[Any]) -> bool:
    """Whether a column is written by itself."""
    return column.default is not None


def flags(*names: str) -> list[Column[Any]]:
    """A boolean column with default false."""
    return [Column(name, Boolean, nullable=False, server_default=text("false")) for name in names]


def amounts(*names: str) -> list[Column[int | None]]:
    """A column for amounts in minor units."""
    return [Column(f"{name}_minor", BigInteger) for name in names]
