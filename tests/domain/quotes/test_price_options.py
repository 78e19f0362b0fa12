"""A quote at several prices is approved at exactly one of them, by whatever step (docs/domain.md#price-options)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.decisions import accept, reject
from domain.quotes.edits import remove_line
from domain.quotes.lifecycle import renewed
from domain.quotes.price_option_rows import PriceOptionStatus
from domain.quotes.price_options import select
from domain.quotes.pricing import price_offer
from domain.quotes.statuses import LineDecision, OfferStatus
from domain.quotes.transitions import decline, expire, sign_approve
from domain.shared.errors import Conflict, ErrorCode, InvalidInput
from domain.shared.events import StatusField
from domain.shared.money import Money
from tests.builders import ANA, LATER, NOW, a_quote, at_prices, cheaper, first, item_of, line, priced, unpriced

PURCHASE, LEASE = Money(1900_00, "USD"), Money(2500_00, "USD")

Step = Callable[[QuoteAggregate], object]


def half_accepted(**given: Any) -> QuoteAggregate:
    """Two lines at two prices, the first of them accepted."""
    quote = at_prices(a_quote(line(priced), line(priced, alternatives=1), currency="USD", **given), PURCHASE, LEASE)
    return accept(quote, item_of(quote), ANA, NOW).quote


def one_open_offer() -> QuoteAggregate:
    quote = at_prices(a_quote(line(priced), line(priced), currency="USD"), PURCHASE, LEASE)
    return accept(quote, item_of(quote), ANA, NOW).quote


STEPS: dict[str, tuple[Callable[[], QuoteAggregate], Step]] = {
    "the last item is accepted": (half_accepted, lambda it: accept(it, item_of(it, 1), ANA, NOW)),
    "an alternative of the last line is accepted": (
        half_accepted,
        lambda it: accept(it, it.lines[1].alternatives[0].id, ANA, NOW),
    ),
    "the last open line is rejected beside an accepted one": (
        one_open_offer,
        lambda it: reject(it, item_of(it, 1), NOW),
    ),
    "the last open line is taken off beside an accepted one": (
        one_open_offer,
        lambda it: remove_line(it, item_of(it, 1), NOW),
    ),
    "all of it is accepted": (half_accepted, lambda it: sign_approve(it, ANA, NOW)),
}


@pytest.mark.parametrize(("made", "step"), STEPS.values(), ids=STEPS)
def test_no_step_approves_a_quote_at_several_prices_without_one_of_them(made, step):
    with pytest.raises(Conflict) as refused:
        step(made())
    told = refused.value
    assert (told.code, told.current_status, told.attempted_status) == (
        ErrorCode.PRICE_OPTION_REQUIRED,
        "PENDING",
        "APPROVED",
    )
    assert "Option 1, Option 2" in told.message


def test_one_price_has_to_be_chosen_too():
    quote = at_prices(a_quote(line(priced)), PURCHASE)
    with pytest.raises(Conflict) as refused:
        accept(quote, item_of(quote), ANA, NOW)
    assert refused.value.code == ErrorCode.PRICE_OPTION_REQUIRED


def test_lines_can_be_decided_as_long_as_that_approves_nothing():
    quote = half_accepted()
    assert quote.quote.decision_status == "PENDING"
    assert {it.status for it in quote.options} == {PriceOptionStatus.OFFERED}


def test_a_quote_whose_time_is_over_expires_undecided_where_no_price_was_chosen_and_can_be_renewed():
    quote = half_accepted(expires_at=LATER)
    expired = expire(quote, LATER).quote
    assert (expired.quote.offer_status, expired.quote.decision_status) == ("EXPIRED", "PENDING")
    assert expired.lines == quote.lines
    assert expired.options == quote.options
    back = QuoteAggregate(renewed(expired.quote, ANA, LATER), expired.lines, expired.options)
    after = select(back, back.options[0].id, ANA, LATER).quote
    assert (after.quote.decision_status, after.quote.amount_due) == ("APPROVED", PURCHASE)


def test_a_quote_at_one_price_is_still_approved_when_its_time_is_over_with_an_accepted_line():
    quote = a_quote(line(priced), line(priced), expires_at=LATER)
    expired = expire(accept(quote, item_of(quote), ANA, NOW).quote, LATER + timedelta(minutes=1)).quote
    assert expired.quote.decision_status == "APPROVED"


def closed_options(rule_result: RuleResult) -> list[tuple[str, str]]:
    return [(it.from_status, it.to_status) for it in rule_result.changes if it.node.type == "PriceOption"]


def test_a_quote_rejected_or_declined_leaves_no_price_to_choose_and_tells_of_it_with_the_decision():
    quote = at_prices(a_quote(line(priced)), PURCHASE, LEASE)
    for rule_result in (reject(quote, item_of(quote), NOW), decline(quote, ANA, NOW)):
        assert {it.status for it in rule_result.quote.options} == {PriceOptionStatus.REJECTED}
        assert closed_options(rule_result) == [("OFFERED", "REJECTED")] * 2
        assert [it.to_status for it in rule_result.changes if it.field == StatusField.DECISION_STATUS] != []


@pytest.mark.parametrize("second", [priced, unpriced])
def test_a_price_option_approves_the_quote_whether_or_not_its_lines_have_prices(second):
    quote = at_prices(a_quote(line(unpriced), line(second), currency="USD"), PURCHASE, LEASE)
    after = select(quote, quote.options[1].id, ANA, NOW).quote
    assert (after.quote.decision_status, after.quote.amount_due, after.quote.total) == ("APPROVED", LEASE, None)
    assert [it.item.status for it in after.lines] == [OfferStatus.ACCEPTED] * 2
    assert [it.item.agreement and it.item.agreement.price for it in after.lines] == [None, second]
    assert [it.status for it in after.options] == [PriceOptionStatus.REJECTED, PriceOptionStatus.ACCEPTED]


def test_an_unpriced_alternative_is_taken_with_a_price_option_where_it_is_the_only_offer_left():
    quote = at_prices(a_quote(line(unpriced, alternatives=[unpriced])), PURCHASE)
    left = reject(quote, item_of(quote), NOW).quote
    after = select(left, left.options[0].id, ANA, NOW).quote
    assert after.lines[0].item.decision == LineDecision.ALTERNATIVE_ACCEPTED
    assert first(after) == after.lines[0].item.closing_offer_id


def test_with_a_price_option_too_it_has_to_be_clear_what_is_accepted():
    quote = at_prices(a_quote(line(priced, alternatives=2)), PURCHASE)
    unclear = reject(quote, item_of(quote), NOW).quote
    with pytest.raises(InvalidInput) as refused:
        select(unclear, unclear.options[0].id, ANA, NOW)
    assert [it.code for it in refused.value.problems] == [ErrorCode.ALTERNATIVE_REQUIRED]


def test_without_a_price_option_a_line_still_needs_its_price():
    quote = a_quote(line(unpriced))
    with pytest.raises(Conflict) as refused:
        accept(quote, item_of(quote), ANA, NOW)
    assert refused.value.code == ErrorCode.NOT_PRICED
    assert price_offer(quote, item_of(quote), cheaper, NOW).quote.lines[0].item.price == cheaper
