"""What becomes of recipients after their line was accepted, and of their quote with them
(docs/domain.md#recipient-status)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fulfilment.shipments import Tracking, deliver, follow_order, invoice, number, ship, track
from domain.fulfilment.vendor_orders import VendorOrderStatus, orders_for
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.decisions import accept, reject
from domain.quotes.lifecycle import WrongStatus
from domain.quotes.recipients import Destination
from domain.quotes.statuses import FulfilmentStatus, QuoteStatus, RecipientStatus
from domain.quotes.transitions import cancel, completed
from domain.shared.access import SYSTEM
from domain.shared.ids import new_id
from tests.builders import ANA, LATER, a_quote, a_recipient, item_of, line, priced

R, Q, F = RecipientStatus, QuoteStatus, FulfilmentStatus
TRACKING = Tracking("T-1", "https://carrier.example/T-1")


def approved(*recipients: int, undecided: bool = False) -> QuoteAggregate:
    """A quote with one accepted line for each number of recipients, and perhaps an undecided one."""
    lines = [line(priced, recipients=count) for count in recipients]
    quote = a_quote(*lines, *([line(priced)] if undecided else []))
    for index in range(len(recipients)):
        quote = accept(quote, item_of(quote, index), ANA, LATER).quote
    return quote


def ids(quote: QuoteAggregate) -> list[str]:
    return [it.id for of in quote.lines for it in of.recipients]


def state(quote: QuoteAggregate):
    return [it.status for of in quote.lines for it in of.recipients], quote.quote.status


def test_the_first_device_on_its_way_puts_the_quote_in_progress():
    quote = approved(2)
    rule_result = ship(quote, {ids(quote)[0]}, ANA, LATER, TRACKING)
    assert state(rule_result.quote) == ([R.SHIPPED, R.APPROVED], Q.IN_PROGRESS)
    assert [(it.node.type, it.from_status, it.to_status) for it in rule_result.changes] == [
        ("Recipient", "APPROVED", "SHIPPED"),
        ("Quote", "NONE", "IN_PROGRESS"),
        ("Quote", "APPROVED", "IN_PROGRESS"),
    ]
    assert rule_result.quote.lines[0].recipients[0].tracking_code == "T-1"


def test_the_last_device_delivered_delivers_the_quote_and_not_before():
    quote = approved(1, 1)
    first, last = ids(quote)
    once = deliver(ship(quote, {first}, ANA, LATER).quote, {first}, ANA, LATER).quote
    assert state(once) == ([R.DELIVERED, R.APPROVED], Q.IN_PROGRESS)
    twice = deliver(once, {last}, ANA, LATER).quote
    assert state(twice) == ([R.DELIVERED, R.DELIVERED], Q.DELIVERED)
    assert completed(twice, ANA, LATER).quote.quote.status == Q.COMPLETED


def test_a_quote_with_a_line_to_decide_is_not_delivered_by_the_others():
    quote = approved(1, undecided=True)
    done = deliver(quote, {ids(quote)[0]}, ANA, LATER).quote
    assert (done.quote.status, done.quote.fulfilment_status) == (Q.PENDING, F.IN_PROGRESS)


def test_recipients_of_a_rejected_line_are_not_waited_for():
    quote = approved(1, undecided=True)
    quote = reject(quote, item_of(quote, 1), LATER).quote
    assert deliver(quote, {ids(quote)[0]}, ANA, LATER).quote.quote.status == Q.DELIVERED


def test_a_quote_whose_last_line_is_decided_after_its_devices_came_is_delivered_then():
    quote = approved(1, undecided=True)
    arrived = deliver(quote, {ids(quote)[0]}, ANA, LATER).quote
    assert reject(arrived, item_of(arrived, 1), LATER).quote.quote.status == Q.DELIVERED
    assert accept(arrived, item_of(arrived, 1), ANA, LATER).quote.quote.status == Q.IN_PROGRESS


@pytest.mark.parametrize("act", [ship, deliver])
def test_said_again_it_changes_nothing(act):
    quote = approved(1)
    once = act(quote, set(ids(quote)), ANA, LATER).quote
    again = act(once, set(ids(quote)), ANA, LATER)
    assert (again.quote, again.changes) == (once, ())


@pytest.mark.parametrize(
    ("act", "before", "target"),
    [
        (ship, R.PENDING, "SHIPPED"),
        (ship, R.REJECTED, "SHIPPED"),
        (ship, R.DELIVERED, "SHIPPED"),
        (deliver, R.PENDING, "DELIVERED"),
        (deliver, R.REJECTED, "DELIVERED"),
    ],
)
def test_a_move_the_table_does_not_have_is_a_conflict_that_names_both_states(act, before, target):
    quote = a_quote(line(priced, recipients=[a_recipient(status=before)]))
    with pytest.raises(WrongStatus) as caught:
        act(quote, set(ids(quote)), ANA, LATER)
    assert (caught.value.current_status, caught.value.attempted_status) == (before, target)
    assert before in caught.value.message
    assert target in caught.value.message


def test_nothing_of_a_quote_that_was_called_off_is_shipped():
    quote = cancel(approved(1), ANA, LATER).quote
    with pytest.raises(WrongStatus):
        ship(quote, set(ids(quote)), ANA, LATER)


@pytest.mark.parametrize(
    "note",
    [
        lambda quote, it: track(quote, it, TRACKING, LATER),
        lambda quote, it: number(quote, it, ("A",), LATER),
        lambda quote, it: invoice(quote, it, "INV-1", LATER),
    ],
)
def test_nothing_is_noted_of_a_recipient_that_waits_for_nothing(note):
    quote = a_quote(line(priced))
    with pytest.raises(WrongStatus, match="PENDING"):
        note(quote, ids(quote)[0])


def test_what_is_noted_moves_no_status():
    quote = approved(1)
    [recipient] = ids(quote)
    for noted in (
        track(quote, recipient, TRACKING, LATER),
        number(quote, recipient, ("A",), LATER),
        invoice(quote, recipient, "INV-1", LATER),
    ):
        assert noted.changes == ()
        assert noted.quote != quote


def test_of_several_devices_the_first_number_is_the_recipients():
    quote = a_quote(line(priced, recipients=[a_recipient(storage=True)], quantity=3))
    quote = accept(quote, item_of(quote), ANA, LATER).quote
    [recipient] = number(quote, ids(quote)[0], ("A", "B"), LATER).quote.lines[0].recipients
    assert (recipient.serial_number, recipient.serial_numbers) == ("A", ("A", "B"))


def ordered(*recipients, quantity=None):
    """An accepted quote and its only order, which the vendor has."""
    of = line(priced, recipients=list(recipients), quantity=quantity or len(recipients))
    quote = accept(a_quote(of), of.item.id, ANA, LATER).quote
    [order], people = orders_for(quote.quote, quote.lines[0], LATER, new_id)
    quote = quote.with_line(type(quote.lines[0])(quote.lines[0].item, (), people))
    return quote, order._replace(status=VendorOrderStatus.ACCEPTED, vendor_order_id="V-1")


STORE = a_recipient(email=None, storage=True)


def test_recipients_follow_their_order_to_the_end():
    quote, order = ordered(STORE, STORE._replace(id=new_id()))
    tracked = order._replace(tracking_code="T-1", tracking_link="https://t.example")
    shipped = follow_order(quote, order, tracked, SYSTEM, LATER).quote
    assert state(shipped) == ([R.SHIPPED, R.SHIPPED], Q.IN_PROGRESS)
    assert [it.tracking_code for it in shipped.lines[0].recipients] == ["T-1", "T-1"]

    done = tracked._replace(status=VendorOrderStatus.DELIVERED, serial_numbers=("A", "B"))
    delivered = follow_order(shipped, tracked, done, SYSTEM, LATER).quote
    assert state(delivered) == ([R.DELIVERED, R.DELIVERED], Q.DELIVERED)
    assert [it.serial_number for it in delivered.lines[0].recipients] == ["A", "B"]


def test_an_order_delivered_between_two_looks_was_shipped_on_the_way():
    quote, order = ordered(STORE)
    rule_result = follow_order(quote, order, order._replace(status=VendorOrderStatus.DELIVERED), SYSTEM, LATER)
    assert state(rule_result.quote) == ([R.DELIVERED], Q.DELIVERED)


def test_the_only_recipient_of_many_devices_gets_all_the_numbers():
    quote, order = ordered(STORE, quantity=3)
    told = order._replace(serial_numbers=("A", "B", "C", "D"))
    [recipient] = follow_order(quote, order, told, SYSTEM, LATER).quote.lines[0].recipients
    assert recipient.serial_numbers == ("A", "B", "C")


def test_numbers_that_come_later_go_to_those_who_have_none_and_an_operators_stay():
    quote, order = ordered(STORE, STORE._replace(id=new_id()))
    _, second = ids(quote)
    quote = number(quote, second, ("OURS",), LATER).quote
    told = order._replace(status=VendorOrderStatus.DELIVERED, serial_numbers=("A", "B"))
    after = follow_order(quote, order, told, SYSTEM, LATER).quote
    assert [it.serial_number for it in after.lines[0].recipients] == ["A", "OURS"]


def test_tracking_that_an_operator_corrected_is_not_taken_back_by_old_news():
    quote, order = ordered(STORE)
    known = order._replace(tracking_code="OLD")
    shipped = follow_order(quote, order, known, SYSTEM, LATER).quote
    corrected = track(shipped, ids(quote)[0], TRACKING, LATER).quote
    still = follow_order(corrected, known, known._replace(eta=LATER.date()), SYSTEM, LATER)
    assert still.quote == corrected


def test_an_order_for_a_price_only_delivers_nothing():
    quote, order = ordered(STORE)
    done = order._replace(send_to=Destination.QUOTE_ONLY, status=VendorOrderStatus.DELIVERED)
    assert R.DELIVERED not in state(follow_order(quote, order, done, SYSTEM, LATER).quote)[0]


def test_an_order_called_off_cancels_its_recipients_whose_devices_may_come_from_elsewhere():
    quote, order = ordered(STORE)
    after = follow_order(quote, order, order._replace(status=VendorOrderStatus.CANCELLED), SYSTEM, LATER).quote
    assert [it.status for line in after.lines for it in line.recipients] == [R.CANCELLED]
    elsewhere = deliver(after, set(ids(after)), ANA, LATER).quote
    assert state(elsewhere) == ([R.DELIVERED], Q.DELIVERED)


def test_a_quote_is_delivered_with_the_last_device_that_is_still_to_come():
    quote = approved(1, 1)
    first, last = quote.lines
    [order], waiting = orders_for(quote.quote, first, LATER, new_id)
    quote = quote.with_line(replace(first, recipients=waiting))
    cancelled = order._replace(status=VendorOrderStatus.CANCELLED)
    arrived = deliver(quote, {last.recipients[0].id}, ANA, LATER).quote
    assert state(follow_order(arrived, order, cancelled, SYSTEM, LATER).quote) == (
        [R.CANCELLED, R.DELIVERED],
        Q.DELIVERED,
    )
    before = follow_order(quote, order, cancelled, SYSTEM, LATER).quote
    assert state(before) == ([R.CANCELLED, R.APPROVED], Q.APPROVED)
    assert state(deliver(before, {last.recipients[0].id}, ANA, LATER).quote)[1] == Q.DELIVERED


def test_nobody_gets_a_device_where_only_a_price_was_asked_for():
    quote = approved(1)
    [asked] = quote.lines
    only = asked.recipients[0]._replace(destination=Destination.QUOTE_ONLY)
    quote = quote.with_line(replace(asked, recipients=(only,)))
    for act in (ship, deliver):
        with pytest.raises(WrongStatus, match="price"):
            act(quote, {only.id}, ANA, LATER)


@given(st.lists(st.tuples(st.sampled_from([ship, deliver]), st.integers(0, 3)), max_size=12))
def test_whatever_is_said_the_quote_is_as_far_as_its_recipients(steps):
    quote = approved(2, 2)
    everybody = ids(quote)
    for act, index in steps:
        try:
            quote = act(quote, {everybody[index]}, ANA, LATER).quote
        except WrongStatus:
            continue
        found, status = state(quote)
        if all(it == R.DELIVERED for it in found):
            assert status == Q.DELIVERED
        elif any(it != R.APPROVED for it in found):
            assert status == Q.IN_PROGRESS
        else:
            assert status == Q.APPROVED
