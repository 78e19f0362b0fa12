"""Answers the requests that ask for a WebSocket, and the messages that come over it.

If the key is revoked or expires, the socket is closed within seconds (app/server/key_watch.py).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import WSMessage, WSMsgType, web
from graphql import GraphQLError

from app.server.answers import error_answer
from app.server.auth import Authenticator
from app.server.bodies import TooMuch, decoded
from app.server.client_info import client_info_of
from app.server.connections.gate import LARGEST_PUBLIC_MESSAGE, Gate
from app.server.connections.runner import BoundedHandler
from app.server.engine import Engine
from app.server.key_watch import KeyWatch
from app.server.media_types import JSON
from app.server.options import ServerOptions
from app.server.outages import what_is_out
from app.server.payers import network_of
from app.server.refusals import Refusal
from app.server.request_log import REQUEST_INFO, codes_of
from app.server.sockets import frames, messages
from app.server.sockets.heartbeats import Heartbeats
from app.server.sockets.introduction import Introduction
from app.server.sockets.limits import MessageRate, Use, Uses, too_many_of_one, too_many_operations
from app.server.sockets.messages import CloseCode
from app.server.sockets.operations import Operation
from app.server.sockets.socket import Socket
from app.server.sockets.tcp import set_options
from domain.shared.access import Forbidden, Unauthorized
from resolvers.errors import exceeded, rate_limited

log = logging.getLogger(__name__)

# When a client whose address has as many sockets as it may is to try again.
RETRY_AFTER = 10
# Messages are held in memory until they are complete, so they are limited to a fraction of an HTTP request.
PART_OF_A_REQUEST = 8


class _Response(web.WebSocketResponse):
    """The answer to a handshake. We have closed the socket when it ends."""

    async def write_eof(self, data: bytes = b"") -> None:
        # aiohttp would fail to write to it, and keep the error with all that it refers to: a circle, which a collector
        # that has frozen a part of it never finds (app/memory.py).
        pass


def is_handshake(request: web.Request) -> bool:
    """Whether a request that asks for a WebSocket is a valid handshake (RFC 6455)."""
    # Which of the offered protocols is spoken is decided later; aiohttp would warn of each that is not named here.
    try:
        return web.WebSocketResponse(protocols=_offered(request)).can_prepare(request).ok
    except ValueError:
        # A key that is not ASCII.
        return False


class Sockets:
    """The sockets of a process."""

    def __init__(
        self, engine: Engine, authenticator: Authenticator, keys: KeyWatch, of_keys: Uses, options: ServerOptions
    ) -> None:
        self._engine = engine
        self._authenticator = authenticator
        self._options = options
        self._limits = replace(options.body, bytes=options.body.bytes // PART_OF_A_REQUEST)
        self._keys = keys
        self._heartbeats = Heartbeats()
        limits = options.sockets
        self._of_keys = of_keys
        self._of_addresses = Uses(limits.of_address, limits.messages_per_second)
        self._is_closing = False
        # Number of sockets that the server has closed, by code.
        self.closed: Counter[CloseCode] = Counter()

    def __len__(self) -> int:
        return len(self._heartbeats)

    def all(self) -> list[Socket]:
        """The open sockets."""
        return self._heartbeats.all()

    def close(self) -> None:
        """Closes all sockets at shutdown, so that clients connect again to another process."""
        self._is_closing = True
        for socket in self.all():
            socket.close(CloseCode.GOING_AWAY, messages.SHUTTING_DOWN)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answers a valid handshake, and then what comes over the socket, until it is closed."""
        address = network_of(client_info_of(request, self._options.trusted_proxies)).id
        use = self._of_addresses.join(address)
        if use is None:
            return self._refuse(request)
        try:
            return await self._open(request, use)
        finally:
            self._of_addresses.leave(address)

    def _refuse(self, request: web.Request) -> web.Response:
        most, setting = self._of_addresses.most, "QUOTEGRAPH_MAX_SOCKETS_PER_ADDRESS"
        message = f"Your address has {most:,} WebSockets, as many as it may ({setting}). Close some."
        details = exceeded("sockets of an address", most, setting, found=most + 1)
        refused = rate_limited(message, RETRY_AFTER, **details)
        request[REQUEST_INFO].codes = codes_of([refused])
        return error_answer(request, refused, 429, JSON, {"Retry-After": str(RETRY_AFTER)})

    async def _open(self, request: web.Request, of_address: Use) -> web.StreamResponse:
        protocols = [messages.PROTOCOL] if messages.PROTOCOL in _offered(request) else []
        # Compression would cost three times the memory for each connection. Heartbeats are ours: a timer and a task for
        # each ping of each socket would cost more than all else that idle sockets do.
        response = _Response(
            protocols=protocols, max_msg_size=self._limits.bytes, compress=False, autoping=False, autoclose=False
        )
        writer = await response.prepare(request)
        transport = request.transport
        if transport is None:
            return response
        set_options(transport)
        rate = MessageRate(self._options.sockets.messages_per_second)
        socket = Socket(transport, writer.drain, self._options.unread_bytes, self.closed, rate)
        group = self._heartbeats.add(socket)
        try:
            await self._serve(request, response, socket, of_address)
        except ConnectionError:
            log.debug("the client of a socket has disconnected")
        finally:
            self._heartbeats.remove(socket, group)
            if socket.key is not None:
                self._keys.release(socket.key, socket)
            socket.end()
            if socket.use is not None and socket.key is not None:
                self._of_keys.leave(socket.key.caller.payer_id)
        return response

    async def _serve(
        self, request: web.Request, response: web.WebSocketResponse, socket: Socket, of_address: Use
    ) -> None:
        if self._is_closing:
            socket.close(CloseCode.GOING_AWAY, messages.SHUTTING_DOWN)
        elif response.ws_protocol is None:
            reason = f"Subprotocol not acceptable. Offer {messages.PROTOCOL}."
            socket.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, reason)
        self._bound(request, socket)
        late = asyncio.get_running_loop().call_later(self._options.socket_init_seconds, _close_late, socket)
        try:
            while (message := await response.receive()).type not in (WSMsgType.CLOSED, WSMsgType.ERROR):
                socket.was_heard = True
                if message.type is WSMsgType.CLOSE:
                    socket.end(answer_close=True)
                    return
                if message.type is not WSMsgType.PONG and not socket.is_closing:
                    await self._receive(request, socket, message)
                    await socket.read()
                # Who sends too fast is read more slowly, which costs less than closing and being connected to again.
                if wait := max(socket.messages.take(), (socket.use or of_address).messages.take()):
                    await asyncio.sleep(wait)
        finally:
            late.cancel()

    @staticmethod
    def _bound(request: web.Request, socket: Socket) -> None:
        """Bounds what comes before the client has authenticated."""
        if isinstance(request.protocol, BoundedHandler) and request.transport is not None:
            reason = f"Without a valid Authorization, a message has at most {LARGEST_PUBLIC_MESSAGE:,} bytes."
            socket.gate = Gate(request.transport, lambda: socket.close(CloseCode.UNAUTHORIZED, reason))
            request.protocol.bound(socket.gate)

    @staticmethod
    def _unbound(request: web.Request, socket: Socket) -> None:
        if isinstance(request.protocol, BoundedHandler) and socket.gate is not None:
            request.protocol.bound(None)
            socket.gate.open()
            socket.gate = None

    async def _receive(self, request: web.Request, socket: Socket, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            socket.write(frames.pong(message.data))
        elif message.type is WSMsgType.BINARY:
            socket.close(CloseCode.BAD_REQUEST, "Send messages as text, not binary.")
        elif message.type is WSMsgType.TEXT:
            await self._receive_text(request, socket, message.data)

    async def _receive_text(self, request: web.Request, socket: Socket, data: str) -> None:
        if socket.key is None and len(data) > LARGEST_PUBLIC_MESSAGE:
            reason = f"Without a valid Authorization, a message has at most {LARGEST_PUBLIC_MESSAGE:,} bytes."
            socket.close(CloseCode.UNAUTHORIZED, reason)
            return
        try:
            message = decoded(data, self._limits)
        except orjson.JSONDecodeError:
            socket.close(CloseCode.BAD_REQUEST, "Send messages as valid JSON.")
            return
        except TooMuch as much:
            socket.close(CloseCode.BAD_REQUEST, str(much))
            return
        if (problem := messages.problem_of(message)) is not None:
            socket.close(CloseCode.BAD_REQUEST, problem)
        elif message["type"] == "connection_init":
            await self._introduce(request, socket, message)
        elif message["type"] == "ping":
            socket.send(messages.pong(message.get("payload")))
        elif message["type"] == "subscribe":
            self._subscribe(socket, message["id"], message["payload"])
        elif message["type"] == "complete" and (operation := socket.take(message["id"])) is not None:
            operation.stop()

    async def _introduce(self, request: web.Request, socket: Socket, message: Mapping[str, Any]) -> None:
        if socket.has_introduced_itself:
            socket.close(CloseCode.TOO_MANY, "Too many initialisation requests")
            return
        socket.has_introduced_itself = True
        introduction = Introduction(message.get("payload"), request.headers)
        if socket.gate is not None:
            socket.gate.is_checking = True
        try:
            caller = await self._authenticator.admit(introduction.authorization, request, introduction.choice)
            socket.is_partial = introduction.is_partial
        except (Unauthorized, Forbidden) as refused:
            socket.refuse(refused)
            return
        except Refusal:
            socket.close(CloseCode.TOO_MANY, "Too many wrong keys came from here; connect again later")
            return
        except ValueError as unknown:
            socket.close(CloseCode.BAD_REQUEST, str(unknown))
            return
        except Exception as failure:
            if (out := what_is_out(failure)) is not None:
                socket.close(CloseCode.TRY_AGAIN_LATER, f"{out} cannot be used; connect again later")
            else:
                log.exception("internal error on a socket")
                socket.close(CloseCode.INTERNAL_ERROR, "Internal error")
            return
        if socket.is_closing:
            return
        if (use := self._of_keys.join(caller.payer_id)) is None:
            reason = f"This key has {self._of_keys.most:,} WebSockets (QUOTEGRAPH_MAX_SOCKETS_PER_KEY). Close some."
            socket.close(CloseCode.TOO_MANY, reason)
            return
        self._unbound(request, socket)
        socket.use = use
        socket.client = introduction.client
        socket.key = self._keys.hold(caller, socket)
        socket.send(messages.acknowledgement({"environment": str(caller.environment)}))

    def _subscribe(self, socket: Socket, id_: str, payload: Mapping[str, Any]) -> None:
        if socket.key is None:
            socket.close(CloseCode.UNAUTHORIZED, "Unauthorized")
        elif id_ in socket.operations:
            socket.close(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {id_} already exists")
        elif (problem := self._exceeded(socket)) is not None:
            refusal = self._engine.documented(Refusal(problem))
            socket.send(messages.error(id_, refusal.errors))
        else:
            Operation(id_, socket).start(self._engine, payload, socket.key.caller)

    def _exceeded(self, socket: Socket) -> GraphQLError | None:
        """Returns the error of an operation that would exceed a limit."""
        most = self._options.sockets.operations
        if len(socket.operations) >= most:
            return too_many_of_one(most)
        if socket.use is not None and not self._of_keys.may_begin(socket.use):
            return too_many_operations(self._of_keys)
        return None


def _offered(request: web.Request) -> list[str]:
    return [it.strip() for it in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]


def _close_late(socket: Socket) -> None:
    if not socket.has_introduced_itself:
        socket.close(CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout")
