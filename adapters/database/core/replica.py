"""A streaming replica of the database, for reads that need not see every commit at once.

A position is a number in PostgreSQL's write-ahead log, whose records a replica applies in order: once it has come to
the position of a commit, it shows that commit and all before it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import Any, TypeVar

from adapters.database.core.engine import open_database
from adapters.database.core.loader_specs import LoaderSpec
from adapters.database.core.outages import log_outage
from adapters.database.core.reader import SqlReader
from domain.shared.access import TenantScope
from domain.shared.paging import PageKey

log = logging.getLogger(__name__)

T = TypeVar("T")

# How long a read waits for the replica, and how often it looks meanwhile, in seconds.
WAIT = 0.1
LOOK_EVERY = 0.005
# After so many seconds a read is given up, and read from the primary: the replica may be halted or out of reach.
ANSWER = 2.0
# For so long after it was too far behind nobody waits for it, and after it has failed nobody asks it, in seconds: the
# latter twice as long each time, up to a limit.
PAUSE, LONGEST_PAUSE = 1.0, 60.0
# Where it has come to. A primary, which a replica may become, is always where it is.
POSITION = """SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
    - '0/0'::pg_lsn)::bigint"""


class Replica:
    """A replica, and how far it has come. Its position only grows, so that it is asked only for a newer one."""

    def __init__(self, look: Callable[[], Awaitable[int]], now: Callable[[], float] = monotonic) -> None:
        self._look = look
        self._now = now
        self._position = 0
        self._looking: asyncio.Task[None] | None = None
        self._behind_until = 0.0
        self._is_down = False
        self._down_until = 0.0
        self._pause = PAUSE

    def is_up(self) -> bool:
        """Returns whether it is to be asked. Once it has failed, it is not before it has answered a look, which begins
        when it was left alone for long enough."""
        if self._is_down and self._now() >= self._down_until:
            self._look_now()
        return not self._is_down

    def failed(self) -> None:
        """Leaves the replica alone for a while. Reads that fail together count once."""
        if not self._is_down:
            self._leave_alone()

    def answered(self) -> None:
        """Notes that it has answered a read."""
        self._pause = PAUSE

    async def has(self, position: int) -> bool:
        """Returns whether the replica has come to a position; waits briefly for it, unless it was behind just now."""
        if position <= self._position:
            return True
        started = self._now()
        until = started if started < self._behind_until else started + WAIT
        while self.is_up():
            is_answered = await self._look_once()
            if position <= self._position:
                return True
            if not is_answered or self._now() >= until:
                self._behind_until = self._now() + PAUSE
                return False
            await asyncio.sleep(LOOK_EVERY)
        return False

    async def _look_once(self) -> bool:
        """Looks where it is; those who ask meanwhile share the answer. Returns whether there is one soon enough."""
        looking = self._look_now()
        try:
            async with asyncio.timeout(WAIT):
                await asyncio.shield(looking)
        except TimeoutError:
            return False
        return True

    def _look_now(self) -> asyncio.Task[None]:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find())
        return self._looking

    async def _find(self) -> None:
        try:
            async with asyncio.timeout(ANSWER):
                self._position = max(self._position, await self._look())
            self._is_down = False
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot ask the replica of the database how far it is", exc_info=failure)
            self._leave_alone()

    def _leave_alone(self) -> None:
        self._is_down, self._down_until = True, self._now() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)


class ReplicaReader:
    """Executes loaders on a replica; what it fails to read is read from the primary."""

    def __init__(self, replica: Replica, reader: SqlReader, primary: SqlReader) -> None:
        self._replica = replica
        self._reader = reader
        self._primary = primary

    async def load(
        self, loader: str, keys: Sequence[Any], tenant_scope: TenantScope, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        return await self._read(lambda reader: reader.load(loader, keys, tenant_scope, attributes))

    async def json_subtrees(
        self, edge: Any, keys: Sequence[Any], tenant_scope: TenantScope
    ) -> Mapping[Any, str] | None:
        return await self._read(lambda reader: reader.json_subtrees(edge, keys, tenant_scope))

    async def count(self, loader: str, keys: Sequence[PageKey], tenant_scope: TenantScope) -> Sequence[int]:
        return await self._read(lambda reader: reader.count(loader, keys, tenant_scope))

    async def _read(self, read: Callable[[SqlReader], Awaitable[T]]) -> T:
        if self._replica.is_up():
            try:
                async with asyncio.timeout(ANSWER):
                    found = await read(self._reader)
                self._replica.answered()
                return found
            except Exception as failure:
                # Among them are reads that a replica cancels because they need rows that the primary has removed.
                if not log_outage(failure):
                    raise
                self._replica.failed()
        return await read(self._primary)


class OpenReplica:
    """The connections to a replica. `reader` reads from it, and from `primary` what it fails to read."""

    def __init__(self, url: str, primary: SqlReader, specs: Mapping[str, LoaderSpec], most_rows: int) -> None:
        self.database = open_database(url, answer_seconds=ANSWER)
        assert self.database.pools is not None, "only PostgreSQL has replicas"
        # Apart from the reads, which may all be waiting.
        self._positions = self.database.pools.for_statements(1)
        self.replica = Replica(self._look)
        self.reader = ReplicaReader(self.replica, SqlReader(self.database, specs, most_rows), primary)

    async def _look(self) -> int:
        [(position,)] = await self._positions.fetch(POSITION, ())
        return int(position)

    async def close(self) -> None:
        await self._positions.close()
        await self.database.close()
