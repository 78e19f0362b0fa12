"""Signals where no other process is told: with SQLite, and behind PgBouncer. The other processes poll."""

from collections.abc import Callable, Set

from adapters.signals.carrier import OnSignal


class InProcess:
    """A `Carrier` that sends nothing. It is `connected` if there need be no other process."""

    sent = 0

    def __init__(self, name: str = "in_process", connected: bool = True) -> None:
        self.name = name
        self.connected = connected

    def send(self, tenant_ids: Set[int]) -> None:
        pass

    async def run(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        pass
