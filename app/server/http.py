"""The HTTP side: POST, event streams and WebSocket on /graphql, the playground, and whether we are well."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import orjson
from aiohttp import web
from graphql import ExecutionResult, GraphQLError

from adapters.database.core.engine import Database
from app import playground
from app.server import cors
from app.server.auth import Authenticator
from app.server.bodies import TooMuch, decoded, too_long
from app.server.client_info import client_info_of
from app.server.engine import Engine, Request
from app.server.event_streams import EVENT_STREAM, EventStreams
from app.server.job_metrics import JobFigures
from app.server.malformed_requests import BROKEN, note, say_little
from app.server.metrics import Metrics
from app.server.outages import HEADERS as OUTAGE_HEADERS
from app.server.outages import SERVICE_UNAVAILABLE, unavailable
from app.server.readiness import Readiness
from app.server.refusals import Refusal
from app.server.request_log import ABOUT, LONGEST_NAME, RequestLog, codes_of
from app.server.sockets import SocketView
from domain.portal.public_keys import ClientInfo
from domain.shared.access import NOBODY, Caller, Forbidden, Unauthorized
from domain.shared.ids import new_id
from resolvers.errors import api_error, forbidden, unauthorized

log = logging.getLogger(__name__)

GRAPHQL_PATH = "/graphql"
LARGEST_BODY = 2 * 1024 * 1024
# As much as we read of somebody who shows no key.
LARGEST_PUBLIC_BODY = 64 * 1024
CHALLENGE = {"WWW-Authenticate": "Bearer"}
# What may succeed when it is sent again, with its HTTP status.
FOR_NOW = {SERVICE_UNAVAILABLE: 503, "RATE_LIMITED": 429}
RESPONSE_JSON = "application/graphql-response+json"


class Api:
    """The handlers, over what they need."""

    def __init__(
        self,
        engine: Engine,
        authenticator: Authenticator,
        database: Database,
        jobs: JobFigures,
        trusted_proxies: int = 0,
        largest_body: int = LARGEST_BODY,
    ) -> None:
        self._engine = engine
        self.largest_body = largest_body
        self._trusted_proxies = trusted_proxies
        self._doorkeeper = authenticator
        self.readiness = Readiness(database)
        self.requests = RequestLog()
        self._sockets: WeakSet[web.WebSocketResponse] = WeakSet()
        self._streams = EventStreams(engine, authenticator)
        self._view = SocketView(engine, authenticator, self._sockets, largest_body)
        self.metrics = Metrics(engine, jobs, authenticator, self.requests)
        self._page = playground.page(GRAPHQL_PATH)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket, or the playground for browsers."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._view(request)
        if "text/html" in request.headers.get("Accept", ""):
            headers = {"Content-Security-Policy": playground.CSP, "X-Content-Type-Options": "nosniff"}
            return web.Response(text=self._page, content_type="text/html", headers=headers)
        error = api_error("VALIDATION_ERROR", "Send operations by POST. GET serves the playground to browsers.")
        return _answer(ExecutionResult(None, [error]), 405, _media_type(request), {"Allow": "POST"})

    async def post(self, request: web.Request) -> web.StreamResponse:
        """One operation in, one answer out, or with `Accept: text/event-stream` a stream of them.

        What is refused for want of rights is a 403, whatever the media type, as a key that is not good is a 401.
        """
        media_type = _media_type(request)
        about = request[ABOUT]
        try:
            caller, operation = await self._asked(request)
            about.operation = operation.operation_name and operation.operation_name[:LONGEST_NAME]
            if EVENT_STREAM in request.headers.get("Accept", ""):
                return await self._streams.answer(request, operation, caller)
            result = await self._engine.execute(operation, caller, as_text=True)
        except Unauthorized as error:
            about.codes = ("UNAUTHORIZED",)
            return _answer(ExecutionResult(None, [unauthorized(str(error))]), 401, media_type, CHALLENGE)
        except Forbidden as error:
            about.codes = ("FORBIDDEN",)
            return _answer(ExecutionResult(None, [forbidden(str(error))]), 403, media_type)
        except BadRequest as bad:
            about.codes = codes_of([bad.error])
            return _answer(ExecutionResult(None, [bad.error]), bad.status, media_type)
        except TooMuch as much:
            about.codes = codes_of([much.error])
            return _answer(ExecutionResult(None, [much.error]), 413, media_type)
        except Refusal as refusal:
            about.codes = codes_of(refusal.errors)
            status = _refusal_status(refusal, media_type)
            headers = CHALLENGE if status == 401 else None
            return _answer(ExecutionResult(None, refusal.errors), status, media_type, headers)
        about.codes = codes_of(result.errors or ())
        if (again := _again(result)) is not None:
            status, headers = again
            return _answer(result, status, media_type, headers, begun=True)
        # Variables that do not fit are found when execution starts, and then there is no data at all.
        unstarted = result.data is None and result.errors and not any(error.path for error in result.errors)
        return _answer(
            result, 400 if unstarted and media_type == RESPONSE_JSON else 200, media_type, begun=not unstarted
        )

    async def _asked(self, request: web.Request) -> tuple[Caller, Request]:
        """Who asks, nobody in particular where anybody may, and what. Of strangers little is read, and of what they may
        not ask no more than shows that. Raises: Unauthorized, Forbidden, BadRequest, TooMuch, Refusal."""
        authorization = request.headers.get("Authorization")
        if authorization is None and (request.content_length or self.largest_body) <= LARGEST_PUBLIC_BODY:
            with suppress(BadRequest, TooMuch):
                operation = await self._operation(request, LARGEST_PUBLIC_BODY)
                if self._engine.is_public(operation):
                    request[ABOUT].key = NOBODY.key_id
                    return NOBODY, operation
        caller = await self._doorkeeper.admit(authorization)
        request[ABOUT].key = caller.key_id
        return caller, await self._operation(request, self.largest_body)

    async def _operation(self, request: web.Request, most_bytes: int) -> Request:
        return await _read(request, client_info_of(request, self._trusted_proxies), most_bytes)

    async def health(self, _request: web.Request) -> web.Response:
        """Whether the process answers."""
        return web.json_response({"status": "ok"})

    async def close_sockets(self, _app: web.Application) -> None:
        """Say goodbye, so that clients connect again elsewhere."""
        self._streams.close()
        closing = [socket.close(code=1001, message=b"The server is shutting down") for socket in set(self._sockets)]
        await asyncio.gather(*closing, return_exceptions=True)


class BadRequest(Exception):
    """A request that holds no operation."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error = api_error("VALIDATION_ERROR", message)
        self.status = status


def build_app(
    api: Api,
    closing: Callable[[], None],
    more: Iterable[web.AbstractRouteDef] = (),
    origins: frozenset[str] = frozenset(),
) -> web.Application:
    """The application, with `more` routes; `closing` is called when it begins to shut down. Pages of `origins` may call
    the API from browsers."""

    async def shut_down(app: web.Application) -> None:
        closing()
        await api.close_sockets(app)

    say_little()
    app = web.Application(
        client_max_size=api.largest_body,
        middlewares=[api.requests.middleware, _last_resort, _plain],
        # aiohttp would unpack a body as it arrives, whoever sends it and whether or not anybody reads it.
        handler_args={"auto_decompress": False},
    )
    app.router.add_get(GRAPHQL_PATH, api.get)
    app.router.add_post(GRAPHQL_PATH, api.post)
    app.router.add_get("/healthz", api.health)
    app.router.add_get("/readyz", api.readiness.get)
    app.router.add_get("/metrics", api.metrics.get)
    app.router.add_get("/", _to_playground)
    app.add_routes(playground.routes())
    app.add_routes(more)
    cors.allow(app, GRAPHQL_PATH, origins)
    app.on_shutdown.append(shut_down)
    return app


async def _to_playground(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(GRAPHQL_PATH)


@web.middleware
async def _last_resort(request: web.Request, handler: Any) -> web.StreamResponse:
    """What nobody foresaw is told as an error of ours, without its text."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception as failure:
        if (outage := unavailable(failure)) is not None:
            request[ABOUT].codes = (SERVICE_UNAVAILABLE,)
            return _answer(ExecutionResult(None, [outage]), 503, _media_type(request), OUTAGE_HEADERS)
        if isinstance(failure, BROKEN):
            note(request.remote, failure)
            broken = api_error("VALIDATION_ERROR", "The request breaks off, or its body cannot be read.")
            request[ABOUT].codes = codes_of([broken])
            return _answer(ExecutionResult(None, [broken]), 400, _media_type(request))
        reference = new_id()
        log.exception("internal error %s at %s %s", reference, request.method, request.path)
        error = api_error("INTERNAL_ERROR", "Something went wrong on our side.", reference=reference)
        return _answer(ExecutionResult(None, [error]), 500, _media_type(request))


@web.middleware
async def _plain(request: web.Request, handler: Any) -> web.StreamResponse:
    """Bodies are taken as they are: of 600 kB that unpack to 600 MB a stranger would keep everybody waiting."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        error = api_error("VALIDATION_ERROR", "Send the body as it is, without `Content-Encoding`.")
        return _answer(ExecutionResult(None, [error]), 415, _media_type(request), {"Accept-Encoding": "identity"})
    response: web.StreamResponse = await handler(request)
    return response


async def _read(request: web.Request, client_info: ClientInfo, most_bytes: int) -> Request:
    """The operation of a POST. Raises: BadRequest, TooMuch."""
    if request.content_type != "application/json":
        raise BadRequest("Send JSON, with the header `Content-Type: application/json`.", 415)
    try:
        sent = decoded(await request.read(), most_bytes)
    except web.HTTPRequestEntityTooLarge as large:
        raise too_long(request.content_length or most_bytes + 1, most_bytes) from large
    except orjson.JSONDecodeError:
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(sent, dict):
        raise BadRequest('Send one object, such as {"query": "{ viewer { environment } }"}.')
    query, variables, name = sent.get("query"), sent.get("variables"), sent.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("Send the operation as text in `query`.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("Send `variables` as an object.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("Send `operationName` as text.")
    return Request(query, variables, name or None, request.headers.get("Idempotency-Key"), client_info)


def _media_type(request: web.Request) -> str:
    accepted = request.headers.get("Accept", "")
    return RESPONSE_JSON if RESPONSE_JSON in accepted or EVENT_STREAM in accepted else "application/json"


def _refusal_status(refusal: Refusal, media_type: str) -> int:
    codes = {(error.extensions or {}).get("code") for error in refusal.errors}
    if "FORBIDDEN" in codes:
        return 403
    if "UNAUTHORIZED" in codes:
        return 401
    # Older clients cannot read an answer that is not a 200 (GraphQL over HTTP, application/json).
    return 400 if media_type == RESPONSE_JSON else 200


def _again(result: ExecutionResult) -> tuple[int, dict[str, str]] | None:
    """The status and the headers of an answer that failed for now; None of any other. What has some data is a 200."""
    failed = [it.extensions for it in result.errors or () if (it.extensions or {}).get("code") in FOR_NOW]
    if not failed or failed[0] is None:
        return None
    nothing = not any((result.data or {}).values())
    after = failed[0].get("retryAfter")
    return FOR_NOW[failed[0]["code"]] if nothing else 200, {} if after is None else {"Retry-After": str(after)}


def _answer(
    result: ExecutionResult,
    status: int,
    media_type: str,
    headers: dict[str, str] | None = None,
    begun: bool | None = None,
) -> web.Response:
    body: dict[str, Any] = {}
    if result.data is not None or begun:
        body["data"] = result.data
    if result.errors:
        body["errors"] = [_formatted(error) for error in result.errors]
    return web.Response(
        body=orjson.dumps(body), status=status, content_type=media_type, charset="utf-8", headers=headers
    )


def _formatted(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)
