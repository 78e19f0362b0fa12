"""Prometheus metrics of jobs: results of attempts in this process, and the number of failing jobs in the database."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.shared.jobs import JobResult, JobType


class FailingJobs(Protocol):
    """Counts the jobs that have failed and will be tried again."""

    async def failing(self) -> Mapping[JobType, int]: ...


class JobMetrics(Collector):
    """`results` are those of the worker in this process; they stay zero if workers run in other processes. The number
    of failing jobs is the same in every process."""

    def __init__(self, results: Mapping[tuple[JobType, JobResult], int], queue: FailingJobs) -> None:
        self._results = results
        self._queue = queue
        self._failing: Mapping[JobType, int] | None = None

    async def count(self) -> None:
        """Counts the failing jobs. If the database cannot be read, that metric is left out."""
        self._failing = None
        with suppress(Exception):
            self._failing = await self._queue.failing()

    def collect(self) -> Iterable[Metric]:
        """Yields all metrics of jobs."""
        ended = CounterMetricFamily("quotegraph_jobs", "Attempts of jobs, by result.", labels=["kind", "result"])
        for kind in JobType:
            for result in JobResult:
                ended.add_metric([kind, result], self._results.get((kind, result), 0))
        yield ended
        if self._failing is None:
            return
        failing = GaugeMetricFamily(
            "quotegraph_jobs_failing", "Jobs that have failed and will be tried again.", labels=["kind"]
        )
        for kind in JobType:
            failing.add_metric([kind], self._failing.get(kind, 0))
        yield failing
