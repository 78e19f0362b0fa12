"""What anybody who finds the port is told of us, and what we write down of those who speak no HTTP."""

import logging
from typing import Any

from aiohttp import web, web_protocol, web_response
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

log = logging.getLogger(__name__)

SERVER = "quotegraph"
LONGEST_WORD = 100
# What a request is broken by that its sender, or the network, has broken.
BROKEN = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


class _NoHttp(logging.Filter):
    """Takes from aiohttp's own errors those that strangers cause: a line each instead of a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, BROKEN):
            return True
        note(str(record.args[0]) if isinstance(record.args, tuple) and record.args else None, error)
        return False


_NO_HTTP = _NoHttp()
_HANDLE_ERROR = web_protocol.RequestHandler.handle_error


def _handle_error(
    self: Any, request: Any, status: int = 500, exc: BaseException | None = None, message: str | None = None
) -> web.StreamResponse:
    """aiohttp's own answer to what is no HTTP, in words of ours: its words show bytes as Python writes them."""
    if isinstance(exc, LineTooLong):
        message = "The request line or a header is too long.\n"
    elif isinstance(exc, HttpProcessingError):
        message = "This is no HTTP/1.1 request.\n"
    return _HANDLE_ERROR(self, request, status, exc, message)


def note(remote: str | None, error: BaseException) -> None:
    """Write down that somebody sent what cannot be read."""
    log.info("what %s sent is no request: %s %r", remote, type(error).__name__, str(error)[:LONGEST_WORD])


def say_little() -> None:
    """Tell no versions, and log no tracebacks of what strangers send."""
    # Answers to what is no HTTP pass no signal and no middleware.
    web_response.SERVER_SOFTWARE = SERVER  # type: ignore[attr-defined]
    web_protocol.RequestHandler.handle_error = _handle_error  # type: ignore[method-assign]
    logging.getLogger("aiohttp.server").addFilter(_NO_HTTP)
