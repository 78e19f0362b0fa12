"""Runs the server, the worker or both until the process is asked to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

from aiohttp import web

from adapters.database import migrator
from adapters.database.core.engine import open_database
from adapters.database.core.outages import log_outage
from app.memory import tuned_collector
from app.process import run, stop_signal
from app.server.connections.limits import most_connections, raise_file_limit
from app.server.connections.runner import BoundedRunner
from app.server.http import build_app
from app.settings import BadSettings, Settings
from app.supervision.listening import BACKLOG
from app.supervision.server_process import ServerProcess
from app.supervision.shared_metrics import shared_metrics
from app.supervision.supervisor import supervise
from app.wiring import Parts, assemble
from schema.build import build_schema

log = logging.getLogger(__name__)

# How long the database may take to answer at the start, in seconds.
REACHED_IN = 5.0
# How long it may take to close connections and files, in seconds.
CLOSING = 5.0


async def serve(
    settings: Settings,
    ready: Callable[[Parts, str], Awaitable[None]] | None = None,
    process: ServerProcess | None = None,
) -> None:
    """Serves until a signal. Then running requests are finished, and sockets are closed with a reason.

    `ready` is called with the server's address as soon as it answers. `process` is what a supervisor says to one of
    several processes. Raises: BadSettings, if this version cannot use the database.
    """
    stop = stop_signal() if process is None else stop_signal(process.lifeline)
    await _require_usable(settings)
    async with assemble(settings) as parts:
        beside = AsyncExitStack()
        parts.connections.most = most_connections(settings.max_connections, raise_file_limit())
        runner = BoundedRunner(
            build_app(parts.api, parts.closing.set, [*parts.customers.routes(), *parts.hooks.routes()]),
            parts.connections,
            parts.api.door.at_once,
            parts.api.door.figures,
            access_log=None,
            shutdown_timeout=settings.shutdown_seconds,
            # Cancels requests whose client has disconnected, except mutations (engine.py).
            handler_cancellation=True,
        )
        await runner.setup()
        working = asyncio.create_task(parts.worker.run()) if settings.worker == "inline" else None
        counting = asyncio.create_task(parts.usage.run())
        try:
            await _start(runner, settings, process)
            await _warn_unless_migrated(parts)
            beside.enter_context(tuned_collector())
            port = runner.addresses[0][1]
            parts.links.base = settings.public_url or f"http://{settings.host}:{port}"
            if process is not None:
                await beside.enter_async_context(shared_metrics(parts.api.metrics, process))
                process.tell_started()
            elif ready is not None:
                await ready(parts, f"http://{settings.host}:{port}")
            else:
                log.warning("quotegraph serves http://%s:%s/graphql", settings.host, port)
            await stop.wait()
        finally:
            await runner.cleanup()
            await beside.aclose()
            counting.cancel()
            await parts.usage.write()
            await _finish(parts, working, settings)


def serve_in_processes(settings: Settings, count: int) -> None:
    """Serves in several processes until a signal. Raises: BadSettings, as `serve` does."""
    if settings.database_url.startswith("sqlite"):
        raise BadSettings(
            "--workers: several server processes need PostgreSQL, and QUOTEGRAPH_DATABASE_URL names an SQLite file, in "
            "which one process writes at a time and learns of no other's changes. Leave --workers out."
        )
    # Once for all processes, which are copies of this one.
    build_schema()
    try:
        process = supervise(settings.host, settings.port, count, longest_shutdown(settings))
    except OSError as error:
        raise _cannot_listen(settings, error) from None
    if process is not None:
        run(serve(settings.model_copy(update={"port": process.port}), process=process))


def longest_shutdown(settings: Settings) -> float:
    """Returns the seconds within which `serve` ends after a signal: for requests, for jobs, and for all else."""
    return 2 * settings.shutdown_seconds + CLOSING


async def work(settings: Settings) -> None:
    """Runs jobs until a signal. Then running jobs are finished. Raises: BadSettings, as `serve` does."""
    stop = stop_signal()
    await _require_usable(settings)
    async with assemble(settings) as parts:
        await _warn_unless_migrated(parts)
        working = asyncio.create_task(parts.worker.run())
        # The fields that webhook endpoints select.
        counting = asyncio.create_task(parts.usage.run())
        log.warning("quotegraph runs jobs")
        with tuned_collector():
            await stop.wait()
        await _finish(parts, working, settings)
        counting.cancel()
        await parts.usage.write()


async def _start(runner: web.AppRunner, settings: Settings, process: ServerProcess | None) -> None:
    try:
        for listening in process.listening if process is not None else ():
            await web.SockSite(runner, listening).start()
        if process is None:
            await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG).start()
    except OSError as error:
        raise _cannot_listen(settings, error) from None


def _cannot_listen(settings: Settings, error: OSError) -> BadSettings:
    return BadSettings(f"QUOTEGRAPH_PORT: cannot listen on {settings.host}:{settings.port}: {error.strerror}")


async def _require_usable(settings: Settings) -> None:
    """Check the database before anything is done to it. One that cannot be reached now may be later: it is served.

    Raises: BadSettings.
    """
    database = open_database(settings.database_url)
    try:
        async with asyncio.timeout(REACHED_IN):
            await migrator.require_usable(database)
    except migrator.UnusableDatabase as unusable:
        raise BadSettings(f"QUOTEGRAPH_DATABASE_URL: {unusable}") from None
    except Exception as failure:  # noqa: BLE001 - whatever it is, it cannot be reached
        log_outage(failure)
    finally:
        await database.close()


async def _warn_unless_migrated(parts: Parts) -> None:
    migrated = False
    with suppress(Exception):
        migrated = await migrator.is_current(parts.database)
    if not migrated:
        log.error("the database is not migrated or cannot be reached; run `quotegraph migrate`")


async def _finish(parts: Parts, working: "asyncio.Task[None] | None", settings: Settings) -> None:
    if working is not None:
        await parts.worker.stop(settings.shutdown_seconds)
        parts.signals.jobs.notify()
        await working
