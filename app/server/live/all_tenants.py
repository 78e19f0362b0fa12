"""Subscriptions to the events of all tenants of an environment, for platform keys.

One reader numbers the events of all tenants in the order in which it reads them, so that the subscriptions form groups
as those of one tenant do. A subscription that begins further back, or was told by another process, reads the logs for
itself until it is where the reader is.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from adapters.database.core.outages import log_outage
from app.server.live.answering import answered
from app.server.live.groups import BATCH, LONGEST_QUEUE, RETRY_SECONDS
from app.server.live.members import Counts, Member
from app.server.live.outlets import Membership, Outlet, WaitingOutlet
from app.server.live.pace import Pace
from app.server.live.readers import PART, TenantReader
from app.server.live.results import MOST_AT_ONCE, LiveResult, parts
from app.server.live.rings import Ring, Rings
from app.server.live.selections import Selection
from domain.shared.access import Environment
from domain.shared.events import Event
from resolvers.errors import api_error
from resolvers.events import FollowedEvent, Watch, WatchOfAll
from resolvers.ports import EventLog, EventNotifications
from resolvers.positions import encode_positions

log = logging.getLogger(__name__)

# In the place of a tenant's id.
NO_TENANT = 0
# More than a group may queue, because the logs cannot be read from a number in this order.
KEPT = LONGEST_QUEUE + 1024
# From this number of tenants on, those without new events are left out by one statement.
MANY = 10


class AllTenantsReader(TenantReader):
    """The groups that follow all tenants of an environment."""

    def __init__(
        self,
        environment: Environment,
        positions: Mapping[int, int],
        event_log: EventLog,
        notifications: EventNotifications,
        on_end: Callable[[int], None],
        pace: Pace,
        counts: Counts,
        rings: Rings,
    ) -> None:
        self._environment = environment
        # The number of the last event of each tenant that was read, or that was there before.
        self.positions = dict(positions)
        self._reading = asyncio.Lock()
        super().__init__(NO_TENANT, 0, event_log, notifications, on_end, pace, counts, rings)
        self._recent = Ring(rings, KEPT)

    async def read(self, number: int, node_id: str | None) -> tuple[Sequence[Event], bool]:
        message = "More happens than can be told. Subscribe again, after the last event."
        raise api_error("SERVICE_UNAVAILABLE", message)

    async def advance(self, tenant_ids: frozenset[int] | None) -> None:
        """Reads the new events of these tenants, or of all."""
        async with self._reading:
            for tenant_id in await self._with_news(tenant_ids):
                is_all = False
                while not is_all:
                    events = await self._event_log.after(tenant_id, self.positions.get(tenant_id, 0), None, PART)
                    self._counts.reads += 1
                    is_all = len(events) < PART
                    for event in events:
                        self.positions[tenant_id] = event.number
                        self._spread(FollowedEvent.of(event, self.last + 1, self._cursor()))

    def _cursor(self) -> str:
        return encode_positions(self._environment, self.positions)

    async def _with_news(self, tenant_ids: frozenset[int] | None) -> Sequence[int]:
        if tenant_ids is not None and len(tenant_ids) < MANY and tenant_ids <= self.positions.keys():
            return sorted(tenant_ids)
        # Also of companies that are new.
        numbers = await self._event_log.last_numbers(self._environment)
        for tenant_id in numbers.keys() - self.positions.keys():
            self.positions[tenant_id] = 0
        return [tenant_id for tenant_id, number in numbers.items() if number > self.positions[tenant_id]]

    async def _run(self, notifications: EventNotifications) -> None:
        with notifications.listen_to_all() as listener:
            news: frozenset[int] | None = None
            while True:
                try:
                    await self.advance(news)
                    news = await listener.wait()
                except Exception as failure:
                    if not log_outage(failure):
                        log.exception("cannot read the events of all tenants; trying again")
                    news = None
                    await asyncio.sleep(RETRY_SECONDS)


class _Follower(Member):
    """One subscription: a `Membership`, and the outlet of what its group gets."""

    __slots__ = ("_cursor", "_outlet", "task")

    def __init__(self, outlet: Outlet, watch: WatchOfAll, counts: Counts) -> None:
        super().__init__(outlet, Watch(NO_TENANT, 0, 0, watch.types), counts)
        self.task: asyncio.Task[None] | None = None
        self._cursor = encode_positions(watch.environment, watch.after)
        self._outlet, self.outlet = outlet, self

    @property
    def cursor(self) -> str:
        return self._cursor

    def leave(self) -> None:
        if self.task is not None:
            self.task.cancel()
        super().leave()

    def send(self, results: Sequence[LiveResult]) -> None:
        self._cursor = results[-1].cursor
        self._outlet.send(results)

    def end(self, errors: Sequence[object]) -> None:
        self._outlet.end(errors)  # type: ignore[arg-type]

    async def read(self) -> None:
        """Returns once the client has read what was sent, where its outlet knows that."""
        if isinstance(self._outlet, WaitingOutlet):
            await self._outlet.read()


class AllTenantsFeed:
    """Has a reader for each environment that somebody follows."""

    def __init__(
        self, event_log: EventLog, notifications: EventNotifications, pace: Pace, counts: Counts, rings: Rings
    ) -> None:
        self._rings = rings
        self.event_log = event_log
        self.pace = pace
        self.counts = counts
        self._notifications = notifications
        self._readers: dict[Environment, AllTenantsReader] = {}
        self._approaching: dict[asyncio.Task[None], Environment] = {}

    @property
    def groups(self) -> int:
        return sum(it.groups for it in self._readers.values())

    @property
    def subscriptions(self) -> int:
        return sum(it.subscriptions for it in self._readers.values()) + len(self._approaching)

    def follow(self, watch: WatchOfAll, selection: Selection, outlet: Outlet) -> Membership:
        """Begins a subscription."""
        follower = _Follower(outlet, watch, self.counts)
        task = follower.task = asyncio.create_task(_Approach(self, follower, watch, selection).run())
        self._approaching[task] = watch.environment
        task.add_done_callback(self._has_begun)
        task.add_done_callback(lambda _: selection.has_begun())
        return follower

    async def close(self) -> None:
        """Ends all work at shutdown."""
        ending = list(self._approaching)
        for task in ending:
            task.cancel()
        for reader in self._readers.values():
            ending += reader.stop()
        self._readers.clear()
        await asyncio.gather(*ending, return_exceptions=True)

    def reader(self, watch: WatchOfAll) -> AllTenantsReader:
        """Returns the reader of an environment, which begins where a subscription found the logs."""
        environment = watch.environment
        if environment not in self._readers:
            self._readers[environment] = AllTenantsReader(
                environment,
                watch.last,
                self.event_log,
                self._notifications,
                lambda _: self._forget(environment),
                self.pace,
                self.counts,
                self._rings,
            )
        return self._readers[environment]

    def _forget(self, environment: Environment) -> None:
        self._readers.pop(environment, None)

    def _has_begun(self, task: "asyncio.Task[None]") -> None:
        environment = self._approaching.pop(task)
        reader = self._readers.get(environment)
        if reader is not None and not reader.groups and environment not in self._approaching.values():
            reader.stop()
            self._forget(environment)


class _Approach:
    """The beginning of a subscription, until it has joined the reader."""

    def __init__(self, feed: AllTenantsFeed, follower: _Follower, watch: WatchOfAll, selection: Selection) -> None:
        self._feed = feed
        self._follower = follower
        self._watch = watch
        self._selection = selection
        # The number of the last event of each tenant that was sent, or that it does not want.
        self._positions = dict(watch.after)

    async def run(self) -> None:
        try:
            for first in range(0, len(self._watch.current), BATCH):
                await self._tell(self._watch.current[first : first + BATCH])
            self._selection.has_begun()
            while not await self._has_met(self._feed.reader(self._watch)):
                pass
        except Exception as failure:  # noqa: BLE001 - the selection logs it and hides its text
            self._follower.task = None
            self._follower.leave()
            self._follower.end(self._selection.fail(failure))

    async def _has_met(self, reader: AllTenantsReader) -> bool:
        """Goes on towards the reader; during an outage of the database, later. Returns whether the follower has joined
        it, in one step of the loop."""
        mine, theirs = self._positions, reader.positions
        try:
            if ahead := {it for it, number in mine.items() if number > theirs.get(it, 0)}:
                await reader.advance(frozenset(ahead))
                if any(mine[it] > theirs.get(it, 0) for it in ahead):
                    # What another process has told is not here yet, such as on a replica.
                    await asyncio.sleep(RETRY_SECONDS)
                return False
            if behind := [it for it, number in theirs.items() if number > mine.get(it, 0)]:
                for tenant_id in behind:
                    await self._catch_up(reader, tenant_id)
                return False
        except Exception as failure:
            if not log_outage(failure):
                raise
            await asyncio.sleep(RETRY_SECONDS)
            return False
        self._follower.task = None
        self._follower.position = reader.last
        here = Watch(NO_TENANT, reader.last, reader.last, self._watch.types)
        reader.join(self._follower, here, self._selection)
        return True

    async def _catch_up(self, reader: AllTenantsReader, tenant_id: int) -> None:
        """Reads the log of a tenant to where the reader is."""
        while (number := self._positions.get(tenant_id, 0)) < (last := reader.positions[tenant_id]):
            self._feed.counts.reads += 1
            events = [it for it in await self._feed.event_log.after(tenant_id, number, None, PART) if it.number <= last]
            wanted = [it for it in events if it.type in self._watch.types]
            for first in range(0, len(wanted), BATCH):
                await self._tell([self._placed(it) for it in wanted[first : first + BATCH]])
                self._positions[tenant_id] = wanted[first : first + BATCH][-1].number
            self._positions[tenant_id] = events[-1].number if events else last

    def _placed(self, event: Event) -> Event:
        cursor = encode_positions(self._watch.environment, {**self._positions, event.tenant_id: event.number})
        return FollowedEvent.of(event, 0, cursor)

    async def _tell(self, events: Sequence[Event]) -> None:
        feed, selection = self._feed, self._selection
        results = [await answered(event, selection, feed.pace, feed.counts) for event in events]
        feed.counts.deliveries += len(results)
        for part in parts(results, MOST_AT_ONCE):
            self._follower.send(part)
            await self._follower.read()
