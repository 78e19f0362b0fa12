"""Decisions on a line of a quote, or on several at once: what is written and recorded, and what is refused."""

from dataclasses import replace

import pytest

from domain.ports.unit_of_work import Outcome
from domain.quotes.decisions import LineClosed
from domain.quotes.drafts import RecipientDraft
from domain.quotes.statuses import LineDecision, OfferStatus, QuoteStatus, RecipientStatus, Verdict
from domain.quotes.transitions import sign_approve
from domain.shared.access import IdempotencyKey
from domain.shared.errors import ErrorCode, InvalidInput, NotFound
from domain.shared.events import StatusChange, StatusField
from domain.shared.ids import global_id, new_id
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.decisions import AcceptQuote, DecideItems, OneDecision, accept_quote, decide, decide_items
from tests.builders import (
    ANA,
    NOW,
    TENANT,
    a_caller,
    a_quote,
    a_recipient,
    first,
    item_of,
    line,
    priced,
    statuses,
    unpriced,
)
from tests.fakes.storage import World
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, a_world, accepting, item_ref, now_of, refused, rejecting

STRANGER = a_caller(TENANT + 1)


# The decisions


async def test_an_acceptance_is_saved_recorded_and_ordered():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    outcome = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    after = world.memory.quotes[quote.quote.id]
    [order] = world.memory.orders.values()
    assert after.quote.status == QuoteStatus.APPROVED
    assert after.lines[0].recipients[0].vendor_order_id == order.id
    assert world.memory.event_types == ["QUOTE_ITEM_ACCEPTED", "QUOTE_APPROVED"]
    assert world.memory.events[0].changes == outcome.changes
    moved = (quote.quote.ref, "PENDING", "APPROVED")
    whole = {StatusChange(*moved, StatusField.DECISION_STATUS), StatusChange(*moved)}
    assert whole <= set(world.memory.events[0].changes)
    assert (world.memory.events[1].changes, world.memory.events[1].cause) == ((), world.memory.events[0])
    assert world.memory.events[0].actor == CUSTOMER.actor


async def test_accepting_an_alternative_is_recorded_as_such_and_names_it():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1), line(unpriced)))
    outcome = await decide(world.deps, CUSTOMER, accepting(global_id("Alternative", first(quote))))
    assert (outcome.id_of("QuoteItem"), outcome.id_of("Alternative")) == (item_of(quote), first(quote))
    assert world.memory.event_types == ["QUOTE_ALTERNATIVE_ACCEPTED"]


async def test_a_rejection_orders_nothing_and_writes_no_letter():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, CUSTOMER, rejecting(item_of(quote)))
    assert world.memory.event_types == ["QUOTE_ITEM_REJECTED", "QUOTE_REJECTED"]
    assert (world.memory.jobs, world.memory.orders) == ({}, {})


async def test_a_line_that_cannot_be_ordered_yet_is_accepted_with_an_order_but_no_job_for_it():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, recipients=[a_recipient(email=None)])))
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert [order.status for order in world.memory.orders.values()] == ["NEEDS_DATA"]
    assert [key for key in world.memory.job_keys if key.startswith("vendor-order")] == []


async def test_an_acceptance_with_other_recipients_replaces_and_approves_them():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, recipients=2)))
    people = (RecipientDraft("Carla", "Uruguay", "carla@x.example"),)
    await decide(world.deps, CUSTOMER, accepting(item_of(quote), recipients=people))
    [carla] = world.memory.quotes[quote.quote.id].lines[0].recipients
    assert (carla.name, carla.country, carla.status) == ("Carla", "UY", RecipientStatus.APPROVED)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"recipients": ()}, (ErrorCode.REQUIRED, ("recipients",))),
        ({"recipients": (RecipientDraft("A", "UY"),) * 2}, (ErrorCode.RECIPIENT_COUNT, ("recipients",))),
        ({"recipients": (RecipientDraft("A", "ZZ"),)}, (ErrorCode.INVALID_COUNTRY, ("recipients", "0", "country"))),
        ({"expected_price": MoneyDraft("x", "USD")}, (ErrorCode.INVALID_AMOUNT, ("expectedPrice", "amount"))),
    ],
)
async def test_an_acceptance_with_bad_details_is_refused_and_changes_nothing(given, problem):
    world = World()
    quote = world.memory.keep(a_quote(line(priced, recipients=3)))
    assert await refused(decide(world.deps, CUSTOMER, accepting(item_of(quote), **given))) == problem
    assert world.memory.quotes[quote.quote.id] == quote
    assert world.memory.commits == 0


@pytest.mark.parametrize("decision", [accepting, rejecting])
async def test_a_dry_run_tells_what_would_change_and_writes_nothing(decision):
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    outcome = await decide(world.deps, CUSTOMER, decision(item_of(quote), dry_run=True))
    assert outcome.changes
    assert world.memory.quotes[quote.quote.id] == quote
    assert (world.memory.events, world.memory.jobs, world.memory.orders, world.memory.commits) == ([], {}, {}, 0)


async def test_a_dry_run_under_an_idempotency_key_does_not_use_the_key_up():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    caller = replace(CUSTOMER, idempotency=IdempotencyKey("once", "acceptItem", "hash"))
    await decide(world.deps, caller, accepting(item_of(quote), dry_run=True))
    await decide(world.deps, caller, accepting(item_of(quote)))
    assert statuses(world.memory.quotes[quote.quote.id])["item"] == OfferStatus.ACCEPTED


async def test_the_same_decision_again_writes_and_records_nothing():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    stored, events, jobs = world.memory.quotes[quote.quote.id], [*world.memory.events], {*world.memory.jobs}
    again = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert again == Outcome((quote.quote.ref, quote.lines[0].item.ref))
    assert world.memory.quotes[quote.quote.id] is stored
    assert (world.memory.events, {*world.memory.jobs}) == (events, jobs)


async def test_a_conflict_writes_nothing():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    commits = world.memory.commits
    with pytest.raises(LineClosed):
        await decide(world.deps, CUSTOMER, rejecting(item_of(quote)))
    assert world.memory.commits == commits
    assert world.memory.quotes[quote.quote.id].lines[0].item.decision == LineDecision.ITEM_ACCEPTED


# Who is found, and under which id


async def test_a_line_of_another_company_is_not_found():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    with pytest.raises(NotFound) as refusal:
        await decide(world.deps, STRANGER, accepting(item_of(quote)))
    assert refusal.value.path == ("offerId",)
    assert world.memory.commits == 0


async def test_a_platform_key_reaches_the_lines_of_every_company():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    assert (await decide(world.deps, PLATFORM, accepting(item_of(quote)))).changes


async def test_a_line_that_never_was_is_not_found():
    with pytest.raises(NotFound, match="quote item"):
        await decide(World().deps, CUSTOMER, accepting(new_id()))


async def test_what_is_no_id_is_invalid_input_rather_than_not_found():
    assert await refused(decide(World().deps, CUSTOMER, accepting("DROP TABLE"))) == (
        ErrorCode.INVALID_ID,
        ("offerId",),
    )


async def test_the_id_of_another_type_is_invalid_input():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    only_items = accepting("", offer=item_ref(global_id("Alternative", first(quote))))
    assert await refused(decide(world.deps, CUSTOMER, only_items)) == (ErrorCode.INVALID_ID, ("itemId",))


async def test_a_bare_uuid_of_an_alternative_is_not_an_item():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    with pytest.raises(NotFound):
        await decide(world.deps, CUSTOMER, accepting("", offer=item_ref(first(quote))))


async def test_a_bare_uuid_may_be_an_item_or_an_alternative():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1), line(priced)))
    assert (await decide(world.deps, CUSTOMER, accepting(first(quote)))).id_of("Alternative") == first(quote)
    assert (await decide(world.deps, CUSTOMER, accepting(item_of(quote, 1)))).id_of("Alternative") is None


# ---- several decisions at once


async def test_accepting_a_quote_accepts_each_open_line_and_orders_what_goes_to_one_person_together():
    world, quote = a_world(line(priced), line(priced, alternatives=1), line(priced))
    said = [OneDecision(item_of(quote, 1), Verdict.REJECT), OneDecision(item_of(quote, 2), Verdict.REJECT)]
    await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, said))
    await accept_quote(world.deps, CUSTOMER, AcceptQuote(quote.quote.id))
    after = now_of(world, quote)
    decisions = [it.item.decision for it in after.lines]
    assert decisions == ["ITEM_ACCEPTED", "ALTERNATIVE_ACCEPTED", "REJECTED"]
    assert after.quote.status == "APPROVED"
    assert len(world.memory.orders) == 2
    assert all(it.vendor_order_id in world.memory.orders for of in after.lines[:2] for it in of.recipients)
    assert world.memory.event_types[2:] == ["QUOTE_ITEM_ACCEPTED", "QUOTE_ALTERNATIVE_ACCEPTED", "QUOTE_APPROVED"]
    assert len([key for key in world.memory.job_keys if key.startswith("vendor-order")]) == 1
    again = await accept_quote(world.deps, CUSTOMER, AcceptQuote(quote.quote.id))
    assert (again.changes, now_of(world, quote)) == ((), after)


async def test_a_line_that_cannot_be_accepted_keeps_the_whole_quote_from_it():
    world, quote = a_world(line(priced), line(unpriced), line(priced, alternatives=2))
    await decide_items(
        world.deps, CUSTOMER, DecideItems(quote.quote.id, [OneDecision(item_of(quote, 2), Verdict.REJECT)])
    )
    before = dict(world.memory.quotes)
    with pytest.raises(InvalidInput) as refused:
        await accept_quote(world.deps, CUSTOMER, AcceptQuote(quote.quote.id))
    codes = [str(it.code) for it in refused.value.problems]
    assert codes == ["NOT_PRICED", "ALTERNATIVE_REQUIRED"]
    told = [it.message.split(" (")[0] for it in refused.value.problems]
    assert told == ["Line 2", "Line 3"]
    assert (world.memory.quotes, world.memory.orders) == (before, {})


async def test_decisions_are_made_in_order_and_each_error_has_its_place():
    world, quote = a_world(line(priced, alternatives=1), line(unpriced), line(priced))
    said = [
        OneDecision(item_of(quote), Verdict.ACCEPT),
        OneDecision(first(quote), Verdict.ACCEPT),
        OneDecision(item_of(quote, 1), Verdict.ACCEPT),
        OneDecision(item_of(quote, 2), Verdict.ACCEPT, expected_price=MoneyDraft("x", "USD")),
        OneDecision("0190a5b0-0000-7000-8000-00000000ffff", Verdict.REJECT),
    ]
    with pytest.raises(InvalidInput) as refused:
        await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, said))
    assert [(it.path, str(it.code)) for it in refused.value.problems] == [
        (("decisions", "1"), "ALREADY_DECIDED"),
        (("decisions", "2"), "NOT_PRICED"),
        (("decisions", "3", "expectedPrice", "amount"), "INVALID_AMOUNT"),
        (("decisions", "4", "offerId"), "UNKNOWN_REFERENCE"),
    ]
    assert (now_of(world, quote), world.memory.orders, world.memory.events) == (quote, {}, [])


async def test_a_dry_run_of_several_decisions_only_tells():
    world, quote = a_world(line(priced), line(priced))
    said = [OneDecision(item_of(quote, number), Verdict.ACCEPT) for number in (0, 1)]
    dry = await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, said, dry_run=True))
    assert (now_of(world, quote), world.memory.commits) == (quote, 0)
    assert (await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, said))).changes == dry.changes
    assert (await accept_quote(world.deps, CUSTOMER, AcceptQuote(quote.quote.id, dry_run=True))).changes == ()


def test_a_signature_approves_by_the_same_rule():
    made = sign_approve(a_quote(line(priced), line(priced)), ANA, NOW)
    assert (len(made.steps), made.rule_result.quote.quote.status) == (2, "APPROVED")
