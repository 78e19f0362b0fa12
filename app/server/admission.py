"""How many operations are under way at a time. What exceeds it is refused at once, to be sent again, because whatever
waited would be answered too late, and everything after it too.

Some run at a time, and the others wait for their turn (`turns.py`). With a fixed number of both, the time of an answer
is at most that number times the time of an operation, whatever that is (docs/operations.md#overload). The number is
large enough for clients that happen to come at once. A refusal says that more comes than can be done: far fewer are
then under way for some seconds, so that what is accepted is answered soon.

Who has the most under way is refused first. One payer that sends too much is held to less by itself; where it is no
single one, all are.
"""

import logging
from collections.abc import Callable, Iterable
from time import monotonic

from graphql import GraphQLError, OperationType
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.server.turns import Lane, Overloaded, Share, Turn
from resolvers.errors import Code, api_error, exceeded

log = logging.getLogger(__name__)

LIMIT = 32
# The limit is so many times what runs at a time, and what one payer may have while others are there.
AT_ONCE = 2
OF_ONE = 2
# For how long a payer or the server is pressed after a refusal, and what the limit is divided by meanwhile.
PRESSED_SECONDS = 5.0
PRESSED = 8
# For how long an operation may wait, however slow those before it are.
WAIT_SECONDS = 1.0
# How many subscriptions begin at a time. They are not refused, because all of a server that was restarted come at once.
SUBSCRIPTIONS_AT_ONCE = 4
SUBSCRIPTION_WAIT_SECONDS = 30.0
RETRY_AFTER = 1
# How much later a client is read that sends again before that; and while others are there, from whom it takes time.
HOLD_SECONDS, HOLD_FOR_OTHERS = 0.025, 0.25
LOG_INTERVAL = 10.0

SETTING = "QUOTEGRAPH_MAX_OPERATIONS"
_MESSAGE = f"The server has as much to do as it can. Nothing was done. Try again in {RETRY_AFTER} second."


class Admission:
    """The operations of a process that are under way. Queries and mutations wait apart, so that mutations that wait for
    each other in the database stop no query."""

    def __init__(
        self, limit: int = LIMIT, wait_seconds: float = WAIT_SECONDS, now: Callable[[], float] = monotonic
    ) -> None:
        self.queries = Lane(self, wait_seconds, now)
        self.mutations = Lane(self, wait_seconds, now)
        self.subscriptions = Lane(self, SUBSCRIPTION_WAIT_SECONDS, now)
        self._limit = limit
        self._now = now
        self._pressed_until = 0.0
        # Until when payers are pressed; the first to end first.
        self._pressed: dict[str, float] = {}
        self._logged_at = -LOG_INTERVAL
        self._logged = 0

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return self._pressed_limit if self._now() < self._pressed_until else self._limit

    @property
    def error(self) -> GraphQLError:
        """The error of what is refused. The limit is the setting's, which is divided while the server is pressed."""
        details = exceeded("operations", self._limit, SETTING)
        return api_error(Code.OVERLOADED, _MESSAGE, **details, retryAfter=RETRY_AFTER)

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return self.queries.count + self.mutations.count > 0

    @property
    def may_be_full(self) -> bool:
        """Whether so much is under way that a query could be refused, which is cheap to know."""
        return self.queries.count + self.mutations.count >= self._pressed_limit

    def is_full_for(self, payer: str) -> bool:
        """Whether a query of a payer would be refused now."""
        lane = self.queries
        return self._exceeds_share(lane, payer) or (self._is_beyond(lane) and self._gives_way(lane, payer) is None)

    async def enter(self, type_: OperationType, payer: str = "", points: float = 0) -> Turn:
        """Begins an operation of a payer as soon as it is its turn. `points` is what it is likely to cost. Returns what
        is told when it ends. Raises: Overloaded."""
        lane = self._lane_of(type_)
        if lane is not self.subscriptions:
            self._make_room(lane, payer)
        try:
            return await lane.enter(payer, points)
        except TimeoutError:
            self.refuse(lane, payer)
            raise Overloaded from None

    def _lane_of(self, type_: OperationType) -> Lane:
        if type_ is OperationType.SUBSCRIPTION:
            return self.subscriptions
        return self.mutations if type_ is OperationType.MUTATION else self.queries

    def _make_room(self, lane: Lane, payer: str) -> None:
        """Lets an operation in where there is room, or where another payer gives way. Raises: Overloaded."""
        is_refused = self._exceeds_share(lane, payer)
        if not is_refused and self._is_beyond(lane):
            if (other := self._gives_way(lane, payer)) is not None:
                self.refuse(lane, other.payer)
                lane.push_out(other)
            is_refused = other is None
        if is_refused:
            self.refuse(lane, payer)
            raise Overloaded

    def refuse(self, lane: Lane, payer: str) -> None:
        """Counts what is refused, and logs it at most every ten seconds. Presses the payer, if it has more under way
        than others; and all of them, if there is no such payer."""
        lane.refused += 1
        now = self._now()
        payers = 1 + lane.others_than(payer)
        if self._exceeds_share(lane, payer) or self._count_of(payer) * payers >= self._limit:
            self._press(payer, now)
        elif now >= self._pressed_until and not self._has_pressed(now):
            self._pressed_until = now + PRESSED_SECONDS
        if now - self._logged_at >= LOG_INTERVAL:
            refused = self.queries.refused + self.mutations.refused
            log.warning(
                "overloaded: %s operations refused since the last line (%s)",
                f"{refused - self._logged:,}",
                SETTING,
            )
            self._logged_at, self._logged = now, refused

    def hold_of(self, payer: str) -> float:
        """How much later a client is read that sends again too early what was refused, in seconds."""
        return HOLD_FOR_OTHERS if self.queries.others_than(payer) else HOLD_SECONDS

    def limit_of(self, lane: Lane, payer: str) -> int:
        """How many operations of one payer may be under way now."""
        limit = self.limit
        if lane.others_than(payer):
            limit = max(1, limit // OF_ONE)
        return min(limit, self._pressed_limit) if self._is_pressed(payer) else limit

    def at_once(self, lane: Lane) -> int:
        if lane is self.subscriptions:
            return SUBSCRIPTIONS_AT_ONCE
        return min(self.limit, max(1, self._limit // AT_ONCE))

    def at_once_of(self, lane: Lane, payer: str) -> int:
        at_once, is_pressed = self.at_once(lane), self._is_pressed(payer)
        if lane.others_than(payer):
            return 1 if is_pressed else max(1, at_once // OF_ONE)
        return min(at_once, self._pressed_limit) if is_pressed else at_once

    @property
    def _pressed_limit(self) -> int:
        return max(1, self._limit // PRESSED)

    def _count_of(self, payer: str) -> int:
        return self.queries.count_of(payer) + self.mutations.count_of(payer)

    def _exceeds_share(self, lane: Lane, payer: str) -> bool:
        is_beyond = lane.count_of(payer) >= self.at_once_of(lane, payer)
        return is_beyond and self._count_of(payer) >= self.limit_of(lane, payer)

    def _is_beyond(self, lane: Lane) -> bool:
        return lane.count >= self.at_once(lane) and self.queries.count + self.mutations.count >= self.limit

    def _gives_way(self, lane: Lane, payer: str) -> Share | None:
        """Returns who has so much under way that something of it gives way to an operation of this payer."""
        busiest = lane.busiest()
        return busiest if busiest is not None and busiest.count > lane.count_of(payer) + 1 else None

    def _is_pressed(self, payer: str) -> bool:
        return payer in self._pressed and self._now() < self._pressed[payer]

    def _has_pressed(self, now: float) -> bool:
        """Whether any payer is pressed."""
        while self._pressed and (first := next(iter(self._pressed.items())))[1] <= now:
            del self._pressed[first[0]]
        return bool(self._pressed)

    def _press(self, payer: str, now: float) -> None:
        self._has_pressed(now)
        self._pressed.setdefault(payer, now + PRESSED_SECONDS)


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
