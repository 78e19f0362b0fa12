"""Signals where no other process is told: with SQLite. Other processes of the same file poll."""

from collections.abc import Callable, Set

from adapters.signals.carrier import OnSignal


class InProcess:
    """A `Carrier` that sends nothing."""

    name = "in_process"
    connected = True
    sent = 0

    def send(self, tenant_ids: Set[int]) -> None:
        pass

    async def run(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        pass
