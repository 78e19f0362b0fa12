"""Subscriptions over server-sent events: GraphQL over SSE in its mode of distinct connections, one operation each.

The operation comes as by any POST, with `Accept: text/event-stream`. Each result is an event `next`; the event
`complete` ends the stream. A stream whose key stops being good is told so and ended within seconds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import orjson
from aiohttp import web
from graphql import ExecutionResult, GraphQLError, OperationType

from adapters.database.core.outages import log_outage
from app.server.auth import Authenticator
from app.server.engine import Engine, Request
from app.server.media_types import EVENT_STREAM
from app.server.refusals import Refusal
from domain.shared.access import NOBODY, Caller, Forbidden, Unauthorized
from resolvers.errors import forbidden, unauthorized

log = logging.getLogger(__name__)

CHECK_EVERY = 3.0

HEADERS = {
    "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-store",
    # Proxies would otherwise keep events until they have many.
    "X-Accel-Buffering": "no",
}
# A comment: it says nothing, and fails when nobody listens any more.
ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


class EventStreams:
    """Answers operations as streams of events."""

    def __init__(self, engine: Engine, authenticator: Authenticator) -> None:
        self._engine = engine
        self._doorkeeper = authenticator
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream, as the server goes down."""
        self._closing.set()

    async def answer(self, request: web.Request, operation: Request, caller: Caller) -> web.StreamResponse:
        """Run an operation and send what it gives. Raises: Refusal, before anything is sent."""
        results = await self._results(operation, caller)
        response = web.StreamResponse(headers=HEADERS)
        authorization = None if caller is NOBODY else request.headers.get("Authorization")
        try:
            await response.prepare(request)
            await self._send(response, results, authorization)
            await response.write(COMPLETE)
            await response.write_eof()
        except ConnectionError:
            log.debug("nobody listens to a stream of events any more")
        finally:
            await results.aclose()  # type: ignore[attr-defined]
        return response

    async def refuse(self, request: web.Request, refusal: Refusal) -> web.StreamResponse:
        """An operation that cannot begin, to a client that reads nothing but events: its errors as the one result."""
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        await response.write(_event(None, refusal.errors) + COMPLETE)
        await response.write_eof()
        return response

    async def _results(self, operation: Request, caller: Caller) -> AsyncIterator[ExecutionResult]:
        if self._engine.prepare(operation, caller).kind is OperationType.SUBSCRIPTION:
            return await self._engine.subscribe(operation, caller)
        return _once(await self._engine.execute(operation, caller))

    async def _send(
        self, response: web.StreamResponse, results: AsyncIterator[ExecutionResult], authorization: str | None
    ) -> None:
        closing, following = asyncio.ensure_future(self._closing.wait()), _next(results)
        checked = monotonic()
        try:
            while not closing.done():
                awaited: set[asyncio.Future[Any]] = {closing, following}
                await asyncio.wait(awaited, timeout=CHECK_EVERY, return_when=asyncio.FIRST_COMPLETED)
                if monotonic() - checked >= CHECK_EVERY:
                    checked = monotonic()
                    await response.write(ALIVE)
                    if (refused := await self._refused(authorization)) is not None:
                        await response.write(_event(None, [refused]))
                        return
                if following.done():
                    result = following.result()
                    if result is None:
                        return
                    await response.write(_event(result.data, result.errors or ()))
                    following = _next(results)
        except Refusal as refusal:
            await response.write(_event(None, refusal.errors))
        finally:
            for waiting in (closing, following):
                waiting.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await following

    async def _refused(self, authorization: str | None) -> GraphQLError | None:
        """Why the key is no longer good. While that cannot be told, nothing is known against it."""
        if authorization is None:
            return None
        try:
            await self._doorkeeper.admit(authorization)
        except Unauthorized as refused:
            return unauthorized(str(refused))
        except Forbidden as refused:
            return forbidden(str(refused))
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot check a key; nothing is known against it", exc_info=True)
        return None


def _next(results: AsyncIterator[ExecutionResult]) -> "asyncio.Future[ExecutionResult | None]":
    return asyncio.ensure_future(anext(results, None))


async def _once(result: ExecutionResult) -> AsyncIterator[ExecutionResult]:
    yield result


def _event(data: Any, errors: Sequence[GraphQLError]) -> bytes:
    """One result. JSON has no line breaks outside its texts, where they are escaped."""
    payload: dict[str, Any] = {"data": data}
    if errors:
        payload["errors"] = [dict(error.formatted) for error in errors]
    return b"event: next\ndata: " + orjson.dumps(payload) + b"\n\n"
