"""One hostile key and ten polite ones on one process: `python -m tests.faults.fair [--seconds 8]`.

The hostile one keeps 64 requests for large pages under way, each sent again when it is answered or refused; the polite
ones send small queries, some of them a second each. These may take twice as long as without the hostile one, or 50 ms
(p99), and none of them is refused. The exit code tells whether that holds; the times hold on a quiet machine only.
"""

import argparse
import asyncio
import gc
import json
import sys
from collections import Counter

from tests.faults.open_loop import Load, post
from tests.faults.polite import Row, attacked, under_attack

POLITE = 10
# Requests a second of all polite keys.
RATE = 20.0
CONNECTIONS = 64
LARGE = """
{ quotes(first: 20) { totalCount nodes { id orderId status items { id status quantity
  alternatives { id status } recipients { name } } } } }
"""


async def attack(port: int, key: str) -> None:
    """The hostile key, until the process is ended."""
    load = Load(port, [("large", post(json.dumps({"query": LARGE}).encode(), key))])
    await load.open(CONNECTIONS)
    print("begins", flush=True)
    while True:
        counts = Counter(it.status for it in await load.closed(CONNECTIONS, 1.0))
        print(json.dumps(counts), flush=True)


async def run(seconds: float, rate: float = RATE) -> Row:
    async with attacked(POLITE) as server:
        words = ("attack", server.port, server.hostile)
        row = await under_attack(server, "64 large queries", "tests.faults.fair", *words, seconds=seconds, rate=rate)
        async with server.http.get("/metrics") as response:
            metrics = await response.text()
        refused = metrics.partition('quotegraph_operations_refused_total{type="query"} ')[2].split("\n")[0]
        row.wrong += ["the hostile key was refused nothing"] if float(refused) == 0 else []
        return row


def main() -> int:
    if sys.argv[1:2] == ["attack"]:
        asyncio.run(attack(int(sys.argv[2]), sys.argv[3]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    # Its pauses would be measured as the server's.
    gc.disable()
    row = asyncio.run(run(options.seconds))
    problems = row.wrong + row.slow
    print(row, *(problems or ["All of it holds."]), sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
