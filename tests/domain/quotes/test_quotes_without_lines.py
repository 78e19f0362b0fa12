"""Quotes without lines, lines without recipients, and lines of which nothing is delivered."""

from dataclasses import replace

import pytest

from domain.catalogue.device_selection import CatalogueSelection, CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.fulfilment.vendor_orders import orders_for
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.decisions import all_arrived, awaits_recipients, decision_of, rule_result
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.edits import ItemChange, change_line
from domain.quotes.lifecycle import WrongStatus
from domain.quotes.new_prices import build_quote
from domain.quotes.price_options import select
from domain.quotes.statuses import DecisionStatus, QuoteStatus, RecipientStatus
from domain.quotes.totals import totalled
from domain.quotes.transitions import cancel, completed, decline, sign_approve
from domain.shared.errors import Conflict, ErrorCode, Problems
from domain.shared.ids import new_id
from domain.shared.money import Money
from tests.builders import ANA, LATER, NOW, TENANT, a_quote, a_recipient, at_prices, item_of, line, priced

NOTHING = CatalogueSelection({}, {})
PURCHASE, LEASE = Money(1900_00, "USD"), Money(2500_00, "USD")


def without_lines(**given) -> QuoteAggregate:
    return replace(a_quote(**given), lines=())


def accepted(*lines) -> QuoteAggregate:
    return sign_approve(a_quote(*lines, currency="USD"), ANA, NOW).rule_result.quote


def arrived(quote: QuoteAggregate, number: int = 0) -> QuoteAggregate:
    """The quote with everything of one line delivered."""
    changed = quote.lines[number]
    people = tuple(it._replace(status=RecipientStatus.DELIVERED) for it in changed.recipients)
    return quote.with_line(replace(changed, recipients=people))


# ---- without lines


def test_a_quote_can_be_made_without_lines():
    draft = QuoteDraft("it@austral.example", details={"body": "# Offer"})
    quote = build_quote(draft, NOTHING, TENANT, "1", NOW, new_id).requested
    assert (quote.lines, quote.quote.status, quote.quote.body) == ((), QuoteStatus.PENDING, "# Offer")


def test_a_quote_without_lines_stays_undecided_whatever_is_changed():
    quote = without_lines(priced_at=None)
    after = rule_result(quote, quote, LATER).quote
    assert (decision_of(()), after.quote.decision_status) == (DecisionStatus.PENDING, DecisionStatus.PENDING)
    assert after.quote.priced_at is None


def test_a_quote_without_lines_has_no_totals():
    quote = totalled(without_lines(currency="USD", shipping_name="Express", shipping_minor=10_00))
    assert (quote.quote.total, quote.quote.amount_due, quote.quote.is_priced) == (None, None, False)


def test_a_quote_without_lines_is_accepted_as_a_whole_and_once():
    quote = without_lines()
    made = sign_approve(quote, ANA, NOW)
    assert made.steps == ()
    assert {(it.field, it.to_status) for it in made.rule_result.changes} == {
        ("DECISION_STATUS", "APPROVED"),
        ("STATUS", "APPROVED"),
    }
    again = sign_approve(made.rule_result.quote, ANA, LATER)
    assert (again.steps, again.rule_result.changes) == ((), ())


def test_a_quote_without_lines_at_several_prices_needs_one_of_them():
    quote = at_prices(without_lines(), PURCHASE, LEASE)
    with pytest.raises(Conflict) as refused:
        sign_approve(quote, ANA, NOW)
    assert refused.value.code == ErrorCode.PRICE_OPTION_REQUIRED
    after = select(quote, quote.options[1].id, ANA, NOW).quote
    assert (after.quote.status, after.quote.amount_due) == (QuoteStatus.APPROVED, LEASE)
    assert [it.status for it in after.options] == ["REJECTED", "ACCEPTED"]


def test_a_quote_without_lines_is_declined_as_a_whole():
    assert decline(without_lines(), ANA, NOW).quote.quote.decision_status == DecisionStatus.DECLINED


# ---- without recipients


def test_a_line_can_be_made_without_recipients_and_is_then_one_device():
    laptop = ItemDraft(CustomDevice(ProductType.LAPTOP, Specification(brand="Dell")))
    draft = QuoteDraft("it@austral.example", (laptop, replace(laptop, quantity=3)))
    quote = build_quote(draft, NOTHING, TENANT, "1", NOW, new_id).requested
    assert [(it.item.quantity, it.recipients) for it in quote.lines] == [(1, ()), (3, ())]


def test_an_open_line_can_lose_its_recipients_and_get_others():
    quote, problems = a_quote(line(priced, recipients=2)), Problems()
    without = change_line(quote, item_of(quote), ItemChange(recipients=()), problems, NOW, new_id).quote
    two = (RecipientDraft("Ana", "UY"), RecipientDraft("Bruno", "UY"))
    again = change_line(without, item_of(quote), ItemChange(recipients=two), problems, NOW, new_id).quote
    assert ([len(it.lines[0].recipients) for it in (without, again)], problems.found) == ([0, 2], [])


def test_a_quote_has_not_arrived_while_a_device_awaits_its_recipients():
    quote = arrived(accepted(line(priced), line(priced, recipients=0, quantity=1)))
    assert (awaits_recipients(quote.lines[1]), all_arrived(quote)) == (True, False)


def test_a_quote_has_arrived_beside_a_service_without_recipients():
    service = line(priced, recipients=0, quantity=1, product_type=ProductType.SERVICE)
    quote = arrived(accepted(line(priced), service))
    assert (awaits_recipients(quote.lines[1]), all_arrived(quote)) == (False, True)


# ---- nothing to deliver


@pytest.mark.parametrize("product_type", [ProductType.OTHER, ProductType.SERVICE])
@pytest.mark.parametrize("recipients", [0, 1])
def test_no_vendor_is_asked_for_what_is_other_or_a_service(product_type, recipients):
    quote = accepted(line(priced, recipients=recipients, quantity=1, product_type=product_type))
    assert orders_for(quote.quote, quote.lines[0], NOW, new_id) == ((), quote.lines[0].recipients)


@pytest.mark.parametrize(
    "quote",
    [
        sign_approve(without_lines(), ANA, NOW).rule_result.quote,
        accepted(line(priced, recipients=0, quantity=1, product_type=ProductType.SERVICE)),
    ],
    ids=["no lines", "a service"],
)
def test_an_approved_quote_of_which_nothing_is_delivered_can_be_completed(quote):
    done = completed(quote, ANA, LATER)
    assert (done.quote.quote.fulfilment_status, done.quote.quote.status) == ("COMPLETED", "COMPLETED")
    assert {(it.from_status, it.to_status) for it in done.changes} == {("NONE", "COMPLETED"), ("APPROVED", "COMPLETED")}
    assert completed(done.quote, ANA, LATER).changes == ()


@pytest.mark.parametrize(
    "quote",
    [
        without_lines(),
        accepted(line(priced)),
        accepted(line(priced, recipients=0, quantity=1)),
        accepted(line(priced, recipients=[a_recipient()], product_type=ProductType.SERVICE)),
        cancel(sign_approve(without_lines(), ANA, NOW).rule_result.quote, ANA, NOW).quote,
    ],
    ids=["undecided", "a device", "a device without recipients", "a service for somebody", "cancelled"],
)
def test_a_quote_with_something_left_to_do_cannot_be_completed(quote):
    with pytest.raises(WrongStatus):
        completed(quote, ANA, LATER)
