"""The operations of sockets: queries and mutations, each a task, and subscriptions, which are none."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson
from graphql import GraphQLError, OperationType

from app.server.engine import Engine
from app.server.live.outlets import Membership
from app.server.live.results import MOST_AT_ONCE, LiveResult, formatted, parts
from app.server.persisted_documents import document_name
from app.server.refusals import Refusal, error_of, mask_error
from app.server.requests import Request
from app.server.sockets import frames, messages
from app.server.sockets.socket import Socket
from domain.shared.access import Caller


class Operation:
    """One operation of a socket. It is the outlet of its subscription."""

    __slots__ = ("_before", "_cursor", "_membership", "_socket", "_task", "id")

    def __init__(self, id_: str, socket: Socket) -> None:
        self.id = id_
        self._socket = socket
        self._before = messages.before_payload(id_)
        self._membership: Membership | None = None
        self._task: asyncio.Task[None] | None = None
        self._cursor: str | None = None

    def start(self, engine: Engine, payload: Mapping[str, Any], caller: Caller) -> None:
        self._socket.add(self.id, self)
        self._task = asyncio.create_task(self._run(engine, payload, caller))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self._membership is not None:
            self._membership.leave()
            self._membership = None

    async def _run(self, engine: Engine, payload: Mapping[str, Any], caller: Caller) -> None:
        async with self._socket.turns:
            await self._run_now(engine, payload, caller)

    async def _run_now(self, engine: Engine, payload: Mapping[str, Any], caller: Caller) -> None:
        with suppress(ConnectionError):
            await self._socket.read()
        try:
            request = await self._request(engine, payload, caller)
            if engine.kind_of(request, caller) is OperationType.SUBSCRIPTION:
                await self._follow(engine, request, caller)
                return
            result = await engine.execute(request, caller, as_json=True)
            if result.errors and result.data is None and not any(it.path for it in result.errors):
                # It has not begun: a variable is invalid.
                raise Refusal(*result.errors)
            answer = orjson.dumps(formatted(result))
        except Refusal as refusal:
            self.end(refusal.errors)
        except Exception as failure:  # noqa: BLE001 - mask_error() logs it and hides its text
            self.end(engine.documented(Refusal(mask_error(error_of(failure)))).errors)
        else:
            await self._answer(answer)
        finally:
            self._task = None

    async def _request(self, engine: Engine, payload: Mapping[str, Any], caller: Caller) -> Request:
        """Returns what a payload asks for, with the text of the document that it has or names. Raises: Refusal."""
        try:
            document = document_name(payload)
        except Refusal as refusal:
            raise engine.documented(refusal) from None
        request = Request(
            payload.get("query") or "",
            payload.get("variables"),
            payload.get("operationName"),
            document=document,
            partial=self._socket.is_partial,
            client=self._socket.client,
        )
        return await engine.with_document(request, caller)

    async def _follow(self, engine: Engine, request: Request, caller: Caller) -> None:
        membership = await engine.follow(request, caller, self)
        if self._socket.operations.get(self.id) is self:
            self._membership, self._cursor = membership, membership.cursor
        else:
            # It has ended before it was known.
            membership.leave()

    async def _answer(self, answer: bytes) -> None:
        """Sends the result of a query or a mutation, once the client has read what was sent before."""
        try:
            await self._socket.read()
        except ConnectionError:
            return
        if self._socket.forget(self.id, self):
            self._socket.write(self._frame(answer) + frames.text(messages.complete(self.id)))

    def send(self, results: Sequence[LiveResult]) -> None:
        """Sends the results of events, unless the client does not read."""
        for part in parts(results, MOST_AT_ONCE):
            if self._socket.is_unread:
                self._cut_off()
                return
            self._socket.write(b"".join([self._frame(it.payload) for it in part]))
            self._cursor = part[-1].cursor

    async def read(self) -> None:
        """Returns once the client has read most of what was sent, or has gone."""
        with suppress(ConnectionError):
            await self._socket.read()

    def end(self, errors: Sequence[GraphQLError]) -> None:
        """Ends the operation with errors."""
        self._membership = None
        if self._socket.forget(self.id, self):
            self._socket.send(messages.error(self.id, errors))

    def _cut_off(self) -> None:
        if self._membership is not None:
            self._membership.cut_off()
        self._socket.cut_off(self._cursor)

    def _frame(self, payload: bytes) -> bytes:
        length = len(self._before) + len(payload) + len(messages.AFTER_PAYLOAD)
        return b"".join((frames.text_header(length), self._before, payload, messages.AFTER_PAYLOAD))
