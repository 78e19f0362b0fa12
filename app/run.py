"""Runs the server, the worker or both until the process is asked to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress

from aiohttp import web

from adapters.database import migrator
from adapters.database.core.engine import open_database
from adapters.database.core.outages import log_outage
from app.memory import tuned_collector
from app.process import stop_signal
from app.server.http import build_app
from app.settings import BadSettings, Settings
from app.wiring import Parts, assemble

log = logging.getLogger(__name__)

# How long the database may take to answer at the start, in seconds.
REACHED_IN = 5.0


async def serve(settings: Settings, ready: Callable[[Parts, str], Awaitable[None]] | None = None) -> None:
    """Serves until a signal. Then running requests are finished, and sockets are closed with a reason.

    `ready` is called with the server's address as soon as it answers. Raises: BadSettings, if this version cannot use
    the database.
    """
    stop = stop_signal()
    await _require_usable(settings)
    async with assemble(settings) as parts:
        memory = ExitStack()
        runner = web.AppRunner(
            build_app(parts.api, parts.closing.set, parts.customers.routes()),
            access_log=None,
            shutdown_timeout=settings.shutdown_seconds,
            # Cancels requests whose client has disconnected, except mutations (engine.py).
            handler_cancellation=True,
        )
        await runner.setup()
        working = asyncio.create_task(parts.worker.run()) if settings.worker == "inline" else None
        counting = asyncio.create_task(parts.usage.run())
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await _start(site, settings)
            await _warn_unless_migrated(parts)
            memory.enter_context(tuned_collector())
            port = runner.addresses[0][1]
            parts.links.base = settings.public_url or f"http://{settings.host}:{port}"
            if ready is not None:
                await ready(parts, f"http://{settings.host}:{port}")
            else:
                log.warning("quotegraph serves http://%s:%s/graphql", settings.host, port)
            await stop.wait()
        finally:
            await runner.cleanup()
            memory.close()
            counting.cancel()
            await parts.usage.write()
            await _finish(parts, working, settings)


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


async def _start(site: web.TCPSite, settings: Settings) -> None:
    try:
        await site.start()
    except OSError as error:
        message = f"QUOTEGRAPH_PORT: cannot listen on {settings.host}:{settings.port}: {error.strerror}"
        raise BadSettings(message) from None


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
