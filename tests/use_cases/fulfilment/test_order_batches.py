"""Prices of several lines to one place: one order at the vendor, confirmed and cancelled as a whole."""

import pytest

from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from domain.quotes.statuses import FulfilmentStatus, Verdict
from domain.shared.jobs import JobType, RetryPolicy
from domain.shared.money import Money
from domain.shared.outbound_errors import Uncertain
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    ConfirmOrder,
    cancel_order,
    confirm_order,
)
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.quotes.closings import AlreadyOrdered, Close, cancel_quote, delete_quote
from domain.use_cases.quotes.decisions import (
    AcceptQuote,
    DecideItems,
    OneDecision,
    accept_quote,
    decide_items,
)
from domain.use_cases.quotes.edits import RemoveItem, remove_item
from domain.use_cases.quotes.steps import OfferRef
from tests.batches import (
    a_batch,
    decided,
    every_order_is_followed,
    now_of,
    orders,
    quoted,
)
from tests.builders import a_caller, a_quote, a_recipient, item_of, line, priced
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import LOOK, OPERATOR, SETTLE, run, tell

S = VendorOrderStatus


async def test_the_lines_to_one_person_are_one_order_that_is_followed_by_line():
    world, _ = await a_batch()
    [sent] = world.external.orders.posts
    ids = [it.id for it in orders(world)]
    assert [sent.external_item_id, *(it.external_item_id for it in sent.more)] == ids
    assert {(it.vendor_order_id, it.batch_id, it.status) for it in orders(world)} == {("V-1", ids[0], S.PENDING)}
    assert [key for key in world.memory.job_keys if key.startswith("follow:")] == [f"follow:{ids[0]}"]


async def test_accepting_all_lines_confirms_the_order_once():
    world, quote = await quoted()
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    for _ in range(3):
        await every_order_is_followed(world, 100)
    assert (world.external.orders.calls, len(world.external.orders.posts)) == (["confirm V-1"], 1)
    assert {(it.status, it.asked) for it in orders(world)} == {(S.ACCEPTED, None)}
    assert now_of(world, quote).quote.fulfilment_status == FulfilmentStatus.ORDERED


async def test_an_accepted_line_waits_for_the_others_of_its_order():
    world, quote = await quoted(2)
    for number in (1, 0):
        assert world.external.orders.calls == []
        await decided(world, quote, number)
        for _ in range(3):
            await every_order_is_followed(world, 100)
    assert world.external.orders.calls == ["confirm V-1"]
    assert {it.status for it in orders(world)} == {S.ACCEPTED}


async def test_a_rejected_line_cancels_the_order_and_the_others_are_ordered_without_it():
    world, quote = await quoted()
    decisions = [
        OneDecision(item_of(quote, number), verdict)
        for number, verdict in enumerate((Verdict.ACCEPT, Verdict.REJECT, Verdict.ACCEPT))
    ]
    await decide_items(world.deps, a_caller(), DecideItems(quote.quote.id, decisions))
    await every_order_is_followed(world)
    await every_order_is_followed(world, 100)
    assert world.external.orders.calls == ["cancel V-1"]
    old, new = orders(world)[:3], orders(world)[3:]
    assert [(it.item_id, it.is_price_request) for it in new] == [(item_of(quote, 0), False), (item_of(quote, 2), False)]
    people = [it.recipients[0].vendor_order_id for it in now_of(world, quote).lines]
    assert (people[0], people[2]) == (new[0].id, new[1].id)

    tell(world, "quoted", priced)
    for _ in new:
        await run(world, JobType.PLACE_VENDOR_ORDER)
    for _ in range(3):
        await every_order_is_followed(world, 100)
    assert {it.id: it.status for it in orders(world)} == {
        **dict.fromkeys([it.id for it in old], S.CANCELLED),
        **dict.fromkeys([it.id for it in new], S.ACCEPTED),
    }


async def test_an_undecided_line_of_a_cancelled_order_is_asked_for_again_and_keeps_its_price():
    world, quote = await quoted(3)
    await decided(world, quote, 0, Verdict.REJECT)
    assert len(orders(world)) == 3, "nothing is asked for again before the vendor has cancelled"
    for _ in range(2):
        await every_order_is_followed(world, 100)
    new = orders(world)[3:]
    assert {(it.is_price_request, it.status, it.batch_id) for it in new} == {(True, S.QUEUED, new[0].id)}
    assert [it.recipients[0].vendor_order_id for it in now_of(world, quote).lines[1:]] == [it.id for it in new]
    assert now_of(world, quote).lines[1].item.price == priced
    tell(world, "quoted", Money(1500_00, "USD"))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await every_order_is_followed(world, 100)
    assert now_of(world, quote).lines[1].item.price == Money(1500_00, "USD")
    assert len(world.external.orders.posts) == 2


async def test_a_cancelled_quote_cancels_the_order_and_asks_for_nothing_again():
    world, quote = await quoted()
    await cancel_quote(world.deps, OPERATOR, Close(quote.quote.id))
    for _ in range(2):
        await every_order_is_followed(world, 100)
    assert (world.external.orders.calls, len(orders(world))) == (["cancel V-1"], 3)
    assert {it.status for it in orders(world)} == {S.CANCELLED}


async def test_an_operator_cancels_the_order_of_one_line_and_the_others_get_another():
    world, quote = await quoted(2)
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    second = orders(world)[1]
    await cancel_order(world.deps, OPERATOR, CancelOrder(second.id))
    assert len(orders(world)) == 2, "nothing is ordered again before the vendor has cancelled"
    for _ in range(3):
        await every_order_is_followed(world, 100)
    assert world.external.orders.calls == ["cancel V-1"]
    new = orders(world)[2]
    assert (new.item_id, new.status, len(orders(world))) == (item_of(quote, 0), S.QUEUED, 3)
    assert now_of(world, quote).lines[0].recipients[0].vendor_order_id == new.id


async def test_a_line_that_is_rejected_while_the_order_is_placed_is_left_out_of_another():
    world, quote = await a_batch(Answer(shows=False, failure=Uncertain("timeout")))
    await decided(world, quote, 0, Verdict.REJECT)
    assert [it.status for it in orders(world)] == [S.CANCELLED, S.QUEUED, S.QUEUED]
    world.external.orders.reveal()
    world.clock.move(seconds=10)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert [(it.vendor_order_id, it.asked) for it in orders(world)] == [("V-1", "CANCEL"), ("V-1", None), ("V-1", None)]
    await every_order_is_followed(world)
    assert world.external.orders.calls == ["cancel V-1"]
    world.external.orders.word = "pending"
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert [len(it.more) for it in world.external.orders.posts] == [2, 1]
    assert [it.item_id for it in orders(world)[3:]] == [item_of(quote, 1), item_of(quote, 2)]
    assert {it.vendor_order_id for it in orders(world)[3:]} == {"V-2"}


async def test_a_line_that_is_rejected_before_the_order_is_placed_is_left_out_of_it():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,), resend_after=SETTLE, poll_interval=LOOK))
    quote = world.memory.keep(a_quote(*(line(priced) for _ in range(3))))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    await decided(world, quote, 0, Verdict.REJECT)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    [sent] = world.external.orders.posts
    first, second, third = orders(world)
    assert (first.status, sent.external_item_id, [it.external_item_id for it in sent.more]) == (
        S.CANCELLED,
        second.id,
        [third.id],
    )
    assert (second.batch_id, third.batch_id) == (second.id, second.id)


async def test_a_line_whose_order_is_about_to_be_placed_with_others_stays_and_its_quote_can_be_deleted():
    world = World()
    quote = world.memory.keep(a_quote(line(priced), line(priced)))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    with pytest.raises(AlreadyOrdered):
        await remove_item(world.deps, a_caller(), RemoveItem(OfferRef(item_of(quote), ("itemId",))))
    await delete_quote(world.deps, OPERATOR, Close(quote.quote.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert world.external.orders.posts == []


async def test_an_order_that_the_vendor_does_not_cancel_stays_as_it_is():
    world, quote = await quoted(2)
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    first, second = orders(world)
    await cancel_order(world.deps, OPERATOR, CancelOrder(second.id))
    world.external.orders.word = "accepted"
    for _ in range(2):
        await every_order_is_followed(world, 100)
    assert world.external.orders.calls == []
    assert [(it.id, it.status, it.attention) for it in orders(world)] == [
        (first.id, S.ACCEPTED, None),
        (second.id, S.ACCEPTED, VendorAttention.REFUSED),
    ]


async def test_an_order_that_the_vendor_cancels_by_itself_is_for_an_operator_to_look_at():
    world, quote = await quoted(2)
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    tell(world, "cancelled")
    await every_order_is_followed(world, 100)
    assert {(it.status, it.attention) for it in orders(world)} == {(S.CANCELLED, VendorAttention.CANCELLED_BY_VENDOR)}
    assert len(orders(world)) == 2


async def test_a_quote_whose_orders_are_just_being_placed_stays():
    world, quote = await a_batch(Answer(does=False, failure=Uncertain("timeout")))
    with pytest.raises(AlreadyOrdered):
        await delete_quote(world.deps, OPERATOR, Close(quote.quote.id))


async def test_lines_that_are_accepted_together_are_one_order_and_those_to_another_person_another():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,), resend_after=SETTLE, poll_interval=LOOK))
    other = line(priced, recipients=[a_recipient(email="other@x.example")])
    quote = world.memory.keep(a_quote(line(priced), line(priced), other))
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    for _ in range(2):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    assert sorted(len(it.more) for it in world.external.orders.posts) == [0, 1]
    one, two, alone = (it.vendor_order_id for it in orders(world))
    assert one == two != alone


async def test_a_price_above_the_agreed_one_holds_the_whole_order_until_an_operator_confirms_it():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,), resend_after=SETTLE, poll_interval=LOOK))
    quote = world.memory.keep(a_quote(line(priced), line(Money(1, "USD"))))
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    tell(world, "quoted", priced)
    for _ in range(3):
        await every_order_is_followed(world, 100)
    dearer = orders(world)[1]
    assert (world.external.orders.calls, dearer.attention) == ([], VendorAttention.PRICE_ABOVE_AGREED)
    await confirm_order(world.deps, OPERATOR, ConfirmOrder(dearer.id))
    for _ in range(3):
        await every_order_is_followed(world, 100)
    assert world.external.orders.calls == ["confirm V-1"]
    assert {(it.status, it.attention) for it in orders(world)} == {(S.ACCEPTED, None)}
