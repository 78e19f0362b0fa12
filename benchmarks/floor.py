"""Processor time of a small query, compared with servers that do less.

`aiohttp-alone` answers a constant; `one-statement` asks PostgreSQL but knows no GraphQL; `mercurius-jit` is the fastest
peer of the small query. Interleaved; prints the rows of the table in docs/performance.md.
"""

import os
import statistics

from benchmarks import cases
from benchmarks.data import build_postgres
from benchmarks.load import Load
from benchmarks.servers import OTHER_CORES, Server, stop_all
from tests.postgres import stop_postgres

COMPARED = ("aiohttp-alone", "one-statement", "quotegraph", "mercurius-jit")
ROUNDS, SECONDS = 5, 2.0


def main() -> None:
    os.sched_setaffinity(0, OTHER_CORES)
    data = build_postgres(quotes=500, older=0)
    servers = [Server(name, data.url, data.key) for name in COMPARED]
    load = Load()
    turns: dict[tuple[str, int], list[tuple[float, float]]] = {}
    try:
        for server in servers:
            server.wait(cases.small(server.name, data.quote_ids[0]))
            _turn(load, server, data.key, data.quote_ids, 16)
        for _ in range(ROUNDS):
            for concurrency in (1, 16):
                for server in servers:
                    measured = _turn(load, server, data.key, data.quote_ids, concurrency)
                    turns.setdefault((server.name, concurrency), []).append(measured)
    finally:
        load.stop()
        stop_all(servers)
        stop_postgres()
    print("| server | concurrency | requests/s | processor µs a request |\n| --- | ---: | ---: | ---: |")
    for (name, concurrency), measured in turns.items():
        rps, cpu = (statistics.median(it[index] for it in measured) for index in (0, 1))
        print(f"| {name} | {concurrency} | {rps:,.0f} | {cpu * 1e6:,.0f} |")


def _turn(load: Load, server: Server, key: str, ids: list[str], concurrency: int) -> tuple[float, float]:
    bodies = [cases.small(server.name, id_) for id_ in ids[:50]]
    before = server.cpu_seconds()
    rps = load.run([server.port], bodies, key, concurrency, SECONDS)["rps"]
    return rps, (server.cpu_seconds() - before) / (rps * SECONDS)


if __name__ == "__main__":
    main()
