"""aiohttp's server, with connections that are counted and bounded (`register.py`).

aiohttp closes a connection without a request after a while; it bounds neither how long the rest of a request takes,
nor how many connections there are, nor the answers that nobody reads. An answer larger than a buffer is waited for
before the next request of the connection is taken, so that it holds one answer at most.

What is refused because of overload, or was refused a moment ago, is answered before it is parsed, as parsing costs more
than refusing.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from app.server import safe_headers
from app.server.admission import RETRY_AFTER
from app.server.connections.framing import LONGEST_KEPT, AtOnce, Figures, Framing, lines_of
from app.server.connections.gate import Gate
from app.server.connections.register import Connections

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
_NO_ROOM_BODY = (
    b'{"errors":[{"message":"All connections of the server are in use. Try again in 2 seconds.",'
    b'"extensions":{"code":"OVERLOADED","reason":"OVERLOADED","limitName":"connections","limit":%d,'
    b'"setting":"QUOTEGRAPH_MAX_CONNECTIONS","retryAfter":2}}]}'
)
_NO_ROOM_HEAD = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\nRetry-After: 2\r\n"
    b"%sConnection: close\r\n" % safe_headers.LINES
)


def no_room(figures: Mapping[str, str], most: int) -> bytes:
    """Returns the answer to a connection for which there is no room among `most`."""
    body = _NO_ROOM_BODY % most
    return b"%sContent-Length: %d\r\n%s\r\n%s" % (_NO_ROOM_HEAD, len(body), lines_of(figures), body)


class BodyTooLate(web.RequestPayloadError):
    """The body of a request takes more than `seconds` to arrive."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the body is late")
        self.seconds = seconds


class BoundedHandler(RequestHandler):
    """One connection. `Connections` calls `unsent` and `abort`."""

    __slots__ = (
        "_at_once",
        "_connections",
        "_figures",
        "_framing",
        "_gate",
        "_patient_until",
        "_waiting",
        "_wire",
        "peer",
        "whole",
    )

    def __init__(
        self,
        server: Server,
        connections: Connections,
        at_once: AtOnce,
        figures: Figures,
        loop: asyncio.AbstractEventLoop,
        **options: Any,
    ) -> None:
        super().__init__(server, loop=loop, **options)
        self._connections = connections
        self._at_once = at_once
        self._figures = figures
        self._framing = Framing()
        # What bounds the bytes of a WebSocket until its client has authenticated.
        self._gate: Gate | None = None
        # The address of the other end: of the client, or of a proxy.
        self.peer = ""
        # The bytes of the request that is answered, if nothing came with or after them and they are few.
        self.whole = b""
        # What waits in this process until it is written to the connection.
        self._waiting: Callable[[], int] | None = None
        # Until when a client that was refused is to send nothing.
        self._patient_until = 0.0
        # aiohttp forgets its transport when it begins to close it, which takes as long as the client does not read.
        self._wire: asyncio.Transport | None = None

    def figures(self) -> Mapping[str, str]:
        """The headers that say what is left to the network of the other end."""
        return self._figures(self.peer)

    def unsent(self) -> int:
        waiting = 0 if self._waiting is None else self._waiting()
        return waiting + (0 if self._wire is None else self._wire.get_write_buffer_size())

    def abort(self) -> None:
        if self._wire is not None:
            self._wire.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        wire = cast("asyncio.Transport", transport)
        self.peer = _address(wire.get_extra_info("peername"))
        if not self._connections.admit(self):
            self._force_close = True
            wire.write(no_room(self.figures(), self._connections.most))
            wire.close()
            return
        self._wire = wire
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._wire = None
        self._connections.lost(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        is_whole = not self._upgraded and self._framing.is_whole(data) and self._is_waiting
        if is_whole and self._answers_at_once(data):
            return
        # Nothing comes when aiohttp goes on with what it has kept.
        if data:
            self.whole = data if is_whole and len(data) <= LONGEST_KEPT else b""
        if self._gate is not None and not self._gate.takes(data):
            return
        super().data_received(data)
        if not self._messages:
            self._connections.arrives(self)

    def _answers_at_once(self, request: bytes) -> bool:
        """Answers a whole request without parsing it."""
        if self._wire is None or self._paused or self._close or self._force_close:
            return False
        if (refused := self._at_once(request, self.peer)) is None:
            return False
        self._connections.answers(self)
        self._wire.write(refused.answer)
        self.refused(refused.hold_seconds)
        self._connections.answered(self)
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        return True

    @property
    def _is_waiting(self) -> bool:
        """Whether no request is answered, or waits to be."""
        return self._waiter is not None and not self._waiter.done() and not self._messages

    def counts(self, waiting: Callable[[], int] | None) -> None:
        """Counts every byte of an answer that stays open as unread, also those that are `waiting` to be written."""
        self._waiting = waiting
        if self._wire is not None:
            self._wire.set_write_buffer_limits(high=None if waiting is None else 0)

    def bound(self, gate: Gate | None) -> None:
        """Asks a gate whether bytes are taken."""
        self._gate = gate

    def refused(self, hold_seconds: float) -> None:
        """Says that a request was refused because of overload, or of what its client has used. A client that sends the
        next one too early is read later, or refusing would keep others waiting."""
        now = self._loop.time()
        is_early = now < self._patient_until
        self._patient_until = now + RETRY_AFTER
        if is_early and self._wire is not None and not self._is_held_by_aiohttp:
            self._wire.pause_reading()
            self._loop.call_later(hold_seconds, self._read_on)

    def _read_on(self) -> None:
        if self._wire is not None and not self._wire.is_closing() and not self._is_held_by_aiohttp:
            self._wire.resume_reading()

    @property
    def _is_held_by_aiohttp(self) -> bool:
        return self._reading_paused or self._buffer_paused

    def pause_writing(self) -> None:
        super().pause_writing()
        self._connections.unread(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._connections.read(self)

    async def start(self) -> None:
        try:
            await super().start()
        finally:
            if self.unsent():
                self._connections.unread(self)

    async def _handle_request(
        self, request: web.BaseRequest, start_time: float | None, request_handler: Any
    ) -> tuple[web.StreamResponse, bool]:
        self._connections.answers(self)
        late = None
        if not request.content.is_eof():
            late = self._loop.call_later(self._connections.limits.request_seconds, self._late, request.content)
        try:
            answered = await super()._handle_request(request, start_time, request_handler)
            if self._paused:
                await self._drain_helper()
            return answered
        finally:
            if late is not None:
                late.cancel()
            # An idle connection keeps nothing.
            self.whole = b""
            self._connections.answered(self)

    def _late(self, body: Any) -> None:
        if not body.is_eof():
            self._connections.late_body()
            body.set_exception(BodyTooLate(self._connections.limits.request_seconds))


def _address(name: Any) -> str:
    """The address in the name of a socket, as aiohttp's `request.remote` has it."""
    return str(name[0] if isinstance(name, tuple | list) else name or "")


class _Server(Server):
    def __init__(self, connections: Connections, at_once: AtOnce, figures: Figures, made: Server) -> None:
        super().__init__(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=made._loop,
            **made._kwargs,
        )
        self._bounds = connections
        self._at_once = at_once
        self._figures = figures

    def __call__(self) -> RequestHandler:
        return BoundedHandler(self, self._bounds, self._at_once, self._figures, self._loop, **self._kwargs)


class BoundedRunner(web.AppRunner):
    """Runs an application with bounded connections. `at_once` may answer requests before they are parsed, and `figures`
    are headers of the answers that no handler makes."""

    __slots__ = ("_at_once", "_bounds", "_figures", "_sweeping")

    def __init__(
        self,
        app: web.Application,
        connections: Connections,
        at_once: AtOnce = lambda _request, _peer: None,
        figures: Figures = lambda _peer: {},
        **options: Any,
    ) -> None:
        super().__init__(app, **options)
        self._bounds = connections
        self._at_once = at_once
        self._figures = figures
        self._sweeping: asyncio.Task[None] | None = None

    async def _make_server(self) -> Server:
        made = await super()._make_server()
        self._sweeping = asyncio.create_task(self._sweep())
        return _Server(self._bounds, self._at_once, self._figures, made)

    async def _cleanup_server(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        await super()._cleanup_server()

    async def _sweep(self) -> None:
        # A short time-out, which only tests have, is looked at more often.
        limits = self._bounds.limits
        shortest = min(limits.request_seconds, limits.keep_alive_seconds, limits.unread_seconds)
        while True:
            await asyncio.sleep(min(SWEEP_SECONDS, shortest / 2))
            try:
                self._bounds.sweep()
            except Exception:
                log.exception("cannot look for connections that keep the server waiting; trying again")
