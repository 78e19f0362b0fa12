"""Our own adapter for quipteams, connected to our REST API: it finds there what it finds at quipteams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from adapters.connections.calls import SystemCalls
from adapters.connections.quipteams.system import Quipteams, open_quipteams
from domain.connections.records import ForeignPerson, Unread
from domain.connections.systems import COLLECTIONS, Collection, Credentials, System
from domain.inventory.device_actions import DeviceActionType
from domain.ports.connections import ForeignDecision, NewForeignAction
from domain.quotes.statuses import DecisionStatus, OfferStatus, Verdict
from domain.shared.outbound_errors import Refused
from tests.adapters.connections.quipteams.there import a_new_quote, all_pages
from tests.api.rest.conftest import Company
from tests.api.support.makers import a_price
from tests.api.support.running import Running


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def connected(api: Running) -> AsyncIterator[Quipteams]:
    async with SystemCalls(utc_now, loopback=True) as calls:
        yield open_quipteams(calls, str(api.server.make_url("/api/v1")), Credentials(api.customer))


async def priced(api: Running, order_id: str) -> None:
    found = await api.data("query($o: String) { quote(by: {orderId: $o}) { items { id } } }", {"o": order_id})
    for item in found["quote"]["items"]:
        price = {"itemId": item["id"], "price": a_price("1450.10")}
        assert (await api.act("priceItem", price, key=api.operator))["userErrors"] == []


@pytest.mark.parametrize("collection", COLLECTIONS[System.QUIPTEAMS])
async def test_every_record_is_read_without_a_flaw(company: Company, collection):
    async with connected(company.api) as system:
        await system.check()
        pages = await all_pages(system, collection)
        changed = await all_pages(system, collection, utc_now() - timedelta(hours=1))
    records = [it for page in pages for it in page.records]
    assert records
    assert [it for it in records if isinstance(it, Unread) or it.flaws] == []
    assert {it.external_id for page in changed for it in page.records} <= {it.external_id for it in records}


async def test_a_quote_is_created_found_and_decided(company: Company):
    async with connected(company.api) as system:
        created = await system.create_quote(a_new_quote(po_number="PO-8"))
        assert await system.find_quote("our-1", created.created_at) == await system.quote(created.external_id)
        accept = ForeignDecision(created.external_id, Verdict.ACCEPT, item_id=created.items[0].external_id)
        with pytest.raises(Refused) as refused:
            await system.decide(accept)
        assert (refused.value.status, bool(refused.value.reason)) == (409, True)
        await priced(company.api, created.number)
        after = await system.decide(accept)
    assert (after.decision_status, after.items[0].status) == (DecisionStatus.APPROVED, OfferStatus.ACCEPTED)
    assert str(after.items[0].price) == "1450.1"


async def test_a_device_action_is_created(company: Company):
    ana = ForeignPerson("Ana", "ana@people.example", country="Uruguay")
    wanted = NewForeignAction(DeviceActionType.RETRIEVAL, "EXT-9", ana, model="XPS 13", country="Chile")
    async with connected(company.api) as system:
        with pytest.raises(Refused):
            await system.create_device_action(wanted)
        assert (await all_pages(system, Collection.DEVICE_ACTIONS))[0].records
