"""The routes of the REST API: each request is authenticated, its endpoint runs its document, and the answer is written.

A document runs as any operation does, so that scopes, rules, limits and points are those of the graph.
"""

from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from app.rest import assets, decisions, device_actions, devices, employees, errors, kits, products, quotes, webhooks
from app.rest.calls import Calls
from app.rest.endpoints import Endpoint, Sent
from app.rest.errors import NO_NAMES, PREFIX, Refused, of_graph
from app.rest.fields import Fields, Parameters
from app.server.auth import Authenticator
from app.server.bodies import TooMuch, decoded, too_long
from app.server.engine import Engine
from app.server.options import ServerOptions
from app.server.refusals import Refusal
from app.server.request_log import REQUEST_INFO
from domain.shared.access import Forbidden, Unauthorized

ENDPOINTS: tuple[Endpoint, ...] = (
    *quotes.ENDPOINTS,
    *decisions.ENDPOINTS,
    *assets.ENDPOINTS,
    *device_actions.ENDPOINTS,
    *devices.ENDPOINTS,
    *products.ENDPOINTS,
    *kits.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *employees.ENDPOINTS,
)


class Rest:
    """The request handlers."""

    def __init__(self, engine: Engine, authenticator: Authenticator, options: ServerOptions) -> None:
        self._calls = Calls(engine, options.trusted_proxies)
        self._authenticator = authenticator
        self._limits = options.body

    def routes(self) -> Iterable[web.RouteDef]:
        for endpoint in ENDPOINTS:
            handler = self._handler(endpoint)
            # A list and an object answer HEAD too.
            make = web.get if endpoint.method == "GET" else partial(web.route, endpoint.method)
            yield make(PREFIX + endpoint.path, handler)

    def _handler(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await self._answer(request, endpoint)
            except Unauthorized as error:
                refused = Refused("UNAUTHORIZED", str(error), headers={"WWW-Authenticate": "Bearer"})
            except Forbidden as error:
                refused = Refused("FORBIDDEN", str(error))
            except Refusal as refusal:
                refused = of_graph(refusal.errors, NO_NAMES)
            except TooMuch as much:
                found = of_graph([much.error], NO_NAMES)
                refused = Refused(found.code, found.message, found.details, status=413)
            except Refused as raised:
                refused = raised
            request[REQUEST_INFO].codes = (refused.code,)
            return errors.answer(refused)

        return handle

    async def _answer(self, request: web.Request, endpoint: Endpoint) -> web.Response:
        caller = await self._authenticator.admit(request.headers.get("Authorization"), request)
        request[REQUEST_INFO].know(caller)
        body = await self._body(request) if endpoint.has_body else {}
        sent = Sent(request.match_info, Parameters(request.query), Fields(body))
        request[REQUEST_INFO].operation = endpoint.operation(sent)
        answered = await endpoint.answer(self._calls.of(request, caller), sent)
        return web.Response(
            body=as_json(answered),
            status=endpoint.status,
            content_type="application/json",
            charset="utf-8",
            headers=errors.HEADERS,
        )

    async def _body(self, request: web.Request) -> dict[str, Any]:
        """The body of a request. Raises: Refused, TooMuch."""
        if request.content_type != "application/json":
            message = "Send JSON, with the header `Content-Type: application/json`."
            raise Refused("VALIDATION_ERROR", message, status=415)
        try:
            sent = decoded(await request.read(), self._limits)
        except web.HTTPRequestEntityTooLarge as large:
            raise too_long(request.content_length or self._limits.bytes + 1, self._limits) from large
        except orjson.JSONDecodeError:
            raise Refused("VALIDATION_ERROR", "The body is not valid JSON.") from None
        if not isinstance(sent, dict):
            raise Refused("VALIDATION_ERROR", "Send one JSON object.")
        return sent


def as_json(value: Any) -> bytes:
    """The body of an answer."""
    return orjson.dumps(value, default=_number)


def _number(value: Any) -> Any:
    """A decimal as a number with all its digits, which a float might not have."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value.normalize(), "f"))
    raise TypeError(type(value).__name__)
