"""Answers and log lines for requests that are not valid HTTP; hides the versions of our software."""

import logging
from typing import Any

from aiohttp import web, web_protocol, web_response
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from app.server import safe_headers
from app.server.connections.runner import BodyTooLate, BoundedHandler

log = logging.getLogger(__name__)

SERVER = "quotegraph"
MAX_LOGGED = 100
# Errors that the client or the network causes.
CLIENT_ERRORS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


class _ClientErrorFilter(logging.Filter):
    """Replaces aiohttp's tracebacks of client errors by one log line each."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, CLIENT_ERRORS):
            return True
        if isinstance(error, BodyTooLate):
            # Answered, counted and logged by then.
            return False
        log_malformed_request(str(record.args[0]) if isinstance(record.args, tuple) and record.args else None, error)
        return False


_CLIENT_ERROR_FILTER = _ClientErrorFilter()
_HANDLE_ERROR = web_protocol.RequestHandler.handle_error


def _handle_error(
    self: Any, request: Any, status: int = 500, exc: BaseException | None = None, message: str | None = None
) -> web.StreamResponse:
    """Replaces aiohttp's messages for invalid HTTP, which show bytes as Python literals."""
    if isinstance(exc, LineTooLong):
        message = "The request line or a header is too long.\n"
    elif isinstance(exc, HttpProcessingError):
        message = "This is not an HTTP/1.1 request.\n"
    response: web.StreamResponse = _HANDLE_ERROR(self, request, status, exc, message)
    safe_headers.complete(response)
    if isinstance(self, BoundedHandler):
        response.headers.update(self.figures())
    return response


def log_malformed_request(remote: str | None, error: BaseException) -> None:
    """Logs a request that cannot be read."""
    log.info("malformed request from %s: %s %r", remote, type(error).__name__, str(error)[:MAX_LOGGED])


def harden_aiohttp() -> None:
    """Makes aiohttp send no version, and log no tracebacks of malformed requests."""
    # Answers to invalid HTTP bypass signals and middlewares.
    web_response.SERVER_SOFTWARE = SERVER  # type: ignore[attr-defined]
    web_protocol.RequestHandler.handle_error = _handle_error  # type: ignore[method-assign]
    logging.getLogger("aiohttp.server").addFilter(_CLIENT_ERROR_FILTER)
