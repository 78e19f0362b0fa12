"""Changes of quotes that come from Quick Quote, asked of its emulator over real HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio

from app.emulators.quick_quote import QuickQuoteEmulator
from domain.connections.changes import OriginChangeStatus
from domain.connections.systems import Collection, System
from domain.portal.drafts import SendDraft
from domain.quotes.details import Details
from domain.quotes.edits import ItemChange
from domain.shared.jobs import JobResult, JobType
from domain.shared.money import MoneyDraft
from domain.use_cases.connections.saving import save_records
from domain.use_cases.portal.sending import SendQuote, send_quote
from domain.use_cases.quotes.closings import Close, cancel_quote, decline_quote
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote
from domain.use_cases.quotes.edits import UpdateItem, UpdateQuote, update_item, update_quote
from domain.use_cases.quotes.pricing import PriceOffer, price
from tests.adapters.support.systems import emulated_system
from tests.builders import TENANT
from tests.fakes.connected_systems import FakeSystems, connect
from tests.fakes.storage import World
from tests.use_cases.connections.support import retrying, run_after, run_due, the_change
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, item_ref


class QuickQuote:
    """A company that has read its one quote from Quick Quote."""

    def __init__(self, emulated, world, number):
        self.emulated, self.world, self.number = emulated, world, number

    @property
    def quote(self):
        [found] = self.world.memory.quotes.values()
        return found

    @property
    def item(self):
        return self.quote.lines[0].item

    async def read(self):
        async with self.world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
            [connection] = self.world.memory.connections.values()
            page = await self.world.systems.system.page(Collection.QUOTES, None, None)
            at = self.world.clock()
            await save_records(work, self.world.deps, connection, Collection.QUOTES, page.records, at)
            await work.commit()

    async def writes(self):
        return [it for it in await self.emulated.received() if it["method"] != "GET"]


@pytest_asyncio.fixture
async def there(tmp_path):
    async with emulated_system(System.QUICK_QUOTE, QuickQuoteEmulator, tmp_path) as emulated:
        world = World(retry_policy=retrying())
        world.systems = FakeSystems(emulated.client("/api/v1"))
        connect(world, System.QUICK_QUOTE)
        [number] = await emulated.add({})
        found = QuickQuote(emulated, world, number)
        await found.read()
        yield found


ACTS: Mapping[str, Callable[[QuickQuote], tuple[Callable[..., Any], Any]]] = {
    "acceptQuote": lambda it: (accept_quote, AcceptQuote(it.quote.quote.id)),
    "declineQuote": lambda it: (decline_quote, Close(it.quote.quote.id)),
    "cancelQuote": lambda it: (cancel_quote, Close(it.quote.quote.id)),
    "sendQuote": lambda it: (send_quote, SendQuote(it.quote.quote.id, SendDraft())),
    "updateQuote": lambda it: (update_quote, UpdateQuote(it.quote.quote.id, {"public_notes": "For you"})),
    "updateItem": lambda it: (update_item, UpdateItem(item_ref(it.item.id), ItemChange(quantity=7))),
    "priceItem": lambda it: (price, PriceOffer(item_ref(it.item.id), MoneyDraft("12.30", it.quote.quote.currency))),
}
SHOWN = {
    "acceptQuote": lambda it: it.quote.quote.decision_status == "APPROVED",
    "declineQuote": lambda it: it.quote.quote.decision_status == "DECLINED",
    "cancelQuote": lambda it: it.quote.quote.offer_status == "CANCELLED",
    "sendQuote": lambda it: it.quote.quote.offer_status == "SENT",
    "updateQuote": lambda it: it.quote.quote.public_notes == "For you",
    "updateItem": lambda it: it.item.quantity == 7,
    "priceItem": lambda it: it.item.price is not None and it.item.price.amount == "12.30",
}


@pytest.mark.parametrize("name", ACTS)
async def test_what_is_asked_is_done_there_and_the_quote_is_as_it_is_there(there, name):
    run, command = ACTS[name](there)
    await run(there.world.deps, PLATFORM, command)
    assert not SHOWN[name](there)
    assert await run_due(there.world) == JobResult.DONE
    assert (the_change(there.world).status, the_change(there.world).reason) == (OriginChangeStatus.CONFIRMED, None)
    assert SHOWN[name](there)
    assert (len(await there.writes()), there.world.memory.orders) == (1, {})
    assert not [it for it in there.world.memory.jobs.values() if it.kind != JobType.SEND_ORIGIN_CHANGE]


@pytest.mark.parametrize("name", ACTS)
async def test_an_answer_that_is_lost_repeats_nothing_there(there, name):
    run, command = ACTS[name](there)
    await run(there.world.deps, PLATFORM, command)
    for verb in ("PUT", "POST", "DELETE"):
        await there.emulated.go_wrong(mode="slow_after", verb=verb, seconds=1)
    assert await run_due(there.world) == JobResult.FAILED
    await run_after(there.world, 10)
    assert (the_change(there.world).status, the_change(there.world).reason) == (OriginChangeStatus.CONFIRMED, None)
    assert SHOWN[name](there)
    assert len(await there.writes()) == 1


async def test_a_text_that_is_removed_here_is_removed_there(there):
    named: Details = {"public_notes": "For you", "notes": "Ours", "tags": ("b2b",)}
    removed: Details = {"public_notes": None, "notes": None, "tags": None}
    for details in (named, removed):
        await update_quote(there.world.deps, PLATFORM, UpdateQuote(there.quote.quote.id, details))
        assert await run_due(there.world) == JobResult.DONE
    asked = there.world.memory.origin_changes.values()
    assert [it.status for it in asked] == [OriginChangeStatus.CONFIRMED, OriginChangeStatus.CONFIRMED]
    assert (there.quote.quote.public_notes, there.quote.quote.notes, there.quote.quote.tags) == (None, None, ())
    assert len(await there.writes()) == 2


@pytest.mark.parametrize("name", ["acceptQuote", "updateQuote", "sendQuote"])
async def test_a_request_that_never_arrived_is_made_once_more(there, name):
    run, command = ACTS[name](there)
    await run(there.world.deps, PLATFORM, command)
    for verb in ("PUT", "POST"):
        await there.emulated.go_wrong(mode="drop", verb=verb)
    await run_due(there.world)
    await run_after(there.world, 10)
    await run_after(there.world, 100)
    assert the_change(there.world).status == OriginChangeStatus.CONFIRMED
    assert SHOWN[name](there)


async def test_a_customer_who_declines_there_while_we_accept_here_wins(there):
    run, command = ACTS["acceptQuote"](there)
    await run(there.world.deps, PLATFORM, command)
    await there.emulated.control(f"quotes/{there.number}", {"status": "Declined"})
    await run_due(there.world)
    change = the_change(there.world)
    assert (change.status, change.reason) == (OriginChangeStatus.REFUSED, "The quote is DECLINED there.")
    assert there.quote.quote.decision_status == "DECLINED"


async def test_a_system_that_asks_to_wait_is_asked_again_and_the_change_is_made_once(there):
    run, command = ACTS["acceptQuote"](there)
    await run(there.world.deps, PLATFORM, command)
    await there.emulated.go_wrong(mode="status", status=429, verb="PUT")
    assert await run_due(there.world) == JobResult.WAITS
    there.emulated.calls._waits.clear()
    await run_after(there.world, 60)
    assert the_change(there.world).status == OriginChangeStatus.CONFIRMED
    assert there.quote.quote.tenant_id == TENANT
