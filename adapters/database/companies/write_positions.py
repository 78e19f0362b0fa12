"""Where each API key has last written: the position in PostgreSQL's log after its last commit.

The next request of a key may be sent to any process, so that the position is kept in the database. It is asked for
before each query that may be read from a replica, on the primary. That is one short statement, which requests of the
same moment share.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.database.core.engine import Database
from adapters.database.core.outages import log_outage
from adapters.database.core.query_batching import QueryBatcher

log = logging.getLogger(__name__)

# The position after a commit is at least that of the commit. Several processes may write it in any order.
NOTE = """UPDATE api_keys
    SET last_write = greatest(last_write, (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint) WHERE id = $1"""
FIND = "SELECT id, last_write FROM api_keys WHERE id = ANY($1::varchar[]) AND last_write IS NOT NULL"
CONNECTIONS = 4


class WritePositions:
    """Notes and finds the positions of keys."""

    def __init__(self, database: Database) -> None:
        assert database.pools is not None, "only PostgreSQL has replicas"
        # A crash of the server may forget a position, and only then a read may miss a commit: no need to wait for
        # the disk once more.
        self._connections = database.pools.for_statements(CONNECTIONS, {"synchronous_commit": "off"})
        self._batcher = QueryBatcher()

    async def note(self, key_id: str) -> None:
        """Notes that a key has just committed. It has, so that a failure here is only logged."""
        try:
            await self._connections.fetch(NOTE, (key_id,))
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot note that an API key has written", exc_info=failure)

    async def of(self, key_id: str) -> int:
        """Returns the position of a key's last commit; 0 if it has none."""
        return int((await self._batcher.find("positions", [key_id], self._find)).get(key_id, 0))

    async def _find(self, keys: Sequence[Any]) -> Mapping[Any, Any]:
        return {str(key): position for key, position in await self._connections.fetch(FIND, (list(keys),))}

    async def close(self) -> None:
        await self._connections.close()
