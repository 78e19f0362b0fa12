"""Figures for Prometheus at /metrics: how plans and jobs fare, and what the process takes. Nothing of any company is in
them."""

from collections.abc import Iterable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.engine import Engine
from app.job_metrics import JobFigures

OUTCOMES = ("hit", "miss", "fallback")


class Metrics:
    """The figures of one process."""

    def __init__(self, engine: Engine, jobs: JobFigures) -> None:
        self._jobs = jobs
        self._registry = CollectorRegistry()
        self._registry.register(jobs)
        self._registry.register(_Plans(engine))
        ProcessCollector(registry=self._registry)

    async def get(self, _request: web.Request) -> web.Response:
        """All figures, in Prometheus' text format."""
        await self._jobs.count()
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Plans(Collector):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        plans = CounterMetricFamily(
            "quotegraph_plans",
            "Operations by plan: there (hit), made (miss), or left to graphql-core (fallback).",
            labels=["outcome"],
        )
        for outcome in OUTCOMES:
            plans.add_metric([outcome], self._engine.executor.counts[outcome])
        yield plans
        yield GaugeMetricFamily("quotegraph_documents_kept", "Prepared documents.", value=self._engine.documents_kept)
