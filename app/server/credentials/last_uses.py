"""Records when a credential was last used, in the background and at most once a minute."""

import asyncio
from datetime import datetime
from typing import Protocol

from adapters.database.companies.api_keys import LAST_USE_EVERY
from app.server.credentials.lookups import MAX_CACHED, log_failure


class Touched(Protocol):
    """Stored credentials."""

    async def touch(self, id_: str, at: datetime, /) -> None:
        """Records the use of one, at most once a minute."""


class LastUses:
    """The last uses that this process has recorded."""

    def __init__(self, stored: Touched) -> None:
        self._stored = stored
        self._recorded: dict[str, datetime] = {}
        self._recording: set[asyncio.Task[None]] = set()

    def record(self, id_: str, last: datetime | None, now: datetime) -> None:
        """Records a use. `last` is the last use that is stored."""
        last = max(filter(None, (last, self._recorded.get(id_))), default=None)
        if last is not None and now - last < LAST_USE_EVERY:
            return
        if len(self._recorded) >= MAX_CACHED:
            self._recorded.clear()
        self._recorded[id_] = now
        task = asyncio.create_task(self._stored.touch(id_, now))
        self._recording.add(task)
        task.add_done_callback(self._finish)

    def forget(self) -> None:
        """Forgets what was recorded, as if the process had just started."""
        self._recorded.clear()

    async def close(self) -> None:
        """Waits for running updates."""
        await asyncio.gather(*self._recording, return_exceptions=True)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._recording.discard(task)
        log_failure(task, "cannot record the use of a credential")
