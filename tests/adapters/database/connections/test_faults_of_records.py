"""What a record does not say in known words stays as it was, and one that cannot be saved keeps no other from being
read, on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from domain.connections.connections import ConnectionStatus, SyncPhase
from domain.connections.records import (
    Flaw,
    ForeignAsset,
    ForeignDeviceAction,
    ForeignEmployee,
    ForeignQuote,
    Unread,
)
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.people.employees import EmployeeStatus
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    QuoteOfferStatus,
    RecipientStatus,
)
from domain.shared.tags import MOST_TAGS
from domain.use_cases.connections.reading import Watcher, preview
from tests.adapters.database.connections.reading import CHANGED, a_record
from tests.databases import LIVE

PROBLEMS = "SELECT external_id, path, reason FROM connection_problems WHERE resolved_at IS NULL ORDER BY external_id"
STALE = "SELECT external_id FROM origins WHERE node_type = 'Quote' AND is_stale"
NOT_SAVED = "The record could not be saved here (TypeError)."
FLAW = Flaw("status", "On Hold", "This value is not known.")


def faulty(external_id: str) -> ForeignQuote:
    """A record that no saving can do anything with."""
    record = a_record(external_id)
    return replace(record, items=(replace(record.items[0], quantity=None),))  # type: ignore[arg-type]


async def test_what_was_viewed_stays_viewed_where_the_word_of_the_system_says_nothing_of_it(reading):
    await reading.read(a_record("1", offer_status=QuoteOfferStatus.VIEWED))
    await reading.read(a_record("1", decision_status=DecisionStatus.APPROVED))
    head = (await reading.quote("1")).quote
    assert (head.offer_status, head.decision_status) == ("VIEWED", "APPROVED")
    await reading.read(a_record("1", offer_status=QuoteOfferStatus.CANCELLED))
    assert (await reading.quote("1")).quote.offer_status == "CANCELLED"


async def test_a_status_that_is_not_known_leaves_the_earlier_ones_and_is_a_problem(reading):
    item = a_record("1").items[0]
    shipped = replace(item.recipients[0], status=RecipientStatus.SHIPPED)
    other = replace(item.alternatives[0], status=OfferStatus.REJECTED)
    accepted = replace(item, status=OfferStatus.ACCEPTED, recipients=(shipped,), alternatives=(other,))
    approved = {"decision_status": DecisionStatus.APPROVED, "fulfilment_status": FulfilmentStatus.ORDERED}
    await reading.read(a_record("1", items=(accepted,), **approved))

    unknown: dict[str, Any] = {"is_status_known": False}
    vague = replace(
        item,
        recipients=(replace(item.recipients[0], **unknown),),
        alternatives=(replace(item.alternatives[0], **unknown),),
        **unknown,
    )
    await reading.read(a_record("1", items=(vague,), title="Laptops", flaws=(FLAW,), **unknown))

    quote = await reading.quote("1")
    head, [line] = quote.quote, quote.lines
    assert (head.title, head.decision_status, head.fulfilment_status) == ("Laptops", "APPROVED", "ORDERED")
    assert (line.item.status, line.item.decision) == ("ACCEPTED", LineDecision.ITEM_ACCEPTED)
    assert [it.status for it in (*line.recipients, *line.alternatives)] == ["SHIPPED", "REJECTED"]
    assert await reading.rows(PROBLEMS) == [("1", "status", FLAW.reason)]


async def test_tags_that_do_not_fit_are_a_problem_with_the_record_and_the_others_are_kept(reading):
    received = '{"id": 1, "tags": "tag 0, tag 1, …"}'
    await reading.read(a_record("1", tags=tuple(f"tag {it}" for it in range(MOST_TAGS + 2)), raw=received))
    assert (await reading.quote("1")).quote.tags == tuple(f"tag {it}" for it in range(MOST_TAGS))
    [problem] = await reading.rows("SELECT path, value, reason, raw FROM connection_problems")
    assert problem == ("tags", "tag 50, tag 51", "There are at most 50 tags here, and this has 52.", received)


async def test_a_new_quote_whose_status_is_not_known_has_that_of_a_new_one(reading):
    await reading.read(a_record("1", flaws=(FLAW,), is_status_known=False))
    head = (await reading.quote("1")).quote
    assert (head.offer_status, head.decision_status, head.fulfilment_status) == ("SENT", "PENDING", "NONE")


async def test_other_records_whose_status_is_not_known_keep_theirs_too(whole):
    asset = ForeignAsset("d1", "SN-1", AssetStatus.RETIRED, "UY")
    action = ForeignDeviceAction(
        "x1", "DA-7", DeviceActionType.RETRIEVAL, DeviceActionStatus.COMPLETED, "SN-2", CHANGED, country="UY"
    )
    employee = ForeignEmployee("e1", "Leo", "leo@acme.example", EmployeeStatus.INACTIVE)

    def there(**given):
        whole.system.records = {
            Collection.ASSETS: [replace(asset, **given)],
            Collection.DEVICE_ACTIONS: [replace(action, **given)],
            Collection.EMPLOYEES: [replace(employee, **given)],
        }

    there()
    await whole.read()
    asset = replace(asset, status=AssetStatus.IN_STORAGE)
    action = replace(action, status=DeviceActionStatus.IN_PROGRESS)
    employee = replace(employee, status=EmployeeStatus.ACTIVE)
    there(is_status_known=False, flaws=(FLAW,))
    await whole.read()
    tables = ("assets", "device_actions", "employees")
    statuses = [await whole.rows(f"SELECT status FROM {it}") for it in tables]
    assert statuses == [[("RETIRED",)], [("COMPLETED",)], [("INACTIVE",)]]


async def test_a_record_that_cannot_be_saved_is_a_problem_and_all_others_are_read(reading):
    await reading.read(a_record("1"), faulty("2"), a_record("3"))
    now = await reading.now
    assert (now.status, now.sync_phase, now.sync_read, now.sync_changed) == (
        ConnectionStatus.ACTIVE,
        SyncPhase.IDLE,
        3,
        2,
    )
    assert [await reading.quote(it) is None for it in ("1", "2", "3")] == [False, True, False]
    assert await reading.rows(PROBLEMS) == [("2", "", NOT_SAVED)]

    reading.system.records[Collection.QUOTES][1] = a_record("2")
    await reading.full()
    assert await reading.quote("2") is not None
    assert await reading.rows(PROBLEMS) == []


@pytest.mark.parametrize("record", [faulty("1"), Unread("1", "It is no object.", "[]")])
async def test_a_quote_whose_record_cannot_be_used_any_more_stays_as_it_was_and_is_not_stale(reading, record):
    await reading.read(a_record("1"))
    before = await reading.quote("1")
    reading.system.records[Collection.QUOTES] = [record]
    await reading.full()
    assert await reading.quote("1") == before
    assert await reading.rows(STALE) == []
    assert [it[0] for it in await reading.rows(PROBLEMS)] == ["1"]

    reading.system.records[Collection.QUOTES] = [a_record("1")]
    await reading.full()
    assert (await reading.quote("1"), await reading.rows(PROBLEMS)) == (before, [])


async def test_other_records_that_are_left_out_now_stay_as_they_were_until_they_can_be_used(whole):
    asset = ForeignAsset("d1", "SN-1", AssetStatus.RETIRED, "UY")
    action = ForeignDeviceAction(
        "x1", "DA-7", DeviceActionType.RETRIEVAL, DeviceActionStatus.COMPLETED, "SN-2", CHANGED, country="UY"
    )
    employee = ForeignEmployee("e1", "Leo", "leo@acme.example", EmployeeStatus.ACTIVE)
    other = replace(action, external_id="x2", number="DA-8", status=DeviceActionStatus.IN_PROGRESS)
    second = replace(asset, external_id="d2", serial_number="SN-2")
    good: dict[Collection, list[Any]] = {
        Collection.ASSETS: [asset, second],
        Collection.DEVICE_ACTIONS: [action, other],
        Collection.EMPLOYEES: [employee],
    }
    whole.system.records = dict(good)
    await whole.read()
    tables = {it: f"SELECT * FROM {it} ORDER BY id" for it in ("assets", "device_actions", "employees")}
    before = {it: await whole.rows(sql) for it, sql in tables.items()}

    whole.system.records = {
        Collection.ASSETS: [replace(asset, serial_number="SN-2"), second],
        Collection.DEVICE_ACTIONS: [replace(action, status=DeviceActionStatus.IN_PROGRESS), other],
        Collection.EMPLOYEES: [replace(employee, email="")],
    }
    await whole.full()
    assert {it: await whole.rows(sql) for it, sql in tables.items()} == before
    assert await whole.rows("SELECT external_id FROM origins WHERE is_stale") == []
    left = [("d1", "serial_number"), ("e1", "email"), ("x1", "status")]
    assert [it[:2] for it in await whole.rows(PROBLEMS)] == left

    whole.system.records = good
    await whole.full()
    assert await whole.rows(PROBLEMS) == []


async def test_an_outage_while_records_are_saved_is_the_fault_of_no_record(reading):
    reading.is_outage = lambda _: True
    with pytest.raises(TypeError):
        await reading.read(a_record("1"), faulty("2"))
    assert await reading.rows(PROBLEMS) == []
    assert (await reading.now).sync_read == 0


async def test_a_preview_tells_which_record_could_not_be_saved(reading):
    async def wait(seconds: float) -> None:
        raise AssertionError(f"Nobody asked to wait {seconds} s.")

    reading.system.records[Collection.QUOTES] = [a_record("1"), faulty("2")]
    watcher = Watcher(lambda _: None, wait)
    [found] = await preview(reading.deps, LIVE, reading.connection.id, True, watcher)
    assert (found.read, found.new) == (2, 1)
    assert [(it.external_id, it.reason) for it in found.problems] == [("2", NOT_SAVED)]
