"""When a quote was sent, accepted, expired or withdrawn is as its system says, however late it is first seen."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from adapters.database.history.tables import status_times
from domain.connections.records import ForeignDeviceAction, ForeignOption
from domain.connections.systems import Collection, System
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, QuoteOfferStatus, RecipientStatus
from tests.adapters.database.connections.reading import CHANGED, Reading, a_record
from tests.databases import LIVE

CREATED = CHANGED - timedelta(days=1)
ACCEPTED = CHANGED - timedelta(hours=2)
APPROVED = {"decision_status": DecisionStatus.APPROVED}


async def a_reading_of(reading: Reading, system: System) -> None:
    reading.connection = reading.connection._replace(system=system)
    async with reading.deps.unit_of_work(LIVE) as work:
        await work.connections.save(reading.connection)
        await work.commit()


async def times_of_quote(reading: Reading) -> dict[str, datetime]:
    quote = await reading.quote("1")
    assert quote is not None
    return await times_of(reading, quote.quote.id)


async def times_of(reading: Reading, node_id: str) -> dict[str, datetime]:
    mine = select(status_times.c.status, status_times.c.at).where(status_times.c.node_id == node_id)
    async with reading.database.read.connect() as connection:
        return {it.status: it.at for it in await connection.execute(mine)}


@pytest.mark.parametrize("system", System)
async def test_the_time_of_acceptance_is_that_of_the_record(reading, system):
    await a_reading_of(reading, system)
    await reading.read(a_record("1", **APPROVED, times={"accepted": ACCEPTED}))
    assert (await times_of_quote(reading))["APPROVED"] == ACCEPTED


async def test_a_quote_was_accepted_when_its_price_option_was(reading):
    await a_reading_of(reading, System.KITCHEN)
    option = ForeignOption("o1", "Buy", Decimal(100), accepted_at=ACCEPTED)
    await reading.read(a_record("1", items=(), options=(option,), **APPROVED))
    assert (await times_of_quote(reading))["APPROVED"] == ACCEPTED


@pytest.mark.parametrize(
    ("statuses", "reached"),
    [
        (APPROVED, {"APPROVED"}),
        ({"decision_status": DecisionStatus.DECLINED}, {"REJECTED"}),
        ({"offer_status": QuoteOfferStatus.EXPIRED}, {"EXPIRED", "CANCELLED"}),
        ({"offer_status": QuoteOfferStatus.VOIDED}, {"VOIDED", "CANCELLED"}),
        ({"offer_status": QuoteOfferStatus.VIEWED}, {"VIEWED"}),
        ({"offer_status": QuoteOfferStatus.SENT}, {"SENT"}),
        ({"offer_status": QuoteOfferStatus.DRAFT}, set()),
    ],
)
async def test_where_the_record_does_not_say_when_it_was_the_last_change_of_the_record(reading, statuses, reached):
    await a_reading_of(reading, System.SALESBYTE)
    await reading.read(a_record("1", **statuses))
    times = await times_of_quote(reading)
    assert {status for status, at in times.items() if at == CHANGED} == reached
    assert set(times) - reached <= {"PENDING"}


async def test_a_quote_that_is_only_looked_at_again_keeps_the_time_of_its_acceptance(reading):
    await a_reading_of(reading, System.SALESBYTE)
    await reading.read(a_record("1", **APPROVED))
    later = CHANGED + timedelta(days=2)
    await reading.read(a_record("1", **APPROVED, title="Laptops", updated_at=later))
    assert (await times_of_quote(reading))["APPROVED"] == CHANGED


async def test_a_change_that_is_read_later_has_the_time_of_that_change_there(reading):
    await a_reading_of(reading, System.SALESBYTE)
    await reading.read(a_record("1", offer_status=QuoteOfferStatus.DRAFT))
    later = CHANGED + timedelta(days=2)
    await reading.read(a_record("1", **APPROVED, updated_at=later))
    assert (await times_of_quote(reading))["APPROVED"] == later


async def test_a_system_that_gives_no_time_at_all_leaves_none(reading):
    await a_reading_of(reading, System.QUICK_QUOTE)
    await reading.read(a_record("1", **APPROVED, updated_at=None))
    assert await times_of_quote(reading) == {}


async def test_a_quote_that_is_delivered_already_does_not_say_when_it_was_accepted(reading):
    [item] = a_record("1").items
    [person] = item.recipients
    delivered = replace(item, recipients=(replace(person, status=RecipientStatus.DELIVERED),))
    await reading.read(a_record("1", **APPROVED, fulfilment_status=FulfilmentStatus.DELIVERED, items=(delivered,)))
    assert await times_of_quote(reading) == {"DELIVERED": CHANGED}
    [recipient] = (await reading.quote("1")).lines[0].recipients
    assert await times_of(reading, recipient.id) == {}


async def test_a_pending_quote_of_quipteams_was_not_sent_when_it_was_changed(reading):
    await a_reading_of(reading, System.QUIPTEAMS)
    await reading.read(a_record("1"))
    assert await times_of_quote(reading) == {"PENDING": CREATED}


@pytest.mark.parametrize("updated_at", [ACCEPTED, None])
async def test_a_device_action_that_is_completed_when_it_is_first_seen_was_not_when_it_was_created(whole, updated_at):
    action = ForeignDeviceAction(
        *("x1", "DA-7", DeviceActionType.RETRIEVAL, DeviceActionStatus.COMPLETED, "SN-1", CREATED),
        country="UY",
        updated_at=updated_at,
    )
    whole.system.records = {Collection.DEVICE_ACTIONS: [action]}
    await whole.read()
    [(action_id,)] = await whole.rows("SELECT id FROM device_actions")
    assert await times_of(whole, str(action_id)) == ({} if updated_at is None else {"COMPLETED": updated_at})
