"""Whether this process can do its work: its database is reachable, migrated, and takes what is written."""

import asyncio
from time import monotonic

from aiohttp import web

from adapters.database import migrator as database_schema
from adapters.database.core.engine import Database
from adapters.database.core.outages import log_outage
from app.server.outages import HEADERS

PATIENCE = 5.0
# In seconds.
GOOD_FOR = 1.0

READY = "ready"
OTHER_VERSION = "database of another version or another program; `quotegraph migrate` says which"
NOT_MIGRATED = "database not migrated; run `quotegraph migrate`"
UNREACHABLE = "database unreachable"
TABLES_GONE = "tables of the database are gone"
FILE_GONE = "the database's file is gone, or another one is in its place"
NOT_WRITABLE = "database cannot be written"


class Readiness:
    """Answers `/readyz`. Those who ask at the same time share one look, which is good for a moment: asking often writes
    seldom."""

    good_for = GOOD_FOR

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: tuple[int, int] | None = None
        self._looking: asyncio.Task[str] | None = None
        self._looked = 0.0
        self._status = ""

    async def get(self, _request: web.Request) -> web.Response:
        """200 when everything can be read and written, else 503 and why not."""
        status = await self._current()
        ready = status == READY
        return web.json_response({"status": status}, status=200 if ready else 503, headers=None if ready else HEADERS)

    async def _current(self) -> str:
        if self._status and monotonic() - self._looked < self.good_for:
            return self._status
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> str:
        self._status, self._looked = await self._found(), monotonic()
        return self._status

    async def _found(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                if not await self._is_migrated():
                    return NOT_MIGRATED
                if await database_schema.lacks_tables(self._database):
                    return TABLES_GONE
        except database_schema.UnusableDatabase:
            return OTHER_VERSION
        except Exception as failure:  # noqa: BLE001 - whatever it is, it cannot be read
            log_outage(failure)
            return UNREACHABLE
        try:
            async with asyncio.timeout(PATIENCE):
                await database_schema.beat(self._database)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it cannot be written
            log_outage(failure)
            return NOT_WRITABLE
        self._file = self._file or self._database.file()
        return READY if self._file == self._database.file() else FILE_GONE

    async def _is_migrated(self) -> bool:
        """Whether the tables are this version's, or those of a newer one, which leaves what this one needs until the
        version after it (CONTRIBUTING). Raises: UnusableDatabase."""
        if await database_schema.is_current(self._database):
            return True
        try:
            await database_schema.require_usable(self._database)
        except database_schema.NewerDatabase:
            return True
        return False
