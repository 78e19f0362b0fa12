"""Subscriptions whose results are equal: each event is answered and encoded once for all of them."""

import asyncio
import logging
from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from adapters.database.core.outages import log_outage
from app.server.live.answering import answered
from app.server.live.members import Counts, Member
from app.server.live.outlets import WaitingOutlet
from app.server.live.pace import Pace
from app.server.live.results import MOST_AT_ONCE, LiveResult, parts
from app.server.live.selections import Selection
from domain.shared.events import Event
from resolvers.events import Watch

log = logging.getLogger(__name__)

# How many events are answered before their results are handed out, as one write for each subscription.
BATCH = 16
# How many events a group may have before it has to read them from the log.
LONGEST_QUEUE = 4096
RETRY_SECONDS = 1.0
# How often it is looked whether a slow client is still the only one.
WAIT_SECONDS = 0.1


class Source(Protocol):
    """Where a group has its events from: the reader of its tenant."""

    # The number of the last event that was read.
    last: int

    def recent(self, number: int) -> Sequence[Event] | None:
        """The events after a number, as far as they were read; None if they are no longer kept."""

    async def read(self, number: int, node_id: str | None) -> tuple[Sequence[Event], bool]:
        """Events after a number from the log, of one node if it is given, and whether these are all."""

    def open_queue(self, group: "Group") -> None:
        """Begins to queue events for a group."""

    def close_queue(self, group: "Group") -> None:
        """Ends that."""

    def forget(self, group: "Group") -> None:
        """Forgets a group that has no members any more."""

    def first_live(self, group: "Group") -> "Group":
        """The group that has been live the longest, among this one and its equals."""


def key_of(watch: Watch, selection: Selection) -> Hashable:
    """What groups of equals have in common."""
    return selection.key, watch.tenant_id, watch.node_id, watch.types


class Group:
    """Subscriptions with the same selection and the same watch, but for where it begins.

    A group is live when the reader of its tenant queues every event for it. Before that it is further back, and reads
    the log for itself. Members have all events up to `delivered`.
    """

    def __init__(self, source: Source, watch: Watch, selection: Selection, pace: Pace, counts: Counts) -> None:
        self.watch = watch
        self.key = key_of(watch, selection)
        self.members: dict[Member, None] = {}
        self.delivered = watch.after
        self.is_live = False
        self._source = source
        self._selection = selection
        self._pace = pace
        self._counts = counts
        self._queue: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def floor(self) -> int:
        """The number of the last event that is not going to be handed out any more."""
        return self._source.last if self.is_live and self._task is None else self.delivered

    def begin(self) -> None:
        """Begins with the events that are there already."""
        if not self._goes_live() or self._queue or self._source.first_live(self) is not self:
            self._wake()

    def add(self, member: Member) -> None:
        """Adds a subscription that has all events up to the floor, or more."""
        member.group = self
        self.members[member] = None

    def remove(self, member: Member) -> None:
        member.group = None
        self.members.pop(member, None)
        if not self.members:
            self._end()

    def queue(self, event: Event) -> None:
        """Takes an event that has just been read."""
        if event.type not in self.watch.types:
            return
        if len(self._queue) >= LONGEST_QUEUE:
            # Answering is slower than what happens: the rest is read from the log when its turn comes.
            self._queue.clear()
            self.is_live = False
            self._source.close_queue(self)
            return
        self._queue.append(event)
        self._wake()

    def stop(self) -> Sequence[asyncio.Task[None]]:
        """Ends its work at once. Returns what is ending."""
        if self._task is None:
            return ()
        self._task.cancel()
        return (self._task,)

    def _end(self) -> None:
        self._source.forget(self)
        self.stop()

    def _wake(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self.members and await self._advance():
                pass
        except Exception as failure:  # noqa: BLE001 - the selection logs it and hides its text
            errors = self._selection.fail(failure)
            for member in list(self.members):
                member.leave()
                member.outlet.end(errors)
        finally:
            self._task = None

    async def _advance(self) -> bool:
        """Does what comes next; returns whether there is more to do."""
        if not self.is_live and not self._goes_live():
            await self._catch_up()
            return True
        if self._joins_another():
            return False
        if not self._queue:
            return False
        await self._tell([self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))])
        return True

    def _goes_live(self) -> bool:
        """Takes over from the log, in one step of the loop, so that no event falls in between."""
        recent = self._source.recent(self.delivered)
        if recent is None:
            return False
        self.is_live = True
        self._source.open_queue(self)
        wanted = self.watch.node_id
        self._queue.extend(
            it for it in recent if it.type in self.watch.types and (wanted is None or it.node_id == wanted)
        )
        return True

    def _joins_another(self) -> bool:
        """Merges into the group of equals that was live before, if that is not ahead."""
        first = self._source.first_live(self)
        if first is self or first.floor > (self.delivered if self._queue else self._source.last):
            return False
        members, self.members = self.members, {}
        self._source.forget(self)
        for member in members:
            first.add(member)
        return True

    async def _catch_up(self) -> None:
        """Reads the next part of the log, and tells it."""
        known = self._source.last
        events, is_all = await self._source.read(self.delivered, self.watch.node_id)
        wanted = [it for it in events if it.type in self.watch.types]
        for first in range(0, len(wanted), BATCH):
            await self._tell(wanted[first : first + BATCH])
        last = events[-1].number if events else self.delivered
        # All that is known was read, also if the last events are not of the node.
        self.delivered = max(last, known) if is_all else last

    async def _read_by_the_only_member(self) -> None:
        """Waits until who reads the log alone has read what was sent, so that it is not cut off for being slow. Nobody
        else waits for that: others may join meanwhile. Who is live is waited for once, and may be cut off then."""
        while len(self.members) == 1 and isinstance(outlet := next(iter(self.members)).outlet, WaitingOutlet):
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_SECONDS):
                    # Who has lost its connection leaves by itself.
                    with suppress(ConnectionError):
                        await outlet.read()
                    return
            if self.is_live:
                return

    async def _tell(self, events: Sequence[Event]) -> None:
        results = [await self._answer(events[0])] if len(events) == 1 else await self._answer_all(events)
        told = 0
        for part in parts(results, MOST_AT_ONCE):
            await self._hand_out(events[told : told + len(part)], part)
            told += len(part)
            self.delivered = events[told - 1].number
            if told < len(events):
                # What streams are handed is written in the next turn of the loop.
                await asyncio.sleep(0)
            if told < len(events) or not self.is_live:
                await self._read_by_the_only_member()

    async def _answer_all(self, events: Sequence[Event]) -> Sequence[LiveResult]:
        answers = [asyncio.create_task(self._answer(event)) for event in events]
        try:
            return await asyncio.gather(*answers)
        finally:
            # When one fails, nobody waits for the others.
            for answer in answers:
                answer.cancel()

    async def _answer(self, event: Event) -> LiveResult:
        """Answers an event; during an outage of the database, until it is over."""
        while True:
            try:
                return await answered(event, self._selection, self._pace, self._counts)
            except Exception as failure:
                if not log_outage(failure):
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    async def _hand_out(self, events: Sequence[Event], results: Sequence[LiveResult]) -> None:
        # Others may join between two slices.
        while waiting := [it for it in self.members if it.position < events[-1].number]:
            rest = iter(waiting)
            while await self._hand_out_slice(rest, events, results):
                pass

    async def _hand_out_slice(
        self, waiting: Iterator[Member], events: Sequence[Event], results: Sequence[LiveResult]
    ) -> bool:
        """Sends to the next of those who wait. Returns whether there may be more: other groups come before them."""
        first, last = events[0].number, events[-1].number
        async with self._pace.handing_out:
            self._pace.begin()
            for member in waiting:
                if member.group is not self:
                    continue
                mine = results if member.position < first else _after(member.position, events, results)
                member.position = last
                self._send(member, mine)
                if self._pace.sent():
                    await self._pace.pause()
                    return True
        return False

    def _send(self, member: Member, results: Sequence[LiveResult]) -> None:
        self._counts.deliveries += len(results)
        try:
            member.outlet.send(results)
        except Exception:
            log.exception("cannot send to a subscriber")
            member.leave()


def _after(position: int, events: Sequence[Event], results: Sequence[LiveResult]) -> Sequence[LiveResult]:
    return [result for event, result in zip(events, results, strict=True) if event.number > position]
