"""What wakes a task that waits for commits."""

import asyncio
from collections.abc import Set
from contextlib import suppress


class WakeUp:
    """Wakes one listener. A notification that arrives while the listener is busy is kept until it waits again."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()

    async def wait(self, timeout: float | None = None) -> None:
        """Returns when `notify` was called since the last wait, or after `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._event.wait()
        self._event.clear()


class TenantsWakeUp:
    """Wakes a listener of all tenants and tells it which may have new events."""

    def __init__(self) -> None:
        self._wake_up = WakeUp()
        self._tenant_ids: set[int] = set()

    def notify(self, tenant_ids: Set[int]) -> None:
        if tenant_ids:
            self._tenant_ids |= tenant_ids
            self._wake_up.notify()

    async def wait(self, timeout: float | None = None) -> frozenset[int]:
        """Returns the tenants that `notify` was called with since the last wait; none after `timeout` seconds."""
        await self._wake_up.wait(timeout)
        tenant_ids, self._tenant_ids = frozenset(self._tenant_ids), set()
        return tenant_ids
