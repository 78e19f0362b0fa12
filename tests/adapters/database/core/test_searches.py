"""What was kept before searches forgave accents is found by them too."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from adapters.database.core.engine import open_database
from adapters.database.migrator import _config, migrate
from tests.databases import DIALECTS, rows_of
from tests.postgres import new_postgres_database

# More than one slice of them.
KITS = 2_500


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_was_found_by_its_old_form_is_found_by_the_form_of_searches(tmp_path, dialect):
    url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}" if dialect == "sqlite" else new_postgres_database()
    database, now = open_database(url), "1" if dialect == "sqlite" else "now()"
    await migrate(database, before("forgiving_searches"))
    companies = "INSERT INTO companies (id, code, name, api_enabled, created_at) VALUES"
    kits = "INSERT INTO kits (id, tenant_id, name, tags, created_at, updated_at, search) VALUES"
    people = "INSERT INTO employees (id, tenant_id, name, email, email_key, status, metadata, search, name_key) VALUES"
    ana = "('e', 1, 'José Łukasz', 'j@x.example', '1:j@x.example', 'ACTIVE', '[]', 'josé łukasz', 'josé łukasz')"
    made = ", ".join(f"('{n:05}', 1, 'Müller’s Kit', '[]', {now}, {now}, 'müller’s kit')" for n in range(KITS))
    async with database.write.begin() as connection:
        await connection.execute(text(f"{companies} ('c', 'A', 'A', true, {now})"))
        await connection.execute(text("INSERT INTO tenants (id, company_id, environment) VALUES (1, 'c', 'LIVE')"))
        await connection.execute(text(f"{kits} {made}"))
        await connection.execute(text(f"{people} {ana}"))
    await migrate(database)
    assert await rows_of(database, "SELECT search, count(*) FROM kits GROUP BY search") == [("mullers kit", KITS)]
    assert await rows_of(database, "SELECT search FROM employees") == [("jose lukasz j@x.example",)]
    await database.close()


def before(named: str) -> str:
    """The revision before the one whose file is named so: files are numbered anew when two come at once."""
    [revision] = [it for it in ScriptDirectory.from_config(_config(None)).walk_revisions() if named in (it.path or "")]
    return str(revision.down_revision)
