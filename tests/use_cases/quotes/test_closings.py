"""How quotes end: what happens to their orders, their lines, and who hears of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.quotes.edits import NotEditable
from domain.quotes.lifecycle import Expired, WrongStatus
from domain.quotes.statuses import QuoteOfferStatus, Verdict
from domain.quotes.transitions import SomethingAccepted, expire
from domain.shared.access import Environment
from domain.shared.errors import Conflict, InvalidInput, NotFound
from domain.shared.jobs import JobStatus
from domain.use_cases.quotes import closings
from domain.use_cases.quotes.closings import (
    AlreadyOrdered,
    Close,
    cancel_quote,
    decline_quote,
    delete_quote,
    expire_quotes,
    void_quote,
)
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.edits import UpdateQuote, update_quote
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker.dispatch import run
from tests.builders import LATER, NOW, a_caller, a_quote, item_of, line, priced, unpriced
from tests.claiming import claim_one
from tests.fakes.storage import World

CUSTOMER = a_caller()
OPERATOR = a_caller(None)
ENDS = [cancel_quote, void_quote, delete_quote]


def a_world(*lines, **given):
    world = World()
    return world, world.memory.keep(a_quote(*lines, **{"priced_at": NOW, **given}))


async def accept_first(world, quote):
    ref = OfferRef(item_of(quote), ("itemId",))
    await decide(world.deps, CUSTOMER, Decide(ref, Verdict.ACCEPT))
    return next(iter(world.memory.orders.values()))


@pytest.mark.parametrize("end", ENDS)
async def test_an_order_that_nobody_has_begun_to_place_ends_with_its_quote(end):
    world, quote = a_world(line(priced), line(unpriced))
    order = await accept_first(world, quote)
    outcome = await end(world.deps, CUSTOMER, Close(quote.quote.id, "No budget"))
    [job] = [it for it in world.memory.jobs.values() if it.dedupe_key.startswith("vendor-order")]
    assert (job.status, world.memory.orders[order.id].status) == (JobStatus.DONE, VendorOrderStatus.CANCELLED)
    assert world.memory.quotes[quote.quote.id].quote.status == "CANCELLED"
    assert world.memory.events[-1].changes == outcome.changes
    assert (order.ref, "QUEUED", "CANCELLED") in [it[:3] for it in outcome.changes]


@pytest.mark.parametrize("end", ENDS)
async def test_an_order_that_is_just_being_placed_keeps_its_quote(end):
    world, quote = a_world()
    order = await accept_first(world, quote)
    key = next(it.id for it in world.memory.jobs.values() if it.dedupe_key.startswith("vendor-order"))
    world.memory.jobs[key] = world.memory.jobs[key]._replace(attempts=1)
    before = replace(world.memory, quotes=dict(world.memory.quotes), orders=dict(world.memory.orders))
    with pytest.raises(AlreadyOrdered, match=r"QUEUED.*CANCELLED") as refused:
        await end(world.deps, CUSTOMER, Close(quote.quote.id))
    assert (refused.value.node, refused.value.attempted_status) == (order.ref, "CANCELLED")
    assert (world.memory.quotes, world.memory.orders) == (before.quotes, before.orders)


@pytest.mark.parametrize("status", ["PENDING", "QUOTED", "ACCEPTED", "IN_PROGRESS", "DELIVERED"])
async def test_what_the_vendor_has_is_called_off_there_first(status):
    world, quote = a_world()
    order = await accept_first(world, quote)
    world.memory.orders[order.id] = order._replace(status=VendorOrderStatus(status))
    with pytest.raises(AlreadyOrdered, match=status):
        await cancel_quote(world.deps, CUSTOMER, Close(quote.quote.id))


async def test_orders_cancelled_at_the_vendor_are_no_obstacle():
    world, quote = a_world()
    order = await accept_first(world, quote)
    world.memory.orders[order.id] = order._replace(status=VendorOrderStatus.CANCELLED)
    await void_quote(world.deps, OPERATOR, Close(quote.quote.id, "Vendor gave up"))
    after = world.memory.quotes[quote.quote.id].quote
    assert (after.offer_status, after.closing_reason) == ("VOIDED", "Vendor gave up")


async def test_declining_rejects_every_line_and_is_told_with_its_milestone():
    world, quote = a_world(line(priced, alternatives=2), line(unpriced))
    await decline_quote(world.deps, CUSTOMER, Close(quote.quote.id, "Too dear"))
    after = world.memory.quotes[quote.quote.id]
    assert [it.item.decision for it in after.lines] == ["REJECTED", "REJECTED"]
    assert {it.status for of in after.lines for it in (*of.offers, *of.recipients)} == {"REJECTED"}
    assert (after.quote.decision_status, after.quote.status) == ("DECLINED", "REJECTED")
    assert after.quote.closing_reason == "Too dear"
    assert world.memory.event_types == ["QUOTE_DECLINED", "QUOTE_REJECTED"]


async def test_a_quote_of_which_a_line_was_accepted_cannot_be_declined():
    world, quote = a_world(line(priced), line(priced))
    await accept_first(world, quote)
    with pytest.raises(SomethingAccepted, match=r"PENDING.*DECLINED"):
        await decline_quote(world.deps, CUSTOMER, Close(quote.quote.id))


@pytest.mark.parametrize("end", [cancel_quote, void_quote, decline_quote])
async def test_ended_again_a_quote_stays_as_it_is_and_keeps_its_first_reason(end):
    world, quote = a_world()
    await end(world.deps, CUSTOMER, Close(quote.quote.id, "First"))
    first = dict(world.memory.quotes), len(world.memory.events)
    outcome = await end(world.deps, CUSTOMER, Close(quote.quote.id, "Second"))
    assert (outcome.changes, dict(world.memory.quotes), len(world.memory.events)) == ((), *first)


async def test_a_deleted_quote_does_not_exist_for_anyone():
    world, quote = a_world()
    await delete_quote(world.deps, CUSTOMER, Close(quote.quote.id))
    for end in (*ENDS, decline_quote):
        with pytest.raises(NotFound):
            await end(world.deps, OPERATOR, Close(quote.quote.id))


async def test_the_jobs_of_a_deleted_quote_end_without_doing_anything():
    world, quote = a_world()
    order = await accept_first(world, quote)
    world.memory.orders[order.id] = order._replace(status=VendorOrderStatus.FAILED)
    await delete_quote(world.deps, CUSTOMER, Close(quote.quote.id))
    while (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await run(world.deps, job)
    assert (world.external.orders.posts, world.external.mail.letters) == ([], [])
    assert {it.status for it in world.memory.jobs.values()} == {JobStatus.DONE}


async def test_a_dry_run_says_what_would_end_and_ends_nothing():
    world, quote = a_world()
    outcome = await cancel_quote(world.deps, CUSTOMER, Close(quote.quote.id, dry_run=True))
    assert ("PENDING", "CANCELLED") in [(it.from_status, it.to_status) for it in outcome.changes]
    assert (world.memory.commits, world.memory.quotes[quote.quote.id]) == (0, quote)


async def test_a_reason_that_cannot_be_is_refused():
    world, quote = a_world()
    with pytest.raises(InvalidInput, match="reason"):
        await cancel_quote(world.deps, CUSTOMER, Close(quote.quote.id, "x" * 5001))


# ---- time


async def test_a_quote_expires_at_its_time_and_not_before():
    world, quote = a_world(line(priced), expires_at=LATER)
    assert await expire_quotes(world.deps, Environment.LIVE) == 0
    world.clock.at = LATER
    assert await expire_quotes(world.deps, Environment.TEST) == 0
    assert await expire_quotes(world.deps, Environment.LIVE) == 1
    after = world.memory.quotes[quote.quote.id]
    assert (after.quote.offer_status, after.quote.status) == ("EXPIRED", "CANCELLED")
    assert [it.item.decision for it in after.lines] == ["UNDECIDED"]
    assert world.memory.event_types == ["QUOTE_EXPIRED"]
    assert world.memory.events[0].actor.kind == "SYSTEM"
    assert await expire_quotes(world.deps, Environment.LIVE) == 0


async def test_a_quote_that_expires_with_an_accepted_line_is_approved_without_the_others():
    world, quote = a_world(line(priced), line(priced, alternatives=1), expires_at=LATER)
    await accept_first(world, quote)
    world.clock.at = LATER
    await expire_quotes(world.deps, Environment.LIVE)
    after = world.memory.quotes[quote.quote.id]
    assert (after.quote.offer_status, after.quote.decision_status) == ("EXPIRED", "APPROVED")
    assert (after.quote.status, after.lines[1].item.decision) == ("APPROVED", "REJECTED")
    assert world.memory.event_types[-2:] == ["QUOTE_EXPIRED", "QUOTE_APPROVED"]


async def test_a_quote_that_cannot_be_moved_keeps_no_other_from_expiring(monkeypatch):
    monkeypatch.setattr(closings, "MOST_AT_ONCE", 2)
    world, broken, due = World(), list[str](), list[str]()
    for position in range(10):
        kept = world.memory.keep(a_quote(line(priced), priced_at=NOW, expires_at=LATER)).quote.id
        (broken if position in (0, 1, 2, 5) else due).append(kept)
    world.clock.at = LATER

    def expire_or_fail(quote, at):
        if quote.quote.id in broken:
            raise ZeroDivisionError
        return expire(quote, at)

    monkeypatch.setattr(closings, "expire", expire_or_fail)
    with pytest.raises(ExceptionGroup) as failed:
        await expire_quotes(world.deps, Environment.LIVE)
    assert {world.memory.quotes[it].quote.offer_status for it in due} == {"EXPIRED"}
    assert {world.memory.quotes[it].quote.offer_status for it in broken} == {"DRAFT"}
    told = [note for it in failed.value.exceptions for note in it.__notes__]
    assert [it in note for it, note in zip(broken, told, strict=True)] == [True] * 4


async def test_accepting_is_too_late_even_when_the_worker_is():
    world, quote = a_world(expires_at=NOW)
    with pytest.raises(Expired, match=r"EXPIRED.*ACCEPTED"):
        await accept_first(world, quote)
    with pytest.raises(Expired):
        await decline_quote(world.deps, CUSTOMER, Close(quote.quote.id))


async def test_what_expired_can_still_be_cancelled_decided_or_not():
    for accepted in (False, True):
        world, quote = a_world(line(priced), line(unpriced), expires_at=LATER)
        if accepted:
            await accept_first(world, quote)
        world.clock.at = LATER
        await expire_quotes(world.deps, Environment.LIVE)
        await cancel_quote(world.deps, CUSTOMER, Close(quote.quote.id))
        after = world.memory.quotes[quote.quote.id].quote
        assert (after.offer_status, after.status) == ("CANCELLED", "CANCELLED")


async def test_an_expired_quote_is_renewed_by_another_end_and_by_nothing_else():
    world, quote = a_world(line(priced), expires_at=LATER, offer_status=QuoteOfferStatus.SENT)
    world.clock.at = LATER
    await expire_quotes(world.deps, Environment.LIVE)
    with pytest.raises(NotEditable, match="expiresAt"):
        await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, {"notes": "Late"}))
    with pytest.raises(InvalidInput):
        await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, {"expires_at": LATER.isoformat()}))
    end = LATER + timedelta(days=7)
    outcome = await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, {"expires_at": end.isoformat()}))
    after = world.memory.quotes[quote.quote.id].quote
    assert (after.offer_status, after.status, after.expires_at) == ("SENT", "PENDING", end)
    assert {it[1:3] for it in outcome.changes} == {("EXPIRED", "SENT"), ("CANCELLED", "PENDING")}
    assert (world.memory.event_types[-1], world.memory.events[-1].changes) == ("QUOTE_UPDATED", outcome.changes)
    await accept_first(world, quote)


async def test_a_quote_that_expired_approved_is_not_renewed():
    world, quote = a_world(line(priced), line(unpriced), expires_at=LATER)
    await accept_first(world, quote)
    world.clock.at = LATER
    await expire_quotes(world.deps, Environment.LIVE)
    with pytest.raises(NotEditable, match="EXPIRED"):
        await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, {"expires_at": None}))


async def test_a_decided_quote_does_not_expire():
    world, quote = a_world(expires_at=LATER)
    await accept_first(world, quote)
    world.clock.at = LATER
    assert await expire_quotes(world.deps, Environment.LIVE) == 0


async def test_what_ended_in_one_way_cannot_end_in_another():
    world, quote = a_world()
    await cancel_quote(world.deps, CUSTOMER, Close(quote.quote.id))
    for end in (void_quote, decline_quote):
        with pytest.raises(WrongStatus, match="CANCELLED"):
            await end(world.deps, CUSTOMER, Close(quote.quote.id))
    with pytest.raises(Conflict):
        await accept_first(world, quote)
