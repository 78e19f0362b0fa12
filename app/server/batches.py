"""Batches: several operations in the array of one request, as some clients send them (`BatchHttpLink`).

They run one after the other, each with loaders of its own, and are answered in an array in the same order. An
operation that is refused or fails does not keep the others from running.
"""

import asyncio
from typing import Any

import orjson
from aiohttp import web
from graphql import ExecutionResult

from app.server.answers import HEADERS, body_of
from app.server.engine import Engine
from app.server.limits import BYTES_SETTING
from app.server.media_types import Accepted
from app.server.reading import BadRequest
from app.server.refusals import Refusal
from app.server.request_log import REQUEST_INFO, codes_of
from app.server.requests import Request
from domain.shared.access import Caller
from resolvers.errors import over_limit


class Batches:
    """Answers batches of at most `most` bytes in all."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._most = most

    async def answer(self, request: web.Request, operations: list[Request], caller: Caller) -> web.Response:
        """Runs the operations of a request. Raises: BadRequest, before any of them runs."""
        accepted = Accepted.of(request)
        if accepted.prefers_stream:
            raise BadRequest("A batch has no stream. Send the operations one by one, or accept JSON.")
        if "Idempotency-Key" in request.headers:
            message = "`Idempotency-Key` is for one mutation, not for a batch. Use `@idempotent(key:)` on each."
            raise BadRequest(message)
        bodies, size, errors = list[bytes](), 0, list[Any]()
        for operation in operations:
            # A refusal waits for nothing, and a batch of many would keep all other requests waiting.
            await asyncio.sleep(0)
            result = await self._result(operation, caller, size)
            bodies.append(orjson.dumps(body_of(request, result)))
            size += len(bodies[-1])
            errors += result.errors or ()
        request[REQUEST_INFO].codes = codes_of(errors)
        return web.Response(
            body=b"[" + b",".join(bodies) + b"]", content_type=accepted.json, charset="utf-8", headers=HEADERS
        )

    async def _result(self, operation: Request, caller: Caller, size: int) -> ExecutionResult:
        if size > self._most:
            message = f"The answer of a batch has at most {self._most:,} bytes ({BYTES_SETTING}). Send smaller batches."
            return ExecutionResult(None, [over_limit("bytes", size, self._most, BYTES_SETTING, message)])
        try:
            named = await self._engine.with_document(operation, caller)
            return await self._engine.execute(named, caller, as_json=True)
        except Refusal as refusal:
            return ExecutionResult(None, refusal.errors)
