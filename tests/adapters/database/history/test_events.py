"""The one record of what happened: read in the order of its numbers, from any of them on."""

import asyncio
from dataclasses import replace

from adapters.database.history.column_types import dump_changes, load_changes
from adapters.database.history.events import SqlEventLog
from domain.shared.access import SYSTEM
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent, StatusChange
from domain.shared.ids import new_id
from tests.builders import ANA, LATER, NOW
from tests.databases import LIVE, a_company, dependencies_on

CHANGE = StatusChange(NodeRef("QuoteItem", "01"), "PENDING", "SOURCED")


async def recorded(database, *events):
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        for event in events:
            work.record(event)
        await work.commit()


def an_event(tenant_id, **given):
    event = NewEvent(EventType.QUOTE_ITEM_PRICED, tenant_id, NodeRef("Quote", new_id()), ANA, NOW, (CHANGE,))
    return replace(event, **given)


async def test_an_event_comes_back_as_it_was_recorded(database):
    company, log = await a_company(database), SqlEventLog(database)
    given = an_event(company.live, actor=SYSTEM, occurred_at=LATER)
    await recorded(database, given)
    [event] = await log.after(company.live, 0, None, 10)
    assert (event.number, event.type, event.node, event.actor) == (1, given.type, given.node, SYSTEM)
    assert (event.occurred_at, event.changes) == (LATER, (CHANGE,))


async def test_events_of_one_commit_are_numbered_in_the_order_they_were_told(database):
    company, log = await a_company(database), SqlEventLog(database)
    written = [an_event(company.live) for _ in range(3)]
    await recorded(database, *written[:2])
    await recorded(database, written[2])
    events = await log.after(company.live, 0, None, 10)
    assert [it.number for it in events] == [1, 2, 3]
    assert [it.node for it in events] == [it.node for it in written]
    assert await log.last_number(company.live) == 3


async def test_reading_goes_on_after_any_number_and_in_parts(database):
    company, log = await a_company(database), SqlEventLog(database)
    await recorded(database, *(an_event(company.live) for _ in range(5)))
    parts = [await log.after(company.live, number, None, 2) for number in (0, 2, 4, 5)]
    assert [[it.number for it in part] for part in parts] == [[1, 2], [3, 4], [5], []]


async def test_the_events_of_one_node_can_be_read_alone(database):
    company, log = await a_company(database), SqlEventLog(database)
    written = [an_event(company.live) for _ in range(3)]
    await recorded(database, *written, replace(written[1], occurred_at=LATER))
    events = await log.after(company.live, 0, written[1].node.id, 10)
    assert [it.number for it in events] == [2, 4]


async def test_a_tenant_reads_its_own_events_only_and_counts_for_itself(database):
    company, other, log = await a_company(database), await a_company(database, "NORDLICHT"), SqlEventLog(database)
    written = [an_event(company.live), an_event(other.live), an_event(company.live)]
    await recorded(database, *written)
    assert [it.node for it in await log.after(company.live, 0, None, 10)] == [written[0].node, written[2].node]
    assert [it.node for it in await log.after(other.live, 0, None, 10)] == [written[1].node]
    assert await log.after(other.live, 0, written[0].node.id, 10) == []
    assert [await log.last_number(it) for it in (company.live, other.live, company.test)] == [2, 1, 0]


async def test_events_of_the_same_tenants_in_any_order_do_not_wait_for_each_other_in_a_circle(database):
    company, other, log = await a_company(database), await a_company(database, "NORDLICHT"), SqlEventLog(database)
    orders = [(company.live, other.live), (other.live, company.live)] * 8
    await asyncio.gather(*(recorded(database, *map(an_event, it)) for it in orders))
    for tenant_id in (company.live, other.live):
        numbers = [it.number for it in await log.after(tenant_id, 0, None, 100)]
        assert numbers == list(range(1, len(orders) + 1))


def test_changes_are_kept_as_they_were():
    assert load_changes(dump_changes([CHANGE, CHANGE])) == (CHANGE, CHANGE)
