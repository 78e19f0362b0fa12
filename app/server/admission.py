"""How many operations are under way at a time. What exceeds it is refused at once, to be sent again, because whatever
waited would be answered too late, and everything after it too.

Some run at a time, and the others wait for their turn. With a fixed number of both, the time of an answer is at most
that number times the time of an operation, whatever that is (docs/operations.md#overload). The number is large enough
for clients that happen to come at once. A refusal says that more comes than can be done: far fewer are then under way
for some seconds, so that what is accepted is answered soon.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic

from graphql import GraphQLError, OperationType
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from resolvers.errors import Code, api_error

log = logging.getLogger(__name__)

LIMIT = 32
# The limit is so many times what runs at a time.
AT_ONCE = 2
# For how long a server is pressed after a refusal, and what the limit is divided by meanwhile.
PRESSED_SECONDS = 5.0
PRESSED = 8
# For how long an operation may wait, however slow those before it are.
WAIT_SECONDS = 1.0
RETRY_AFTER = 1
LOG_INTERVAL = 10.0

_MESSAGE = f"The server has as much to do as it can. Nothing was done. Try again in {RETRY_AFTER} second."


class Overloaded(Exception):
    """There is too much under way."""


def overloaded() -> GraphQLError:
    return api_error(Code.OVERLOADED, _MESSAGE, retryAfter=RETRY_AFTER)


class Lane:
    """Operations of one type: a few run, and others wait for their turn."""

    def __init__(self, at_once: Callable[[], int], wait_seconds: float) -> None:
        self.at_once = at_once
        self.running = 0
        self.refused = 0
        self._wait_seconds = wait_seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def count(self) -> int:
        """How many are under way."""
        return self.running + len(self._waiting)

    async def enter(self) -> None:
        """Begins an operation as soon as it is its turn. Raises: TimeoutError."""
        if self.running < self.at_once():
            self.running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._wait_seconds):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                # It was our turn in the same moment.
                self.leave()
            with suppress(ValueError):
                self._waiting.remove(turn)
            raise

    def leave(self) -> None:
        """Ends an operation, and lets the next ones begin."""
        self.running -= 1
        while self._waiting and self.running < self.at_once():
            turn = self._waiting.popleft()
            if not turn.done():
                self.running += 1
                turn.set_result(None)


class Admission:
    """The operations of a process that are under way. Queries and mutations wait apart, so that mutations that wait for
    each other in the database stop no query."""

    def __init__(
        self, limit: int = LIMIT, wait_seconds: float = WAIT_SECONDS, now: Callable[[], float] = monotonic
    ) -> None:
        self.queries = Lane(self._at_once, wait_seconds)
        self.mutations = Lane(self._at_once, wait_seconds)
        self._limit = limit
        self._now = now
        self._pressed_until = 0.0
        self._logged_at = -LOG_INTERVAL
        self._logged = 0

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return max(1, self._limit // PRESSED) if self._now() < self._pressed_until else self._limit

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return self.queries.count + self.mutations.count > 0

    @property
    def is_full(self) -> bool:
        """Whether a query would be refused now."""
        return self._is_beyond(self.queries)

    async def enter(self, type_: OperationType) -> Lane:
        """Begins an operation as soon as it is its turn. Returns what is told when it ends. Raises: Overloaded."""
        lane = self.mutations if type_ is OperationType.MUTATION else self.queries
        if self._is_beyond(lane):
            self.refuse(lane)
            raise Overloaded
        try:
            await lane.enter()
        except TimeoutError:
            self.refuse(lane)
            raise Overloaded from None
        return lane

    def refuse(self, lane: Lane) -> None:
        """Counts what is refused, and logs it at most every ten seconds."""
        lane.refused += 1
        now = self._now()
        if now >= self._pressed_until:
            self._pressed_until = now + PRESSED_SECONDS
        if now - self._logged_at >= LOG_INTERVAL:
            refused = self.queries.refused + self.mutations.refused
            log.warning(
                "overloaded: %s operations refused since the last line (QUOTEGRAPH_MAX_OPERATIONS)",
                f"{refused - self._logged:,}",
            )
            self._logged_at, self._logged = now, refused

    def _is_beyond(self, lane: Lane) -> bool:
        return lane.count >= self._at_once() and self.queries.count + self.mutations.count >= self.limit

    def _at_once(self) -> int:
        return min(self.limit, max(1, self._limit // AT_ONCE))


class AdmissionMetrics(Collector):
    """What is under way, and what was refused."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    def collect(self) -> Iterable[Metric]:
        by_type = {"query": self._admission.queries, "mutation": self._admission.mutations}
        under_way = GaugeMetricFamily(
            "quotegraph_operations_under_way", "GraphQL operations that are under way.", labels=["type"]
        )
        refused = CounterMetricFamily(
            "quotegraph_operations_refused",
            "Operations refused because too many were under way; those refused unread count as queries.",
            labels=["type"],
        )
        for type_, found in by_type.items():
            under_way.add_metric([type_], found.count)
            refused.add_metric([type_], found.refused)
        yield under_way
        yield refused
