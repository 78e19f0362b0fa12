"""Checks the revision of a database, and migrates it."""

import asyncio
import re
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, exists, inspect, select

from adapters.database.companies.tables import companies
from adapters.database.core.engine import Database
from adapters.database.metadata import metadata
from adapters.database.notes.store import COPY
from adapters.database.notes.tables import notes

MIGRATIONS = Path(__file__).parent / "migrations"


# Revisions are named after the version: v0_2_0_01 is the first one of version 0.2.0.
REVISION = re.compile(r"v(\d+)_(\d+)_(\d+)_(\d\d)")
# Revisions before the baseline of 0.1.0, which were never released.
UNRELEASED = frozenset(f"{number:04}" for number in range(1, 44))
# Tables that every version of quotegraph has.
_MARKS = frozenset({"companies", "tenants", "api_keys"})


class UnusableDatabase(Exception):
    """This version can neither use nor upgrade the database. `problem` says why, `remedy` what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} Nothing was changed. {remedy}")
        self.problem = problem


class ForeignDatabase(UnusableDatabase):
    """The database belongs to another program."""


class UnreleasedDatabase(UnusableDatabase):
    """The database was created by a checkout from before the first release."""


class NewerDatabase(UnusableDatabase):
    """The database was created or upgraded by a newer version."""


class UnfinishedCopy(UnusableDatabase):
    """A copy of another database into this one has not finished."""


async def require_usable(database: Database) -> None:
    """Checks that the database is empty or can be upgraded by this version, before any change.

    An SQLite file is opened for reading only: opening it for writing may change it.

    Raises: UnusableDatabase.
    """
    if database.dialect == "sqlite":
        await asyncio.to_thread(_require_usable_file, Path(database.url.database or ""))
        return
    async with database.read.connect() as connection:
        await connection.run_sync(_require_usable)


async def migrate(database: Database, revision: str = "head") -> None:
    """Migrates the tables to a revision, by default the newest. Raises: UnusableDatabase, without changes."""
    async with database.write.begin() as connection:
        await connection.run_sync(_require_usable)
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))


async def write_revision(database: Database, message: str) -> None:
    """Writes a migration from the tables of a database to those in the code."""
    revision = _next_revision(version("quotegraph"))
    async with database.write.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(_config(sync), message, autogenerate=True, rev_id=revision)
        )


async def is_current(database: Database) -> bool:
    """Whether the database has the newest revision."""
    async with database.read.connect() as connection:
        return await connection.run_sync(_revisions) == (newest_revision(),)


async def lacks_tables(database: Database) -> bool:
    """Whether some tables are missing, whatever the recorded revision."""
    async with database.read.connect() as connection:
        there = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return not set(metadata.tables).issubset(there)


async def is_empty(database: Database) -> bool:
    """Whether the database has no tables."""
    async with database.read.connect() as connection:
        return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())


def newest_revision() -> str | None:
    return _scripts().get_current_head()


def _next_revision(program: str) -> str:
    """Returns the name of the next revision, in the current version."""
    found = REVISION.fullmatch(newest_revision() or "")
    numbers = program.split(".")
    here = found is not None and list(found.groups()[:3]) == numbers
    return f"v{'_'.join(numbers)}_{int(found[4]) + 1 if found and here else 1:02}"


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _require_usable_file(file: Path) -> None:
    """Raises: UnusableDatabase."""
    if not file.is_file():
        return
    address = f"{file.absolute().as_uri()}?mode=ro"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool)
    with engine.connect() as connection:
        _require_usable(connection)


def _require_usable(connection: Connection) -> None:
    """Raises: UnusableDatabase."""
    there = set(inspect(connection).get_table_names())
    marked = "alembic_version" in there
    if marked and all(it["name"] != "version_num" for it in inspect(connection).get_columns("alembic_version")):
        raise _foreign("its table alembic_version says no revision")
    found = sorted(_revisions(connection))
    shown = ", ".join(map(repr, found))
    unknown = set(found) - {it.revision for it in _scripts().walk_revisions()}
    if len(found) == 1 and unknown and there >= _MARKS:
        raise _unreleased(shown) if unknown <= UNRELEASED else _newer(shown, found[0])
    if len(found) > 1 or unknown:
        raise _foreign(f"it is at revision {shown}, which this quotegraph does not know")
    if found and companies.name not in there:
        raise _foreign(f"it says that it is at revision {shown}, but has none of quotegraph's tables")
    if not found and (ours := sorted(there & set(metadata.tables))):
        raise _foreign(f"it has tables of quotegraph's names ({', '.join(ours[:3])}) and no revision of it")
    if notes.name in there and connection.execute(select(exists().where(notes.c.name == COPY))).scalar_one():
        raise UnfinishedCopy(
            "A copy of another database into this one has not finished.",
            "Repeat `quotegraph migrate --copy-from` with the same source: it continues where it was interrupted.",
        )


def _foreign(why: str) -> ForeignDatabase:
    return ForeignDatabase(
        f"This database belongs to another program, or to another version of quotegraph: {why}.",
        "Name an empty database in QUOTEGRAPH_DATABASE_URL, or run the version that made this one.",
    )


def _unreleased(shown: str) -> UnreleasedDatabase:
    return UnreleasedDatabase(
        f"This database was made by an unreleased version of quotegraph (revision {shown}), and cannot be upgraded to "
        f"{version('quotegraph')}.",
        "To start afresh, name an empty database in QUOTEGRAPH_DATABASE_URL. To use its data, run the checkout that "
        "made it: docs/upgrading.md says how to find it.",
    )


def _newer(shown: str, revision: str) -> NewerDatabase:
    named = REVISION.fullmatch(revision)
    maker = f"quotegraph {'.'.join(named.groups()[:3])}" if named else "a newer version of quotegraph"
    return NewerDatabase(
        f"This database was upgraded by {maker} (revision {shown}), which is newer than this quotegraph, "
        f"{version('quotegraph')}.",
        "Upgrade quotegraph, or name another database in QUOTEGRAPH_DATABASE_URL.",
    )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
