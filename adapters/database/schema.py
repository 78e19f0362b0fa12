"""The state of the database's own schema: migrations, and whose database it is."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select

from adapters.database import tables
from adapters.database.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Bring the schema to the newest revision."""
    async with database.write.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))


async def write_revision(database: Database, message: str) -> None:
    """Write a migration that makes the database's schema equal to the tables in the code."""
    async with database.write.begin() as connection:
        await connection.run_sync(lambda sync: command.revision(_config(sync), message, autogenerate=True))


async def is_current(database: Database) -> bool:
    """Whether the database answers and has the newest revision."""
    async with database.read.connect() as connection:
        return await connection.run_sync(_revision) == newest_revision()


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


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
