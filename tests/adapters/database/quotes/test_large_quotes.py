"""Large quotes in the database: as many statements as small ones have, and no more loaded than is looked at."""

import pytest

from domain.quotes.drafts import RecipientDraft
from domain.quotes.pricing import ItemPrices, QuotePrices
from domain.quotes.statuses import Verdict
from domain.shared.errors import ErrorCode, InvalidInput
from domain.shared.ids import global_id
from domain.shared.limits import MOST_RECIPIENTS
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.decisions import (
    AcceptQuote,
    Decide,
    DecideItems,
    OneDecision,
    accept_quote,
    decide,
    decide_items,
)
from domain.use_cases.quotes.pricing import PriceQuote, price_quote
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import a_caller, a_quote, line, priced
from tests.counting import written
from tests.databases import LIVE, a_company, dependencies_on, rows_of, write_quotes

OPERATOR = a_caller(None)


async def a_stored(database, *lines):
    company = await a_company(database)
    quote = a_quote(*lines, tenant_id=company.live)
    await write_quotes(database, quote)
    return quote


def lines_of(count, recipients=2):
    return [line(priced, alternatives=1, recipients=recipients, quantity=recipients) for _ in range(count)]


async def price_all(deps, quote):
    items = tuple(ItemPrices(it.item.id, {"price": MoneyDraft("14.50", "USD")}) for it in quote.lines)
    await price_quote(deps, OPERATOR, PriceQuote(quote.quote.id, QuotePrices({}, items)))


async def accept_all(deps, quote):
    await accept_quote(deps, OPERATOR, AcceptQuote(quote.quote.id))


async def decide_all(deps, quote):
    decisions = [OneDecision(global_id("QuoteItem", it.item.id), Verdict.ACCEPT) for it in quote.lines]
    await decide_items(deps, OPERATOR, DecideItems(quote.quote.id, decisions))


@pytest.mark.parametrize("act", [price_all, accept_all, decide_all])
async def test_a_larger_quote_takes_no_more_statements(database, act):
    small = await a_stored(database, *lines_of(2))
    company = (await rows_of(database, "SELECT id FROM tenants WHERE environment = 'LIVE'"))[0][0]
    large = a_quote(*lines_of(20), tenant_id=company)
    await write_quotes(database, large)
    counts = []
    for quote in (small, large):
        with written(database) as statements:
            await act(dependencies_on(database), quote)
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_one_line_is_locked_without_the_others(database):
    quote = await a_stored(database, *lines_of(3))
    wanted = quote.lines[1]
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        found = await work.quotes.lock_line(quote.quote.id, wanted.item.id)
        assert found is not None
        assert found.quote == quote.quote
        assert [it.item.id for it in found.lines] == [wanted.item.id]
        assert len(found.lines[0].recipients) == len(found.lines[0].alternatives) + 1 == 2


async def test_saving_a_quote_of_which_one_line_was_loaded_leaves_the_others(database):
    quote = await a_stored(database, *lines_of(2))
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        part = await work.quotes.lock_line(quote.quote.id, quote.lines[0].item.id)
        assert part is not None
        changed = part.quote._replace(po_number="PO-9")
        await work.quotes.save(part, type(part)(changed, part.lines))
        await work.commit()
        whole = await work.quotes.lock(quote.quote.id)
    assert whole is not None
    assert (len(whole.lines), whole.quote.po_number) == (2, "PO-9")


@pytest.mark.parametrize("at_once", [False, True])
async def test_accepting_for_more_recipients_than_a_quote_may_have_changes_nothing(database, at_once):
    full = [line(priced, recipients=200, quantity=200) for _ in range(MOST_RECIPIENTS // 200 - 1)]
    quote = await a_stored(database, *full, line(priced, recipients=199, quantity=199), line(priced, quantity=2))
    last = quote.lines[-1].item.id
    people = (RecipientDraft("Ana", "UY"), RecipientDraft("Bea", "UY"))
    deps = dependencies_on(database)
    given = OneDecision(global_id("QuoteItem", last), Verdict.ACCEPT, people)
    decided = (
        decide_items(deps, OPERATOR, DecideItems(quote.quote.id, [given]))
        if at_once
        else decide(deps, OPERATOR, Decide(OfferRef(last, ("itemId",)), Verdict.ACCEPT, people))
    )
    with pytest.raises(InvalidInput) as refusal:
        await decided
    [problem] = refusal.value.problems
    assert (problem.code, problem.path) == (ErrorCode.TOO_MANY, (("decisions",) if at_once else ("recipients",)))
    assert await rows_of(database, "SELECT COUNT(*) FROM vendor_orders") == [(0,)]
