"""The metrics of the signals between processes (adapters/signals/)."""

from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from adapters.signals.signals import SignalFigures


class SignalMetrics(Collector):
    """Registered in `Metrics`."""

    def __init__(self, figures: Callable[[], SignalFigures]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        now = self._figures()
        connected = GaugeMetricFamily(
            "quotegraph_signals_connected",
            "1 while this process is told of commits in others; 0 while it finds them by polling only.",
            labels=["carrier"],
        )
        connected.add_metric([now.carrier], int(now.connected))
        yield connected
        yield CounterMetricFamily("quotegraph_signals_sent", "Messages sent to other processes.", value=now.sent)
        yield CounterMetricFamily(
            "quotegraph_signals_received", "Messages received from other processes.", value=now.received
        )
        yield CounterMetricFamily(
            "quotegraph_events_found_by_polling",
            "How often a tenant that is listened to had new events of which no signal had told.",
            value=now.unsignalled,
        )
