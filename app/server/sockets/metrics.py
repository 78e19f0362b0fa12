"""Metrics of WebSockets."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.server.sockets.handler import Sockets


class SocketMetrics(Collector):
    """How many are open, and with which codes the server has closed others."""

    def __init__(self, sockets: Sockets) -> None:
        self._sockets = sockets

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("quotegraph_sockets", "Open WebSockets.", value=len(self._sockets))
        closed = CounterMetricFamily(
            "quotegraph_sockets_closed", "WebSockets that the server closed, by code.", labels=["code"]
        )
        for code, count in self._sockets.closed.items():
            closed.add_metric([str(code.value)], count)
        yield closed
