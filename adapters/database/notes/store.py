"""Reads and writes what a database notes of itself: its purpose, and that it can be written."""

from datetime import UTC, datetime

from sqlalchemy import insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.core.engine import Database
from adapters.database.core.write_statements import upsert_into
from adapters.database.notes.tables import notes

# The note that readiness checks write.
BEAT = "beat"
# The note of a database into which another one is being copied. It says how far the copy has come.
COPY = "copy"


async def note(database: Database, name: str) -> str | None:
    """Returns a stored note about this database by its name, or None."""
    async with database.read.connect() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("notes")):
            return None
        of = notes.c
        found: str | None = (await connection.execute(select(of.value).where(of.name == name))).scalar_one_or_none()
        return found


async def write_note(database: Database, name: str, value: str) -> None:
    async with database.write.begin() as connection:
        await connection.execute(insert(notes), {"name": name, "value": value})


async def beat(database: Database) -> None:
    """Writes and commits a small value. Raises: any error of the database, if it is not writable."""
    async with database.write.begin() as connection:
        await replace_note(connection, BEAT, datetime.now(UTC).isoformat())


async def replace_note(connection: AsyncConnection, name: str, value: str) -> None:
    """Writes a note in the transaction of a connection, in place of the one with this name."""
    written = upsert_into(notes, connection.dialect.name).values(name=name, value=value)
    await connection.execute(written.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
