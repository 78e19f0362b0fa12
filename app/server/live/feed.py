"""The subscriptions of a process: each gets every event that it follows, in order, without a gap or a repeat."""

import asyncio

from app.server.live.all_tenants import AllTenantsFeed
from app.server.live.answering import answered
from app.server.live.members import Counts, Member
from app.server.live.outlets import Membership, Outlet
from app.server.live.pace import Pace
from app.server.live.readers import TenantReader
from app.server.live.rings import Rings
from app.server.live.selections import Selection
from domain.shared.events import Event
from resolvers.events import Watch, WatchOfAll
from resolvers.ports import EventLog, EventNotifications


class Feed:
    """Has a reader for each tenant that somebody follows."""

    def __init__(self, event_log: EventLog, notifications: EventNotifications, pace: Pace) -> None:
        self._event_log = event_log
        self._notifications = notifications
        self._pace = pace
        self._readers: dict[int, TenantReader] = {}
        self._beginning: set[asyncio.Task[None]] = set()
        self.counts = Counts()
        self._rings = Rings()
        self._of_all = AllTenantsFeed(event_log, notifications, pace, self.counts, self._rings)

    @property
    def groups(self) -> int:
        return sum(it.groups for it in self._readers.values()) + self._of_all.groups

    @property
    def subscriptions(self) -> int:
        of_tenants = sum(map(self.subscriptions_of, self._readers)) + len(self._beginning)
        return of_tenants + self._of_all.subscriptions

    def subscriptions_of(self, tenant_id: int) -> int:
        reader = self._readers.get(tenant_id)
        return 0 if reader is None else reader.subscriptions

    def follow(self, watch: Watch | WatchOfAll, selection: Selection, outlet: Outlet) -> Membership:
        """Begins a subscription."""
        if isinstance(watch, WatchOfAll):
            return self._of_all.follow(watch, selection, outlet)
        member = Member(outlet, watch, self.counts)
        if watch.current is None:
            self._join(member, watch, selection)
        else:
            task = asyncio.create_task(self._begin(member, watch, watch.current, selection))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)
            task.add_done_callback(lambda _: selection.has_begun())
        return member

    async def close(self) -> None:
        """Ends all work at shutdown, and waits until it has given back its connections to the database. Outlets are
        closed by those who opened them."""
        ending = list(self._beginning)
        for task in ending:
            task.cancel()
        for reader in self._readers.values():
            ending += reader.stop()
        self._readers.clear()
        await asyncio.gather(self._of_all.close(), *ending, return_exceptions=True)

    async def _begin(self, member: Member, watch: Watch, current: Event, selection: Selection) -> None:
        """Sends the current state first."""
        try:
            result = await answered(current, selection, self._pace, self.counts)
        except Exception as failure:  # noqa: BLE001 - the selection logs it and hides its text
            if not member.has_left:
                member.leave()
                member.outlet.end(selection.fail(failure))
            return
        if not member.has_left:
            self.counts.deliveries += 1
            member.outlet.send([result])
            self._join(member, watch, selection)

    def _join(self, member: Member, watch: Watch, selection: Selection) -> None:
        if member.has_left:
            return
        reader = self._readers.get(watch.tenant_id)
        if reader is None:
            reader = self._readers[watch.tenant_id] = TenantReader(
                watch.tenant_id,
                watch.last,
                self._event_log,
                self._notifications,
                self._ended,
                self._pace,
                self.counts,
                self._rings,
            )
        reader.join(member, watch, selection)

    def _ended(self, tenant_id: int) -> None:
        self._readers.pop(tenant_id, None)
