"""Reads the operation of a request from a JSON body or the parameters of the URL (GraphQL over HTTP)."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from aiohttp import web

from app.server.bodies import BodyLimits, TooMuch, decoded, too_long
from app.server.costs import HEADER as COST_HEADER
from app.server.costs import wanted_details
from app.server.partial_answers import HEADER, wants_partial
from app.server.persisted_documents import IDENTIFIERS, document_name
from app.server.requests import Request
from app.server.usage import NAME_HEADERS, NO_CLIENT, VERSION_HEADERS, Client, client_of
from domain.portal.public_keys import ClientInfo
from resolvers.errors import api_error, exceeded

BATCHING_SETTING = "QUOTEGRAPH_BATCHING"
EXAMPLE = '{"query": "{ viewer { environment } }"}'


class BadRequest(Exception):
    """The request contains no valid operation, or one that may not be sent with this method."""

    def __init__(
        self,
        message: str,
        status: int = 400,
        headers: dict[str, str] | None = None,
        code: str = "VALIDATION_ERROR",
        limit: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.error = api_error(code, message, None, **(limit or {}))
        self.status = status
        self.headers = headers


async def of_body(
    request: web.Request, client_info: ClientInfo, limits: BodyLimits, batching: int = 0
) -> Request | list[Request]:
    """Reads the operation of a POST, or at most `batching` operations. Raises: BadRequest, TooMuch, Refusal."""
    if request.content_type != "application/json":
        raise BadRequest("Send JSON, with the header `Content-Type: application/json`.", 415)
    if (length := request.content_length or 0) > limits.bytes:
        # Nothing of it is held in memory.
        raise too_long(length, limits)
    try:
        sent = decoded(await request.read(), limits)
    except web.HTTPRequestEntityTooLarge as large:
        raise too_long(request.content_length or limits.bytes + 1, limits) from large
    except orjson.JSONDecodeError:
        raise BadRequest("The body is not valid JSON.") from None
    if isinstance(sent, list):
        return [_operation(_object(it), request, client_info) for it in _batch(sent, batching)]
    return _operation(_object(sent), request, client_info)


def _object(sent: Any) -> Mapping[str, Any]:
    if not isinstance(sent, dict):
        raise BadRequest(f"Send one JSON object, such as {EXAMPLE}.")
    return sent


def _batch(sent: list[Any], most: int) -> list[Any]:
    if most == 0:
        message = f"Batches are switched off ({BATCHING_SETTING}). Send each operation by itself, as in {EXAMPLE}."
        raise BadRequest(message, limit=exceeded("operations", most, BATCHING_SETTING, found=len(sent)))
    if len(sent) > most:
        message = f"A batch has at most {most} operations ({BATCHING_SETTING})."
        raise TooMuch("operations", len(sent), most, message, BATCHING_SETTING)
    if not sent:
        raise BadRequest(f"Send at least one operation, as in [{EXAMPLE}].")
    return sent


def of_query(request: web.Request, client_info: ClientInfo, limits: BodyLimits) -> Request:
    """Reads the operation of a GET, whose `variables` and `extensions` are JSON.

    Raises: BadRequest, TooMuch, Refusal.
    """
    names = ("query", "operationName", *IDENTIFIERS)
    sent: dict[str, Any] = {name: request.query.get(name) or None for name in names}
    for name in ("variables", "extensions"):
        try:
            sent[name] = decoded(request.query.get(name) or "null", limits)
        except orjson.JSONDecodeError:
            raise BadRequest(f"The parameter `{name}` is not valid JSON.") from None
    if sent["query"] is None and not document_name(sent):
        message = "Send a query in the parameter `query`, or an operation by POST. Browsers get the playground."
        raise BadRequest(message)
    return _operation(sent, request, client_info)


def _operation(sent: Mapping[str, Any], request: web.Request, client_info: ClientInfo) -> Request:
    query, variables, name = sent.get("query"), sent.get("variables"), sent.get("operationName")
    if not isinstance(extensions := sent.get("extensions"), dict | None):
        raise BadRequest("Send `extensions` as an object.")
    document = document_name(sent)
    if document and not query:
        query = ""
    elif not isinstance(query, str) or not (query.strip() or document):
        raise BadRequest("Send the operation as a string in `query`.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("Send `variables` as an object.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("Send `operationName` as a string.")
    try:
        partial = wants_partial(request.headers.get(HEADER))
        details = wanted_details(request.headers.get(COST_HEADER))
    except ValueError as unknown:
        raise BadRequest(str(unknown)) from None
    operation_id = (extensions or {}).get("operationId")
    return Request(
        query,
        variables,
        name or None,
        request.headers.get("Idempotency-Key"),
        client_info,
        request.headers.get("Last-Event-ID") or None,
        operation_id if isinstance(operation_id, str) else None,
        document,
        partial,
        details,
        _client(request),
    )


def _client(request: web.Request) -> Client:
    name = _first(request, NAME_HEADERS)
    return client_of(name, _first(request, VERSION_HEADERS)) if name else NO_CLIENT


def _first(request: web.Request, headers: Iterable[str]) -> str | None:
    return next((it for header in headers if (it := request.headers.get(header))), None)
