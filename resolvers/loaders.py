"""Loaders of one operation: aiodataloader's, with a way to ask for many keys at once."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from aiodataloader import DataLoader

Batch = Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]


class BulkLoader(DataLoader[Any, Any]):
    """A loader whose `load_bulk` answers a whole level without a future for each key; `load` knows what it loaded."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch_load_fn=batch)
        self._batch = batch
        self._values: dict[Any, Any] = {}

    def load(self, key: Any) -> Awaitable[Any]:  # type: ignore[override]
        if key in self._values:
            return _known(self._values[key])
        return super().load(key)

    async def load_bulk(self, keys: Sequence[Any]) -> list[Any]:
        """A value for each key, in order. Raises whatever the batch function raises."""
        values = self._values
        missing = [key for key in dict.fromkeys(keys) if key not in values]
        if missing:
            loaded = await self._batch(missing)
            if len(loaded) != len(missing):
                raise TypeError(f"asked for {len(missing)} keys, the loader answered {len(loaded)}")
            values.update(zip(missing, loaded, strict=True))
        return [values[key] for key in keys]


async def _known(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value
