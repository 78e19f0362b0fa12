"""Price requests: what is asked before anyone decides, and what becomes of it."""

from dataclasses import replace

import pytest

from domain.catalogue.products import ProductType
from domain.fulfilment.margins import parse_margin
from domain.fulfilment.price_requests import adopted, dropped, is_open, matched, price_requests_for, still_asked
from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.fulfilment.vendor_prices import is_price_news, priced_by_vendor
from domain.fulfilment.vendor_reports import WrongOrderStatus, apply_report, ask_to_confirm, ask_to_select
from domain.quotes.decisions import accept, reject
from domain.quotes.recipients import Destination
from domain.quotes.statuses import OfferStatus, QuoteOfferStatus
from domain.shared.events import EventType
from domain.shared.ids import new_id
from domain.shared.money import Money
from tests.builders import ANA, NOW, a_quote, a_recipient, an_alternative, item_of, line, priced

S = VendorOrderStatus
AIR = Candidate(
    "c", "Apple", "MacBook Air 13", "Apple M5", "16 GB", "512 GB", '13"', Money(1099_00, "USD"), "https://x.example/a"
)
SAME_AS_AIR = {"brand": "Apple", "model": "MacBook Air 13", "cpu": "Apple M5", "screen_size": '13"', "ram": "16 GB"}
SAME_AS_AIR |= {"storage": "512 GB"}


def asked(*lines, **given):
    """A quote whose first line the vendor was asked for, and the requests."""
    quote = a_quote(*lines or (line(),), **given)
    requests, linked = price_requests_for(quote.quote, quote.lines[0], NOW, new_id)
    return quote.with_line(linked), requests


def quoted(request, price=priced, *candidates):
    groups = (AlternativeGroup("g", candidates),) if candidates else ()
    placed = request._replace(status=S.PENDING, vendor_order_id="V-1")
    return apply_report(placed, ReportedOrder("V-1", "QUOTED", price, alternatives=groups), None)


def matched_of(quote, requests):
    return matched(quote.quote, quote.lines[0], requests, NOW, new_id)


def test_there_is_a_request_for_each_order_that_an_acceptance_would_place():
    store = a_recipient(email=None, destination=Destination.STORAGE)
    quote, requests = asked(line(recipients=[a_recipient(), a_recipient(email="ana@x.example"), store]))
    assert [(it.is_price_request, it.send_to, it.status) for it in requests] == [
        (True, Destination.EMPLOYEE, S.QUEUED),
        (True, Destination.EMPLOYEE, S.QUEUED),
        (True, Destination.STORAGE, S.QUEUED),
    ]
    assert [it.vendor_order_id for it in quote.lines[0].recipients] == [it.id for it in requests]


def test_a_line_that_is_accepted_as_it_was_asked_for_needs_no_new_order():
    quote, requests = asked(line(priced, recipients=2))
    accepted = accept(quote, item_of(quote), ANA, NOW).quote
    found = matched_of(accepted, requests)
    assert (found.new, found.kept, found.dropped) == ((), requests, ())
    assert [it.vendor_order_id for it in found.recipients] == [it.id for it in requests]


def test_the_same_recipients_given_again_are_those_that_were_asked_for():
    quote, requests = asked(line(priced))
    again = tuple(it._replace(id=new_id(), vendor_order_id=None) for it in quote.lines[0].recipients)
    accepted = accept(quote, item_of(quote), ANA, NOW, recipients=again).quote
    found = matched_of(accepted, requests)
    assert (found.kept, found.recipients[0].vendor_order_id) == (requests, requests[0].id)


CHANGES = {
    "po": lambda quote: replace(quote, quote=quote.quote._replace(po_number="PO-8")),
    "client": lambda quote: replace(quote, quote=quote.quote._replace(client_name="Globex")),
    "model": lambda quote: _with_item(quote, model="MacBook Air 13"),
    "comments": lambda quote: _with_item(quote, comments="With a dock"),
    "quantity": lambda quote: _with_item(quote, quantity=2),
    "address": lambda quote: _with_recipient(quote, address="Main St 2"),
    "country": lambda quote: _with_recipient(quote, country="BR"),
}


def _with_item(quote, **given):
    changed = quote.lines[0]
    return quote.with_line(replace(changed, item=changed.item._replace(**given)))


def _with_recipient(quote, **given):
    changed = quote.lines[0]
    return quote.with_line(replace(changed, recipients=tuple(it._replace(**given) for it in changed.recipients)))


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_asked_no_longer_fits_a_line_that_was_changed(change):
    quote, requests = asked()
    changed = CHANGES[change](quote)
    found = still_asked(changed, changed.lines[0], requests, NOW, new_id)
    assert (found.kept, found.dropped, found.new) == ((), requests, ())
    assert [it.vendor_order_id for it in found.recipients] == [None]


def test_what_the_vendor_is_not_told_changes_nothing_for_it():
    quote, requests = asked()
    changed = _with_recipient(_with_item(quote, internal_notes="Margin 12 %", price_minor=1), tracking_code="T")
    found = still_asked(changed, changed.lines[0], requests, NOW, new_id)
    assert (found.kept, found.recipients) == (requests, changed.lines[0].recipients)


def test_a_rejected_line_and_a_quote_that_has_ended_need_no_prices():
    quote, requests = asked()
    rejected = reject(quote, item_of(quote), NOW).quote
    assert still_asked(rejected, rejected.lines[0], requests, NOW, new_id).dropped == requests
    over = replace(quote, quote=quote.quote._replace(offer_status=QuoteOfferStatus.CANCELLED))
    assert still_asked(over, over.lines[0], requests, NOW, new_id).dropped == requests


def test_an_accepted_candidate_is_selected_and_another_alternative_is_ordered_anew():
    air, thinkpad = an_alternative(priced, **SAME_AS_AIR), an_alternative(priced)
    quote, [request] = asked(replace(line(priced), alternatives=()))
    offered = replace(quote.lines[0], alternatives=tuple(it._replace(item_id=item_of(quote)) for it in (air, thinkpad)))
    quote, request = quote.with_line(offered), quoted(request, priced, AIR)

    accepted = accept(quote, air.id, ANA, NOW).quote
    assert matched_of(accepted, [request]).kept == (request,)
    order = adopted(request, accepted.lines[0], NOW)
    assert (order.asked, order.asked_group_id, order.asked_candidate_id) == (VendorAction.SELECT, "g", "c")
    assert not order.is_price_request

    other = accept(quote, thinkpad.id, ANA, NOW).quote
    found = matched_of(other, [request])
    assert (found.kept, found.dropped, len(found.new)) == ((), (request,), 1)


def test_an_order_that_was_a_price_request_is_confirmed_by_the_next_report():
    quote, [request] = asked(line(priced))
    accepted = accept(quote, item_of(quote), ANA, NOW).quote
    request = quoted(request)
    assert request.asked is None
    order = adopted(request, accepted.lines[0], NOW)
    report = ReportedOrder("V-1", "QUOTED", priced)
    assert apply_report(order, report, priced).asked == VendorAction.CONFIRM


def test_a_request_that_could_not_be_placed_is_queued_again_as_an_order():
    quote, [request] = asked(line(priced))
    accepted = accept(quote, item_of(quote), ANA, NOW).quote
    failed = request._replace(status=S.FAILED, problem="400")
    assert (adopted(failed, accepted.lines[0], NOW).status, adopted(request, accepted.lines[0], NOW).status) == (
        S.QUEUED,
        S.QUEUED,
    )


def test_a_request_is_cancelled_at_once_or_at_the_vendor_or_left_to_an_operator():
    _, [request] = asked()
    assert dropped(request, NOW).status == S.CANCELLED
    assert dropped(quoted(request), NOW).asked == VendorAction.CANCEL
    confirmed = dropped(request._replace(status=S.ACCEPTED, vendor_order_id="V"), NOW)
    assert (confirmed.status, confirmed.attention) == (S.ACCEPTED, VendorAttention.REFUSED)


def test_a_request_that_ended_or_was_lost_stands_for_no_order():
    _, [request] = asked()
    assert is_open(request)
    for change in (
        {"status": S.CANCELLED},
        {"asked": VendorAction.CANCEL},
        {"attention": VendorAttention.LOST},
        {"is_price_request": False},
    ):
        assert not is_open(request._replace(**change))


def test_nobody_can_confirm_a_request_or_choose_for_it():
    _, [request] = asked()
    request = quoted(request, priced, AIR)
    with pytest.raises(WrongOrderStatus, match="price only"):
        ask_to_confirm(request, None)
    with pytest.raises(WrongOrderStatus, match="price only"):
        ask_to_select(request, "g", "c")


def test_a_price_that_cannot_be_read_is_for_an_operator_until_another_comes():
    _, [request] = asked()
    placed = request._replace(status=S.PENDING, vendor_order_id="V")
    flagged = apply_report(placed, ReportedOrder("V", "QUOTED", unreadable_price="a lot"), None)
    assert flagged.attention == VendorAttention.UNREADABLE_PRICE
    assert apply_report(flagged, ReportedOrder("V", "QUOTED", priced), None).attention is None
    gone = apply_report(flagged, ReportedOrder("V", "CANCELLED"), None)
    assert (gone.attention, "Request its prices again" in (gone.problem or "")) == (
        VendorAttention.CANCELLED_BY_VENDOR,
        True,
    )


# ---- the vendor's answer


def test_a_quoted_price_prices_the_item_and_candidates_become_alternatives_with_pictures():
    quote, [request] = asked()
    answered = quoted(request, Money(1300_00, "USD"), AIR)
    assert is_price_news(request, answered)
    assert not is_price_news(answered, answered)

    priced_line = priced_by_vendor(quote, item_of(quote), [answered], NOW, new_id)
    [after] = priced_line.quote.lines
    assert (after.item.price, after.item.status) == (Money(1300_00, "USD"), OfferStatus.SOURCED)
    [air] = after.alternatives
    assert (air.title, air.price, air.image_url) == ("Apple MacBook Air 13", AIR.price, AIR.image_url)
    assert (priced_line.event, priced_line.quote.quote.currency) == (EventType.QUOTE_ITEM_PRICED, "USD")
    assert {it.node.type for it in priced_line.changes} == {"QuoteItem", "Alternative"}

    again = priced_by_vendor(priced_line.quote, item_of(quote), [answered], NOW, new_id)
    assert (again.quote, again.event) == (priced_line.quote, None)


def test_the_margin_is_on_the_item_and_on_the_candidates():
    quote, [request] = asked()
    found = priced_by_vendor(quote, item_of(quote), [quoted(request, priced, AIR)], NOW, new_id, parse_margin("10 %"))
    [after] = found.quote.lines
    assert (after.item.price, after.alternatives[0].price) == (Money(1595_00, "USD"), Money(1208_90, "USD"))


def test_a_line_is_priced_once_all_its_requests_are_and_at_the_highest_price():
    quote, (first, second) = asked(line(recipients=2))
    answered = quoted(first, Money(1300_00, "USD"))
    assert priced_by_vendor(quote, item_of(quote), [answered, second], NOW, new_id).event is None
    dearer = quoted(second, Money(1350_00, "USD"))
    both = priced_by_vendor(quote, item_of(quote), [answered, dearer], NOW, new_id)
    assert both.quote.lines[0].item.price == Money(1350_00, "USD")
    # What cannot be placed for want of data has no price and keeps no other from being taken.
    waiting = second._replace(status=S.NEEDS_DATA)
    alone = priced_by_vendor(quote, item_of(quote), [answered, waiting], NOW, new_id)
    assert alone.quote.lines[0].item.price == Money(1300_00, "USD")


def test_a_price_in_another_currency_than_the_quotes_is_not_taken():
    quote, [request] = asked(line(), line(Money(100_00, "EUR")), currency="EUR")
    found = priced_by_vendor(quote, item_of(quote), [quoted(request)], NOW, new_id)
    assert (found.event, found.quote) == (None, quote)
    assert "EUR" in (found.refused or "")


def test_a_decided_line_and_the_ordered_device_as_a_candidate_change_nothing():
    quote, [request] = asked(line(priced))
    item = quote.lines[0].item
    same = Candidate("s", item.brand, item.model, item.cpu, item.ram, item.storage, item.screen_size, priced)
    assert priced_by_vendor(quote, item.id, [quoted(request, priced, same)], NOW, new_id).event is None
    accepted = accept(quote, item.id, ANA, NOW).quote
    found = priced_by_vendor(accepted, item.id, [quoted(request, Money(1, "USD"), AIR)], NOW, new_id)
    assert (found.quote, found.event) == (accepted, None)


def test_a_line_that_the_vendor_does_not_sell_has_a_request_that_says_so():
    _, [request] = asked(line(product_type=ProductType.MONITOR))
    assert request.status == S.NOT_ORDERABLE
