"""Operations with a connection of their own: GraphQL over SSE in distinct connections mode, and Apollo's multipart
subscriptions.

The operation is sent with `Accept: text/event-stream` or `multipart/mixed;subscriptionSpec=1.0`. If the key is revoked
or expires, the stream gets an error and ends within seconds; if the client disconnects, the operation ends at once.
"""

from collections.abc import AsyncGenerator

from aiohttp import web
from graphql import ExecutionResult

from app.server.engine import Engine
from app.server.incremental import Incremental
from app.server.incremental_format import IncrementalFormat
from app.server.open_streams import OpenStreams, encoded, start
from app.server.refusals import Refusal
from app.server.requests import Request
from app.server.stream_formats import EventStreamFormat, StreamFormat
from domain.shared.access import NOBODY, Caller


class EventStreams:
    """Answers operations with streams."""

    def __init__(self, engine: Engine, open_streams: OpenStreams) -> None:
        self._engine = engine
        self._open = open_streams

    async def answer(
        self, request: web.Request, operation: Request, caller: Caller, form: StreamFormat
    ) -> web.StreamResponse:
        """Runs an operation and sends its results. Raises: Refusal, before anything is sent."""
        return await self._send(request, form, encoded(await start(self._engine, operation, caller), form), caller)

    async def answer_incrementally(
        self, request: web.Request, result: Incremental, caller: Caller, form: str
    ) -> web.StreamResponse:
        """Sends a result of which parts come later."""
        parts = IncrementalFormat(form)
        return await self._send(request, parts, parts.chunks(result), caller)

    async def _send(
        self, request: web.Request, form: StreamFormat, chunks: AsyncGenerator[bytes], caller: Caller
    ) -> web.StreamResponse:
        key_id = None if caller is NOBODY else caller.key_id
        return await self._open.send(request, form, chunks, key_id, lambda error: form.ended([error]))

    async def refuse(self, request: web.Request, refusal: Refusal) -> web.StreamResponse:
        """An operation that cannot begin, to a client that reads nothing but events: its errors as the one result."""
        form = EventStreamFormat()
        response = web.StreamResponse(headers=form.headers)
        await response.prepare(request)
        await response.write(form.result(ExecutionResult(None, refusal.errors)) + form.complete)
        await response.write_eof()
        return response
