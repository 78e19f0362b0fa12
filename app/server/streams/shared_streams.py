"""GraphQL over SSE in single connection mode: the results of many operations on one connection, for browsers, which
open six connections to a server.

A client reserves a stream (PUT), opens it with the token it got (GET), and sends operations with the token (POST),
which are accepted at once and answered on the stream; DELETE stops one. All of it is at the address of the API. A
stream belongs to the key that reserved it and lives in one process: behind a load balancer it needs sticky sessions.
"""

import asyncio
import secrets
from functools import partial

from aiohttp import web
from graphql import GraphQLError

from app.server.auth import Authenticator
from app.server.engine import Engine
from app.server.media_types import Accepted
from app.server.options import ServerOptions
from app.server.reading import BadRequest
from app.server.refusals import Refusal
from app.server.request_log import REQUEST_INFO
from app.server.requests import Request
from app.server.sockets.limits import Uses, too_many_of_one, too_many_operations
from app.server.streams.formats import EventStreamFormat, SharedEventStreamFormat
from app.server.streams.open_streams import OpenStream, OpenStreams
from app.server.streams.operations import StreamOperation
from domain.shared.access import Caller
from resolvers.errors import exceeded

HEADER = "X-GraphQL-Event-Stream-Token"
PARAMETER = "token"
METHODS = ("PUT", "DELETE")
# How long a reservation waits for its connection.
UNCLAIMED_SECONDS = 30.0
STREAMS_PER_KEY = 1000
LONGEST_OPERATION_ID = 100


class SharedStream:
    """One reservation, and the operations that are answered on it."""

    def __init__(self, caller: Caller, of_keys: Uses, most_unread: int) -> None:
        self.caller = caller
        self._of_keys = of_keys
        self.is_open = False
        self.stream = OpenStream(EventStreamFormat(), most_unread)
        self.operations: dict[str, StreamOperation] = {}

    def start(self, operation_id: str, engine: Engine, request: Request, caller: Caller) -> None:
        """Starts an operation. Raises: Refusal, if the key has too many."""
        if not self._of_keys.begin(self.caller.payer_id):
            raise engine.documented(Refusal(too_many_operations(self._of_keys)))
        form = SharedEventStreamFormat(operation_id)
        operation = StreamOperation(self.stream, form, lambda: self._forget(operation_id, operation))
        self.operations[operation_id] = operation
        operation.start(engine, request, caller)

    def _forget(self, operation_id: str, operation: StreamOperation) -> None:
        if self.operations.get(operation_id) is operation:
            del self.operations[operation_id]
            self._of_keys.end(self.caller.payer_id)

    def stop(self, operation_id: str) -> None:
        """Ends an operation, if it is still running."""
        if (operation := self.operations.pop(operation_id, None)) is not None:
            self._of_keys.end(self.caller.payer_id)
            operation.stop()

    def stop_all(self) -> None:
        for operation_id in list(self.operations):
            self.stop(operation_id)

    def ended(self, error: GraphQLError) -> bytes:
        """The error that ends all operations."""
        return b"".join(SharedEventStreamFormat(it).ended([error]) for it in self.operations)


class SharedStreams:
    """The reservations of a process."""

    def __init__(
        self,
        engine: Engine,
        authenticator: Authenticator,
        open_streams: OpenStreams,
        of_keys: Uses,
        options: ServerOptions,
    ) -> None:
        self._engine = engine
        self._authenticator = authenticator
        self._open = open_streams
        self._of_keys = of_keys
        self._options = options
        self._streams: dict[str, SharedStream] = {}

    @staticmethod
    def is_about_a_stream(request: web.Request) -> bool:
        """Whether a request reserves or opens a stream, or stops an operation."""
        return request.method in METHODS or (
            request.method == "GET" and _token(request) is not None and Accepted.of(request).prefers_stream
        )

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Reserves or opens a stream, or stops an operation. Raises: Unauthorized, Forbidden, BadRequest, Refusal."""
        if request.method == "PUT":
            return await self._reserve(request)
        return await (self._stop(request) if request.method == "DELETE" else self._open_stream(request))

    async def _reserve(self, request: web.Request) -> web.Response:
        caller = await self._authenticator.admit(request.headers.get("Authorization"), request)
        request[REQUEST_INFO].know(caller)
        if sum(it.caller.payer_id == caller.payer_id for it in self._streams.values()) >= STREAMS_PER_KEY:
            message = f"A key has at most {STREAMS_PER_KEY:,} event streams. Close some."
            limit = exceeded("event streams of a key", STREAMS_PER_KEY, None, found=STREAMS_PER_KEY + 1)
            raise BadRequest(message, 429, code="RATE_LIMITED", limit=limit)
        token = secrets.token_urlsafe(32)
        self._streams[token] = SharedStream(caller, self._of_keys, self._options.unread_bytes)
        asyncio.get_running_loop().call_later(UNCLAIMED_SECONDS, self._expire, token)
        return web.Response(text=token, status=201, headers={"Cache-Control": "no-store"})

    async def _open_stream(self, request: web.Request) -> web.StreamResponse:
        token, stream = await self._found(request)
        if stream.is_open:
            raise BadRequest("This event stream is open already. Reserve another one.", 409, code="CONFLICT")
        stream.is_open = True
        try:
            return await self._open.send(request, stream.stream, stream.caller, stream.ended)
        finally:
            self._drop(token)

    async def _stop(self, request: web.Request) -> web.Response:
        _, stream = await self._found(request)
        if not (operation_id := request.query.get("operationId")):
            raise BadRequest("Name the operation in the parameter `operationId`.")
        stream.stop(operation_id)
        return web.Response()

    @staticmethod
    def is_for_a_stream(request: web.Request) -> bool:
        """Whether an operation is to be answered on a stream."""
        return _token(request) is not None

    async def start(self, request: web.Request, operation: Request, caller: Caller) -> web.Response:
        """Starts an operation, which is answered on the stream. Raises: BadRequest, Refusal."""
        _, stream = await self._found(request, caller)
        operation_id = operation.operation_id
        if not operation_id or len(operation_id) > LONGEST_OPERATION_ID:
            message = f"Name the operation in `extensions.operationId`, with at most {LONGEST_OPERATION_ID} characters."
            raise BadRequest(message)
        if operation_id in stream.operations:
            raise BadRequest("An operation with this `operationId` is running.", 409, code="CONFLICT")
        if len(stream.operations) >= (most := self._options.sockets.operations):
            raise self._engine.documented(Refusal(too_many_of_one(most)))
        self._engine.prepare(operation, caller)
        stream.start(operation_id, self._engine, operation, caller)
        return web.Response(status=202)

    async def _found(self, request: web.Request, caller: Caller | None = None) -> tuple[str, SharedStream]:
        """Returns the stream of a request. The token is enough to open it, because a browser's EventSource sends no
        headers; a key that is sent must be that of the reservation."""
        if caller is None and (authorization := request.headers.get("Authorization")) is not None:
            caller = await self._authenticator.admit(authorization, request)
        # Looked up last: a stream may expire while the key is checked.
        token = _token(request) or ""
        if caller is None:
            stream = await self._authenticator.look_up(partial(self._stream, token), request)
        else:
            stream = await self._stream(token)
        if stream is not None and (caller is None or caller.key_id == stream.caller.key_id):
            return token, stream
        message = f"There is no such event stream. Reserve one by PUT and send its token in `{HEADER}`."
        raise BadRequest(message, 404, code="NOT_FOUND")

    async def _stream(self, token: str) -> SharedStream | None:
        return self._streams.get(token)

    def _expire(self, token: str) -> None:
        stream = self._streams.get(token)
        if stream is not None and not stream.is_open:
            self._drop(token)

    def _drop(self, token: str) -> None:
        if (stream := self._streams.pop(token, None)) is not None:
            stream.stop_all()


def _token(request: web.Request) -> str | None:
    return request.headers.get(HEADER) or request.query.get(PARAMETER) or None
