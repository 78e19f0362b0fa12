"""Chooses the database that a query is read from: a replica, unless it lacks what the caller has just written."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.shared.access import Caller, CredentialType
from resolvers.ports import Reader

# Where a query was read, and why.
REPLICA, BEHIND, DOWN = "replica", "primary_replica_behind", "primary_replica_down"


class Replicated(Protocol):
    """A replica, and how far it has come."""

    def is_up(self) -> bool: ...

    async def has(self, position: int) -> bool: ...


class Positions(Protocol):
    """Where keys have last written."""

    async def of(self, key_id: str) -> int: ...


class QueryReaders(Collector):
    """Gives the reader of a query. Without a replica it is always that of the primary."""

    def __init__(self, primary: Reader) -> None:
        self._primary = primary
        self._replica: tuple[Replicated, Reader, Positions] | None = None
        self._counts: Counter[str] = Counter()

    def use(self, replica: Replicated, reader: Reader, positions: Positions) -> None:
        """Reads from a replica from now on, as far as it is possible."""
        self._replica = replica, reader, positions

    async def of(self, caller: Caller) -> Reader:
        """Returns the reader of a query of this caller. One without an API key, a customer or a person, reads from the
        primary: where they wrote last is not known."""
        if self._replica is None or caller.credential is not CredentialType.API_KEY:
            return self._primary
        replica, reader, positions = self._replica
        if not replica.is_up():
            self._counts[DOWN] += 1
            return self._primary
        if not await replica.has(await positions.of(caller.key_id)):
            self._counts[BEHIND if replica.is_up() else DOWN] += 1
            return self._primary
        self._counts[REPLICA] += 1
        return reader

    def collect(self) -> Iterable[Metric]:
        """Yields the number of queries by where they were read, if there is a replica."""
        if self._replica is not None:
            queries = CounterMetricFamily(
                "quotegraph_queries_read", "Queries by the database they were read from, and why.", labels=["database"]
            )
            for database in (REPLICA, BEHIND, DOWN):
                queries.add_metric([database], self._counts[database])
            yield queries
