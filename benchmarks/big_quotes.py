"""What a large quote costs as it grows: creating, pricing and accepting it whole, and the orders that follow.

python -m benchmarks.big_quotes [--recipients 10]

Everything runs in this process, on SQLite in a file and on PostgreSQL. Figures are processor seconds of this process
(which are all of SQLite's and none of PostgreSQL's) and, in brackets, seconds as they passed. Each step should grow as
the rows do: the last column compares 200 lines with 50. Fails when 200 lines of 10 recipients take a processor second
or more to price or to accept.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.database.core.engine import Database, open_database
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.migrator import migrate
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from benchmarks.database import new_database
from domain.catalogue.device_selection import CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.ports.dependencies import Dependencies
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.pricing import ItemPrices, QuotePrices
from domain.shared.access import CUSTOMER_SCOPES, Caller, Environment, Scope
from domain.shared.events import NewEvent
from domain.shared.ids import global_id, new_id
from domain.shared.jobs import JobType, NewJob, RetryPolicy
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote
from domain.use_cases.quotes.pricing import PriceQuote, price_quote
from domain.use_cases.worker import dispatch
from tests.claiming import claim_one
from tests.databases import a_company
from tests.fakes.external import FakeExternalServices
from tests.fakes.storage import Clock
from tests.postgres import stop_postgres

LINES = (25, 50, 100, 200)
MOST_SECONDS = 1.0
LAPTOP = CustomDevice(ProductType.LAPTOP, Specification(brand="Dell", model="Latitude 7450"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=10, help="recipients of each line")
    recipients = parser.parse_args().recipients
    with tempfile.TemporaryDirectory(prefix="quotegraph-growth-") as directory:
        urls = {"SQLite": f"sqlite+aiosqlite:///{directory}/growth.db", "PostgreSQL": new_database()}
        slowest = max(asyncio.run(_measured(name, url, recipients)) for name, url in urls.items())
    stop_postgres()
    sys.exit(recipients == 10 and slowest >= MOST_SECONDS)


async def _measured(name: str, url: str, recipients: int) -> float:
    database = open_database(url)
    if name == "SQLite":
        await migrate(database)
    company = await a_company(database)
    customer = Caller("c", "Bench", Environment.LIVE, company.id, company.live, frozenset(CUSTOMER_SCOPES))
    operator = Caller("o", "Operator", Environment.LIVE, None, None, frozenset(Scope))
    taken = {lines: await _life(database, lines, recipients, customer, operator) for lines in LINES}
    await database.close()
    print(f"{name}, {recipients} recipients a line: seconds by lines")
    print(f"  {'':<12}" + "".join(f"{lines:>18}" for lines in LINES) + "  200 : 50")
    for step in taken[LINES[0]]:
        row = [taken[lines][step] for lines in LINES]
        cells = "".join(f"{cpu:9.3f} ({passed:6.3f})" for cpu, passed in row)
        print(f"  {step:<12}{cells}{row[3][0] / row[1][0]:9.1f} x", flush=True)
    return max(taken[LINES[3]][step][0] for step in ("priceQuote", "acceptQuote"))


async def _life(
    database: Database, lines: int, recipients: int, customer: Caller, operator: Caller
) -> dict[str, tuple[float, float]]:
    clock, retry_policy = Clock(), RetryPolicy()
    queue = SqlJobQueue(database, retry_policy.lease)
    ledger = SqlUnitOfWorkFactory(database, _orders_only, clock)
    deps = Dependencies(ledger.begin, queue, FakeExternalServices(), clock, new_id, retry_policy)
    people = tuple(RecipientDraft(f"Ana {it}", "UY", f"ana{it}@x.example") for it in range(recipients))
    draft = QuoteDraft("it@x.example", tuple(ItemDraft(LAPTOP, people, recipients) for _ in range(lines)))
    created, seconds = await _timed(lambda: create_quote(deps, customer, CreateQuote(draft)))
    quote_id = global_id("Quote", created.quote_id)
    async with deps.unit_of_work(customer.tenant_scope) as work:
        quote = await work.quotes.lock(created.quote_id)
    assert quote is not None
    prices = [ItemPrices(it.item.id, {"price": MoneyDraft("1450.00", "USD")}) for it in quote.lines]
    taken = {"createQuote": seconds}
    _, taken["priceQuote"] = await _timed(
        lambda: price_quote(deps, operator, PriceQuote(quote_id, QuotePrices({}, tuple(prices))))
    )
    _, taken["acceptQuote"] = await _timed(lambda: accept_quote(deps, customer, AcceptQuote(quote_id)))
    _, taken["orders"] = await _timed(lambda: _work_off(deps))
    return taken


async def _work_off(deps: Dependencies) -> None:
    while (job := await claim_one(deps.jobs, "benchmark", deps.now())) is not None:
        await dispatch.run(deps, job)


def _orders_only(event: NewEvent) -> list[NewJob]:
    """Returns the requests to the vendor. E-mails and tasks are not counted: there is one for each quote."""
    return [job for job in dispatch.jobs_for(event) if job.kind == JobType.PLACE_VENDOR_ORDER]


async def _timed(act: Callable[[], Awaitable[Any]]) -> tuple[Any, tuple[float, float]]:
    cpu, started = time.process_time(), time.perf_counter()
    done = await act()
    return done, (time.process_time() - cpu, time.perf_counter() - started)


if __name__ == "__main__":
    main()
