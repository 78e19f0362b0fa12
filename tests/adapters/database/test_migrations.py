"""The schema in the database is the schema in the code, however often it is migrated."""

import tomllib
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from adapters.database.core.engine import open_database
from adapters.database.migrator import (
    is_current,
    is_empty,
    migrate,
    newest_revision,
    note,
    write_note,
)
from adapters.database.tables import metadata
from tests.databases import a_company, rows_of
from tests.postgres import new_postgres_database

ROOT = next(it for it in Path(__file__).parents if (it / "pyproject.toml").exists())
PROGRAM = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def reflected(connection: Connection) -> dict[str, Any]:
    """What the database says of its tables, whatever the order in which they and their parts were made."""
    inspector = inspect(connection)
    described = {
        table: {
            "columns": {it["name"]: plain(it) for it in inspector.get_columns(table)},
            "primary key": plain(inspector.get_pk_constraint(table)),
            "foreign keys": every(inspector.get_foreign_keys(table)),
            "unique": every(inspector.get_unique_constraints(table)),
            "checks": every(inspector.get_check_constraints(table)),
            "indexes": every(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
    return {**described, "in the database's words": sorted(connection.execute(text(WORDS[connection.dialect.name])))}


# What an inspector may leave out: predicates and collations of indexes; triggers, views and sequences.
WORDS = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL",
    "postgresql": """
        SELECT 'index', indexname::text, indexdef FROM pg_indexes
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid IS DISTINCT FROM to_regclass('alembic_version')
        UNION ALL SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'view', viewname::text, definition FROM pg_views WHERE schemaname = 'public'
        UNION ALL SELECT 'sequence', sequencename::text, data_type::text FROM pg_sequences
    """,
}


def plain(described: Any) -> dict[str, str]:
    """What an inspector says of one thing, its types and conditions as the database writes them."""
    return {name: str(value) for name, value in sorted(described.items()) if name != "dialect_options"}


def every(described: Any) -> list[dict[str, str]]:
    return sorted(map(plain, described), key=str)


async def test_the_migrations_make_exactly_the_tables_of_the_code(database):
    async with database.read.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_database_made_by_the_migrations_reflects_as_one_made_from_the_tables(database, tmp_path):
    file = f"sqlite+aiosqlite:///{tmp_path / 'declared.db'}"
    declared = open_database(file if database.dialect == "sqlite" else new_postgres_database())
    async with declared.write.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with database.read.connect() as migrated, declared.read.connect() as made:
        by_migrations, by_tables = await migrated.run_sync(reflected), await made.run_sync(reflected)
    await declared.close()
    assert by_tables.keys() > set(metadata.tables)
    assert by_migrations == by_tables


async def test_a_migrated_database_has_no_rows_but_its_revision(database):
    for table in metadata.tables:
        assert await rows_of(database, f"SELECT count(*) FROM {table}") == [(0,)]
    assert await rows_of(database, "SELECT version_num FROM alembic_version") == [(newest_revision(),)]


async def test_a_migrated_database_can_be_migrated_again(database):
    await a_company(database)
    await migrate(database)
    assert await rows_of(database, "SELECT version_num FROM alembic_version") == [(newest_revision(),)]
    assert await rows_of(database, "SELECT count(*) FROM companies") == [(1,)]


async def test_a_migrated_database_is_current_and_no_longer_empty(database):
    assert await is_current(database)
    assert not await is_empty(database)


async def test_a_new_file_is_an_empty_database_that_is_not_current(tmp_path):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert await is_empty(database)
    assert not await is_current(database)
    assert await note(database, "purpose") is None
    await database.close()


async def test_a_database_remembers_what_it_is_for(database):
    assert await note(database, "purpose") is None
    await write_note(database, "purpose", "demo")
    assert await note(database, "purpose") == "demo"
