"""`make bench`: creates the data, starts the servers, compares their answers, measures, and writes the results.

`--quick` takes a minute for the cases nested and small; its results are preliminary.
"""

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import cases, equality, fanout, report
from benchmarks.data import LINES, DataSet, build_postgres, build_sqlite
from benchmarks.load import Load
from benchmarks.measure import Case, Results, measure, turn
from benchmarks.servers import CORES, DECIDING, OTHER_CORES, PYTHON, SERVERS, Server, stop_all
from tests.postgres import stop_postgres

HERE = Path(__file__).parent
CONCURRENCIES = (1, 16)
PAGES = (1, 5, 10, 25, 50, 100)
DEPTHS = tuple(range(1, len(cases.DEPTHS) + 1))
GROWING = ("quotegraph", "mercurius-jit", "postgraphile")
SQLITE = "quotegraph-sqlite"


@dataclass(frozen=True)
class Effort:
    """The size of a run."""

    quick: bool
    quotes: int
    older: int
    rounds: int
    seconds: float
    warm: float


# An accepted item is used up: a turn has the four of so many quotes. One more quote each is for comparing.
QUOTES_IN_A_TURN, ACCEPT_ROUNDS = 120, 3
OLDER = len(DECIDING) * (1 + QUOTES_IN_A_TURN * (1 + len(CONCURRENCIES) * ACCEPT_ROUNDS)) + fanout.OLDER
FANOUT_ROUNDS = 3

QUICK = Effort(quick=True, quotes=250, older=len(DECIDING), rounds=1, seconds=0.5, warm=0.4)
FULL = Effort(quick=False, quotes=2_000, older=OLDER, rounds=5, seconds=1.5, warm=1.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run of one minute")
    effort = QUICK if parser.parse_args().quick else FULL
    started = time.monotonic()
    # Processes started from here on share these cores; the measured servers have their own.
    os.sched_setaffinity(0, OTHER_CORES)

    def log(what: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="quotegraph-bench-") as directory:
        log(f"building {effort.quotes + effort.older} quotes in PostgreSQL")
        data = build_postgres(effort.quotes, effort.older)
        load = Load()
        servers: list[Server] = []
        try:
            results, facts = _measure_all(effort, data, Path(directory), load, servers, log)
            stop_all(servers)
            servers.clear()
            if not effort.quick:
                facts["fanout"] = asyncio.run(fanout.measure(data, load, FANOUT_ROUNDS, log))
        finally:
            load.stop()
            stop_all(servers)
            stop_postgres()
    facts["minutes"] = (time.monotonic() - started) / 60
    _write(effort, results, facts)
    log("wrote benchmarks/results.json, RESULTS.md and results.png")


def _measure_all(
    effort: Effort, data: DataSet, directory: Path, load: Load, servers: list[Server], log: Any
) -> tuple[Results, dict[str, Any]]:
    log(f"starting {len(SERVERS)} servers")
    servers += [Server(name, data.url, data.key) for name in SERVERS]
    _wait(servers, data)
    log("checking that all servers give the same answers")
    compared = list(servers)
    if not effort.quick:
        embedded = build_sqlite(directory / "quotes.sqlite", effort.quotes, effort.older)
        servers.append(Server(SQLITE, embedded.url, embedded.key))
        _wait(servers[-1:], data)
        compared.append(servers[-1])
    objects = equality.check_reading(compared, data, DEPTHS)
    equality.check_deciding([it for it in servers if it.name in DECIDING], data)
    results = Results()
    reading = [
        *_cases("nested", compared, lambda it: [cases.nested(it.name, 50, data.tenant_id)], effort.seconds),
        *_cases(
            "small", compared, lambda it: [cases.small(it.name, id_) for id_ in data.quote_ids[:100]], effort.seconds
        ),
    ]
    log("warming up")
    for case, server in itertools.product(reading, compared):
        if case.concurrency == 1 or not effort.quick:
            turn(load, case, server, effort.warm)
    measure(load, reading, effort.rounds, results, log)
    if not effort.quick:
        _decide(effort, data, servers, load, results, log)
        _grow(data, servers, load, results, log)
        _scale(effort, data, servers, load, results, log)
    return results, {"objects": objects, "bytes": _size(servers[0], data)}


def _cases(name: str, servers: Sequence[Server], bodies: Any, seconds: float) -> list[Case]:
    return [Case(name, servers, bodies, concurrency, seconds) for concurrency in CONCURRENCIES]


def _decide(effort: Effort, data: DataSet, servers: list[Server], load: Load, results: Results, log: Any) -> None:
    """Runs the case accept on the servers that implement it."""
    deciding = [it for it in servers if it.name in DECIDING]
    unused = iter(data.open_items[len(deciding) :])

    def bodies(_server: Server) -> list[dict[str, Any]]:
        quotes = list(itertools.islice(unused, QUOTES_IN_A_TURN))
        # Consecutive items belong to different quotes, so that waiting for locks is not measured.
        return [cases.accept(items[line]) for line in range(LINES) for items in quotes]

    measured = [
        replace(it, requests=QUOTES_IN_A_TURN * LINES) for it in _cases("accept", deciding, bodies, effort.seconds)
    ]
    for server in deciding:
        turn(load, measured[-1], server)
    measure(load, measured, ACCEPT_ROUNDS, results, log)


def _grow(data: DataSet, servers: list[Server], load: Load, results: Results, log: Any) -> None:
    """Measures the growth with the size of a page, and with depth."""
    growing = [it for it in servers if it.name in GROWING]
    curves = [
        Case(f"page of {first}", growing, lambda it, n=first: [cases.nested(it.name, n, data.tenant_id)], 1, 0.6)
        for first in PAGES
    ]
    curves += [
        Case(f"depth {depth}", growing, lambda it, n=depth: [cases.deep(it.name, n, data.tenant_id)], 1, 0.6)
        for depth in DEPTHS
    ]
    for case, server in itertools.product(curves, growing):
        turn(load, case, server, 0.2)
    measure(load, curves, 2, results, log)


def _scale(effort: Effort, data: DataSet, servers: list[Server], load: Load, results: Results, log: Any) -> None:
    """Measures several processes of quotegraph, each on a core, with connections assigned in turn."""
    for count in (1, 2, 4):
        if count > 2 and count > len(CORES) - 2:
            continue
        processes = "1 process" if count == 1 else f"{count} processes"
        log(f"{processes} of quotegraph")
        more = [Server("quotegraph", data.url, data.key, core) for core in CORES[:count]]
        try:
            _wait(more, data)
            ports = [it.port for it in more]
            for case in ("nested", "small"):
                body = _one(case, data)
                load.run(ports, [body], data.key, 16, effort.warm)
                measured = load.run(ports, [body], data.key, 16, 2 * effort.seconds)
                results.add(Case(f"{case}, {processes}", more, lambda _: [], 16, 0), more[0], measured)
        finally:
            stop_all(more)


def _one(case: str, data: DataSet) -> dict[str, Any]:
    if case == "nested":
        return cases.nested("quotegraph", 50, data.tenant_id)
    return cases.small("quotegraph", data.quote_ids[0])


def _wait(servers: Sequence[Server], data: DataSet) -> None:
    for server in servers:
        server.wait(cases.small(server.name, data.quote_ids[0]))


def _size(server: Server, data: DataSet) -> int:
    answer = server.ask(cases.nested(server.name, 50, data.tenant_id))
    return len(json.dumps(answer, separators=(",", ":")).encode())


def _write(effort: Effort, results: Results, facts: dict[str, Any]) -> None:
    runs = results.runs(("nested", "small", "accept"), SERVERS)
    if (fanned := facts.get("fanout")) is not None:
        runs += fanned.runs()
    (HERE / "results.json").write_text(json.dumps({"runs": runs}, indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(report.report(results, effort, facts))
    everything = {"runs": results.runs([name for name, _, _ in results.turns], (*SERVERS, SQLITE))}
    plotted = json.dumps(everything)
    subprocess.run([PYTHON, HERE / "plot.py", HERE / "results.png"], input=plotted, text=True, check=True)


if __name__ == "__main__":
    main()
