"""Batches the lookups of concurrent requests into one statement, as loaders do within an operation.

Under load, requests that look up one thing each come at the same moment. Only short lookups are put together, so that
none waits for a long one, and only within one tenant scope, so that no statement sees more than its callers may.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

Find = Callable[[Sequence[Any]], Awaitable[Mapping[Any, Any]]]


class QueryBatcher:
    """Batches lookups of one kind: those of one iteration of the event loop share a statement."""

    def __init__(self) -> None:
        self._under_way = 0
        self._batches: dict[Hashable, _Batch] = {}

    async def find(self, kind: Hashable, keys: Sequence[Any], find: Find) -> Mapping[Any, Any]:
        """Returns the results for the keys. A single caller does not wait for others."""
        self._under_way += 1
        try:
            if self._under_way == 1:
                return await find(keys)
            answer = await self._join(kind, keys, find)
            # A batch may fail because of another caller's key.
            return await find(keys) if answer is None else answer
        finally:
            self._under_way -= 1

    def _join(self, kind: Hashable, keys: Sequence[Any], find: Find) -> "asyncio.Future[Mapping[Any, Any] | None]":
        loop = asyncio.get_running_loop()
        batch = self._batches.get(kind)
        if batch is None:
            batch = self._batches[kind] = _Batch(find)
            loop.call_soon(self._start, kind)
        waiter: asyncio.Future[Mapping[Any, Any] | None] = loop.create_future()
        batch.keys.update(dict.fromkeys(keys))
        batch.waiters.append(waiter)
        return waiter

    def _start(self, kind: Hashable) -> None:
        batch = self._batches.pop(kind)
        batch.task = asyncio.create_task(batch.run())


class _Batch:
    def __init__(self, find: Find) -> None:
        self.find = find
        self.keys: dict[Any, None] = {}
        self.waiters: list[asyncio.Future[Mapping[Any, Any] | None]] = []
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        answer: Mapping[Any, Any] | None = None
        try:
            answer = await self.find(list(self.keys))
        except Exception:  # noqa: BLE001 - each lookup is repeated alone, and raises then
            answer = None
        finally:
            for waiter in self.waiters:
                if not waiter.done():
                    waiter.set_result(answer)
