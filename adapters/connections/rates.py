"""How many calls the accounts of connected systems may still send, by what the answers say (`X-RateLimit-*`).

Calls that are under way count against what an answer says is left, as nobody knows whether it counts them. Each process
counts on its own: where several use one account a call may be refused all the same, and is waited for then.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.connections.failures import rate_of
from domain.shared.outbound_errors import Busy

# How many accounts are remembered.
MOST_ACCOUNTS = 10_000


@dataclass(slots=True)
class _Window:
    """How many calls are left until a time."""

    until: datetime
    left: int


class Rates:
    """What is left of the rate of each account. An account whose system says nothing of it has no rate."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._windows: dict[bytes, _Window] = {}
        self._under_way: Counter[bytes] = Counter()
        self._waiting: defaultdict[bytes, list[asyncio.Future[None]]] = defaultdict(list)

    @asynccontextmanager
    async def turn(self, account: bytes, name: str) -> AsyncIterator[None]:
        """A call of an account. Raises: Busy, if none is left."""
        while (window := self._windows.get(account)) is not None:
            now = self._now()
            if window.until > now:
                if window.left <= 0:
                    seconds = (window.until - now).total_seconds()
                    raise Busy(f"{name}: not sent, as the rate of the system is used up", seconds)
                window.left -= 1
                break
            if not self._under_way[account]:
                break
            # The first answer after the end of a window says how many calls the next one has.
            await self._answer(account)
        self._under_way[account] += 1
        try:
            yield
        finally:
            self._under_way[account] -= 1
            if not self._under_way[account]:
                del self._under_way[account]
            for it in self._waiting.pop(account, ()):
                if not it.done():
                    it.set_result(None)

    def note(self, account: bytes, headers: Mapping[str, str]) -> None:
        """Note what an answer says, during its turn."""
        now, window = self._now(), self._windows.get(account)
        if window is not None and window.until <= now:
            del self._windows[account]
            window = None
        said = rate_of(headers, now)
        if said is None or said.seconds <= 0:
            return
        left = said.left - (self._under_way[account] - 1)
        if window is not None:
            window.left = min(window.left, left)
            return
        if len(self._windows) >= MOST_ACCOUNTS:
            self._windows = {it: known for it, known in self._windows.items() if known.until > now}
        self._windows[account] = _Window(now + timedelta(seconds=said.seconds), left)

    async def _answer(self, account: bytes) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[account].append(waiting)
        await waiting
