"""The state of the database's own schema: migrations, and whose database it is."""

import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select

from adapters.database import tables
from adapters.database.core.engine import Database
from adapters.database.core.write_statements import upserting

MIGRATIONS = Path(__file__).parent / "migrations"


# Named for the version that brings it: v0_2_0_01 is the first of version 0.2.0.
REVISION = re.compile(r"v(\d+)_(\d+)_(\d+)_(\d\d)")


class ForeignDatabase(Exception):
    """The database is another program's, or of a version of this one that is not known here; the text says which."""


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision, by default the newest. Raises: ForeignDatabase, with nothing changed."""
    async with database.write.begin() as connection:
        await connection.run_sync(_require_own)
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))


async def write_revision(database: Database, message: str) -> None:
    """Write a migration that makes the tables of a database equal to the tables in the code."""
    revision = _next_revision(version("quotegraph"))
    async with database.write.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(_config(sync), message, autogenerate=True, rev_id=revision)
        )


async def is_current(database: Database) -> bool:
    """Whether the database answers and has the newest revision."""
    async with database.read.connect() as connection:
        return await connection.run_sync(_revisions) == (newest_revision(),)


async def lacks_tables(database: Database) -> bool:
    """Whether some of its tables are gone, whatever revision it says that it has."""
    async with database.read.connect() as connection:
        there = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return not set(tables.metadata.tables).issubset(there)


async def is_empty(database: Database) -> bool:
    """Whether the database has no tables at all."""
    async with database.read.connect() as connection:
        return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def note(database: Database, name: str) -> str | None:
    """What this database says of itself under a name, if it is ours and says anything."""
    async with database.read.connect() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("notes")):
            return None
        of = tables.notes.c
        found: str | None = (await connection.execute(select(of.value).where(of.name == name))).scalar_one_or_none()
        return found


async def write_note(database: Database, name: str, value: str) -> None:
    async with database.write.begin() as connection:
        await connection.execute(insert(tables.notes), {"name": name, "value": value})


async def beat(database: Database) -> None:
    """Write and commit something small. Raises whatever keeps the database from being written."""
    of, value = tables.notes, datetime.now(UTC).isoformat()
    async with database.write.begin() as connection:
        beat = upserting(of, database.dialect).values(name="beat", value=value)
        await connection.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def newest_revision() -> str | None:
    return _scripts().get_current_head()


def _next_revision(program: str) -> str:
    """The revision after the newest one, in the version that is being written."""
    found = REVISION.fullmatch(newest_revision() or "")
    numbers = program.split(".")
    here = found is not None and list(found.groups()[:3]) == numbers
    return f"v{'_'.join(numbers)}_{int(found[4]) + 1 if found and here else 1:02}"


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _require_own(connection: Connection) -> None:
    """Raises: ForeignDatabase."""
    there = set(inspect(connection).get_table_names())
    marked = "alembic_version" in there
    readable = not marked or any(
        it["name"] == "version_num" for it in inspect(connection).get_columns("alembic_version")
    )
    found = _revisions(connection) if readable else ()
    known = {it.revision for it in _scripts().walk_revisions()}
    told = None
    if not readable:
        told = "its table alembic_version says no revision"
    elif len(found) > 1 or not known.issuperset(found):
        told = f"it is at revision {', '.join(map(repr, sorted(found)))}, which this quotegraph does not know"
    elif found and tables.companies.name not in there:
        told = f"it says that it is at revision {found[0]!r}, but has none of quotegraph's tables"
    elif not found and (ours := sorted(there & set(tables.metadata.tables))):
        told = f"it has tables of quotegraph's names ({', '.join(ours[:3])}) and no revision of it"
    if told is not None:
        raise ForeignDatabase(
            f"This database belongs to another program, or to another version of quotegraph: {told}. Nothing was "
            "changed. Name an empty database in QUOTEGRAPH_DATABASE_URL, or run the version that made this one."
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
