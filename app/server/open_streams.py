"""What all answers have in common whose connection stays open: they are kept alive, end with the key they were started
with, and break off at shutdown.

At shutdown nothing tells the client that its operation is complete, so that it connects again, to another process.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from aiohttp import web
from graphql import ExecutionResult, GraphQLError, OperationType

from adapters.database.core.outages import log_outage
from app.server.auth import Authenticator
from app.server.engine import Engine
from app.server.error_docs import ERROR_DOCS
from app.server.refusals import Refusal, mask_error
from app.server.requests import Request
from app.server.stream_formats import StreamFormat
from domain.shared.access import Caller, Forbidden, Unauthorized
from resolvers.errors import forbidden, unauthorized

log = logging.getLogger(__name__)

CHECK_SECONDS = 3.0

Results = AsyncIterator[ExecutionResult]


async def start(engine: Engine, operation: Request, caller: Caller) -> Results:
    """Starts an operation. A query or a mutation has one result. Raises: Refusal."""
    if engine.prepare(operation, caller).kind is OperationType.SUBSCRIPTION:
        return await engine.subscribe(operation, caller)
    return _once(await engine.execute(operation, caller))


async def _once(result: ExecutionResult) -> Results:
    yield result


async def encoded(results: Results, form: StreamFormat) -> AsyncGenerator[bytes]:
    """The results of an operation as they are sent, and its end."""
    try:
        async for result in results:
            yield form.result(result)
    except Refusal as refusal:
        yield form.result(ExecutionResult(None, refusal.errors))
    except Exception as failure:  # noqa: BLE001 - mask_error() logs it and hides its text
        error = mask_error(GraphQLError(str(failure), original_error=failure))
        yield form.result(ExecutionResult(None, [error]))
    finally:
        await results.aclose()  # type: ignore[attr-defined]
    yield form.complete


class OpenStreams:
    """The open answers of a process."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Breaks off all answers at shutdown."""
        self._closing.set()

    async def send(
        self,
        request: web.Request,
        form: StreamFormat,
        chunks: AsyncGenerator[bytes],
        key_id: str | None,
        ended: Callable[[GraphQLError], bytes],
    ) -> web.StreamResponse:
        """Sends chunks until there are no more. If the key with this id is no longer valid, sends what `ended` returns
        instead."""
        response = web.StreamResponse(headers=form.headers)
        try:
            await response.prepare(request)
            # The answer to a HEAD ends with its headers.
            if request.method != "HEAD":
                await response.write(form.opening)
                docs = request.app[ERROR_DOCS]
                await self._send(response, form, chunks, key_id, lambda error: ended(docs.documented(error)))
            await response.write_eof()
        except ConnectionError:
            log.debug("the client of a stream has disconnected")
        finally:
            await chunks.aclose()
        return response

    async def _send(
        self,
        response: web.StreamResponse,
        form: StreamFormat,
        chunks: AsyncGenerator[bytes],
        key_id: str | None,
        ended: Callable[[GraphQLError], bytes],
    ) -> None:
        closing, following = asyncio.ensure_future(self._closing.wait()), _next(chunks)
        checked = monotonic()
        try:
            while not closing.done():
                awaited: set[asyncio.Future[Any]] = {closing, following}
                await asyncio.wait(awaited, timeout=CHECK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if monotonic() - checked >= CHECK_SECONDS:
                    checked = monotonic()
                    await response.write(form.keep_alive)
                    if (key_error := await self._key_error(key_id)) is not None:
                        await response.write(ended(key_error))
                        return
                if following.done() and not closing.done():
                    chunk = following.result()
                    if chunk is None:
                        return
                    await response.write(chunk)
                    following = _next(chunks)
        finally:
            for waiting in (closing, following):
                waiting.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await following

    async def _key_error(self, key_id: str | None) -> GraphQLError | None:
        """Returns the error if the key is no longer valid. While it cannot be checked, it counts as valid."""
        if key_id is None:
            return None
        try:
            await self._authenticator.admit_by_id(key_id)
        except Unauthorized as refused:
            return unauthorized(str(refused))
        except Forbidden as refused:
            return forbidden(str(refused))
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot check an API key; the connection stays open", exc_info=True)
        return None


def _next(chunks: AsyncGenerator[bytes]) -> "asyncio.Future[bytes | None]":
    return asyncio.ensure_future(anext(chunks, None))
