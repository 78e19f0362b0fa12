"""quipteams as a connected system, against the emulated one over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from adapters.connections.quipteams.filters import (
    AssetFilter,
    DeviceActionFilter,
    EmployeeFilter,
    KitFilter,
    ProductFilter,
    QuoteFilter,
)
from domain.catalogue.products import ProductType, Specification
from domain.connections.records import ForeignPerson
from domain.connections.systems import COLLECTIONS, Collection, System
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignAction
from domain.quotes.statuses import DecisionStatus, OfferStatus, RecipientStatus, Verdict
from domain.shared.outbound_errors import Refused, Uncertain
from tests.adapters.connections.quipteams import samples
from tests.adapters.connections.quipteams.there import (
    a_new_quote,
    a_recipient,
    all_pages,
    an_item,
    ids_of,
    numbered,
    quipteams,
    several,
)
from tests.adapters.connections.quipteams.written_back import quote_as_received

ANA = ForeignPerson("Ana", "ana@example.org", "1", address="Calle 1", country="Uruguay")
ACCEPT, REJECT = Verdict.ACCEPT, Verdict.REJECT
SINCE = datetime(2026, 3, 10, 0, 3, tzinfo=UTC)


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        yield there


# ---- read


async def test_a_check_is_one_cheap_call(there):
    await there.system.check()
    [call] = [it for it in await there.received() if it["path"].startswith("/api")]
    assert (call["path"], call["query"]) == ("/api/v1/quotes", {"limit": "1"})


async def test_a_wrong_key_is_refused_by_the_check(there):
    await there.control("keys", {"key": "qk_live_0quipteams0key", "isRevoked": True})
    with pytest.raises(Refused) as refused:
        await there.system.check()
    assert (refused.value.status, refused.value.reason) == (401, "Missing or invalid Authorization header")


async def test_each_collection_is_read_whole(there):
    for kind in ("quote", "asset", "device_action", "employee", "product", "kit"):
        await there.add(kind, getattr(samples, kind.upper()))
    await there.add("asset", samples.ASSET_IN_USE)
    delivered = samples.QUOTE["items"][0]["recipients"][0]["serial_number"]
    found = {it: ids_of(await all_pages(there.system, it)) for it in COLLECTIONS[System.QUIPTEAMS]}
    assert found == {
        Collection.PRODUCTS: [samples.PRODUCT["id"]],
        Collection.EMPLOYEES: [samples.EMPLOYEE["id"]],
        Collection.QUOTES: [samples.QUOTE["order_id"]],
        Collection.ASSETS: [samples.ASSET["serial_number"], delivered, samples.ASSET_IN_USE["serial_number"]],
        Collection.DEVICE_ACTIONS: [samples.DEVICE_ACTION["id"]],
        Collection.KITS: [samples.KIT["id"]],
    }


async def test_all_quotes_are_read_a_hundred_at_a_time_in_the_order_in_which_they_were_created(there):
    await there.add("quote", *several(250))
    pages = await all_pages(there.system)
    # A page begins with the last row of the one before it, which is left out.
    assert [len(it.records) for it in pages] == [100, 99, 51]
    assert ids_of(pages) == [it["order_id"] for it in several(250)]


async def test_since_a_time_only_what_has_changed_is_read_and_no_page_after_that(there):
    await there.add("quote", *several(150))
    late = [numbered(it, updated_at=f"2026-03-19T00:00:0{it}.000Z") for it in range(3)]
    await there.add("quote", *late)
    pages = await all_pages(there.system, since=datetime(2026, 3, 19, tzinfo=UTC))
    assert ids_of(pages) == [it["order_id"] for it in reversed(late)]
    assert len(pages) == 1


async def test_device_actions_are_read_in_detail_and_since_a_time(there):
    old = {**samples.DEVICE_ACTION, "id": "old", "updated_at": "2026-01-01T00:00:00.000Z"}
    await there.add("device_action", samples.DEVICE_ACTION, old)
    pages = await all_pages(there.system, Collection.DEVICE_ACTIONS, datetime(2026, 2, 1, tzinfo=UTC))
    [action] = pages[0].records
    assert (action.external_id, action.notes) == (samples.DEVICE_ACTION["id"], "Ring twice")
    assert (await there.system.device_action("DA-2026-0015")).times.keys() == {"IN_PROGRESS", "IN_TRANSIT"}


async def test_rows_that_have_less_than_the_quote_are_read_one_by_one(there):
    await there.add("quote", *several(3))
    await there.control("drift", [{"path": "data.*.items.*.recipients.*.email", "isMissing": True}])
    short = await there.system.page(Collection.QUOTES, None, None)
    calls = [it["path"] for it in await there.received() if it["path"].startswith("/api/v1/quotes/")]
    assert (len(short.records), sorted(calls)) == (3, sorted(f"/api/v1/quotes/{it['order_id']}" for it in several(3)))


async def test_a_quote_that_does_not_exist_is_none(there):
    assert await there.system.quote("1") is None
    await there.add("quote", samples.QUOTE)
    found = await there.system.quote(samples.QUOTE["order_id"])
    assert quote_as_received(found)["items"][0]["price"] == Decimal("1450.1")


async def test_every_filter_is_sent_as_the_documents_name_it(there):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    times: dict[str, Any] = {"created_after": at, "created_before": at + timedelta(days=1)}
    parts: dict[str, Any] = {"cpu": ("M4", "M3"), "ram": ("8GB",), "storage": ("1TB",), "screen_size": ("14",)}
    parts |= {"resolution": ("4K",), "connection_type": ("USB-C",)}
    calls = there.client
    await calls.quotes(QuoteFilter(status="in_progress", country="uru", **times, sort="-updated_at"))
    await calls.assets(
        AssetFilter(
            status="all",
            serial_number="S",
            item_id="I",
            country="Chile",
            device_type="Laptop",
            search="x",
            sort="created_at",
        )
    )
    await calls.device_actions(
        DeviceActionFilter(status="Pending", action_type="Store", serial_number="S", include_asset=True, **times)
    )
    await calls.products(
        ProductFilter(product_type="Laptop", brand="Apple", search="x", **parts, include_inactive=False)
    )
    await calls.kits(KitFilter(search="x", tag="t", region="LATAM", sort="-name"))
    await calls.employees(EmployeeFilter(status="active", search="ana"))
    sent = [it["query"] for it in await there.received() if it["path"].startswith("/api")]
    written = {"created_after": "2026-03-01T00:00:00.000Z", "created_before": "2026-03-02T00:00:00.000Z"}
    limit = {"limit": "100"}
    assert [it["status"] for it in await there.received() if it["path"].startswith("/api")] == [200] * 6
    assert sent == [
        {"status": "in_progress", "country": "uru", **written, "sort": "-updated_at", **limit},
        {
            "status": "all",
            "serial_number": "S",
            "item_id": "I",
            "country": "Chile",
            "device_type": "Laptop",
            "search": "x",
            "sort": "created_at",
            **limit,
        },
        {
            "status": "Pending",
            "action_type": "Store",
            "serial_number": "S",
            "include_asset": "true",
            **written,
            **limit,
        },
        {
            "product_type": "Laptop",
            "brand": "Apple",
            "search": "x",
            **{name: ",".join(it) for name, it in parts.items()},
            "include_inactive": "false",
        },
        {"search": "x", "tag": "t", "region": "LATAM", "sort": "-name", **limit},
        {"status": "active", "search": "ana", **limit},
    ]


async def test_products_come_with_the_values_of_their_filters_and_kits_with_their_devices(there):
    await there.add("product", samples.PRODUCT)
    await there.add("kit", samples.KIT)
    assert (await there.client.products()).meta["available_filters"]["brand"] == ["Apple"]
    assert len((await there.client.kits()).rows) == 1
    assert (await there.client.kit(samples.KIT["id"]) or {})["devices"] == samples.KIT["devices"]
    assert await there.client.product("no") is None


# ---- create


async def test_a_quote_is_created_and_found_by_our_reference(there):
    items = (an_item(quantity=2, comments="Soon"), an_item(recipients=(a_recipient(is_storage=True),)))
    wanted = a_new_quote(*items, po_number="PO-7", message="Please", notification_emails=("x@example.org",))
    created = await there.system.create_quote(wanted)
    assert (created.decision_status, created.po_number, created.requester.email) == (
        DecisionStatus.PENDING,
        "PO-7",
        "it@example.org",
    )
    assert [(it.quantity, it.specification.model, it.price) for it in created.items] == [
        (2, "XPS", None),
        (1, "XPS", None),
    ]
    assert created.items[0].comments == "Please\nSoon\nReference: our-1"
    assert created.items[1].recipients[0].is_storage
    await there.new_quote()
    since = created.created_at - timedelta(seconds=1)
    assert await there.system.find_quote("our-1", since) == created
    assert await there.system.find_quote("our-2", since) is None
    assert await there.system.find_quote("our-1", created.created_at + timedelta(hours=1)) is None


async def test_items_are_taken_from_the_catalogue_and_from_kits_if_their_metadata_says_so(there):
    await there.add("product", samples.PRODUCT)
    await there.add("kit", samples.KIT)
    configuration = samples.PRODUCT["configurations"][0]["id"]
    chosen = {"product_id": samples.PRODUCT["id"], "configuration_id": configuration}
    catalogue = an_item(metadata=chosen, specification=Specification(keyboard_layout="ES"))
    created = await there.system.create_quote(a_new_quote(catalogue, an_item(metadata={"kit_id": samples.KIT["id"]})))
    assert [(it.product_type, it.specification.model) for it in created.items] == [
        (ProductType.LAPTOP, "MacBook Pro 14"),
        (ProductType.LAPTOP, "Air"),
        (ProductType.MOUSE, "MX"),
    ]
    assert created.items[0].specification.keyboard_layout == "ES"


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        (replace(a_new_quote(), requester=ForeignPerson("IT")), "requester"),
        (replace(a_new_quote(), items=()), "at least one item"),
        (a_new_quote(an_item(recipients=())), "at least one recipient"),
        (a_new_quote(an_item(recipients=(a_recipient(country=None),))), "country"),
    ],
)
async def test_what_a_quote_must_have_there_is_refused_before_it_is_sent(there, quote, reason):
    with pytest.raises(Refused, match=reason):
        await there.system.create_quote(quote)
    assert await there.received() == []


# ---- decide


async def test_an_item_is_accepted(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    after = await there.system.decide(ForeignDecision(quote["order_id"], ACCEPT, item_id=quote["items"][0]["id"]))
    assert (after.decision_status, after.items[0].status) == (DecisionStatus.APPROVED, OfferStatus.ACCEPTED)
    assert after.items[0].alternatives[0].status == OfferStatus.REJECTED
    assert after.items[0].recipients[0].status == RecipientStatus.APPROVED


@pytest.mark.parametrize("with_item", [True, False])
async def test_an_alternative_is_accepted_with_other_recipients(there, with_item):
    quote = await there.new_quote(1450.1, alternatives=2)
    item = quote["items"][0]
    decision = ForeignDecision(
        quote["order_id"],
        ACCEPT,
        item_id=item["id"] if with_item else None,
        alternative_id=item["alternatives"][1]["id"],
        recipients=(a_recipient(name="Bo", country="Chile"),),
    )
    after = await there.system.decide(decision)
    assert [it.status for it in after.items[0].alternatives] == [OfferStatus.REJECTED, OfferStatus.ACCEPTED]
    assert (after.items[0].status, after.items[0].recipients[0].name) == (OfferStatus.REJECTED, "Bo")


async def test_an_alternative_alone_is_rejected_by_its_own_id(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    chosen = quote["items"][0]["alternatives"][0]["id"]
    after = await there.system.decide(ForeignDecision(quote["order_id"], REJECT, alternative_id=chosen))
    assert after.items[0].alternatives[0].status == OfferStatus.REJECTED
    assert after.items[0].status == OfferStatus.SOURCED


@pytest.mark.parametrize(("verdict", "status"), [(ACCEPT, DecisionStatus.APPROVED), (REJECT, DecisionStatus.REJECTED)])
async def test_a_quote_as_a_whole_is_decided_line_by_line(there, verdict, status):
    quote = await there.new_quote(1450.1, alternatives=1, lines=3)
    await there.system.decide(ForeignDecision(quote["order_id"], REJECT, item_id=quote["items"][0]["id"]))
    after = await there.system.decide(ForeignDecision(quote["order_id"], verdict))
    if verdict == REJECT:
        assert after.decision_status == status
    expected = OfferStatus.ACCEPTED if verdict == ACCEPT else OfferStatus.REJECTED
    assert [it.status for it in after.items] == [OfferStatus.REJECTED, expected, expected]


async def test_a_whole_quote_is_not_accepted_in_part_for_want_of_a_price(there):
    quote = await there.new_quote(lines=2)
    await there.work(quote, prices={quote["items"][0]["id"]: 9.5})
    with pytest.raises(Refused) as refused:
        await there.system.decide(ForeignDecision(quote["order_id"], ACCEPT))
    assert refused.value.reason == "Not every item is priced."
    assert {it["method"] for it in await there.received() if "action" in it["path"]} == set()


async def test_what_is_refused_there_says_why(there):
    quote = await there.new_quote()
    with pytest.raises(Refused) as refused:
        await there.system.decide(ForeignDecision(quote["order_id"], ACCEPT, item_id=quote["items"][0]["id"]))
    assert (refused.value.status, refused.value.reason) == (409, "This offer is not priced yet")
    with pytest.raises(Refused) as refused:
        await there.system.decide(ForeignDecision("1", ACCEPT))
    assert refused.value.reason == "The quote does not exist there."


async def test_a_decision_whose_outcome_cannot_be_read_is_uncertain(there):
    quote = await there.new_quote(1450.1)
    await there.go_wrong(mode="status", status=500, verb="GET")
    with pytest.raises(Uncertain, match="The decision was sent"):
        await there.system.decide(ForeignDecision(quote["order_id"], ACCEPT, item_id=quote["items"][0]["id"]))
    assert (await there.system.quote(quote["order_id"])).decision_status == DecisionStatus.APPROVED


async def test_a_decision_on_a_whole_quote_that_stops_half_way_is_uncertain(there):
    quote = await there.new_quote(1450.1, lines=2)
    second = quote["items"][1]["id"]
    path = f"/api/v1/quotes/{quote['order_id']}/items/{second}"
    await there.go_wrong(mode="status", status=429, verb="POST", path=path)
    with pytest.raises(Uncertain, match="after 1 offers"):
        await there.system.decide(ForeignDecision(quote["order_id"], ACCEPT))
    there.clock.move(minutes=1)
    assert (await there.system.decide(ForeignDecision(quote["order_id"], ACCEPT))).decision_status == "APPROVED"


async def test_what_quipteams_has_no_call_for_is_refused(there):
    for call in (
        there.system.edit_quote(ForeignEdit("1")),
        there.system.send_quote("1", with_pdf=False),
        there.system.cancel_quote("1"),
    ):
        with pytest.raises(Refused, match="quipteams has no call"):
            await call
    assert await there.received() == []


# ---- devices


async def test_a_device_action_is_created_for_a_device_of_the_inventory_and_for_another(there):
    await there.add("asset", samples.ASSET)
    serial = samples.ASSET["serial_number"]
    inside = NewForeignAction(DeviceActionType.ASSIGN, serial, ANA, ForeignPerson("Bo", "bo@example.org"), wipe=True)
    made = await there.system.create_device_action(inside)
    assert (made.status, made.type, made.new_recipient.email) == (
        DeviceActionStatus.IN_PROGRESS,
        DeviceActionType.ASSIGN,
        "bo@example.org",
    )
    assert (made.current_user, made.wipe) == (ANA, True)
    outside = NewForeignAction(
        DeviceActionType.RETRIEVAL,
        "EXT1",
        ANA,
        model="XPS 13",
        device_type=ProductType.LAPTOP,
        country="Chile",
        notification_emails=("x@example.org",),
    )
    made = await there.system.create_device_action(outside)
    assert (made.model, made.country, made.metadata["notification_emails"]) == ("XPS 13", "Chile", '["x@example.org"]')
    with pytest.raises(Refused) as refused:
        await there.system.create_device_action(inside)
    assert refused.value.reason == "The device already has an active action"


async def test_a_device_action_is_found_by_our_reference(there):
    await there.add("asset", samples.ASSET)
    serial, since = samples.ASSET["serial_number"], there.clock.at
    wanted = NewForeignAction(DeviceActionType.STORE, serial, ANA, notes="Soon", reference="our-1")
    assert await there.system.find_device_action(wanted, since) is None
    made = await there.system.create_device_action(wanted)
    assert (made.notes, made.reference) == ("Soon\nReference: our-1", "our-1")
    found = await there.system.find_device_action(wanted, since)
    assert (found.external_id, found.reference) == (made.external_id, "our-1")
    assert await there.system.find_device_action(replace(wanted, reference="our-2"), since) is None
