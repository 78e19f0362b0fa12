"""The metrics of all processes of a supervisor, from whichever of them is asked: each sample has the number of its
process as a label.

A request for metrics reaches any of the processes. It asks the others over Unix sockets for theirs.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from app.server.job_metrics import GAUGES
from app.server.metrics import Metrics
from app.supervision.server_process import ServerProcess

# How long a process may take to answer, in seconds. One that is being started again does not.
TIMEOUT = 2.0


@asynccontextmanager
async def shared_metrics(metrics: Metrics, process: ServerProcess) -> AsyncIterator[None]:
    """Gives the metrics of this process to the others, and theirs to those who ask for its own."""

    async def of_this_process(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.of_this_process())

    async def of_all(own: bytes) -> bytes:
        found = await asyncio.gather(*(_fetch(process, number) for number in process.others))
        return merged(process.number, {process.number: own.decode(), **dict(zip(process.others, found, strict=True))})

    app = web.Application()
    app.router.add_get("/metrics", of_this_process)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    # The process that had this number before may have been killed.
    process.path.unlink(missing_ok=True)
    await web.UnixSite(runner, str(process.path)).start()
    metrics.of_all = of_all
    try:
        yield
    finally:
        await runner.cleanup()


async def _fetch(process: ServerProcess, number: int) -> str | None:
    connector = aiohttp.UnixConnector(str(process.path_of(number)))
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.get("http://process/metrics") as response,
        ):
            return await response.text()
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None


def merged(asked: int, texts: Mapping[int, str | None]) -> bytes:
    """Returns the metrics of all processes in Prometheus' text format. What is counted in the database is the same in
    each, and taken from the process that was asked, without a label."""
    registry = CollectorRegistry()
    registry.register(_Merged(asked, texts, frozenset(GAUGES)))
    return generate_latest(registry)


class _Merged(Collector):
    def __init__(self, asked: int, texts: Mapping[int, str | None], of_the_database: Collection[str]) -> None:
        self._asked = asked
        self._texts = texts
        self._of_the_database = of_the_database

    def collect(self) -> Iterable[Metric]:
        answered = GaugeMetricFamily(
            "quotegraph_process_answers", "Whether a server process gave its metrics.", labels=["process"]
        )
        families: dict[str, Metric] = {}
        for number, text in sorted(self._texts.items()):
            answered.add_metric([str(number)], text is not None)
            for family in text_string_to_metric_families(text or ""):
                self._add(families, number, family)
        yield answered
        yield from families.values()

    def _add(self, families: dict[str, Metric], number: int, family: Metric) -> None:
        shared = family.name in self._of_the_database
        if shared and number != self._asked:
            return
        into = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        label = {} if shared else {"process": str(number)}
        for sample in family.samples:
            into.samples.append(sample._replace(labels={**label, **sample.labels}))
