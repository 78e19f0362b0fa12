"""Tells subscriptions the events that they follow, in order, without a gap or a repeat."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from graphql import ExecutionResult, GraphQLError

from app.server.live.outlets import Membership, Outlet
from app.server.live.results import LiveResult
from domain.shared.events import Event
from resolvers.events import Watch, cursor_of
from resolvers.ports import EventLog, EventNotifications

BATCH = 100

Answer = Callable[[Event], Awaitable[ExecutionResult]]
Fail = Callable[[Exception], Sequence[GraphQLError]]


class Feed:
    """The subscriptions of a process."""

    def __init__(self, event_log: EventLog, notifications: EventNotifications, closing: Callable[[], bool]) -> None:
        self._event_log = event_log
        self._notifications = notifications
        self._closing = closing

    def follow(self, watch: Watch, answer: Answer, fail: Fail, outlet: Outlet) -> Membership:
        """Begins a subscription. `answer` gives the result for an event, `fail` the errors of a failure as clients see
        them."""
        return _Follower(asyncio.create_task(self._run(watch, answer, fail, outlet)))

    async def _run(self, watch: Watch, answer: Answer, fail: Fail, outlet: Outlet) -> None:
        try:
            async with aclosing(self.events(watch)) as events:
                async for event in events:
                    outlet.send([LiveResult(await answer(event), cursor_of(event))])
        except Exception as failure:  # noqa: BLE001 - fail() logs it and hides its text
            outlet.end(fail(failure))

    async def events(self, watch: Watch) -> AsyncGenerator[Event]:
        """The events that a watch follows."""
        number = watch.after
        with self._notifications.listen(watch.tenant_id) as listener:
            if watch.current is not None:
                yield watch.current
            while not self._closing():
                batch = await self._event_log.after(watch.tenant_id, number, watch.node_id, BATCH)
                for event in batch:
                    number = event.number
                    if event.type in watch.types:
                        yield event
                if len(batch) < BATCH:
                    await listener.wait()


class _Follower:
    def __init__(self, task: "asyncio.Task[None]") -> None:
        self._task = task

    def leave(self) -> None:
        self._task.cancel()
