"""The schema in the database is the schema in the code, however often it is migrated."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from adapters.database.engine import open_database
from adapters.database.schema import is_current, is_empty, migrate, newest_revision, note, write_note
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


async def test_quotes_that_had_sums_keep_the_tax_that_they_were_printed_with(tmp_path):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    await migrate(database, "0032")
    columns = "id, tenant_id, order_id, status, requester_email, notification_emails, created_at, updated_at"
    added = f"INSERT INTO quotes ({columns}, tax_total_minor, total_minor) VALUES "
    async with database.write.begin() as connection:
        await connection.execute(
            text("INSERT INTO companies VALUES ('c', 'ACME', 'Acme', 1, 1, NULL, NULL, NULL, NULL)")
        )
        await connection.execute(text("INSERT INTO tenants (id, company_id, environment) VALUES (1, 'c', 'LIVE')"))
        for id_, sums in (("a", "21601, 111601"), ("b", "NULL, NULL")):
            await connection.execute(text(f"{added} ('{id_}', 1, '{id_}', 'PENDING', 'a@x', '[]', 1, 1, {sums})"))
    await migrate(database)
    found = await rows_of(database, "SELECT tax_rounding, tax_total_minor FROM quotes ORDER BY id")
    assert found == [("PER_LINE", 21601), ("PER_RATE", None)]
    await database.close()
