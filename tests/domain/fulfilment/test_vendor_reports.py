"""What the vendor's news make of an order, and what may be asked of the vendor (docs/domain.md#follow-orders)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, HardwareType, ReportedOrder
from domain.fulfilment.vendor_orders import (
    VENDOR_STATUSES,
    VendorAction,
    VendorAttention,
    VendorOrder,
    VendorOrderStatus,
    expected_delivery,
)
from domain.fulfilment.vendor_reports import (
    ASKABLE,
    CLOSED,
    ActionUnderWay,
    QuotedPriceChanged,
    WrongOrderStatus,
    apply_report,
    ask_to_cancel,
    ask_to_confirm,
    ask_to_select,
    is_followed,
    is_shipped,
    request_done,
    request_refused,
)
from domain.quotes.recipients import Destination
from domain.shared.ids import new_id
from domain.shared.money import Money
from tests.builders import NOW, TENANT

S, A, F = VendorOrderStatus, VendorAction, VendorAttention
AGREED = Money(145000, "USD")
CHEAPER, DEARER = Money(144999, "USD"), Money(145001, "USD")


def an_order(status: VendorOrderStatus = S.PENDING, **given) -> VendorOrder:
    return VendorOrder(
        id=new_id(),
        tenant_id=TENANT,
        quote_id="",
        item_id="",
        status=status,
        send_to=Destination.EMPLOYEE,
        country="UY",
        employee_email="ana@x.example",
        hardware_type=HardwareType.MACBOOK,
        amount=1,
        vendor_order_id="V-1",
        order_number="1",
        problem=None,
        created_at=NOW,
        updated_at=NOW,
    )._replace(**given)


def quoted(price: Money | None = AGREED, **given) -> VendorOrder:
    minor, currency = price or (None, None)
    return an_order(S.QUOTED, quoted_price_minor=minor, quoted_price_currency=currency, **given)


def news(word: str = "QUOTED", price: Money | None = AGREED, **told) -> ReportedOrder:
    return ReportedOrder("V-1", word, price, **told)


def shown(order: VendorOrder):
    return (order.status, order.asked, order.attention)


@pytest.mark.parametrize("price", [AGREED, CHEAPER, Money(0, "USD")])
def test_a_price_within_what_was_agreed_is_confirmed_by_the_system(price):
    order = apply_report(an_order(), news(price=price), AGREED)
    assert shown(order) == (S.QUOTED, A.CONFIRM, None)
    assert (order.quoted_price, order.asked_price) == (price, AGREED)


@pytest.mark.parametrize(
    ("said", "attention"),
    [
        (news(price=DEARER), F.PRICE_ABOVE_AGREED),
        (news(price=Money(100, "EUR")), F.OTHER_CURRENCY),
        (news(price=None, unreadable_price="a lot USD"), F.UNREADABLE_PRICE),
    ],
)
def test_any_other_price_waits_for_an_operator_and_says_why(said, attention):
    order = apply_report(an_order(), said, AGREED)
    assert shown(order) == (S.QUOTED, None, attention)
    assert order.problem


def test_a_price_where_none_was_agreed_for_the_device_waits_for_an_operator():
    order = apply_report(an_order(), news(), None)
    assert shown(order) == (S.QUOTED, None, F.PRICE_ABOVE_AGREED)
    assert "price of the whole quote" in (order.problem or "")
    assert shown(apply_report(ask_to_confirm(order, AGREED), news(), None)) == (S.QUOTED, A.CONFIRM, None)


def test_an_order_quoted_without_a_price_waits():
    assert shown(apply_report(an_order(), news(price=None), AGREED)) == (S.QUOTED, None, None)


def test_an_order_quoted_without_a_price_does_not_hold_up_its_batch_unseen():
    without = apply_report(an_order(batch_id="b"), news(price=None), AGREED)
    assert shown(without) == (S.QUOTED, None, F.UNREADABLE_PRICE)
    assert apply_report(without, news(price=None), AGREED) == without
    assert shown(apply_report(without, news(), AGREED)) == (S.QUOTED, A.CONFIRM, None)
    wanted = ask_to_confirm(without, None)
    assert shown(apply_report(wanted, news(price=None), AGREED)) == (S.QUOTED, A.CONFIRM, None)
    priced = apply_report(an_order(batch_id="b"), news(), AGREED)
    assert shown(apply_report(priced, news(price=None), AGREED)) == (S.QUOTED, None, F.UNREADABLE_PRICE)


def test_an_order_for_a_price_only_is_never_confirmed():
    order = apply_report(an_order(send_to=Destination.QUOTE_ONLY), news(), AGREED)
    assert shown(order) == (S.QUOTED, None, None)
    with pytest.raises(WrongOrderStatus):
        ask_to_confirm(order, None)


def test_a_price_that_rises_before_it_is_confirmed_is_not_confirmed():
    waiting = apply_report(an_order(), news(), AGREED)
    assert shown(apply_report(waiting, news(price=DEARER), AGREED)) == (S.QUOTED, None, F.PRICE_ABOVE_AGREED)


def test_a_price_that_falls_to_what_was_agreed_is_confirmed_after_all():
    dear = apply_report(an_order(), news(price=DEARER), AGREED)
    assert shown(apply_report(dear, news(price=AGREED), AGREED)) == (S.QUOTED, A.CONFIRM, None)


def test_an_operator_confirms_what_is_dearer_but_not_what_became_dearer_still():
    dear = apply_report(an_order(), news(price=DEARER), AGREED)
    wanted = ask_to_confirm(dear, DEARER)
    assert shown(wanted) == (S.QUOTED, A.CONFIRM, None)
    assert shown(apply_report(wanted, news(price=DEARER), AGREED)) == (S.QUOTED, A.CONFIRM, None)
    dearest = Money(145002, "USD")
    assert shown(apply_report(wanted, news(price=dearest), AGREED)) == (S.QUOTED, None, F.PRICE_ABOVE_AGREED)


def test_an_operator_who_saw_another_price_confirms_nothing():
    with pytest.raises(QuotedPriceChanged, match=r"USD 1,450\.00, not USD 1,449\.99"):
        ask_to_confirm(quoted(), CHEAPER)


def test_a_refusal_stands_before_the_operator_until_they_decide():
    waiting = apply_report(an_order(), news(), AGREED)
    stuck = request_refused(waiting, "400 The Order cannot be confirmed")
    assert shown(stuck) == (S.QUOTED, None, F.REFUSED)
    assert apply_report(stuck, news(), AGREED) == stuck
    assert shown(apply_report(stuck, news("ACCEPTED"), AGREED)) == (S.ACCEPTED, None, None)
    assert shown(apply_report(stuck, news(price=CHEAPER), AGREED)) == (S.QUOTED, None, F.REFUSED)
    assert shown(ask_to_confirm(stuck, None)) == (S.QUOTED, A.CONFIRM, None)


def test_what_the_vendor_has_done_is_no_longer_asked_for():
    assert shown(apply_report(quoted(asked=A.CONFIRM), news("ACCEPTED"), AGREED)) == (S.ACCEPTED, None, None)
    assert shown(apply_report(quoted(asked=A.CANCEL), news("CANCELLED"), AGREED)) == (S.CANCELLED, None, None)
    assert shown(apply_report(quoted(asked=A.SELECT), news("ACCEPTED"), AGREED)) == (S.ACCEPTED, None, None)


def test_a_cancellation_that_came_too_late_is_told_to_the_operator():
    order = apply_report(quoted(asked=A.CANCEL), news("IN_TRANSIT"), AGREED)
    assert shown(order) == (S.IN_PROGRESS, None, F.REFUSED)
    assert "IN_TRANSIT" in (order.problem or "")


@pytest.mark.parametrize("before", [S.PENDING, S.QUOTED, S.ACCEPTED, S.IN_PROGRESS])
def test_an_order_that_the_vendor_called_off_needs_an_operator(before):
    order = apply_report(an_order(before), news("CANCELLED"), AGREED)
    assert shown(order) == (S.CANCELLED, None, F.CANCELLED_BY_VENDOR)
    assert not is_followed(order, NOW)


@pytest.mark.parametrize("closed", sorted(CLOSED))
@pytest.mark.parametrize("word", [*sorted(VENDOR_STATUSES), "LOST AT SEA"])
def test_a_closed_order_stays_closed_whatever_the_vendor_says(closed, word):
    assert apply_report(an_order(closed), news(word), AGREED).status == closed


def test_what_the_vendor_once_told_of_tracking_and_serials_is_not_forgotten():
    known = apply_report(
        an_order(), news("IN_TRANSIT", tracking_code="T", tracking_link="https://t", serials=("A",)), AGREED
    )
    later = apply_report(known, news("IN_TRANSIT"), AGREED)
    assert (later.tracking_code, later.tracking_link, later.serial_numbers) == ("T", "https://t", ("A",))


@pytest.mark.parametrize(
    ("word", "code", "shipped"),
    [
        ("ACCEPTED", None, False),
        ("ACCEPTED", "T-1", True),
        ("BEING_POLISHED", None, False),
        ("BEING_POLISHED", "T-1", True),
        ("in_transit", None, True),
        ("SHIPPED", None, True),
        ("QUOTED", "T-1", False),
    ],
)
def test_devices_are_on_their_way_when_the_vendor_says_so_or_they_can_be_tracked(word, code, shipped):
    assert is_shipped(apply_report(an_order(), news(word, tracking_code=code), AGREED)) == shipped


def test_a_delivered_order_is_followed_until_its_serial_numbers_are_known_or_a_month_has_passed():
    delivered = apply_report(an_order(amount=2), news("DELIVERED", serials=("A",)), AGREED)
    assert is_followed(delivered, NOW)
    assert not is_followed(delivered, NOW + timedelta(days=31))
    assert not is_followed(apply_report(delivered, news("DELIVERED", serials=("A", "B")), AGREED), NOW)


def test_cancelling_replaces_another_wish_and_nothing_else_does():
    waiting = quoted(asked=A.CONFIRM)
    assert ask_to_cancel(waiting).asked == A.CANCEL
    with pytest.raises(ActionUnderWay):
        ask_to_select(waiting, "g", "c")
    with pytest.raises(ActionUnderWay):
        ask_to_confirm(ask_to_cancel(waiting), None)


@pytest.mark.parametrize("status", [S.NEEDS_DATA, S.NOT_ORDERABLE, S.FAILED, S.QUEUED])
def test_an_order_that_the_vendor_never_had_is_cancelled_at_once(status):
    assert shown(ask_to_cancel(an_order(status, vendor_order_id=None))) == (S.CANCELLED, None, None)


def test_what_is_cancelled_already_stays_so_and_its_flag_is_taken_off():
    order = an_order(S.CANCELLED)
    assert ask_to_cancel(order) == order
    assert ask_to_cancel(apply_report(an_order(), news("CANCELLED"), AGREED)).attention is None


ASKING = {
    A.CONFIRM: lambda order: ask_to_confirm(order, None),
    A.CANCEL: ask_to_cancel,
    A.SELECT: lambda order: ask_to_select(order, "g", "c"),
}


@pytest.mark.parametrize("action", list(VendorAction))
@pytest.mark.parametrize("status", [S.PENDING, S.QUOTED, S.ACCEPTED, S.IN_PROGRESS, S.DELIVERED])
def test_an_action_is_possible_exactly_where_the_table_says_so(action, status):
    order = an_order(status)
    if status in ASKABLE[action]:
        assert ASKING[action](order).asked == action
    else:
        with pytest.raises(WrongOrderStatus) as caught:
            ASKING[action](order)
        assert status in caught.value.message
        assert caught.value.current_status == status


def test_a_request_that_was_carried_out_leads_where_it_leads():
    assert shown(request_done(quoted(asked=A.CONFIRM))) == (S.ACCEPTED, None, None)
    assert shown(request_done(quoted(asked=A.CANCEL))) == (S.CANCELLED, None, None)
    assert shown(request_done(quoted(asked=A.SELECT))) == (S.QUOTED, None, None)


WORDS = st.sampled_from([*sorted(VENDOR_STATUSES), "IN_TRANSIT", "lost at sea"])
PRICES = st.one_of(st.none(), st.builds(Money, st.integers(144990, 145010), st.sampled_from(["USD", "EUR"])))
NEWS = st.builds(news, WORDS, PRICES)
GROUP = AlternativeGroup("g", (Candidate("c", None, None, None, None, None, None, None),))


@given(st.lists(st.one_of(NEWS, st.sampled_from([*VendorAction, "done", "refused"])), max_size=12))
def test_whatever_happens_only_a_price_that_somebody_agreed_to_is_confirmed(steps):
    order = an_order(alternatives=(GROUP,))
    for step in steps:
        try:
            if isinstance(step, ReportedOrder):
                order = apply_report(order, replace(step, alternatives=(GROUP,)), AGREED)
            elif step in ASKING:
                order = ASKING[step](order)
            elif order.asked is not None:
                order = request_done(order) if step == "done" else request_refused(order, "no")
        except (WrongOrderStatus, ActionUnderWay):
            continue
        if order.asked is not None:
            assert order.status in ASKABLE[order.asked]
        if isinstance(step, ReportedOrder) and order.asked == A.CONFIRM:
            limit, price = order.asked_price or AGREED, order.quoted_price
            assert price is None or (price.currency == limit.currency and price.minor <= limit.minor)


BEFORE = quoted(
    vendor_status="QUOTED",
    eta=date(2026, 12, 1),
    min_eta=date(2026, 11, 30),
    max_eta=date(2026, 12, 2),
    delivered_on=date(2026, 12, 1),
    alternatives=(AlternativeGroup("g", ()),),
    tracking_code="T-1",
    serial_numbers=("C02",),
    asked=A.CONFIRM,
    asked_price_minor=AGREED.minor,
    asked_price_currency=AGREED.currency,
)
EVERYTHING = frozenset({"status", "price", "eta", "min_eta", "max_eta", "delivered_on", "alternatives"})


def test_what_the_vendor_leaves_out_is_as_it_was():
    assert apply_report(BEFORE, ReportedOrder("V-1", "UNKNOWN", missing=EVERYTHING), AGREED) == BEFORE


@pytest.mark.parametrize("name", ["eta", "min_eta", "max_eta", "delivered_on"])
def test_what_the_vendor_tells_as_empty_is_emptied(name):
    after = apply_report(BEFORE, ReportedOrder("V-1", "QUOTED", missing=EVERYTHING - {name}), AGREED)
    emptied: dict[str, Any] = {name: None}
    assert after == BEFORE._replace(**emptied)


def test_a_status_that_is_left_out_moves_no_order():
    pending = an_order(S.PENDING, vendor_status="PENDING")
    assert apply_report(pending, ReportedOrder("V-1", "UNKNOWN", missing=EVERYTHING), AGREED) == pending


def test_a_quote_is_delivered_on_the_last_date_of_its_orders():
    early, late = date(2026, 12, 1), date(2026, 12, 9)
    orders = [an_order(eta=early), an_order(), an_order(max_eta=late), an_order(S.CANCELLED, eta=date(2027, 1, 1))]
    assert expected_delivery(orders) == late
    assert expected_delivery([an_order(eta=late, delivered_on=early)]) == early
    assert expected_delivery([an_order()]) is None
