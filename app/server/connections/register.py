"""Which connections are open and what each of them does: its request arrives, it has none, or it is being answered.

One sweep closes those that keep the server waiting for too long. Where a new connection exceeds the limit, the one
that has kept the server waiting longest makes room for it, so that clients that say nothing lock nobody out.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from app.server.connections.limits import ConnectionLimits

log = logging.getLogger(__name__)

# Seconds between two log lines of one reason.
LOG_INTERVAL = 10.0

REQUEST_LATE = "request_late"
BODY_LATE = "body_late"
KEEP_ALIVE = "keep_alive"
UNREAD = "unread"
UNREAD_BYTES = "unread_bytes"
MADE_ROOM = "made_room"
REFUSED = "refused"

MESSAGES = {
    REQUEST_LATE: "no request within QUOTEGRAPH_REQUEST_SECONDS",
    BODY_LATE: "the body of a request was not complete within QUOTEGRAPH_REQUEST_SECONDS",
    UNREAD: "an answer was not read for QUOTEGRAPH_UNREAD_SECONDS",
    UNREAD_BYTES: "the answers that clients do not read exceeded QUOTEGRAPH_MAX_UNREAD_BYTES",
    MADE_ROOM: "it had no request, and others needed the place (QUOTEGRAPH_MAX_CONNECTIONS)",
    REFUSED: "all connections are in use (QUOTEGRAPH_MAX_CONNECTIONS)",
}


class Connection(Protocol):
    """One connection."""

    def unsent(self) -> int:
        """The bytes that the client has not read yet, without those that the system holds."""
        ...

    def abort(self) -> None:
        """Closes the connection at once, whatever is unsent."""
        ...


@dataclass(slots=True)
class Unread:
    """An answer that the client does not read, or not as fast as it was written."""

    since: float
    size: int


class Connections:
    """The connections of one process."""

    def __init__(self, limits: ConnectionLimits, now: Callable[[], float] = monotonic) -> None:
        self.limits = limits
        # How many there may be; fewer, where there are fewer files.
        self.most = limits.most
        self._now = now
        self._open: set[Connection] = set()
        # Since when; the longest first.
        self._arriving: dict[Connection, float] = {}
        self._idle: dict[Connection, float] = {}
        self._unread: dict[Connection, Unread] = {}
        self._unread_bytes = 0
        # Number of connections that were closed or refused, by reason.
        self.closed: Counter[str] = Counter()
        # Of each reason when it was logged, and how many there were by then.
        self._logged: dict[str, tuple[float, int]] = {}

    @property
    def counts(self) -> dict[str, int]:
        """The number of connections by what they do."""
        waiting = len(self._arriving) + len(self._idle)
        return {"arriving": len(self._arriving), "idle": len(self._idle), "answering": len(self._open) - waiting}

    def admit(self, connection: Connection) -> bool:
        """Counts a new connection, closing another where there are too many. False, if none can be closed."""
        if len(self._open) >= self.most and not self._make_room():
            self._count(REFUSED)
            return False
        self._open.add(connection)
        self._arriving[connection] = self._now()
        return True

    def lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._arriving.pop(connection, None)
        self._idle.pop(connection, None)
        self.read(connection)

    def arrives(self, connection: Connection) -> None:
        """A part of the next request has come."""
        if self._idle.pop(connection, None) is not None:
            self._arriving[connection] = self._now()

    def answers(self, connection: Connection) -> None:
        """A request has come."""
        if self._idle.pop(connection, None) is None:
            self._arriving.pop(connection, None)

    def answered(self, connection: Connection) -> None:
        if connection in self._open:
            self._idle[connection] = self._now()

    def is_idle(self, connection: Connection) -> bool:
        return connection in self._idle

    def unread(self, connection: Connection) -> None:
        """More was written than the client reads."""
        if connection not in self._unread and connection in self._open:
            size = connection.unsent()
            self._unread[connection] = Unread(self._now(), size)
            self._unread_bytes += size
            if self._unread_bytes > self.limits.unread_bytes:
                self._look_at_unread()

    def read(self, connection: Connection) -> None:
        """The client has read what was written."""
        if (found := self._unread.pop(connection, None)) is not None:
            self._unread_bytes -= found.size

    def late_body(self) -> None:
        self._count(BODY_LATE)

    def sweep(self) -> None:
        """Closes the connections that have kept the server waiting for too long."""
        now = self._now()
        self._close_overdue(self._arriving, now - self.limits.request_seconds, REQUEST_LATE)
        self._close_overdue(self._idle, now - self.limits.keep_alive_seconds, KEEP_ALIVE)
        self._look_at_unread()
        self._log()

    def _close_overdue(self, waiting: dict[Connection, float], limit: float, reason: str) -> None:
        for connection, since in list(waiting.items()) if self._is_first_overdue(waiting, limit) else ():
            if since > limit:
                return
            self._close(connection, reason)

    @staticmethod
    def _is_first_overdue(waiting: dict[Connection, float], limit: float) -> bool:
        return next(iter(waiting.values()), limit + 1) <= limit

    def _make_room(self) -> bool:
        for waiting in (self._arriving, self._idle):
            for connection in waiting:
                self._close(connection, MADE_ROOM)
                return True
        return False

    def _look_at_unread(self) -> None:
        now = self._now()
        for connection, found in list(self._unread.items()):
            size = connection.unsent()
            if size < found.size:
                found.since = now
            self._unread_bytes += size - found.size
            found.size = size
            if size == 0:
                self.read(connection)
            elif now - found.since >= self.limits.unread_seconds:
                self._close(connection, UNREAD)
        while self._unread_bytes > self.limits.unread_bytes:
            # Who has read nothing for the longest time; of equals, who has the most.
            slowest = min(self._unread, key=lambda it: (self._unread[it].since, -self._unread[it].size))
            self._close(slowest, UNREAD_BYTES)

    def _close(self, connection: Connection, reason: str) -> None:
        # It is told that the connection is lost later than now.
        self.lost(connection)
        self._count(reason)
        connection.abort()

    def _count(self, reason: str) -> None:
        self.closed[reason] += 1

    def _log(self) -> None:
        """One line for each reason, at most every ten seconds: there may be thousands at once."""
        now = self._now()
        for reason, message in MESSAGES.items():
            written, counted = self._logged.get(reason, (None, 0))
            if (more := self.closed[reason] - counted) and (written is None or now - written >= LOG_INTERVAL):
                log.warning("connections closed or refused: %s: %s", f"{more:,}", message)
                self._logged[reason] = (now, self.closed[reason])
