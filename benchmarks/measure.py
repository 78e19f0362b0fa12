"""Interleaved rounds: each round measures every server once, in an order that is rotated each round."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load import Load
from benchmarks.servers import Server

Bodies = Callable[[Server], Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class Case:
    """A case. The bodies are created for each measurement, which mutations need.

    `requests` bounds a turn where the bodies may be sent only once.
    """

    name: str
    servers: Sequence[Server]
    bodies: Bodies
    concurrency: int
    seconds: float
    requests: int | None = None


@dataclass
class Results:
    """All measurements, and their medians."""

    turns: dict[tuple[str, str, int], list[dict[str, float]]] = field(default_factory=dict)

    def add(self, case: Case, server: Server, measured: dict[str, float]) -> None:
        taken = {**measured, "rss_mib": server.rss_mib()}
        self.turns.setdefault((case.name, server.name, case.concurrency), []).append(taken)

    def median(self, case: str, server: str, concurrency: int, what: str) -> float | None:
        turns = self.turns.get((case, server, concurrency))
        return statistics.median(it[what] for it in turns) if turns else None

    def client_cpu(self) -> float:
        """The largest share of a core that the load process used."""
        return max(it["client_cpu"] for turns in self.turns.values() for it in turns)

    def runs(self, cases: Sequence[str], servers: Sequence[str]) -> list[dict[str, Any]]:
        """Returns the medians in the form of results.json."""
        digits = {"rps": 1, "p50_ms": 2, "p99_ms": 2, "rss_mib": 1}
        return [
            {"case": case, "server": server, "concurrency": concurrency}
            | {
                what: round(self.median(case, server, concurrency, what) or 0, places)
                for what, places in digits.items()
            }
            for case, server, concurrency in self.turns
            if case in cases and server in servers
        ]


def measure(load: Load, cases: Sequence[Case], rounds: int, results: Results, log: Callable[[str], None]) -> None:
    """Runs all cases for some rounds."""
    for case in cases:
        log(f"{case.name} at concurrency {case.concurrency}")
        for number in range(rounds):
            start = number % len(case.servers)
            for server in [*case.servers[start:], *case.servers[:start]]:
                results.add(case, server, turn(load, case, server))


def turn(load: Load, case: Case, server: Server, seconds: float | None = None) -> dict[str, float]:
    """Measures one server."""
    bodies = case.bodies(server)
    seconds = case.seconds if seconds is None else seconds
    try:
        return load.run([server.port], bodies, server.key, case.concurrency, seconds, case.requests)
    except (RuntimeError, json.JSONDecodeError) as error:
        raise RuntimeError(f"{server.name}, {case.name}: {error}") from error
