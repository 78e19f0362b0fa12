"""Takes points from buckets that several processes share, and gives them back.

One statement each, with PostgreSQL's clock: those of the processes may differ. The arithmetic is that of
`domain/rate_limits/buckets.py`.
"""

from adapters.database.core.engine import Database
from domain.rate_limits.buckets import MOST_OWED, SECOND, time_of
from domain.rate_limits.leases import Lease
from domain.shared.rate_limits import RateLimit

CONNECTIONS = 4

# A time in the far future can only come from a clock that was set back since, or from a limit that was lower: the
# bucket then owes the most that it can. The statement's time is read before a row may be waited for. That is too early
# rather than too late, and admits less rather than more.
_LEASE = f"""
INSERT INTO rate_limits AS it (payer, full_at, granted, asked_at)
SELECT $1::text, now + (($3::bigint * {SECOND} + $5::bigint - 1) / $5::bigint), $3::bigint, now
FROM (SELECT (extract(epoch FROM clock_timestamp()) * {SECOND})::bigint AS now) AS clock
ON CONFLICT (payer) DO UPDATE SET (full_at, granted, asked_at) = (
    SELECT
        full_at + (granted * {SECOND} + $5::bigint - 1) / $5::bigint, granted, excluded.asked_at
    FROM (
        SELECT
            full_at,
            CASE WHEN available >= $2::bigint THEN least(available, $3::bigint) ELSE 0 END AS granted
        FROM (
            SELECT
                full_at,
                ($4::bigint - (full_at - excluded.asked_at)) * $5::bigint / {SECOND} AS available
            FROM (
                SELECT greatest(
                    excluded.asked_at, least(it.full_at, excluded.asked_at + $4::bigint + {MOST_OWED})
                ) AS full_at
            ) AS known
        ) AS found
    ) AS decided
)
RETURNING granted, full_at, asked_at
"""  # noqa: S608 - only numbers of ours
# No more is owed than is restored in MOST_OWED.
_OWE = f"""
INSERT INTO rate_limits AS it (payer, full_at, granted, asked_at)
SELECT $1::text, now + least($2::bigint, $3::bigint), 0, now
FROM (SELECT (extract(epoch FROM clock_timestamp()) * {SECOND})::bigint AS now) AS clock
ON CONFLICT (payer) DO UPDATE SET
    full_at = least(greatest(it.full_at, excluded.asked_at) + $2::bigint, excluded.asked_at + $3::bigint)
"""  # noqa: S608 - only numbers of ours
_GIVE_BACK = "UPDATE rate_limits SET full_at = full_at - $2::bigint WHERE payer = $1::text"


class SqlRateLimits:
    """Implements the `Leases` of buckets that are shared."""

    def __init__(self, database: Database) -> None:
        assert database.pools is not None, "on SQLite the only process has all buckets in memory"
        # What a crash of PostgreSQL forgets here is lost with the table anyway.
        self._connections = database.pools.for_statements(CONNECTIONS, {"synchronous_commit": "off"})

    async def lease(self, payer: str, needed: int, wanted: int, limit: RateLimit) -> Lease:
        """Takes up to `wanted` points, nothing if there are fewer than `needed`."""
        arguments = (payer, needed, wanted, time_of(limit.points, limit), limit.restore)
        [(granted, full_at, asked_at)] = await self._connections.fetch(_LEASE, arguments)
        return Lease(granted, full_at - asked_at)

    async def give_back(self, payer: str, points: int, limit: RateLimit) -> None:
        """Puts points back that nobody has used."""
        await self._connections.fetch(_GIVE_BACK, (payer, points * SECOND // limit.restore))

    async def owe(self, payer: str, points: int, limit: RateLimit) -> None:
        """Takes points that were used already, whether or not there are as many."""
        most = time_of(limit.points, limit) + MOST_OWED
        await self._connections.fetch(_OWE, (payer, time_of(points, limit), most))

    async def close(self) -> None:
        await self._connections.close()
