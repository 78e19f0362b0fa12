"""What the tables are made of: the columns that many have, and the names of what belongs to a table."""

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

# UUIDs are kept as text: their order is the same on both databases, and the graph prints them as they are.
# Their bytes are compared, as for every column that is ordered by: a locale would order them otherwise on PostgreSQL.
Uuid = String(36).with_variant(String(36, collation="C"), "postgresql")
Key = Text().with_variant(Text(collation="C"), "postgresql")


def identity() -> Column[str]:
    return Column("id", Uuid, primary_key=True)


def tenant() -> Column[int]:
    return Column("tenant_id", Integer, ForeignKey("tenants.id"), nullable=False)


def part_of(table: str, column: str) -> Column[str]:
    return Column(column, Uuid, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


def flags(*names: str) -> list[Column[Any]]:
    """What is or is not so; at first it is not."""
    return [Column(name, Boolean, nullable=False, server_default=text("false")) for name in names]


def amounts(*names: str) -> list[Column[int | None]]:
    """Amounts in minor units."""
    return [Column(f"{name}_minor", BigInteger) for name in names]
