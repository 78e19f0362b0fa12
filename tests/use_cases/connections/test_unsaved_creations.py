"""Quotes that were created in a connected system, of which the record cannot be saved here: nothing is asked of them
before it is known what they are called there."""

from dataclasses import replace

import pytest

from domain.connections.changes import ChangePending, NotKnownYet, OriginChangeStatus
from domain.connections.connections import ConnectionStatus
from domain.connections.systems import Collection, System
from domain.quotes.statuses import QuoteOfferStatus
from domain.shared.errors import ErrorCode
from domain.shared.jobs import JobResult
from domain.use_cases.connections.creating import ask_creation
from domain.use_cases.connections.saving import save_records
from domain.use_cases.quotes.closings import Close, cancel_quote, decline_quote
from tests.builders import a_quote, line, priced
from tests.fakes.connected_systems import connect
from tests.fakes.storage import World
from tests.use_cases.connections.support import retrying, run_after, run_due, the_change, the_job, the_record
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM

NOT_SAVED = "The record could not be saved here (TypeError)."


def the_quote(world):
    [quote] = world.memory.quotes.values()
    return quote


def with_quantity(record, quantity):
    """The record; one without a quantity cannot be saved."""
    return replace(record, items=tuple(replace(it, quantity=quantity) for it in record.items))


async def an_unsaved_creation(system: System = System.QUICK_QUOTE, of=None):
    """A world in which a quote was created there, and its record could not be saved."""
    world = World(retry_policy=retrying())
    connection, there = connect(world, system), world.systems.system
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        await ask_creation(work, world.deps, CUSTOMER, a_quote(of or line(priced, recipients=0)), connection, None)
        await work.commit()
    create = there.create_quote

    async def create_wrongly(quote, begun=None):
        created = with_quantity(await create(quote, begun), None)
        there.quotes[created.external_id] = created
        return created

    there.create_quote = create_wrongly
    await run_due(world)
    return world


def repaired(world):
    """The record can be saved from now on."""
    record = the_record(world)
    world.systems.system.quotes[record.external_id] = with_quantity(record, 1)


async def test_the_creation_stays_pending_and_the_record_is_a_problem_of_the_connection():
    world = await an_unsaved_creation()
    change, [problem] = the_change(world), world.memory.connection_problems.values()
    assert (change.status, problem.reason) == (OriginChangeStatus.SENT, NOT_SAVED)
    assert change.reason.startswith("The quote was created there, but its record could not be saved here.")
    with pytest.raises(ChangePending):
        await cancel_quote(world.deps, PLATFORM, Close(the_quote(world).quote.id))


async def test_the_next_attempt_finds_the_quote_and_saves_it():
    world = await an_unsaved_creation()
    repaired(world)
    assert await run_after(world, 10) == JobResult.DONE
    origin = world.memory.origins[the_quote(world).quote.id]
    assert (the_change(world).status, origin.external_id) == (OriginChangeStatus.CONFIRMED, "there-1")
    assert len(world.systems.system.asked) == 1


async def given_up(**given):
    """A world in which no attempt could save the record."""
    world = await an_unsaved_creation(**given)
    for _ in range(5):
        await run_after(world, 100)
    return world


async def test_in_the_end_it_is_confirmed_and_nothing_is_asked_of_a_quote_of_which_the_id_there_is_not_known():
    world = await given_up()
    system, head = world.systems.system, the_quote(world).quote
    assert (the_change(world).status, the_job(world).finished_at is not None) == (OriginChangeStatus.CONFIRMED, True)
    with pytest.raises(NotKnownYet, match="Quick Quote") as told:
        await cancel_quote(world.deps, PLATFORM, Close(head.id))
    assert (told.value.code, the_quote(world).quote) == (ErrorCode.CHANGE_PENDING, head)
    assert (len(system.asked), len(world.memory.origin_changes)) == (1, 1)


async def test_none_of_its_lines_is_rejected_either():
    world = await given_up(system=System.QUIPTEAMS, of=line())
    with pytest.raises(NotKnownYet):
        await decline_quote(world.deps, CUSTOMER, Close(the_quote(world).quote.id))


async def test_the_next_reading_that_can_save_it_makes_it_the_quote_there():
    world = await given_up()
    repaired(world)
    [connection] = world.memory.connections.values()
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        records = [the_record(world)]
        await save_records(work, world.deps, connection, Collection.QUOTES, records, world.clock())
        await work.commit()
    quote = the_quote(world)
    await cancel_quote(world.deps, PLATFORM, Close(quote.quote.id))
    world.memory.jobs = {key: it for key, it in world.memory.jobs.items() if it.finished_at is None}
    await run_due(world)
    assert the_quote(world).quote.offer_status == QuoteOfferStatus.CANCELLED
    assert the_record(world).offer_status == QuoteOfferStatus.CANCELLED


async def test_nothing_is_saved_of_a_connection_that_ended_while_its_system_was_asked():
    world = await an_unsaved_creation()
    repaired(world)
    [connection] = world.memory.connections.values()
    ended = connection._replace(status=ConnectionStatus.DISCONNECTED)
    world.memory.quotes.clear()
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        saved = await save_records(work, world.deps, ended, Collection.QUOTES, [the_record(world)], world.clock())
        await work.commit()
    assert (saved.read, world.memory.quotes, world.memory.origins) == (0, {}, {})
