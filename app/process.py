"""The event loop of a process, its signals and its logging. Imports little, because every command needs it."""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from app.server.request_lines import REQUESTS, RequestFormatter

T = TypeVar("T")

# How long a thread waits for the interpreter while another computes. A read of SQLite needs it several times: with
# Python's 5 ms, one client that keeps the event loop busy made the reads of others take a tenth of a second.
SWITCH_SECONDS = 0.0005


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine, on uvloop if it is installed. Raises: Interrupted, on Ctrl-C."""
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    threading.excepthook = _ignore_closed_loop
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(main)
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Interrupted from None


def _ignore_closed_loop(failed: threading.ExceptHookArgs) -> None:
    """Prints no traceback for a database thread that ends after the event loop was closed."""
    if not (isinstance(failed.exc_value, RuntimeError) and str(failed.exc_value) == "Event loop is closed"):
        threading.__excepthook__(failed)


def stop_signal(lifeline: int | None = None) -> asyncio.Event:
    """Returns an event that is set on SIGINT and SIGTERM, and when nobody holds the other end of a pipe any more."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if lifeline is not None:

        def cut() -> None:
            loop.remove_reader(lifeline)
            stop.set()

        loop.add_reader(lifeline, cut)
    return stop


class Interruption:
    """A request to stop, by Ctrl-C or SIGTERM. The first lets the current work finish, the second cancels it."""

    def __init__(self) -> None:
        self._requested = asyncio.Event()
        task = asyncio.current_task()

        def request_stop() -> None:
            if self._requested.is_set() and task is not None:
                task.cancel()
            self._requested.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            # Signal handlers can only be set in the main thread.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, request_stop)

    def __call__(self) -> bool:
        return self._requested.is_set()

    async def race(self, work: Coroutine[Any, Any, T]) -> T:
        """Returns the result of `work`. Raises: Interrupted, if a stop is requested first; the work is then
        cancelled."""
        task, requested = asyncio.ensure_future(work), asyncio.ensure_future(self._requested.wait())
        try:
            await asyncio.wait({task, requested}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Interrupted
        finally:
            for it in (task, requested):
                it.cancel()
            with suppress(asyncio.CancelledError):
                await requested


class Interrupted(Exception):
    """The process was asked to stop."""


def set_up_logging(level: str) -> None:
    """Logs to standard error, one line for each record: JSON, or plain text on a terminal."""
    terminal = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    before: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=before))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    requests = logging.StreamHandler(sys.stderr)
    requests.setFormatter(RequestFormatter())
    logging.getLogger(REQUESTS).handlers = [requests]
    logging.getLogger(REQUESTS).propagate = False
    # At level debug it logs every statement with its values, such as keys and personal data.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
