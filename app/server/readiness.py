"""The readiness check: whether the database is reachable, migrated and writable."""

import asyncio
from time import monotonic

from aiohttp import web

from adapters.database import migrator
from adapters.database.core.engine import Database
from adapters.database.core.outages import log_outage, ran_out_of_space
from adapters.database.notes.store import beat
from app.server.outages import HEADERS

TIMEOUT_SECONDS = 5.0
# How long a result is reused, in seconds.
REUSE_SECONDS = 1.0

READY = "ready"
OTHER_VERSION = "database of another version or another program; `quotegraph migrate` says which"
NOT_MIGRATED = "database not migrated; run `quotegraph migrate`"
UNREACHABLE = "database unreachable"
TABLES_GONE = "tables of the database are missing"
FILE_GONE = "the database file was removed or replaced"
NOT_WRITABLE = "database is not writable"
DISK_FULL = "the disk of the database is full"


class Readiness:
    """Answers `/readyz`. Concurrent requests share one check, and its result is reused for a second, because each check
    writes to the database."""

    reuse_seconds = REUSE_SECONDS

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: tuple[int, int] | None = None
        self._check: asyncio.Task[str] | None = None
        self._checked_at = 0.0
        self._status = ""

    async def get(self, _request: web.Request) -> web.Response:
        """Answers 200 if the database can be read and written, else 503 with the reason."""
        status = await self._current()
        ready = status == READY
        return web.json_response({"status": status}, status=200 if ready else 503, headers=None if ready else HEADERS)

    async def _current(self) -> str:
        if self._status and monotonic() - self._checked_at < self.reuse_seconds:
            return self._status
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(self._run_check())
        return await asyncio.shield(self._check)

    async def _run_check(self) -> str:
        self._status, self._checked_at = await self._find_status(), monotonic()
        return self._status

    async def _find_status(self) -> str:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                if not await self._is_migrated():
                    return NOT_MIGRATED
                if await migrator.lacks_tables(self._database):
                    return TABLES_GONE
        except migrator.UnusableDatabase:
            return OTHER_VERSION
        except Exception as failure:  # noqa: BLE001 - whatever it is, it cannot be read
            log_outage(failure)
            return UNREACHABLE
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await beat(self._database)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it cannot be written
            log_outage(failure)
            return NOT_WRITABLE
        if ran_out_of_space():
            return DISK_FULL
        self._file = self._file or self._database.file()
        return READY if self._file == self._database.file() else FILE_GONE

    async def _is_migrated(self) -> bool:
        """Whether the tables are those of this version, or of a newer one, which keeps what this one needs (see
        CONTRIBUTING.md). Raises: UnusableDatabase."""
        if await migrator.is_current(self._database):
            return True
        try:
            await migrator.require_usable(self._database)
        except migrator.NewerDatabase:
            return True
        return False
