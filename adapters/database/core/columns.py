"""Columns that several tables share, and naming conventions."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, String, Text, text

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


def flags(*names: str) -> list[Column[Any]]:
    """A boolean column with default false."""
    return [Column(name, Boolean, nullable=False, server_default=text("false")) for name in names]


def amounts(*names: str) -> list[Column[int | None]]:
    """A column for amounts in minor units."""
    return [Column(f"{name}_minor", BigInteger) for name in names]
