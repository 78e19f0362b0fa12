"""The schema in the database is the schema in the code, however often it is migrated."""

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from adapters.database.core.engine import Database, open_database
from adapters.database.migrator import is_current, is_empty, migrate, newest_revision, note, write_note
from adapters.database.tables import metadata
from tests.databases import rows_of


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_exactly_the_tables_of_the_code(database):
    async with database.read.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_migrated_database_can_be_migrated_again(database):
    before = await rows_of(database, "SELECT version_num FROM alembic_version")
    await migrate(database)
    assert before == [(newest_revision(),)]
    assert await rows_of(database, "SELECT version_num FROM alembic_version") == before


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


OLD_QUOTE = "id, tenant_id, order_id, status, requester_email, notification_emails, created_at, updated_at"


async def an_old_database(tmp_path: Path, revision: str, added: str, quotes: dict[str, str]) -> Database:
    """A database of an older version with these quotes: by id, the values of the columns that are added."""
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    await migrate(database, revision)
    company = "INSERT INTO companies (id, code, name, created_at, api_enabled) VALUES ('c', 'ACME', 'Acme', 1, 1)"
    tenant = "INSERT INTO tenants (id, company_id, environment) VALUES (1, 'c', 'LIVE')"
    columns = f"INSERT INTO quotes ({OLD_QUOTE}, {added})"
    made = [f"{columns} VALUES ('{id_}', 1, '{id_}', 'PENDING', 'a@x', '[]', 1, 1, {it})" for id_, it in quotes.items()]
    async with database.write.begin() as connection:
        for statement in (company, tenant, *made):
            await connection.execute(text(statement))
    return database


async def test_quotes_that_had_sums_keep_the_tax_that_they_were_printed_with(tmp_path):
    quotes = {"a": "21601, 111601", "b": "NULL, NULL"}
    database = await an_old_database(tmp_path, "0032", "tax_total_minor, total_minor", quotes)
    await migrate(database)
    found = await rows_of(database, "SELECT tax_rounding, tax_total_minor FROM quotes ORDER BY id")
    assert found == [("PER_LINE", 21601), ("PER_RATE", None)]
    await database.close()


async def test_a_day_that_was_kept_as_its_first_second_lasts_to_its_end_as_was_printed(tmp_path):
    midnight, later = 1_798_675_200_000_000, 1_798_675_200_000_001
    quotes = {"a": f"'PENDING', {midnight}", "b": f"'PENDING', {later}", "c": f"'APPROVED', {midnight}"}
    database = await an_old_database(tmp_path, "0036", "decision_status, expires_at", quotes)
    await migrate(database)
    found = await rows_of(database, "SELECT expires_at, expires_whole_day FROM quotes ORDER BY id")
    assert found == [(midnight + 86_400_000_000 - 1, 1), (later, 0), (midnight, 0)]
    await database.close()
