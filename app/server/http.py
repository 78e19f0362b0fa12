"""The HTTP server: POST, event streams and WebSockets on /graphql, the schema, the playground, and health checks."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web
from graphql import ExecutionResult, OperationType

from adapters.database.core.engine import Database
from app import playground
from app.rest.routes import Rest
from app.server import cors, safe_headers
from app.server.admission import AdmissionMetrics
from app.server.answers import (
    CHALLENGE,
    answer,
    error_answer,
    refusal_headers,
    refusal_status,
    temporary_failure,
)
from app.server.auth import Authenticator
from app.server.batches import Batches
from app.server.bodies import BodyLimits, TooMuch, too_long, without_a_key
from app.server.buckets import headers as rate_limit_headers
from app.server.client_info import client_info_of
from app.server.compression import compress_answers
from app.server.connections.metrics import ConnectionMetrics
from app.server.connections.register import Connections
from app.server.connections.runner import BodyTooLate
from app.server.credentials.refusals import forbidden_by, unauthorized_by
from app.server.documentation import Documentation
from app.server.door import Door
from app.server.engine import Engine
from app.server.error_docs import ERROR_DOCS, ErrorDocs
from app.server.incremental_format import WITH_PATHS
from app.server.job_metrics import JobMetrics
from app.server.key_watch import KeyWatch
from app.server.malformed_requests import CLIENT_ERRORS, harden_aiohttp, log_malformed_request
from app.server.media_types import JSON, RESPONSE_JSON, Accepted
from app.server.metrics import Metrics
from app.server.options import ServerOptions
from app.server.outages import HEADERS as OUTAGE_HEADERS
from app.server.outages import SERVICE_UNAVAILABLE, unavailable
from app.server.playground_page import PlaygroundPage
from app.server.readiness import Readiness
from app.server.reading import BadRequest, of_body, of_query
from app.server.refusals import Refusal
from app.server.request_log import LONGEST_NAME, REQUEST_INFO, RequestLog, codes_of, path_template
from app.server.requests import Request
from app.server.schema_file import SCHEMA_PATH, SchemaFile
from app.server.sockets.handler import Sockets, is_handshake
from app.server.sockets.limits import uses_of_keys
from app.server.sockets.metrics import SocketMetrics
from app.server.streams.answers import EventStreams
from app.server.streams.formats import EventStreamFormat, MultipartFormat
from app.server.streams.open_streams import OpenStreams
from app.server.streams.shared_streams import METHODS as STREAM_METHODS
from app.server.streams.shared_streams import SharedStreams
from app.server.streams.tickets import StreamTickets, require_subscription, ticket_of
from domain.shared.access import NOBODY, Caller, Forbidden, Unauthorized
from domain.shared.ids import new_id
from resolvers.errors import api_error, exceeded

log = logging.getLogger(__name__)

GRAPHQL_PATH = "/graphql"
# Some clients and proxies end a path with a slash.
GRAPHQL_PATHS = (GRAPHQL_PATH, f"{GRAPHQL_PATH}/")
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
# For those who run the server, and no page of another origin.
OPERATING_PATHS = ("/healthz", "/readyz", "/metrics")


class Api:
    """The request handlers."""

    def __init__(
        self,
        engine: Engine,
        authenticator: Authenticator,
        tickets: StreamTickets,
        database: Database,
        jobs: JobMetrics,
        docs: ErrorDocs,
        connections: Connections,
        options: ServerOptions = ServerOptions(),
    ) -> None:
        self._engine = engine
        self.docs = docs
        self.origins = options.origins
        self.largest_body = options.body.bytes
        self.trusted_proxies = options.trusted_proxies
        self.hsts_seconds = options.hsts_seconds
        self.rate_limits = engine.rate_limits
        self._options = options
        self._batches = Batches(engine, options.largest_answer)
        self._authenticator = authenticator
        self._tickets = tickets
        self.readiness = Readiness(database)
        self.requests = RequestLog()
        self._key_watch = KeyWatch(authenticator)
        self._open_streams = OpenStreams(self._key_watch)
        uses, unread = uses_of_keys(options.sockets), options.unread_bytes
        self._streams = EventStreams(engine, self._open_streams, uses, unread)
        self._shared_streams = SharedStreams(engine, authenticator, self._open_streams, uses, options)
        self.sockets = Sockets(engine, authenticator, self._key_watch, uses, options)
        more = [ConnectionMetrics(connections), SocketMetrics(self.sockets), AdmissionMetrics(engine.admission)]
        self.metrics = Metrics(engine, jobs, authenticator, self.requests, more)
        self.door = Door(GRAPHQL_PATHS, engine.admission, engine, self.requests, options.trusted_proxies)
        self.page = PlaygroundPage(GRAPHQL_PATH)
        self.rest = Rest(engine, authenticator, options)
        self.schema_file = SchemaFile(authenticator, engine.disclosure)
        self.documentation = Documentation(engine.disclosure)

    def offer_keys(self, demo_keys: Mapping[str, str]) -> None:
        """Shows the public keys of a demo on the playground, to choose from."""
        self.page.offer_keys(demo_keys)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Opens a WebSocket, returns the playground to browsers, or answers a query in the URL."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            if is_handshake(request):
                return await self.sockets.answer(request)
            broken = api_error("VALIDATION_ERROR", "This is not a valid handshake of a WebSocket (RFC 6455).")
            request[REQUEST_INFO].codes = codes_of([broken])
            return error_answer(request, broken, 400, JSON)
        if Accepted.of(request).prefers_page:
            return await self.page.get()
        return await self.answer(request)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Runs one operation, or a batch. Returns its answer, or a stream if the client accepts one.

        A missing scope is a 403 and an invalid key a 401, whatever the media type.
        """
        accepted = Accepted.of(request)
        media_type = accepted.json
        about = request[REQUEST_INFO]
        try:
            if self._shared_streams.is_about_a_stream(request):
                return await self._shared_streams.answer(request)
            caller, operation = await self._caller_and_operation(request, accepted)
            if isinstance(operation, list):
                if ticket_of(request) is not None:
                    require_subscription(None)
                return await self._batches.answer(request, operation, caller)
            by_get = request.method != "POST"
            streams = accepted.stream or accepted.multipart
            kind = self._engine.kind_of(operation, caller) if by_get or streams else None
            if ticket_of(request) is not None:
                require_subscription(kind)
            if by_get and kind is OperationType.MUTATION:
                raise BadRequest("Send mutations by POST. GET is for queries only.", 405, {"Allow": "POST"})
            if self._shared_streams.is_for_a_stream(request):
                return await self._shared_streams.start(request, operation, caller)
            if kind is OperationType.SUBSCRIPTION and accepted.multipart:
                return await self._streams.answer(request, operation, caller, MultipartFormat())
            if accepted.stream and (accepted.prefers_stream or kind is OperationType.SUBSCRIPTION):
                return await self._streams.answer(request, operation, caller, EventStreamFormat())
            if accepted.incremental and self._engine.is_incremental(operation, caller):
                streams_lists = accepted.incremental != WITH_PATHS
                later = await self._engine.execute_incrementally(operation, caller, streams_lists)
                if later.whole is None:
                    return await self._streams.answer_incrementally(request, later, caller, accepted.incremental)
                result = later.whole
            else:
                result = await self._engine.execute(operation, caller, as_json=True)
        except Unauthorized as error:
            about.codes = ("UNAUTHORIZED",)
            return error_answer(request, unauthorized_by(error), 401, media_type, CHALLENGE)
        except Forbidden as error:
            about.codes = ("FORBIDDEN",)
            return error_answer(request, forbidden_by(error), 403, media_type)
        except BadRequest as bad:
            about.codes = codes_of([bad.error])
            return error_answer(request, bad.error, bad.status, media_type, bad.headers)
        except TooMuch as much:
            about.codes = codes_of([much.error])
            return error_answer(request, much.error, 413, media_type)
        except Refusal as refusal:
            about.codes = codes_of(refusal.errors)
            on_stream = self._shared_streams.is_for_a_stream(request)
            status = refusal_status(refusal, RESPONSE_JSON if on_stream else media_type)
            if accepted.prefers_stream and status not in (401, 403, 429, 503):
                return await self._streams.refuse(request, refusal)
            headers = refusal_headers(refusal, status)
            return answer(request, ExecutionResult(None, refusal.errors), status, media_type, headers)
        about.codes = codes_of(result.errors or ())
        if (temporary := temporary_failure(result)) is not None:
            status, headers = temporary
            return answer(request, result, status, media_type, headers, started=True)
        # Invalid variables are found when execution starts; the answer then has no data at all.
        unstarted = result.data is None and result.errors and not any(error.path for error in result.errors)
        status = 400 if unstarted and media_type == RESPONSE_JSON else 200
        return answer(request, result, status, media_type, started=not unstarted)

    async def _caller_and_operation(
        self, request: web.Request, accepted: Accepted
    ) -> tuple[Caller, Request | list[Request]]:
        """Returns the caller and the operation, or the operations of a batch. The caller is NOBODY for a public
        operation without a key. Without a key, only a short body is read.

        Raises: Unauthorized, Forbidden, BadRequest, TooMuch, Refusal.
        """
        authorization, ticket = request.headers.get("Authorization"), ticket_of(request)
        if authorization is None and ticket is None and (public := await self._public(request)) is not None:
            request[REQUEST_INFO].know(NOBODY, public.client_info)
            return NOBODY, public
        if ticket is not None:
            caller = await self._tickets.admit(ticket, accepted, request)
        else:
            caller = await self._authenticator.admit(authorization, request)
        request[REQUEST_INFO].know(caller)
        return caller, await self._operation(request, caller, self._options.body)

    async def _public(self, request: web.Request) -> Request | None:
        """Returns an operation that needs no API key; None if there is none. Raises: Refusal, if it is too large to be
        looked at without one."""
        limits, length = self._options.public_body, request.content_length
        try:
            if length is None and request.can_read_body:
                return None
            if (length or 0) > limits.bytes:
                raise too_long(length or 0, limits)
            with suppress(BadRequest):
                operation = await self._operation(request, NOBODY, limits)
                return await self._engine.public(operation) if isinstance(operation, Request) else None
        except TooMuch as much:
            self._authenticator.count_refused("missing")
            raise Refusal(without_a_key(much)) from None
        return None

    async def _operation(self, request: web.Request, caller: Caller, limits: BodyLimits) -> Request | list[Request]:
        client_info = client_info_of(request, self._options.trusted_proxies)
        if request.method == "POST":
            sent = await of_body(request, client_info, limits, self._options.batching)
        else:
            sent = of_query(request, client_info, limits)
        if isinstance(sent, list):
            return sent
        request[REQUEST_INFO].operation = sent.operation_name and sent.operation_name[:LONGEST_NAME]
        return await self._engine.with_document(sent, caller)

    async def health(self, _request: web.Request) -> web.Response:
        """Answers as long as the process is running."""
        return web.json_response({"status": "ok"})

    async def close_sockets(self, _app: web.Application) -> None:
        """Closes all sockets and streams at shutdown, so that clients reconnect to another process."""
        await self._engine.feed.close()
        self._open_streams.close()
        self.sockets.close()


def build_app(
    api: Api,
    closing: Callable[[], None],
    more: Collection[web.RouteDef] = (),
) -> web.Application:
    """Builds the application with `more` routes. `closing` is called when the shutdown starts."""

    async def shut_down(app: web.Application) -> None:
        closing()
        await api.close_sockets(app)

    harden_aiohttp()
    app = web.Application(
        client_max_size=api.largest_body,
        middlewares=[
            api.door.middleware,
            api.requests.middleware,
            compress_answers,
            _handle_errors,
            _refuse_compression,
        ],
        # Otherwise aiohttp decompresses every body, even those that are never read.
        handler_args={"auto_decompress": False},
    )
    app[ERROR_DOCS] = api.docs
    for path in GRAPHQL_PATHS:
        app.router.add_get(path, api.get)
        for method in ("POST", *STREAM_METHODS):
            app.router.add_route(method, path, api.answer)
        app.router.add_route("OPTIONS", path, cors.options(METHODS, api.origins))
    app.router.add_get(SCHEMA_PATH, api.schema_file.get)
    app.add_routes(api.documentation.routes())
    app.router.add_get("/healthz", api.health)
    app.router.add_get("/readyz", api.readiness.get)
    app.router.add_get("/metrics", api.metrics.get)
    app.router.add_get("/", _to_playground)
    app.add_routes(playground.routes())
    routes = [*api.rest.routes(), *more]
    app.add_routes([*routes, *_options(routes, api.origins)])
    cors.allow(app, OPERATING_PATHS, api.origins)
    safe_headers.add(app, api.hsts_seconds)
    rate_limit_headers.show(app, api.rate_limits, OPERATING_PATHS, api.trusted_proxies)
    app.on_shutdown.append(shut_down)
    return app


def _options(routes: Iterable[web.RouteDef], origins: frozenset[str]) -> Iterable[web.RouteDef]:
    """Returns routes of OPTIONS for the paths of these: without them a page cannot read a PDF with its key."""
    methods: dict[str, set[str]] = {}
    for route in routes:
        known = methods.setdefault(route.path, {"OPTIONS"})
        known.update({"GET", "HEAD"} if route.method == "GET" else {route.method})
    return [web.options(path, cors.options(allowed, origins)) for path, allowed in methods.items()]


async def _to_playground(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(GRAPHQL_PATH)


@web.middleware
async def _handle_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answers unexpected errors with INTERNAL_ERROR, without the text of the error."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as refused:
        return _no_such(request, refused)
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception as failure:
        if (outage := unavailable(failure)) is not None:
            request[REQUEST_INFO].codes = (SERVICE_UNAVAILABLE,)
            return error_answer(request, outage, 503, Accepted.of(request).json, OUTAGE_HEADERS)
        if isinstance(failure, BodyTooLate):
            return _late(request, failure)
        if isinstance(failure, CLIENT_ERRORS):
            log_malformed_request(request.remote, failure)
            broken = api_error("VALIDATION_ERROR", "The request is incomplete, or its body cannot be read.")
            request[REQUEST_INFO].codes = codes_of([broken])
            return error_answer(request, broken, 400, Accepted.of(request).json)
        reference = new_id()
        log.exception("internal error %s at %s %s", reference, request.method, path_template(request))
        error = api_error("INTERNAL_ERROR", "Something went wrong on our side.", reference=reference)
        return error_answer(request, error, 500, Accepted.of(request).json)


def _late(request: web.Request, failure: BodyTooLate) -> web.Response:
    """Answers a request whose body has not come in time. The connection cannot carry another one."""
    setting = "QUOTEGRAPH_REQUEST_SECONDS"
    message = f"The body of the request did not arrive in time: within {failure.seconds:g} seconds ({setting})."
    late = api_error("VALIDATION_ERROR", message, None, **exceeded("request seconds", failure.seconds, setting))
    request[REQUEST_INFO].codes = codes_of([late])
    response = error_answer(request, late, 408, Accepted.of(request).json)
    response.force_close()
    return response


def _no_such(request: web.Request, refused: web.HTTPNotFound | web.HTTPMethodNotAllowed) -> web.Response:
    """Answers an unknown path or method in JSON, as all other errors."""
    if isinstance(refused, web.HTTPNotFound):
        error = api_error("NOT_FOUND", f"There is nothing at this path. The API is at {GRAPHQL_PATH}.")
        return error_answer(request, error, 404, JSON)
    allowed = ", ".join(sorted(refused.allowed_methods))
    error = api_error("VALIDATION_ERROR", f"Use {allowed} here, not {refused.method[:20]}.")
    return error_answer(request, error, 405, Accepted.of(request).json, {"Allow": allowed})


@web.middleware
async def _refuse_compression(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuses compressed bodies: decompressing 600 kB to 600 MB would block all other requests."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        error = api_error("VALIDATION_ERROR", "Send the body uncompressed, without `Content-Encoding`.")
        return error_answer(request, error, 415, Accepted.of(request).json, {"Accept-Encoding": "identity"})
    response: web.StreamResponse = await handler(request)
    return response
