"""Memory growth: resident memory after 1,000 and after 10,000 requests, alternately nested and small.

Fails if the second is more than 10% above the first.
"""

import os
import sys

from benchmarks import cases
from benchmarks.data import build_postgres
from benchmarks.load import Load
from benchmarks.servers import OTHER_CORES, Server
from tests.postgres import stop_postgres

EARLY, LATE = 1_000, 10_000
MOST_GROWTH = 0.10


def main() -> None:
    os.sched_setaffinity(0, OTHER_CORES)
    data = build_postgres(quotes=500, older=0)
    server = Server("quotegraph", data.url, data.key)
    load = Load()
    try:
        nested = [cases.nested(server.name, first, data.tenant_id) for first in (5, 10, 20)]
        small = [cases.small(server.name, id_) for id_ in data.quote_ids[:3]]
        bodies = [*nested, *small, cases.deep(server.name, 4, data.tenant_id)]
        server.wait(small[0])
        sizes = {0: server.rss_mib()}
        for until, so_far in ((EARLY, 0), (LATE, EARLY)):
            load.run([server.port], bodies, data.key, 16, requests=until - so_far)
            sizes[until] = server.rss_mib()
    finally:
        load.stop()
        server.stop()
        stop_postgres()
    for requests, size in sizes.items():
        print(f"after {requests:>6,} requests: {size:6.1f} MiB")
    growth = sizes[LATE] / sizes[EARLY] - 1
    print(f"growth from {EARLY:,} to {LATE:,}: {growth:+.1%} (at most {MOST_GROWTH:.0%} is allowed)")
    sys.exit(growth > MOST_GROWTH)


if __name__ == "__main__":
    main()
