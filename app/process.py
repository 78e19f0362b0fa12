"""The event loop of a process, its way to be stopped, and its log. Quick to import: every command needs it."""

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


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on uvloop where there is one. Raises: Interrupted, by Ctrl-C."""
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    threading.excepthook = _unless_closed
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(main)
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Interrupted from None


def _unless_closed(failed: threading.ExceptHookArgs) -> None:
    """No traceback of a connection's thread that could not be told to end, because all else had ended before."""
    if not (isinstance(failed.exc_value, RuntimeError) and str(failed.exc_value) == "Event loop is closed"):
        threading.__excepthook__(failed)


def stop_signal() -> asyncio.Event:
    """An event that is set when someone asks the process to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


class Interruption:
    """A wish to stop, by Ctrl-C or a signal: what is under way is finished first; a second wish ends that too."""

    def __init__(self) -> None:
        self._wished = asyncio.Event()
        task = asyncio.current_task()

        def wish() -> None:
            if self._wished.is_set() and task is not None:
                task.cancel()
            self._wished.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            # Only a main thread hears of signals.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, wish)

    def __call__(self) -> bool:
        return self._wished.is_set()

    async def race(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` comes to, unless the wish comes first. Raises: Interrupted, with the work undone."""
        task, wished = asyncio.ensure_future(work), asyncio.ensure_future(self._wished.wait())
        try:
            await asyncio.wait({task, wished}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Interrupted
        finally:
            for it in (task, wished):
                it.cancel()
            with suppress(asyncio.CancelledError):
                await wished


class Interrupted(Exception):
    """Someone has asked to stop."""


def set_up_logging(level: str) -> None:
    """One line a record on standard error, as JSON unless a person looks."""
    person = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if person else structlog.processors.JSONRenderer()
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
    # At debug it writes every statement with its values: signing keys, and what is known of people.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
