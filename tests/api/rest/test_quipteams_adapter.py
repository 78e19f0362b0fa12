"""Our own adapter for quipteams, connected to our REST API: it finds there what it finds at quipteams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.connections.calls import SystemCalls
from adapters.connections.quipteams.system import Quipteams, open_quipteams
from domain.catalogue.products import ProductType
from domain.connections.records import ForeignPerson, ForeignQuote, ForeignRecipient, Unread
from domain.connections.systems import COLLECTIONS, Credentials, System
from domain.inventory.device_actions import DeviceActionType
from domain.ports.connections import ForeignDecision, NewForeignAction
from domain.quotes.statuses import DecisionStatus, OfferStatus, Verdict
from domain.shared.outbound_errors import Refused
from tests.adapters.connections.quipteams.there import a_new_quote, all_pages
from tests.api.rest.conftest import Company
from tests.api.support.makers import a_price
from tests.api.support.running import Running

BRUNO = {"name": "Bruno Silva", "email": "bruno@people.example"}


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


async def test_an_alternative_is_accepted_with_other_recipients(company: Company):
    async with connected(company.api) as system:
        quote = await read_quote(system, company)
        [item] = quote.items
        bo = ForeignRecipient("", "Bo", "Chile", "bo@people.example", "+56 2", "Calle 2")
        chosen = item.alternatives[0].external_id
        after = await system.decide(
            ForeignDecision(
                quote.external_id, Verdict.ACCEPT, item.external_id, chosen, recipients=(bo, replace(bo, name="Eva"))
            )
        )
    assert (after.items[0].status, after.items[0].alternatives[0].status) == (
        OfferStatus.REJECTED,
        OfferStatus.ACCEPTED,
    )
    people = [(it.name, it.email, it.phone_number, it.address) for it in after.items[0].recipients]
    assert people == [(it, "bo@people.example", "+56 2", "Calle 2") for it in ("Bo", "Eva")]


async def test_items_and_alternatives_are_rejected(company: Company):
    async with connected(company.api) as system:
        quote = await read_quote(system, company)
        [item] = quote.items
        one = ForeignDecision(quote.external_id, Verdict.REJECT, alternative_id=item.alternatives[0].external_id)
        after = await system.decide(one)
        assert (after.items[0].alternatives[0].status, after.decision_status) == (OfferStatus.REJECTED, "PENDING")
        after = await system.decide(ForeignDecision(quote.external_id, Verdict.REJECT, item.external_id))
    assert (after.items[0].status, after.decision_status) == (OfferStatus.REJECTED, DecisionStatus.REJECTED)


async def read_quote(system: Quipteams, company: Company) -> ForeignQuote:
    """The company's quote, of one line with an alternative, as the adapter reads it."""
    record = await system.quote(company.quote.order_id)
    assert record is not None
    return record


async def test_a_device_action_is_created_for_a_device_of_the_inventory_and_for_another(company: Company):
    ana = ForeignPerson("Ana", "ana@people.example", country="Uruguay", address="Calle 1", phone_number="+598 2")
    inside = NewForeignAction(DeviceActionType.STORE, "C02XK2", replace(ana, **BRUNO), reference="our-1")
    outside = NewForeignAction(
        DeviceActionType.RETRIEVAL, "EXT-9", ana, model="XPS 13", device_type=ProductType.LAPTOP, country="Chile"
    )
    async with connected(company.api) as system:
        for wanted in (inside, outside):
            made = await system.create_device_action(wanted)
            assert (made.serial_number, made.type) == (wanted.serial_number, wanted.type)
            assert await system.device_action(made.external_id) == made
            with pytest.raises(Refused) as refused:
                await system.create_device_action(wanted)
            assert refused.value.status == 409
        assert await system.find_device_action(inside, utc_now() - timedelta(hours=1)) is not None
