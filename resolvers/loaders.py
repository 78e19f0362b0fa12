"""Loaders of one operation: aiodataloader, with bulk loading."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from aiodataloader import DataLoader

Batch = Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]


class BulkLoader:
    """A loader with a cache. `load_bulk` loads a whole level without a future for each key; `load` shares its cache.

    A single key is loaded where it is awaited, which saves a future and a task (docs/performance.md).
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        # Created for the second key, since creating one costs more than loading a single key.
        self._batching: DataLoader[Any, Any] | None = None
        self._values: dict[Any, Any] = {}
        self._running: set[asyncio.Future[None]] = set()
        self._requested: set[Any] = set()

    def load(self, key: Any) -> Awaitable[Any]:
        """The value of a key, batched with those requested in the same iteration of the event loop."""
        self._requested.add(key)
        return self._loaded(key, self._requested)

    async def _loaded(self, key: Any, requested: set[Any]) -> Any:
        if key not in self._values:
            # Other objects of this level request their keys in the same iteration of the event loop.
            await asyncio.sleep(0)
        if self._requested is requested:
            self._requested = set()
        if len(requested) > 1 and key not in self._values:
            # Shielded, since graphql-core cancels what it no longer needs and others may wait for the same key.
            if self._batching is None:
                self._batching = DataLoader(batch_load_fn=self.load_bulk)
            return await asyncio.shield(self._batching.load(key))
        [value] = await self.load_bulk([key])
        if isinstance(value, Exception):
            raise value
        return value

    async def load_bulk(self, keys: Sequence[Any]) -> list[Any]:
        """A value for each key, in order. Raises whatever the batch function raises."""
        values = self._values
        missing = [key for key in dict.fromkeys(keys) if key not in values]
        if missing and self._running:
            # The same edge under another alias requests the same keys at the same time.
            await asyncio.wait(self._running)
            missing = [key for key in missing if key not in values]
        if missing:
            await self._load_now(missing)
        return [values[key] for key in keys]

    async def _load_now(self, keys: list[Any]) -> None:
        done = asyncio.get_running_loop().create_future()
        self._running.add(done)
        try:
            loaded = await self._batch(keys)
            if len(loaded) != len(keys):
                raise TypeError(f"requested for {len(keys)} keys, the loader answered {len(loaded)}")
            self._values.update(zip(keys, loaded, strict=True))
        finally:
            self._running.discard(done)
            done.set_result(None)


# The loaders of one operation, by what they load.
Loaders = dict[Any, BulkLoader]


async def load_together(*loads: Awaitable[Any]) -> list[Any]:
    """The values of loads that run at the same time. Raises the error of the first load that failed, in the order of
    the arguments, so that the error does not depend on which load was faster."""
    values = await asyncio.gather(*loads, return_exceptions=True)
    for value in values:
        if isinstance(value, BaseException):
            raise value
    return values
