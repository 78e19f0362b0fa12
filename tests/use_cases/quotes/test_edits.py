"""Changes to a quote while it is on offer."""

import pytest

from domain.catalogue.device_selection import CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.quotes.decisions import LineClosed, OfferDecided
from domain.quotes.details import Details
from domain.quotes.drafts import ItemDraft, RecipientDraft
from domain.quotes.edits import ItemChange, LastItem, NotEditable
from domain.quotes.statuses import OfferStatus, Verdict
from domain.shared.errors import InvalidInput
from domain.use_cases.quotes.closings import Close, cancel_quote
from domain.use_cases.quotes.decisions import AcceptQuote, DecideItems, OneDecision, accept_quote, decide_items
from domain.use_cases.quotes.edits import (
    AddItems,
    RemoveItem,
    UpdateItem,
    UpdateQuote,
    add_items,
    remove_item,
    update_item,
    update_quote,
)
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import LATER, NOW, a_quote, item_of, line, priced
from tests.use_cases.quotes.support import CUSTOMER, a_world, now_of

DESK = CustomDevice(ProductType.ACCESSORY, Specification(model="Standing desk"))


BRUNO = RecipientDraft("Bruno", "UY")


def the_item(quote, number=0):
    return OfferRef(item_of(quote, number), ("itemId",), ("QuoteItem",))


# ---- what is noted


async def test_only_what_is_given_changes_and_null_clears():
    world, quote = a_world(notes="Ask twice", public_notes="Ships in May")
    details: Details = {"notes": None, "tags": ["Starters", "starters", "Lima"], "expires_at": LATER.isoformat()}
    await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, details))
    after = now_of(world, quote).quote
    assert (after.notes, after.public_notes, after.tags) == (None, "Ships in May", ("Starters", "Lima"))
    assert after.expires_at == LATER
    assert world.memory.event_types == ["QUOTE_UPDATED"]


async def test_what_is_the_same_already_leaves_no_trace():
    world, quote = a_world(po_number="PO-7")
    await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, {"po_number": " PO-7 "}))
    assert (now_of(world, quote), world.memory.events) == (quote, [])


async def test_every_wrong_detail_is_told_and_none_is_noted():
    world, quote = a_world()
    details: Details = {
        "requester_email": None,
        "expires_at": NOW.isoformat(),
        "assignee_email": "ida",
        "notes": "x" * 5001,
    }
    with pytest.raises(InvalidInput) as refused:
        await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, details))
    assert {it.path[0] for it in refused.value.problems} == {"requesterEmail", "expiresAt", "assigneeEmail", "notes"}
    assert now_of(world, quote) == quote


async def test_an_ended_or_decided_quote_cannot_be_changed():
    world, quote = a_world()
    await accept_quote(world.deps, CUSTOMER, AcceptQuote(quote.quote.id))
    other = world.memory.keep(a_quote())
    await cancel_quote(world.deps, CUSTOMER, Close(other.quote.id))
    for at, it in (("APPROVED", quote), ("CANCELLED", other)):
        for change in (
            update_quote(world.deps, CUSTOMER, UpdateQuote(it.quote.id, {"notes": "Late"})),
            add_items(world.deps, CUSTOMER, AddItems(it.quote.id, (ItemDraft(DESK, (BRUNO,)),))),
            update_item(world.deps, CUSTOMER, UpdateItem(the_item(it), ItemChange(comments="Late"))),
            remove_item(world.deps, CUSTOMER, RemoveItem(the_item(it))),
        ):
            with pytest.raises(NotEditable, match=at) as refused:
                await change
            assert (refused.value.node, refused.value.current_status) == (it.quote.ref, at)


# ---- lines


async def test_lines_are_added_at_the_end_and_taken_off_anywhere():
    world, quote = a_world(line(priced), line(priced), line(priced))
    await remove_item(world.deps, CUSTOMER, RemoveItem(the_item(quote)))
    await add_items(world.deps, CUSTOMER, AddItems(quote.quote.id, (ItemDraft(DESK, (BRUNO,)),)))
    after = now_of(world, quote).lines
    assert [it.item.model for it in after] == ["MacBook Pro 14", "MacBook Pro 14", "Standing desk"]
    assert [it.item.position for it in after] == [0, 1, 2]
    assert [it.item.id for it in after[:2]] == [item_of(quote, 1), item_of(quote, 2)]


async def test_without_its_last_undecided_line_a_quote_is_decided():
    world, quote = a_world(line(priced), line(priced))
    await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, [OneDecision(item_of(quote), Verdict.ACCEPT)]))
    await remove_item(world.deps, CUSTOMER, RemoveItem(the_item(quote, 1)))
    assert now_of(world, quote).quote.status == "APPROVED"
    assert world.memory.event_types[-2:] == ["QUOTE_ITEM_REMOVED", "QUOTE_APPROVED"]


async def test_the_only_line_stays():
    world, quote = a_world()
    with pytest.raises(LastItem, match=r"SOURCED.*removed"):
        await remove_item(world.deps, CUSTOMER, RemoveItem(the_item(quote)))


async def test_a_decided_line_of_an_open_quote_cannot_be_changed():
    world, quote = a_world(line(priced), line(priced))
    await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, [OneDecision(item_of(quote), Verdict.REJECT)]))
    for change in (
        update_item(world.deps, CUSTOMER, UpdateItem(the_item(quote), ItemChange(comments="Late"))),
        remove_item(world.deps, CUSTOMER, RemoveItem(the_item(quote))),
    ):
        with pytest.raises(LineClosed, match="REJECTED"):
            await change


async def test_another_device_has_to_be_priced_anew():
    world, quote = a_world(line(priced))
    change = ItemChange(2, "For Lima", Specification(ram="64 GB"), (BRUNO, BRUNO))
    outcome = await update_item(world.deps, CUSTOMER, UpdateItem(the_item(quote), change))
    after = now_of(world, quote).lines[0]
    assert (after.item.status, after.item.price, after.item.ram) == (OfferStatus.PENDING, None, "64 GB")
    assert (after.item.model, after.item.quantity, len(after.recipients)) == ("MacBook Pro 14", 2, 2)
    assert [it[:3] for it in outcome.changes] == [(after.item.ref, "SOURCED", "PENDING")]


async def test_what_leaves_the_device_alone_leaves_its_price_alone():
    world, quote = a_world(line(priced))
    await update_item(
        world.deps, CUSTOMER, UpdateItem(the_item(quote), ItemChange(5, "", Specification(model="MacBook Pro 14")))
    )
    after = now_of(world, quote).lines[0].item
    assert (after.price, after.quantity, after.comments) == (priced, 5, None)


async def test_a_quantity_fits_the_recipients_it_has():
    world, quote = a_world(line(priced, recipients=2))
    for change, path in (
        (ItemChange(3), "quantity"),
        (ItemChange(0), "quantity"),
        (ItemChange(3, recipients=(BRUNO, BRUNO)), "recipients"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await update_item(world.deps, CUSTOMER, UpdateItem(the_item(quote), change))
        assert path in {it.path[0] for it in refused.value.problems}


async def test_the_device_of_a_rejected_item_stays():
    world, quote = a_world(line(priced, alternatives=1))
    await decide_items(world.deps, CUSTOMER, DecideItems(quote.quote.id, [OneDecision(item_of(quote), Verdict.REJECT)]))
    with pytest.raises(OfferDecided):
        await update_item(
            world.deps, CUSTOMER, UpdateItem(the_item(quote), ItemChange(specification=Specification(ram="64 GB")))
        )
