"""Subscriptions over server-sent events: GraphQL over SSE in distinct connections mode, one operation each.

The operation is sent by POST with `Accept: text/event-stream`. Each result is a `next` event; the `complete` event ends
the stream. If the key is revoked or expires, the stream gets an error and ends within seconds.
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

CHECK_SECONDS = 3.0

HEADERS = {
    "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-store",
    # Otherwise proxies buffer events.
    "X-Accel-Buffering": "no",
}
# An empty comment; writing it fails if the client has disconnected.
KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


class EventStreams:
    """Answers operations with event streams."""

    def __init__(self, engine: Engine, authenticator: Authenticator) -> None:
        self._engine = engine
        self._authenticator = authenticator
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Ends all streams at shutdown."""
        self._closing.set()

    async def answer(self, request: web.Request, operation: Request, caller: Caller) -> web.StreamResponse:
        """Runs an operation and sends its results. Raises: Refusal, before anything is sent."""
        results = await self._results(operation, caller)
        response = web.StreamResponse(headers=HEADERS)
        authorization = None if caller is NOBODY else request.headers.get("Authorization")
        try:
            await response.prepare(request)
            await self._send(response, results, authorization)
            await response.write(COMPLETE)
            await response.write_eof()
        except ConnectionError:
            log.debug("the client of an event stream has disconnected")
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
                await asyncio.wait(awaited, timeout=CHECK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if monotonic() - checked >= CHECK_SECONDS:
                    checked = monotonic()
                    await response.write(KEEP_ALIVE)
                    if (key_error := await self._key_error(authorization)) is not None:
                        await response.write(_event(None, [key_error]))
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

    async def _key_error(self, authorization: str | None) -> GraphQLError | None:
        """Returns the error if the key is no longer valid. While it cannot be checked, it counts as valid."""
        if authorization is None:
            return None
        try:
            await self._authenticator.admit(authorization)
        except Unauthorized as refused:
            return unauthorized(str(refused))
        except Forbidden as refused:
            return forbidden(str(refused))
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot check an API key; the connection stays open", exc_info=True)
        return None


def _next(results: AsyncIterator[ExecutionResult]) -> "asyncio.Future[ExecutionResult | None]":
    return asyncio.ensure_future(anext(results, None))


async def _once(result: ExecutionResult) -> AsyncIterator[ExecutionResult]:
    yield result


def _event(data: Any, errors: Sequence[GraphQLError]) -> bytes:
    """Returns the event of one result. Line breaks cannot occur: JSON escapes them in strings."""
    payload: dict[str, Any] = {"data": data}
    if errors:
        payload["errors"] = [dict(error.formatted) for error in errors]
    return b"event: next\ndata: " + orjson.dumps(payload) + b"\n\n"
