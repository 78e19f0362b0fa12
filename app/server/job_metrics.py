"""Figures about jobs for Prometheus: how attempts have ended in this process, and how many jobs fail now, in all."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.shared.jobs import JobKind, JobResult


class FailingJobs(Protocol):
    """Who knows which jobs have failed and will be tried again."""

    async def failing(self) -> Mapping[JobKind, int]: ...


class JobFigures(Collector):
    """`results` are of the worker in this process; where workers run by themselves, all stay zero. What fails now is
    the same whichever process is asked."""

    def __init__(self, results: Mapping[tuple[JobKind, JobResult], int], queue: FailingJobs) -> None:
        self._results = results
        self._queue = queue
        self._failing: Mapping[JobKind, int] | None = None

    async def count(self) -> None:
        """Look how many jobs fail now. While the database cannot be asked, nothing is said of it."""
        self._failing = None
        with suppress(Exception):
            self._failing = await self._queue.failing()

    def collect(self) -> Iterable[Metric]:
        """All figures about jobs."""
        ended = CounterMetricFamily("quotegraph_jobs", "Attempts of jobs by how they ended.", labels=["kind", "result"])
        for kind in JobKind:
            for result in JobResult:
                ended.add_metric([kind, result], self._results.get((kind, result), 0))
        yield ended
        if self._failing is None:
            return
        failing = GaugeMetricFamily(
            "quotegraph_jobs_failing", "Jobs that have failed and will be tried again.", labels=["kind"]
        )
        for kind in JobKind:
            failing.add_metric([kind], self._failing.get(kind, 0))
        yield failing
