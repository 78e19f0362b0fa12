"""Prometheus metrics of jobs: results of attempts in this process, and the figures of the jobs in the database."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from adapters.database.jobs.figures import JobFigures
from domain.ports.webhooks import AttemptResult
from domain.shared.jobs import JobResult, JobType

# How long the database may take, in seconds: the other metrics do not wait for it.
COUNTED_IN = 2.0
GAUGES: dict[str, tuple[str, Callable[[JobFigures, datetime], float]]] = {
    "quotegraph_jobs_due": ("Jobs that are due and not running.", lambda it, _: it.due),
    "quotegraph_jobs_oldest_due_seconds": ("For how long the oldest due job has been due.", JobFigures.age),
    "quotegraph_jobs_running": ("Jobs that are running, on any worker.", lambda it, _: it.running),
    "quotegraph_jobs_scheduled": ("Jobs that are due later.", lambda it, _: it.scheduled),
    "quotegraph_jobs_failing": ("Jobs that have failed and will be tried again.", lambda it, _: it.failing),
    "quotegraph_jobs_dead": ("Jobs that were given up until an operator retries them.", lambda it, _: it.dead),
}


class Figures(Protocol):
    """Reads the figures of the jobs in the database."""

    async def read(self, now: datetime) -> Mapping[JobType, JobFigures]: ...


class JobMetrics(Collector):
    """`results` and `webhooks` are those of the worker in this process; they stay zero if workers run in other
    processes. The figures are the same in every process."""

    def __init__(
        self,
        results: Mapping[tuple[JobType, JobResult], int],
        webhooks: Mapping[AttemptResult, int],
        figures: Figures,
        now: Callable[[], datetime],
    ) -> None:
        self._results = results
        self._webhooks = webhooks
        self._figures = figures
        self._now = now
        self._found: Mapping[JobType, JobFigures] | None = None

    async def count(self) -> None:
        """Reads the figures. If the database cannot be read, their metrics are left out."""
        self._found = None
        with suppress(Exception):
            async with asyncio.timeout(COUNTED_IN):
                self._found = await self._figures.read(self._now())

    def collect(self) -> Iterable[Metric]:
        """Yields all metrics of jobs."""
        ended = CounterMetricFamily("quotegraph_jobs", "Attempts of jobs, by result.", labels=["kind", "result"])
        for kind in JobType:
            for result in JobResult:
                ended.add_metric([kind, result], self._results.get((kind, result), 0))
        yield ended
        attempts = CounterMetricFamily(
            "quotegraph_webhook_attempts", "Attempts to deliver to webhook endpoints, by result.", labels=["result"]
        )
        for outcome in AttemptResult:
            attempts.add_metric([outcome], self._webhooks.get(outcome, 0))
        yield attempts
        if self._found is None:
            return
        now = self._now()
        for name, (description, value) in GAUGES.items():
            gauge = GaugeMetricFamily(name, description, labels=["kind"])
            for kind, figures in self._found.items():
                gauge.add_metric([kind], value(figures, now))
            yield gauge
