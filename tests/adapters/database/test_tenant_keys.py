"""The tables of tenants can be partitioned by tenant, by PostgreSQL or Citus, as they are.

There, every unique key has to contain the tenant. "Can" means: `tenant_id` is put in front of each primary key, unique
key, index and foreign key, and nothing else changes, neither a column nor a value nor what is unique. For that each of
these tables has its tenant in each row, what a foreign key leads to is of the same tenant, and a unique key that has
not the tenant in it has what is unique in itself: an id, which is a UUID, or a key that begins with the tenant.
"""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.database.metadata import metadata
from domain.inventory.assets import serial_key
from domain.people.employees import person_key
from tests.postgres import drop_postgres_database, new_postgres_database

# What is of no tenant, or is found before it is known whose it is. In Citus they are on every machine.
SHARED = {
    "alembic_version": "the version of the tables",
    "api_keys": "found by the key, before its tenant is known; a platform key has none",
    "catalogue_events": "the catalogue is one for all",
    "companies": "whose tenants they are",
    "configuration_parts": "the catalogue is one for all",
    "configurations": "the catalogue is one for all",
    "idempotency_keys": "of an API key, which may have no tenant",
    "job_alarms": "one for each type of job",
    "notes": "of the installation",
    "products": "the catalogue is one for all",
    "rate_limits": "found by who pays, which is a key",
    "schema_usage": "of the installation",
    "stream_tickets": "found by the ticket, before its tenant is known",
    "tenants": "what the others are divided by",
    "trusted_documents": "of front ends",
}
# Columns whose values are unique for all tenants, because a tenant, an id or chance is in them.
UNIQUE_IN_THEMSELVES = {
    "id": "a UUID",
    "hash": "of a secret of 128 bits or more",
    "hook_token_hash": "of a secret of 128 bits or more",
    "connection_id": "a UUID, of what belongs to one tenant",
    "dedupe_key": "contains the id of what the job works on",
    "serial_key": "begins with the tenant",
    "person_key": "begins with the tenant",
}
TENANTS = {name: table for name, table in metadata.tables.items() if "tenant_id" in table.c and name not in SHARED}
# In an order of their own: the constraints of a table are a set.
UNIQUE_KEYS = sorted(
    (name, tuple(column.name for column in key))
    for name, table in TENANTS.items()
    for key in (
        table.primary_key.columns,
        *(it.columns for it in table.constraints if isinstance(it, UniqueConstraint)),
        *(it.columns for it in table.indexes if it.unique),
    )
)


def test_every_table_has_its_tenant_or_is_shared_for_a_reason():
    assert metadata.tables.keys() - TENANTS.keys() == SHARED.keys() - {"alembic_version"}
    assert [name for name, table in TENANTS.items() if table.c.tenant_id.nullable] == []


@pytest.mark.parametrize(("name", "key"), UNIQUE_KEYS, ids=[f"{name}({', '.join(key)})" for name, key in UNIQUE_KEYS])
def test_a_unique_key_with_the_tenant_in_front_is_unique_as_before(name: str, key: tuple[str, ...]):
    ids = {it.parent.name for it in TENANTS[name].foreign_keys} | {"node_id"}
    assert {"tenant_id", *UNIQUE_IN_THEMSELVES, *ids} & set(key)


def test_keys_of_things_and_people_begin_with_their_tenant():
    for key in (serial_key, person_key):
        assert key(7, "x").startswith("7:")


def test_a_foreign_key_leads_to_a_table_of_tenants_or_to_one_that_is_shared():
    led_to = {it.column.table.name for table in TENANTS.values() for it in table.foreign_keys}
    assert led_to <= TENANTS.keys() | {"tenants", "companies", "api_keys", "products", "configurations"}


def test_no_table_that_is_shared_depends_on_one_of_tenants():
    shared = [metadata.tables[name] for name in SHARED if name in metadata.tables]
    assert {it.column.table.name for table in shared for it in table.foreign_keys} <= SHARED.keys()


def test_upserts_name_no_key_but_those_that_would_get_the_tenant_in_front():
    """Statements that name the columns of a unique key have to name the tenant too, once it is in front; these do."""
    named = set()
    for path in (Path(__file__).parents[3] / "adapters" / "database").rglob("*.py"):
        named |= set(re.findall(r"index_elements=\[([^\]]*)\]", path.read_text()))
    of_tenants = {it for it in named if it not in ('"kind"', '"name"', "of.api_key_id, of.key")}
    assert of_tenants == {
        '"dedupe_key"',
        '"serial_key"',
        '"endpoint_id", "event_id"',
        '"tenant_id", "year"',
        '"connection_id", "record_id", "node_type", "parent_id", "external_id"',
        '"connection_id", "delivery_id"',
        '"connection_id", "collection", "external_id", "path", "reason"',
    }


# ---- on PostgreSQL

PARTITIONS = 4


def partitioned() -> MetaData:
    """The tables with the tenant in front of each key, those of tenants in partitions."""
    made = MetaData()
    numbers = itertools.count()
    for table in metadata.sorted_tables:
        columns = [column._copy() for column in table.columns]
        for column in columns:
            column.primary_key, column.unique = False, None
            column.foreign_keys.clear()
            column.constraints.clear()
        front = ["tenant_id"] if table.name in TENANTS else []
        parts: list[Any] = [PrimaryKeyConstraint(*in_front(front, names_of(table.primary_key)))]
        parts += [
            UniqueConstraint(*in_front(front, names_of(it)))
            for it in table.constraints
            if isinstance(it, UniqueConstraint)
        ]
        parts += [
            Index(f"ix_{next(numbers)}", *in_front(front, names_of(it)), unique=it.unique) for it in table.indexes
        ]
        for key in table.foreign_key_constraints:
            to = key.referred_table.name
            both = front if to in TENANTS else []
            own, theirs = in_front(both, names_of(key)), in_front(both, [it.column.name for it in key.elements])
            parts.append(ForeignKeyConstraint(own, [f"{to}.{it}" for it in theirs], ondelete=ondelete(key)))
        by = "HASH (tenant_id)" if front else None
        Table(table.name, made, *columns, *parts, postgresql_partition_by=by)
    return made


def in_front(front: list[str], names: list[str]) -> list[str]:
    return [*front, *(it for it in names if it not in front)]


def names_of(key: Any) -> list[str]:
    return [it.name for it in key.columns]


def ondelete(key: ForeignKeyConstraint) -> str | None:
    [column] = key.columns
    return f"SET NULL ({column.name})" if key.ondelete == "SET NULL" else key.ondelete


async def test_postgresql_makes_all_tables_with_those_of_tenants_in_partitions():
    url = new_postgres_database()
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(partitioned().create_all)
        for name in TENANTS:
            for number in range(PARTITIONS):
                part = f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
                await connection.execute(text(f"CREATE TABLE {name}_{number} PARTITION OF {name} {part}"))
        found = await connection.execute(text("SELECT relname FROM pg_class WHERE relkind = 'p'"))
        assert set(found.scalars()) == TENANTS.keys()
    await engine.dispose()
    drop_postgres_database(url)
