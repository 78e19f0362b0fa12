"""The job that sends a change to a connected system: once, whatever happens, and the system's word is the last."""

from dataclasses import replace

import pytest

from domain.connections.changes import OriginChangeStatus
from domain.connections.connections import ConnectionStatus
from domain.connections.systems import Collection, System
from domain.portal.drafts import SendDraft
from domain.quotes.statuses import OfferStatus, QuoteOfferStatus, Verdict
from domain.shared.access import ActorType
from domain.shared.jobs import JobResult
from domain.shared.outbound_errors import Busy, Refused, Unavailable, Uncertain
from domain.use_cases.connections.saving import save_records
from domain.use_cases.portal.sending import SendQuote, send_quote
from domain.use_cases.quotes.closings import Close, cancel_quote
from domain.use_cases.quotes.decisions import DecideItems, OneDecision, decide, decide_items
from tests.builders import item_of, line, priced
from tests.fakes.connected_systems import Call, there
from tests.use_cases.connections.support import (
    a_foreign_quote,
    run_after,
    run_due,
    the_change,
    the_job,
    the_record,
)
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, accepting, now_of

NOT_SAVED = "The record could not be saved here (TypeError)."


async def an_acceptance(**given):
    """A world in which an item was asked to be accepted, and nothing was sent yet."""
    world, quote = a_foreign_quote(**given)
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    return world, quote


async def test_the_answer_of_the_system_confirms_the_change():
    world, quote = await an_acceptance()
    assert await run_due(world) == JobResult.DONE
    [asked] = world.systems.system.asked
    assert (asked.item_id, asked.verdict, asked.alternative_id) == (there(item_of(quote)), Verdict.ACCEPT, None)
    assert (the_change(world).status, world.systems.system.reads) == (OriginChangeStatus.CONFIRMED, 0)
    [event] = [it for it in world.memory.events if it.type == "QUOTE_CHANGE_CONFIRMED"]
    assert (event.actor.kind, event.actor.name) == (ActorType.SYSTEM, "Their quotes")


async def test_a_change_is_settled_by_its_answer_though_the_record_in_it_cannot_be_saved():
    world, _ = await an_acceptance()
    record = the_record(world)
    faulty = replace(record.items[0], quantity=None)
    world.systems.system.quotes[record.external_id] = replace(record, items=(faulty,))
    assert await run_due(world) == JobResult.DONE
    assert the_change(world).status == OriginChangeStatus.CONFIRMED
    [problem] = world.memory.connection_problems.values()
    assert (problem.external_id, problem.reason) == (record.external_id, NOT_SAVED)


async def test_a_refusal_settles_the_change_with_its_reason_and_an_event_that_says_it():
    world, _ = await an_acceptance()
    world.systems.system.answers = [
        Call(does=False, failure=Refused("409 The budget is used up.", 409, "The budget is used up."))
    ]
    assert await run_due(world) == JobResult.DONE
    assert (the_change(world).status, the_change(world).reason) == (
        OriginChangeStatus.REFUSED,
        "The budget is used up.",
    )
    [event] = [it for it in world.memory.events if it.type == "QUOTE_CHANGE_REFUSED"]
    change, (pending, why) = the_change(world), event.field_changes
    assert (pending.field, pending.before, pending.after) == ("pendingChange", f"OriginChange_{change.id}", None)
    assert (why.node, why.field, why.after) == (change.ref, "reason", "The budget is used up.")


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Refused("quipteams PATCH /api/v1/quotes/1: 409 Closed.", 409, "Closed."), "Closed."),
        (Refused("quipteams PATCH /api/v1/quotes/1: 404", 404), "The system answers with 404."),
    ],
)
async def test_the_reason_of_a_refusal_is_what_the_system_says_without_its_address(failure, reason):
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=False, failure=failure)]
    await run_due(world)
    assert (the_change(world).status, the_change(world).reason) == (OriginChangeStatus.REFUSED, reason)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Unavailable("quipteams PATCH /api/v1/quotes/1: 503", 503), "The system answers with 503."),
        (Unavailable("quipteams PATCH /x: no", reason="There is no TLS connection."), "There is no TLS connection."),
        (
            Refused("no", 401, "Revoked"),
            "The system does not accept the credentials of the connection. Revoked. An admin corrects them with "
            "`updateConnection`.",
        ),
    ],
)
async def test_what_keeps_a_change_from_being_sent_is_told_without_an_address_and_operators_see_all_of_it(
    failure, reason
):
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=False, failure=failure)]
    await run_due(world)
    assert (the_change(world).status, the_change(world).reason) == (OriginChangeStatus.SENT, reason)
    assert the_job(world).last_error == f"Unavailable: {failure}"


async def test_a_decision_there_at_the_same_time_wins():
    world, _ = await an_acceptance()
    rejected_there(world)
    await run_due(world)
    assert (the_change(world).status, the_change(world).reason) == (OriginChangeStatus.REFUSED, "It is REJECTED there.")
    assert world.systems.system.done == 0


async def test_a_refusal_of_what_somebody_did_there_already_is_a_confirmation():
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(failure=Refused("It is accepted already.", 409))]
    await run_due(world)
    assert the_change(world).status == OriginChangeStatus.CONFIRMED


async def test_a_read_that_shows_the_decision_settles_the_change_before_it_is_sent():
    world, _ = await an_acceptance()
    rejected_there(world)
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        [connection] = world.memory.connections.values()
        records = [the_record(world)]
        await save_records(work, world.deps, connection, Collection.QUOTES, records, world.clock())
        await work.commit()
    assert the_change(world).status == OriginChangeStatus.REFUSED
    await run_due(world)
    assert world.systems.system.asked == []


async def test_the_answer_counts_more_than_a_page_that_was_asked_for_while_it_was_awaited():
    world, quote = await an_acceptance()
    before, system = the_record(world), world.systems.system
    decide_there = system.decide

    async def decide_slowly(decision):
        world.clock.move(seconds=1)
        async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
            [connection] = world.memory.connections.values()
            await save_records(work, world.deps, connection, Collection.QUOTES, [before], world.clock())
            await work.commit()
        world.clock.move(seconds=1)
        return await decide_there(decision)

    system.decide = decide_slowly
    await run_due(world)
    item = world.memory.quotes[quote.quote.id].lines[0].item
    assert (the_change(world).status, item.status) == (OriginChangeStatus.CONFIRMED, OfferStatus.ACCEPTED)


async def test_an_acceptance_whose_answer_was_lost_is_found_there_and_not_sent_again():
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    assert await run_due(world) == JobResult.FAILED
    assert (the_change(world).status, the_change(world).reason) == (
        OriginChangeStatus.SENT,
        "It is not known yet whether the system has done it.",
    )
    await run_after(world, 10)
    assert (the_change(world).status, world.systems.system.done) == (OriginChangeStatus.CONFIRMED, 1)
    assert len(world.systems.system.asked) == 1


async def test_an_acceptance_that_never_arrived_is_sent_again_once_it_is_certain():
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=False, failure=Uncertain("no answer"))]
    await run_due(world)
    await run_after(world, 10)
    assert len(world.systems.system.asked) == 1
    await run_after(world, 100)
    assert (the_change(world).status, len(world.systems.system.asked)) == (OriginChangeStatus.CONFIRMED, 2)


@pytest.mark.parametrize("does", [True, False])
async def test_a_worker_that_dies_in_the_middle_neither_loses_nor_repeats_the_change(does):
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=does, failure=Killed())]
    with pytest.raises(Killed):
        await run_due(world)
    for _ in range(3):
        await run_after(world, 100)
    assert (the_change(world).status, world.systems.system.done) == (OriginChangeStatus.CONFIRMED, 1)
    assert len(world.systems.system.asked) == (1 if does else 2)


async def test_a_worker_that_dies_between_two_decisions_sends_the_second_only():
    world, quote = a_foreign_quote(line(priced), line(priced))
    decisions = tuple(OneDecision(it.item.id, Verdict.ACCEPT) for it in quote.lines)
    await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, decisions))
    world.systems.system.answers = [Call(), Call(does=False, failure=Killed())]
    with pytest.raises(Killed):
        await run_due(world)
    await run_after(world, 100)
    assert [it.item_id for it in world.systems.system.asked] == [
        there(it.item.id) for it in (quote.lines[0], quote.lines[1], quote.lines[1])
    ]
    assert (the_change(world).status, world.systems.system.done) == (OriginChangeStatus.CONFIRMED, 2)


async def test_a_system_that_asks_to_wait_is_asked_again_at_its_time_and_nothing_has_failed():
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=False, failure=Busy("slow down", 30))]
    assert await run_due(world) == JobResult.WAITS
    await run_after(world, 29)
    assert len(world.systems.system.asked) == 1
    await run_after(world, 2)
    assert the_change(world).status == OriginChangeStatus.CONFIRMED


async def test_a_quote_that_is_deleted_there_while_it_is_to_be_cancelled_is_cancelled():
    world, quote = a_foreign_quote(line(priced), system=System.QUICK_QUOTE)
    await cancel_quote(world.deps, PLATFORM, Close(quote.quote.id))
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    await run_due(world)
    world.systems.system.quotes.clear()
    await run_after(world, 10)
    assert (the_change(world).status, now_of(world, quote).quote.offer_status) == (
        OriginChangeStatus.CONFIRMED,
        QuoteOfferStatus.CANCELLED,
    )


async def test_waiting_for_the_system_uses_up_no_attempt():
    world, _ = await an_acceptance()
    waits = [Call(does=False, failure=Busy("slow down", 30))] * 6
    world.systems.system.answers = [*waits, Call(does=False, failure=Unavailable("down"))]
    for _ in waits:
        assert await run_after(world, 30) == JobResult.WAITS
    assert await run_after(world, 30) == JobResult.FAILED
    await run_after(world, 10)
    assert the_change(world).status == OriginChangeStatus.CONFIRMED


async def test_wrong_credentials_do_not_refuse_the_change():
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=False, failure=Refused("no such key", 401))]
    assert await run_due(world) == JobResult.FAILED
    assert the_change(world).status == OriginChangeStatus.SENT
    await run_after(world, 10)
    assert the_change(world).status == OriginChangeStatus.CONFIRMED


async def test_a_change_that_cannot_be_sent_at_all_is_refused_in_the_end():
    world, _ = await an_acceptance()
    world.systems.system.answers = [Call(does=False, failure=Unavailable("down"))] * 5
    for _ in range(5):
        await run_after(world, 100)
    change = the_change(world)
    assert (change.status, change.reason) == (
        OriginChangeStatus.REFUSED,
        "It could not be sent to quipteams. The system cannot be reached.",
    )
    assert world.memory.event_types[-1] == "QUOTE_CHANGE_REFUSED"


async def test_a_change_waits_for_a_paused_connection_and_is_refused_by_one_that_ended():
    world, _ = await an_acceptance()
    [(id_, connection)] = world.memory.connections.items()
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.PAUSED)
    assert await run_due(world) == JobResult.WAITS
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    await run_after(world, 60)
    assert (the_change(world).status, world.systems.system.asked) == (OriginChangeStatus.REFUSED, [])


async def test_nobody_has_the_e_mail_of_a_quote_twice_because_an_answer_was_lost():
    world, quote = a_foreign_quote(line(priced), system=System.QUICK_QUOTE, offer_status=QuoteOfferStatus.SENT)
    await send_quote(world.deps, PLATFORM, SendQuote(quote.quote.id, SendDraft()))
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    await run_due(world)
    await run_after(world, 10)
    assert the_change(world).status == OriginChangeStatus.SENT
    await run_after(world, 100)
    assert (the_change(world).status, len(world.systems.system.asked)) == (OriginChangeStatus.REFUSED, 1)
    assert the_job(world).finished_at is not None


class Killed(BaseException):
    """The process ends here."""


def rejected_there(world):
    record = the_record(world)
    items = tuple(replace(it, status=OfferStatus.REJECTED, alternatives=()) for it in record.items)
    world.systems.system.quotes[record.external_id] = replace(record, items=items)
