"""Loaders of one operation: aiodataloader's, with a way to ask for many keys at once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from aiodataloader import DataLoader

Batch = Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]


class BulkLoader:
    """A loader over aiodataloader's. `load_bulk` answers a whole level without a future for each key, and `load` knows
    what it loaded.

    A key that nobody else asks with is loaded where it is awaited: a future and a task less (docs/performance.md).
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        # Made when several ask, for making one costs more than a loader of one key does otherwise.
        self._batching: DataLoader[Any, Any] | None = None
        self._values: dict[Any, Any] = {}
        self._under_way: set[asyncio.Future[None]] = set()
        self._asked: set[Any] = set()

    def load(self, key: Any) -> Awaitable[Any]:
        """The value of a key, with all that others ask in the same turn of the event loop."""
        self._asked.add(key)
        return self._loaded(key, self._asked)

    async def _loaded(self, key: Any, asked: set[Any]) -> Any:
        if key not in self._values:
            # Others of this level ask in the same turn of the event loop.
            await asyncio.sleep(0)
        if self._asked is asked:
            self._asked = set()
        if len(asked) > 1 and key not in self._values:
            # Whoever stops waiting must not take the value from others: graphql-core cancels what it no longer needs.
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
        if missing and self._under_way:
            # The same edge under another alias asks for the same keys at the same time.
            await asyncio.wait(self._under_way)
            missing = [key for key in missing if key not in values]
        if missing:
            await self._load_now(missing)
        return [values[key] for key in keys]

    async def _load_now(self, keys: list[Any]) -> None:
        done = asyncio.get_running_loop().create_future()
        self._under_way.add(done)
        try:
            loaded = await self._batch(keys)
            if len(loaded) != len(keys):
                raise TypeError(f"asked for {len(keys)} keys, the loader answered {len(loaded)}")
            self._values.update(zip(keys, loaded, strict=True))
        finally:
            self._under_way.discard(done)
            done.set_result(None)
