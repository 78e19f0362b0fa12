"""Changes of quotes that come from connected systems: asked of them, or refused, and nothing is done by us."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.products import Specification
from domain.connections.changes import (
    ChangePending,
    NotSupportedByOrigin,
    OriginChangeStatus,
    OriginChangeType,
    RefusedByOrigin,
)
from domain.connections.connections import ConnectionStatus, Disconnected
from domain.connections.systems import System
from domain.portal.drafts import SendDraft
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.alternatives import AlternativeDraft
from domain.quotes.decisions import NotPriced
from domain.quotes.details import Details
from domain.quotes.drafts import RecipientDraft
from domain.quotes.edits import ItemChange
from domain.quotes.recipients import Destination
from domain.quotes.statuses import OfferStatus, QuoteOfferStatus, Verdict
from domain.shared.errors import ErrorCode, InvalidInput
from domain.shared.money import MoneyDraft
from domain.use_cases.connections.asking import CHANGE
from domain.use_cases.portal.sending import RotatePublicKey, SendQuote, rotate_public_key, send_quote
from domain.use_cases.quotes.alternatives import ProposeAlternative, propose_alternative
from domain.use_cases.quotes.closings import (
    Close,
    cancel_quote,
    decline_quote,
    delete_quote,
    void_quote,
)
from domain.use_cases.quotes.decisions import AcceptQuote, DecideItems, OneDecision, accept_quote, decide, decide_items
from domain.use_cases.quotes.edits import RemoveItem, UpdateItem, UpdateQuote, remove_item, update_item, update_quote
from domain.use_cases.quotes.pricing import PriceOffer, price
from tests.builders import first, item_of, line, priced, unpriced
from tests.use_cases.connections.support import a_foreign_quote, run_due, the_change
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, accepting, item_ref, now_of, rejecting


async def test_an_acceptance_is_asked_of_the_system_and_nothing_else_happens():
    world, quote = a_foreign_quote()
    outcome = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    change = the_change(world)
    assert (change.type, change.status) == (OriginChangeType.DECIDE, OriginChangeStatus.REQUESTED)
    assert change.request == {"decisions": [{"verdict": "ACCEPT", "itemId": item_of(quote)}]}
    assert (change.actor, change.connection_id) == (CUSTOMER.actor, quote.quote.connection_id)
    assert now_of(world, quote) == quote
    assert (outcome.changes, outcome.id_of("QuoteItem"), outcome.details) == ((), item_of(quote), {CHANGE: change.id})
    assert world.memory.event_types == ["QUOTE_CHANGE_REQUESTED"]
    assert (world.memory.orders, world.memory.job_keys) == ({}, [f"origin-change:{change.id}"])


async def test_our_rules_judge_what_is_asked_before_the_system_does():
    world, quote = a_foreign_quote(line(unpriced))
    with pytest.raises(NotPriced):
        await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert (world.memory.origin_changes, world.systems.system.asked) == ({}, [])


async def test_a_dry_run_asks_nobody():
    world, quote = a_foreign_quote()
    await decide(world.deps, CUSTOMER, accepting(item_of(quote), dry_run=True, wait=True))
    assert (world.memory.origin_changes, world.memory.events, world.memory.jobs) == ({}, [], {})
    assert (world.systems.system.reads, world.systems.system.asked, world.waiter.waits) == (0, [], 0)


async def test_asking_the_same_again_before_it_is_settled_changes_nothing_and_asking_something_else_is_refused():
    world, quote = a_foreign_quote()
    once = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    again = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert (again.details, len(world.memory.events)) == (once.details, 1)
    with pytest.raises(ChangePending) as pending:
        await decide(world.deps, CUSTOMER, rejecting(item_of(quote)))
    assert pending.value.code == ErrorCode.CHANGE_PENDING


async def test_other_recipients_are_asked_for_with_the_acceptance():
    world, quote = a_foreign_quote()
    await decide(
        world.deps, CUSTOMER, accepting(item_of(quote), recipients=(RecipientDraft("Bo", "UY", email="bo@x.example"),))
    )
    [decision] = the_change(world).request["decisions"]
    assert [(it["name"], it["country"], it["email"]) for it in decision["recipients"]] == [("Bo", "UY", "bo@x.example")]


async def test_what_the_system_would_not_take_of_new_recipients_is_refused_at_each_field():
    world, quote = a_foreign_quote()
    bo = RecipientDraft("Bo", "UY", storage=True, hire_date="2027-01-04", destination=Destination.STORAGE, city="Salto")
    fields = ("isForStorage", "hireDate", "destination", "city")
    with pytest.raises(InvalidInput) as one:
        await decide(world.deps, CUSTOMER, accepting(item_of(quote), recipients=(bo,)))
    assert {it.path: it.code for it in one.value.problems} == {
        ("recipients", "0", name): ErrorCode.NOT_SUPPORTED_BY_ORIGIN for name in fields
    }
    several = DecideItems(quote.quote.id, (OneDecision(first(quote), Verdict.ACCEPT, recipients=(bo,)),))
    with pytest.raises(InvalidInput) as each:
        await decide_items(world.deps, CUSTOMER, several)
    assert {it.path for it in each.value.problems} == {("decisions", "0", "recipients", "0", it) for it in fields}
    assert world.memory.origin_changes == {}


async def test_several_decisions_are_one_change():
    world, quote = a_foreign_quote(line(priced, alternatives=1), line(priced))
    decisions = (OneDecision(first(quote), Verdict.ACCEPT), OneDecision(quote.lines[1].item.id, Verdict.REJECT))
    await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, decisions))
    asked = the_change(world).request["decisions"]
    assert [(it["verdict"], it.get("alternativeId")) for it in asked] == [("ACCEPT", first(quote)), ("REJECT", None)]


async def test_a_quote_is_declined_line_by_line_where_the_system_decides_on_lines():
    world, quote = a_foreign_quote()
    await decline_quote(world.deps, CUSTOMER, Close(quote.quote.id, "too much"))
    asked = the_change(world).request["decisions"]
    assert [(it["verdict"], it.get("alternativeId")) for it in asked] == [("REJECT", first(quote)), ("REJECT", None)]


@pytest.mark.parametrize(
    ("act", "verdict"),
    [
        (lambda deps, id_: accept_quote(deps, CUSTOMER, AcceptQuote(id_)), {"verdict": "ACCEPT"}),
        (
            lambda deps, id_: decline_quote(deps, CUSTOMER, Close(id_, "too much")),
            {"verdict": "REJECT", "reason": "too much"},
        ),
    ],
)
async def test_a_quote_is_decided_as_a_whole_where_the_system_does_so(act, verdict):
    world, quote = a_foreign_quote(line(priced), system=System.QUICK_QUOTE)
    await act(world.deps, quote.quote.id)
    assert the_change(world).request == {"decisions": [verdict]}


async def test_a_line_is_not_decided_on_where_quotes_are_decided_on_as_a_whole():
    world, quote = a_foreign_quote(system=System.QUICK_QUOTE)
    with pytest.raises(NotSupportedByOrigin, match="use `acceptQuote` or `declineQuote`"):
        await decide(world.deps, CUSTOMER, accepting(item_of(quote)))


@pytest.mark.parametrize("system", [System.KITCHEN, System.SALESBYTE])
async def test_what_a_system_has_no_call_for_is_refused_and_says_where_to_do_it(system):
    world, quote = a_foreign_quote(system=system)
    with pytest.raises(NotSupportedByOrigin) as refused:
        await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert refused.value.code == ErrorCode.NOT_SUPPORTED_BY_ORIGIN
    assert f"({system})" in refused.value.message
    assert "(DECIDE_LINES)" in refused.value.message
    assert "https://quotes.example/q/1" in refused.value.message
    assert (world.memory.events, world.systems.system.asked) == ([], [])


@contextmanager
def not_supported() -> Iterator[None]:
    """What runs in it is refused as a whole, or at its fields, as something that the system has no call for."""
    with pytest.raises((NotSupportedByOrigin, InvalidInput)) as refused:
        yield
    found = refused.value.problems if isinstance(refused.value, InvalidInput) else ()
    assert {it.code for it in found} <= {ErrorCode.NOT_SUPPORTED_BY_ORIGIN}


Acts = Mapping[str, Callable[[QuoteAggregate], tuple[Callable[..., Any], Any]]]

UNPRICED: dict[str, Callable[[QuoteAggregate], tuple[Callable[..., Any], Any]]] = {
    "decide": lambda q: (decide, accepting(item_of(q))),
    "decideItems": lambda q: (decide_items, DecideItems(q.quote.id, (OneDecision(item_of(q), Verdict.ACCEPT),))),
    "acceptQuote": lambda q: (accept_quote, AcceptQuote(q.quote.id)),
}
CANCELLED: dict[str, Callable[[QuoteAggregate], tuple[Callable[..., Any], Any]]] = {
    "declineQuote": lambda q: (decline_quote, Close(q.quote.id)),
    "cancelQuote": lambda q: (cancel_quote, Close(q.quote.id)),
    "sendQuote": lambda q: (send_quote, SendQuote(q.quote.id, SendDraft())),
    "updateQuote": lambda q: (update_quote, UpdateQuote(q.quote.id, {"title": "New"})),
    "updateItem": lambda q: (update_item, UpdateItem(item_ref(item_of(q)), ItemChange(quantity=2))),
    "price": lambda q: (price, PriceOffer(item_ref(item_of(q)), MoneyDraft("10.50", "USD"))),
}


@pytest.mark.parametrize("name", UNPRICED | CANCELLED)
async def test_what_the_system_has_no_call_for_is_refused_before_our_rules_judge_the_quote(name):
    given = {"offer_status": QuoteOfferStatus.CANCELLED} if name in CANCELLED else {}
    world, quote = a_foreign_quote(line(unpriced), system=System.KITCHEN, **given)
    run, command = (UNPRICED | CANCELLED)[name](quote)
    with not_supported():
        await run(world.deps, PLATFORM, command)


@pytest.mark.parametrize("name", ["decide", "decideItems"])
async def test_a_decision_on_a_line_is_refused_before_our_rules_judge_it_where_quotes_are_decided_as_a_whole(name):
    world, quote = a_foreign_quote(line(unpriced), system=System.QUICK_QUOTE)
    run, command = UNPRICED[name](quote)
    with pytest.raises(NotSupportedByOrigin, match="use `acceptQuote` or `declineQuote`"):
        await run(world.deps, PLATFORM, command)


NEVER: Acts = {
    "rotatePublicKey": lambda q: (rotate_public_key, RotatePublicKey(q.quote.id)),
    "removeItem": lambda q: (remove_item, RemoveItem(item_ref(item_of(q)))),
    "voidQuote": lambda q: (void_quote, Close(q.quote.id)),
    "deleteQuote": lambda q: (delete_quote, Close(q.quote.id)),
    "proposeAlternative": lambda q: (
        propose_alternative,
        ProposeAlternative(item_ref(item_of(q)), AlternativeDraft(Specification("Dell", "XPS"))),
    ),
    "updateItem": lambda q: (update_item, UpdateItem(item_ref(item_of(q)), ItemChange(comments="x"))),
    "body": lambda q: (update_quote, UpdateQuote(q.quote.id, {"body": "x"})),
    "title": lambda q: (update_quote, UpdateQuote(q.quote.id, {"title": "x", "po_number": "7"})),
}


@pytest.mark.parametrize("name", NEVER)
async def test_what_can_be_asked_of_no_system_is_refused_even_if_it_can_be_edited(name):
    world, quote = a_foreign_quote(system=System.QUICK_QUOTE)
    run, command = NEVER[name](quote)
    with not_supported():
        await run(world.deps, PLATFORM, command)
    assert (world.memory.events, now_of(world, quote)) == ([], quote)


@pytest.mark.parametrize("system", [System.QUICK_QUOTE, System.QUIPTEAMS])
async def test_details_that_the_system_cannot_be_asked_for_are_refused_each_at_its_field(system):
    world, quote = a_foreign_quote(system=system)
    details: Details = {"tags": ("urgent",), "po_number": "7", "accepts_documents": True}
    with pytest.raises(InvalidInput) as refused:
        await update_quote(world.deps, PLATFORM, UpdateQuote(quote.quote.id, details))
    assert [(it.code, it.path) for it in refused.value.problems] == [
        (ErrorCode.NOT_SUPPORTED_BY_ORIGIN, ("poNumber",)),
        (ErrorCode.NOT_SUPPORTED_BY_ORIGIN, ("isAcceptingDocuments",)),
    ]
    assert "which cannot be asked to change `poNumber`. Do it there: https" in refused.value.problems[0].message


async def test_what_cannot_be_changed_of_a_line_there_is_refused_each_at_its_field():
    world, quote = a_foreign_quote(system=System.QUICK_QUOTE)
    change = ItemChange(quantity=2, comments="x", internal_notes="y")
    with pytest.raises(InvalidInput) as refused:
        await update_item(world.deps, PLATFORM, UpdateItem(item_ref(item_of(quote)), change))
    assert [it.path for it in refused.value.problems] == [("comments",), ("internalNotes",)]


@pytest.mark.parametrize(
    ("name", "instead"),
    [("voidQuote", "`cancelQuote`"), ("removeItem", "`priceItem`"), ("rotatePublicKey", "`sendQuote`")],
)
async def test_the_refusal_names_what_can_be_asked_for_instead(name, instead):
    world, quote = a_foreign_quote(system=System.QUICK_QUOTE)
    run, command = NEVER[name](quote)
    with pytest.raises(NotSupportedByOrigin, match=instead):
        await run(world.deps, PLATFORM, command)


ASKED: Acts = {
    "updateQuote": lambda q: (update_quote, UpdateQuote(q.quote.id, {"public_notes": "New", "notes": "N"})),
    "updateItem": lambda q: (update_item, UpdateItem(item_ref(item_of(q)), ItemChange(quantity=2))),
    "price": lambda q: (price, PriceOffer(item_ref(item_of(q)), MoneyDraft("10.50", "USD"))),
    "sendQuote": lambda q: (send_quote, SendQuote(q.quote.id, SendDraft(include_pdf=False))),
    "cancelQuote": lambda q: (cancel_quote, Close(q.quote.id, "no")),
}
REQUESTS = {
    "updateQuote": lambda q: (OriginChangeType.EDIT, {"details": {"public_notes": "New", "notes": "N"}}),
    "updateItem": lambda q: (OriginChangeType.EDIT, {"quantities": {item_of(q): 2}}),
    "price": lambda q: (OriginChangeType.EDIT, {"prices": {item_of(q): "10.50"}}),
    "sendQuote": lambda q: (OriginChangeType.SEND, {"withPdf": False, "from": "DRAFT"}),
    "cancelQuote": lambda q: (OriginChangeType.CANCEL, {"reason": "no"}),
}


@pytest.mark.parametrize("name", ASKED)
async def test_edits_sends_and_cancels_are_asked_of_a_system_that_has_a_call_for_them(name):
    world, quote = a_foreign_quote(line(priced), system=System.QUICK_QUOTE)
    run, command = ASKED[name](quote)
    await run(world.deps, PLATFORM, command)
    change = the_change(world)
    assert (change.type, change.request) == REQUESTS[name](quote)
    assert (world.memory.event_types, now_of(world, quote)) == (["QUOTE_CHANGE_REQUESTED"], quote)
    assert list(world.memory.job_keys) == [f"origin-change:{change.id}"]


@pytest.mark.parametrize("name", ASKED)
async def test_and_are_refused_by_the_others(name):
    world, quote = a_foreign_quote(line(priced), system=System.QUIPTEAMS)
    run, command = ASKED[name](quote)
    with not_supported():
        await run(world.deps, PLATFORM, command)


async def test_what_is_ours_alone_is_changed_here():
    world, quote = a_foreign_quote(system=System.QUIPTEAMS)
    await update_quote(world.deps, PLATFORM, UpdateQuote(quote.quote.id, {"notes": "N", "tags": ("urgent",)}))
    after = now_of(world, quote).quote
    assert (after.notes, after.tags, world.memory.origin_changes) == ("N", ("urgent",), {})
    assert world.memory.event_types == ["QUOTE_UPDATED"]


async def test_nothing_is_asked_of_a_system_that_is_no_longer_connected():
    world, quote = a_foreign_quote()
    [(id_, connection)] = world.memory.connections.items()
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    with pytest.raises(Disconnected):
        await decide(world.deps, CUSTOMER, accepting(item_of(quote)))


async def test_who_waits_is_told_that_the_system_refused_and_sees_the_reason():
    world, quote = a_foreign_quote()
    system = world.systems.system
    [record] = system.quotes.values()
    system.quotes[record.external_id] = replace(
        record, items=(replace(record.items[0], status=OfferStatus.REJECTED, alternatives=()),)
    )
    world.waiter.during = lambda: run_due(world)
    with pytest.raises(RefusedByOrigin, match="It is REJECTED there") as refused:
        await decide(world.deps, CUSTOMER, accepting(item_of(quote), wait=True))
    assert (refused.value.code, refused.value.node) == (ErrorCode.REFUSED_BY_ORIGIN, quote.quote.ref)


async def test_who_waits_longer_than_the_longest_wait_has_a_pending_change():
    world, quote = a_foreign_quote()
    await decide(world.deps, CUSTOMER, accepting(item_of(quote), wait=True))
    assert (world.waiter.waits, the_change(world).status) == (1, OriginChangeStatus.REQUESTED)
