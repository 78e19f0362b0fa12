"""Writes a migration from the differences between the tables in the code and the existing migrations:
`make migration NAME="Colours of products"`."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.database.core.engine import open_database
from adapters.database.migrator import migrate, write_revision


async def write(message: str) -> None:
    with TemporaryDirectory() as directory:
        database = open_database(f"sqlite+aiosqlite:///{Path(directory) / 'migrated.db'}")
        try:
            await migrate(database)
            await write_revision(database, message)
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
