"""What is read from a connected system is here as it is there, on both databases, whatever happens meanwhile."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.catalogue.products import ProductType
from domain.connections.connections import ConnectionStatus, SyncPhase
from domain.connections.records import (
    Flaw,
    ForeignAsset,
    ForeignDeviceAction,
    ForeignEmployee,
    ForeignOption,
    ForeignPerson,
    Unread,
)
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.people.employees import EmployeeStatus
from domain.quotes.statuses import DecisionStatus, LineDecision, OfferStatus, RecipientStatus
from domain.shared.outbound_errors import Busy, OutboundFailure, Refused, Unavailable
from tests.adapters.database.connections.reading import CHANGED, a_record
from tests.builders import NOW
from tests.databases import LIVE


async def test_a_quote_is_here_as_it_is_there(reading):
    await reading.read(a_record("1", title="Laptops", tags=("new",), po_number="PO-1"))
    quote = await reading.quote("1")
    head, [line] = quote.quote, quote.lines
    assert (head.order_id, head.title, head.tags, head.po_number) == ("Q-1", "Laptops", ("new",), "PO-1")
    assert (head.requester_email, head.currency, head.total_minor) == ("ana@acme.example", "EUR", 200100)
    assert (line.item.title, line.item.price_minor, line.item.quantity) == ("Apple MacBook Pro", 100050, 2)
    assert [(it.name, it.country) for it in line.recipients] == [("Leo", "UY")]
    assert [(it.title, it.price_minor) for it in line.alternatives] == [("Dell XPS", 90000)]


async def test_its_events_have_the_connection_as_their_actor_and_nothing_follows(reading):
    await reading.read(a_record("1"))
    actors = await reading.rows("SELECT actor_kind, actor_id, actor_name FROM events WHERE type = 'QUOTE_CREATED'")
    assert actors == [("SYSTEM", reading.connection.id, reading.connection.name)]
    assert await reading.rows("SELECT kind FROM jobs") == []


async def test_a_record_that_is_as_it_was_changes_nothing(reading):
    await reading.read(a_record("1"), a_record("2"))
    before = await reading.events()
    await reading.full()
    assert (await reading.now).sync_changed == 0
    assert set((await reading.events())[len(before) :]) <= {"CONNECTION_PROGRESSED", "CONNECTION_SYNCED"}


async def test_what_the_system_decides_is_decided_here(reading):
    await reading.read(a_record("1"))
    accepted = replace(a_record("1").items[0], status=OfferStatus.ACCEPTED)
    shipped = replace(accepted.recipients[0], status=RecipientStatus.SHIPPED, times={"SHIPPED": CHANGED})
    given = replace(accepted, recipients=(shipped,))
    await reading.read(a_record("1", items=(given,), decision_status=DecisionStatus.APPROVED))
    quote = await reading.quote("1")
    item = quote.lines[0].item
    assert (quote.quote.status, item.decision, item.agreed_price_minor) == (
        "APPROVED",
        LineDecision.ITEM_ACCEPTED,
        100050,
    )
    assert (await reading.events())[-3:] == ["QUOTE_UPDATED", "QUOTE_APPROVED", "CONNECTION_SYNCED"]
    times = await reading.rows("SELECT status FROM status_times WHERE status = 'SHIPPED'")
    assert (times, await reading.rows("SELECT * FROM vendor_orders")) == ([("SHIPPED",)], [])


async def test_lines_that_come_and_go_keep_the_ids_of_those_that_stay(reading):
    first = a_record("1").items[0]
    await reading.read(a_record("1", items=(first, replace(first, external_id="i2"))))
    kept = (await reading.quote("1")).lines[1].item.id
    await reading.read(a_record("1", items=(replace(first, external_id="i2"), replace(first, external_id="i3"))))
    quote = await reading.quote("1")
    assert [it.item.id == kept for it in quote.lines] == [True, False]
    origins = await reading.rows("SELECT external_id FROM origins WHERE node_type = 'QuoteItem' ORDER BY external_id")
    assert origins == [("i2",), ("i3",)]


async def test_a_quote_may_have_no_lines_but_a_total_and_price_options(reading):
    options = (ForeignOption("o1", "Buy", Decimal(100), accepted_at=CHANGED), ForeignOption("o2", "Rent", Decimal(9)))
    await reading.read(a_record("1", items=(), total=Decimal("109.99"), options=options, requester=None))
    quote = await reading.quote("1")
    assert (quote.quote.total_minor, quote.quote.option_price_minor, quote.quote.requester_email) == (10999, 10000, "")
    assert [(it.name, it.status) for it in quote.options] == [("Buy", "ACCEPTED"), ("Rent", "REJECTED")]
    before = quote
    await reading.full()
    assert await reading.quote("1") == before


async def test_quotes_of_the_same_number_are_told_apart_by_the_name_of_the_connection(reading):
    await reading.read(a_record("1", number="7"), a_record("2", number="7"))
    numbers = [(await reading.quote(it)).quote.order_id for it in ("1", "2")]
    assert numbers == ["7", f"7 ({reading.connection.name})"]


async def test_only_changes_are_read_again_with_an_overlap(reading):
    await reading.read(a_record("1"))
    await reading.read()
    assert [since for _, since, _ in reading.system.asked] == [None, CHANGED - timedelta(minutes=15)]
    assert (await reading.now).last_synced_at == reading.clock()


async def test_the_mark_is_not_later_than_the_beginning_of_the_reading(reading):
    # The clock of the system is ten minutes ahead.
    ahead = NOW + timedelta(minutes=15)
    await reading.read(a_record("1", updated_at=ahead))
    begun = reading.clock()
    await reading.read()
    assert reading.system.asked[-1][1] == begun - timedelta(minutes=15)


async def test_a_page_that_shifts_while_it_is_read_doubles_nothing(reading):
    records = [a_record(str(it)) for it in range(6)]

    def shift(page: int) -> None:
        if page == 1:
            reading.system.records[Collection.QUOTES].insert(0, a_record("new"))

    reading.system.before_page = shift
    await reading.read(*records)
    reading.system.before_page = lambda _: None
    await reading.read()
    there = await reading.rows(
        "SELECT external_id, COUNT(*) FROM origins WHERE node_type = 'Quote' GROUP BY external_id"
    )
    assert sorted(there) == [(it, 1) for it in sorted([*map(str, range(6)), "new"])]
    assert len(await reading.rows("SELECT id FROM quotes")) == 7


async def test_what_has_disappeared_is_stale_and_what_is_back_is_not(reading):
    await reading.read(a_record("1"), a_record("2"))
    reading.system.records[Collection.QUOTES].pop()
    stale = "SELECT external_id, is_stale FROM origins WHERE node_type = 'Quote' ORDER BY external_id"
    await reading.read()
    assert [bool(it) for _, it in await reading.rows(stale)] == [False, False]
    await reading.full()
    assert [bool(it) for _, it in await reading.rows(stale)] == [False, True]
    assert await reading.quote("2") is not None
    reading.system.records[Collection.QUOTES].append(a_record("2"))
    await reading.full()
    assert [bool(it) for _, it in await reading.rows(stale)] == [False, False]


async def test_what_has_disappeared_is_found_within_a_day_without_a_request(reading):
    reading.full_interval = timedelta(days=1)
    await reading.read(a_record("1"), a_record("2"))
    reading.system.records[Collection.QUOTES].pop()
    reading.clock.move(days=1)
    again = await reading.read()
    stale = await reading.rows("SELECT external_id FROM origins WHERE node_type = 'Quote' AND is_stale")
    assert (stale, again.at - reading.clock()) == ([("2",)], timedelta(minutes=5))


async def test_a_reading_that_is_interrupted_goes_on_where_it_was(reading):
    reading.system.records[Collection.QUOTES] = [a_record(str(it)) for it in range(5)]
    killed = KeyboardInterrupt()

    def kill(page: int) -> None:
        if page == 2:
            raise killed

    reading.system.before_page = kill
    with pytest.raises(KeyboardInterrupt):
        await reading.read()
    now = await reading.now
    assert (now.sync_phase, now.sync_read, now.sync_total, now.sync_cursor) == (SyncPhase.READING, 4, 5, "4")
    reading.system.before_page = lambda _: None
    await reading.read()
    assert [cursor for _, _, cursor in reading.system.asked] == [None, "2", "4"]
    assert len(await reading.rows("SELECT id FROM quotes")) == 5


@pytest.mark.parametrize(
    ("failure", "delay"),
    [
        (Unavailable("It does not answer."), timedelta(seconds=2)),
        (Refused("Unauthorized", 401), timedelta(hours=1)),
    ],
)
async def test_a_system_that_fails_says_so_at_once_and_is_read_again(reading, failure: OutboundFailure, delay):
    reading.system.failures = [failure]
    again = await reading.read(a_record("1"))
    now = await reading.now
    assert (now.status, now.sync_error, now.sync_phase) == (ConnectionStatus.FAILING, str(failure), SyncPhase.WAITING)
    assert again is not None
    assert (again.at - reading.clock(), again.error) == (delay, None)
    await reading.read()
    now = await reading.now
    assert (now.status, now.sync_error, now.sync_phase) == (ConnectionStatus.ACTIVE, None, SyncPhase.IDLE)
    assert [it for it in await reading.events() if it.startswith("CONNECTION")] == [
        "CONNECTION_FAILED",
        "CONNECTION_SYNCED",
    ]


@pytest.mark.parametrize("status", [400, 410])
async def test_a_reading_whose_page_is_refused_begins_its_collection_anew_at_the_time_of_the_next(reading, status):
    reading.system.records[Collection.QUOTES] = [a_record(str(it)) for it in range(5)]

    def refuse(page: int) -> None:
        if page == 2:
            raise Refused("The cursor has expired.", status)

    reading.system.before_page = refuse
    again = await reading.read()
    reading.system.before_page = lambda _: None
    assert (again.at - reading.clock(), (await reading.now).sync_cursor) == (timedelta(minutes=5), None)
    await reading.read()
    assert [cursor for _, _, cursor in reading.system.asked] == [None, "2", None, "2", "4"]
    assert (len(await reading.rows("SELECT id FROM quotes")), (await reading.now).sync_phase) == (5, SyncPhase.IDLE)


async def test_a_system_that_asks_to_wait_is_left_alone_until_then(reading):
    reading.system.failures = [Busy("Too many requests.", 42, 429)]
    again = await reading.read(a_record("1"))
    now = await reading.now
    assert (now.status, now.sync_error, now.sync_phase) == (ConnectionStatus.ACTIVE, None, SyncPhase.WAITING)
    assert again is not None
    assert again.at - reading.clock() == timedelta(seconds=42)


async def test_a_paused_system_is_not_read(reading):
    async with reading.deps.unit_of_work(LIVE) as work:
        await work.connections.save(reading.connection._replace(status=ConnectionStatus.PAUSED))
        await work.commit()
    assert await reading.read(a_record("1")) is None
    assert reading.system.asked == []


async def test_what_cannot_be_used_is_a_problem_and_the_rest_is_used(reading):
    flawed = a_record("1", flaws=(Flaw("state", "Vanished", "This status is not known."),), total=Decimal("10.005"))
    nameless = replace(flawed.items[0], price=Decimal("1e30"), comments="a\x00b\ud800")
    await reading.read(replace(flawed, items=(nameless,)), Unread("2", "It is no object.", "[]"), a_record(""))
    problems = "SELECT external_id, path, reason FROM connection_problems WHERE resolved_at IS NULL ORDER BY path"
    found = await reading.rows(problems)
    assert [(it[0], it[1]) for it in found] == [
        ("2", ""),
        ("", "id"),
        ("1", "items.0.price"),
        ("1", "state"),
        ("1", "total"),
    ]
    quote = await reading.quote("1")
    assert (quote.quote.total_minor, quote.lines[0].item.price_minor, quote.lines[0].item.comments) == (
        None,
        None,
        "ab?",
    )
    await reading.read(a_record("1"))
    assert [it[0] for it in await reading.rows(problems)] == ["2", ""]


async def test_an_unknown_currency_makes_no_amounts(reading):
    await reading.read(a_record("1", currency="Dollars"))
    quote = await reading.quote("1")
    assert (quote.quote.currency, quote.lines[0].item.price_minor) == (None, None)


async def test_a_quote_that_was_deleted_here_is_here_again_when_the_system_changes_it(reading):
    await reading.read(a_record("1"))
    quote = await reading.quote("1")
    async with reading.deps.unit_of_work(LIVE) as work:
        await work.quotes.save(quote, replace(quote, quote=quote.quote._replace(offer_status="DELETED")))
        await work.commit()
    await reading.read(a_record("1", title="Again"))
    assert (await reading.quote("1")).quote.title == "Again"


async def test_the_customer_of_several_quotes_is_one(reading):
    acme = ForeignPerson("Acme", "office@acme.example", external_id="c1")
    await reading.read(a_record("1", customer=acme), a_record("2", customer=acme))
    assert await reading.rows("SELECT name, email FROM customers") == [("Acme", "office@acme.example")]
    ids = [(await reading.quote(it)).quote.customer_id for it in ("1", "2")]
    assert len(set(ids)) == 1
    assert ids[0] is not None


async def test_devices_actions_and_employees_are_here_too(whole):
    whole.system.records = {
        Collection.EMPLOYEES: [ForeignEmployee("e1", "Leo", "leo@acme.example", EmployeeStatus.ACTIVE, "UY")],
        Collection.ASSETS: [
            ForeignAsset("d1", "SN-1", AssetStatus.IN_USE, "UY", ProductType.LAPTOP, employee_name="Leo")
        ],
        Collection.DEVICE_ACTIONS: [
            ForeignDeviceAction(
                "x1", "DA-7", DeviceActionType.RETRIEVAL, DeviceActionStatus.IN_TRANSIT, "SN-1", CHANGED, country="UY"
            )
        ],
    }
    await whole.read(a_record("1"))
    assert await whole.rows("SELECT serial_number, status, employee_name FROM assets") == [("SN-1", "IN_USE", "Leo")]
    assert await whole.rows("SELECT action_id, status FROM device_actions") == [("DA-7", "IN_TRANSIT")]
    assert await whole.rows("SELECT name, email FROM employees") == [("Leo", "leo@acme.example")]
    assert (await whole.now).sync_read == 4
    whole.system.records[Collection.ASSETS] = [
        ForeignAsset("d1", "SN-1", AssetStatus.IN_STORAGE, "UY", ProductType.LAPTOP),
        ForeignAsset("d2", "sn-1", AssetStatus.IN_STORAGE, "UY"),
    ]
    await whole.read()
    assert await whole.rows("SELECT serial_number, status, employee_name FROM assets") == [("SN-1", "IN_STORAGE", None)]
    problems = await whole.rows("SELECT external_id, path FROM connection_problems")
    assert problems == [("d2", "serial_number")]
