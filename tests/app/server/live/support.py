"""A feed over a log in memory, and subscribers that remember what they get."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from graphql import ExecutionResult, GraphQLError

from app.server.live.feed import Feed
from app.server.live.outlets import Membership
from app.server.live.pace import Pace
from app.server.live.results import LiveResult
from app.server.live.selections import Selection
from domain.shared.access import SYSTEM
from domain.shared.events import Event, EventType
from resolvers.events import Watch, encode_cursor

ALL = frozenset(EventType)
ACCEPTED = EventType.QUOTE_ITEM_ACCEPTED
# Steps of the loop in which whatever is under way ends.
MANY_STEPS = 400


class Log:
    """The events of tenants, and whoever waits for more. Reading takes as many steps of the loop as `delay` says."""

    def __init__(self, delay: Callable[[], int] = lambda: 1) -> None:
        self.events: defaultdict[int, list[Event]] = defaultdict(list)
        self.reads: list[tuple[int, str | None]] = []
        self.failures: list[Exception] = []
        self._delay = delay
        self._listeners: defaultdict[int, list[asyncio.Event]] = defaultdict(list)

    def happens(self, node_id: str = "quote", type_: EventType = ACCEPTED, tenant_id: int = 1) -> Event:
        events = self.events[tenant_id]
        about = ("Quote", node_id, *SYSTEM, datetime.now(UTC), ())
        event = Event(f"{tenant_id}-{len(events) + 1}", len(events) + 1, type_, tenant_id, *about)
        events.append(event)
        for listener in self._listeners[tenant_id]:
            listener.set()
        return event

    async def last_number(self, tenant_id: int) -> int:
        return len(self.events[tenant_id])

    async def first_number(self, tenant_id: int) -> int:
        return 1

    async def last_numbers(self, environment: Any) -> Any:
        raise NotImplementedError

    companies = first_numbers = last_numbers

    async def after(self, tenant_id: int, number: int, node_id: str | None, limit: int) -> Sequence[Event]:
        self.reads.append((tenant_id, node_id))
        await steps(self._delay())
        if self.failures:
            raise self.failures.pop()
        found = [it for it in self.events[tenant_id] if it.number > number and node_id in (None, it.node_id)]
        await steps(self._delay())
        return found[:limit]

    @contextmanager
    def listen(self, tenant_id: int) -> Iterator[Any]:
        event = asyncio.Event()
        self._listeners[tenant_id].append(event)
        try:
            yield _Listener(event)
        finally:
            self._listeners[tenant_id].remove(event)

    def listen_to_all(self) -> Any:
        raise NotImplementedError

    def is_followed(self, tenant_id: int = 1) -> bool:
        return bool(self._listeners[tenant_id])


class _Listener:
    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self) -> None:
        await self._event.wait()
        self._event.clear()


class Outlet:
    """Remembers what is sent to it."""

    def __init__(self) -> None:
        self.sent: list[LiveResult] = []
        self.writes = 0
        self.errors: Sequence[GraphQLError] | None = None

    def send(self, results: Sequence[LiveResult]) -> None:
        assert results, "nothing is no write"
        self.writes += 1
        self.sent += results

    def end(self, errors: Sequence[GraphQLError]) -> None:
        assert self.errors is None, "it ends once"
        self.errors = errors

    @property
    def numbers(self) -> list[int]:
        return [it.result.data["number"] for it in self.sent if it.result.data]


class Subscribers:
    """A feed, and what it is asked."""

    def __init__(self, log: Log, delay: Callable[[], int] = lambda: 1) -> None:
        self.log = log
        self.pace = Pace()
        self.feed = Feed(log, log, self.pace)
        self.answered: list[tuple[Hashable, int]] = []
        self.failures: list[Exception] = []
        # How many bytes a result has besides.
        self.size = 0
        self._delay = delay

    def follow(
        self,
        outlet: Outlet | None = None,
        key: Hashable = "same",
        *,
        after: int | None = None,
        node_id: str | None = None,
        types: frozenset[EventType] = ALL,
        tenant_id: int = 1,
        current: Event | None = None,
    ) -> tuple[Outlet, Membership]:
        last = len(self.log.events[tenant_id])
        watch = Watch(tenant_id, last if after is None else after, last, types, node_id, current)
        outlet = outlet or Outlet()
        return outlet, self.feed.follow(watch, self.selection(key), outlet)

    def selection(self, key: Hashable) -> Selection:
        async def answer(event: Event) -> ExecutionResult:
            self.answered.append((key, event.number))
            await steps(self._delay())
            if self.failures:
                raise self.failures.pop()
            return ExecutionResult({"key": key, "number": event.number, "text": "x" * self.size})

        return Selection(key, answer, lambda failure: [GraphQLError(str(failure))])


async def steps(count: int = MANY_STEPS) -> None:
    """Lets the loop run so many times."""
    for _ in range(count):
        await asyncio.sleep(0)


def cursors(*numbers: int, tenant_id: int = 1) -> list[str]:
    return [encode_cursor(tenant_id, it) for it in numbers]
