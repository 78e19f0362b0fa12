"""What anybody who finds the port is told of us, and what we write down of those who speak no HTTP."""

import logging

from aiohttp import web, web_response
from aiohttp.http_exceptions import HttpProcessingError

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


def note(remote: str | None, error: BaseException) -> None:
    """Write down that somebody sent what cannot be read."""
    log.info("what %s sent is no request: %s %r", remote, type(error).__name__, str(error)[:LONGEST_WORD])


def say_little() -> None:
    """Tell no versions, and log no tracebacks of what strangers send."""
    # Answers to what is no HTTP pass no signal and no middleware.
    web_response.SERVER_SOFTWARE = SERVER  # type: ignore[attr-defined]
    logging.getLogger("aiohttp.server").addFilter(_NO_HTTP)
