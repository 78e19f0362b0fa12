"""Metrics of the connections."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.server.connections.register import Connections


class ConnectionMetrics(Collector):
    """How many connections are open, and how many were closed by the server, and why."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def collect(self) -> Iterable[Metric]:
        by_state = GaugeMetricFamily(
            "quotegraph_connections",
            "Open connections: a request arrives, none does, or it is answered (as WebSockets and streams always are).",
            labels=["state"],
        )
        for state, count in self._connections.counts.items():
            by_state.add_metric([state], count)
        yield by_state
        yield GaugeMetricFamily(
            "quotegraph_connections_limit", "How many connections there may be.", value=self._connections.most
        )
        closed = CounterMetricFamily(
            "quotegraph_connections_closed",
            "Connections that the server closed or refused, by reason.",
            labels=["reason"],
        )
        for reason, count in self._connections.closed.items():
            closed.add_metric([reason], count)
        yield closed
