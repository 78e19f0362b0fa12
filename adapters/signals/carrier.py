"""How signals get to other processes, and what these tell each other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Set
from itertools import islice
from typing import Protocol

# The shortest time between two messages of one process, in seconds. What is committed meanwhile is sent together.
COALESCE_SECONDS = 0.02
# PostgreSQL limits a notification to 8,000 bytes.
TENANTS_IN_A_MESSAGE = 500

OnSignal = Callable[[Set[int]], None]


class Carrier(Protocol):
    """Carries signals between processes. It may lose some: the event log and the job queue are polled as well."""

    name: str

    @property
    def connected(self) -> bool:
        """Whether it hears of commits in other processes."""

    @property
    def sent(self) -> int:
        """How many messages were sent."""

    def send(self, tenant_ids: Set[int]) -> None:
        """Sends a signal of these tenants soon. Never waits and never fails."""

    async def run(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        """Sends and receives until it is cancelled.

        `on_signal` is called with the tenants of each received signal, `on_gap` when signals may have been lost.
        """


class Outbox:
    """Collects signals until they are sent."""

    def __init__(self, interval: float = COALESCE_SECONDS) -> None:
        self._interval = interval
        self._tenant_ids: set[int] = set()
        self._filled = asyncio.Event()
        self.sent = 0

    def add(self, tenant_ids: Set[int]) -> None:
        self._tenant_ids |= tenant_ids
        self._filled.set()

    async def send_all(self, send: Callable[[list[str]], Awaitable[bool]]) -> None:
        """Sends what is added as messages, until cancelled. After each time, it collects for a moment.

        `send` returns whether they were sent. Those that were not are lost.
        """
        while True:
            await self._filled.wait()
            self._filled.clear()
            tenant_ids, self._tenant_ids = self._tenant_ids, set()
            ready = list(messages(tenant_ids))
            if await send(ready):
                self.sent += len(ready)
            await asyncio.sleep(self._interval)


def messages(tenant_ids: Set[int]) -> Iterator[str]:
    """Yields a signal as one or more messages: the numbers of tenants, or nothing if only jobs are new."""
    left = iter(sorted(tenant_ids))
    while part := list(islice(left, TENANTS_IN_A_MESSAGE)):
        yield ",".join(map(str, part))
    if not tenant_ids:
        yield ""


def tenants_in(message: str) -> frozenset[int]:
    """Returns the tenants of a message. Raises: ValueError, if it is none of ours."""
    return frozenset(int(part) for part in message.split(",") if part)
