"""Prometheus metrics at /metrics: plans, requests, jobs and the process. They contain no company data."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.server.auth import Authenticator
from app.server.engine import Engine
from app.server.job_metrics import JobMetrics
from app.server.live.feed import Feed
from app.server.request_log import RequestLog

OUTCOMES = ("hit", "miss", "fallback")


class Metrics:
    """The metrics of one process."""

    def __init__(
        self,
        engine: Engine,
        jobs: JobMetrics,
        authenticator: Authenticator,
        requests: RequestLog,
        more: Iterable[Collector] = (),
    ) -> None:
        self._jobs = jobs
        # Adds those of the processes beside this one, if a supervisor has started several.
        self.of_all: Callable[[bytes], Awaitable[bytes]] | None = None
        self._registry = CollectorRegistry()
        self._registry.register(jobs)
        self._registry.register(_Plans(engine))
        self._registry.register(_Requests(engine, authenticator, requests))
        for it in more:
            self._registry.register(it)
        self._registry.register(_Tasks())
        self._registry.register(_Subscriptions(engine.feed))
        ProcessCollector(registry=self._registry)

    def add(self, collector: Collector) -> None:
        """Adds the metrics of another part."""
        self._registry.register(collector)

    async def get(self, _request: web.Request) -> web.Response:
        """Returns all metrics in Prometheus' text format."""
        await self._jobs.count()
        body = self.of_this_process()
        body = body if self.of_all is None else await self.of_all(body)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def of_this_process(self) -> bytes:
        """Returns the metrics of this process alone, in Prometheus' text format."""
        return generate_latest(self._registry)


class _Plans(Collector):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        plans = CounterMetricFamily(
            "quotegraph_plans",
            "Operations by plan: cached (hit), compiled (miss), or run by graphql-core (fallback).",
            labels=["outcome"],
        )
        for outcome in OUTCOMES:
            plans.add_metric([outcome], self._engine.executor.counts[outcome])
        yield plans
        kept = self._engine.preparation.documents_kept
        yield GaugeMetricFamily("quotegraph_documents_kept", "Cached documents.", value=kept)


class _Tasks(Collector):
    def collect(self) -> Iterable[Metric]:
        running = len(asyncio.all_tasks())
        yield GaugeMetricFamily("quotegraph_tasks", "Tasks of the event loop that have not ended.", value=running)


class _Requests(Collector):
    def __init__(self, engine: Engine, authenticator: Authenticator, requests: RequestLog) -> None:
        self._engine = engine
        self._authenticator = authenticator
        self._requests = requests

    def collect(self) -> Iterable[Metric]:
        requests = CounterMetricFamily(
            "quotegraph_http_requests", "HTTP requests by method and status.", labels=["method", "status"]
        )
        for (method, status), count in self._requests.counts.items():
            requests.add_metric([method, str(status)], count)
        operations = CounterMetricFamily(
            "quotegraph_operations", "GraphQL operations that were started, over HTTP and WebSockets.", labels=["type"]
        )
        for type_, count in self._engine.operations.items():
            operations.add_metric([type_], count)
        errors = CounterMetricFamily(
            "quotegraph_errors", "Top-level errors of operations, including refusals, by code.", labels=["code"]
        )
        for code, count in self._engine.errors.items():
            errors.add_metric([code], count)
        refused = CounterMetricFamily(
            "quotegraph_keys_refused", "API keys that were rejected, by reason.", labels=["reason"]
        )
        for reason, count in self._authenticator.refused.items():
            refused.add_metric([reason], count)
        clients = CounterMetricFamily(
            "quotegraph_client_operations",
            "GraphQL operations by the client that names itself in GraphQL-Client-Name and GraphQL-Client-Version.",
            labels=["client", "version"],
        )
        for client, count in self._engine.usage.by_client.items():
            clients.add_metric(list(client), count)
        yield from (requests, operations, errors, refused, clients)


class _Subscriptions(Collector):
    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def collect(self) -> Iterable[Metric]:
        counts = self._feed.counts
        yield GaugeMetricFamily(
            "quotegraph_subscriptions", "Subscriptions that are running.", value=self._feed.subscriptions
        )
        yield GaugeMetricFamily(
            "quotegraph_subscription_groups",
            "Groups of subscriptions with equal results, each of which is answered once for an event.",
            value=self._feed.groups,
        )
        for name, described, count in (
            ("reads", "How often the event log was read for subscriptions.", counts.reads),
            ("answers", "How often an event was answered, for a group of subscriptions.", counts.answers),
            ("deliveries", "Events that were sent, counted for each subscription.", counts.deliveries),
            ("cut_off", "Subscriptions that ended because their clients did not read.", counts.cut_off),
        ):
            yield CounterMetricFamily(f"quotegraph_subscription_{name}", described, value=count)
