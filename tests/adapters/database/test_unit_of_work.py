"""One transaction for everything a mutation does: what it saves comes back whole, and only after a commit."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from adapters.database import unit_of_work
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from domain.fulfilment.vendor_orders import orders_for
from domain.ports.unit_of_work import IdempotencyClash, Outcome, UnitOfWork
from domain.quotes.alternatives import propose
from domain.quotes.decisions import accept, reject
from domain.shared.access import Environment, IdempotencyKey, TenantScope
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent, StatusChange
from domain.shared.ids import new_id
from domain.shared.jobs import JobType, NewJob
from domain.use_cases.worker.dispatch import jobs_for
from tests.builders import (
    ANA,
    LATER,
    NOW,
    a_configuration,
    a_product,
    a_quote,
    a_recipient,
    an_alternative,
    first,
    item_of,
    line,
    priced,
    unpriced,
)
from tests.databases import LIVE, a_company, dependencies_on, rows_of, write_product, write_quotes
from tests.fakes.storage import Clock
from tests.patience import PATIENCE

ONCE = IdempotencyKey("once", "acceptItem", "a" * 64)
STORES = {name for name, it in vars(UnitOfWork).items() if isinstance(it, property)}


def within(tenant_id, environment=Environment.LIVE):
    return TenantScope(environment, tenant_id)


async def loaded(database, quote_id, tenant_scope=LIVE):
    async with dependencies_on(database).unit_of_work(tenant_scope) as work:
        return await work.quotes.lock(quote_id)


async def saved(database, before, after):
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.quotes.save(before, after)
        await work.commit()
    return await loaded(database, before.quote.id)


async def a_stored(database, *lines, **given):
    company = await a_company(database)
    quote = a_quote(*lines, tenant_id=company.live, **given)
    await write_quotes(database, quote)
    return quote


async def test_a_quote_comes_back_as_it_was_stored(database):
    product = a_product()
    configuration = a_configuration(product)
    await write_product(database, product, configuration)
    people = [a_recipient(hire_date=date(2026, 12, 1), phone_number="+598 1"), a_recipient(email=None, storage=True)]
    chosen = line(unpriced, (priced, unpriced), people, product_id=product.id, configuration_id=configuration.id)
    emails = ("a@x.example", "ñ@x.example")
    quote = await a_stored(database, chosen, line(priced), notification_emails=emails, po_number=None)
    assert await loaded(database, quote.quote.id) == quote


async def test_everything_an_acceptance_changes_is_saved(database):
    quote = await a_stored(database, line(priced, alternatives=2, recipients=2), line(unpriced))
    after = accept(quote, first(quote), ANA, LATER).quote
    assert await saved(database, quote, after) == after


async def test_everything_a_rejection_changes_is_saved(database):
    quote = await a_stored(database, line(priced, recipients=2))
    after = reject(quote, item_of(quote), LATER).quote
    assert await saved(database, quote, after) == after


async def test_a_proposed_alternative_is_added_to_its_line(database):
    quote = await a_stored(database, line(priced, alternatives=1))
    of = quote.lines[0].item
    extra = an_alternative(priced, item_id=of.id, quote_id=of.quote_id, tenant_id=of.tenant_id, position=1)
    after = propose(quote, extra, LATER).quote
    assert await saved(database, quote, after) == after


async def test_replaced_recipients_take_the_place_of_the_old_ones(database):
    quote = await a_stored(database, line(priced, recipients=3), line(priced))
    of = quote.lines[0].item
    carla = a_recipient(name="Carla", item_id=of.id, quote_id=of.quote_id, tenant_id=of.tenant_id)
    after = accept(quote, of.id, ANA, LATER, recipients=(carla,)).quote
    stored = await saved(database, quote, after)
    assert stored == after
    assert [it.name for it in stored.lines[0].recipients] == ["Carla"]
    assert await rows_of(database, "SELECT count(*) FROM recipients") == [(2,)]


async def test_a_vendor_order_comes_back_as_it_was_stored_and_as_it_was_moved(database):
    quote = await a_stored(database, line(priced))
    accepted = accept(quote, item_of(quote), ANA, LATER).quote
    [order], _ = orders_for(accepted.quote, accepted.lines[0], LATER, new_id)
    failed = order._replace(problem="no such brand", vendor_order_id="V-1", updated_at=LATER)
    deps = dependencies_on(database)
    async with deps.unit_of_work(LIVE) as work:
        await work.vendor_orders.add([order])
        await work.commit()
    async with deps.unit_of_work(LIVE) as work:
        assert await work.vendor_orders.lock(order.id) == order
        await work.vendor_orders.save(failed)
        await work.commit()
    async with deps.unit_of_work(LIVE) as work:
        assert await work.vendor_orders.lock(order.id) == failed


async def test_without_a_commit_nothing_is_written(database):
    quote = await a_stored(database, line(priced))
    before = await everything(database)
    async with dependencies_on(database).unit_of_work(LIVE, "k", ONCE) as work:
        await work.replayed()
        after = accept(quote, item_of(quote), ANA, LATER).quote
        await work.tenants.next_order_id(quote.quote.tenant_id, NOW)
        await work.quotes.save(quote, after)
        work.record(an_event(quote))
    assert await everything(database) == before


async def test_an_error_undoes_everything(database):
    quote = await a_stored(database, line(priced))
    before = await everything(database)

    async def fail():
        async with dependencies_on(database).unit_of_work(LIVE) as work:
            await work.quotes.save(quote, accept(quote, item_of(quote), ANA, LATER).quote)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await everything(database) == before


async def test_a_commit_writes_the_event_and_the_jobs_it_causes(database):
    quote = await a_stored(database, line(priced))
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        work.record(an_event(quote))
        await work.commit()
    assert await rows_of(database, "SELECT number, type, node_id FROM events") == [(1, "QUOTE_CREATED", quote.quote.id)]
    jobs = await rows_of(database, "SELECT kind, status, attempts FROM jobs ORDER BY kind")
    assert jobs == [("CREATE_TASK", "WAITING", 0), ("SEND_QUOTE_CREATED", "WAITING", 0)]


async def test_each_status_keeps_the_time_it_was_first_reached(database):
    quote = await a_stored(database, line(priced))
    move = StatusChange(quote.quote.ref, "PENDING", "APPROVED")
    for at in (NOW, LATER):
        async with dependencies_on(database).unit_of_work(LIVE) as work:
            work.record(an_event(quote, occurred_at=at, changes=(move,)))
            await work.commit()
    statement = f"SELECT status FROM status_times WHERE node_id = '{quote.quote.id}' ORDER BY status"
    assert await rows_of(database, statement) == [("APPROVED",), ("PENDING",)]
    assert await rows_of(database, "SELECT count(DISTINCT at) FROM status_times") == [(1,)]


async def test_another_tenants_quote_and_its_parts_are_not_found(database):
    quote = await a_stored(database, line(priced, alternatives=1))
    other = await a_company(database, "NORDLICHT")
    for tenant_scope in (within(other.live), within(other.test), TenantScope(Environment.TEST, None)):
        async with dependencies_on(database).unit_of_work(tenant_scope) as work:
            assert await work.quotes.lock(quote.quote.id) is None
            assert await work.quotes.lock_of_item(item_of(quote)) is None
            assert await work.quotes.lock_of_alternative(first(quote)) is None


async def test_a_quotes_own_tenant_and_the_platform_find_it_and_its_parts(database):
    quote = await a_stored(database, line(priced, alternatives=1))
    for tenant_scope in (within(quote.quote.tenant_id), LIVE):
        async with dependencies_on(database).unit_of_work(tenant_scope) as work:
            assert await work.quotes.lock(quote.quote.id) == quote
            assert await work.quotes.lock_of_item(item_of(quote)) == quote
            assert await work.quotes.lock_of_alternative(first(quote)) == quote


async def test_a_company_is_found_as_its_tenant_of_the_callers_environment(database):
    company = await a_company(database)
    for environment, expected in ((Environment.LIVE, company.live), (Environment.TEST, company.test)):
        async with dependencies_on(database).unit_of_work(TenantScope(environment, None)) as work:
            found = await work.tenants.by_company(company.id)
            assert found is not None
            assert (found.id, found.company_code) == (expected, "AUSTRAL")
            assert await work.tenants.by_id(expected) == found


async def test_order_numbers_are_milliseconds_and_still_differ_within_one(database):
    company = await a_company(database)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        numbers = [int(await work.tenants.next_order_id(company.live, NOW)) for _ in range(3)]
        later = int(await work.tenants.next_order_id(company.live, LATER))
        await work.commit()
    start = int(NOW.timestamp() * 1000)
    assert numbers == [start, start + 1, start + 2]
    assert later == int(LATER.timestamp() * 1000)


async def test_products_and_configurations_are_found_by_id_and_the_unknown_left_out(database):
    product = a_product(active=False)
    configuration = a_configuration(product)
    await write_product(database, product, configuration)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert await work.catalogue.products([product.id, new_id()]) == {product.id: product}
        assert await work.catalogue.configurations([configuration.id]) == {configuration.id: configuration}
        assert await work.catalogue.products([]) == {}


async def test_a_promise_is_remembered_with_what_was_answered(database):
    quote = await a_stored(database, line(priced, alternatives=1))
    moves = (StatusChange(quote.quote.ref, "PENDING", "APPROVED"), StatusChange(NodeRef("Recipient", "r"), "A", "B"))
    outcome = Outcome((quote.quote.ref, *(offer.ref for offer in quote.lines[0].offers)), moves)
    deps = dependencies_on(database)
    async with deps.unit_of_work(LIVE, "key-1", ONCE) as work:
        assert await work.replayed() is None
        await work.commit(outcome)
    async with deps.unit_of_work(LIVE, "key-1", ONCE) as work:
        assert await work.replayed() == outcome


async def test_a_promise_that_has_expired_and_is_not_purged_is_a_new_one(database):
    clock, first, second = Clock(), NodeRef("Quote", new_id()), NodeRef("Quote", new_id())
    deps = dependencies_on(database, clock)
    other = replace(ONCE, mutation="rejectItem", input_hash="b" * 64)
    for hours, promise, outcome, earlier in [
        (0, ONCE, Outcome((first,)), None),
        (23.9, ONCE, None, Outcome((first,))),
        (0.2, other, Outcome((second,)), None),
        (23.9, other, None, Outcome((second,))),
    ]:
        clock.move(hours=hours)
        async with deps.unit_of_work(LIVE, "key-1", promise) as work:
            assert await work.replayed() == earlier
            if outcome is not None:
                await work.commit(outcome)


@pytest.mark.parametrize("other", [{"mutation": "rejectItem"}, {"input_hash": "b" * 64}])
async def test_a_promise_used_for_something_else_is_a_clash(database, other):
    deps = dependencies_on(database)
    async with deps.unit_of_work(LIVE, "key-1", ONCE) as work:
        await work.replayed()
        await work.commit(Outcome())
    async with deps.unit_of_work(LIVE, "key-1", replace(ONCE, **other)) as work:
        with pytest.raises(IdempotencyClash):
            await work.replayed()


async def test_promises_of_two_keys_are_apart(database):
    deps = dependencies_on(database)
    for api_key in ("key-1", "key-2"):
        async with deps.unit_of_work(LIVE, api_key, ONCE) as work:
            assert await work.replayed() is None
            await work.commit(Outcome())


async def test_a_new_quote_and_its_recipients_are_pending_from_the_start(database):
    quote = await a_stored(database, line(priced, recipients=2))
    found = await rows_of(database, "SELECT node_id FROM status_times WHERE status = 'PENDING'")
    assert {node_id for (node_id,) in found} == {quote.quote.id, *(it.id for it in quote.lines[0].recipients)}


def an_event(quote, **given):
    facts = {"addresses": [quote.quote.requester_email]}
    event = NewEvent(EventType.QUOTE_CREATED, quote.quote.tenant_id, quote.quote.ref, ANA, NOW, (), facts)
    return replace(event, **given)


async def everything(database):
    names = ("quotes", "quote_items", "recipients", "events", "jobs", "status_times", "idempotency_keys", "tenants")
    return {name: await rows_of(database, f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}


async def test_only_the_stores_that_are_asked_for_are_made(database):
    quote = await a_stored(database, line(priced))
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.quotes.lock(quote.quote.id)
        made = STORES & vars(work).keys()
    assert made == {"quotes"}


async def test_a_slow_note_of_the_key_does_not_delay_the_signal(database, monkeypatch):
    monkeypatch.setattr(unit_of_work, "NOTED_IN", 0.01)
    company, told, noted = await a_company(database), asyncio.Event(), list[str]()

    async def wrote(key: str) -> None:
        async with asyncio.timeout(PATIENCE):
            await told.wait()
        noted.append(key)

    ledger = SqlUnitOfWorkFactory(database, jobs_for, lambda: NOW, lambda _: told.set(), wrote=wrote)
    async with ledger.begin(within(company.live), "key") as work:
        work.record(NewEvent(EventType.QUOTE_ITEM_PRICED, company.live, NodeRef("Quote", "q"), ANA, NOW))
        await work.commit()
    assert noted == ["key"]


async def test_a_job_that_no_event_causes_is_stored_with_the_commit_and_wakes_the_workers(database):
    company, told = await a_company(database), list[set[int]]()
    ledger = SqlUnitOfWorkFactory(database, jobs_for, lambda: NOW, told.append)
    for commits in (False, True):
        async with ledger.begin(within(company.live)) as work:
            work.enqueue(company.live, NewJob(JobType.DELIVER_WEBHOOKS, "webhooks:1", {"endpointId": "1"}))
            if commits:
                await work.commit()
        assert len(told) == len(await rows_of(database, "SELECT id FROM jobs")) == commits
