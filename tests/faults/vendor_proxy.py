"""Orders at the vendor through a proxy that fails: `python -m tests.faults.vendor_proxy [--accepts N]`.

A server with its worker, the emulated vendor, and between them a proxy (proxy.py) that strikes at random requests in
every way it knows: those that place orders, and those that look for them. Then it stops, and every accepted item must
have exactly one order at the vendor, and know it. The exit code tells whether that is so.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.emulators import start_emulators
from tests.api.support import world
from tests.api.support.makers import a_quote, a_recipient, an_item
from tests.api.support.running import Running, running
from tests.databases import DIALECTS, Templates
from tests.faults.proxy import FAULTS, NONE, Fault, fault_proxy
from tests.patience import PATIENCE
from tests.postgres import stop_postgres

ITEMS = 20
# How often a request is struck, of those that place an order and of the others.
OFTEN, SOMETIMES = 0.5, 0.3
# A request arrives so late that the worker has looked for its order, and not found it.
LATE = 0.4
SETTINGS: dict[str, Any] = {
    "tecspal_token": "a-token",
    "tecspal_tenant_id": "a-tenant",
    "vendor_timeout": 0.2,
    "job_lease_seconds": 2,
    # Longer than any request is under way: until the client gives up, and then as late as the proxy is.
    "settle_seconds": 1.2,
    "retry_delays": ",".join(["0.1"] * 200),
}
ORDERS = "query($id: ID!) { quote(by: {id: $id}) { vendorOrders { id status orderNumber } } }"


@dataclass
class Figures:
    """What came of the accepts."""

    accepts: int
    struck: Counter[Fault] = field(default_factory=Counter)
    requests: int = 0
    placing: int = 0
    at_vendor: int = 0
    twice: int = 0
    known: int = 0
    seconds: float = 0

    @property
    def held(self) -> bool:
        return self.accepts == self.at_vendor == self.known and not self.twice


class Strikes:
    """Chooses a fault for each request: first each of `first` for a request that places an order, then at random."""

    def __init__(self, first: Iterable[Fault], dice: random.Random) -> None:
        self._first = list(first)
        self._dice = dice
        self.is_over = False

    def __call__(self, request: bytes) -> Fault:
        places = request.startswith(b"POST /orders/quote ")
        if self.is_over:
            return NONE
        if places and self._first:
            return self._first.pop()
        return self._dice.choice(FAULTS) if self._dice.random() < (OFTEN if places else SOMETIMES) else NONE


async def ordered(database_url: str, directory: Path, accepts: int, seed: int = 1) -> Figures:
    """Accepts items behind the proxy, and waits until the vendor has an order for each."""
    async with await start_emulators(directory) as emulators:
        vendor = urlsplit(emulators.urls["tecspal"]).port
        assert vendor is not None
        async with fault_proxy(vendor) as proxy:
            strikes = Strikes(FAULTS, random.Random(seed))
            proxy.choose, proxy.late = strikes, LATE
            settings = {
                **SETTINGS,
                "tecspal_url": proxy.url,
                "tecspal_token": "a-token",
                "tecspal_tenant_id": "a-tenant",
            }
            async with running(database_url, **settings) as api:
                began = asyncio.get_running_loop().time()
                working = asyncio.create_task(api.parts.worker.run())
                quotes = await _accepted(api, accepts)
                strikes_end = 5 + accepts / 20
                await _until(lambda: _all_known(api, quotes, accepts), strikes_end)
                strikes.is_over = True
                assert await _until(lambda: _all_known(api, quotes, accepts), PATIENCE), "some orders are not placed"
                await api.parts.worker.stop(PATIENCE)
                await working
                figures = Figures(accepts, proxy.struck, proxy.struck.total())
                figures.seconds = asyncio.get_running_loop().time() - began
                await _count(figures, api, emulators.urls["tecspal"], quotes)
                return figures


async def _accepted(api: Running, accepts: int) -> list[str]:
    """The quotes of that many accepted items, each for a person of its own."""
    quotes = []
    for start in range(0, accepts, ITEMS):
        numbers = range(start, min(start + ITEMS, accepts))
        people = [a_recipient(f"p{it} Silva", email=f"p{it}@people.example") for it in numbers]
        made = await a_quote(api, *(an_item(recipients=[it]) for it in people))
        for item in made.items:
            assert (await api.act("acceptItem", {"itemId": item}))["userErrors"] == []
        quotes.append(made.id)
    return quotes


async def _orders(api: Running, quotes: Sequence[str]) -> list[dict[str, Any]]:
    found = [(await api.data(ORDERS, {"id": it}))["quote"]["vendorOrders"] for it in quotes]
    return [order for orders in found for order in orders]


async def _all_known(api: Running, quotes: Sequence[str], accepts: int) -> bool:
    return sum(it["orderNumber"] is not None for it in await _orders(api, quotes)) >= accepts


async def _until(condition: Callable[[], Any], seconds: float) -> bool:
    """Whether a condition held within a time."""
    ends = asyncio.get_running_loop().time() + seconds
    while not await condition():
        if asyncio.get_running_loop().time() > ends:
            return False
        await asyncio.sleep(0.1)
    return True


async def _count(figures: Figures, api: Running, vendor: str, quotes: Sequence[str]) -> None:
    async with api.http.get(f"{vendor}/received") as answer:
        received = await answer.json()
    placed = [it for it in received if (it["method"], it["path"]) == ("POST", "/orders/quote")]
    items = Counter(line["externalItemId"] for it in placed for line in it["body"]["data"]["hardwares"])
    numbers = [it["orderNumber"] for it in await _orders(api, quotes)]
    figures.placing = len(placed)
    figures.at_vendor = len(items)
    figures.twice = sum(it > 1 for it in items.values())
    figures.known = len({it for it in numbers if it is not None})


async def main(dialect: str, accepts: int, seed: int) -> bool:
    """Prints the figures. Tells whether every accept has exactly one order."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        database = await Templates(directory, world.fill).new(dialect, directory / "quotegraph.db")
        figures = await ordered(database, directory / "emulators", accepts, seed)
    for fault in (NONE, *FAULTS):
        print(f"{fault!s:<60}{figures.struck[fault]:>8}")
    print(f"{'requests at the proxy':<60}{figures.requests:>8}")
    print(f"{'requests to place an order that the vendor saw':<60}{figures.placing:>8}")
    print(f"{'accepted items':<60}{figures.accepts:>8}")
    print(f"{'items with an order at the vendor':<60}{figures.at_vendor:>8}")
    print(f"{'items with more than one':<60}{figures.twice:>8}")
    print(f"{'orders known by their number':<60}{figures.known:>8}")
    print(f"{'exactly one order an accept' if figures.held else 'NOT one order an accept'}, {figures.seconds:.0f} s")
    return figures.held


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--dialect", choices=DIALECTS, default="sqlite")
    reader.add_argument("--accepts", type=int, default=200)
    reader.add_argument("--seed", type=int, default=1)
    given = reader.parse_args()
    try:
        held = asyncio.run(main(given.dialect, given.accepts, given.seed))
    finally:
        stop_postgres()
    sys.exit(0 if held else 1)
