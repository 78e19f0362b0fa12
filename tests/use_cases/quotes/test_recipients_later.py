"""Lines that are accepted without recipients, and ordered once they have some; quotes accepted without lines."""

from dataclasses import replace

import pytest

from domain.catalogue.products import ProductType
from domain.quotes.drafts import RecipientDraft
from domain.quotes.edits import ItemChange, NotEditable
from domain.quotes.lifecycle import WrongStatus
from domain.shared.errors import ErrorCode
from domain.use_cases.quotes.closings import Close, cancel_quote
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote, decide
from domain.use_cases.quotes.edits import AddItems, UpdateItem, add_items, update_item
from tests.builders import a_quote, item_of, line, priced
from tests.fakes.storage import World
from tests.use_cases.quotes.support import CUSTOMER, a_world, accepting, item_ref, now_of, refused

BRUNO = RecipientDraft("Bruno Silva", "UY", "bruno@austral.example")


async def accepted_without_recipients(**given):
    world, quote = a_world(line(priced, recipients=0, **{"quantity": 2, **given}), currency="USD")
    await accept_quote(world.deps, CUSTOMER, AcceptQuote(quote.quote.id))
    return world, quote


def giving(quote, *people, **given):
    return UpdateItem(item_ref(item_of(quote)), ItemChange(recipients=people, **given))


async def test_a_line_without_recipients_is_accepted_and_not_ordered():
    world, quote = await accepted_without_recipients()
    assert (now_of(world, quote).quote.status, world.memory.orders) == ("APPROVED", {})
    assert [it for it in world.memory.job_keys if it.startswith("vendor-order")] == []


async def test_an_accepted_line_is_ordered_once_it_gets_its_recipients():
    world, quote = await accepted_without_recipients()
    outcome = await update_item(world.deps, CUSTOMER, giving(quote, BRUNO))
    [order] = world.memory.orders.values()
    [recipient] = now_of(world, quote).lines[0].recipients
    assert (order.status, order.amount, order.employee_email) == ("QUEUED", 2, "bruno@austral.example")
    assert (recipient.status, recipient.vendor_order_id) == ("APPROVED", order.id)
    assert [(it.node, it.to_status) for it in outcome.changes] == [(recipient.ref, "APPROVED")]
    assert world.memory.event_types[-1] == "QUOTE_ITEM_UPDATED"
    assert f"vendor-order:{order.id}" in world.memory.job_keys


async def test_recipients_are_given_to_an_accepted_line_once_and_with_nothing_else():
    world, quote = await accepted_without_recipients()
    with pytest.raises(NotEditable):
        await update_item(world.deps, CUSTOMER, giving(quote, BRUNO, comments="Soon"))
    with pytest.raises(NotEditable):
        await update_item(world.deps, CUSTOMER, giving(quote))
    await update_item(world.deps, CUSTOMER, giving(quote, BRUNO))
    with pytest.raises(NotEditable):
        await update_item(world.deps, CUSTOMER, giving(quote, BRUNO))
    assert len(world.memory.orders) == 1


async def test_wrong_recipients_of_an_accepted_line_are_refused_by_their_place():
    world, quote = await accepted_without_recipients()
    assert await refused(update_item(world.deps, CUSTOMER, giving(quote, replace(BRUNO, country="Atlantis")))) == (
        ErrorCode.INVALID_COUNTRY,
        ("recipients", "0", "country"),
    )
    three = (BRUNO, BRUNO, BRUNO)
    assert await refused(update_item(world.deps, CUSTOMER, giving(quote, *three))) == (
        ErrorCode.RECIPIENT_COUNT,
        ("recipients",),
    )
    assert world.memory.orders == {}


async def test_a_cancelled_quote_takes_no_recipients():
    world, quote = await accepted_without_recipients()
    await cancel_quote(world.deps, CUSTOMER, Close(quote.quote.id))
    with pytest.raises(WrongStatus, match="CANCELLED"):
        await update_item(world.deps, CUSTOMER, giving(quote, BRUNO))


async def test_a_dry_run_orders_nothing():
    world, quote = await accepted_without_recipients()
    outcome = await update_item(world.deps, CUSTOMER, replace(giving(quote, BRUNO), dry_run=True))
    assert ([it.to_status for it in outcome.changes], world.memory.orders) == (["APPROVED"], {})


async def test_a_service_is_accepted_for_good():
    world, quote = await accepted_without_recipients(product_type=ProductType.SERVICE)
    with pytest.raises(NotEditable):
        await update_item(world.deps, CUSTOMER, giving(quote, BRUNO))


async def test_an_acceptance_names_at_least_one_recipient_if_it_names_any():
    world, quote = a_world(line(priced), currency="USD")
    assert await refused(decide(world.deps, CUSTOMER, accepting(item_of(quote), recipients=()))) == (
        ErrorCode.REQUIRED,
        ("recipients",),
    )


async def test_adding_no_items_is_refused():
    world, quote = a_world()
    assert await refused(add_items(world.deps, CUSTOMER, AddItems(quote.quote.id, ()))) == (
        ErrorCode.REQUIRED,
        ("items",),
    )


async def test_the_acceptance_of_a_quote_without_lines_is_one_event_and_an_email_to_each_address():
    world = World()
    quote = world.memory.keep(replace(a_quote(notification_emails=("cfo@austral.example",)), lines=()))
    accept = AcceptQuote(quote.quote.id)
    await accept_quote(world.deps, CUSTOMER, accept)
    again = await accept_quote(world.deps, CUSTOMER, accept)
    [event] = world.memory.events
    assert (event.type, {it.to_status for it in event.changes}) == ("QUOTE_APPROVED", {"APPROVED"})
    assert again.changes == ()
    assert world.memory.job_keys == [
        f"accepted:{quote.quote.id}:it@austral.example",
        f"accepted:{quote.quote.id}:cfo@austral.example",
    ]
