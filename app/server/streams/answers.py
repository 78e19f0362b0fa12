"""Operations with a connection of their own: GraphQL over SSE in distinct connections mode, and Apollo's multipart
subscriptions.

The operation is sent with `Accept: text/event-stream` or `multipart/mixed;subscriptionSpec=1.0`. If the key is revoked
or expires, the stream gets an error and ends within seconds; if the client disconnects, the operation ends at once.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiohttp import web
from graphql import ExecutionResult

from app.server.engine import Engine
from app.server.incremental import Incremental
from app.server.incremental_format import IncrementalFormat
from app.server.refusals import Refusal
from app.server.requests import Request
from app.server.sockets.limits import Uses, too_many_operations
from app.server.streams.formats import EventStreamFormat, StreamFormat
from app.server.streams.open_streams import OpenStream, OpenStreams
from app.server.streams.operations import StreamOperation
from domain.shared.access import NOBODY, Caller

log = logging.getLogger(__name__)


class EventStreams:
    """Answers operations with streams. A client may leave `most_unread` bytes of events unread."""

    def __init__(self, engine: Engine, open_streams: OpenStreams, of_keys: Uses, most_unread: int) -> None:
        self._engine = engine
        self._open = open_streams
        self._of_keys = of_keys
        self._most_unread = most_unread

    async def answer(
        self, request: web.Request, operation: Request, caller: Caller, form: StreamFormat
    ) -> web.StreamResponse:
        """Runs an operation and sends its results. Raises: Refusal, before anything is sent."""
        self._engine.prepare(operation, caller)
        if caller is not NOBODY and not self._of_keys.begin(caller.payer_id):
            raise self._engine.documented(Refusal(too_many_operations(self._of_keys)))
        stream = OpenStream(form, self._most_unread)
        running = StreamOperation(stream, form, stream.end)
        try:
            return await self._open.send(
                request,
                stream,
                caller,
                lambda error: form.ended([error]),
                lambda: running.start(self._engine, operation, caller),
            )
        finally:
            running.stop()
            if caller is not NOBODY:
                self._of_keys.end(caller.payer_id)

    async def answer_incrementally(
        self, request: web.Request, result: Incremental, caller: Caller, form: str
    ) -> web.StreamResponse:
        """Sends a result of which parts come later."""
        parts = IncrementalFormat(form)
        stream = OpenStream(parts, self._most_unread)
        writing = asyncio.create_task(_write(stream, parts.chunks(result)))
        try:
            return await self._open.send(request, stream, caller, lambda error: parts.ended([error]))
        finally:
            writing.cancel()
            result.settle()

    async def refuse(self, request: web.Request, refusal: Refusal) -> web.StreamResponse:
        """An operation that cannot begin, to a client that reads nothing but events: its errors as the one result."""
        form = EventStreamFormat()
        response = web.StreamResponse(headers=form.headers)
        await response.prepare(request)
        await response.write(form.result(ExecutionResult(None, refusal.errors)) + form.complete)
        await response.write_eof()
        return response


async def _write(stream: OpenStream, chunks: AsyncGenerator[bytes]) -> None:
    """Writes chunks, each once the client has read those before."""
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                await stream.read()
                stream.write(chunk)
    except Exception:
        log.exception("cannot send the parts of an answer")
        stream.break_off()
    else:
        stream.end()
