"""WebSockets with the protocol graphql-transport-ws: Strawberry implements the protocol, our engine runs the
operations.

Browsers cannot set headers on a WebSocket, so the key is in the payload of `connection_init`; other clients may send
the header. If the key is revoked or expires, the socket is closed within seconds.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, MutableSet, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import orjson
from aiohttp import WSCloseCode, WSMsgType, web
from graphql import OperationType
from strawberry.aiohttp.views import AiohttpWebSocketAdapter, GraphQLView
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage
from strawberry.types.execution import ExecutionResult, PreExecutionError

from adapters.database.core.outages import log_outage
from app.server.auth import Authenticator
from app.server.bodies import TooMuch, decoded
from app.server.engine import Engine
from app.server.options import ServerOptions
from app.server.partial_answers import HEADER, wants_partial
from app.server.persisted_documents import IDENTIFIERS, document_name
from app.server.refusals import Refusal
from app.server.requests import Request
from app.server.usage import NAME_HEADERS, NO_CLIENT, VERSION_HEADERS, client_of
from domain.shared.access import Caller, Forbidden, Unauthorized
from resolvers.errors import api_error

log = logging.getLogger(__name__)

CHECK_SECONDS = 3.0
HEARTBEAT = 30.0
MOST_OPERATIONS = 100
# The limit of a message before the client has authenticated.
LARGEST_PUBLIC_MESSAGE = 4 * 1024
# Messages are held in memory until they are complete, so they are limited to a fraction of an HTTP request.
PART_OF_A_REQUEST = 8

BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403


class BadMessage(Exception):
    """A message that does not conform to the protocol."""


class Connection:
    """The state of one socket. Strawberry sets `connection_params`."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request = request
        self.socket = socket
        self.connection_params: dict[str, Any] | None = None
        self.caller: Caller | None = None
        self.partial = False
        self.client = NO_CLIENT
        self.watch: asyncio.Task[None] | None = None


def is_handshake(request: web.Request) -> bool:
    """Whether a request that asks for a WebSocket is a valid handshake (RFC 6455). To others Strawberry sends a page of
    its own."""
    # Which of the offered protocols is spoken is decided later; aiohttp would warn of each that is not named here.
    offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    try:
        return web.WebSocketResponse(protocols=[it.strip() for it in offered]).can_prepare(request).ok
    except ValueError:
        # A key that is not ASCII.
        return False


CONNECTION: web.RequestKey[list[Connection]] = web.RequestKey("connection", list)


class EngineSchema:
    """The interface of a schema that Strawberry's protocol handler needs, implemented by our engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def text_of(self, payload: Mapping[str, Any], caller: Caller) -> str:
        """Returns the text of the document that a payload has or names. Raises: Refusal."""
        try:
            document = document_name(payload)
        except Refusal as refusal:
            raise self._engine.documented(refusal) from None
        query, variables = payload.get("query") or "", payload.get("variables")
        request = Request(query, variables, payload.get("operationName"), document=document)
        return (await self._engine.with_document(request, caller)).query

    def refusal(self, code: str, message: str) -> Refusal:
        return self._engine.documented(Refusal(api_error(code, message)))

    async def stream(
        self, query: str, *, variable_values: Any, context_value: Connection, operation_name: str | None, **_: Any
    ) -> AsyncIterator[ExecutionResult | PreExecutionError]:
        partial, client = context_value.partial, context_value.client
        request = Request(query, variable_values, operation_name, partial=partial, client=client)
        return self._results(request, context_value)

    async def _results(
        self, request: Request, connection: Connection
    ) -> AsyncIterator[ExecutionResult | PreExecutionError]:
        caller = connection.caller
        assert caller is not None, "the protocol runs operations only after connection_ack"
        try:
            if self._engine.prepare(request, caller).kind is not OperationType.SUBSCRIPTION:
                result = await self._engine.execute(request, caller)
                yield ExecutionResult(result.data, result.errors)
                return
            events = await self._engine.subscribe(request, caller)
        except Refusal as refusal:
            yield PreExecutionError(None, refusal.errors)
            return
        try:
            async for event in events:
                yield ExecutionResult(event.data, event.errors)
        except Refusal as refusal:
            yield PreExecutionError(None, refusal.errors)
        finally:
            await events.aclose()  # type: ignore[attr-defined]


class _Messages(AiohttpWebSocketAdapter):
    """The messages of a socket. Before authentication, only short messages are read."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        [connection] = self.request[CONNECTION]
        async for message in self.ws:
            if message.type is not WSMsgType.TEXT:
                raise NonTextMessageReceived
            if connection.caller is None and len(message.data) > LARGEST_PUBLIC_MESSAGE:
                reason = f"Without a valid Authorization, a message has at most {LARGEST_PUBLIC_MESSAGE:,} bytes."
                await self.close(UNAUTHORIZED, reason)
                return
            try:
                yield self.view.decode_json(message.data)
            except orjson.JSONDecodeError as bad:
                raise NonJsonMessageReceived from bad
            except (TooMuch, BadMessage) as bad_message:
                await self.close(BAD_REQUEST, str(bad_message))
                return


class _Handler(BaseGraphQLTransportWSHandler[Connection, None]):
    """The protocol handler. Operations may name their document. A client that disconnects while an event is sent is
    not an error."""

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        schema, caller, payload = cast("EngineSchema", self.schema), self.context.caller, message["payload"]
        if caller is not None:
            try:
                payload["query"] = await schema.text_of(cast("Mapping[str, Any]", payload), caller)
                if len(self.operations) >= MOST_OPERATIONS:
                    too_many = f"A connection has at most {MOST_OPERATIONS} operations at a time. Complete some."
                    raise schema.refusal("RATE_LIMITED", too_many)
            except Refusal as refusal:
                errors = [error.formatted for error in refusal.errors]
                await self.send_message({"id": message["id"], "type": "error", "payload": errors})
                return
        await super().handle_subscribe(message)

    async def handle_task_exception(self, error: Exception) -> None:
        if isinstance(error, WebSocketDisconnected | ConnectionError):
            log.debug("the client of a socket has disconnected")
        else:
            await super().handle_task_exception(error)


class SocketView(GraphQLView[Connection, None]):
    """Strawberry's view, used for WebSockets only."""

    websocket_adapter_class = _Messages
    graphql_transport_ws_handler_class = _Handler

    def __init__(
        self,
        engine: Engine,
        authenticator: Authenticator,
        sockets: MutableSet[web.WebSocketResponse],
        options: ServerOptions,
    ) -> None:
        # Clients authenticate with a key and not with a cookie, so any origin may connect.
        super().__init__(
            EngineSchema(engine),  # type: ignore[arg-type]
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            allowed_origins=["*"],
            connection_init_wait_timeout=timedelta(seconds=options.socket_init_seconds),
            max_subscriptions_per_connection=MOST_OPERATIONS + 1,
        )
        self.largest_message = options.largest_body // PART_OF_A_REQUEST
        self._authenticator = authenticator
        self._sockets = sockets

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        connection: list[Connection] = []
        request[CONNECTION] = connection
        try:
            return await super().__call__(request)
        except Exception as failure:
            if not connection:
                raise
            # After the upgrade, the connection cannot carry an HTTP answer.
            if log_outage(failure):
                code, message = WSCloseCode.TRY_AGAIN_LATER, b"The database cannot be used; connect again later"
            else:
                code, message = WSCloseCode.INTERNAL_ERROR, b"Internal error"
                log.exception("internal error on a socket")
            await connection[0].socket.close(code=code, message=message)
            return connection[0].socket
        finally:
            for it in connection:
                self._sockets.discard(it.socket)
                if it.watch is not None:
                    it.watch.cancel()

    async def create_websocket_response(self, request: web.Request, subprotocol: str | None) -> web.WebSocketResponse:
        protocols = [subprotocol] if subprotocol else []
        # Compression would cost three times the memory for each connection.
        socket = web.WebSocketResponse(
            protocols=protocols, heartbeat=HEARTBEAT, max_msg_size=self.largest_message, compress=False
        )
        await socket.prepare(request)
        self._sockets.add(socket)
        return socket

    async def get_context(self, request: web.Request, response: Any) -> Connection:
        connection = Connection(request, response)
        request[CONNECTION].append(connection)
        return connection

    async def on_ws_connect(self, context: Connection) -> dict[str, object]:
        try:
            context.caller = await self._authenticator.admit(_authorization(context))
        except (Unauthorized, Forbidden) as refused:
            await _close(context.socket, refused)
            raise ConnectionRejectionError from None
        try:
            context.partial = wants_partial(_first_sent(context, (HEADER,)))
        except ValueError as unknown:
            await context.socket.close(code=BAD_REQUEST, message=str(unknown).encode())
            raise ConnectionRejectionError from None
        name, version = (_first_sent(context, names) for names in (NAME_HEADERS, VERSION_HEADERS))
        context.client = client_of(name, version)
        context.watch = asyncio.create_task(self._watch(context))
        return {"environment": str(context.caller.environment)}

    async def _watch(self, connection: Connection) -> None:
        """Closes the socket when its key is revoked or expires, or the company's API access is switched off."""
        while not connection.socket.closed:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                connection.caller = await self._authenticator.admit(_authorization(connection))
            except (Unauthorized, Forbidden) as refused:
                await _close(connection.socket, refused)
            except Exception as failure:
                if not log_outage(failure):
                    log.warning("cannot check an API key; the connection stays open", exc_info=True)

    def encode_json(self, data: object) -> str:
        # Returns str, because bytes would be sent as binary frames.
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        message = decoded(data, self.largest_message)
        if (problem := _problem_of(message)) is not None:
            raise BadMessage(problem)
        return message


def _problem_of(message: Any) -> str | None:
    """Returns what is wrong with a message, in less than 120 bytes. Strawberry's handler does not check it."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return "Send messages as objects with a `type` (graphql-transport-ws)."
    type_, payload = message["type"], message.get("payload")
    if type_ in ("subscribe", "complete") and not (isinstance(message.get("id"), str) and message["id"]):
        return f"Send `{type_}` with an `id`, a string that is not empty."
    if type_ != "subscribe":
        return None if isinstance(payload, dict | None) else "Send `payload` as an object."
    if not isinstance(payload, dict) or not _has_document(payload):
        return "Send `subscribe` with a `payload` that has the operation as a string in `query`."
    if not isinstance(payload.get("variables"), dict | None):
        return "Send `payload.variables` as an object."
    if not isinstance(payload.get("extensions"), dict | None):
        return "Send `payload.extensions` as an object."
    return None if isinstance(payload.get("operationName"), str | None) else "Send `payload.operationName` as a string."


def _has_document(payload: Mapping[str, Any]) -> bool:
    """Whether a payload has a document as a string, or names one."""
    query, extensions = payload.get("query"), payload.get("extensions")
    names = [payload.get(it) for it in IDENTIFIERS]
    if isinstance(extensions, dict):
        names.append(extensions.get("persistedQuery"))
    return isinstance(query, str) or (query is None and any(names))


async def _close(socket: web.WebSocketResponse, refused: Unauthorized | Forbidden) -> None:
    code = UNAUTHORIZED if isinstance(refused, Unauthorized) else FORBIDDEN
    # A reason has at most 123 bytes (RFC 6455).
    with suppress(ConnectionError):
        await socket.close(code=code, message=str(refused).encode()[:120])


def _authorization(connection: Connection) -> str | None:
    """Returns the authorization of a connection: from the payload of `connection_init`, with or without Bearer, or from
    the header."""
    for name in ("authorization", "apikey", "api_key", "key"):
        if isinstance(value := _sent(connection, name), str):
            return value if " " in value.strip() else f"Bearer {value}"
    return connection.request.headers.get("Authorization")


def _first_sent(connection: Connection, names: Sequence[str]) -> Any:
    """Returns the first of these members of the payload of `connection_init`, or else of these headers."""
    headers = connection.request.headers
    return next((it for name in names if (it := _sent(connection, name) or headers.get(name))), None)


def _sent(connection: Connection, name: str) -> Any:
    """Returns a member of the payload of `connection_init`, or of the `headers` in it, in any case."""
    sent = {str(name).lower(): value for name, value in (connection.connection_params or {}).items()}
    headers = sent.get("headers")
    if isinstance(headers, dict):
        sent = {**{str(name).lower(): value for name, value in headers.items()}, **sent}
    return sent.get(name.lower())
