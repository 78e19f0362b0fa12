"""One socket: what it may do, what runs on it, and how it is written to and closed.

Writing never waits, because one subscriber is written to after another. A client that does not read is cut off where
it follows something, and else waited for.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

from app.server.connections.gate import Gate
from app.server.key_watch import WatchedKey
from app.server.sockets import frames
from app.server.sockets.limits import MessageRate, Use
from app.server.sockets.messages import CloseCode
from app.server.usage import NO_CLIENT
from domain.shared.access import Forbidden, Unauthorized

# How long a client may take to read the rest and to answer that the socket is closed.
CLOSING_SECONDS = 10.0
# How many operations of a socket run at a time, or wait for the client to read their answers.
RUNNING = 8


class Running(Protocol):
    """An operation that runs on a socket."""

    def stop(self) -> None:
        """Ends it without a word to the client."""


class Socket:
    """The state of one socket. `drain` waits until the transport takes more."""

    __slots__ = (
        "_abort",
        "_closed",
        "_drain",
        "_most_unread",
        "_transport",
        "_unread_before",
        "client",
        "gate",
        "has_introduced_itself",
        "is_closing",
        "is_partial",
        "key",
        "messages",
        "operations",
        "turns",
        "use",
        "was_heard",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        drain: Callable[[], Awaitable[None]],
        most_unread: int,
        closed: Counter[CloseCode],
        messages: MessageRate,
    ) -> None:
        # Above this the transport says that something is unread, which is counted, and `drain` waits.
        transport.set_write_buffer_limits(high=0)
        self._transport = transport
        self._drain = drain
        self._most_unread = most_unread
        self._closed = closed
        self._abort: asyncio.TimerHandle | None = None
        self._unread_before = 0
        # Whether something has come from the client since it was asked for a sign of life.
        self.was_heard = True
        self.operations: dict[str, Running] = {}
        self.turns = asyncio.Semaphore(RUNNING)
        self.messages = messages
        # What bounds it until its client has authenticated.
        self.gate: Gate | None = None
        # What it has in common with the other sockets of its key, once that is known.
        self.use: Use | None = None
        self.has_introduced_itself = False
        self.is_closing = False
        self.is_partial = False
        self.client = NO_CLIENT
        self.key: WatchedKey | None = None

    def send(self, message: bytes) -> None:
        """Sends a message."""
        self.write(frames.text(message))

    def write(self, written: bytes) -> None:
        """Writes frames, unless the socket is being closed."""
        if not self.is_closing and not self._transport.is_closing():
            self._transport.write(written)

    @property
    def is_unread(self) -> bool:
        """Whether the client reads too little of what is sent."""
        return self._transport.get_write_buffer_size() > self._most_unread

    async def read(self) -> None:
        """Returns once the client has read most of what was sent. Raises: ConnectionError."""
        while self.is_unread and not self._transport.is_closing():
            await self._drain()

    def beat(self, asks: bool) -> None:
        """Shows that the socket is in use, and `asks` for a sign of life. A client that has given none since it was
        asked last is gone."""
        unread = self._transport.get_write_buffer_size()
        if asks:
            # That it reads is a sign as well.
            if not self.was_heard and unread >= self._unread_before:
                self._transport.abort()
                return
            self.was_heard, self._unread_before = False, unread
        if not unread:
            self.write(frames.PING if asks else frames.UNSOLICITED_PONG)

    def add(self, operation_id: str, operation: Running) -> None:
        self.operations[operation_id] = operation
        if self.use is not None:
            self.use.operations += 1

    def take(self, operation_id: str) -> Running | None:
        """Returns an operation if it is still running, and forgets it."""
        operation = self.operations.pop(operation_id, None)
        if operation is not None and self.use is not None:
            self.use.operations -= 1
        return operation

    def forget(self, operation_id: str, operation: Running) -> bool:
        """Returns whether an operation is still running, which it no longer is."""
        return self.operations.get(operation_id) is operation and self.take(operation_id) is operation

    def refuse(self, refused: Unauthorized | Forbidden) -> None:
        """Closes the socket of a key that is not valid, or no longer."""
        code = CloseCode.UNAUTHORIZED if isinstance(refused, Unauthorized) else CloseCode.FORBIDDEN
        self.close(code, str(refused))

    def renew(self) -> None:
        """Closes the socket of a key that may do more or less than when its subscriptions began."""
        self.close(CloseCode.SERVICE_RESTART, "What this key may do has changed. Connect again.")

    def cut_off(self, cursor: str | None) -> None:
        """Closes the socket of a client that does not read. It may resume after the event with this cursor, the last
        one that was sent."""
        reason = f"Too many events are unread. Resume after {cursor}"
        if cursor is None or len(reason) > frames.LONGEST_REASON:
            reason = "Too many events are unread. Resume after the last one."
        self.close(CloseCode.TRY_AGAIN_LATER, reason)

    def close(self, code: CloseCode, reason: str) -> None:
        """Ends all operations, and tells the client why. Nothing is sent after it."""
        if self.is_closing:
            return
        self._stop_all()
        self.write(frames.close(code, reason))
        self._closed[code] += 1
        self.is_closing = True
        self._abort_later()

    def end(self, answer_close: bool = False) -> None:
        """The client has closed the socket, or is gone."""
        self._stop_all()
        if answer_close:
            self.write(frames.close(CloseCode.NORMAL, ""))
        self.is_closing = True
        if self._abort is not None:
            self._abort.cancel()
        # What is unread is sent before the connection is closed.
        if self._transport.get_write_buffer_size():
            self._abort_later()
        self._transport.close()

    def _abort_later(self) -> None:
        self._abort = asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._transport.abort)

    def _stop_all(self) -> None:
        while self.operations:
            if (operation := self.take(next(iter(self.operations)))) is not None:
                operation.stop()
