"""What is done to a whole quote costs as much more as the quote has more rows, and a quote has no end of none."""

from functools import partial

import pytest

from domain.history.field_changes import quote_changes
from domain.quotes.aggregate import status_changes
from domain.quotes.alternatives import check_alternatives
from domain.quotes.drafts import RecipientDraft, check_recipients
from domain.quotes.edits import ItemChange, change_line
from domain.quotes.pricing import ItemPrices, QuotePrices, set_prices
from domain.quotes.transitions import sign_approve
from domain.shared.errors import ErrorCode, Problems
from domain.shared.limits import MOST_ALTERNATIVES, MOST_RECIPIENTS
from domain.shared.money import MoneyDraft
from tests.builders import ANA, NOW, a_quote, line, priced, unpriced
from tests.counting import calls_of


def large(lines, price=priced, recipients=4):
    return a_quote(*(line(price, alternatives=2, recipients=recipients) for _ in range(lines)))


def price_all(quote):
    items = (ItemPrices(it.item.id, {"price": MoneyDraft("14.50", "USD")}) for it in quote.lines)
    return set_prices(quote, QuotePrices({}, tuple(items)), NOW)


def accept_all(quote):
    return sign_approve(quote, ANA, NOW).changes_by_step()


def compare(quote):
    after = sign_approve(quote, ANA, NOW).rule_result.quote
    return status_changes(quote, after), quote_changes(quote, after)


@pytest.mark.parametrize(("act", "price"), [(price_all, unpriced), (accept_all, priced), (compare, priced)])
def test_four_times_as_many_lines_cost_four_times_as_much(act, price):
    few, many = (calls_of(partial(act, large(lines, price))) for lines in (20, 80))
    assert many < 4.3 * few


def test_all_lines_are_accepted_as_if_one_after_the_other():
    quote = large(3)
    made = sign_approve(quote, ANA, NOW)
    told = [change for _, changes in made.changes_by_step() for change in changes]
    assert sorted(told, key=str) == sorted(status_changes(quote, made.rule_result.quote), key=str)
    assert [len(changes) for _, changes in made.changes_by_step()] == [7, 7, 9]


def test_the_recipients_of_a_quote_are_capped_over_all_its_lines():
    full = large(MOST_RECIPIENTS // 200, recipients=200)
    problems = Problems()
    check_recipients((), full.lines, problems, ("items",))
    assert problems.found == []

    check_recipients(full.lines, (*full.lines, line(priced)), problems, ("items",))
    [problem] = problems.found
    assert (problem.code, problem.path) == (ErrorCode.TOO_MANY, ("items",))
    assert "2,000 recipients" in problem.message
    assert "2,001" in problem.message


def test_a_quote_with_more_recipients_from_before_can_still_be_changed():
    more = a_quote(*large(11, recipients=200).lines)
    problems = Problems()
    check_recipients(more.lines, more.lines, problems, ("items",))
    assert problems.found == []


def test_a_changed_line_does_not_bring_a_quote_above_the_cap():
    full = a_quote(
        line(priced, quantity=2),
        *large(MOST_RECIPIENTS // 200, recipients=200).lines[1:],
        line(priced, recipients=199, quantity=199),
    )
    two = ItemChange(recipients=(RecipientDraft("Ana", "UY"), RecipientDraft("Bea", "UY")))
    problems = Problems()
    change_line(full, full.lines[0].item.id, two, problems, NOW, lambda: "new")
    assert [(it.code, it.path) for it in problems.found] == [(ErrorCode.TOO_MANY, ("recipients",))]


def test_the_alternatives_of_a_quote_are_capped_over_all_its_lines():
    problems = Problems()
    lines = [line(priced, alternatives=100) for _ in range(MOST_ALTERNATIVES // 100)]
    check_alternatives(lines[1:], problems)
    assert problems.found == []
    check_alternatives(lines, problems)
    assert [(it.code, it.path) for it in problems.found] == [(ErrorCode.TOO_MANY, ("itemId",))]
