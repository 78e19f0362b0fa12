"""Pulls and decisions of connected systems while everything fails: `python -m tests.faults.connections [--quotes N] …`.

Emulated quote systems, a server and a worker run as processes of their own, and speak HTTP. Parts:

- `pulls`: a full pull of all quotes shows how far it is; its time, and the most memory that the process took;
- `troubles`: a pull while the worker is killed, calls fail, the system asks to wait, its pages shift because people
  work there, and its webhooks come twice and in another order; then some quotes are deleted there;
- `decisions`: decisions asked of quipteams while the worker is killed before, during and after the call;
- `races`: decisions here and there at the same time, while all quotes are read;
- `silence`: a system that does not answer, and one that fails, beside one that is read;
- `notices`: thousands of webhooks in a row, how soon each is answered, and that each is worked off.

At the end of each part what we have is compared with what the system has: nothing lost, nothing doubled. The exit code
tells whether it agrees and whether the memory was enough.
"""

import argparse
import asyncio
import hmac
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from adapters.connections.quipteams.notices import SIGNATURE
from domain.connections.systems import System
from tests.e2e.processes import eventually
from tests.faults.books import Report
from tests.faults.connected_decisions import decisions, races
from tests.faults.connected_house import DONE_IN, PAUSE, Connected, House, Progress, house
from tests.faults.connected_there import NO_RATE, There
from tests.faults.kills import Lives

MOST_MIB = 300
# A pull of so many quotes has pages enough to show each tenth of the way.
MANY = 1_000
LISTED = "/api/v1/quotes"
SILENT = "/api/v1/assets"


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    systems: Sequence[System] = (System.QUIPTEAMS, System.QUICK_QUOTE)
    quotes: int = 10_000
    # Quotes that are read in troubles, and how often the worker is killed meanwhile.
    troubled: int = 3_000
    lives: Lives = field(default_factory=lambda: Lives(0.1, 2.0, least_kills=10))
    # Calls to quipteams in a window of time, and how long that is, while it is troubled.
    rate: Mapping[str, int] = field(default_factory=lambda: {"limit": 20, "seconds": 3})
    # Longer than an answer is waited for, and a 429 with a `Retry-After` of 30 seconds.
    slow: Sequence[Mapping[str, object]] = (
        {"mode": "slow_before", "verb": "GET", "path": LISTED, "seconds": 40},
        {"mode": "status", "status": 429, "verb": "GET", "path": LISTED},
    )
    rounds: int = 8
    raced: int = 60
    # Webhooks, how many of them are under way at a time, and within how many milliseconds they are to be answered.
    notices: int = 2_000
    at_once: int = 8
    within_ms: float | None = 100.0


FAILING: Sequence[Mapping[str, object]] = (
    {"mode": "drop", "verb": "GET", "path": LISTED, "times": 2},
    {"mode": "status", "status": 500, "verb": "GET", "path": LISTED},
    {"mode": "garbage", "verb": "GET", "path": LISTED},
)


async def pulls(home: House, size: Size, chance: random.Random, report: Report) -> None:
    """Reads all quotes of each system, each time by a new process."""
    for number, system in enumerate(size.systems):
        there = home.there(system, "pulled")
        await there.begin(size.quotes)
        if number:
            await home.begin_anew()
        begun = time.monotonic()
        connected = await home.connect(there)
        seen = await connected.read_to_the_end()
        seconds, peak = time.monotonic() - begun, _peak_mib(home.worker.pid)
        report.figure(f"{system}: quotes there", size.quotes)
        report.figure("  seconds of a full pull", round(seconds, 1))
        report.figure("  quotes a second", round(size.quotes / seconds))
        report.figure("  most memory of the process, MiB", peak, peak <= MOST_MIB)
        report.figure("  steps that `sync` showed", len(seen), _is_progress(seen, size.quotes))
        await agree(connected, report)


def _is_progress(seen: Sequence[Progress], count: int) -> bool:
    read = [it.read for it in seen]
    return read == sorted(read) and read[-1] == count and (count < MANY or len(seen) >= 10)


def _peak_mib(pid: int | None) -> int:
    """The most memory that a process has had at a time."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(it for it in lines if it.startswith("VmHWM:")).split()[1]) // 1024


async def troubles(home: House, size: Size, chance: random.Random, report: Report) -> None:
    """Reads quotes while everything fails at once."""
    there = home.there(System.QUIPTEAMS, "troubled")
    await there.begin(0)
    connected = await home.connect_with_webhooks(there)
    await connected.read_to_the_end()
    ids = (await there.control("quotes", {"count": size.troubled}))["ids"]
    before = len(await there.received())
    await there.control("paging", {"isByOffset": True})
    await there.control("limit", size.rate)
    await there.go_wrong(*FAILING, *size.slow)
    kills, calm = home.worker.kills, asyncio.Event()
    working = asyncio.create_task(_work(there, ids, chance, calm))
    killing = asyncio.create_task(_kill(home, connected, size.lives, chance))
    await connected.sync(full=True)
    killing.cancel()
    calm.set()
    acts = await working
    await asyncio.gather(killing, return_exceptions=True)
    await _calm(there)
    await eventually(lambda: _none_waits(connected), DONE_IN, PAUSE)
    # A reading that was under way may be of before.
    await connected.sync()
    await connected.sync()
    kills = home.worker.kills - kills
    listed = [it for it in (await there.received())[before:] if it["path"] == LISTED and it["method"] == "GET"]
    whole = [it for it in listed if it["query"].get("sort") == "created_at" and it["status"] == 200]
    pages = len({(it["query"].get("created_after"), it["query"].get("cursor")) for it in whole})
    report.figure("troubles: quotes there at first", size.troubled)
    report.figure("  acts of people there meanwhile", acts)
    report.figure("  kills of the worker while it read", kills, kills > 0)
    report.figure("  pages of the pull", pages)
    # One that was being read at a kill, or whose answer was unreadable.
    report.figure("  read again", len(whole) - pages, len(whole) - pages <= kills + len(FAILING))
    await agree(connected, report)
    await _deleted(connected, ids, chance, report)


async def _none_waits(connected: Connected) -> bool:
    return await connected.notices_waiting() == 0


async def _calm(there: There) -> None:
    """Nothing fails any more."""
    await there.go_right()
    await there.control("deliveries", {})
    await there.control("limit", {"limit": NO_RATE})
    await there.control("paging", {})


async def _work(there: There, ids: list[str], chance: random.Random, calm: asyncio.Event) -> int:
    """People there make, delete, price and decide quotes, so that pages shift and webhooks are sent: some are kept
    back, and come twice and in the reversed order. Returns how many acts there were; `ids` are those that are left."""
    acts, most = 0, len(ids) // 10
    recipient = {"name": "Ana", "country": "Uruguay", "address": "Calle 1"}
    item = {"product_type": "Laptop", "specification": {"model": "XPS"}, "recipients": [recipient]}
    while not calm.is_set() and acts < most:
        await there.control("deliveries", {"isHeld": True})
        await there.call("POST", "quotes", {"requester_email": "it@people.example", "items": [item]})
        for order_id in chance.sample(ids, 3):
            priced = {"prices": {"*": chance.randrange(1, 99_999) / 100}}
            quote = await there.control(f"quotes/{order_id}", priced)
        for line in quote["items"]:
            await there.decide(quote["order_id"], line["id"], chance.choice(("accept", "reject")))
        await there.control(f"quotes/{ids.pop(chance.randrange(len(ids)))}", {"delete": True})
        await there.control("deliveries", {"isDoubled": True, "isReversed": True})
        acts += 1
        await asyncio.sleep(chance.uniform(0, 0.2))
    return acts


async def _kill(home: House, connected: Connected, lives: Lives, chance: random.Random) -> None:
    """Kills the worker while it reads, at random moments."""
    for _ in range(lives.least_kills):
        await home.worker.up.wait()
        await eventually(lambda: _is_reading(connected), DONE_IN)
        await asyncio.sleep(chance.uniform(lives.shortest, lives.longest))
        home.worker.kill()


async def _is_reading(connected: Connected) -> bool:
    return bool((await connected.state())["sync"]["phase"] == "READING")


async def _deleted(connected: Connected, ids: Sequence[str], chance: random.Random, report: Report) -> None:
    """What was deleted there is marked after everything was read, and nothing else is."""
    gone = frozenset(chance.sample(ids, 3))
    for order_id in gone:
        await connected.there.control(f"quotes/{order_id}", {"delete": True})
    await connected.sync(full=True)
    theirs, held = await connected.there.quotes(), await connected.held()
    left = held.shown.keys() - theirs.keys()
    report.figure("  deleted there after they were read", len(left), left >= gone)
    report.figure("  marked as stale", len(held.stale), held.stale == left)


async def silence(home: House, size: Size, chance: random.Random, report: Report) -> None:
    """A system that does not answer, and one that fails, delay no other."""
    quiet, other = home.there(System.QUIPTEAMS, "silent"), home.there(System.KITCHEN)
    await quiet.begin(0)
    await other.begin(min(size.quotes, MANY))
    await quiet.go_wrong({"mode": "slow_before", "path": SILENT, "seconds": 120})
    before = len(await quiet.received())
    silent = await home.connect(quiet)

    async def asked() -> bool:
        return any(it["path"] == SILENT for it in (await quiet.received())[before:])

    await eventually(asked)
    read = await home.connect(other)
    await read.read_to_the_end()
    still = (await silent.state())["lastSyncedAt"] is None
    report.figure("silence: a system is read while another does not answer", still, still)
    await agree(read, report)
    broken = home.there(System.QUIPTEAMS, "broken")
    await broken.begin(0)
    failing = await home.connect(broken)
    await failing.read_to_the_end()
    await broken.go_wrong({"mode": "status", "status": 500, "path": LISTED, "times": 10_000})
    await failing.ask_to_sync()
    await eventually(lambda: _is(failing, "FAILING"))
    await read.sync()
    await broken.go_right()
    await eventually(lambda: _is(failing, "ACTIVE"), DONE_IN, PAUSE)
    await eventually(lambda: _is_idle(failing), DONE_IN, PAUSE)
    error = (await failing.state())["sync"]["error"]
    report.figure("  a system that failed is read once it works again", error is None, error is None)


async def notices(home: House, size: Size, chance: random.Random, report: Report) -> None:
    """Sends webhooks of quipteams, while others of them are worked off."""
    there = home.there(System.QUIPTEAMS, "noticed")
    ids = await there.begin(10)
    connected = await home.connect_with_webhooks(there)
    await connected.read_to_the_end()
    waiting, taken = iter(range(size.notices)), list[float]()

    async def send() -> None:
        for number in waiting:
            event = {"id": f"e-{number}", "type": "quote.updated", "data": {"order_id": chance.choice(ids)}}
            body = json.dumps(event).encode()
            headers = {SIGNATURE: f"sha256={hmac.digest(connected.secret.encode(), body, 'sha256').hex()}"}
            begun = time.perf_counter()
            async with home.http.post(str(connected.inbound_url), data=body, headers=headers) as answer:
                assert answer.status == 202, await answer.text()
            taken.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*(send() for _ in range(size.at_once)))
    await eventually(lambda: _none_waits(connected), DONE_IN)
    p99 = quantiles(taken, n=100)[98]
    report.figure("notices: webhooks that were answered, and worked off", len(taken), len(taken) == size.notices)
    report.figure("  milliseconds to an answer, median", round(median(taken), 1))
    # SQLite has one writer: a notice waits for the transactions that work off others.
    most = size.within_ms if home.database.write.dialect.name == "postgresql" else None
    report.figure("  99 of 100 within", round(p99, 1), most is None or p99 <= most)
    await agree(connected, report)


async def _is(connected: Connected, status: str) -> bool:
    return bool((await connected.state())["status"] == status)


async def _is_idle(connected: Connected) -> bool:
    return bool((await connected.state())["sync"]["phase"] == "IDLE")


async def agree(connected: Connected, report: Report) -> None:
    """Compares what we have of a system with what it has."""
    theirs, held = await connected.there.quotes(), await connected.held()
    lost = theirs.keys() - held.shown.keys()
    other = [it for it in theirs.keys() & held.shown.keys() if theirs[it] != held.shown[it]]
    report.figure("  quotes here", len(held.shown))
    report.figure("  lost", len(lost), not lost)
    report.figure("  doubled", held.doubled, held.doubled == 0)
    report.figure("  other than there", len(other), not other)
    stale = held.stale & theirs.keys()
    report.figure("  marked as stale although they are there", len(stale), not stale)
    for it in other[:3]:
        print(f"{it}\n  there {theirs[it]}\n  here  {held.shown[it]}", file=sys.stderr)


Part = Callable[[House, Size, random.Random, Report], Awaitable[None]]
PARTS: Mapping[str, Part] = {
    "pulls": pulls,
    "troubles": troubles,
    "decisions": lambda home, size, chance, report: decisions(home, size.rounds, chance, report),
    "races": lambda home, size, chance, report: races(home, size.raced, chance, report),
    "silence": silence,
    "notices": notices,
}


async def run(size: Size, database: str, seed: int, parts: Sequence[str] = tuple(PARTS)) -> Report:
    """Runs parts on a new database of this kind. On SQLite `pulls` are read by the server itself, as on one machine."""
    report, by_the_server = Report(), ("pulls",) if database == "sqlite" else ()
    for inline, mine in ((True, by_the_server), (False, [it for it in PARTS if it not in by_the_server])):
        if wanted := [it for it in mine if it in parts]:
            with tempfile.TemporaryDirectory() as directory:
                async with house(database, inline, Path(directory)) as home:
                    for name in wanted:
                        await PARTS[name](home, size, random.Random(seed), report)
    return report


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--quotes", type=int, default=Size().quotes, help="how many are read of each system")
    reader.add_argument("--system", type=System, choices=list(System), action="append", help="by default two of four")
    reader.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="by default both")
    reader.add_argument("--part", choices=list(PARTS), action="append", help="by default all")
    reader.add_argument("--seed", type=int, default=17)
    given = reader.parse_args()
    wanted_size = Size(systems=given.system or Size().systems, quotes=given.quotes)
    failed = False
    for kind in given.database or ("sqlite", "postgresql"):
        print(f"\n{kind}, seed {given.seed}", flush=True)
        failed |= bool(asyncio.run(run(wanted_size, kind, given.seed, given.part or tuple(PARTS))).wrong)
    sys.exit(1 if failed else 0)
