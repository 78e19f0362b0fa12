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
from app.server.bodies import TooMuch
from app.server.client_info import client_info_of
from app.server.engine import Engine, Request
from app.server.event_streams import EventStreams
from app.server.job_metrics import JobFigures
from app.server.malformed_requests import BROKEN, note, say_little
from app.server.media_types import JSON, RESPONSE_JSON, Accepted
from app.server.metrics import Metrics
from app.server.outages import HEADERS as OUTAGE_HEADERS
from app.server.outages import SERVICE_UNAVAILABLE, unavailable
from app.server.readiness import Readiness
from app.server.reading import BadRequest, of_body, of_query
from app.server.refusals import Refusal
from app.server.request_log import ABOUT, LONGEST_NAME, RequestLog, codes_of
from app.server.sockets import SocketView
from domain.shared.access import NOBODY, Caller, Forbidden, Unauthorized
from domain.shared.ids import new_id
from resolvers.errors import api_error, forbidden, unauthorized

log = logging.getLogger(__name__)

GRAPHQL_PATH = "/graphql"
# Some clients and proxies end a path with a slash.
GRAPHQL_PATHS = (GRAPHQL_PATH, f"{GRAPHQL_PATH}/")
METHODS = {"Allow": "GET, HEAD, OPTIONS, POST"}
# What is answered depends on who asks and for what, and is nobody else's.
VARIES = {"Vary": "Accept, Authorization"}
LARGEST_BODY = 2 * 1024 * 1024
# As much as we read of somebody who shows no key.
LARGEST_PUBLIC_BODY = 64 * 1024
CHALLENGE = {"WWW-Authenticate": "Bearer"}
# What may succeed when it is sent again, with its HTTP status.
FOR_NOW = {SERVICE_UNAVAILABLE: 503, "RATE_LIMITED": 429}


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
        origins: frozenset[str] = frozenset(),
    ) -> None:
        self._engine = engine
        self.origins = origins
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
        """A WebSocket, the playground for browsers, or the answer to a query in the address."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._view(request)
        if Accepted.of(request).prefers_page:
            headers = {"Content-Security-Policy": playground.CSP, "X-Content-Type-Options": "nosniff"} | VARIES
            return web.Response(text=self._page, content_type="text/html", headers=headers)
        return await self.answer(request)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One operation in, one answer out, or a stream of them where the client accepts one.

        What is refused for want of rights is a 403, whatever the media type, as a key that is not good is a 401.
        """
        accepted = Accepted.of(request)
        media_type = accepted.json
        about = request[ABOUT]
        try:
            caller, operation = await self._asked(request)
            about.operation = operation.operation_name and operation.operation_name[:LONGEST_NAME]
            if accepted.stream and (accepted.prefers_stream or self._engine.subscribes(operation, caller)):
                return await self._streams.answer(request, operation, caller)
            if request.method != "POST" and self._engine.changes(operation, caller):
                raise BadRequest("Send mutations by POST. GET is for queries.", 405, {"Allow": "POST"})
            result = await self._engine.execute(operation, caller, as_json=True)
        except Unauthorized as error:
            about.codes = ("UNAUTHORIZED",)
            return _answer(ExecutionResult(None, [unauthorized(str(error))]), 401, media_type, CHALLENGE)
        except Forbidden as error:
            about.codes = ("FORBIDDEN",)
            return _answer(ExecutionResult(None, [forbidden(str(error))]), 403, media_type)
        except BadRequest as bad:
            about.codes = codes_of([bad.error])
            return _answer(ExecutionResult(None, [bad.error]), bad.status, media_type, bad.headers)
        except TooMuch as much:
            about.codes = codes_of([much.error])
            return _answer(ExecutionResult(None, [much.error]), 413, media_type)
        except Refusal as refusal:
            about.codes = codes_of(refusal.errors)
            status = _refusal_status(refusal, media_type)
            if accepted.prefers_stream and status not in (401, 403):
                return await self._streams.refuse(request, refusal)
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
        client_info = client_info_of(request, self._trusted_proxies)
        if request.method == "POST":
            return await of_body(request, client_info, most_bytes)
        return of_query(request, client_info, most_bytes)

    async def options(self, request: web.Request) -> web.Response:
        """What may be sent here, and to a page of another origin, whether it may send it."""
        return web.Response(status=204, headers=METHODS | cors.preflight(request, self.origins))

    async def health(self, _request: web.Request) -> web.Response:
        """Whether the process answers."""
        return web.json_response({"status": "ok"})

    async def close_sockets(self, _app: web.Application) -> None:
        """Say goodbye, so that clients connect again elsewhere."""
        self._streams.close()
        closing = [socket.close(code=1001, message=b"The server is shutting down") for socket in set(self._sockets)]
        await asyncio.gather(*closing, return_exceptions=True)


def build_app(
    api: Api,
    closing: Callable[[], None],
    more: Iterable[web.AbstractRouteDef] = (),
) -> web.Application:
    """The application, with `more` routes; `closing` is called when it begins to shut down."""

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
    for path in GRAPHQL_PATHS:
        app.router.add_get(path, api.get)
        app.router.add_post(path, api.answer)
        app.router.add_route("OPTIONS", path, api.options)
    app.router.add_get("/healthz", api.health)
    app.router.add_get("/readyz", api.readiness.get)
    app.router.add_get("/metrics", api.metrics.get)
    app.router.add_get("/", _to_playground)
    app.add_routes(playground.routes())
    app.add_routes(more)
    cors.allow(app, GRAPHQL_PATHS, api.origins)
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
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as refused:
        return _no_such(request, refused)
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception as failure:
        if (outage := unavailable(failure)) is not None:
            request[ABOUT].codes = (SERVICE_UNAVAILABLE,)
            return _answer(ExecutionResult(None, [outage]), 503, Accepted.of(request).json, OUTAGE_HEADERS)
        if isinstance(failure, BROKEN):
            note(request.remote, failure)
            broken = api_error("VALIDATION_ERROR", "The request breaks off, or its body cannot be read.")
            request[ABOUT].codes = codes_of([broken])
            return _answer(ExecutionResult(None, [broken]), 400, Accepted.of(request).json)
        reference = new_id()
        log.exception("internal error %s at %s %s", reference, request.method, request.path)
        error = api_error("INTERNAL_ERROR", "Something went wrong on our side.", reference=reference)
        return _answer(ExecutionResult(None, [error]), 500, Accepted.of(request).json)


def _no_such(request: web.Request, refused: web.HTTPNotFound | web.HTTPMethodNotAllowed) -> web.Response:
    """No such path, or no such method there: in JSON, as everything else that is refused."""
    if isinstance(refused, web.HTTPNotFound):
        error = api_error("NOT_FOUND", f"There is nothing at this path. The API is at {GRAPHQL_PATH}.")
        return _answer(ExecutionResult(None, [error]), 404, JSON)
    allowed = ", ".join(sorted(refused.allowed_methods))
    error = api_error("VALIDATION_ERROR", f"Use {allowed} here, not {refused.method[:20]}.")
    return _answer(ExecutionResult(None, [error]), 405, Accepted.of(request).json, {"Allow": allowed})


@web.middleware
async def _plain(request: web.Request, handler: Any) -> web.StreamResponse:
    """Bodies are taken as they are: of 600 kB that unpack to 600 MB a stranger would keep everybody waiting."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        error = api_error("VALIDATION_ERROR", "Send the body as it is, without `Content-Encoding`.")
        return _answer(ExecutionResult(None, [error]), 415, Accepted.of(request).json, {"Accept-Encoding": "identity"})
    response: web.StreamResponse = await handler(request)
    return response


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
        body=orjson.dumps(body),
        status=status,
        content_type=media_type,
        charset="utf-8",
        headers={"Cache-Control": "no-store", **VARIES, **(headers or {})},
    )


def _formatted(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)
