"""What operators do to the prices of a quote."""

from dataclasses import dataclass

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.pricing import QuotePrices, set_prices
from domain.quotes.totals import sums_of
from domain.shared.access import Caller
from domain.shared.events import EventType
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.steps import QuoteCommand, event_of, locked_quote, save


@dataclass(frozen=True, slots=True)
class PriceQuote(QuoteCommand):
    """Set prices, discounts, shipping and tax of a quote, all or nothing."""

    prices: QuotePrices


@use_case
async def price_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: PriceQuote) -> Outcome:
    """Set prices, discounts, shipping and tax of a quote, all or nothing (docs/domain.md#price-offer).

    Raises: InvalidInput, NotFound, WrongStatus, Expired, PricesAgreed.
    """
    before = await locked_quote(work, command.quote_id)
    rule_result = set_prices(before, command.prices, deps.now())
    if rule_result.quote != before:
        priced = event_of(EventType.QUOTE_PRICED, before.quote, caller.actor, deps, rule_result.changes)
        await save(work, before, rule_result.quote, caller.actor, deps, priced)
    sums = sums_of(rule_result.quote) if command.dry_run else None
    return Outcome((before.quote.ref,), rule_result.changes, sums=sums)
