"""What a record says of dates, times and persons is kept, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.connections.records import ForeignAsset, ForeignDeviceAction, ForeignOption, ForeignPerson
from domain.connections.systems import Collection, System
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.shared.access import Actor, ActorType
from tests.adapters.database.connections.reading import CHANGED, Reading, a_record
from tests.databases import LIVE

ANA = ForeignPerson("Ana", "ana@client.example", external_id="55")
TIMES = "SELECT status, at FROM status_times WHERE node_id = (SELECT id FROM device_actions) ORDER BY at"


async def test_metadata_that_a_record_says_no_more_goes_from_lines_with_one_id_too(reading):
    [line] = a_record("1").items
    await reading.read(a_record("1", items=(replace(line, metadata={"a": "1"}), replace(line, metadata={"b": "2"}))))
    quote = await reading.quote("1")
    assert [[it.key for it in line.item.metadata] for line in quote.lines] == [["a"], ["b"]]
    await reading.read(a_record("1", items=(line, line)))
    assert [line.item.metadata for line in (await reading.quote("1")).lines] == [(), ()]


async def test_metadata_that_a_record_says_no_more_goes_after_a_record_without_its_lines_too(reading):
    [line] = a_record("1").items
    said = replace(line, metadata={"a": "1"}, recipients=(replace(line.recipients[0], metadata={"b": "2"}),))
    await reading.read(a_record("1", items=(said,)))
    await reading.read(a_record("1", items=(), are_items_known=False, title="Laptops"))
    [kept] = (await reading.quote("1")).lines
    assert ([it.key for it in kept.item.metadata], len(kept.recipients[0].metadata)) == (["a"], 1)
    await reading.read(a_record("1"))
    [kept] = (await reading.quote("1")).lines
    assert (kept.item.metadata, kept.recipients[0].metadata) == ((), ())


@pytest.fixture
async def kitchen(reading: Reading) -> Reading:
    reading.connection = reading.connection._replace(system=System.KITCHEN)
    async with reading.deps.unit_of_work(LIVE) as work:
        await work.connections.save(reading.connection)
        await work.commit()
    return reading


async def test_the_date_of_delivery_is_that_of_the_record_and_its_changes_are_told(kitchen):
    await kitchen.read(a_record("1", delivery_date=date(2026, 5, 20)))
    assert (await kitchen.quote("1")).quote.delivery_date == date(2026, 5, 20)
    await kitchen.read(a_record("1", delivery_date=date(2026, 5, 27)))
    assert (await kitchen.quote("1")).quote.delivery_date == date(2026, 5, 27)
    [(changes,)] = await kitchen.rows("SELECT field_changes FROM events WHERE type = 'QUOTE_UPDATED'")
    assert all(it in str(changes) for it in ("deliveryDate", "2026-05-20", "2026-05-27"))


@pytest.mark.parametrize(
    ("person", "author"),
    [
        (ANA, Actor(ActorType.PERSON, "ana@client.example", "Ana")),
        (replace(ANA, email=None), Actor(ActorType.PERSON, "", "Ana")),
        (None, None),
    ],
)
async def test_the_author_is_whom_the_record_names_and_one_that_we_know_stays(kitchen, person, author):
    await kitchen.read(a_record("1", author=person))
    assert (await kitchen.quote("1")).quote.author == author
    await kitchen.read(a_record("1", title="Laptops"))
    assert (await kitchen.quote("1")).quote.author == author


async def test_a_system_that_knows_no_date_of_delivery_takes_none_away(reading):
    await reading.read(a_record("1"))
    quote = await reading.quote("1")
    async with reading.deps.unit_of_work(LIVE) as work:
        dated = replace(quote, quote=quote.quote._replace(delivery_date=date(2026, 5, 20)))
        await work.quotes.save(quote, dated)
        await work.commit()
    await reading.read(a_record("1", title="Laptops"))
    head = (await reading.quote("1")).quote
    assert (head.title, head.delivery_date) == ("Laptops", date(2026, 5, 20))


@pytest.mark.parametrize(
    ("person", "actor"),
    [
        (ANA, ("PERSON", "ana@client.example", "Ana")),
        (replace(ANA, name=None), ("PERSON", "ana@client.example", "ana@client.example")),
        (replace(ANA, email=None), ("CUSTOMER", "", "Ana")),
        (None, None),
    ],
)
async def test_a_price_option_was_accepted_by_whom_the_record_names_or_by_the_connection(kitchen, person, actor):
    option = ForeignOption("o1", "Buy", Decimal(100), accepted_at=CHANGED, accepted_by=person)
    await kitchen.read(a_record("1", items=(), options=(option,)))
    connection = kitchen.connection
    [found] = (await kitchen.quote("1")).options
    assert found.accepted_by == (actor or ("SYSTEM", connection.id, connection.name))
    before = await kitchen.quote("1")
    await kitchen.full()
    assert await kitchen.quote("1") == before


async def test_who_accepted_a_price_option_is_known_once_the_record_says_it(kitchen):
    option = ForeignOption("o1", "Buy", Decimal(100), accepted_at=CHANGED)
    await kitchen.read(a_record("1", items=(), options=(option,)))
    await kitchen.read(a_record("1", items=(), options=(replace(option, accepted_by=ANA),)))
    [found] = (await kitchen.quote("1")).options
    assert found.accepted_by.name == "Ana"


async def test_the_times_of_a_device_action_and_of_the_storing_of_a_device_are_those_of_the_record(whole):
    begun, moved = CHANGED - timedelta(days=3), CHANGED - timedelta(days=2)
    action = ForeignDeviceAction(
        "x1", "DA-7", DeviceActionType.RETRIEVAL, DeviceActionStatus.IN_TRANSIT, "SN-1", CHANGED, country="UY"
    )
    whole.system.records = {
        Collection.ASSETS: [ForeignAsset("d1", "SN-1", AssetStatus.IN_STORAGE, "UY", completion_date=moved)],
        Collection.DEVICE_ACTIONS: [replace(action, times={"IN_PROGRESS": begun, "IN_TRANSIT": moved})],
    }
    await whole.read()
    async with whole.deps.unit_of_work(LIVE) as work:
        [origin] = await work.origins.of_records(whole.connection.id, ("Asset",), ["d1"])
        asset = await work.assets.lock(origin.node_id)
    assert asset.completion_date == moved
    assert [it for it, _ in await whole.rows(TIMES)] == ["IN_PROGRESS", "IN_TRANSIT"]

    done = replace(action, status=DeviceActionStatus.COMPLETED, times={"IN_TRANSIT": CHANGED, "COMPLETED": CHANGED})
    whole.system.records = {
        Collection.ASSETS: [ForeignAsset("d1", "SN-1", AssetStatus.IN_USE, "UY", employee_name="Leo")],
        Collection.DEVICE_ACTIONS: [done],
    }
    before = await whole.rows(TIMES)
    await whole.read()
    # The first time counts, and a device in use says nothing of when it was stored.
    assert (await whole.rows(TIMES))[:2] == before
    assert [it for it, _ in await whole.rows(TIMES)] == ["IN_PROGRESS", "IN_TRANSIT", "COMPLETED"]
    async with whole.deps.unit_of_work(LIVE) as work:
        assert (await work.assets.lock(origin.node_id)).completion_date == moved
