"""Quotes that the emulated systems are asked to create, over real HTTP: once there, and one quote here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.emulators.quick_quote import QuickQuoteEmulator
from app.emulators.salesbyte import SalesByteEmulator
from domain.connections.changes import ChangeStatus
from domain.connections.systems import Collection, System
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.item_details import Article
from domain.quotes.statuses import QuoteOfferStatus
from domain.shared.jobs import JobResult
from domain.use_cases.connections.creating import ask_creation
from domain.use_cases.connections.saving import save_records
from tests.adapters.connections.quipteams.there import HASTE, quipteams
from tests.adapters.support.systems import emulated_system
from tests.builders import NOW, a_quote, a_recipient, line, priced
from tests.fakes.connected_systems import FakeSystems, connect
from tests.fakes.storage import World
from tests.use_cases.connections.support import retrying, run_after, run_due, the_change
from tests.use_cases.quotes.support import CUSTOMER

SKU = Article(sku="LAT-5450")


@dataclass
class There:
    """A company that has connected an emulated system."""

    emulated: Any
    world: World
    system: System

    async def ask(self, quote: QuoteAggregate, template_id: str | None = None) -> None:
        [connection] = self.world.memory.connections.values()
        async with self.world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
            await ask_creation(work, self.world.deps, CUSTOMER, quote, connection, template_id)
            await work.commit()

    async def read(self) -> None:
        [connection] = self.world.memory.connections.values()
        page = await self.world.systems.system.page(Collection.QUOTES, None, None)
        async with self.world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
            await save_records(work, self.world.deps, connection, Collection.QUOTES, page.records, self.world.clock())
            await work.commit()

    async def posts(self) -> list[Any]:
        return [it for it in await self.emulated.received() if it["method"] == "POST"]

    @property
    def quote(self) -> QuoteAggregate:
        [found] = self.world.memory.quotes.values()
        return found

    @property
    def settlement(self) -> tuple[str, str | None]:
        return the_change(self.world).status, the_change(self.world).reason


@asynccontextmanager
async def emulated(system: System, directory: Path) -> AsyncIterator[tuple[Any, Any]]:
    """The emulated system, and our client of it."""
    if system == System.QUIPTEAMS:
        async with quipteams(directory, HASTE) as there:
            there.clock.at = NOW
            yield there, there.system
        return
    emulator = SalesByteEmulator if system == System.SALESBYTE else QuickQuoteEmulator
    async with emulated_system(system, emulator, directory) as there:
        yield there, there.client("" if system == System.SALESBYTE else "/api/v1")


@pytest_asyncio.fixture(params=[System.QUIPTEAMS, System.SALESBYTE, System.QUICK_QUOTE])
async def there(request, tmp_path):
    async with emulated(request.param, tmp_path) as (system, client):
        world = World(retry_policy=retrying())
        world.systems = FakeSystems(client)
        connect(world, request.param, currency="SEK" if request.param == System.SALESBYTE else "USD")
        yield There(system, world, request.param)


def a_new_quote(system: System) -> QuoteAggregate:
    people = [a_recipient(name=it, country="UY") for it in ("Ana", "Bo", "Cem")]
    price = priced if system == System.QUICK_QUOTE else None
    return a_quote(
        line(price, recipients=people[:2], comments="Soon", article=SKU),
        line(price, recipients=people[2:], article=SKU),
        requester_email="it@austral.example",
        requester_name="Ida Torres",
        po_number=None,
    )


async def test_the_quote_is_created_and_is_the_one_that_is_read_next(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    assert await run_due(there.world) == JobResult.DONE
    assert there.settlement == (ChangeStatus.CONFIRMED, None)
    head = there.quote.quote
    assert (head.id, head.requester_email) == (asked.quote.id, "it@austral.example")
    assert there.world.memory.origins[head.id].external_id
    events = len(there.world.memory.events)
    await there.read()
    assert (there.quote.quote.id, len(there.world.memory.events)) == (head.id, events)
    assert len(await there.posts()) == 1


async def test_lines_and_recipients_stay_the_same_objects_where_the_record_has_them(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await run_due(there.world)
    lines = there.quote.lines
    if there.system == System.SALESBYTE:
        # Its records have no lines before the quote is signed.
        assert lines == ()
        return
    assert [(it.item.id, it.item.quantity) for it in lines] == [(it.item.id, it.item.quantity) for it in asked.lines]
    if there.system == System.QUIPTEAMS:
        assert [it.id for it in lines[0].recipients] == [it.id for it in asked.lines[0].recipients]
        assert [it.name for it in lines[0].recipients] == ["Ana", "Bo"]
    else:
        assert [it.item.price for it in lines] == [priced, priced]


async def test_a_creation_whose_answer_was_lost_is_found_there(there):
    await there.ask(a_new_quote(there.system))
    await there.emulated.go_wrong(mode="slow_after", verb="POST", seconds=1)
    assert await run_due(there.world) == JobResult.FAILED
    assert there.settlement[0] == ChangeStatus.SENT
    await run_after(there.world, 10)
    assert there.settlement == (ChangeStatus.CONFIRMED, None)
    assert len(await there.posts()) == 1
    await there.read()
    assert there.quote.quote.offer_status != QuoteOfferStatus.VOIDED


async def test_a_reading_before_the_answer_finds_the_same_quote(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(mode="slow_after", verb="POST", seconds=1)
    await run_due(there.world)
    await there.read()
    assert (there.quote.quote.id, there.settlement) == (asked.quote.id, (ChangeStatus.CONFIRMED, None))
    await run_after(there.world, 1_000)
    assert len(await there.posts()) == 1


async def test_a_creation_that_never_arrived_is_made_once_more(there):
    await there.ask(a_new_quote(there.system))
    await there.emulated.go_wrong(mode="drop", verb="POST")
    await run_due(there.world)
    await run_after(there.world, 10)
    await run_after(there.world, 100)
    assert there.settlement == (ChangeStatus.CONFIRMED, None)
    await there.read()
    assert there.quote.quote.connection_id is not None


async def test_a_refusal_there_is_the_reason_why_the_quote_is_void(there):
    await there.ask(a_new_quote(there.system))
    await there.emulated.go_wrong(mode="status", status=400, verb="POST")
    await run_due(there.world)
    status, reason = there.settlement
    head = there.quote.quote
    assert (status, head.offer_status, head.connection_id) == (ChangeStatus.REFUSED, QuoteOfferStatus.VOIDED, None)
    assert reason == head.void_reason
    assert "/" not in (reason or "/")


@pytest.mark.parametrize("there", [System.SALESBYTE], indirect=True)
async def test_a_template_of_salesbyte_has_the_lines(there):
    await there.ask(replace(a_new_quote(there.system), lines=()), "7")
    await run_due(there.world)
    assert there.settlement == (ChangeStatus.CONFIRMED, None)
    [sent] = await there.posts()
    assert (sent["path"], sent["body"]["quote_template_id"]) == ("/integrations/create_quote/template", 7)
