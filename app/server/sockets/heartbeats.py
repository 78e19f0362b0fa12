"""Heartbeats: proxies see that a socket is in use, and a client that is gone without a word is found.

The system ends the connection of a client that does not acknowledge them (`tcp.py`); one behind a proxy is asked for a
sign of life. That is done now and then only, because it costs the most of all that idle sockets cost. One task serves
all sockets, a few of them at a time.
"""

import asyncio
import logging
from itertools import count

from app.server.sockets.socket import Socket

log = logging.getLogger(__name__)

# Shorter than the minute after which proxies commonly end a connection on which nothing is sent.
SECONDS = 50.0
TURNS = 50
# Each time that so many heartbeats were sent, a client is asked for a sign of life.
ASKS_EVERY = 3


class Heartbeats:
    """The sockets of a process, in as many groups as there are turns within `SECONDS`."""

    def __init__(self) -> None:
        self._groups: list[set[Socket]] = [set() for _ in range(TURNS)]
        self._numbers = count()
        self._beating: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return sum(map(len, self._groups))

    def all(self) -> list[Socket]:
        return [socket for group in self._groups for socket in group]

    def add(self, socket: Socket) -> int:
        """Adds a socket. Returns its group."""
        group = next(self._numbers) % TURNS
        self._groups[group].add(socket)
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        return group

    def remove(self, socket: Socket, group: int) -> None:
        self._groups[group].discard(socket)
        if self._beating is not None and not any(self._groups):
            self._beating.cancel()
            self._beating = None

    async def _beat(self) -> None:
        for beats in count(1):
            for group in self._groups:
                await asyncio.sleep(SECONDS / TURNS)
                for socket in list(group):
                    try:
                        socket.beat(asks=beats % ASKS_EVERY == 0)
                    except Exception:
                        log.exception("cannot keep a socket alive")
