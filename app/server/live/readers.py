"""Reads the event log of a tenant for all its subscriptions: each event once."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from adapters.database.core.outages import log_outage
from app.server.live.groups import RETRY_SECONDS, Group, key_of
from app.server.live.members import Counts, Member
from app.server.live.pace import Pace
from app.server.live.rings import Ring, Rings
from app.server.live.selections import Selection
from domain.shared.events import Event
from resolvers.events import Watch
from resolvers.ports import EventLog, EventNotifications

log = logging.getLogger(__name__)

# How many events are read at a time.
PART = 500
# How many of the latest events of a tenant are kept at the most.
KEPT = 2048


class TenantReader:
    """The groups that follow a tenant, and the events that were read for them last.

    It reads as long as it has groups, and calls `on_end` when the last one has gone.
    """

    def __init__(
        self,
        tenant_id: int,
        last: int,
        event_log: EventLog,
        notifications: EventNotifications,
        on_end: Callable[[int], None],
        pace: Pace,
        counts: Counts,
        rings: Rings,
    ) -> None:
        self._tenant_id = tenant_id
        # The number of the last event that was read, or that was there before.
        self.last = last
        self._event_log = event_log
        self._on_end = on_end
        self._pace = pace
        self._counts = counts
        self._recent = Ring(rings, KEPT)
        self._equals: dict[Hashable, list[Group]] = {}
        self._of_all: dict[Group, None] = {}
        self._of_node: defaultdict[str, dict[Group, None]] = defaultdict(dict)
        self._task = asyncio.create_task(self._run(notifications))

    @property
    def groups(self) -> int:
        return sum(map(len, self._equals.values()))

    @property
    def subscriptions(self) -> int:
        return sum(len(group.members) for equals in self._equals.values() for group in equals)

    def join(self, member: Member, watch: Watch, selection: Selection) -> None:
        """Adds a subscription to a group of equals that has not passed it, or to a new one."""
        equals = self._equals.setdefault(key_of(watch, selection), [])
        found = max((it for it in equals if it.floor <= watch.after), key=lambda it: it.floor, default=None)
        if found is not None:
            found.add(member)
            return
        group = Group(self, watch, selection, self._pace, self._counts)
        equals.append(group)
        group.add(member)
        group.begin()

    def recent(self, number: int) -> Sequence[Event] | None:
        behind = self.last - number
        if behind <= 0:
            return ()
        return self._recent.last(behind)

    async def read(self, number: int, node_id: str | None) -> tuple[Sequence[Event], bool]:
        while True:
            try:
                self._counts.reads += 1
                events = await self._event_log.after(self._tenant_id, number, node_id, PART)
                return events, len(events) < PART
            except Exception as failure:
                if not log_outage(failure):
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    def open_queue(self, group: Group) -> None:
        self._concerned(group.watch)[group] = None
        # Those that are live come first, the longest first.
        equals = self._equals[group.key]
        equals.remove(group)
        equals.insert(sum(it.is_live for it in equals), group)

    def close_queue(self, group: Group) -> None:
        listed = self._concerned(group.watch)
        listed.pop(group, None)
        if group.watch.node_id is not None and not listed:
            del self._of_node[group.watch.node_id]

    def forget(self, group: Group) -> None:
        self.close_queue(group)
        equals = self._equals.get(group.key, [])
        if group in equals:
            equals.remove(group)
        if not equals:
            self._equals.pop(group.key, None)
        if not self._equals:
            self.stop()
            self._on_end(self._tenant_id)

    def first_live(self, group: Group) -> Group:
        return next((it for it in self._equals.get(group.key, ()) if it.is_live), group)

    def stop(self) -> Sequence[asyncio.Task[None]]:
        """Ends all work at once. Returns what is ending."""
        self._task.cancel()
        self._recent.clear()
        groups = [group for equals in self._equals.values() for group in equals]
        return [self._task, *(task for group in groups for task in group.stop())]

    def _concerned(self, watch: Watch) -> dict[Group, None]:
        return self._of_all if watch.node_id is None else self._of_node[watch.node_id]

    async def _run(self, notifications: EventNotifications) -> None:
        with notifications.listen(self._tenant_id) as listener:
            while True:
                try:
                    events, is_all = await self.read(self.last, None)
                except Exception:
                    log.exception("cannot read the events of a tenant; trying again")
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                for event in events:
                    self._spread(event)
                if is_all:
                    await listener.wait()

    def _spread(self, event: Event) -> None:
        self.last = event.number
        self._recent.append(event)
        for group in (*self._of_all, *self._of_node.get(event.node_id, ())):
            group.queue(event)
