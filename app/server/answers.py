"""HTTP answers to operations: their bodies, statuses and headers (GraphQL over HTTP)."""

from typing import Any

import orjson
from aiohttp import web
from graphql import ExecutionResult, GraphQLError

from app.rest.errors import answer_to, is_rest
from app.server.admission import RETRY_AFTER
from app.server.error_docs import as_data
from app.server.media_types import RESPONSE_JSON
from app.server.refusals import Refusal
from resolvers.errors import Code

# Answers depend on these headers, so that caches must not share them.
VARIES = {"Vary": "Accept, Authorization"}
HEADERS = {"Cache-Control": "no-store", **VARIES}
CHALLENGE = {"WWW-Authenticate": "Bearer"}
RETRIED = {"Retry-After": str(RETRY_AFTER)}
# Error codes of failures that may succeed when repeated, with their HTTP status.
TEMPORARY = {Code.OVERLOADED: 503, Code.SERVICE_UNAVAILABLE: 503, Code.RATE_LIMITED: 429}


def answer(
    request: web.Request,
    result: ExecutionResult,
    status: int,
    media_type: str,
    headers: dict[str, str] | None = None,
    started: bool | None = None,
) -> web.Response:
    """Returns the answer with a result."""
    return web.Response(
        body=orjson.dumps(body_of(request, result, started)),
        status=status,
        content_type=media_type,
        charset="utf-8",
        headers={**HEADERS, **(headers or {})},
    )


def body_of(request: web.Request, result: ExecutionResult, started: bool | None = None) -> dict[str, Any]:
    """Returns the body of a result. Only an operation that has `started` has data, at least null; by default it has, if
    an error is one of a field."""
    if started is None:
        started = any(error.path for error in result.errors or ())
    body: dict[str, Any] = {"data": result.data} if result.data is not None or started else {}
    if result.errors:
        body["errors"] = as_data(result.errors, request)
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def error_answer(
    request: web.Request, error: GraphQLError, status: int, media_type: str, headers: dict[str, str] | None = None
) -> web.Response:
    """Returns the answer to a request of which nothing ran, in the form of the API that its path is of."""
    if is_rest(request.path):
        return answer_to(error, status, headers)
    return answer(request, ExecutionResult(None, [error]), status, media_type, headers)


def refusal_status(refusal: Refusal, media_type: str) -> int:
    """Returns the status of an operation that was refused."""
    codes = {(error.extensions or {}).get("code") for error in refusal.errors}
    if Code.FORBIDDEN in codes:
        return 403
    if Code.UNAUTHORIZED in codes:
        return 401
    if Code.OVERLOADED in codes:
        return 503
    if Code.RATE_LIMITED in codes:
        return 429
    # Older clients can read answers with status 200 only (GraphQL over HTTP, application/json).
    return 400 if media_type == RESPONSE_JSON else 200


def refusal_headers(refusal: Refusal, status: int) -> dict[str, str]:
    """Returns the headers of the answer to an operation that was refused with this status."""
    if status == 401:
        return CHALLENGE
    after = [(it.extensions or {}).get("retryAfter") for it in refusal.errors]
    return {"Retry-After": str(after[0])} if status in TEMPORARY.values() and after[0] is not None else {}


def temporary_failure(result: ExecutionResult) -> tuple[int, dict[str, str]] | None:
    """Returns the status and headers of an answer with a temporary failure, else None. An answer with some data is a
    200."""
    failed = [it.extensions for it in result.errors or () if (it.extensions or {}).get("code") in TEMPORARY]
    if not failed or failed[0] is None:
        return None
    no_data = not any((result.data or {}).values())
    after = failed[0].get("retryAfter")
    return TEMPORARY[failed[0]["code"]] if no_data else 200, {} if after is None else {"Retry-After": str(after)}
