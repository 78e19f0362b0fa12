"""What all answers have in common whose connection stays open: they are kept alive, end with the key they were started
with, and break off at shutdown or if the client does not read.

An answer that breaks off does not tell the client that its operation is complete, so that it connects again.
"""

import asyncio
import logging
from collections.abc import Callable

from aiohttp import web
from graphql import GraphQLError

from app.server.connections.runner import BoundedHandler
from app.server.credentials.refusals import forbidden_by, unauthorized_by
from app.server.error_docs import ERROR_DOCS
from app.server.key_watch import KeyWatch
from app.server.sockets.tcp import set_options
from app.server.streams.formats import StreamFormat
from domain.shared.access import NOBODY, Caller, Forbidden, Unauthorized

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 3.0
# How long a client may take to read why its answer ends.
CLOSING_SECONDS = 10.0
# How many streams are kept alive before others get their turn.
BEATEN_AT_ONCE = 200


class OpenStream:
    """One answer. What is written to it waits until the client reads; at most `most_unread` bytes of events."""

    def __init__(self, form: StreamFormat, most_unread: int) -> None:
        self.form = form
        self._most_unread = most_unread
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._unread = 0
        self._is_writing = False
        self._has_ended = False
        self._has_news = asyncio.Event()
        self._is_read = asyncio.Event()
        self._is_read.set()

    @property
    def is_unread(self) -> bool:
        """Whether the client reads too little of what is sent."""
        return self._unread > self._most_unread

    @property
    def waiting(self) -> int:
        """The bytes that are not written to the connection yet."""
        return sum(map(len, self._waiting))

    def write(self, chunk: bytes) -> None:
        """Writes what is no event, whatever its size."""
        if not self._has_ended:
            self._waiting.append(chunk)
            self._is_read.clear()
            self._has_news.set()

    def write_events(self, chunk: bytes) -> None:
        """Writes events."""
        self._unread += len(chunk)
        self.write(chunk)

    async def read(self) -> None:
        """Returns once what was written before is on its way to the client."""
        await self._is_read.wait()

    def keep_alive(self) -> None:
        """Writes what means nothing to the client, unless other things wait."""
        if not self._waiting and not self._is_writing:
            self.write(self.form.keep_alive)

    def end(self) -> None:
        """Ends the answer after what was written."""
        self._has_ended = True
        self._has_news.set()

    def break_off(self) -> None:
        """Ends the answer at once. What waits is not sent."""
        self._waiting.clear()
        self.end()
        self.abort()

    def cut_off(self) -> None:
        """Closes the connection of a client that does not read."""
        self.break_off()
        if self._transport is not None:
            self._transport.abort()

    def abort(self) -> None:
        """Closes the connection if it is still being written to."""
        if self._is_writing and self._transport is not None:
            self._transport.abort()

    async def send(self, response: web.StreamResponse, transport: asyncio.Transport | None) -> None:
        """Sends what is written until the end."""
        self._transport = transport
        while self._waiting or not self._has_ended:
            if not self._waiting:
                self._has_news.clear()
                await self._has_news.wait()
                continue
            chunk, unread = b"".join(self._waiting), self._unread
            self._waiting.clear()
            self._is_writing = True
            await response.write(chunk)
            self._is_writing = False
            self._unread -= unread
            if not self._waiting:
                self._is_read.set()


class _Holder:
    """An answer as a connection that holds a key."""

    def __init__(self, stream: OpenStream, ended: Callable[[GraphQLError], bytes]) -> None:
        self._stream = stream
        self._ended = ended

    def refuse(self, refused: Unauthorized | Forbidden) -> None:
        error = unauthorized_by(refused) if isinstance(refused, Unauthorized) else forbidden_by(refused)
        self._stream.write(self._ended(error))
        self._stream.end()
        # A client that does not read would keep its subscriptions running.
        asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._stream.abort)

    def renew(self) -> None:
        # The client connects again, and gets what the key may read now.
        self._stream.break_off()


class OpenStreams:
    """The open answers of a process."""

    def __init__(self, key_watch: KeyWatch) -> None:
        self._key_watch = key_watch
        self._open: set[OpenStream] = set()
        self._beating: asyncio.Task[None] | None = None
        self._is_closing = False

    def close(self) -> None:
        """Breaks off all answers at shutdown."""
        self._is_closing = True
        for stream in self._open:
            stream.break_off()

    async def send(
        self,
        request: web.Request,
        stream: OpenStream,
        caller: Caller,
        ended: Callable[[GraphQLError], bytes],
        begin: Callable[[], None] = lambda: None,
    ) -> web.StreamResponse:
        """Sends what is written to a stream after `begin`. If the key is no longer valid, sends what `ended` returns
        and ends."""
        response = web.StreamResponse(headers=stream.form.headers)
        try:
            await response.prepare(request)
            # The answer to a HEAD ends with its headers.
            if request.method != "HEAD":
                await response.write(stream.form.opening)
                docs = request.app[ERROR_DOCS]
                holder = _Holder(stream, lambda error: ended(docs.documented(error)))
                await self._send(request, response, stream, caller, holder, begin)
            await response.write_eof()
        except ConnectionError:
            log.debug("the client of a stream has disconnected")
        return response

    async def _send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        stream: OpenStream,
        caller: Caller,
        holder: _Holder,
        begin: Callable[[], None],
    ) -> None:
        if self._is_closing:
            return
        key = None if caller is NOBODY else self._key_watch.hold(caller, holder)
        self._open.add(stream)
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        connection = request.protocol if isinstance(request.protocol, BoundedHandler) else None
        if connection is not None:
            connection.counts(lambda: stream.waiting)
        try:
            begin()
            if request.transport is not None:
                set_options(request.transport)
            await stream.send(response, request.transport)
        finally:
            if connection is not None:
                connection.counts(None)
            self._open.discard(stream)
            if key is not None:
                self._key_watch.release(key, holder)
            if not self._open and self._beating is not None:
                self._beating.cancel()
                self._beating = None

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for number, stream in enumerate(list(self._open), 1):
                try:
                    stream.keep_alive()
                except Exception:
                    log.exception("cannot keep a stream alive")
                if number % BEATEN_AT_ONCE == 0:
                    await asyncio.sleep(0)
